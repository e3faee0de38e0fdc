"""The parameters that LiteLLM accepts for a model, by the model's name or by `base_model`.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import (
    Family,
    ListedModel,
    family_of,
    is_catalogued,
    listed_model,
    names_like,
    takes_parallel_tools,
    takes_plain_only,
    takes_tool_choice,
    with_efforts,
)

ChatProvider = Literal["azure", "openai", "azure_ai"]
_EFFORT = "reasoning_effort"
_PREFIX = "responses/"


@dataclass(frozen=True, slots=True)
class Model:
    """A model as LiteLLM sees it: its provider, the deployment's name and `base_model`.

    `list_version` is the version whose own list of models LiteLLM uses, if it downloads none.
    `tool_choice` is supports_tool_choice of the deployment's model_info, which overrides the list,
    and `efforts` are the reasoning efforts that it declares.
    """

    provider: ChatProvider
    name: str
    base_model: str | None
    api_version: str = ""
    listed: bool = True
    list_version: str | None = None
    tool_choice: bool | None = None
    efforts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def row(self) -> ListedModel:
        """What LiteLLM's list says about the model."""
        return self.row_of(self.judged)

    def row_of(self, name: str) -> ListedModel:
        """Return what LiteLLM's list says about one of the names of the model.

        It says nothing about the deployment's name if `model_info` gives it another provider.
        """
        listed = self.listed or name != self.name
        if not listed:
            return ListedModel()
        row = listed_model(looked_up(name), self.provider, self.list_version)
        return with_efforts(row, self.efforts) if name == self.name else row

    @property
    def judged(self) -> str:
        """The name by which LiteLLM determines the capabilities of the model."""
        return (self.base_model or self.name) if self.provider == "azure" else self.name

    @property
    def family(self) -> Family | None:
        """The family of reasoning models to which LiteLLM assigns the model, if any."""
        words = table("litellm")["routing_words"]["families"].values()
        judged = self.judged
        for word in words if self.provider != "azure" else ():
            judged = judged.replace(word, "")  # only the provider azure knows them
        found = family_of(judged)
        if self.provider == "azure" or found is None:
            return found
        last = self.name.rpartition("/")[2]
        own = names_like(last, "openai_o_series") and is_catalogued(last)
        return found if found.name != "o-series" or own else None


def supported_by(model: Model, litellm: str) -> tuple[str, ...]:
    """Return the parameters in LiteLLM's list for a model, and those for its `base_model`."""
    names = dict.fromkeys([model.name, *([model.base_model] if model.base_model else [])])
    found: dict[str, None] = {}
    own = model.provider == "openai" and model.family is None  # its list is the model's only
    for name in (model.name,) if own else names:
        seen = replace(model, name=name) if model.provider == "azure_ai" else model
        found |= dict.fromkeys(supported(name, seen, litellm))
    return tuple(found)


def mapped_by(model: Model, litellm: str) -> tuple[str, ...]:
    """Return the parameters that LiteLLM sends out of those that it accepts for a model."""
    taken = supported(model.judged, model, litellm)
    return (*taken, "tool_choice") if model.provider == "azure_ai" else (*taken,)


def supported(name: str, model: Model, litellm: str) -> list[str]:
    """Return the parameters in LiteLLM's list for one of the names of a model."""
    requested = table("litellm_request")
    family = model.family
    if family is None and model.provider == "azure":
        listed: list[str] = list(requested["azure"])
    elif family is None:
        unknown = model.provider == "openai" and not is_catalogued(name)
        extra = ["user"] if is_catalogued(name) else [_EFFORT] if unknown else []
        listed = [*requested["openai"], *extra]
    elif family.name == "efforts" and names_like(name, "search"):
        return list(requested["search"])
    else:
        listed = [*requested["openai"], *family.adds]
        listed += ["user"] if is_catalogued(name) else []
        listed = [parameter for parameter in listed if parameter not in family.without]
        if family.name == "efforts":
            listed = _without_sampling(listed, name, model)
    return [parameter for parameter in listed if parameter not in _lacking(name, model, litellm)]


def _lacking(name: str, model: Model, litellm: str) -> tuple[str, ...]:
    """Return the parameters that single models, providers and versions do not support."""
    if model.provider == "azure_ai":
        stops = () if not names_like(name, "foundry_without_stop") else ("stop",)
        if takes_plain_only(name):
            return (*table("litellm_request")["tools"], *stops)
        lost = stops if _takes_tool_choice(name, model) else ("tool_choice", *stops)
        serial = _is_o_series(model) and not takes_parallel_tools(name)
        return (*lost, "parallel_tool_calls") if serial else lost
    if model.provider == "azure":
        row = behaviour("litellm", "store", litellm)
        return ("store",) if row is not None and row.effect == "refused" else ()
    if model.family is not None and model.family.name == "efforts":
        takes = _takes_tool_choice(name, model)
        return () if takes and model.listed else ("tool_choice",)
    if name in table("litellm_request")["no_format"]:
        return ("response_format",)
    prefixed = model.family is not None and name.startswith(_PREFIX)  # no row of the list fits
    if takes_plain_only(name) or prefixed or not (model.listed or model.family is None):
        return tuple(table("litellm_request")["tools"])
    parallel = not _is_o_series(model) or takes_parallel_tools(name)
    return () if parallel else ("parallel_tool_calls",)


def _takes_tool_choice(name: str, model: Model) -> bool:
    if model.tool_choice is not None:
        return model.tool_choice
    return takes_tool_choice(name, model.list_version)


def _is_o_series(model: Model) -> bool:
    return model.family is not None and model.family.name == "o-series"


def _without_sampling(listed: list[str], name: str, model: Model) -> list[str]:
    sampling = table("litellm_request")["sampling"]
    none = "none" in model.row_of(name).supports
    if not none:
        listed = [parameter for parameter in listed if parameter not in sampling]
    if model.provider == "azure":
        logs = [parameter for parameter in sampling if parameter.endswith("logprobs")]
        if names_like(name, "logprobs"):
            return [*listed, *logs]
        if none:
            return [parameter for parameter in listed if parameter not in logs]
    return listed


def looked_up(name: str) -> str:
    """Return the name that LiteLLM looks up in its list of models."""
    return re.sub(table("litellm")["names"]["lookup_prefix"], "", name)


def refuses_effort(model: Model, effort: str) -> bool:
    """Whether LiteLLM rejects an effort for a reasoning model in chat completions."""
    row = model.row
    rules = table("litellm_request")["efforts"]
    if effort in rules["never_refused"]:
        return False
    if effort in rules["asked_for"][model.provider]:
        return effort not in row.supports
    return effort in row.refuses
