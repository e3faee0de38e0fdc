"""Settings that must name a function in a Python module. LiteLLM exits if they name no module.

Measured on LiteLLM 1.106.2 and 1.108.7; read in 1.110.2 (proxy/types_utils/utils.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.custom_module import FUNCTIONS
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import Value, value_of
from clawdoctor.wire.python_error import NO_MODULE, no_attribute
from clawdoctor.wire.start_fault import Fault

_REQUIRED = "/litellm_settings/post_call_rules"
"""The setting that LiteLLM imports even if it is empty."""
_NONE = "AttributeError: 'NoneType' object has no attribute 'startswith'"


def module_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault]:
    """Yield the settings whose value is not text, or has no dot after a module's name."""
    for pointer in FUNCTIONS:
        section, _, name = pointer.rpartition("/")
        value = value_of(config.root.at(section), pointer, environment.proxy)
        error = _error(value)
        if error is None:
            continue
        yield Fault(
            pointer=pointer,
            message=f"{name} does not name a Python module",
            label="no module",
            why="LiteLLM imports your function at startup, and exits if the value is not the "
            "name of a module, a dot and the name of the function.",
            snippet=f"{name}: <module>.<function>",
            sure=value.variable is None or environment.proxy.basis != "assumed",
            error=error,
        )


def _error(value: Value[str]) -> str | None:
    """Return the error with which LiteLLM exits, or None if it tries to import a module."""
    if value.node is None:
        return None
    if value.state == "not-a-string":
        return no_attribute(value.node, "startswith")
    if value.state in ("missing", "unset") and value.found is None:
        return _NONE if value.pointer == _REQUIRED else None
    text = value.resolved or ""
    return None if "." in text or "://" in text else NO_MODULE
