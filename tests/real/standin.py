"""A small Azure OpenAI that shares no code with clawdoctor's simulator.

Its refusals are the literal bodies of azure_refusals.json, quoted from real resources. Its unusual
answers are those of known servers and gateways.
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
"""The models that every resource lists, deployed or not."""
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request. Its header names keep their case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header's value, ignoring the case of its name."""
        return next((v for k, v in self.headers.items() if k.lower() == name), None)

    @property
    def json(self) -> Any:
        """Return the value of the body, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to send. `framing` says how the client finds its end, `then` what follows it.

    If there are no parts, `then` replaces the answer.
    """

    status: int
    parts: tuple[bytes, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    framing: Literal["length", "chunked", "close"] = "length"
    then: Literal["", "hang", "reset", "cut"] = ""
    http: str = "HTTP/1.1"


Behaviour = Callable[[ReceivedRequest, str], Answer]
"""The answer of a deployment to a request to the `chat` or `responses` API."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its key, its deployments with their models, and its access.

    `access` is the refusal of every request, `fixed_answer` a different answer to every request.
    """

    key: str = field(repr=False)
    deployments: Mapping[str, tuple[str, Behaviour]] = field(default_factory=dict)
    listed: bool = True
    versions: tuple[str, ...] = VERSIONS
    access: str | None = None
    fixed_answer: Answer | None = None


def refusal_answer(name: str, *changes: tuple[str, str], **headers: str) -> Answer:
    """Return a quoted refusal, with parts of its text replaced."""
    row = REFUSALS[name]
    text = json.dumps(row["body"], separators=(",", ":"))
    for old, new in changes:
        assert old in text, f"{name} does not say {old}"
        text = text.replace(old, new)
    named = {"Content-Type": "application/json", **row["headers"]}
    named |= {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(row["status"], (text.encode(),), named)


def always_answer(answer: Answer) -> Behaviour:
    """Return a deployment that gives the same answer to every request."""
    return lambda request, api: answer  # noqa: ARG005


def plain_answer(request: ReceivedRequest, api: str) -> Answer:
    """Return the answer `pong`, streamed if the request asks for a stream."""
    return text_answer(request, api, "pong")


def text_answer(request: ReceivedRequest, api: str, text: str, finish: str = "stop") -> Answer:
    """Return an answer in the format of real resources, with filter results."""
    body = request.json or {}
    if api == "responses":
        return _responses(body, text)
    if body.get("stream") is not True:
        return _json(_whole(text, finish))
    usage = (body.get("stream_options") or {}).get("include_usage") is True
    return stream(chat_events(text, finish, usage=usage))


def chat_events(text: str, finish: str, *, usage: bool) -> list[Any]:
    """Return the chunks of a chat. As with Azure, the first chunk has no choices."""
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
    """Return the chunks of a chat without text."""
    parts: list[tuple[Mapping[str, Any], str | None]] = [
        ({"role": "assistant"}, None),
        (delta, None),
        ({}, finish),
    ]
    return [_chunk([_choice(*part)]) for part in parts]


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


def stream(events: Iterable[Any], *, end: str = "\n", done: bool = True, gap: str = "") -> Answer:
    """Return server-sent events. `end` ends a line, and `gap` is sent between two events."""
    lines = [f"data: {json.dumps(event)}{end}{end}{gap}".encode() for event in events]
    if done:
        lines.append(f"data: [DONE]{end}{end}".encode())
    kind = {"Content-Type": "text/event-stream; charset=utf-8"}
    return Answer(200, tuple(lines), kind, framing="chunked")


def _responses(body: Mapping[str, Any], text: str) -> Answer:
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
        *({"type": "response.output_text.delta", **where, "delta": letter} for letter in text),
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
    return Answer(200, tuple(lines), kind, framing="chunked")


def _json(value: object) -> Answer:
    return Answer(200, (json.dumps(value).encode(),), {"Content-Type": "application/json"})


def in_small_pieces(answer: Answer) -> Answer:
    """Return the same bytes, split in the middle of events."""
    body = b"".join(answer.parts)
    return replace(answer, parts=tuple(body[at : at + 7] for at in range(0, len(body), 7)))


def gzipped(answer: Answer) -> Answer:
    """Return the same answer in gzip, although the client did not ask for it."""
    parts = (gzip.compress(b"".join(answer.parts)),)
    return replace(answer, parts=parts, headers={**answer.headers, "Content-Encoding": "gzip"})


def as_http_1_0(answer: Answer) -> Answer:
    """Return the same answer from an HTTP/1.0 server: the connection ends with the body."""
    return replace(answer, framing="close", http="HTTP/1.0")


def with_upper_case_headers(answer: Answer) -> Answer:
    """Return the same answer with header names in upper case."""
    return replace(answer, headers={name.upper(): value for name, value in answer.headers.items()})


@contextmanager
def serving(resource: Resource) -> Iterator[tuple[str, list[ReceivedRequest]]]:
    """Yield a resource on a free port of 127.0.0.1: its address, and the requests to it."""
    server = _Server(resource)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.requests
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
        self.requests: list[ReceivedRequest] = []
        self.stopping = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection."""


class _Connection(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        request = ReceivedRequest(
            self.command,
            parts.path,
            parse_qs(parts.query),
            dict(self.headers.items()),
            self.rfile.read(length),
        )
        self.server.requests.append(request)
        self._send(_answer(self.server.resource, request))

    do_POST = do_GET  # noqa: N815

    def _send(self, answer: Answer) -> None:
        if answer.then and not answer.parts:
            self._end(answer.then)
            return
        body = b"".join(answer.parts)
        lines = [f"{answer.http} {answer.status} {'OK' if answer.status < 300 else 'Refused'}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.framing == "length":
            lines.append(f"content-length: {len(body)}")
        elif answer.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        for part in answer.parts:
            framed = b"%x\r\n%s\r\n" % (len(part), part) if answer.framing == "chunked" else part
            self.wfile.write(framed)
            self.wfile.flush()
        if answer.framing == "chunked" and not answer.then:
            self.wfile.write(b"0\r\n\r\n")
        if answer.then or answer.framing == "close":
            self._end(answer.then)

    def _end(self, how: str) -> None:
        self.close_connection = True
        if how == "hang":
            self.server.stopping.wait()
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with suppress(OSError):
                self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: the tests read the recorded requests."""


def _answer(resource: Resource, request: ReceivedRequest) -> Answer:
    if resource.fixed_answer is not None:
        return resource.fixed_answer
    if resource.access is not None:
        return refusal_answer(resource.access)
    v1 = request.path.startswith("/openai/v1/")
    bearer = request.header("authorization")
    key = request.header("api-key")
    if key is None and bearer is not None and not v1:
        return refusal_answer("401_unauthorized_token")
    if (key or (bearer or "").removeprefix("Bearer ")) != resource.key:
        return refusal_answer("401_invalid_key")
    version = request.query.get("api-version", [""])[0]
    return (_v1 if v1 else _classic)(resource, request, version)


def _v1(resource: Resource, request: ReceivedRequest, version: str) -> Answer:
    if version not in ("", "v1", "preview", "latest"):
        return refusal_answer("400_api_version_not_supported")
    match (request.method, request.path.removeprefix("/openai/v1/")):
        case ("GET", "models"):
            return _models()
        case ("POST", "responses"):
            return _turn(resource, request, "responses", None)
        case ("POST", "chat/completions"):
            return _turn(resource, request, "chat", None)
    return refusal_answer("404_resource_not_found")


def _classic(resource: Resource, request: ReceivedRequest, version: str) -> Answer:
    match (request.method, request.path.removeprefix("/openai/").split("/")):
        case ("GET", ["models"]) if version in resource.versions:
            return _models()
        case ("GET", ["deployments"]) if resource.listed and version in LISTING:
            return _listed(resource)
        case ("POST", ["responses"]) if version:
            if version not in resource.versions:
                return refusal_answer("400_api_version_not_supported")
            if version < RESPONSES_SINCE:
                return refusal_answer("400_responses_requires_newer_api_version")
            return _turn(resource, request, "responses", None)
        case ("POST", ["deployments", name, "chat", "completions"]):
            if version in resource.versions:
                return _turn(resource, request, "chat", name)
    return refusal_answer("404_resource_not_found")


def _turn(resource: Resource, request: ReceivedRequest, api: str, name: str | None) -> Answer:
    body = request.json
    wanted = name if name is not None else str((body or {}).get("model"))
    found = resource.deployments.get(wanted)
    if found is None:
        return refusal_answer(f"404_deployment_not_found{'' if name else '_v1'}")
    return found[1](request, api)


def _models() -> Answer:
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


def _listed(resource: Resource) -> Answer:
    rows = [
        {"id": name, "model": model, "status": "succeeded", "object": "deployment"}
        for name, (model, _) in resource.deployments.items()
    ]
    return _json({"data": rows, "object": "list"})
