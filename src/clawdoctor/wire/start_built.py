"""The callbacks, guardrails and cache that LiteLLM builds at startup."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.start_cache import PARAMS, cache_kind
from clawdoctor.wire.start_callbacks import CALLBACKS
from clawdoctor.wire.start_fault import key_of

GUARDRAILS = "guardrails"
GENERAL = "general_settings"
SETTINGS = "litellm_settings"
VARIABLES = "variables"
"""The name used instead of a section for the variables that LiteLLM checks at startup."""
_SETTINGS = f"/{SETTINGS}"
_EVENTS = ("success_callback", "failure_callback")
_SERVICE = "service_callback"
_SWITCHES = ("true", "false", "none", "1", "0", "t", "f", "y", "n", "yes", "no", "on", "off")
"""The strings that LiteLLM treats as true, false or nothing."""
_SYSTEMS = ("prometheus_system",)
CALLBACK_LISTS = ("callbacks", *_EVENTS, _SERVICE)
"""The lists of callbacks, in the order in which LiteLLM builds the callbacks in them."""


@dataclass(frozen=True, slots=True)
class Named:
    """A callback, guardrail or cache that LiteLLM builds at startup, or a setting.

    `listed` is the list or the section that contains it, and `settings` are its own settings.
    """

    listed: str
    name: str
    pointer: str
    settings: Node | None = None

    @property
    def noun(self) -> str:
        """The noun for it in a sentence."""
        if self.listed in (GENERAL, SETTINGS):
            return "setting"
        if self.listed == VARIABLES:
            return "variable"
        return self.listed.removesuffix("s") if self.listed in (GUARDRAILS, "cache") else "callback"


def built(config: LiteLLMConfig, environment: Environment) -> Iterator[Named]:
    """Yield what LiteLLM builds at startup, and the settings that it checks."""
    for key, listed in _children(config, SETTINGS):
        kind = cache_kind(config, environment) if key == "cache" else None
        if kind is not None:
            yield Named(key, kind, f"{PARAMS}/type")
        elif key == GUARDRAILS:
            yield from old_guardrail_callbacks(config)
        elif key in CALLBACK_LISTS:
            yield from _listed(key, listed, config)
        elif listed.kind != "null":
            yield Named(SETTINGS, key, join_pointer(_SETTINGS, key))
    section = config.root.get(GUARDRAILS)
    for index, item in enumerate(section.items if section is not None else ()):
        params = item.get("litellm_params") if item.kind == "mapping" else None
        pointer = f"/{GUARDRAILS}/{index}/litellm_params/guardrail"
        name = value_of(params, pointer, environment.proxy).resolved
        if params is not None and name is not None and not wrong_setting(params, environment):
            yield Named(GUARDRAILS, name, pointer, params)
    for key, node in _children(config, GENERAL):
        value = value_of(
            config.root.get(GENERAL), join_pointer(f"/{GENERAL}", key), environment.proxy
        )
        if node.kind != "null" and (value.state != "unset" or value.found is not None):
            yield Named(GENERAL, key, join_pointer(f"/{GENERAL}", key))
    for name in sorted(environment.proxy.values):
        yield Named(VARIABLES, name, "")


def _children(config: LiteLLMConfig, section: str) -> tuple[tuple[str, Node], ...]:
    block = config.root.get(section)
    return tuple(block.children()) if block is not None and block.kind == "mapping" else ()


def _listed(key: str, listed: Node, config: LiteLLMConfig) -> Iterator[Named]:
    """Yield the names in a list of callbacks. LiteLLM reads a string letter by letter.

    It searches the string of service_callback for known names.
    """
    pointer = f"{_SETTINGS}/{key}"
    if key == _SERVICE and isinstance(listed.value, str):
        for name in _SYSTEMS:
            if name in listed.value:
                yield Named(key, name, pointer)
    elif key in _EVENTS and listed.kind == "mapping":
        for name, _ in listed.children():
            yield Named(key, name, key_of(join_pointer(pointer, name)))
    own = config.root.get("callback_settings")
    for index, item in enumerate(listed.items if listed.kind == "sequence" else ()):
        if isinstance(item.value, str):
            settings = own.get(item.value) if own is not None else None
            yield Named(key, item.value, join_pointer(pointer, index), settings)


def wrong_setting(params: Node, environment: Environment) -> str:
    """Return the setting for which LiteLLM skips a guardrail: missing, or of the wrong type."""
    default = value_of(params, "/default_on", environment.proxy)
    if default.node is not None:
        text = str(default.node.python()) if default.state == "not-a-string" else default.resolved
        if (text or "none").casefold() not in _SWITCHES:
            return "default_on"
    mode = params.get("mode")
    if mode is not None and mode.kind == "mapping":
        tags = mode.get("tags")
        return "" if tags is not None and tags.kind == "mapping" else "mode"
    given = value_of(params, "/mode", environment.proxy).resolved is not None
    return "" if given or (mode is not None and mode.kind == "sequence") else "mode"


def has_mode(named: Named, environment: Environment) -> bool:
    """Whether the modes of a guardrail are among those of LiteLLM."""
    mode = named.settings.get("mode") if named.settings is not None else None
    modes = table("start_needs")["modes"]
    if mode is not None and mode.kind == "sequence":
        return all(node.value in modes for node in mode.items)
    written = value_of(named.settings, "/mode", environment.proxy)
    return written.state == "not-a-string" or written.resolved in modes


def old_guardrail_callbacks(config: LiteLLMConfig) -> Iterator[Named]:
    """Yield the callbacks of the guardrails in litellm_settings that are on by default."""
    pointer = f"{_SETTINGS}/{GUARDRAILS}"
    listed = config.root.at(pointer)
    for index, item in enumerate(listed.items if listed is not None else ()):
        for name, guardrail in item.children() if item.kind == "mapping" else ():
            default, callbacks = guardrail.get("default_on"), guardrail.get("callbacks")
            if default is None or default.value is not True or callbacks is None:
                continue
            where = join_pointer(join_pointer(join_pointer(pointer, index), name), "callbacks")
            given = guardrail.get("callback_args")
            for number, callback in enumerate(callbacks.items):
                if isinstance(callback.value, str):
                    settings = given.get(callback.value) if given is not None else None
                    place = join_pointer(where, number)
                    yield Named(CALLBACKS.rpartition("/")[2], callback.value, place, settings)
