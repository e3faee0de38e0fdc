"""LiteLLM's config is valid YAML, but the proxy fails to load it or starts without a model.

What it means
-------------
A part of the file has the wrong structure for LiteLLM. Usually LiteLLM exits with a Python error
without a line number, such as KeyError: 'litellm_params'. If model_list is missing or misspelled,
the proxy starts, reports that it is healthy, and answers every request with "Invalid model name
passed in".

Why it happens
--------------
The usual causes are:

- A line has too much or too little indentation, so that `model` is next to litellm_params instead
  of inside it.
- A dash is missing, or there is one too many.
- A section is called `models` instead of `model_list`, or its name is misspelled, as in
  `litellm_setting`. LiteLLM ignores it.
- A name such as 4 or 2024-10-21 has no quotes, so YAML turns it into a number or a date. LiteLLM
  1.109 and older exit because of it.
- environment_variables or a settings section contains a date without quotes. LiteLLM 1.103 and
  later exit because of it.
- The variable LITELLM_LOG is empty, or is not a log level such as DEBUG or INFO.
- A variable that LiteLLM reads as an option has a value of another type: a DEBUG that is not true
  or false, or a NUM_WORKERS that is not a number.

How to fix it
-------------
Write every deployment as a list item with these two keys:

    model_list:
      - model_name: gpt-4o
        litellm_params:
          model: azure/my-gpt4o
          api_base: https://my-resource.openai.azure.com
          api_key: os.environ/AZURE_OPENAI_API_KEY

litellm_settings, general_settings and environment_variables contain keys and values, without
dashes. Put quotes around names that look like a number or a date. litellm_settings.callbacks is a
list of names. A Redis cache requires the address of its server: set host or url in cache_params, or
set REDIS_HOST or REDIS_URL where the proxy runs.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. With these values, older versions exit, and
LiteLLM 1.110.0 and later start:

- A model_name such as 4. LiteLLM serves it as "4".
- A model or a model_name that is a list or a mapping. No request reaches the deployment.
- A model_info that is not a mapping. This is harmless.
- A router_settings.model_group_alias or router_settings.fallbacks of another type. LiteLLM does not
  use it.

LiteLLM 1.103 and later exit with "validation errors for dict[str,nullable..." if general_settings,
router_settings, litellm_settings or environment_variables contains a date, or a key that is not a
string. They accept a date in model_list.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/config_settings
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import file_name, restart, with_restart
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll003_texts import ADVICE, TEXTS
from clawdoctor.finding import Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import behaviours
from clawdoctor.run.needs import Unavailable
from clawdoctor.wire.start_fault import STOPS, Fault
from clawdoctor.wire.start_model_list import example_list
from clawdoctor.wire.start_sections import start_faults
from clawdoctor.wire.start_variables import RejectedVariable, rejected_variables

_LOSSES = {
    "model_name": "no request can name this model",
    "model": "LiteLLM drops the deployment",
    "model_group_alias": "the aliases have no effect",
    "fallbacks": "there is no fallback when a model fails",
    "content_policy_fallbacks": "there is no fallback when a filter blocks a request",
}
"""The loss for each key if LiteLLM starts in spite of a value of another type."""
_HARMLESS = ("number", "date")
"""The types of a model_name that newer versions serve as written."""


def check(
    config: LiteLLMConfig | Unavailable, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report what keeps LiteLLM from starting or leaves it without a model.

    LL002 checks the syntax, LL108 the master key, LL119 the values of the router's settings.
    """
    if isinstance(config, Unavailable):
        yield from _unreadable_findings(config)
        return
    for rejected in rejected_variables(environment):
        if rejected.variable.basis == "assumed" and environment.ci:
            yield Unknown(f"{rejected.variable.name} is not {rejected.wanted} on this CI machine")
        else:
            yield _variable_finding(rejected)
    found = _start_findings(config, environment, versions)
    yield from with_restart(found, restart(config, environment))


