"""A server on a raw socket that breaks the rules of HTTP, JSON or good manners.

A behaviour sends its bytes after a request. It raises OSError once the client closes the connection
or the server stops.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

PAUSE = 0.02
"""Seconds between the parts of a drip: less than any read time-out."""
_RESET = struct.pack("ii", 1, 0)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
HTML, JSON, EVENTS = b"text/html", b"application/json", b"text/event-stream"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(slots=True)
class Server:
    """A running server. `closed` counts the connections that the client or the server closed."""

    url: str
    opened: int = 0
    closed: int = 0
    hostile: int = 0
    """The number of requests that got a hostile answer."""
    stopping: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_until(self, condition: Callable[[Server], bool], seconds: float = 60) -> bool:
        """Wait until a condition holds. Return False if it does not hold in time."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), seconds)


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of a request, for a behaviour."""

    socket: socket.socket
    stopping: threading.Event
    on_part: Callable[[], None] = lambda: None
    """Called for each part of a drip."""

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.socket.sendall(part)

    def flood(self, part: bytes) -> None:
        """Send a part endlessly, as fast as the client reads."""
        block = part * max(1, 60_000 // len(part))
        while not self.stopping.is_set():
            self.socket.sendall(block)

    def drip(self, parts: Iterable[bytes]) -> None:
        """Send the parts one by one with pauses."""
        for part in parts:
            self.socket.sendall(part)
            self.on_part()
            if self.stopping.wait(PAUSE):
                return

    def wait(self) -> None:
        """Send nothing more until the client closes the connection."""
        while self.socket.recv(65_536):
            pass

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.socket.close()


Behaviour = Callable[[Connection], None]
Polite = Callable[[str, str], bytes | None]
"""The whole answer to a method and a path, or None for a hostile answer."""


@contextmanager
def serving(behave: Behaviour, polite: Polite = lambda *_: None) -> Iterator[Server]:
    """Run a server on a free port of 127.0.0.1."""
    sockets: set[socket.socket] = set()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def talk(client: socket.socket) -> None:
            with client, suppress(OSError):
                _serve(client, server, behave, polite)
            with server.changed:
                server.closed += 1
                server.changed.notify_all()

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                sockets.add(client)
                with server.changed:
                    server.opened += 1
                    server.changed.notify_all()
                threading.Thread(target=talk, args=(client,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            for client in (listener, *sockets):
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
    thread.join()


def _serve(client: socket.socket, server: Server, behave: Behaviour, polite: Polite) -> None:
    if getattr(behave, "at_once", False):
        server.hostile += 1
        behave(Connection(client, server.stopping))
        return
    with client.makefile("rb") as incoming:
        method, path, _ = incoming.readline().decode("latin-1").split(" ")
        length = 0
        for line in iter(incoming.readline, b"\r\n"):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        incoming.read(length)
    answer = polite(method, path)
    if answer is not None:
        client.sendall(answer)
        return
    with server.changed:
        server.hostile += 1
        server.changed.notify_all()
    behave(Connection(client, server.stopping))


def whole(body: bytes, status: int = 200, kind: bytes = JSON, more: bytes = b"") -> bytes:
    """Return an answer with its length, after which the server closes the connection."""
    start = b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nConnection: close\r\n" % (status, kind)
    return start + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def head(kind: bytes = JSON, more: bytes = CHUNKED) -> bytes:
    return _HEAD % kind + more


def chunk(content: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(content), extension, content)


def sends(*parts: bytes) -> Behaviour:
    """Return a behaviour that sends the parts and closes the connection."""
    return lambda to: to.send(*parts)


def floods(start: bytes, part: bytes) -> Behaviour:
    def behave(to: Connection) -> None:
        to.send(start)
        to.flood(part)

    return behave


def drips(start: bytes, parts: Callable[[], Iterable[bytes]]) -> Behaviour:
    def behave(to: Connection) -> None:
        to.send(start)
        to.drip(parts())

    return behave


def hangs(start: bytes) -> Behaviour:
    def behave(to: Connection) -> None:
        to.send(start)
        to.wait()

    return behave


def resets(start: bytes) -> Behaviour:
    def behave(to: Connection) -> None:
        to.send(start)
        if start:
            to.stopping.wait(PAUSE)  # a reset discards data that the client has not read yet
        to.reset()

    return behave


@dataclass(frozen=True, slots=True)
class ResetAtOnce:
    """Resets the connection before reading the request."""

    at_once: bool = True

    def __call__(self, to: Connection) -> None:
        to.reset()


def _every(part: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.repeat(part)


def _bytes_of(text: bytes) -> Callable[[], Iterable[bytes]]:
    """Return a function that gives the bytes of a text, and then the last one endlessly."""
    letters = [bytes([letter]) for letter in text]
    return lambda: itertools.chain(letters, itertools.repeat(letters[-1]))


@cache
def bomb() -> bytes:
    """Return 64 MB of zeros in 64 KB."""
    return gzip.compress(bytes(64_000_000), 9)


def _packed(name: bytes, body: Callable[[], bytes]) -> Behaviour:
    return lambda to: to.send(whole(body(), more=b"Content-Encoding: %s\r\n" % name))


_EVENT = b'data: {"choices":[{"delta":{"content":""}}]}\n\n'
_HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(range(112))
_EMPTY_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"

HANGING: Mapping[str, Behaviour] = {
    "no answer": Connection.wait,
    "status drips": drips(b"", _bytes_of(b"HTTP/1.1 200 O")),
    "header drips": drips(b"HTTP/1.1 200 OK\r\nX: ", _every(b"x")),
    "headers drip": drips(b"HTTP/1.1 200 OK\r\n", _every(b"X-A: b\r\n")),
    "body drips": drips(head(), _every(chunk(b" "))),
    "body without length drips": drips(head(more=b"\r\n"), _every(b" ")),
    "interim answers drip": drips(b"", _every(b"HTTP/1.1 102 Processing\r\n\r\n")),
    "events drip": drips(head(EVENTS), _every(chunk(_EVENT))),
    "comments drip": drips(head(EVENTS), _every(chunk(b": wait\n\n"))),
    "chunk extension drips": drips(head() + b"5;x=", _every(b"x")),
    "trailers drip": drips(head() + b"0\r\n", _every(b"X-A: b\r\n")),
    "headers, then silence": hangs(b"HTTP/1.1 200 OK\r\nX-A: b\r\n"),
    "half a body, then silence": hangs(head(more=b"Content-Length: 9\r\n\r\n{")),
    "more length, then silence": hangs(head(more=b"Content-Length: 999999\r\n\r\n{}")),
}
"""Servers that keep the client waiting: only the client's time limit ends the request."""

