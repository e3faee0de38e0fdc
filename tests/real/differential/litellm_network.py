"""The network of an oracle: it takes what LiteLLM writes to its sockets and answers it.

httpcore and aiohttp keep everything above the socket: they build the request line and the headers,
and refuse what they would refuse. No connection to another machine is possible.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import sys
from contextlib import suppress
from typing import Any

import h11

from real.differential.litellm_answers import MISSING, identity_answer, is_identity, model_answer

OF_CLIENTS = re.compile(
    r"x-stainless-.*|user-agent|accept|accept-encoding|host|connection|content-type|content-length"
)
"""The headers that a client library sets, whatever the config says."""
_LOOPBACK = ("127.", "::1", "localhost")


class Network:
    """The captured requests of one call, and how many of them fail before one is answered."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.tokens: list[dict[str, Any]] = []
        self.fails = 0

    def restart(self, fails: int) -> None:
        """Forget all requests. The next `fails` requests get a 404."""
        self.requests, self.tokens, self.fails = [], [], fails

    def answer(
        self, method: str, url: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, str, bytes]:
        """Record a request. Return status, content type and body of its answer."""
        read: Any = body.decode("utf-8", "replace")
        with suppress(ValueError):
            read = json.loads(read)
        if is_identity(url):
            self.tokens.append({"url": url, "body": read})
            status, said = identity_answer(url, read)
            return status, "application/json", json.dumps(said).encode()
        # LiteLLM asks some hosts for their models before it calls one, and MCP servers for tools.
        asks = url.endswith("/api/show") or (isinstance(read, dict) and "jsonrpc" in read)
        if method == "GET" or asks:
            return 404, "application/json", json.dumps(MISSING).encode()
        kept = {
            name.lower(): value for name, value in headers if not OF_CLIENTS.fullmatch(name.lower())
        }
        self.requests.append({"method": method, "url": url, "headers": kept, "body": read})
        if self.fails > 0:
            self.fails -= 1
            return 404, "application/json", json.dumps(MISSING).encode()
        return (200, *model_answer(url, read))


NETWORK = Network()


class Exchange:
    """The server's side of one connection: bytes in, bytes out."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self._connection = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = b""

    def receive(self, data: bytes) -> bytes:
        """Take bytes of the client. Return the answer if its request is complete, or nothing."""
        self._connection.receive_data(data)
        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Request):
                self._request, self._body = event, b""
            elif isinstance(event, h11.Data):
                self._body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return self._answer()
            else:
                return b""

    def _answer(self) -> bytes:
        request = self._request
        assert request is not None
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers
        ]
        host = dict(headers).get("host", "")
        url = f"{self.scheme}://{host}{request.target.decode('latin-1')}"
        if request.target.startswith(b"http"):
            url = request.target.decode("latin-1")
        status, kind, body = NETWORK.answer(request.method.decode(), url, headers, self._body)
        answer = h11.Response(
            status_code=status,
            headers=[("content-type", kind), ("content-length", str(len(body)))],
        )
        sent = self._connection.send(answer) or b""
        sent += self._connection.send(h11.Data(data=body)) or b""
        sent += self._connection.send(h11.EndOfMessage()) or b""
        if self._connection.our_state is h11.DONE:
            self._connection.start_next_cycle()
        return sent


class _Stream:
    """A network stream of httpcore. It has the synchronous and, below, the asynchronous form."""

    def __init__(self) -> None:
        self._exchange = Exchange("http")
        self._answer = b""

    def write(self, buffer: bytes, *_: Any, **__: Any) -> None:
        self._answer += self._exchange.receive(buffer)

    def read(self, max_bytes: int, *_: Any, **__: Any) -> bytes:
        part, self._answer = self._answer[:max_bytes], self._answer[max_bytes:]
        return part

    def close(self) -> None:
        self._answer = b""

    def start_tls(self, *_: Any, **__: Any) -> _Stream:
        self._exchange.scheme = "https"
        return self

    def get_extra_info(self, *_: Any) -> None:
        """Return nothing: there is no TLS."""


class _AsyncStream(_Stream):
    async def write(self, buffer: bytes, *_: Any, **__: Any) -> None:  # type: ignore[override]
        super().write(buffer)

    async def read(self, max_bytes: int, *_: Any, **__: Any) -> bytes:  # type: ignore[override]
        return super().read(max_bytes)

    async def aclose(self) -> None:
        super().close()

    async def start_tls(self, *_: Any, **__: Any) -> _AsyncStream:  # type: ignore[override]
        super().start_tls()
        return self


class _Backend:
    def connect_tcp(self, *_: Any, **__: Any) -> _Stream:
        return _Stream()


class _AsyncBackend:
    async def connect_tcp(self, *_: Any, **__: Any) -> _AsyncStream:
        return _AsyncStream()


class _Transport(asyncio.Transport):
    """The socket of an aiohttp connection."""

    def __init__(self, protocol: Any, scheme: str) -> None:
        super().__init__()
        self._protocol = protocol
        self._exchange = Exchange(scheme)
        self._closed = False

    def write(self, data: Any) -> None:
        answer = self._exchange.receive(bytes(data))
        if answer:
            asyncio.get_running_loop().call_soon(self._protocol.data_received, answer)

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            with suppress(RuntimeError):
                asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Do nothing: an answer comes in one piece."""

    def resume_reading(self) -> None:
        """Do nothing: an answer comes in one piece."""


async def _connect(connector: Any, request: Any, *_: Any) -> Any:
    protocol = connector._factory()
    protocol.connection_made(_Transport(protocol, request.url.scheme))
    return protocol


def _send(adapter: Any, request: Any, **_: Any) -> Any:
    """Answer a request of the package `requests`, which azure-identity and MSAL use."""
    requests = _module("requests")
    body = request.body or b""
    status, kind, said = NETWORK.answer(
        request.method,
        request.url,
        list(request.headers.items()),
        body.encode() if isinstance(body, str) else bytes(body),
    )
    response = requests.Response()
    response.status_code = status
    response.headers["content-type"] = kind
    response._content = said
    response.raw = _module("urllib3").HTTPResponse(
        body=said, headers={"content-type": kind}, status=status, preload_content=False
    )
    response.url, response.request = request.url, request
    return response


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        target = str(address[0]) if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        target = str(arguments[0] or "localhost")
    else:
        return
    if target and not target.startswith(_LOOPBACK):
        raise ConnectionRefusedError(f"the oracle has no network: {target}")


def close_network() -> None:
    """Take the place of every way to another machine, for good."""
    for name in ("httpcore", "httpcore2"):
        with suppress(ImportError):
            _module(f"{name}._sync.connection_pool").SyncBackend = _Backend
            _module(f"{name}._async.connection_pool").AutoBackend = _AsyncBackend
    with suppress(ImportError):
        _module("aiohttp").TCPConnector._create_connection = _connect
    with suppress(ImportError):
        _module("requests.adapters").HTTPAdapter.send = _send
    with suppress(ImportError):
        transport = _module("azure.core.pipeline.transport")
        transport.HttpTransport.sleep = transport.RequestsTransport.sleep = lambda *_: None
    sys.addaudithook(_audit)


def _module(name: str) -> Any:
    return importlib.import_module(name)
