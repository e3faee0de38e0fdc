"""What keeps LiteLLM from starting with a config, or leaves it without a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_credential import LIST
from clawdoctor.finding import Unknown
from clawdoctor.source.node import Kind, Node
from clawdoctor.wire.start_model_list import (
    Fault,
    key_of,
    kind_of,
    kind_word,
    model_list_faults,
)
from clawdoctor.wire.start_settings import cache_faults, callback_faults, fallback_faults

_MOVED = ("health_check_interval", "health_check_concurrency")
_CREDENTIAL: Mapping[str, Kind] = {
    "credential_name": "string",
    "credential_values": "mapping",
    "credential_info": "mapping",
}
_EXAMPLES = {
    "litellm_settings": "drop_params: true",
    "general_settings": "master_key: os.environ/LITELLM_MASTER_KEY",
    "environment_variables": "NAME: value",
}


def start_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault | Unknown]:
    """Yield the faults of a config, without those of its syntax and of the master key."""
    yield from _include_faults(config)
    yield from _section_faults(config)
    yield from model_list_faults(config)
    yield from _credential_faults(config)
    yield from callback_faults(config)
    yield from fallback_faults(config)
    yield from cache_faults(config, environment)


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
        why="LiteLLM takes a list of paths here, even for one file, and exits at anything else.",
        snippet="include:\n  - models.yaml",
    )


def _section_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    for name, example in _EXAMPLES.items():
        node = config.root.get(name)
        if node is None or node.kind in ("mapping", "null") or _is_skipped(name, node):
            continue
        listed = node.kind == "sequence"
        yield Fault(
            pointer=key_of(f"/{name}") if listed else f"/{name}",
            message=f"{name} is {kind_of(node)}, not keys and values",
            label="a list: remove the dashes below" if listed else "no keys and values",
            why="LiteLLM asks this section for its keys and ends with an AttributeError.",
            snippet=f"{name}:\n  {example}",
        )
    router = config.root.get("router_settings")
    for name in _MOVED:
        node = router.get(name) if router is not None else None
        if node is not None:
            yield Fault(
                pointer=key_of(f"/router_settings/{name}"),
                message=f"{name} stands in router_settings",
                label="belongs to general_settings",
                why="LiteLLM refuses to start with it here.",
                snippet=f"general_settings:\n  {name}: {node.value}",
            )


def _credential_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """The entries of credential_list that LiteLLM's own model of them refuses."""
    listed = config.root.get("credential_list")
    for index, item in enumerate(listed.items if listed is not None else ()):
        for name, kind in _CREDENTIAL.items():
            node = item.get(name) if item.kind == "mapping" else None
            if node is None or node.kind != kind:
                pointer = f"{LIST}/{index}/{name}"
                problem = f"has no {name}" if node is None else f"has {kind_of(node)} as its {name}"
                yield Fault(
                    pointer=pointer if node is not None else key_of(pointer),
                    message=f"an entry of credential_list {problem}",
                    label=f"no {name} here" if node is None else f"has to be {kind_word(kind)}",
                    why="LiteLLM checks each entry when it starts, and exits with a "
                    "ValidationError.",
                    snippet="credential_info: {}" if name == "credential_info" else f"{name}: ...",
                )


def _is_skipped(name: str, node: Node) -> bool:
    """Whether LiteLLM skips the section: an empty one of any type, except general_settings."""
    return name != "general_settings" and not node.items and not node.value
