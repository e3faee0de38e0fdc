"""Faults of a config with which LiteLLM does not start, or starts without a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_credential import LIST
from clawdoctor.chain.litellm_section import SECTIONS, misspelt_section
from clawdoctor.deferred import regex
from clawdoctor.finding import Unknown
from clawdoctor.source.change import Put, Rename, SplitKey, move, put
from clawdoctor.source.node import Kind, Node, join_pointer
from clawdoctor.wire.python_error import no_attribute, no_member, not_iterable, python_type
from clawdoctor.wire.start_arguments import argument_faults
from clawdoctor.wire.start_cache import cache_faults
from clawdoctor.wire.start_fallbacks import alias_faults, fallback_faults
from clawdoctor.wire.start_fault import (
    Fault,
    key_of,
    kind_of,
    kind_word,
    no_mapping,
    without_dashes,
)
from clawdoctor.wire.start_json import json_faults
from clawdoctor.wire.start_jwt import jwt_faults
from clawdoctor.wire.start_key_system import key_system_faults
from clawdoctor.wire.start_lists import assistant_faults, list_faults
from clawdoctor.wire.start_model_list import model_list_faults
from clawdoctor.wire.start_modules import module_faults
from clawdoctor.wire.start_policies import policy_faults
from clawdoctor.wire.start_quotes import quote_faults
from clawdoctor.wire.start_redis import router_url_faults
from clawdoctor.wire.start_router import router_faults
from clawdoctor.wire.start_settings import callback_faults

_MOVED = ("health_check_interval", "health_check_concurrency")
_CREDENTIAL: Mapping[str, Kind] = {
    "credential_name": "string",
    "credential_values": "mapping",
    "credential_info": "mapping",
}
_KEY = regex(r"[a-z_]+:[^\s/:]")
_EXAMPLES = {
    "litellm_settings": "drop_params: true",
    "general_settings": "master_key: os.environ/LITELLM_MASTER_KEY",
    "environment_variables": "NAME: value",
}
_ELSEWHERE = {"litellm_settings": "drop_params", "general_settings": "master_key"}
"""The setting in a section with a misspelled name that has a check of its own."""


def start_faults(
    config: LiteLLMConfig, environment: Environment, version: str | None = None
) -> Iterator[Fault | Unknown]:
    """Yield the faults of a config, except those of its syntax and of the master key.

    A `version` of None may be any version.
    """
    yield from _include_faults(config)
    checked = tuple(json_faults(config, version))
    yield from checked
    yield from _section_faults(config)
    yield from model_list_faults(config)
    yield from quote_faults(config)
    yield from _credential_faults(config)
    pointers = {fault.pointer for fault in checked}
    yield from (f for f in callback_faults(config, environment) if f.pointer not in pointers)
    yield from fallback_faults(config)
    yield from alias_faults(config)
    yield from router_faults(config, version)
    yield from router_url_faults(config, environment)
    yield from argument_faults(config)
    yield from policy_faults(config)
    yield from cache_faults(config, environment, version)
    yield from _guardrails_faults(config.root.get("guardrails"))
    yield from _server_faults(config.root.get("mcp_servers"))
    yield from list_faults(config)
    yield from assistant_faults(config.root.get("assistant_settings"))
    yield from jwt_faults(config, version)
    yield from key_system_faults(config, environment)
    yield from module_faults(config, environment)


def _include_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    node = config.root.get("include")
    if node is None or (
        node.kind == "sequence" and all(isinstance(item.value, str) for item in node.items)
    ):
        return
    yield Fault(
        pointer="/include",
        message=f"include is {kind_of(node)}, not a list of files",
        label="not a list of paths",
        why="LiteLLM requires a list of paths in include, even for one file, and exits otherwise.",
        snippet="include:\n  - models.yaml",
        error="ValueError: 'include' must be a list of file paths",
        changes=(Put(node, [node]),) if node.kind == "string" else (),
        remedy="put the path in a list",
    )


def _section_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    for name, example in _EXAMPLES.items():
        node = config.root.get(name)
        if node is None or node.kind in ("mapping", "null") or _is_skipped(name, node):
            continue
        listed = node.kind == "sequence"
        yield Fault(
            pointer=key_of(f"/{name}") if listed else f"/{name}",
            message=f"a missing space after a colon makes {name} {kind_of(node)}"
            if _is_key(node)
            else f"{name} is {kind_of(node)}, not a mapping",
            label="a list: remove the dashes below" if listed else "not a mapping",
            why="LiteLLM reads the keys of this section and exits with an error.",
            snippet=f"{name}:\n  {example}",
            error=_section_error(name, node),
            changes=(SplitKey(node),) if _is_key(node) else without_dashes(node),
            remedy="add a space after the colon" if _is_key(node) else "remove the dashes",
        )
    yield from _misspelt_faults(config)
    yield from _nested_faults(config)
    router = config.root.get("router_settings")
    for name in _MOVED:
        node = router.get(name) if router is not None else None
        if node is not None:
            yield Fault(
                pointer=key_of(f"/router_settings/{name}"),
                message=f"{name} is in router_settings",
                label="belongs in general_settings",
                why=f"LiteLLM refuses to start if {name} is in router_settings.",
                snippet=f"general_settings:\n  {name}: {node.value}",
                error=f"ValueError: '{name}' is NOT a valid router_settings parameter. Please move "
                "it to 'general_settings'.",
                changes=move(config.root, f"/router_settings/{name}", f"/general_settings/{name}"),
                remedy=f"move {name} to general_settings",
            )


def _is_key(node: Node) -> bool:
    """Whether a string is a key and its value without a space between them."""
    return isinstance(node.value, str) and _KEY.match(node.value) is not None


def _misspelt_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield each section whose name is misspelled, so that LiteLLM does not read it."""
    for name in SECTIONS:
        entry = misspelt_section(config.root, name)
        if entry is None or entry.value.get(_ELSEWHERE.get(name, "")) is not None:
            continue
        yield Fault(
            pointer=key_of(join_pointer("", entry.name)),
            message=f'LiteLLM has no section "{entry.name}"',
            label=f"did you mean {name}?",
            why="LiteLLM starts but does not read these settings.",
            snippet=f"{name}:",
            changes=(Rename(entry, name),),
            remedy=f'rename "{entry.name}" to {name}',
            consequence="the settings have no effect",
            sure=False,
        )


