"""The files of a run: those that it looked for, why it checks none, and their secrets."""

from __future__ import annotations

import os
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.log_file import LogFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.chain.route import Chain
from clawdoctor.finding import Input, InputKind
from clawdoctor.run.exposure import Exposure, Parsed, collect_exposure
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.read import LIMIT, OPENCLAW_LIMIT, Unreadable, read_text

_FILES: tuple[tuple[InputKind, type], ...] = (
    ("openclaw", OpenClawFile),
    ("litellm", LiteLLMFile),
    ("compose", Compose),
)


def inputs_of(situation: Situation, facts: Facts) -> tuple[Input, ...]:
    """Return the files that the run looked for. A named file has an error if it is unreadable."""
    named: dict[InputKind, str | None] = {
        "openclaw": situation.openclaw_config,
        "litellm": situation.litellm_config,
        "compose": situation.compose,
        "env": situation.env_file,
    }
    inputs = [_named_input(kind, situation.path(path)) for kind, path in named.items() if path]
    for kind, fact in _FILES:
        if not named[kind]:
            inputs += _found_inputs(kind, facts.get(fact), situation)
    inputs += _log_inputs(facts.get(LogFile))
    inputs += [Input("clawdoctor", path, True) for path in situation.config_files]
    order = (*named, "log", "clawdoctor")
    return tuple(sorted(inputs, key=lambda item: order.index(item.kind)))


def _named_input(kind: InputKind, path: str) -> Input:
    text = read_text(Path(path), OPENCLAW_LIMIT if kind == "openclaw" else LIMIT)
    if isinstance(text, Unreadable):
        return Input(kind, path, text.reason != "missing", text.message)
    return Input(kind, path, True)


def _found_inputs(kind: InputKind, fact: object, situation: Situation) -> list[Input]:
    if isinstance(fact, OpenClawFile | LiteLLMFile | Compose):
        return [Input(kind, fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        return [Input(kind, fact.place.path, True)]
    if kind == "compose" or situation.half_chain:
        return []
    return [Input(kind, _usual_path(kind, situation), False)]


def _usual_path(kind: InputKind, situation: Situation) -> str:
    """Return the first path where a config was looked for."""
    if kind == "openclaw":
        return next(candidates(situation))
    return situation.path("litellm_config.yaml")


def _log_inputs(fact: object) -> list[Input]:
    """Return the log that was read, or the named log that cannot be read."""
    if isinstance(fact, LogFile):
        return [Input("log", fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        path = fact.place.path
        return [Input("log", path, os.path.lexists(path), fact.reason)]
    return []


def usage_error(situation: Situation, inputs: tuple[Input, ...]) -> str | None:
    """Return why the run checks nothing: a named file is unreadable, or there is no config."""
    broken = next((item for item in inputs if item.error is not None), None)
    if broken is not None:
        return f"{broken.path} {broken.error}"
    kinds = {item.kind for item in inputs if item.found}
    if not kinds & {"openclaw", "litellm"} and situation.proxy_url is None:
        return (
            f"found neither {_usual_path('openclaw', situation)} nor a litellm_config.yaml in "
            f"{situation.cwd}; name one with --openclaw-config or --litellm-config, or run "
            "clawdoctor where they are (clawdoctor demo shows what it does)"
        )
    return None


def unknown_model(situation: Situation, facts: Facts) -> str | None:
    """Return a message if --model names a model that no provider of this chain has."""
    if not situation.models:
        return None
    chain = facts.known(Chain) or Chain((), (), ())
    known = {route.id for route in chain.routes}
    unknown = [model for model in situation.models if model not in known]
    if not unknown:
        return None
    names = ", ".join(f"{provider.id}/..." for provider, _ in chain.providers)
    hint = f"; a model of this chain is written {names}" if names else ""
    return f"--model {unknown[0]}: OpenClaw has no such provider in this chain{hint}"


def exposure_of(facts: Facts, inputs: tuple[Input, ...], cwd: str) -> Exposure:
    """Return the texts that the run has read, and the secrets to keep out of the report."""
    kinds: tuple[type[Parsed], ...] = (OpenClawFile, LiteLLMFile, LiteLLMConfig, Compose)
    parsed = (facts.known(kind) for kind in kinds)
    return collect_exposure(
        [fact for fact in parsed if fact is not None],
        facts.known(Environment),
        # The environment has the values of an env file, and the names in it are not secret. A
        # report shows single lines of a log, which has no values that are known to be secret.
        tuple(
            item.path
            for item in inputs
            if item.found and item.path and item.kind not in ("env", "log")
        ),
        cwd,
    )
