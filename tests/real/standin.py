"""A small Azure OpenAI that shares nothing with clawdoctor's simulator.

What it refuses with are the literal bodies in azure_refusals.json, quoted from real resources.
What it does to the wire is what servers, gateways and their middlemen are known to do.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

REFUSALS: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("azure_refusals.json").read_text("utf-8")
)
LISTING = ("2022-12-01", "2023-03-15-preview")
VERSIONS = (
    "2023-05-15",
    "2024-02-01",
    "2024-06-01",
    "2024-10-21",
    "2024-12-01-preview",
    "2025-02-01-preview",
    "2025-03-01-preview",
    "2025-04-01-preview",
)
RESPONSES_SINCE = "2025-03-01"
CATALOGUE = ("gpt-4o-mini", "gpt-5.2", "gpt-5.2-codex", "gpt-5.6-sol", "o3-mini", "gpt-4.1")
"""What every resource lists as models, deployed or not."""
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that came in. Names of headers are as they were sent."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value, whatever the case of its name."""
        return next((v for k, v in self.headers.items() if k.lower() == name), None)

    @property
    def json(self) -> Any:
        """The body's value; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it goes out. `framing` is how its end is known, `then` what follows it.

    Without any parts, what follows comes in place of the answer.
    """

    status: int
    parts: tuple[bytes, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    framing: Literal["length", "chunked", "close"] = "length"
    then: Literal["", "hang", "reset", "cut"] = ""
    http: str = "HTTP/1.1"


Manner = Callable[[Heard, str], Said]
"""What a deployment does with a turn: the request, and `chat` or `responses`."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its key, its deployments with the model in each, and who gets in.

    `access` is the refusal that all get; `anyhow` an answer to every request.
    """

    key: str = field(repr=False)
    deployments: Mapping[str, tuple[str, Manner]] = field(default_factory=dict)
    listed: bool = True
    versions: tuple[str, ...] = VERSIONS
    access: str | None = None
    anyhow: Said | None = None


def refused(name: str, *changes: tuple[str, str], **headers: str) -> Said:
    """One of the quoted refusals, with parts of its text replaced."""
    row = REFUSALS[name]
    text = json.dumps(row["body"], separators=(",", ":"))
    for old, new in changes:
        assert old in text, f"{name} does not say {old}"
        text = text.replace(old, new)
    named = {"Content-Type": "application/json", **row["headers"]}
    named |= {key.replace("_", "-"): value for key, value in headers.items()}
    return Said(row["status"], (text.encode(),), named)


def always(said: Said) -> Manner:
    """A deployment that says the same to everyone."""
    return lambda heard, api: said  # noqa: ARG005


def answers(heard: Heard, api: str) -> Said:
    """The plain answer: `pong`, streamed where a stream is asked for."""
    return spoken(heard, api, "pong")


def spoken(heard: Heard, api: str, text: str, finish: str = "stop") -> Said:
    """An answer in the shape that real resources give it, filter results and all."""
    body = heard.json or {}
    if api == "responses":
        return _responses(body, text)
    if body.get("stream") is not True:
        return _json(_whole(text, finish))
    usage = (body.get("stream_options") or {}).get("include_usage") is True
    return stream(chat_events(text, finish, usage=usage))


def chat_events(text: str, finish: str, *, usage: bool) -> list[Any]:
    """The chunks of a chat, the first of which has no choice at all, as Azure's has not."""
    filtered: list[Any] = [{"prompt_index": 0, "content_filter_results": {}}]
    first = {**_chunk([]), "id": "", "model": "", "created": 0, "prompt_filter_results": filtered}
    role = {"role": "assistant", "content": "", "refusal": None}
    events: list[Any] = [first, _chunk([_choice(role)])]
    events += [_chunk([_choice({"content": letter})]) for letter in text]
    events.append(_chunk([_choice({}, finish)]))
    if usage:
        counted = {"prompt_tokens": 57, "completion_tokens": 4, "total_tokens": 61}
        events.append({**_chunk([]), "usage": counted})
    return events


def delta_events(delta: Mapping[str, Any], finish: str) -> list[Any]:
    """The chunks of a chat that says no text."""
    said: list[tuple[Mapping[str, Any], str | None]] = [
        ({"role": "assistant"}, None),
        (delta, None),
        ({}, finish),
    ]
    return [_chunk([_choice(*one)]) for one in said]


def _chunk(choices: list[Any]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-CDoctor01",
        "object": "chat.completion.chunk",
        "created": 1795391503,
        "model": "gpt-4o-mini-2024-07-18",
        "system_fingerprint": "fp_efad92c60b",
        "choices": choices,
    }


def _choice(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "index": 0,
        "delta": delta,
        "finish_reason": finish,
        "logprobs": None,
        "content_filter_results": {},
    }


def _whole(text: str, finish: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    return {
        **_chunk([{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]),
        "object": "chat.completion",
        "usage": {"prompt_tokens": 57, "completion_tokens": 4, "total_tokens": 61},
    }


def stream(events: Iterable[Any], *, end: str = "\n", done: bool = True, gap: str = "") -> Said:
    """Server-sent events. `end` ends a line, `gap` is said between two events."""
    lines = [f"data: {json.dumps(event)}{end}{end}{gap}".encode() for event in events]
    if done:
        lines.append(f"data: [DONE]{end}{end}".encode())
    kind = {"Content-Type": "text/event-stream; charset=utf-8"}
    return Said(200, tuple(lines), kind, framing="chunked")


def _responses(body: Mapping[str, Any], text: str) -> Said:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant"}
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1795391503,
        "status": "completed",
        "model": body.get("model"),
        "output": [{**item, "content": content}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 57,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 4,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 61,
        },
    }
    if body.get("stream") is not True:
        return _json(response)
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    empty = {"type": "output_text", "text": "", "annotations": []}
    rows: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**item, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **where, "part": empty},
        *({"type": "response.output_text.delta", **where, "delta": one} for one in text),
        {"type": "response.output_text.done", **where, "text": text},
        {"type": "response.content_part.done", **where, "part": content[0]},
        {
            "type": "response.output_item.done",
            "output_index": 0,
            "item": {**item, "content": content},
        },
        {"type": "response.completed", "response": response},
    ]
    lines = [
        f"event: {row['type']}\ndata: {json.dumps({**row, 'sequence_number': at})}\n\n".encode()
        for at, row in enumerate(rows)
    ]
    kind = {"Content-Type": "text/event-stream; charset=utf-8"}
    return Said(200, tuple(lines), kind, framing="chunked")


