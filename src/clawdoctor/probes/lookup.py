"""The addresses of the host in a provider's baseUrl, as this machine resolves it."""

from __future__ import annotations

import ipaddress

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.shown import refusal_text
from clawdoctor.chain.trust import Trust
from clawdoctor.deferred import dataclass
from clawdoctor.probes.http import Http
from clawdoctor.run.needs import Absent, Unavailable


@dataclass(frozen=True, slots=True)
class Lookup:
    """A host name and its addresses, which are empty if name lookup does not find it."""

    host: str
    addresses: tuple[str, ...]

    @property
    def loopback(self) -> bool:
        """Whether an address is a loopback address."""
        return any(ipaddress.ip_address(address).is_loopback for address in self.addresses)


def look_up(proxy: Proxy, http: Http, trust: Trust) -> Lookup | Absent | Unavailable:
    """Look up the host name. An address and `localhost` need no lookup."""
    url = (proxy.provider.base_url.resolved or "") if proxy.provider is not None else ""
    host = host_of(url)
    if host is None or host == "localhost" or _is_address(host):
        return Absent("the baseUrl has no host name to look up")
    names = proxy.provider.base_url.variables if proxy.provider is not None else ()
    refused = trust.refuses(url, names, openclaw=True)
    if refused is not None:
        return Unavailable(refusal_text(refused, host, proxy.quoted(host)))
    return Lookup(host, http.addresses(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
