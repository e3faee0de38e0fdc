"""A key management system with which LiteLLM does not start.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.shown import quoted_name
from clawdoctor.knowledge import table
from clawdoctor.wire.start_fault import Fault, kind_of

_POINTER = "/general_settings/key_management_system"


def key_system_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault]:
    """Yield the fault of a key management system that LiteLLM does not have."""
    block = config.root.get("general_settings")
    value = value_of(block, _POINTER, environment.proxy)
    if value.node is None or value.node.kind == "null":
        return
    if value.state == "unset" and value.found is None:
        return  # LiteLLM treats an unset variable like a missing setting
    names = table("start_needs")["key_systems"]
    if value.resolved in names:
        return
    text = isinstance(value.node.value, str)
    shown = quoted_name(value.shown) if value.state == "written" else ""
    yield Fault(
        pointer=_POINTER,
        message=f"LiteLLM does not support the key_management_system {shown}".rstrip()
        if text
        else f"key_management_system is {kind_of(value.node)}, not a name",
        label="not a key management system of LiteLLM",
        why="At startup, LiteLLM connects to this system. If the system is not supported, "
        f"LiteLLM exits with a ValueError. It supports {', '.join(names)}.",
        snippet="key_management_system: <name>",
        step="remove key_management_system, or correct its name",
        error="ValueError: Invalid Key Management System selected",
    )