def _start_findings(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Yield what LiteLLM rejects in a file that it can read."""
    for fault in start_faults(config, environment, versions.judged_as()):
        if isinstance(fault, Unknown):
            yield fault
            continue
        stops = fault.consequence == STOPS
        judged = judge_versions(versions, "litellm", "start-types", ("refused",))
        if not fault.lenient:
            yield _finding(fault, config, stops=stops)
        elif judged is not None:
            yield replace(
                _finding(fault, config, stops=True),
                severity=judged.severity,
                detail=f"{fault.why} LiteLLM {_first_that_starts()} and later start anyway. "
                f"{versions.stated('litellm', 'LiteLLM')}.",
            )
        elif loss := _loss(fault, config):
            yield replace(
                _finding(fault, config, stops=False),
                severity=Severity.WARNING,
                detail=f"LiteLLM {_first_that_starts()} and later start, but {loss}. "
                f"{versions.stated('litellm', 'LiteLLM')}.",
                consequence=loss,
            )


def _variable_finding(rejected: RejectedVariable) -> Finding:
    """Report a variable that LiteLLM reads before its config."""
    variable, wanted = rejected.variable, rejected.wanted
    assumed, name = variable.basis == "assumed", variable.name
    error = rejected.error.partition(":")[0]
    note = " There is nothing to do if the service that runs the proxy does not set it."
    message = f"{name} is not {wanted}" if variable.value else f"{name} is empty"
    return Finding(
        severity=Severity.WARNING if assumed else Severity.ERROR,
        message=message,
        detail=f"LiteLLM reads {name} before its config file, and exits with {_article(error)} if "
        f"it is not {wanted}. It is set in {variable.source}.{note if assumed else ''}",
        place=variable.place,
        consequence=f"{message}, so {STOPS}",
        fixes=(
            Fix(
                title=f"set {name} to {wanted} in {variable.source}"
                if variable.place is None
                else f"set {name} to {wanted}",
                snippet=f"{name}={rejected.example}",
                actions=(Step(f"Set {name} to {rejected.values}, or remove it"), CHECK_AGAIN),
            ),
        ),
        assumed=assumed,
    )


def _article(error: str) -> str:
    return f"{'an' if error[:1] in 'AEIOU' else 'a'} {error}"


def _finding(fault: Fault, config: LiteLLMConfig, *, stops: bool) -> Finding:
    remedy = fault.remedy if fault.changes else ""
    shown = remedy or fault.snippet or not fault.step
    step = () if shown else (Step(f"{fault.step[:1].upper()}{fault.step[1:]}"),)
    fix = Fix(
        title=fault.title,
        applicability="manual" if not fault.changes else "unsafe" if fault.guessed else "safe",
        changes=fault.changes,
        snippet="" if remedy else fault.snippet,
        actions=(*step, CHECK_AGAIN),
    )
    return Finding(
        severity=Severity.ERROR if fault.sure else Severity.WARNING,
        message=fault.message,
        detail=fault.why,
        place=config.place(fault.pointer, fault.label),
        consequence=f"{_first_part(fault.message)}, so {STOPS}" if stops else fault.consequence,
        fixes=(fix,),
        allows_start=not stops,
        assumed=not fault.sure,
    )


def _first_part(message: str) -> str:
    """Return a message without what the user may have meant or should do."""
    return message.partition(";")[0]


def _first_that_starts() -> str:
    rows = behaviours("litellm", "start-types")
    return next(row.since for row in rows if row.effect == "accepted" and row.since is not None)


def _loss(fault: Fault, config: LiteLLMConfig) -> str:
    """Return what is lost if LiteLLM starts in spite of a fault, or an empty string."""
    pointer = fault.pointer.removesuffix("/-")
    name, node = pointer.rpartition("/")[2], config.root.at(pointer)
    if name == "model_name" and node is not None and node.kind in _HARMLESS:
        return ""
    return _LOSSES.get(name, "")


def _unreadable_findings(lack: Unavailable) -> Iterator[Finding]:
    """Report the file, or a file that it includes, with the reason that the loader gives."""
    if lack.place is None:
        return
    included = lack.place.span is not None
    reason = lack.reason.partition(":")[0]
    if included:
        message = reason.replace("file not found", "file was not found")
        title, label = (
            "correct the path in include, or create the file",
            "LiteLLM reads this file too",
        )
        why = "LiteLLM merges the included file into this file at startup, and exits if it "
        why += "cannot."
    else:
        name, empty = file_name(lack.place.path), "empty" in reason
        message = f"{name} is empty" if empty else f"{name} has no keys such as model_list"
        why = (
            'LiteLLM exits with "Config cannot be None or Empty".'
            if empty
            else "LiteLLM expects keys at the top level of the file, and exits with an error."
        )
        title, label = "add a model_list with your models", ""
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=replace(lack.place, label=label),
        consequence=f"{_first_part(message)}, so {STOPS}",
        fixes=(
            Fix(
                title=title,
                snippet="" if included else example_list(),
                actions=(
                    (Step("Correct the path in include, or create the file"), CHECK_AGAIN)
                    if included
                    else (CHECK_AGAIN,)
                ),
            ),
        ),
    )


CHECK = Check(
    code="LL003",
    name="litellm-config-rejected",
    stage="litellm",
    scope="start",
    run=check,
    documentation=__doc__,
    predicts=("config",),
    owns=("litellm-config-rejected",),
    texts=TEXTS,
    advice=ADVICE,
)
