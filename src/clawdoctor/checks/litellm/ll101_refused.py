"""What LiteLLM refuses of OpenClaw's requests as long as drop_params is off: part of LL101."""

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
"""What the versions of both programs treat in different ways."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Parameters that LiteLLM refuses, and the versions of both programs for which this is so.

    `by_newest` means that it is so for the versions found, or the newest where they are unknown.
    `says` holds the sentences about the versions if they decide.
    """

    parameters: tuple[str, ...]
    by_newest: bool
    says: str


def refusals(
    deployment: Deployment, routes: Sequence[Route], openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Refusal]:
    """Yield what LiteLLM refuses of each route's turn, by the newest versions first."""
    for sender in _candidates(versions, "openclaw"):
        for proxy in _candidates(versions, "litellm"):
            current = sender == _current(versions, "openclaw") and proxy == _current(
                versions, "litellm"
            )
            rows = (behaviour("openclaw", _TOPIC, sender), behaviour("litellm", _TOPIC, proxy))
            says = " ".join(f"{row.says}." for row in rows if row is not None)
            for route in routes:
                refused = _refused(deployment, route, openclaw, versions, sender, proxy)
                # An unknown OpenClaw is the newest in all but what the candidates stand for.
                old = not current and versions.value("openclaw") is None
                if refused and (_TOPIC in refused or not old):
                    yield Refusal(refused, current, says if _TOPIC in refused else "")


def _current(versions: Versions, program: str) -> str:
    """Return the version found, or the newest that is known."""
    found = versions.value(program) if versions.known(program) else None
    return found or newest(program)


def _candidates(versions: Versions, program: str) -> Iterable[str]:
    """Return the version found, else the newest and the last version of each older behaviour.

    With a lower bound, these are the newest and the bound.
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
        return ()  # LiteLLM checks no parameters of Responses
    body = turn_body(route, openclaw, assumed)
    target = served(deployment, Variables({}, "known", ""))
    params = {name: value for name, value in target.params.items() if name != "drop_params"}
    made = predict(replace(target, params=params), ProxySettings(proxy), "chat", body).outcome
    return made.parameters if isinstance(made, Refused) else ()
