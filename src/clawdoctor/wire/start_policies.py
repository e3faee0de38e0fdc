"""Faults of the router's policies per error type with which LiteLLM does not start.

Run on LiteLLM 1.106.2 and 1.108.7 (1.110.2: allowed_fails_policy): Router builds RetryPolicy and
AllowedFailsPolicy, whose fields are whole numbers. It ignores other keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.deferred import regex
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.start_fault import Fault, kind_of

_ERRORS = (
    "BadRequest",
    "Authentication",
    "Timeout",
    "RateLimit",
    "ContentPolicyViolation",
    "InternalServer",
    "ServiceUnavailable",
)
_SUFFIXES: Mapping[str, str] = {
    "retry_policy": "ErrorRetries",
    "allowed_fails_policy": "ErrorAllowedFails",
}
_WHOLE = regex(r"\s*[-+]?\d+(?:\.0*)?\s*")


def policy_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the values of both policies that are not whole numbers."""
    for name, suffix in _SUFFIXES.items():
        policy = config.root.at(f"/router_settings/{name}")
        if policy is None or policy.kind != "mapping":
            continue
        for error in _ERRORS:
            key = error + suffix
            node = policy.get(key)
            if node is None or _is_whole(node):
                continue
            yield Fault(
                pointer=join_pointer(f"/router_settings/{name}", key),
                message=f"{key} is {_described(node)}, not a whole number",
                label="must be a whole number",
                why=f"LiteLLM builds {name} at startup, and exits with a ValidationError.",
                snippet=f"{key}: 3",
                error="ValidationError: 1 validation error for",
            )


def _is_whole(node: Node) -> bool:
    """Whether LiteLLM reads a value as a whole number. A reference may resolve to one."""
    value = node.value
    match node.kind:
        case "null" | "boolean":
            return True
        case "number":
            return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        case "string":
            text = str(value)
            return text.startswith(REFERENCE) or _WHOLE.fullmatch(text) is not None
    return False


def _described(node: Node) -> str:
    return "a fraction" if node.kind == "number" else kind_of(node)
