"""The api_version of a deployment is one that LiteLLM or Azure cannot use.

What it means
-------------
Azure's classic API wants the version of the API in each request, such as 2024-10-21. LiteLLM drops
a deployment whose api_version is not a text. Azure answers "Resource not found" or "API version
not supported" to a version that does not exist, and refuses a model or a parameter that is newer
than the version.

Why it happens
--------------
YAML reads 2024-10-21 without quotes as a date. Models have versions that look the same: 2024-07-18
is one of gpt-4o-mini, not of the API. Guides show the version as a part of a URL, with
"api-version=" before it. Preview versions lose their "-preview".

How to fix it
-------------
Write a version that exists, in quotes:

    api_version: "2025-04-01-preview"

or leave the line out: LiteLLM then uses a version of its own.

Versions
--------
LiteLLM drops the deployment in 1.106.2, where this was run. The newest dated versions of the API
are 2024-10-21 and 2025-04-01-preview; v1, preview and latest stand for the API without dates.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import REFERENCE, Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.check import Check, signature
from clawdoctor.finding import Action, Applicability, Edit, Finding, Fix, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.azure import (
    AzureModel,
    feature_since,
    is_api_version,
    is_for_chat,
    is_listed,
    is_older,
    lacks,
    model_named,
    models_with_version,
    recommended_api_version,
)
from clawdoctor.source.node import Node

_DATED = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(-preview)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with an api-version, why, and the one to write."""

    message: str
    label: str
    why: str
    version: str
    consequence: str
    applicability: Applicability = "unsafe"
    severity: Severity = Severity.ERROR


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Not a text, no api-version, one that does not exist, or too old for what is asked."""
    value = deployment.api_version
    if value.state == "not-a-string" and value.node is not None:
        fault: _Fault | None = _not_a_text(config, value.node)
    elif value.resolved is None or deployment.provider != "azure":
        return
    else:
        fault = _text(deployment, value.resolved)
    if fault is None:
        return
    assumed = value.found is not None and value.found.basis == "assumed"
    source = f" {value.variable} is set in {value.found.source}." if value.found is not None else ""
    yield Finding(
        severity=Severity.WARNING if assumed else fault.severity,
        message=fault.message,
        detail=f"{fault.why}{source}",
        place=parameter_place(config, deployment, "api_version", fault.label),
        consequence=fault.consequence,
        related=alias_places(config, deployment, "api_version"),
        fixes=(_fix(deployment, fault, restart(config, environment)),),
    )


def _not_a_text(config: LiteLLMConfig, node: Node) -> _Fault:
    row = behaviour("litellm", "dated-api-version", None)
    assert row is not None, "the rows of dated-api-version leave a version out"
    written = next(text for text in config.texts if text.path == node.span.path).slice(node.span)
    found = _found(written)
    if isinstance(node.value, datetime.date):
        return _Fault(
            message=f"api_version {written} is not quoted: YAML reads a date",
            label="needs quotes",
            why=f"{row.says}.",
            version=written if found == written else found or recommended_api_version(),
            consequence="LiteLLM drops the deployment when it starts",
            applicability="safe" if found == written else "unsafe",
        )
    return _Fault(
        message=f"api_version {written} is a number to YAML, not a text"
        if node.kind == "number"
        else "api_version is not a text",
        label="a date in quotes belongs here",
        why="LiteLLM wants a string and drops the deployment.",
        version=found or recommended_api_version(),
        consequence="LiteLLM drops the deployment when it starts",
        applicability="safe" if found and is_listed(found) else "unsafe",
    )


def _text(deployment: Deployment, text: str) -> _Fault | None:
    if is_placeholder(text) or is_reference(text) or REFERENCE in text or "${" in text:
        return None
    if not is_api_version(text):
        return _no_version(text)
    if is_listed(text):
        return _too_old(deployment, text)
    return _not_published(text)


def _no_version(text: str) -> _Fault:
    """A version with something around it, or no version at all."""
    found = _found(text)
    return _Fault(
        message=f"api_version holds more than {found}" if found else f'"{text}" is no api-version',
        label=f"only {found} belongs here" if found else "a date, or v1",
        why="LiteLLM sends it to Azure as it stands; Azure answers 404 Resource not found.",
        version=found or recommended_api_version(),
        consequence="Azure knows no such api-version",
        applicability="safe" if found and is_listed(found) else "unsafe",
    )


def _not_published(text: str) -> _Fault | None:
    """A version that the tables do not have is no fault, unless it is known for something else."""
    date = text.removesuffix("-preview")
    models = models_with_version(date)
    other = date if date != text else f"{text}-preview"
    if models:
        return _Fault(
            message=f"{text} is a version of the model {models[0]}, not of the API",
            label="a model's version",
            why='Azure answers "API version not supported" or 404 Resource not found.',
            version=recommended_api_version(),
            consequence="Azure knows no such api-version",
        )
    if not _is_a_day(date):
        return _Fault(
            message=f"{text} is no date, so there is no such api-version",
            label="no such day",
            why="Azure answers 404 Resource not found.",
            version=recommended_api_version(),
            consequence="Azure knows no such api-version",
        )
    if is_listed(other):
        return _Fault(
            message=f"api-version {text} is not known; did you mean {other}?",
            label=f"{other} exists",
            why="Azure answers 404 Resource not found to a version that it does not have.",
            version=other,
            consequence="Azure may know no such api-version",
            severity=Severity.WARNING,
        )
    return None


def _too_old(deployment: Deployment, text: str) -> _Fault | None:
    model = _model(deployment)
    since = model.min_api_version if model is not None else None
    if model is not None and since is not None and is_older(text, since):
        return _Fault(
            message=f"api-version {text} is too old for {model.name}",
            label=f"{model.name} needs {since} or later",
            why=f'Azure answers "Model {model.name} is enabled only for api versions {since} and '
            'later".',
            version=recommended_api_version(),
            consequence="Azure would refuse the request",
        )
    if lacks(text, "tools") and is_for_chat(deployment.name + deployment.group):
        since = feature_since("tools")
        return _Fault(
            message=f"api-version {text} is too old for tools",
            label=f"tools need {since} or later",
            why='OpenClaw sends tools with every turn; Azure answers "Unrecognized request '
            'arguments supplied: tool_choice, tools".',
            version=recommended_api_version(),
            consequence="Azure would refuse the request",
        )
    return None


def _model(deployment: Deployment) -> AzureModel | None:
    """The model behind a deployment, where the config or the deployment's own name says it."""
    info = deployment.node.get("model_info")
    base = (info.text("base_model") if info else None) or deployment.params.text("base_model")
    return model_named((base or deployment.name).rpartition("/")[2])


