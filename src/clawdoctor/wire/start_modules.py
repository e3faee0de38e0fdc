"""Settings that must name a function in a Python module. LiteLLM exits if they name no module.

Measured on LiteLLM 1.106.2 and 1.108.7; read in 1.110.2 (proxy/types_utils/utils.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.custom_module import FUNCTIONS
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.source.node import Node
from clawdoctor.wire.python_error import no_attribute
from clawdoctor.wire.start_fault import Fault
from clawdoctor.wire.start_settings import NO_MODULE


def module_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault]:
    """Yield the settings whose value is not text, or has no dot after a module's name."""
    for pointer in FUNCTIONS:
        node = config.root.at(pointer)
        error = _error(node, environment) if node is not None else None
        if error is None:
            continue
        name = pointer.rpartition("/")[2]
        yield Fault(
            pointer=pointer,
            message=f"{name} does not name a Python module",
            label="no module",
            why="LiteLLM imports a function of the user here at startup, and exits if the value is "
            "not the name of a module, a dot and the name of the function.",
            snippet=f"{name}: <module>.<function>",
            error=error,
        )


def _error(node: Node, environment: Environment) -> str | None:
    """Return the error with which LiteLLM exits, or None if it tries to import a module."""
    if node.kind == "null":
        return None
    text = node.value
    if not isinstance(text, str):
        return no_attribute(node, "startswith")
    if text.startswith(REFERENCE):
        variable = environment.proxy.get(text.removeprefix(REFERENCE))
        if variable is None:
            return None
        text = variable.value.reveal()
    return None if "." in text or "://" in text else NO_MODULE