def _json(value: object) -> Said:
    return Said(200, (json.dumps(value).encode(),), {"Content-Type": "application/json"})


def in_small_pieces(said: Said) -> Said:
    """The same bytes, cut where no event ends."""
    body = b"".join(said.parts)
    return replace(said, parts=tuple(body[at : at + 7] for at in range(0, len(body), 7)))


def packed(said: Said) -> Said:
    """The same in gzip, which nobody asked for."""
    parts = (gzip.compress(b"".join(said.parts)),)
    return replace(said, parts=parts, headers={**said.headers, "Content-Encoding": "gzip"})


def as_old_http(said: Said) -> Said:
    """The same as an HTTP/1.0 server says it: the end of the connection is that of the body."""
    return replace(said, framing="close", http="HTTP/1.0")


def shouted(said: Said) -> Said:
    """The same with the names of its headers in capitals."""
    return replace(said, headers={name.upper(): value for name, value in said.headers.items()})


@contextmanager
def serving(resource: Resource) -> Iterator[tuple[str, list[Heard]]]:
    """A resource on a free port of 127.0.0.1: its address, and what it was asked."""
    server = _Server(resource)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.heard
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, resource: Resource) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.resource = resource
        self.heard: list[Heard] = []
        self.stopping = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news."""


class _Connection(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        heard = Heard(
            self.command,
            parts.path,
            parse_qs(parts.query),
            dict(self.headers.items()),
            self.rfile.read(length),
        )
        self.server.heard.append(heard)
        self._say(_answer(self.server.resource, heard))

    do_POST = do_GET  # noqa: N815

    def _say(self, said: Said) -> None:
        if said.then and not said.parts:
            self._end(said.then)
            return
        body = b"".join(said.parts)
        lines = [f"{said.http} {said.status} {'OK' if said.status < 300 else 'Refused'}"]
        lines += [f"{name}: {value}" for name, value in said.headers.items()]
        if said.framing == "length":
            lines.append(f"content-length: {len(body)}")
        elif said.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        for part in said.parts:
            framed = b"%x\r\n%s\r\n" % (len(part), part) if said.framing == "chunked" else part
            self.wfile.write(framed)
            self.wfile.flush()
        if said.framing == "chunked" and not said.then:
            self.wfile.write(b"0\r\n\r\n")
        if said.then or said.framing == "close":
            self._end(said.then)

    def _end(self, how: str) -> None:
        self.close_connection = True
        if how == "hang":
            self.server.stopping.wait()
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with suppress(OSError):
                self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the tests look at what was heard."""