def _found(text: str) -> str | None:
    """The date in a text, written as an api-version."""
    match = _DATED.search(text)
    if match is None:
        return None
    year, month, day, preview = match.groups()
    date = f"{year}-{month}-{day}"
    return date + (preview or "").lower() if _is_a_day(date) else None


def _is_a_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return text in ("v1", "preview", "latest")
    return True


def _fix(deployment: Deployment, fault: _Fault, action: Action) -> Fix:
    value = deployment.api_version
    if value.variable is not None:
        return Fix(
            title=f"set {value.variable} to {fault.version}",
            actions=(set_for_proxy(value.variable, fault.version), action),
        )
    assert value.node is not None, "what is at fault is written"
    return Fix(
        title=f'write "{fault.version}"',
        applicability=fault.applicability,
        edits=(Edit(value.node.span, f'"{fault.version}"'),),
        snippet=f'api_version: "{fault.version}"',
        actions=(action,),
    )


CHECK = Check(
    code="LL107",
    name="api-version",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"api_version.{0,80}Input should be a valid "
            r"string.{0,80}input_type=(?P<type>\w{1,20})",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Must provide either the [`']?api_version[`']? argument",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Model (?P<model>\S{1,80}) is enabled only for api versions? "
            r"(?P<since>[\w-]{1,40})",
            "likely",
            "Azure",
        ),
        signature(
            r"Responses API is enabled only for api-version (?P<since>[\w-]{1,40})",
            "likely",
            "Azure",
        ),
        signature(
            r"API version not supported",
            "likely",
            "Azure",
        ),
        signature(
            r"Unrecognized request arguments? supplied: (?:\w{1,60}, "
            r"){0,10}?(?P<argument>functions|function_call|tool_choice|tools)\b",
            "likely",
            "Azure",
        ),
        signature(
            r"api[-_]version(?:=|%3D)(?:%3F|\?)?api-version(?:=|%3D)",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"AzureException NotFoundError - Resource not found",
            "possible",
            "Azure",
        ),
        signature(
            r"You passed in model=(?P<group>[^\s\"']{1,120})\. There are no healthy "
            r"deployments",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"due to missing AZURE_API_VERSION|(?:api_version|api-version)['\"`]? (?:is |was "
            r"|must be )?(?:required|missing|not (?:set|provided|specified))\b.{0,60}azure"
            r"|azure.{0,60}(?:api_version|api-version)['\"`]? (?:is |was )?(?:required|missing)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"\bapi[-_]version['\"`]? (?:is |was |must be )?(?:required|missing|not (?:set"
            r"|provided|specified))",
            "possible",
            "Azure",
        ),
        signature(
            r"Azure does not support 'tool_choice', for api_version|Bump your API version to",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"An API version is required for the Azure API type",
            "likely",
            "a program that calls Azure",
        ),
        signature(
            r"for api_version=[\w-]{1,30}\. Bump your API version|This parameter requires"
            r" .?api_version",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"OPENAI_API_VERSION environment variable is missing",
            "likely",
            "a program that calls Azure",
        ),
        signature(
            r"Did not find openai_api_version",
            "likely",
            "a program that calls Azure",
        ),
    ),
)
