"""The parts of a URL, and the hosts that belong to Azure or to this machine.

Programs read unusual URLs differently: for `https://evil.example\\@x.openai.azure.com` some of them
connect to the first host, others to the second. `split` returns the parts of a URL only if its host
is unambiguous.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from clawdoctor.deferred import regex

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
_LETTERS = regex(r"[a-z0-9.-]+")

_UNCLEAR = regex(r"[\x00-\x20\x7f\\]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = regex(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)
_LONGEST_NAME = 253
_NUMERIC = regex(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_NO_HOST = "its host is neither a host name nor an IP address"
_PORT = regex(r"(?::[0-9]{0,5})?")


@lru_cache(4096)
def url_fault(url: str) -> str | None:
    """Return why it is unclear where a URL leads, or None. The reason quotes no part of the URL."""
    text = url.strip()
    if _UNCLEAR.search(text):
        return "its URL contains a backslash, a blank or a control character"
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises if the port is not a number
    except ValueError:
        return "its URL is not valid"
    return _authority_fault(parts.netloc) if parts.netloc else None


def _authority_fault(authority: str) -> str | None:
    """Return why it is unclear which host `user@host:port` means, or None."""
    userinfo, _, address = authority.rpartition("@")
    if "@" in userinfo:
        return "its URL contains more than one @ before the path"
    if address.startswith("["):
        host, _, port = address[1:].partition("]")
        fault = None if _is_ipv6(host) else _NO_HOST
    else:
        host, colon, port = address.partition(":")
        port = colon + port
        fault = host_fault(host)
    return fault or (None if _PORT.fullmatch(port) else "its port is not a number")


def host_fault(host: str) -> str | None:
    """Return why a string is not the name or the IP address of one host, or None."""
    if not host.isascii():
        return "its host contains characters other than ASCII; write the host in its xn-- form"
    if len(host) > _LONGEST_NAME:
        return _NO_HOST
    if ":" in host:
        return None if _is_ipv6(host) else _NO_HOST
    if _NUMERIC.fullmatch(host):
        return None if _is_ipv4(host) else "its host is an IP address in an unusual form"
    return None if _NAME.fullmatch(host) else _NO_HOST


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


@lru_cache(4096)
def split(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None if it is unclear where the URL leads."""
    return urlsplit(url.strip()) if url_fault(url) is None else None


def host_of(url: str) -> str | None:
    """Return the host of a URL in lower case, or None if it has no scheme or no host."""
    parts = split(url)
    return parts.hostname if parts and parts.scheme else None


def port_of(url: str) -> int | None:
    """Return the port of a URL, which defaults to that of its scheme."""
    parts = split(url)
    if parts is None:
        return None
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def is_azure(host: str | None) -> bool:
    """Return whether a host belongs to Azure OpenAI or Azure AI Foundry."""
    return host is not None and host.endswith(SUFFIXES) and bool(_LETTERS.fullmatch(host))


def is_loopback(host: str | None) -> bool:
    """Return whether a host name means this machine, judged without a name lookup."""
    if host is None or host in _LOOPBACK:
        return host is not None
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:  # a name can start with 127. and lead anywhere
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
