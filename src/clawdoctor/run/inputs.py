"""The files of a run: which were looked for, why nothing was checked, what is secret in them."""

from __future__ import annotations

import os
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.log_file import LogFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.route import Chain
from clawdoctor.finding import Input, InputKind
from clawdoctor.run.exposure import Exposure, Parsed, collect_exposure
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.read import Unreadable, read_text

_FILES: tuple[tuple[InputKind, type], ...] = (
    ("openclaw", OpenClawFile),
    ("litellm", LiteLLMFile),
    ("compose", Compose),
)


def inputs_of(situation: Situation, facts: Facts) -> tuple[Input, ...]:
    """The files that were looked for, and whether a named one can be read as text."""
    named: dict[InputKind, str | None] = {
        "openclaw": situation.openclaw_config,
        "litellm": situation.litellm_config,
        "compose": situation.compose,
        "env": situation.env_file,
    }
    inputs = [_named(kind, situation.path(path)) for kind, path in named.items() if path]
    for kind, fact in _FILES:
        if not named[kind]:
            inputs += _searched(kind, facts.get(fact), situation)
    inputs += _log_input(facts.get(LogFile))
    order = (*named, "log")
    return tuple(sorted(inputs, key=lambda one: order.index(one.kind)))


def _named(kind: InputKind, path: str) -> Input:
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Input(kind, path, text.reason != "missing", text.message)
    return Input(kind, path, True)


def _searched(kind: InputKind, fact: object, situation: Situation) -> list[Input]:
    if isinstance(fact, OpenClawFile | LiteLLMFile | Compose):
        return [Input(kind, fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        return [Input(kind, fact.place.path, True)]
    if kind == "compose" or situation.half_chain:
        return []
    return [Input(kind, "", False)]


def _log_input(fact: object) -> list[Input]:
    """The log that was read, or the named one that cannot be."""
    if isinstance(fact, LogFile):
        return [Input("log", fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        path = fact.place.path
        return [Input("log", path, os.path.lexists(path), fact.reason)]
    return []


def usage_error(situation: Situation, inputs: tuple[Input, ...]) -> str | None:
    """Why nothing was checked: a named file that is no text, or nothing to check at all."""
    broken = next((one for one in inputs if one.error is not None), None)
    if broken is not None:
        return f"{broken.path} {broken.error}"
    kinds = {one.kind for one in inputs if one.found}
    if not kinds & {"openclaw", "litellm"} and situation.proxy_url is None:
        return (
            "found neither openclaw.json nor litellm_config.yaml; name one with "
            "--openclaw-config or --litellm-config, or run clawdoctor where they are"
        )
    return None


def unknown_model(situation: Situation, facts: Facts) -> str | None:
    """What --model names that no provider of this chain leads to."""
    if not situation.models:
        return None
    chain = facts.known(Chain) or Chain((), (), ())
    known = {route.id for route in chain.routes}
    strange = [model for model in situation.models if model not in known]
    if not strange:
        return None
    names = ", ".join(f"{provider.id}/..." for provider, _ in chain.providers)
    hint = f"; a model of this chain is written {names}" if names else ""
    return f"--model {strange[0]}: OpenClaw has no such provider in this chain{hint}"


def exposure_of(facts: Facts, inputs: tuple[Input, ...], cwd: str) -> Exposure:
    """All that was read, so that the secrets in it can be kept out of the report."""
    kinds: tuple[type[Parsed], ...] = (OpenClawFile, LiteLLMFile, LiteLLMConfig, Compose)
    parsed = (facts.known(kind) for kind in kinds)
    return collect_exposure(
        [fact for fact in parsed if fact is not None],
        facts.known(Environment),
        # The values of an env file are the environment's; its names are no secret. Of a log only
        # single lines are shown, and no value of it is known to be a secret.
        tuple(
            one.path for one in inputs if one.found and one.path and one.kind not in ("env", "log")
        ),
        cwd,
    )
