"""The parameters that LiteLLM rejects in OpenClaw's requests without drop_params: part of LL101."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from clawdoctor.chain.environment import Variables
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Version
from clawdoctor.knowledge import behaviour, behaviours, newest
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.openclaw import turn_body
from clawdoctor.wire.openclaw_model import api_of
from clawdoctor.wire.request import Refused
from clawdoctor.wire.resolved import served
from clawdoctor.wire.served import ProxySettings

_TOPIC = "store"
"""The parameter that versions of both programs handle differently."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Parameters that LiteLLM rejects, and the versions of both programs that this is true for.

    `by_newest` is true if the versions found do so, or the newest versions if none were found.
    `says` contains the sentences about the versions if the versions decide.
    """

    parameters: tuple[str, ...]
    by_newest: bool
    says: str


def refusals(
    deployment: Deployment, routes: Sequence[Route], openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Refusal]:
    """Yield the parameters that LiteLLM rejects in each route's request, newest versions first."""
    for sender in _candidates(versions, "openclaw"):
        for proxy in _candidates(versions, "litellm"):
            current = sender == _current(versions, "openclaw") and proxy == _current(
                versions, "litellm"
            )
            rows = (behaviour("openclaw", _TOPIC, sender), behaviour("litellm", _TOPIC, proxy))
            says = " ".join(f"{row.says}." for row in rows if row is not None)
            for route in routes:
                refused = _refused(deployment, route, openclaw, versions, sender, proxy)
                # An unknown OpenClaw counts as the newest except for the topic of the candidates.
                old = not current and versions.value("openclaw") is None
                if refused and (_TOPIC in refused or not old):
                    yield Refusal(refused, current, says if _TOPIC in refused else "")


def _current(versions: Versions, program: str) -> str:
    """Return the version found, or the newest known version."""
    found = versions.value(program) if versions.known(program) else None
    return found or newest(program)


def _candidates(versions: Versions, program: str) -> Iterable[str]:
    """Return the version found, else the newest and the last version of each older behaviour.

    If the version found is a lower bound, return the newest and the bound.
    """
    current = _current(versions, program)
    if (found := versions.value(program)) is not None:
        return dict.fromkeys((current, found))
    ends = [row.until for row in behaviours(program, _TOPIC) if row.until is not None]
    return dict.fromkeys((current, *reversed(ends)))


def _refused(
    deployment: Deployment,
    route: Route,
    openclaw: OpenClawConfig,
    versions: Versions,
    sender: str,
    proxy: str,
) -> tuple[str, ...]:
    assumed = replace(versions, openclaw=Version(sender, ""))
    if api_of(route, assumed) != "chat":
        return ()  # LiteLLM does not check the parameters of Responses
    body = turn_body(route, openclaw, assumed)
    target = served(deployment, Variables({}, "known", ""))
    params = {name: value for name, value in target.params.items() if name != "drop_params"}
    made = predict(replace(target, params=params), ProxySettings(proxy), "chat", body).outcome
    return made.parameters if isinstance(made, Refused) else ()
