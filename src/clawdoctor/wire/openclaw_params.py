"""The user's additions to the requests of a model: `params` of the agents and their models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.openclaw_model import CHAT, OPENAI_FAMILY, RESPONSES, ResolvedModel
from clawdoctor.wire.request import Source

_NEVER_TAKEN = ("messages", "model", "stream")
"""Parts of a turn that `extra_body` can replace. A test turn keeps its own."""
_LIMITS = ("maxTokens", "max_completion_tokens", "maxCompletionTokens", "max_tokens")
_SAMPLING: Mapping[str, tuple[str, ...]] = {
    "temperature": ("temperature",),
    "top_p": ("topP",),
    "frequency_penalty": ("frequencyPenalty", "frequency_penalty"),
    "presence_penalty": ("presencePenalty", "presence_penalty"),
    "seed": ("seed",),
}
_OF_RESPONSES = ("temperature", "top_p")


@dataclass(frozen=True, slots=True)
class UserParams:
    """The merged `params` of a model. `sources` are the merged settings."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def first(self, *names: str) -> Any:
        """Return the first value that one of the names has, or None."""
        return next((self.values[name] for name in names if name in self.values), None)

    def sampling(self, model: ResolvedModel) -> Iterator[tuple[str, Any]]:
        """Yield the sampling parameters that OpenClaw passes on."""
        sends_all = model.effect("extra-params") == "all"
        for name, spellings in _SAMPLING.items():
            if model.api != CHAT and name not in _OF_RESPONSES:
                continue
            value = self.first(*spellings)
            if (sends_all or name == "temperature") and _is_number(value):
                yield name, value
        shape = self.first("response_format", "responseFormat")
        if sends_all and model.api == CHAT:
            if isinstance(shape, Mapping):
                yield "response_format", shape
            stop = self.first("stop")
            if words := [stop] if isinstance(stop, str) and stop else stop:
                yield "stop", words

    def added(self, model: ResolvedModel) -> Mapping[str, Any]:
        """Return the parameters that OpenClaw adds to the finished body."""
        found: dict[str, Any] = {}
        if model.api == CHAT and model.effect("extra-params") == "all":
            for names in (("chat_template_kwargs", "chatTemplateKwargs"),):
                value = self.first(*names)
                found |= {names[0]: value} if isinstance(value, Mapping) and value else {}
            body = self.first("extra_body", "extraBody")
            if isinstance(body, Mapping):
                found |= {name: value for name, value in body.items() if name not in _NEVER_TAKEN}
        found |= self._verbosity(model)
        usual = True if _is_gpt5_of_openai(model) else None
        parallel = self.first("parallel_tool_calls", "parallelToolCalls")
        parallel = usual if parallel is None else parallel
        if isinstance(parallel, bool):
            found["parallel_tool_calls"] = parallel
        return found

    def _verbosity(self, model: ResolvedModel) -> Mapping[str, Any]:
        """Return the `text` parameter with the verbosity of a Responses answer, if it is set."""
        provider, effect = model.route.provider.id.casefold(), model.effect("text-verbosity")
        known = OPENAI_FAMILY if effect == "family" else OPENAI_FAMILY[:1]
        if effect == "ignored" or model.api != RESPONSES or provider not in known:
            return {}
        named = self.first("textVerbosity", "text_verbosity")
        if named is None and _is_gpt5_of_openai(model):
            named = "low"
        level = named.strip().casefold() if isinstance(named, str) else None
        if level not in ("low", "medium", "high"):
            return {}
        fixed = provider == "openai" and model.route.model_id.casefold() == "chat-latest"
        return {"text": {"verbosity": "medium" if fixed else level}}


def params_of(model: ResolvedModel) -> Mapping[str, Any]:
    """Return the merged parameters without their places."""
    return user_params(model).values


def user_params(model: ResolvedModel) -> UserParams:
    """Return the merged parameters of all agents, the model and the agent. The last one wins."""
    values: dict[str, Any] = {}
    sources: list[Source] = []
    named = _entry(model)
    agent = own_agent(model)
    pointers = ["/agents/defaults/params", f"{named}/params"]
    pointers += [f"{agent}/params"] if agent else []
    for pointer in pointers:
        node = model.openclaw.root.at(pointer)
        if node is None or node.kind != "mapping":
            continue
        for name, child in node.children():
            values[name] = child.python()
            place = model.openclaw.place(join_pointer(pointer, name))
            sources.append(Source(f"parameter {name}", place))
    return UserParams(values, tuple(sources))


def own_agent(model: ResolvedModel) -> str | None:
    """Return the pointer of the agent that uses the model, or of the default agent."""
    agents = model.openclaw.root.at("/agents/list")
    if agents is None or agents.kind != "sequence" or not agents.items:
        return None
    for ref in model.route.refs:
        if found := re.match(r"/agents/list/\d+(?=/)", ref.pointer):
            return found[0]
    marked = [n for n, node in enumerate(agents.items) if _is_default(node)]
    return f"/agents/list/{(marked or [0])[0]}"


def _is_default(node: Node) -> bool:
    flag = node.get("default") if node.kind == "mapping" else None
    return flag is not None and flag.value is True


def _entry(model: ResolvedModel) -> str:
    """Return the pointer of the model's entry. Older versions look up the provider in lower case.

    An entry has the name of the ref, which may differ from the listed id.
    """
    provider = model.route.provider.id
    folded = provider.casefold() if model.effect("params-key") == "lower-case" else provider
    names = (*(ref.model for ref in model.route.refs), model.route.listed)
    found = [join_pointer("/agents/defaults/models", f"{folded}/{name}") for name in names]
    return next((at for at in found if model.openclaw.root.at(at) is not None), found[-1])


def limit_of(params: object) -> int | None:
    """Return the output limit in `params`, or None."""
    values = params if isinstance(params, Mapping) else {}
    found = next((values[name] for name in _LIMITS if name in values), None)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def _is_gpt5_of_openai(model: ResolvedModel) -> bool:
    """Whether OpenClaw treats the model as OpenAI's own, whatever its base URL."""
    pattern, name = table("openclaw_efforts")["own_gpt5"], model.route.model_id.casefold()
    if model.effect("own-prefix") == "matched":
        name = name.removeprefix("openai/")
    named = re.match(pattern, name) is not None
    is_openai = model.route.provider.id.casefold() == "openai"
    return named and is_openai and model.effect("extra-params") != "few"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
