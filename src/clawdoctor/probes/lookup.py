"""Which addresses the name in a provider's baseUrl leads to, seen from here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.trust import Trust
from clawdoctor.probes.http import Http
from clawdoctor.run.needs import Absent, Unavailable


@dataclass(frozen=True, slots=True)
class Lookup:
    """A host name and the addresses that it resolves to; none where it is not found."""

    host: str
    addresses: tuple[str, ...]

    @property
    def loopback(self) -> bool:
        """Whether any address is this machine's own."""
        return any(ipaddress.ip_address(address).is_loopback for address in self.addresses)


def ask_lookup(proxy: Proxy, http: Http, trust: Trust) -> Lookup | Absent | Unavailable:
    """Look the name up; an address, and `localhost`, need none."""
    url = (proxy.provider.base_url.resolved or "") if proxy.provider is not None else ""
    host = host_of(url)
    if host is None or host == "localhost" or _is_address(host):
        return Absent("the baseUrl names no host that has to be looked up")
    refused = trust.refuses(url)
    if refused is not None:
        return Unavailable(refused)
    return Lookup(host, http.addresses(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
