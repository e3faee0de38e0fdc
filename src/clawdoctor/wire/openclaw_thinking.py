"""How much a model thinks in an agent's turn, and the effort that OpenClaw names for it."""

from __future__ import annotations

import re

from clawdoctor.wire.openclaw_model import ResolvedModel

_WITHOUT_CHAT_EFFORT = re.compile(r"gpt-5\.(?:4-mini|5)(?:-|$)")
"""With tools, OpenClaw names no effort for these models at Azure's own hosts."""
_NO_CHAT_EFFORT = re.compile(r"gpt-5\.6(?:-|$)")
"""With tools, OpenClaw names the effort `none` for these models at Azure's own hosts."""
_NONE = re.compile(r"gpt-5\.[1-9](?!.*(?:codex|pro))")
"""Models for which OpenClaw knows the effort `none`."""


def thinking_level(model: ResolvedModel) -> str:
    """Return the level of thinking: that of all agents, or the default of the version."""
    defaults = model.openclaw.root.at("/agents/defaults")
    written = defaults.text("thinkingDefault") if defaults is not None else None
    return (written or model.effect("thinking") or "off").strip().casefold()


def thinks(model: ResolvedModel) -> bool:
    """Whether the model thinks in an agent's turn."""
    return thinking_level(model) not in ("off", "none")


def chat_effort(model: ResolvedModel, has_tools: bool) -> str | None:
    """Return the effort that a turn over chat completions names, or None."""
    name = model.route.model_id.casefold()
    if has_tools and model.endpoint == "azure" and model.effect("extra-params") == "all":
        if _NO_CHAT_EFFORT.match(name):
            return "none"
        if _WITHOUT_CHAT_EFFORT.match(name):
            return None
    return effort(model)


def effort(model: ResolvedModel) -> str | None:
    """Return the effort that OpenClaw names, or None if it names none."""
    level = thinking_level(model)
    if level in ("off", "none"):
        return "none" if _NONE.match(model.route.model_id.casefold()) else None
    return level
