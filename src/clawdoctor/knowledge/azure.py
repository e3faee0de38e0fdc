"""Facts about Azure's api-versions and models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import table

_DATED = regex(r"(\d{4}-\d{2}-\d{2})(-preview)?", re.ASCII)
PARAMETERS = ("max_completion_tokens", "parallel_tool_calls", "stream_options")
"""The parameters of a chat that OpenClaw may send and that have their own row in the table."""


@dataclass(frozen=True, slots=True)
class AzureModel:
    """The known facts about a model. `versions` are model versions, not api-versions."""

    name: str
    versions: tuple[str, ...]
    context: int | None
    max_output: int | None
    endpoints: tuple[str, ...]
    reasoning: bool
    min_api_version: str | None
    retires: str | None
    """The date from which Azure no longer serves the model, according to LiteLLM's list."""


def model_named(name: str) -> AzureModel | None:
    """Return the model with a name, or None. An unknown model is not a fault."""
    row: dict[str, Any] | None = table("models")["models"].get(name.casefold())
    if row is None:
        return None
    return AzureModel(
        name=name.casefold(),
        versions=tuple(row["versions"]),
        context=row.get("context"),
        max_output=row.get("max_output") or None,
        endpoints=tuple(row["endpoints"]),
        reasoning=bool(row.get("reasoning")),
        min_api_version=row.get("min_api_version"),
        retires=row.get("retires"),
    )


@lru_cache(4096)
def model_in_name(name: str) -> AzureModel | None:
    """Return the model with the longest name that is part of a deployment name."""
    folded = name.casefold()
    models: Iterable[str] = table("models")["models"]
    matches = [
        model
        for model in models
        if model in folded
        and re.search(rf"(?:^|[-_.]){re.escape(model)}(?:$|[-_](?![0-9]))", folded)
    ]
    return model_named(max(matches, key=len)) if matches else None


def is_api_version(text: str) -> bool:
    """Whether a text has the form of an api-version: a date, a date with `-preview`, or undated."""
    return is_undated(text) or _DATED.fullmatch(text) is not None


def is_undated(api_version: str) -> bool:
    """Whether an api-version belongs to the v1 API (`v1`, `preview`), which has no dates."""
    return api_version in table("azure")["undated"]


def is_listed(api_version: str) -> bool:
    """Whether an api-version is in the tables."""
    azure = table("azure")
    return api_version in azure["dated"] or api_version in azure["undated"]


def newest_dated_api_version() -> str:
    """Return the newest dated api-version in the tables."""
    versions: list[str] = table("azure")["dated"]
    return max(versions)


def api_versions_of() -> str:
    """Return the date of the list of api-versions."""
    date = table("azure")["api_versions_of"]
    assert isinstance(date, str)
    return date


def is_sample_resource(name: str) -> bool:
    """Whether documentation uses a resource name as a sample."""
    return name.casefold() in table("azure")["sample_resources"]


def is_sample_value(text: str) -> bool:
    """Whether documentation uses a text as a placeholder for a URL, a key or a version."""
    return text.strip().casefold().replace("_", "-") in table("azure")["sample_values"]


def models_with_version(version: str) -> tuple[str, ...]:
    """Return the models with a model version, which users mistake for an api-version."""
    models: dict[str, Any] = table("models")["models"]
    return tuple(name for name, row in models.items() if version in row["versions"])


def is_older(api_version: str, than: str) -> bool:
    """Whether a dated api-version is older than another. Undated versions are never older."""
    mine, other = _DATED.fullmatch(api_version), _DATED.fullmatch(than)
    return mine is not None and other is not None and mine[1] < other[1]


def lacks(api_version: str, feature: str) -> bool:
    """Whether a dated api-version is too old for a feature."""
    return is_older(api_version, feature_since(feature))


def feature_since(feature: str) -> str:
    """Return the first dated api-version with a feature."""
    since = table("azure")["features"][feature]
    assert isinstance(since, str)
    return since


def recommended_api_version() -> str:
    """Return the api-version that fixes recommend."""
    version = table("azure")["recommended"]
    assert isinstance(version, str)
    return version


def model_row(model: str) -> Mapping[str, Any]:
    """Return the row of a model in the tables, or an empty row."""
    row: Mapping[str, Any] = table("models")["models"].get(model.casefold(), {})
    return row


def reasons(model: str, effort: object) -> bool:
    """Whether a reasoning model reasons at a request's effort. None means the default effort."""
    return (model_row(model).get("default_effort") if effort is None else effort) != "none"


def is_for_chat(name: str) -> bool:
    """Whether a model may support chat: its name suggests no other task, such as embeddings."""
    parts = table("models")["not_for_chat"]["name_parts"]
    return not any(part in name.casefold() for part in parts)
