"""Facts about how LiteLLM treats a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import behaviour, newest, release, table
from clawdoctor.knowledge.did_you_mean import misspells
from clawdoctor.knowledge.measured import Names, Standing, rows

_TABLE = "litellm_models"
_LISTS = {"azure": ("azure",), "openai": ("openai",), "azure_ai": ("azure_ai", "openai")}
"""Where LiteLLM looks for a model of a provider."""
_DATE = regex(r"-\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of reasoning models, and how LiteLLM changes a request to one of them."""

    name: str
    without: tuple[str, ...]
    """Parameters that LiteLLM does not send to these models and sends to others."""
    adds: tuple[str, ...]
    """Parameters that LiteLLM sends to these models and not to others."""
    developer_role: bool
    """Whether LiteLLM keeps the role `developer`; otherwise it sends `system`."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """What LiteLLM's list of models says about a name. The defaults stand for an unknown name.

    `responses` means that chat requests go to the Responses API. `supports` and `refuses` are
    reasoning efforts. `silent` means that the effort of a request without one is `none`.
    """

    responses: bool = False
    supports: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    silent: bool = False


def brings_openai_3(version: str) -> bool:
    """Whether LiteLLM comes with openai 3, whose client differs in addresses, keys and errors."""
    row = behaviour("litellm", "openai-client", version)
    return row is not None and row.effect == "3"


def family_of(model: str) -> Family | None:
    """Return the family that LiteLLM recognises in a `model` or `base_model`, if any."""
    for row in table("litellm")["families"]:
        if re.search(row["pattern"], model):
            return Family(
                row["name"], tuple(row["without"]), tuple(row["adds"]), row["developer_role"]
            )
    return None


def listed_model(
    model: str, provider: Literal["azure", "openai", "azure_ai"], version: str | None = None
) -> ListedModel:
    """Return what LiteLLM's list says about a name, in any case, with or without its date.

    For a dated name without its own row, LiteLLM finds only the mode, and for Azure the efforts
    that a model supports. `version` is the one whose own list LiteLLM uses, if it downloads none.
    """
    name = model.casefold().removeprefix(f"{provider}/")
    bare = _DATE.sub("", name)
    found = tuple(rows(_TABLE, listed, version) for listed in _LISTS[provider])
    own = next((row[key] for key in (name, bare) for row in found if key in row), {})
    exact = any(name in row for row in found)
    known = own if provider == "azure" or exact else {}
    return ListedModel(
        own.get("mode") == "responses",
        tuple(known.get("supports", ())),
        tuple(known.get("refuses", ())) if exact else (),
        known.get("default") == "none",
    )


def with_efforts(row: ListedModel, declared: Mapping[str, bool]) -> ListedModel:
    """Return what LiteLLM finds in its list for a model whose config declares some efforts."""
    if not declared:
        return row
    supports = [effort for effort in row.supports if declared.get(effort, True)]
    refuses = [effort for effort in row.refuses if not declared.get(effort, False)]
    return replace(
        row,
        supports=(*supports, *(effort for effort, fits in declared.items() if fits)),
        refuses=(*refuses, *(effort for effort, fits in declared.items() if not fits)),
    )


def is_noted_elsewhere(model: str) -> bool:
    """Whether LiteLLM notes what the config says of a model under the name of another one."""
    return model.casefold().replace("responses/", "") in table(_TABLE)["noted_under"]


def noted_key(key: str) -> str:
    """Return the key of LiteLLM's list that it finds for a provider and a name, or the key itself.

    LiteLLM notes there what a config says about a model.
    """
    provider, name = key.split("/", 1) if "/" in key else ("openai", key)
    folded = name.casefold()
    for written in (folded, _DATE.sub("", folded)):
        for listed in _LISTS.get(provider, ()):
            if written in rows(_TABLE, listed):
                return written if listed == "openai" else f"{listed}/{written}"
    return key


def is_responses_key(key: str) -> bool:
    """Whether LiteLLM's list has this very key, for a model of the Responses API."""
    provider, slash, name = key.partition("/")
    if not slash:
        return bool(rows(_TABLE, "openai").get(key, {}).get("mode") == "responses")
    found = rows(_TABLE, provider) if provider in ("azure", "azure_ai") else {}
    return bool(found.get(name, {}).get("mode") == "responses")


def litellm_standing(names: Names, name: str, version: str | None) -> Standing:
    """Return whether a version of LiteLLM knows a name. No version knows a misspelling."""
    found = names.standing(name, version)
    if found == "unseen" and name not in names.ever and misspells(name, names.ever):
        return "unknown"
    return found


def capability_standing(name: str, version: str | None) -> Standing:
    """Return whether a version of LiteLLM knows a key as a model's capability and does not send it.

    `unseen` means that this depends on its list of models. None counts as the newest version.
    """
    wanted = release(version or "") or release(newest("litellm"))
    assert wanted is not None
    for row in table("litellm_request")["capabilities"]:
        first, last = release(row["since"]), release(row.get("until", ""))
        inside = (first is None or first <= wanted) and (last is None or wanted <= last)
        if inside and name in row["names"]:
            return "known" if row.get("sure", True) else "unseen"
    return "unknown"


