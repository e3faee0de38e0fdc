"""Redis URLs with which LiteLLM does not start.

Run on LiteLLM 1.106.2 and 1.108.7: its Redis client reads the URL when LiteLLM starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.source.node import Node
from clawdoctor.wire.start_fault import Fault, key_of

_ROUTER = "/router_settings/redis_url"
_SCHEMES = ("redis://", "rediss://", "unix://")


def router_url_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault]:
    """Yield the fault of redis_url in router_settings."""
    given = given_url(config.root.get("router_settings"), _ROUTER, environment)
    fault = url_fault(key_of(_ROUTER), "redis_url", given) if given is not None else None
    if fault is not None:
        yield fault


def given_url(block: Node | None, pointer: str, environment: Environment) -> object:
    """Return the value of a setting that LiteLLM passes to its Redis client, or None."""
    value = value_of(block, pointer, environment.proxy)
    if value.node is None or value.node.kind == "null":
        return None
    if value.state == "not-a-string":
        return value.node.python()
    return "" if value.node.value == "" else value.resolved


def url_fault(pointer: str, name: str, given: object) -> Fault | None:
    """Return the fault of a Redis URL in a setting or a variable, if LiteLLM cannot use it."""
    error = _error(given)
    if not error:
        return None
    return Fault(
        pointer=pointer,
        message=f"{name} is not the URL of a Redis server",
        label=f"expected a URL that starts with {_SCHEMES[0]} or {_SCHEMES[1]}",
        why="LiteLLM's Redis client reads the URL at startup, and exits with an error.",
        snippet=f"{name}: rediss://<host>:6380",
        error=error,
    )


def _error(given: object) -> str:
    if not isinstance(given, str):
        return f"AttributeError: '{type(given).__name__}' object has no attribute 'startswith'"
    if not given.startswith(_SCHEMES):
        schemes = ", ".join(_SCHEMES)
        return f"ValueError: Redis URL must specify one of the following schemes ({schemes})"
    try:
        _ = urlsplit(given).port
    except ValueError as error:  # its text can end with a part of a password
        return f"ValueError: {str(error).partition(' as ')[0]}"
    return ""
