"""Requests and responses of the simulated programs, without sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, Literal

from clawdoctor.deferred import dataclass

Fault = Literal[None, "reset", "hang", "truncate"]
"""The failure of a response on the wire: reset, never sent, or ended too early."""


@dataclass(frozen=True, slots=True)
class Request:
    """A client's request. `path` is decoded and has no query; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """A response with a `body`, or with `chunks` if it is streamed.

    `delay` is the time before the first byte, in seconds.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()
    delay: float = 0
    fault: Fault = None

    @property
    def content(self) -> bytes:
        """All bytes of the response, streamed or not."""
        return b"".join(self.chunks) or self.body


def json_request(
    method: str,
    path: str,
    content: object = None,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return a request with a JSON body, or without a body."""
    body = b"" if content is None else json.dumps(content).encode()
    kind = {"content-type": "application/json"} if body else {}
    return Request(method, path, query or {}, {**kind, **(headers or {})}, body)


def json_response(
    status: int, content: object, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response with a JSON body."""
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def text_response(
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    *,
    kind: str = "text/plain; charset=utf-8",
) -> Response:
    """Return a response in plain text, or of the content type `kind`."""
    return Response(status, {"content-type": kind, **(headers or {})}, text.encode())


def sse(
    events: Iterable[object], headers: Mapping[str, str] | None = None, *, named: bool = False
) -> Response:
    """Return a streamed response with one chunk per event.

    With `named`, each event has the name of its `type`, as in the Responses API. Otherwise the
    stream ends with `[DONE]`, as in chat completions.
    """
    chunks: list[bytes] = []
    for event in events:
        data = f"data: {json.dumps(event, separators=(',', ':'))}\n\n"
        name = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
        chunks.append((name + data).encode())
    if not named:
        chunks.append(b"data: [DONE]\n\n")
    kind = {"content-type": "text/event-stream; charset=utf-8"}
    return Response(200, {**kind, **(headers or {})}, chunks=tuple(chunks))


def events_of(response: Response) -> list[Any]:
    """Return the JSON of every event of a streamed response, without `[DONE]`."""
    lines = response.content.decode(errors="replace").splitlines()
    found: list[Any] = []
    for line in lines:
        if line.startswith("data: ") and line != "data: [DONE]":
            try:
                found.append(json.loads(line[6:]))
            except ValueError:  # the last event of a truncated stream
                continue
    return found


def json_of(body: bytes) -> Any:
    """Return the JSON value of a body, or None if it is not JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def network(
    servers: Mapping[str, Callable[[Request], Response]],
) -> Callable[[str, Request], Response]:
    """Return a client for servers by origin (`https://host:port`). Others raise OSError."""

    def ask(origin: str, request: Request) -> Response:
        if origin not in servers:
            raise ConnectionRefusedError(origin)
        return servers[origin](request)

    return ask
