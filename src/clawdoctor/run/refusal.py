"""The kinds of refusal: what happened instead of the answer that was wanted.

A loader or a live turn reports a kind, and the check that owns the kind reports the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType, get_args

FileRefusal = Literal[
    "openclaw-config-syntax",
    "openclaw-include-broken",
    "litellm-config-syntax",
    "litellm-config-rejected",
    "compose-syntax",
]
"""What keeps a file from being read."""

ProxyRefusal = Literal[
    "proxy-unreachable",
    "not-litellm",
    "proxy-key-rejected",
    "model-not-served",
    "proxy-install-incomplete",
    "parameter-rejected-by-litellm",
    "deployment-cooldown",
    "empty-response",
    "budget-exceeded",
    "proxy-database",
    "proxy-timeout",
    "unrecognised-failure",
]
"""What LiteLLM answers, or what happens between OpenClaw and LiteLLM."""

AzureRefusal = Literal[
    "resource-not-found",
    "resource-unreachable",
    "key-rejected",
    "network-denied",
    "key-auth-disabled",
    "role-missing",
    "deployment-not-found",
    "api-version-unsupported",
    "operation-not-supported",
    "rate-limited",
    "quota-too-small",
    "parameter-rejected",
    "content-filtered",
    "context-length-exceeded",
    "tools-need-responses-api",
    "service-error",
    "resource-blocked",
]
"""What Azure answers, or what happens on the way there."""

RefusalKind = Literal[FileRefusal, ProxyRefusal, AzureRefusal]

PluginKind = NewType("PluginKind", str)
"""A kind that a plug-in adds for the error texts of its own check."""

Kind = RefusalKind | PluginKind

PROXY_KINDS: frozenset[Kind] = frozenset(get_args(ProxyRefusal))
"""What Azure itself never answers."""

KEY_KINDS: frozenset[Kind] = frozenset({"key-rejected", "role-missing", "proxy-key-rejected"})
"""What reaches OpenClaw as a rejected key."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What happened, and the values that an error text names."""

    kind: Kind
    captures: Mapping[str, str] = field(default_factory=dict, hash=False)
