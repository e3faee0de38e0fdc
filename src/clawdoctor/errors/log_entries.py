"""Join lines into entries: one message of one program, with its traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.log_memory import LineMemory, Remembered
from clawdoctor.errors.log_records import record_of
from clawdoctor.errors.log_times import STAMP

_COMPOSE = regex(r"([A-Za-z0-9][\w.-]{0,63}+) {1,40}\| ?(?!\|)")
_BY_DOCKER = regex(r"(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}Z) ?")
"""The prefix of `docker logs --timestamps`. Every line has it, so it does not start an entry."""
_LEVEL = "(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL)"
_STARTS = regex(
    rf"(?P<stamp>{STAMP})(?=[\s:,]|$)|{_LEVEL}(?::| )|\[[a-z][\w/.:-]{{0,48}}\]"
    rf"|LiteLLM[ \w]{{0,12}}:{_LEVEL}:"
)
_CONTINUED = regex(r"\s{2,}(?:at |cause:|\[cause\]|errno:|code: '|syscall:|address:|port:|[}\])])")
"""How lines of a JavaScript error look after a log driver's stamp on each line."""
_TRACEBACK = ("Traceback (most recent call last)", "During handling of", "The above exception was")
_LONGEST = 32 * 1024
_PROGRAMS = 32


@dataclass(slots=True)  # not frozen: that would take three times as long to create
class Entry:
    """A message, its first line (from 1), and its time and program if known.

    `raw` is the line of a message that consists of a single line with its own head. If such a line
    was `remembered`, nothing else of it has been read.
    """

    text: str
    line: int
    stamp: str = ""
    program: str = ""
    raw: str = field(default="", compare=False)
    remembered: Remembered | None = None

    def whole(self) -> Entry:
        """Return the entry with its text and time."""
        if self.remembered is None:
            return self
        (found,) = entries((self.raw,))
        return replace(found, line=self.line)


@dataclass(slots=True)
class _OpenEntry:
    """An entry that may still grow. `trace` says that its last line is inside a traceback."""

    line: int
    stamp: str
    raw: str = ""
    parts: list[str] = field(default_factory=list)
    size: int = 0
    trace: bool = False
    headed: bool = False

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text) + 1
        if text.startswith(_TRACEBACK):
            self.trace = True
        elif text and not text[0].isspace():
            self.trace = False  # the line with the exception ends the traceback


def entries(lines: Iterable[str], memory: LineMemory | None = None) -> Iterator[Entry]:
    """Yield the entries of a log. Each one ends when the next entry of its program begins.

    The lines of several programs may alternate, as in `docker compose logs`. A line continues an
    entry if it is indented, if it belongs to a traceback, or if it has no head although the entries
    of the log have one. An entry has at most 32 KB. `memory` knows lines that need no reading.
    """
    opened: dict[str, _OpenEntry | Entry] = {}
    for number, whole in enumerate(lines, 1):
        known = memory.find(whole) if memory is not None else None
        if known is not None:
            program = whole[: known.width].rstrip(" ") if known.width else ""
            before = opened.get(program)
            if before.__class__ is Entry:
                yield before  # the usual case, without another generator
            else:
                yield from _make_room(opened, program)
            opened[program] = Entry("", number, "", program, whole, known)
            continue
        program, stamp, line = _split_prefix(whole)
        record = record_of(line)
        if record is not None and record.raw:
            _, inner, line = _split_prefix(record.text)
            stamp, record = record.stamp or inner, record_of(line)
        before = opened.get(program)
        if isinstance(before, Entry):
            before = opened[program] = _reopened(before)
        start = _STARTS.match(line) if record is None else None
        headed = start is not None or record is not None
        if start is not None and before is not None and _CONTINUED.match(line, start.end()):
            line, headed = line[start.end() :], False
        if before is not None and not headed and _continues(before, line):
            before.add(line)
            continue
        yield from _make_room(opened, program)
        if record is not None:
            stamp, line = stamp or record.stamp, record.text
        elif start is not None and start["stamp"]:
            stamp = start["stamp"]
        after_head = headed or (before is not None and before.headed)
        opened[program] = entry = _OpenEntry(
            number, stamp, whole if headed else "", headed=after_head
        )
        entry.add(line)
    for program, last in sorted(opened.items(), key=lambda item: item[1].line):
        yield from _closed(last, program)


def _make_room(opened: dict[str, _OpenEntry | Entry], program: str) -> Iterator[Entry]:
    """Close the entry of a program, or the oldest entry if too many programs have one."""
    before = opened.get(program)
    if before is not None:
        yield from _closed(before, program)
    elif len(opened) >= _PROGRAMS:
        oldest = next(iter(opened))
        yield from _closed(opened.pop(oldest), oldest)


def _reopened(entry: Entry) -> _OpenEntry:
    """Return a remembered entry as one that may grow."""
    whole = entry.whole()
    again = _OpenEntry(entry.line, whole.stamp, entry.raw, headed=True)
    again.add(whole.text)
    return again


def _split_prefix(line: str) -> tuple[str, str, str]:
    """Return the program and the time in Docker's prefix of a line, and the rest of the line."""
    compose = _COMPOSE.match(line)
    program, at = (compose[1], compose.end()) if compose is not None else ("", 0)
    stamped = _BY_DOCKER.match(line, at)
    if stamped is not None:
        return program, stamped["stamp"], line[stamped.end() :]
    return program, "", line[at:] if at else line


def _continues(entry: _OpenEntry, line: str) -> bool:
    if entry.size + len(line) > _LONGEST:
        return False
    if not line or line[0] in " \t})]" or line.startswith(_TRACEBACK):
        return True
    return entry.trace or entry.headed


def _closed(entry: _OpenEntry | Entry, program: str) -> Iterator[Entry]:
    if isinstance(entry, Entry):
        yield entry
        return
    text = "\n".join(entry.parts).strip()
    if text:
        raw = entry.raw if len(entry.parts) == 1 else ""
        yield Entry(text, entry.line, entry.stamp, program, raw)


def looks_like_log(text: str) -> bool:
    """Return whether a text is several log entries, not one message on several lines."""
    heads = lines = 0
    for line in text[:_LONGEST].splitlines():
        program, stamp, rest = _split_prefix(line)
        lines += bool(line.strip()) and not line[0].isspace()
        heads += bool(program or stamp or _STARTS.match(rest)) or (
            rest.startswith('{"') and '"time"' in rest
        )
    return heads >= 2 and heads * 3 >= lines
