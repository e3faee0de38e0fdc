"""Sections of tools, stores and assistants with which LiteLLM does not start.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node
from clawdoctor.wire.start_fault import Fault, key_of, kind_of

_LISTS = {
    "search_tools": ("search_tool_name", "AttributeError: 'str' object has no attribute 'get'"),
    "vector_store_registry": (
        "vector_store_name",
        "LiteLLM_VectorStoreConfig() argument after ** must be a mapping, not str",
    ),
    "mcp_tools": ("name", "ValueError: mcp_tools_config must be a list of dictionaries"),
    "agent_list": ("agent_name", "ValueError: agent_config must be a list of dictionaries"),
}
"""The sections that are lists: the first key of an entry, and LiteLLM's error about a mapping."""
_ENDPOINTS = {"finetune_settings": "fine_tuning", "files_settings": "files"}
"""The lists of providers for an endpoint, and LiteLLM's name for it. They must be lists."""


def list_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the lists of tools and stores that are not lists. LiteLLM reads their parts."""
    for name, (key, error) in _LISTS.items():
        node = config.root.get(name)
        if node is not None and node.kind in ("mapping", "string") and node.python():
            yield Fault(
                pointer=key_of(f"/{name}"),
                message=f"{name} is {kind_of(node)}, not a list",
                label="not a list",
                why=f"LiteLLM reads the entries of {name} at startup, and exits with an error.",
                snippet=f"{name}:\n  - {key}: <{key}>",
                error=error,
            )
    for name, endpoint in _ENDPOINTS.items():
        node = config.root.get(name)
        if node is not None and node.kind not in ("sequence", "null"):
            named = node.kind == "mapping" and node.get("custom_llm_provider") is not None
            yield Fault(
                pointer=key_of(f"/{name}"),
                message=f"{name} is {kind_of(node)}, not a list",
                label="not a list",
                why=f"LiteLLM requires a list of providers in {name}, and exits with a ValueError.",
                snippet=f"{name}:\n  - custom_llm_provider: azure\n"
                "    api_key: os.environ/AZURE_OPENAI_API_KEY",
                error=f"ValueError: invalid {endpoint} config, expected a list is not a list",
                changes=(Put(node, [node]),) if named else (),
                remedy='put a "-" before the first key below this line',
            )


def assistant_faults(node: Node | None) -> Iterator[Fault]:
    """Yield the fault of assistant_settings without the parameters that LiteLLM reads."""
    if node is None or node.kind != "mapping" or not node.python():
        return
    if node.get("litellm_params") is None:
        yield Fault(
            pointer=key_of("/assistant_settings"),
            message="assistant_settings has no litellm_params",
            label="no litellm_params here",
            why="LiteLLM reads litellm_params at startup, and exits with a KeyError.",
            snippet="assistant_settings:\n  custom_llm_provider: azure\n  litellm_params:\n"
            "    api_key: os.environ/AZURE_OPENAI_API_KEY",
            step="add litellm_params to assistant_settings, or remove the section",
            error="KeyError: 'litellm_params'",
        )
