"""The parts of a URL, and which hosts belong to Azure or to this machine."""

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
"""Host suffixes that only Microsoft can assign (learn.microsoft.com; not azure-api.net)."""

_LOOPBACK = ("localhost", "0.0.0.0")  # noqa: S104  what users write for their own machine
_LETTERS = re.compile(r"[a-z0-9.-]+")


def split(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None if no client can use it."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises if the port is not a number
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str | None:
    """Return the host of a URL in lower case, or None if it has no scheme or no host."""
    parts = split(url)
    return parts.hostname if parts and parts.scheme else None


def port_of(url: str) -> int | None:
    """Return the port of a URL, by default that of its scheme."""
    parts = split(url)
    if parts is None:
        return None
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def is_azure(host: str | None) -> bool:
    """Whether a host belongs to Azure OpenAI or Azure AI Foundry."""
    return host is not None and host.endswith(SUFFIXES) and bool(_LETTERS.fullmatch(host))


def is_loopback(host: str | None) -> bool:
    """Whether a host name means this machine, judged without a name lookup."""
    if host is None or host in _LOOPBACK:
        return host is not None
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name can start with 127. and still lead anywhere
        return False
