"""Hosts and URLs: which belong to Azure, and what a URL's parts are."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

SUFFIXES = (
    ".openai.azure.com",
    ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
    ".api.cognitive.microsoft.com",
    ".openai.azure.us",
    ".services.ai.azure.us",
    ".cognitiveservices.azure.us",
    ".api.cognitive.microsoft.us",
)
"""Host suffixes that only Microsoft can hand out (learn.microsoft.com; not azure-api.net)."""

_LOOPBACK = ("localhost", "0.0.0.0")  # noqa: S104  what users write for their own machine
_LETTERS = re.compile(r"[a-z0-9.-]+")


def split(url: str) -> SplitResult | None:
    """The parts of a URL, or None where it is none that a client could use."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str | None:
    """The host of a URL in lower case; None without a scheme or a host."""
    parts = split(url)
    return parts.hostname if parts and parts.scheme else None


def port_of(url: str) -> int | None:
    """The port of a URL, the scheme's own where none is given."""
    parts = split(url)
    if parts is None:
        return None
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def is_azure(host: str | None) -> bool:
    """Whether a host belongs to Azure OpenAI or Foundry."""
    return host is not None and host.endswith(SUFFIXES) and bool(_LETTERS.fullmatch(host))


def is_loopback(host: str | None) -> bool:
    """Whether a host name means the machine itself, without a name lookup."""
    if host is None or host in _LOOPBACK:
        return host is not None
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name, which may start with 127. and lead anywhere
        return False