def _answer(resource: Resource, heard: Heard) -> Said:
    if resource.anyhow is not None:
        return resource.anyhow
    if resource.access is not None:
        return refused(resource.access)
    v1 = heard.path.startswith("/openai/v1/")
    bearer = heard.header("authorization")
    key = heard.header("api-key")
    if key is None and bearer is not None and not v1:
        return refused("401_unauthorized_token")
    if (key or (bearer or "").removeprefix("Bearer ")) != resource.key:
        return refused("401_invalid_key")
    version = heard.query.get("api-version", [""])[0]
    return (_v1 if v1 else _classic)(resource, heard, version)


def _v1(resource: Resource, heard: Heard, version: str) -> Said:
    if version not in ("", "v1", "preview", "latest"):
        return refused("400_api_version_not_supported")
    match (heard.method, heard.path.removeprefix("/openai/v1/")):
        case ("GET", "models"):
            return _models()
        case ("POST", "responses"):
            return _turn(resource, heard, "responses", None)
        case ("POST", "chat/completions"):
            return _turn(resource, heard, "chat", None)
    return refused("404_resource_not_found")


def _classic(resource: Resource, heard: Heard, version: str) -> Said:
    match (heard.method, heard.path.removeprefix("/openai/").split("/")):
        case ("GET", ["models"]) if version in resource.versions:
            return _models()
        case ("GET", ["deployments"]) if resource.listed and version in LISTING:
            return _listed(resource)
        case ("POST", ["responses"]) if version:
            if version not in resource.versions:
                return refused("400_api_version_not_supported")
            if version < RESPONSES_SINCE:
                return refused("400_responses_requires_newer_api_version")
            return _turn(resource, heard, "responses", None)
        case ("POST", ["deployments", name, "chat", "completions"]):
            if version in resource.versions:
                return _turn(resource, heard, "chat", name)
    return refused("404_resource_not_found")


def _turn(resource: Resource, heard: Heard, api: str, name: str | None) -> Said:
    body = heard.json
    wanted = name if name is not None else str((body or {}).get("model"))
    found = resource.deployments.get(wanted)
    if found is None:
        return refused(f"404_deployment_not_found{'' if name else '_v1'}")
    return found[1](heard, api)


def _models() -> Said:
    rows = [
        {
            "id": name,
            "object": "model",
            "status": "succeeded",
            "lifecycle_status": "generally-available",
            "capabilities": {"inference": True, "chat_completion": True},
            "deprecation": {"fine_tune": 1924992000, "inference": 1924992000},
        }
        for name in CATALOGUE
    ]
    return _json({"data": rows, "object": "list"})


def _listed(resource: Resource) -> Said:
    rows = [
        {"id": name, "model": model, "status": "succeeded", "object": "deployment"}
        for name, (model, _) in resource.deployments.items()
    ]
    return _json({"data": rows, "object": "list"})
