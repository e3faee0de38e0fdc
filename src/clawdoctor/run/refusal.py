"""The kinds of refusal: events in place of a usable answer.

A loader or a live turn reports a kind. The check that owns the kind reports the finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal, NewType, get_args

from clawdoctor.deferred import dataclass
from clawdoctor.errors.advice import Advice

FileRefusal = Literal[
    "openclaw-config-syntax",
    "openclaw-include-broken",
    "litellm-config-syntax",
    "litellm-config-rejected",
    "compose-syntax",
]
"""Faults that make a file unreadable."""

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
    "edge-blocked",
    "unrecognised-failure",
]
"""Answers of LiteLLM, and failures between OpenClaw and LiteLLM."""

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
"""Answers of Azure, and failures on the way to Azure."""

RefusalKind = Literal[FileRefusal, ProxyRefusal, AzureRefusal]

PluginKind = NewType("PluginKind", str)
"""A kind that a plug-in defines for the error texts of its own check."""

Kind = RefusalKind | PluginKind

PROXY_KINDS: frozenset[Kind] = frozenset(get_args(ProxyRefusal))
"""Kinds that never come from Azure."""

KEY_KINDS: frozenset[Kind] = frozenset({"key-rejected", "role-missing", "proxy-key-rejected"})
"""Kinds that OpenClaw treats as a rejected key."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What happened, the values in the error text, and what to do, if the text says so."""

    kind: Kind
    captures: Mapping[str, str] = field(default_factory=dict, hash=False)
    advice: Advice | None = field(default=None, hash=False)


Classify = Callable[[str], Refusal | None]
"""Classifies an error text. Returns None unless a check recognises it as certain or likely."""
