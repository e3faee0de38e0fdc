"""Trace the requests of a chain: what each hop sends for a model, predicted from the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.other_providers import unchecked_providers
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.knowledge import newest
from clawdoctor.run.engine import Selection, run_checks
from clawdoctor.run.exposure import redacted_trace
from clawdoctor.run.facts import Facts, Loader
from clawdoctor.run.file_loaders import file_loaders
from clawdoctor.run.hops import predictor, route_of
from clawdoctor.run.inputs import exposure_of, inputs_of, usage_error
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.run.traced_models import UnknownModelError, traced_models
from clawdoctor.traced import Fault, Trace

USAGE = 2
"""The exit code if there is nothing to trace."""
_FILES = (OpenClawFile, Compose, LiteLLMFile, LiteLLMConfig)


def trace(situation: Situation) -> Trace:
    """Return the request that each hop sends for the models in use, without any secret.

    `situation.models` names other models, as OpenClaw (`provider/model`) or LiteLLM names them.
    Nothing is sent. A fault in a file raises nothing: it is in the trace, and `exit_code` is 1.
    `usage_error` says why there is nothing to trace, and `exit_code` is 2.
    """
    situation = replace(situation, processes=processes_of_chain(situation), log_folder="", log=None)
    facts = Facts((*file_loaders(situation), Loader(Versions, _installed)))
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


def _installed(installed: InstalledVersions) -> Versions:
    return installed.versions


def _version() -> str:
    from clawdoctor import __version__

    return __version__


def _with_routes(result: Trace, situation: Situation, facts: Facts) -> Trace:
    faults = tuple(_faults(facts))
    models = traced_models(situation, facts, or_none=bool(faults))
    versions = facts.known(Versions) or Versions(None, None)
    predicts = predictor(situation, facts)
    programs = ("openclaw", "litellm")
    return replace(
        result,
        exit_code=1 if faults else 0,
        versions={program: versions.of(program) for program in programs},
        assumed={name: newest(name) for name in programs if versions.of(name) is None},
        faults=faults,
        start=predicts.start,
        routes=tuple(route_of(model, predicts) for model in models),
        notes=(*_assumed(facts, traced=bool(models)), *_notes(facts, traced=bool(models))),
    )


def _faults(facts: Facts) -> Iterator[Fault]:
    """Yield what is wrong with each file that cannot be used, as `run` says it."""
    lacks = [facts.get(kind) for kind in _FILES]
    kinds = {lack.kind for lack in lacks if isinstance(lack, Unavailable) and lack.kind}
    if not kinds:
        return
    from clawdoctor.check import built_in_checks

    owners = [check for check in built_in_checks() if kinds.intersection(check.owns)]
    for raised in run_checks(owners, facts, Selection()).findings:
        yield Fault(raised.finding.message, raised.check.code, raised.finding.place)


def _assumed(facts: Facts, *, traced: bool) -> Iterator[str]:
    """Say that this shell's variables stand for those of LiteLLM."""
    environment = facts.known(Environment)
    assumed = environment is not None and environment.proxy.basis == "assumed"
    if traced and assumed and facts.known(LiteLLMConfig) is not None:
        yield (
            "The variables of this shell stand for LiteLLM's own. If LiteLLM runs elsewhere: "
            "`clawdoctor trace --env-file FILE`."
        )


def _notes(facts: Facts, *, traced: bool) -> Iterator[str]:
    config, chain = facts.known(OpenClawConfig), facts.known(Chain)
    if config is None and not traced and facts.known(LiteLLMConfig) is not None:
        yield "LiteLLM's file names only wildcards: `clawdoctor trace MODEL` traces one."
    if config is None and traced:
        yield "OpenClaw's config is not known: a plain chat request stands for OpenClaw's own."
    if config is None or chain is None:
        return
    elsewhere = unchecked_providers(config, chain)
    if elsewhere:
        yield f"Not traced: {', '.join(elsewhere)}."
    if not traced:
        ids = [route.id for route in chain.routes]
        hint = f" `clawdoctor trace {ids[0]}` traces one." if ids else ""
        named = dict.fromkeys(ref.written for ref in config.refs)
        used = f" They name {', '.join([*named][:5])}." if named else ""
        yield f"No agent uses a model of this chain.{used}{hint}"
