"""A request and its answer, as the simulated programs see them, without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal[None, "reset", "hang", "truncate"]
"""How an answer goes wrong on the wire: cut by a reset, never sent, or ended too early."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. `path` is decoded and has no query; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What comes back: one `body`, or `chunks` for a streamed answer.

    `delay` is in seconds, before the first byte.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()
    delay: float = 0
    fault: Fault = None

    @property
    def content(self) -> bytes:
        """All bytes of the answer, streamed or not."""
        return b"".join(self.chunks) or self.body


def json_request(
    method: str,
    path: str,
    content: object = None,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """A request with a JSON body, or with none."""
    body = b"" if content is None else json.dumps(content).encode()
    kind = {"content-type": "application/json"} if body else {}
    return Request(method, path, query or {}, {**kind, **(headers or {})}, body)


def json_response(
    status: int, content: object, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with a JSON body."""
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def text_response(
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    *,
    kind: str = "text/plain; charset=utf-8",
) -> Response:
    """An answer in plain text, or in HTML where `kind` says so."""
    return Response(status, {"content-type": kind, **(headers or {})}, text.encode())


def sse(
    events: Iterable[object], headers: Mapping[str, str] | None = None, *, named: bool = False
) -> Response:
    """A streamed answer, one chunk an event.

    Chat completions end with `[DONE]`. The Responses API names each event after its `type` and
    does not: that is what `named` stands for.
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
    """The JSON of every event of a streamed answer, the end mark left out."""
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
    """The JSON value of a body, or None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def network(
    servers: Mapping[str, Callable[[Request], Response]],
) -> Callable[[str, Request], Response]:
    """Servers by origin (`https://host:port`). Any other origin raises OSError: nobody is there."""

    def ask(origin: str, request: Request) -> Response:
        if origin not in servers:
            raise ConnectionRefusedError(origin)
        return servers[origin](request)

    return ask
