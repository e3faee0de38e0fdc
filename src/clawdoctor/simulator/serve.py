"""A server that runs a handler on a loopback socket, including faults."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from clawdoctor.simulator.message import Request, Response

Handler = Callable[[Request], Response]

_HOST = "127.0.0.1"
_RESET = struct.pack("ii", 1, 0)  # linger on, zero seconds: close() sends RST instead of FIN


@contextmanager
def serving(
    handler: Handler, *, tls: ssl.SSLContext | None = None, requests: list[Request] | None = None
) -> Iterator[str]:
    """Serve a handler on a free port of 127.0.0.1, and yield its base URL.

    Each request is appended to `requests` before it is answered, so that a caller can inspect it
    with its headers. The end of the block does not wait for a handler that hangs or sleeps.
    """
    server = _Server(handler, requests if requests is not None else [])
    if tls is not None:
        # The connection's own thread does the handshake, so that a client that never finishes it
        # does not block the others.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://{_HOST}:{server.server_address[1]}"
    finally:
        server.stop()
        thread.join()


def free_port() -> int:
    """Return a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def refusing_url() -> str:
    """Return the URL of a port that refuses connections."""
    return f"http://{_HOST}:{free_port()}"


class _Server(ThreadingHTTPServer):
    """A server with one thread per connection, which tracks open connections to end them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # with the default of 5, many simultaneous clients would wait a second

    def __init__(self, answer: Handler, requests: list[Request]) -> None:
        super().__init__((_HOST, 0), _Connection)
        self.answer = answer
        self.requests = requests
        self.stopping = threading.Event()
        self.resetting: set[socket.socket] = set()
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        if request in self.resetting:
            self.close_request(request)  # a shutdown would close the connection cleanly
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Ignore clients that disconnect, to keep the demo's terminal for the report.

        An error in the handler itself is reraised, so that a test fails.
        """
        fault = sys.exc_info()[1]
        if fault is not None and not isinstance(fault, OSError):
            raise fault

    def stop(self) -> None:
        """Stop the server and close every connection, answered or not."""
        self.stopping.set()
        self.shutdown()
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Connection(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Otherwise the body waits for the acknowledgement of the header.
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        request = self._read()
        self.server.requests.append(request)
        response = self.server.answer(request)
        if response.delay:
            self.server.stopping.wait(response.delay)
        if response.fault == "hang":
            self.server.stopping.wait()
        if self.server.stopping.is_set():
            self.close_connection = True
        elif response.fault == "reset":
            self._reset()
        else:
            self._write(request, response)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _handle  # noqa: N815

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        return Request(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )

    def _write(self, request: Request, response: Response) -> None:
        truncated = response.fault == "truncate"
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string())
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.chunks:
            self.send_header("Transfer-Encoding", "chunked")
        elif "content-length" not in response.headers:
            self.send_header("Content-Length", str(len(response.body)))
        if truncated:
            self.close_connection = True
        self.end_headers()
        if request.method == "HEAD":
            return
        if response.chunks:
            self._stream(response.chunks, truncated)
        else:
            body = response.body
            self.wfile.write(body[: len(body) // 2] if truncated else body)

    def _stream(self, chunks: tuple[bytes, ...], truncated: bool) -> None:
        sent = chunks[: (len(chunks) + 1) // 2] if truncated else chunks
        for chunk in sent:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        if not truncated:
            self.wfile.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.server.resetting.add(self.connection)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: stderr belongs to the program under test."""