NO_HTTP: Mapping[str, Behaviour] = {
    "endless status": floods(b"HTTP/1.1 200 ", b"O"),
    "endless header": floods(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "endless headers": floods(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "one large header": sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    **{
        f"flood of {status}": floods(b"", b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n" % status)
        for status in (100, 102, 103, 199)
    },
    "negative length": sends(head(more=b"Content-Length: -1\r\n\r\n{}")),
    "two lengths": sends(head(more=b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}")),
    "length with 5000 digits": sends(head(more=b"Content-Length: %s\r\n\r\n{}" % (b"9" * 5000))),
    "HTTP/0.9": hangs(b"<html>hello</html>\r\n\r\n"),
    "garbage": hangs(bytes(range(1, 256)) * 4),
    "zeros": floods(b"", b"\0"),
    "TLS hello": hangs(_HELLO),
    "TLS alert": hangs(b"\x15\x03\x03\x00\x02\x02\x50"),
    "HTTP/2": hangs(b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\r\n\r\n"),
    "status without number": hangs(b"HTTP/1.1 abc OK\r\n\r\n"),
    "status 099": sends(b"HTTP/1.1 099 OK\r\n\r\n"),
    "control characters in a header": hangs(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"),
    "bad chunk": hangs(head() + b"zz\r\n"),
    "chunk size without end": hangs(head() + b"f" * 40 + b"\r\n"),
    "negative chunk": hangs(head() + b"-5\r\nhello"),
    "other protocol": sends(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    "unknown packing": _packed(b"br", lambda: b"\x0b\x02\x80hello\x03"),
    "not packed": _packed(b"gzip", lambda: b"{}"),
    "nothing but block headers": floods(
        head(more=b"Content-Encoding: gzip\r\n\r\n") + _EMPTY_GZIP, _EMPTY_BLOCK
    ),
    "chunk extensions": floods(head(), chunk(b" ", b";x=" + b"x" * 8000)),
    "endless chunk extension": floods(head() + b"5;x=", b"x"),
    "endless trailers": floods(head() + b"0\r\n", b"X-A: b\r\n"),
}
"""Servers that break HTTP."""

BROKEN_OFF: Mapping[str, Behaviour] = {
    "reset at once": ResetAtOnce(),
    "reset after the request": resets(b""),
    "reset in the status": resets(b"HTTP/1.1 2"),
    "reset in the headers": resets(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "reset after the headers": resets(head()),
    "reset in the body": resets(head(more=b'Content-Length: 99\r\n\r\n{"data": [')),
    "reset in a chunk": resets(head() + b'40\r\n{"data": ['),
    "reset in the events": resets(head(EVENTS) + chunk(_EVENT)),
    "end at once": sends(b""),
    "end in the headers": sends(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "end in the body": sends(head(more=b'Content-Length: 99\r\n\r\n{"data": [')),
    "end in a chunk": sends(head() + b'40\r\n{"data": ['),
}
"""Servers that end the connection too early."""

_MANY_HEADERS = b"".join(b"X-%d: b\r\n" % n for n in range(10_000))

USELESS: Mapping[str, Behaviour] = {
    "10,000 headers": sends(head(more=_MANY_HEADERS + b"Connection: close\r\n\r\n{}")),
    "endless events": floods(head(EVENTS), chunk(_EVENT)),
    "endless comments": floods(head(EVENTS), chunk(b": wait\n\n")),
    "endless event": floods(head(EVENTS) + chunk(b"data: "), chunk(b"x" * 1000)),
    "endless line": floods(head(EVENTS), chunk(b"x" * 1000)),
    "endless body": floods(head(more=b"\r\n"), b"[" * 1000),
    "length too small": sends(head(more=b'Content-Length: 2\r\n\r\n{}{"data":[]}')),
    "length and chunks": sends(head(more=b"Content-Length: 1\r\n" + CHUNKED) + b"0\r\n\r\n"),
    "no body": sends(whole(b"")),
    "bomb": _packed(b"gzip", bomb),
    "deflated bomb": _packed(b"deflate", bomb),
    "bomb in a bomb": _packed(b"gzip, gzip", lambda: gzip.compress(bomb())),
    "packed text before a flood": floods(
        head(more=b"Content-Encoding: gzip\r\n\r\n") + gzip.compress(b"{}"), b"x"
    ),
    "redirect to itself": sends(whole(b"", 302, more=b"Location: /v1/models\r\n")),
    "redirect to a file": sends(whole(b"", 301, more=b"Location: file:///etc/passwd\r\n")),
    "redirect without end": sends(whole(b"", 307, more=b"Location: %s\r\n" % (b"/x" * 20_000))),
    "status 999": sends(whole(b"{}", 999)),
    "status 204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "brackets": sends(whole(b"[" * 60_000)),
    "brackets beyond the limit": sends(whole(b"[" * 100_000)),
    "nested objects": sends(whole(b'{"data":' * 8_000)),
    "nested list": sends(whole(b'{"data":[' + b"[" * 30_000 + b"]" * 30_000 + b"]}")),
    "nested error": sends(whole(b'{"error":' * 7_000 + b"1" + b"}" * 7_000, 500)),
    "a number with 60,000 digits": sends(whole(b'{"data":[%s]}' % (b"9" * 60_000))),
    "UTF-16": sends(whole('{"data":[]}'.encode("utf-16"))),
    "half a surrogate in an error": sends(
        whole(b'{"error":{"message":"\\ud800 \\udfff\\ud83d","code":"\\udc00"}}', 400)
    ),
    "an error of another type": sends(whole(b'{"error":[{"message":{"a":[1]}}],"detail":7}', 400)),
    "a retry after ages": sends(
        whole(b'{"error":{"message":"x"}}', 429, more=b"Retry-After: %s\r\n" % (b"9" * 5000))
    ),
    "a negative retry": sends(whole(b"{}", 429, more=b"Retry-After: -1e999\r\n")),
    "random bytes": lambda to: to.send(whole(os.urandom(30_000))),
}
"""Servers that answer in HTTP, but without usable content."""


def rows(**fields: object) -> bytes:
    """Return an answer for any request: a list of models and deployments, and a reply to a turn."""
    row = {
        "id": "gpt",
        "model": "gpt-4o",
        "model_name": "gpt",
        "status": "succeeded",
        "litellm_params": {"model": "azure/d0", "api_base": fields.get("text")},
        "deprecation": {"inference": fields.get("number", 0)},
    }
    number, text = fields.get("number", 1), fields.get("text", "pong")
    reply = {"index": 0, "message": {"content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": number, "completion_tokens": number}
    answer = {
        "data": [row, {**row, "id": "d0"}, {**row, "id": "gpt-4o"}, {**row, "id": text}],
        "choices": [reply],
        "usage": usage,
    }
    return json.dumps({**answer, **fields.get("more", {})}).encode()  # type: ignore[dict-item]


ODD_VALUES: Mapping[str, Behaviour] = {
    "a large number": sends(whole(rows(number=10**20))),
    "a number with 4,300 digits": sends(whole(rows(number=int("9" * 4300)))),
    "a negative number": sends(whole(rows(number=-(10**18)))),
    "infinity": sends(whole(rows(number=float("inf")))),
    "not a number": sends(whole(rows(number=float("nan")))),
    "a number as text": sends(whole(rows(number="7"))),
    "half a surrogate": sends(whole(rows(text="\ud800"))),
    "control characters": sends(whole(rows(text="\x00\x1b[2J\x07\x9b31m\u202e"))),
    "a long name": sends(whole(rows(text="n" * 10_000))),
    "no text": sends(whole(rows(text=None))),
    "a list for a text": sends(whole(rows(text=[{"a": [1]}]))),
    "not packed, and says so": _packed(b"identity", rows),
    "the same key twice": sends(whole(rows()[:-1] + b',"data":[],"data":7,"choices":"x"}')),
    "an object for a list": sends(whole(rows(more={"data": {"a": 1}, "choices": {"a": 1}}))),
    "null in lists": sends(whole(rows(more={"data": [None, 1, "x", []], "choices": [None, 7]}))),
    "rows without names": sends(whole(rows(more={"data": [{}, {"id": None}, {"id": 7}]}))),
    "events of other types": sends(
        whole(b'data: 7\n\ndata: [1]\n\ndata: {"choices":[{"delta":7}],"error":0}\n\n', kind=EVENTS)
    ),
    "endless names": floods(head(more=b'\r\n{"data":['), b'{"id":"%s"},' % (b"n" * 10_000)),
    "100,000 events": sends(whole(b"data:\n" * 100_000, kind=EVENTS)),
}
"""Servers that answer with JSON whose values have an unexpected type or size."""
