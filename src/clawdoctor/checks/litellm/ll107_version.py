"""Faults of the api-version of a deployment: part of LL107."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.chain.shown import describe, looks_like_key
from clawdoctor.checks.litellm.misplaced_key import misplaced_key
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Applicability, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.azure import (
    PARAMETERS,
    AzureModel,
    api_versions_of,
    feature_since,
    is_api_version,
    is_for_chat,
    is_listed,
    is_older,
    lacks,
    model_named,
    models_with_version,
    newest_dated_api_version,
    recommended_api_version,
)
from clawdoctor.source.node import Node

_UNDATED = regex(r"v[1-9]", re.ASCII)
_DATED = regex(r"(\d{4})[-/._]?(\d{2})[-/._]?(\d{2})(?:[-/._ ]?(preview))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault of an api-version, the reason, and the right version."""

    message: str
    label: str
    why: str
    version: str
    consequence: str
    applicability: Applicability = "unsafe"
    severity: Severity = Severity.ERROR


def type_fault(config: LiteLLMConfig, node: Node) -> Fault:
    """Return the fault of an api_version that is not a string in YAML."""
    row = behaviour("litellm", "dated-api-version", None)
    assert row is not None, "the rows of dated-api-version leave a version out"
    written = next(text for text in config.texts if text.path == node.span.path).slice(node.span)
    version = _dated_version(written)
    if isinstance(node.value, datetime.date):
        return Fault(
            message=f"api_version {written} has no quotes, so YAML turns it into a date",
            label="needs quotes",
            why=f"{row.says}.",
            version=written if version == written else version or recommended_api_version(),
            consequence="api_version is not a string, so LiteLLM drops the deployment",
            applicability="safe" if version == written else "unsafe",
        )
    return Fault(
        message="api_version is not a string"
        if node.kind != "number"
        else f"api_version contains {describe(written)}"
        if looks_like_key(written)
        else f"api_version {written} is a number, not a string",
        label="put a date in quotes here",
        why="LiteLLM requires a string and drops the deployment.",
        version=version or recommended_api_version(),
        consequence="api_version is not a string, so LiteLLM drops the deployment",
        applicability="safe" if version and is_listed(version) else "unsafe",
    )


def version_fault(deployment: Deployment, text: str, sent: Collection[str] = ()) -> Fault | None:
    """Return the fault of the api-version `text`. None for placeholders and references.

    `sent` are the parameters of the chats that reach the deployment.
    """
    if is_placeholder(text) or is_reference(text) or REFERENCE in text or "${" in text:
        return None
    if not is_api_version(text) and not _UNDATED.fullmatch(text):
        return _malformed_fault(deployment, text)
    if is_listed(text):
        return _too_old_fault(deployment, text, sent)
    return _unlisted_fault(text)


def _malformed_fault(deployment: Deployment, text: str) -> Fault:
    """Return the fault of a text that contains more than a version, or no version at all."""
    value = deployment.api_version
    version = _dated_version(text)
    if looks_like_key(text) or value.hidden:
        version = None  # the digits only look like a date, or the report must not quote them
    problem = misplaced_key(deployment, value, text)
    if problem is None:
        noun = value.named if value.hidden else f'"{text}"'
        problem = f"{noun} is not an API version"
        if value.hidden and value.variable:
            problem = f"api_version reads {value.variable}, whose value is not an API version"
    return Fault(
        message=f"{value.named} must be {version} and nothing else" if version else problem,
        label=f"put only {version} here" if version else "must be a date, or v1",
        why='LiteLLM sends it to Azure unchanged, and Azure answers 404 "Resource not found".',
        version=version or recommended_api_version(),
        consequence=f"{value.named} is a key, not an api-version"
        if looks_like_key(text)
        else "Azure does not have the configured api-version",
        applicability="safe" if version and is_listed(version) else "unsafe",
    )


