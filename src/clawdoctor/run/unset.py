"""The effects of unset variables on a request of LiteLLM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.parameter import parameter_place
from clawdoctor.chain.variables import Variable
from clawdoctor.source.secret import Secret
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Source

_KEYS = ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY")
"""The variables that LiteLLM itself reads a key from."""
_LACKS = frozenset({"no-key", "no-base", "no-client"})
_KEY = Secret("0" * 32)


def with_unset(
    outcome: Outcome,
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    predict: Callable[[Environment], Outcome],
) -> Outcome:
    """Return the outcome, with settings whose variables are unset added to its sources.

    If LiteLLM's environment is only assumed, the variables whose key LiteLLM would prefer are added
    too. `predict` returns the outcome in another environment.
    """
    match outcome:
        case HopRequest():
            found = (
                *_settings(deployment, config, environment),
                *_keys(outcome, environment, predict),
            )
            return replace(outcome, sources=(*outcome.sources, *found)) if found else outcome
        case Refused() if outcome.kind in _LACKS:
            found = tuple(_settings(deployment, config, environment))
            return replace(outcome, sources=(*outcome.sources, *found))
    return outcome


def with_unset_key(outcome: Outcome, environment: Environment) -> Outcome:
    """Return OpenClaw's outcome, with the fact that the variable of its key is unset."""
    credential = outcome.credential if isinstance(outcome, HopRequest) else None
    name = credential.name if credential is not None else None
    if not isinstance(outcome, HopRequest) or name is None or environment.openclaw.get(name):
        return outcome
    unset = Source("credential", says=f"not set in {environment.openclaw.source}")
    return replace(outcome, sources=(*outcome.sources, unset))


def _settings(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Iterator[Source]:
    values: tuple[tuple[str, Value[str] | Value[Secret]], ...] = (
        ("credential", deployment.api_key),
        ("url", deployment.api_base),
        ("api-version", deployment.api_version),
    )
    for part, value in values:
        if value.state == "unset":
            place = parameter_place(config, deployment, value.pointer.rpartition("/")[2])
            said = f"{value.variable} is not set in {environment.proxy.source}"
            yield Source(part, place, says=said)


def _keys(
    request: HopRequest, environment: Environment, predict: Callable[[Environment], Outcome]
) -> Iterator[Source]:
    credential, proxy = request.credential, environment.proxy
    source = credential.source if credential is not None else None
    by_parameter = source is not None and source.place is not None
    if proxy.basis != "assumed" or (by_parameter and credential and credential.header == "api-key"):
        return
    names = []
    for name in _KEYS:
        if proxy.get(name) is None:
            variable = Variable(name, _KEY, proxy.source, "assumed")
            values = {**proxy.values, name: variable}
            other = predict(replace(environment, proxy=replace(proxy, values=values)))
            if isinstance(other, HopRequest) and other.credential is not None:
                names += [name] if other.credential.name == name else []
    if names:
        would = "would win over it" if credential is not None else "would be sent"
        yield Source("credential", says=f"{' or '.join(names)} {would}, if set where LiteLLM runs")
