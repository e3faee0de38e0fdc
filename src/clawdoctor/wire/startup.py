"""Whether LiteLLM starts with a config, and which of its deployments then exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clawdoctor.chain.dropped import Drop, drop_of
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.wire.request import Refused


@dataclass(frozen=True, slots=True)
class Startup:
    """What the start leads to: a refusal, or the deployments that exist and those that do not.

    `dropped` are the deployments that LiteLLM leaves out, with the reason.
    """

    refused: Refused | None
    deployments: tuple[Deployment, ...] = ()
    dropped: tuple[tuple[Deployment, Drop], ...] = ()


def startup(config: LiteLLMConfig, environment: Environment, version: str) -> Startup:
    """Return whether LiteLLM starts with a config, and with which deployments."""
    found = drops(config, environment, version)
    kept = tuple(item for item in config.deployments if item.id not in found)
    lost = tuple((item, found[item.id]) for item in config.deployments if item.id in found)
    return Startup(None, kept, lost)


def drops(config: LiteLLMConfig, environment: Environment, version: str) -> Mapping[str, Drop]:
    """Return why LiteLLM drops deployments, by their ids."""
    del version
    found = ((item.id, drop_of(config, item, environment)) for item in config.deployments)
    return {name: drop for name, drop in found if drop is not None}
