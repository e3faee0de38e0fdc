"""A transport that directs a real client to the loopback sockets of a scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from clawdoctor.deferred import dataclass
from clawdoctor.simulator.outage import Outage, exception_of

if TYPE_CHECKING:
    import httpx

Cut = tuple[str, str, Outage]
"""A method, a path prefix, and the outage of such requests."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """The sockets by origin, and the outages on the way to them.

    No server listens at any other origin, and no other host name exists.
    """

    sockets: Mapping[str, str]
    outages: Mapping[str, Outage] = field(default_factory=dict)
    cuts: Mapping[str, Sequence[Cut]] = field(default_factory=dict)

    def outage_of(self, origin: str, host: str, method: str, path: str) -> Outage | None:
        """Return the outage of a request, or None if it reaches its socket."""
        for wanted, start, outage in self.cuts.get(origin, ()):
            if wanted == method and path.startswith(start):
                return outage
        if origin in self.sockets:
            return None
        nobody: Outage = "refused" if host in ("localhost", "127.0.0.1") else "dns"
        return self.outages.get(origin, nobody)


def transport(lanes: Lanes) -> httpx.BaseTransport:
    """Return an httpx transport for the lanes."""
    import httpx

    class Transport(httpx.BaseTransport):
        def __init__(self) -> None:
            self._inner = httpx.HTTPTransport(verify=False)  # the sockets speak no TLS

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            url = request.url
            port = f":{url.port}" if url.port is not None else ""
            origin = f"{url.scheme}://{url.host}{port}"
            outage = lanes.outage_of(origin, url.host, request.method, url.path)
            if outage is not None:
                raise exception_of(outage)
            request.url = httpx.URL(lanes.sockets[origin]).copy_with(raw_path=url.raw_path)
            return self._inner.handle_request(request)

        def close(self) -> None:
            self._inner.close()

    return Transport()
