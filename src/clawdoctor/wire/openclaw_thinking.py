"""The thinking level of a model in an agent's turn, and the effort that OpenClaw sends for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clawdoctor.deferred import regex
from clawdoctor.knowledge import table
from clawdoctor.wire.openclaw_model import ResolvedModel, known_model
from clawdoctor.wire.openclaw_params import own_agent, params_of

_DATE = regex(r"-\d{4}-\d{2}-\d{2}$")
_OFF = ("off", "none")
_NEAREST = {"xhigh": "high", "max": "high", "adaptive": "medium", "on": "low"}
"""The levels that OpenClaw replaces for a model of the user's own provider."""


def thinking_level(model: ResolvedModel) -> str:
    """Return the thinking level of all agents, or the default of the version."""
    named = params_of(model).get("thinking")
    agent = own_agent(model)
    blocks = (model.openclaw.root.at(pointer) for pointer in (agent, "/agents/defaults") if pointer)
    written = [block.text("thinkingDefault") for block in blocks if block is not None]
    own = known_model(model.route, model.versions)
    usual = "low" if own is not None and own["reasoning"] else model.effect("thinking")
    chosen = [named if isinstance(named, str) else None, *written, usual]
    level = next((text for text in chosen if text), "off").strip().casefold()
    return _NEAREST.get(level, level)


def thinks(model: ResolvedModel) -> bool:
    """Whether thinking is on in an agent's chat completions turn."""
    return thinking_level(model) not in _OFF or model.effect("thinking-off") == "high"


def chat_effort(model: ResolvedModel, *, has_tools: bool) -> str | None:
    """Return the effort of a chat completions turn, or None."""
    if has_tools and model.endpoint == "azure" and model.effect("extra-params") == "all":
        special = table("openclaw_efforts")["with_tools"]
        if _is_named(model, special["none"]):
            return "none"
        if any(_is_named(model, name) for name in special["left_out"]):
            return None
    known, mapped = _known_efforts(model), _mapped(model)
    if mapped is not None:
        return mapped
    if thinking_level(model) not in _OFF:
        return _nearest(thinking_level(model), known)
    match model.effect("thinking-off"):
        case "high":  # the fallback of these versions
            return _nearest("high", known)
        case "none":
            return "none" if known is None or "none" in known else None
        case _:
            return None


def responses_effort(model: ResolvedModel) -> str | None:
    """Return the effort of a Responses turn, or None."""
    known = _known_efforts(model)
    if thinking_level(model) not in _OFF:
        return _nearest(thinking_level(model), known)
    silent = model.effect("thinking-off") == "silent" or not model.is_at_azure
    return "none" if known is not None and "none" in known and not silent else None


def _mapped(model: ResolvedModel) -> str | None:
    """Return the value for the level in the model's own map, or None."""
    level = "off" if thinking_level(model) in _OFF else thinking_level(model)
    entry = model.route.model
    maps = [entry.node.get("thinkingLevelMap")] if entry is not None else []
    maps += [entry.node.at("/compat/reasoningEffortMap")] if entry is not None else []
    texts = [node.text(level) for node in maps if node is not None and node.kind == "mapping"]
    return next((text for text in texts if text), None)


def _known_efforts(model: ResolvedModel) -> Sequence[str] | None:
    if model.effect("thinking-off") == "silent":
        return None
    declared = model.texts("supportedReasoningEfforts")
    if declared is not None:
        return declared
    for row in table("openclaw_efforts")["models"]:
        if row.get("unless_api") != model.api and _is_named(model, row["name"]):
            efforts: list[str] = row["efforts"]
            return efforts
    return None


def _is_named(model: ResolvedModel, pattern: str) -> bool:
    name = _DATE.sub("", model.route.model_id.casefold())
    return re.match(rf"(?:{pattern})(?:-|$)", name) is not None


def _nearest(level: str, known: Sequence[str] | None) -> str | None:
    """Return the level, or the nearest lower level that the model supports, or its lowest."""
    if known is None or level in known:
        return level
    order: list[str] = table("openclaw_efforts")["levels"]
    ranked = [name for name in order if name in known]
    lower = [name for name in ranked if level in order and order.index(name) <= order.index(level)]
    return next(iter(lower[-1:] or ranked[:1]), None)
