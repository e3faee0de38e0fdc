"""Values of litellm_settings with which LiteLLM does not start.

Measured on LiteLLM 1.106.2 and 1.108.7. LiteLLM reads the callbacks and the cache when it starts.
An entry of success_callback or failure_callback may be a mapping: LiteLLM starts with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.finding import Unknown
from clawdoctor.knowledge.did_you_mean import misspells, nearest
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import no_attribute, no_member, not_iterable
from clawdoctor.wire.start_fault import STOPS, Fault, key_of, kind_of

_TABLE = "litellm_settings"
_SETTINGS = "/litellm_settings"
_LISTS = ("success_callback", "failure_callback")
_NO_NAME = ("null", "number", "boolean")
_REDIS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "redis": (
        ("host", "url", "redis_startup_nodes", "startup_nodes", "sentinel_nodes"),
        ("REDIS_HOST", "REDIS_URL", "REDIS_CLUSTER_NODES", "REDIS_SENTINEL_NODES"),
    ),
    "redis-semantic": (("host", "redis_url"), ("REDIS_HOST",)),
}
"""The settings and variables that give LiteLLM the server of a kind of cache."""


def callback_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the faults of callbacks that are not names."""
    block = config.root.get("litellm_settings")
    if block is None or block.kind != "mapping":
        return
    callbacks = block.get("callbacks")
    if callbacks is not None:
        yield from _callbacks_faults(callbacks)
    for name in _LISTS:
        listed = block.get(name)
        for pointer, node in _entries(listed, f"{_SETTINGS}/{name}") if listed is not None else ():
            if node.kind in _NO_NAME:
                error = not_iterable(node) if node is listed else no_member(node)
                yield _fault(name, pointer, node, error, listed=node is listed)


def _entries(listed: Node, pointer: str) -> Iterator[tuple[str, Node]]:
    if listed.kind != "sequence":
        yield pointer, listed
    for index, item in enumerate(listed.items):
        yield join_pointer(pointer, index), item


def _callbacks_faults(callbacks: Node) -> Iterator[Fault]:
    for pointer, node in _entries(callbacks, f"{_SETTINGS}/callbacks"):
        whole = node is callbacks
        if not isinstance(node.value, str):
            error = no_attribute(node, "startswith")
            yield _fault("callbacks", pointer, node, error, listed=whole)
        elif whole and "." not in node.value:
            error = "ValueError: Empty module name"
            yield _fault("callbacks", pointer, node, error, listed=True)


def _fault(name: str, pointer: str, node: Node, error: str, *, listed: bool) -> Fault:
    """Return the fault of a setting that is not a list, or of an entry that is not a name."""
    message = (
        f"{name} is {kind_of(node)}, not a list of names"
        if listed
        else f"an entry of {name} is {kind_of(node)}, not the name of a callback"
    )
    example = node.entries[0].name if node.entries else "<name>"
    return Fault(
        pointer=key_of(pointer) if node.kind == "mapping" else pointer,
        message=message,
        label="not a list of names" if listed else "only a name belongs here",
        why=f"LiteLLM loads the callbacks by their names when it starts, and exits with "
        f"{'an' if error[0] in 'AEIOU' else 'a'} {error.partition(':')[0]}.",
        snippet=f"{name}:\n  - {example}",
        error=error,
    )


def cache_faults(
    config: LiteLLMConfig, environment: Environment, version: str | None = None
) -> Iterator[Fault | Unknown]:
    """Yield the fault of a Redis cache without the address of its server."""
    block = config.root.get("litellm_settings")
    cache = block.get("cache") if block is not None else None
    if block is None or cache is None or cache.value is not True:
        return
    params = block.get("cache_params")
    pointer = f"{_SETTINGS}/cache_params"
    if params is not None and params.kind != "mapping":
        yield Fault(
            pointer=pointer,
            message=f"cache_params is {kind_of(params)}, not keys and values",
            label="no keys and values",
            why="LiteLLM reads the keys when it starts, and exits with an error.",
            snippet="cache_params:\n  type: local",
            error=_params_error(params),
        )
        return
    scope = environment.proxy
    chosen = value_of(params, f"{pointer}/type", scope).resolved
    kind = chosen or ("local" if params is not None and params.entries else "redis")
    standing = litellm_standing(names_in(_TABLE, "caches"), kind, version)
    if standing != "known":
        yield _unknown_kind(f"{pointer}/type", kind, sure=standing == "unknown")
        return
    settings, variables = _REDIS.get(kind, ((), ()))
    if not settings or any(_is_given(params, f"{pointer}/{key}", environment) for key in settings):
        return
    own = config.root.get("environment_variables")
    if any(scope.get(name) or (own is not None and own.get(name)) for name in variables):
        return
    sure = scope.basis == "known"
    if not sure and environment.ci:
        yield Unknown(
            f"{variables[0]} is not set on this CI machine; where the proxy runs it may be"
        )
        return
    yield Fault(
        pointer=key_of(pointer) if params is not None else f"{_SETTINGS}/cache",
        message=f"the cache uses Redis, and neither cache_params nor {variables[0]} in "
        f"{scope.source} says where it is",
        label=f"no {settings[0]} or {settings[1]}",
        why="LiteLLM connects its cache when it starts, and exits with a ValueError."
        + ("" if sure else " There is nothing to do if the service that runs it sets it."),
        snippet=f"cache_params:\n  type: {kind}\n  host: os.environ/REDIS_HOST\n"
        "  port: os.environ/REDIS_PORT",
        sure=sure,
        error="ValueError: Either 'host' or 'url' must be specified for redis."
        if kind == "redis"
        else "",
    )


def _unknown_kind(pointer: str, chosen: str, *, sure: bool) -> Fault:
    kinds = names_in(_TABLE, "caches")
    meant = nearest(chosen, kinds.ever - {chosen})
    misspelt = chosen not in kinds.ever and misspells(chosen, kinds.ever)
    doubt = "" if misspelt else f" {kinds.known_by(chosen, 'LiteLLM')}"
    return Fault(
        pointer=pointer,
        message=f"LiteLLM {'has' if sure else 'may have'} no such cache",
        label=f"did you mean {meant[0]}?" if meant else f"one of {', '.join(sorted(kinds.ever))}",
        why=f"LiteLLM exits when it starts with a cache that it does not have.{doubt}",
        snippet=f"type: {meant[0] if meant else 'local'}",
        consequence=STOPS if sure else "",
        sure=sure,
    )


def _params_error(params: Node) -> str:
    first = params.items[0].value if params.items else params.value
    if isinstance(first, str):
        length = len(first) if params.kind == "sequence" else 1
        return (
            f"ValueError: dictionary update sequence element #0 has length {length}; 2 is required"
        )
    return not_iterable(params)


def _is_given(params: Node | None, pointer: str, environment: Environment) -> bool:
    """Return whether a setting has a value. A file's own environment_variables can give it."""
    value = value_of(params, pointer, environment.proxy)
    if value.state == "not-a-string":
        return value.node is not None and (bool(value.node.items) or value.node.value is not None)
    return value.resolved is not None