def is_catalogued(model: str) -> bool:
    """Whether a name is one of OpenAI's own models."""
    name = model.rpartition("responses/")[2]
    return name in rows(_TABLE, "openai") and not name.startswith("ft:")


def is_read_as_another(model: str) -> bool:
    """Whether LiteLLM treats a name as another model in its list."""
    return model in table(_TABLE)["tool_choice"]


def is_openais(model: str) -> bool:
    """Whether LiteLLM treats a name without a provider as an OpenAI model."""
    return model in rows(_TABLE, "openai") or model in table(_TABLE)["bare"]


def vendor_of(model: str) -> str | None:
    """Return the provider that LiteLLM finds for a bare name, or None if it finds none."""
    if is_openais(model):
        return "openai"
    known = table("litellm_bare_names")
    for provider, pattern in known["patterns"].items():
        if re.match(pattern, model) is not None:
            return str(provider)
    return next((str(who) for who, names in known["names"].items() if model in names), None)


def may_be_listed(model: str) -> bool:
    """Whether a newer list of LiteLLM may have a bare name that the table does not have."""
    names = (*table("litellm_bare_names")["alike"], *table("litellm_providers")["openai_names"])
    return vendor_of(model) is None and model.startswith(tuple(names)) and "*" not in model


@cache
def _folded(section: str, version: str | None) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of a list by their names in lower case."""
    return {name.casefold(): row for name, row in rows(_TABLE, section, version).items()}


def takes_tool_choice(model: str, version: str | None = None) -> bool:
    """Whether LiteLLM sends `tool_choice` to a Foundry model. The name may include a provider.

    `version` is the one whose own list LiteLLM uses, if it downloads none.
    """
    model = model.casefold()
    provider, slash, plain = model.partition("/")
    if slash and provider == "azure":
        return bool(_folded(provider, version).get(plain, {}).get("tool_choice"))
    model = plain if provider == "azure_ai" else model
    found = tuple(_folded(listed, version) for listed in _LISTS["azure_ai"])
    listed = (row[key] for key in (model, _DATE.sub("", model)) for row in found if key in row)
    return bool(next(listed, {}).get("tool_choice")) or model in table(_TABLE)["tool_choice"]


def takes_parallel_tools(model: str) -> bool:
    """Whether LiteLLM sends `parallel_tool_calls` to an o-series model of OpenAI."""
    return bool(_openai_row(model).get("parallel"))


def has_system_role(model: str) -> bool:
    """Whether LiteLLM sends the role `system` to a model that it treats as an o-series model.

    It takes a dated name that it does not know for the name without its date.
    """
    return bool((_openai_row(model) or _openai_row(_DATE.sub("", model))).get("system"))


def reasons(model: str) -> bool:
    """Whether LiteLLM's list has an OpenAI model as a reasoning model."""
    return bool(_openai_row(model).get("reasoning"))


def sees_images(model: str) -> bool:
    """Whether LiteLLM's list says that an OpenAI model accepts images."""
    return bool(_openai_row(model).get("images"))


def _openai_row(model: str) -> Mapping[str, Any]:
    return rows(_TABLE, "openai").get(model, {})


def takes_plain_only(model: str) -> bool:
    """Whether LiteLLM sends neither tools nor `response_format` to an OpenAI model."""
    return model in table("litellm_models")["plain_only"]


def streams_responses(
    model: str, provider: Literal["azure", "openai", "azure_ai"], version: str | None = None
) -> bool:
    """Whether LiteLLM streams a Responses request for a model name.

    `version` is the one whose own list LiteLLM uses, if it downloads none.
    """
    names = table("litellm_models")["streamed"]
    if provider != "azure" and model in names["never"]:
        return False
    if provider == "azure" and model in names["unknown"]:
        return False
    if re.match(names["pattern"], model) is not None:
        return True
    if provider == "azure" or is_read_as_another(model):
        folded = model.casefold()
        return folded in names["azure"] or folded in rows(_TABLE, "azure", version)
    listed = rows(_TABLE, "azure_ai", version) if provider == "azure_ai" else ()
    return is_openais(model) or model.casefold() in map(str.casefold, listed)


def takes_stream_options(model: str) -> bool:
    """Whether LiteLLM accepts `stream_options` for the `model` of a deployment."""
    provider, slash, name = model.partition("/")
    if not slash:
        return model == "*" or is_openais(model)
    rows = table("litellm_request")
    if provider == "azure_ai":
        return not name.startswith(rows["no_stream_options_foundry"])
    known = provider in table("litellm_providers")["providers"]
    return known and provider not in rows["no_stream_options"]


def names_like(model: str, kind: str) -> bool:
    """Whether a name matches one of the patterns in `names` of the table."""
    return re.match(table("litellm")["names"][kind], model) is not None


def series_of(model: str) -> tuple[int, int] | None:
    """Return the version of a series in a name, as a major and a minor number."""
    found = re.match(table("litellm")["names"]["version"], model)
    return (int(found[1]), int(found[2] or 0)) if found else None
