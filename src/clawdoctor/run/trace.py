"""Trace the requests of a chain: what each hop sends for a model, predicted from the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.openclaw_file import OpenClawFile, OpenClawPath
from clawdoctor.chain.other_providers import unchecked_providers
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import newest
from clawdoctor.knowledge.measured import knowledge_date
from clawdoctor.run.exposure import redacted_trace
from clawdoctor.run.facts import Facts
from clawdoctor.run.hops import route_of
from clawdoctor.run.inputs import exposure_of, inputs_of, usage_error
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.predictor import predictor
from clawdoctor.run.refusal import Kind
from clawdoctor.run.situation import Situation
from clawdoctor.run.trace_findings import find
from clawdoctor.run.trace_problems import ordered, problems_of
from clawdoctor.run.traced_models import UnknownModelError, traced_models
from clawdoctor.traced import Trace

USAGE = 2
"""The exit code if there is nothing to trace."""
_COMPARED = 10
"""The maximum number of models to compare with other versions, which takes most of the time."""
_FILES = (OpenClawFile, Compose, LiteLLMFile, LiteLLMConfig)


def trace(situation: Situation) -> Trace:
    """Return the request that each hop sends for the models in use, without any secret.

    `situation.models` names other models, as OpenClaw (`provider/model`) or LiteLLM names them.
    Nothing is sent. A fault in a file is in the trace and raises no error; `exit_code` is then 1.
    `usage_error` says why there is nothing to trace; `exit_code` is then 2.
    """
    situation = replace(situation, processes=processes_of_chain(situation), log_folder="", log=None)
    facts = Facts(loaders(situation), SUBJECTS)
    inputs = inputs_of(situation, facts)
    result = Trace(_version(), inputs=inputs)
    usage = usage_error(situation, inputs)
    if usage is None:
        try:
            result = _with_routes(result, situation, facts)
        except UnknownModelError as unknown:
            usage = str(unknown)
    for _, failure in facts.failures:
        raise failure
    if usage is not None:
        result = replace(result, usage_error=usage, exit_code=USAGE)
    return redacted_trace(result, exposure_of(facts, inputs, situation.cwd))


def _version() -> str:
    from clawdoctor import __version__

    return __version__


def _with_routes(result: Trace, situation: Situation, facts: Facts) -> Trace:
    kinds = frozenset(_unusable(facts))
    models = traced_models(situation, facts, or_none=bool(kinds))
    findings = find(facts)
    faults = findings.of_files(kinds)
    versions = facts.known(Versions) or Versions(None, None)
    predicts = predictor(situation, facts, findings)
    routes = ordered(
        route_of(model, predicts, compares=index < _COMPARED) for index, model in enumerate(models)
    )
    problems = problems_of(findings, routes, predicts.start, named=bool(situation.models))
    failed = 3 if findings.internal_errors else 0
    programs = ("openclaw", "litellm")
    return replace(
        result,
        knowledge=knowledge_date(),
        exit_code=failed or (1 if faults else 0),
        versions={program: versions.of(program) for program in programs},
        assumed={name: newest(name) for name in programs if versions.of(name) is None},
        faults=faults,
        problems=tuple(problem for problem in problems if problem not in faults),
        start=predicts.start,
        routes=routes,
        notes=(
            *_assumed(facts, traced=bool(models)),
            *_unknown_start(predicts.start_unknown),
            *_notes(facts, traced=len(models)),
        ),
        internal_errors=findings.internal_errors,
    )


def _unusable(facts: Facts) -> Iterator[Kind]:
    """Yield the kinds of refusal of unusable files."""
    for kind in _FILES:
        lack = facts.get(kind)
        if isinstance(lack, Unavailable) and lack.kind:
            yield lack.kind


def _assumed(facts: Facts, *, traced: bool) -> Iterator[str]:
    """Say that this shell's variables are used in place of LiteLLM's."""
    environment = facts.known(Environment)
    assumed = environment is not None and environment.proxy.basis == "assumed"
    if traced and assumed and facts.known(LiteLLMConfig) is not None:
        yield (
            "This trace uses the variables of this shell. If LiteLLM runs elsewhere: "
            "`clawdoctor trace --env-file FILE`."
        )


def _unknown_start(reason: str) -> Iterator[str]:
    if reason:
        yield f"Whether LiteLLM starts is not known: {reason}."


def _notes(facts: Facts, *, traced: int) -> Iterator[str]:
    versions = facts.known(Versions) or Versions(None, None)
    if traced > _COMPARED and not (versions.known("openclaw") and versions.known("litellm")):
        yield f"Only the first {_COMPARED} models show what other versions send."
    config, chain = facts.known(OpenClawConfig), facts.known(Chain)
    if config is None and not traced and facts.known(LiteLLMConfig) is not None:
        yield "LiteLLM's file names only wildcards: `clawdoctor trace MODEL` traces one."
    if config is None and traced:
        yield "Without OpenClaw's config, this traces a plain chat request."
        situation = facts.known(Situation)
        here = situation is not None and Path(situation.path("openclaw.json")).is_file()
        if here and facts.known(OpenClawPath) is None:
            yield (
                "OpenClaw does not read openclaw.json in this folder. To trace with it: "
                "`clawdoctor trace --openclaw-config openclaw.json`."
            )
    if config is None or chain is None:
        return
    elsewhere = unchecked_providers(config, chain)
    named = list(dict.fromkeys(ref.written for ref in config.refs if ref.provider in elsewhere))
    if elsewhere:
        yield f"Not traced, because they lead to other services: {_first(named)}."
    unknown = [ref.written for ref in config.refs if not _is_known(ref, config, elsewhere)]
    if unknown:
        yield (f"OpenClaw sends nothing for {_first(unknown)}: openclaw.json has no such provider.")
    if not traced and (ids := [route.id for route in chain.routes]):
        yield f"No agent uses a model of this chain. `clawdoctor trace {ids[0]}` shows one."


def _is_known(ref: ModelRef, config: OpenClawConfig, elsewhere: tuple[str, ...]) -> bool:
    name = ref.provider
    return name is not None and (name in elsewhere or config.provider(name) is not None)


def _first(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    return ", ".join(different[:5]) + (", ..." if len(different) > 5 else "")