def _nested_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield each section that is nested in another one, where LiteLLM does not read it."""
    for section, block in config.root.children():
        for name, node in block.children() if block.kind == "mapping" else ():
            if name not in _EXAMPLES or node.kind != "mapping" or config.root.get(name) is not None:
                continue
            pointer = f"/{section}/{name}"
            yield Fault(
                pointer=key_of(pointer),
                message=f"{name} must be at the top level, not under {section}",
                label=f"LiteLLM does not read it under {section}",
                why="LiteLLM starts but does not read these settings.",
                snippet=f"{name}:\n  {_EXAMPLES[name]}",
                changes=move(config.root, pointer, f"/{name}"),
                remedy=f"move {name} to the top level",
                consequence="the settings have no effect",
                sure=False,
            )


def _section_error(name: str, node: Node) -> str:
    if name == "general_settings":
        return no_attribute(node, "get")
    if name == "litellm_settings" and node.kind not in ("sequence", "string"):
        return no_member(node)
    return no_attribute(node, "items")


def _guardrails_faults(guardrails: Node | None) -> Iterator[Fault]:
    """Yield the fault of the first guardrail that LiteLLM cannot read."""
    if guardrails is None or not guardrails.python():
        return
    if guardrails.kind != "sequence":
        yield _guardrails_fault(
            f"guardrails is {kind_of(guardrails)}, not a list of guardrails",
            "AttributeError: 'str' object has no attribute 'get'"
            if guardrails.kind == "mapping"
            else no_attribute(guardrails, "get"),
        )
        return
    for index, item in enumerate(guardrails.items):
        if item.kind == "mapping":
            yield from _guardrail_faults(f"/guardrails/{index}", item)
            continue
        yield _guardrails_fault(
            f"an entry of guardrails is {kind_of(item)}, not a mapping",
            no_attribute(item, "get"),
        )
        return


def _guardrails_fault(message: str, error: str) -> Fault:
    return Fault(
        pointer=key_of("/guardrails"),
        message=message,
        label="each guardrail is an item with guardrail_name and litellm_params",
        why="LiteLLM reads the keys of each guardrail at startup, and exits with an "
        "AttributeError.",
        snippet="guardrails:\n  - guardrail_name: <name>\n    litellm_params:\n"
        "      guardrail: <guardrail>\n      mode: pre_call",
        error=error,
    )


def _server_faults(servers: Node | None) -> Iterator[Fault]:
    """Yield the faults of MCP servers with the wrong type."""
    if servers is None or not servers.python():
        return
    if servers.kind != "mapping":
        yield no_mapping(
            key_of("/mcp_servers"),
            "mcp_servers",
            servers,
            "items",
            label="each server is a name with its settings under it",
            why="LiteLLM reads the servers by their names",
            snippet="mcp_servers:\n  <name>:\n    url: https://<host>/mcp",
        )
        return
    for name, server in servers.children():
        if server.kind != "mapping":
            yield no_mapping(
                key_of(join_pointer("/mcp_servers", name)),
                f'the MCP server "{name}"',
                server,
                "get",
                label="its url or command belongs under it",
                why="LiteLLM reads the settings of each server",
                snippet=f"mcp_servers:\n  {name}:\n    url: https://<host>/mcp",
            )


def _guardrail_faults(pointer: str, item: Node) -> Iterator[Fault]:
    for name in ("guardrail_name", "litellm_params"):
        if item.get(name) is None:
            yield Fault(
                pointer=pointer,
                message=f"an entry of guardrails has no {name}",
                label=f"no {name} here",
                why=f"LiteLLM reads {name} at startup, and exits with a KeyError.",
                snippet=f"{name}: <{name}>",
                error=f"KeyError: '{name}'",
            )
            return


def _credential_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the faults of credential_list that LiteLLM's validation rejects."""
    listed = config.root.get("credential_list")
    if listed is not None and listed.kind != "sequence" and listed.python():
        yield Fault(
            pointer=key_of(LIST),
            message=f"credential_list is {kind_of(listed)}, not a list of credentials",
            label='each credential is an item, with a "-" before credential_name',
            why="LiteLLM reads credential_list item by item, and exits with a TypeError.",
            snippet="credential_list:\n  - credential_name: <name>\n    credential_values:\n"
            "      api_key: os.environ/AZURE_OPENAI_API_KEY\n"
            "    credential_info: {}",
            error="TypeError: 'str' object is not a mapping"
            if listed.kind in ("mapping", "string")
            else not_iterable(listed),
        )
    for index, item in enumerate(listed.items if listed is not None else ()):
        error = f"TypeError: '{python_type(item)}' object is not a mapping"
        if item.kind == "mapping":
            found = [item.get(name) for name in _CREDENTIAL]
            pairs = zip(found, _CREDENTIAL.values(), strict=True)
            wrong = sum(node is None or node.kind != kind for node, kind in pairs)
            plural = "error" if wrong == 1 else "errors"
            error = f"ValidationError: {wrong} validation {plural} for CredentialItem"
        for name, kind in _CREDENTIAL.items():
            node = item.get(name) if item.kind == "mapping" else None
            if node is None or node.kind != kind:
                pointer = f"{LIST}/{index}/{name}"
                problem = f"has no {name}"
                if node is not None:
                    problem = f"has a {name} that is {kind_of(node)}"
                yield Fault(
                    pointer=pointer if node is not None else key_of(pointer),
                    message=f"an entry of credential_list {problem}",
                    label=f"no {name} here" if node is None else f"must be {kind_word(kind)}",
                    why="LiteLLM checks each entry at startup, and exits with a ValidationError.",
                    snippet="credential_info: {}"
                    if name == "credential_info"
                    else f"{name}: <{name}>",
                    error=error,
                    changes=put(item, "/credential_info", {})
                    if name == "credential_info" and node is None
                    else (),
                )


def _is_skipped(name: str, node: Node) -> bool:
    """Whether LiteLLM skips the section: an empty one of any type, except general_settings."""
    return name != "general_settings" and not node.items and not node.value