def _unlisted_fault(text: str) -> Fault:
    """Return the fault of an unlisted version: a model's version, not a date, or no -preview.

    Another version that the tables do not list may be newer than the tables, so it is a warning.
    """
    date = text.removesuffix("-preview")
    models = models_with_version(date)
    other = date if date != text else f"{text}-preview"
    if models:
        return Fault(
            message=f"{text} is a version of the model {models[0]}, not of the API",
            label="a model's version",
            why='Azure answers "API version not supported" or 404 "Resource not found".',
            version=recommended_api_version(),
            consequence="Azure does not have the configured api-version",
        )
    if not _is_date(date) and not _UNDATED.fullmatch(text):
        return Fault(
            message=f"{text} is not a date, so there is no such api-version",
            label="no such day",
            why='Azure answers 404 "Resource not found".',
            version=recommended_api_version(),
            consequence="Azure does not have the configured api-version",
        )
    if is_listed(other):
        return Fault(
            message=f"Azure may not have the api-version {text}; did you mean {other}?",
            label=f"{other} exists",
            why='If Azure does not have this version, it answers 404 "Resource not found".',
            version=other,
            consequence="Azure may not have the configured api-version",
            severity=Severity.WARNING,
        )
    return Fault(
        message=f"Azure may not have the api-version {text}",
        label=f"not in Azure's list on {api_versions_of()}",
        why=f"On {api_versions_of()}, Azure's newest dated version was "
        f"{newest_dated_api_version()}, and Azure did not have {text}. If it still does not, "
        'it answers 404 "Resource not found".',
        version=recommended_api_version(),
        consequence="Azure may not have the configured api-version",
        severity=Severity.WARNING,
    )


def _too_old_fault(deployment: Deployment, text: str, sent: Collection[str]) -> Fault | None:
    model = _model(deployment)
    since = model.min_api_version if model is not None else None
    if model is not None and since is not None and is_older(text, since):
        return Fault(
            message=f"api-version {text} is too old for {model.name}",
            label=f"{model.name} requires {since} or later",
            why=f'Azure answers "Model {model.name} is enabled only for api versions {since} and '
            'later".',
            version=recommended_api_version(),
            consequence="Azure would reject the request because the api-version is too old",
        )
    if lacks(text, "tools") and is_for_chat(deployment.name + deployment.group):
        since = feature_since("tools")
        return Fault(
            message=f"api-version {text} is too old for tools",
            label=f"tools require {since} or later",
            why='OpenClaw sends tools with every request, and Azure answers "Unrecognized request '
            'arguments supplied: tool_choice, tools".',
            version=recommended_api_version(),
            consequence="Azure would reject the request because the api-version is too old",
        )
    newer = [name for name in PARAMETERS if name in sent and lacks(text, name)]
    if newer:
        since = max(feature_since(name) for name in newer)
        names = " and ".join(newer)
        return Fault(
            message=f"api-version {text} may be too old for {names}",
            label=f"{since} or later has {names}",
            why=f"OpenClaw's requests contain {names}. According to Azure's changelog, this version"
            f" does not know {'it' if len(newer) == 1 else 'them'}. Azure then answers "
            f'"Unrecognized request argument supplied: {newer[0]}".',
            version=recommended_api_version(),
            consequence="Azure may reject the request because the api-version is too old",
            severity=Severity.WARNING,
        )
    return None


def _model(deployment: Deployment) -> AzureModel | None:
    """Return the model of a deployment, by base_model or by the deployment name."""
    info = deployment.node.get("model_info")
    base = (info.text("base_model") if info else None) or deployment.params.text("base_model")
    return model_named((base or deployment.name).rpartition("/")[2])


def _dated_version(text: str) -> str | None:
    """Return the date in a text as an api-version, or None if there is no date."""
    match = _DATED.search(text)
    if match is None:
        return None
    year, month, day, preview = match.groups()
    date = f"{year}-{month}-{day}"
    return date + ("-preview" if preview else "") if _is_date(date) else None


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return text in ("v1", "preview", "latest")
    return True
