"""Read a log line that is a JSON object: its message and its time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.deferred import dataclass

_STAMPS = ("time", "timestamp", "date", "@timestamp", "ts")
_AROUND = frozenset(
    {*_STAMPS, "_meta", "hostname", "level", "logger", "loggerName", "pid", "runId", "sessionId"}
    | {"stream", "traceId", "spanId", "rawErrorHash", "sessionKey", "name", "path"}
)
"""Fields that say where and when. They are not part of the message."""

_FIRST = ("rawErrorPreview", "rawError", "detail", "causeCode", "error", "message", "0", "1", "2")
"""The most informative fields, in order. OpenClaw's own text often hides the provider's error."""

_DEEPEST = 6
_MOST = 32 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A message and its time. `raw` says that the text is a line of another program."""

    text: str
    stamp: str = ""
    raw: bool = False


def record_of(line: str) -> Record | None:
    """Return the record of a line, or None if the line is not a JSON object.

    There are three formats: OpenClaw's log, with an argument under each number and `_meta` beside
    them; LiteLLM's `json_logs`; and Docker's json-file, with a line of the program in each record.
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
    text = " ".join(dict.fromkeys(_texts_in(value, 0)))
    return Record(text[:_MOST], stamp)


def _texts_in(value: object, depth: int) -> Iterator[str]:
    """Yield the texts in a value. A text under a name becomes `name=text`."""
    if isinstance(value, str):
        yield from _unpacked_text(value, depth)
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _texts_in(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        for name in sorted(value, key=_order):
            if name not in _AROUND:
                bare = name == "message" or name.isdigit()
                named = not bare and isinstance(value[name], str | int)
                for text in _texts_in(value[name], depth + 1):
                    yield f"{name}={text}" if named else text
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _order(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _unpacked_text(text: str, depth: int) -> Iterator[str]:
    """Yield a text, or the texts in it if it is JSON: OpenClaw writes its subsystem as JSON."""
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
            yield from _texts_in(inner, depth + 1)
            return
    yield text
