"""Open the HTTP client of a run: its certificates, proxies and limits."""

from __future__ import annotations

import ipaddress
import math
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clawdoctor.chain.azure_host import split
from clawdoctor.deferred import dataclass, regex
from clawdoctor.probes.http import GRACE_SECONDS, Http, Spent
from clawdoctor.probes.limiter import RequestLimiter
from clawdoctor.source.read import Unreadable, read_text

if TYPE_CHECKING:
    import ssl

    import httpx

_CERTIFICATE = regex(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Network:
    """The replacement for the real network in tests and in the demo."""

    transport: Callable[[], httpx.BaseTransport]
    resolves: Callable[[str], bool]
    addresses: Callable[[str], tuple[str, ...]] = field(default=lambda _: ())
    sleep: Callable[[float], None] = time.sleep


def open_http(
    environ: Mapping[str, str],
    deadline: float,
    progress: Callable[[str], None] | None = None,
    *,
    verify: bool | str = True,
    network: Network | None = None,
    clock: Callable[[], float] = time.monotonic,
    most_turns: float = math.inf,
) -> Http:
    """Open the client of a run.

    `verify` is a CA file, or False if LiteLLM does not check certificates. `deadline` is a time of
    `clock`, in seconds. The client uses the environment's proxies only for https to public hosts,
    so that a master key never passes through a corporate proxy in plain text. It honours NO_PROXY.
    """
    import httpx

    from clawdoctor.probes.bounded_network import limit_answers

    # A replacement needs no certificates.
    context, tls_fault = _tls(environ, verify) if network is None else (True, "")
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)

    def client(proxy: str | None) -> httpx.Client:
        transport = network.transport() if network is not None else limited_transport(proxy)
        return httpx.Client(trust_env=False, follow_redirects=False, transport=transport)

    def limited_transport(proxy: str | None) -> httpx.HTTPTransport:
        transport = httpx.HTTPTransport(verify=context, trust_env=False, limits=limits, proxy=proxy)
        limit_answers(transport, GRACE_SECONDS, clock)
        return transport

    def client_through(proxy: str) -> httpx.Client | None:
        try:
            return client(proxy if "://" in proxy else f"http://{proxy}")
        except (
            ImportError,
            ValueError,
            httpx.InvalidURL,
        ):  # SOCKS without its package, or not a URL
            return None

    proxy = _variable(environ, "https_proxy") or _variable(environ, "all_proxy")
    return Http(
        direct=client(None),
        proxied=client_through(proxy) if proxy else None,
        is_proxied=partial(_is_proxied, no_proxy=_variable(environ, "no_proxy")),
        spent=Spent(),
        deadline=deadline,
        progress=progress,
        resolves=network.resolves if network is not None else _resolves,
        addresses=network.addresses if network is not None else _addresses,
        sleep=network.sleep if network is not None else time.sleep,
        clock=clock,
        limiter=RequestLimiter(clock=clock),
        tls_fault=tls_fault,
        most_turns=most_turns,
    )


def _resolves(host: str) -> bool:
    """Return whether name lookup finds a host."""
    return bool(_addresses(host))


def _addresses(host: str) -> tuple[str, ...]:
    """Return the addresses of a host, or () if name lookup does not find it."""
    import socket

    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(str(address[4][0]).partition("%")[0] for address in found))


def _tls(environ: Mapping[str, str], verify: bool | str) -> tuple[ssl.SSLContext, str]:
    """Trust the authorities that LiteLLM trusts: ssl_verify, SSL_CERT_FILE, or the usual ones.

    The string says why the authorities of a setting are not used, and is empty if they are. It does
    not contain the setting's value, which may come from a variable.
    """
    import ssl

    if verify is False:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context, ""
    setting, path = "SSL_CERT_FILE", environ.get("SSL_CERT_FILE")
    if isinstance(verify, str):
        setting, path = "litellm_settings.ssl_verify", verify
    fault = ""
    if path:
        certificates = _certificates(path)
        try:
            if not isinstance(certificates, Unreadable):
                return ssl.create_default_context(cadata=certificates), ""
            fault = certificates.message
        except ssl.SSLError:
            fault = "contains an invalid certificate"
        fault = (
            f"the file in {setting} {fault}; clawdoctor used the default certificate authorities"
        )
    import certifi

    return ssl.create_default_context(cafile=certifi.where()), fault


def _certificates(path: str) -> str | Unreadable:
    """Return the certificates of a PEM file. Only a regular file is read, which cannot block."""
    exists, is_regular = os.path.exists(path), os.path.isfile(path)  # noqa: PTH110, PTH113 no errors
    if exists and not is_regular and not os.path.isdir(path):  # noqa: PTH112
        return Unreadable(path, "not-a-file", "is not a regular file")  # not even at /dev/stdin
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return text if text.reason != "missing" else replace(text, message="does not exist here")
    found = _CERTIFICATE.findall(text.content)
    return "\n".join(found) or Unreadable(path, "error", "contains no certificate")


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _is_proxied(url: str, no_proxy: str) -> bool:
    """Return whether a URL goes through the environment's proxy: https to a public host."""
    parts = split(url)
    host = parts.hostname if parts is not None else None
    if parts is None or host is None:
        return False
    return parts.scheme == "https" and _is_public(host) and not _bypassed(host, no_proxy)


def _is_public(host: str) -> bool:
    """Return whether a host is neither this machine nor on the local network."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        return "." in name and not name.endswith((".localhost", ".localdomain"))


def _bypassed(host: str, no_proxy: str) -> bool:
    """Return whether NO_PROXY contains a host, one of its domains, or `*`."""
    for entry in no_proxy.split(","):
        name = entry.strip().lstrip("*").lstrip(".").partition(":")[0].casefold()
        if entry.strip() == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False
