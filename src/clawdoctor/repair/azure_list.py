"""Get the deployments of an Azure resource, the way a run of the checks does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.endpoint import Resource
from clawdoctor.probes.azure_deployments import DeploymentList
from clawdoctor.probes.client import Network
from clawdoctor.repair.new_chain import Deployed, NewChain, litellm_config
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.read import planned
from clawdoctor.source.text import Text

_SECONDS = 15.0


def listed_deployments(
    chain: NewChain, situation: Situation, network: Network | None = None
) -> tuple[Deployed, ...] | str:
    """Return the deployments that the resource lists, or why there is no list.

    The request costs nothing. It sends the key in the chain's variable, and only to Azure or to
    this machine. Neither a running proxy nor other files count: the chain does not exist yet.
    """
    asking = replace(chain, deployments=(Deployed("any"),))
    folder = Path(situation.cwd) / ".clawdoctor"  # never written
    path = folder / "litellm_config.yaml"
    text = Text(str(path), litellm_config(asking))
    alone = Situation(str(folder), str(folder), situation.environ, litellm_config=str(path))
    deadline = time.monotonic() + _SECONDS
    with planned({str(path.resolve()): text}):
        found = loaders(alone, deadline=deadline, network=network)
        facts = Facts(found, SUBJECTS, depth="free", deadline=deadline)
        resources = facts.subjects(Resource)
        if isinstance(resources, Absent | Unavailable) or not resources:
            return "the resource cannot be asked"
        listing = facts.get(DeploymentList, resources[0])
    if isinstance(listing, DeploymentList):
        return tuple(
            Deployed(item.name, item.model.casefold() or None)
            for item in listing.deployments
            if item.status in ("", "succeeded")
        )
    return listing.reason
