"""A log line that is a JSON object: what in it is the message, and what stands around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

_STAMPS = ("time", "timestamp", "date", "@timestamp", "ts")
_AROUND = frozenset(
    {*_STAMPS, "_meta", "hostname", "level", "logger", "loggerName", "pid", "runId", "sessionId"}
    | {"stream", "traceId", "spanId", "rawErrorHash", "sessionKey", "name", "path"}
)
"""What says where and when, and would only lengthen the text."""

_FIRST = ("rawErrorPreview", "rawError", "detail", "causeCode", "error", "message", "0", "1", "2")
"""What says most comes first: OpenClaw's own word for an error often hides the provider's."""

_DEEPEST = 6
_MOST = 32 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A message and its time. `raw` says that it is a line of another program, not yet read."""

    text: str
    stamp: str = ""
    raw: bool = False


def record_of(line: str) -> Record | None:
    """The record that a line is; None where it is no JSON object.

    Knows OpenClaw's own log (each argument under its number, `_meta` beside them), that of
    LiteLLM's `json_logs`, and Docker's json-file, in which each line is a line of the program.
    """
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    stamp = next((s for name in _STAMPS if isinstance(s := value.get(name), str)), "")
    meta = value.get("_meta")
    if not stamp and isinstance(meta, dict):
        stamp = str(meta.get("date", ""))
    inner = value.get("log")
    if isinstance(inner, str) and "stream" in value:
        return Record(inner.rstrip("\n"), stamp, raw=True)
    text = " ".join(dict.fromkeys(_said(value, 0)))
    return Record(text[:_MOST], stamp)


def _said(value: object, depth: int) -> Iterator[str]:
    """The texts in a value, each once: `name=text` for what has a name of its own."""
    if isinstance(value, str):
        yield from _unpacked(value, depth)
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _said(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        for name in sorted(value, key=_order):
            if name not in _AROUND:
                bare = name == "message" or name.isdigit()
                named = not bare and isinstance(value[name], str | int)
                for text in _said(value[name], depth + 1):
                    yield f"{name}={text}" if named else text
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _order(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _unpacked(text: str, depth: int) -> Iterator[str]:
    """A text, or what it holds where it is JSON again: OpenClaw writes its subsystem so."""
    if text.startswith("{") and depth < _DEEPEST:
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, dict):
            subsystem = inner.get("subsystem")
            if isinstance(subsystem, str) and len(inner) == 1:
                yield f"[{subsystem}]"
                return
            yield from _said(inner, depth + 1)
            return
    yield text
