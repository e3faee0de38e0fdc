"""Questions about Azure's api-versions and models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clawdoctor.knowledge import table

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(-preview)?")


@dataclass(frozen=True, slots=True)
class AzureModel:
    """What is known of a model. `versions` are its own, not api-versions."""

    name: str
    versions: tuple[str, ...]
    context: int | None
    max_output: int | None
    endpoints: tuple[str, ...]
    reasoning: bool
    min_api_version: str | None


def model_named(name: str) -> AzureModel | None:
    """The model of a name, or None: an unknown model is no fault."""
    row: dict[str, Any] | None = table("models")["models"].get(name.casefold())
    if row is None:
        return None
    return AzureModel(
        name=name.casefold(),
        versions=tuple(row["versions"]),
        context=row.get("context"),
        max_output=row.get("max_output"),
        endpoints=tuple(row["endpoints"]),
        reasoning=bool(row.get("reasoning")),
        min_api_version=row.get("min_api_version"),
    )


def is_api_version(text: str) -> bool:
    """Whether a text has the shape of an api-version: a date, `-preview` or not, or v1's names."""
    return is_undated(text) or _DATED.fullmatch(text) is not None


def is_undated(api_version: str) -> bool:
    """Whether it is a name of the v1 API (`v1`, `preview`), which takes no date."""
    return api_version in table("azure")["undated"]


def is_listed(api_version: str) -> bool:
    """Whether an api-version is one that the tables know."""
    azure = table("azure")
    return api_version in azure["dated"] or api_version in azure["undated"]


def models_with_version(version: str) -> tuple[str, ...]:
    """The models that have a version of this name: taken for an api-version by mistake."""
    models: dict[str, Any] = table("models")["models"]
    return tuple(name for name, row in models.items() if version in row["versions"])


def is_older(api_version: str, than: str) -> bool:
    """Whether a dated api-version came before another. The undated ones are never older."""
    mine, other = _DATED.fullmatch(api_version), _DATED.fullmatch(than)
    return mine is not None and other is not None and mine[1] < other[1]


def lacks(api_version: str, feature: str) -> bool:
    """Whether a dated api-version is older than the first one with a feature."""
    return is_older(api_version, feature_since(feature))


def feature_since(feature: str) -> str:
    """The first dated api-version with a feature."""
    since = table("azure")["features"][feature]
    assert isinstance(since, str)
    return since


def recommended_api_version() -> str:
    """The api-version to write where one is missing or wrong."""
    version = table("azure")["recommended"]
    assert isinstance(version, str)
    return version


def knows(model: str) -> Mapping[str, Any]:
    """The row of a model in the knowledge tables; empty for one that is not in them."""
    row: Mapping[str, Any] = table("models")["models"].get(model.casefold(), {})
    return row


def reasons(model: str, effort: object) -> bool:
    """Whether a reasoning model reasons, given a request's effort (None: it names none)."""
    return (knows(model).get("default_effort") if effort is None else effort) != "none"


def is_for_chat(name: str) -> bool:
    """Whether nothing in a name says that the model is for another task, such as embeddings."""
    parts = table("models")["not_for_chat"]["name_parts"]
    return not any(part in name.casefold() for part in parts)
