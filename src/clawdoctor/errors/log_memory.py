"""Remember the lines of a log: most of them differ from an earlier one only in digits and ids."""

from __future__ import annotations

import re
from functools import cache
from typing import TypeVar

from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.matching import Hit, Index, mask_digits
from clawdoctor.errors.reader import statuses_of
from clawdoctor.errors.rule import compiled

Key = TypeVar("Key")
Kept = TypeVar("Kept")

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_AS_STATUSES = str.maketrans("0123456789", "4444444444")
VARIES = regex(
    r"\d(?:\d:\d\d:\d\d[.,\d]*|\d{3}-\d\d-\d\d"  # times and dates
    r"|\d{0,2}\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5}(?= - \")"  # clients in an access log
    r"|(?<=[\s(=#/\"'-]\d)(?<!port.\d)(?<!port..\d)(?<!port...\d)\d{3,})"  # sizes, durations
    r"|[0-9a-f](?<![0-9a-f]{2})[0-9a-f]{7,}(?:-[0-9a-f]{4,})*"  # ids
)
"""The parts of a message that vary between its lines without changing its meaning.

An address with a port is not included: a database must not be taken for the proxy. Each branch
starts with a character, which is several times as fast as a lookbehind.
"""

_TELLING = regex(rf"(?:{VARIES.pattern})|(?P<digits>\d+)")
_PART = regex(r"(?P<kept>\\.|\{\d*,?\d*\}|\(\?P.\w*)|\[(?:\\.|[^\]])*\]|\d")
_ESCAPES = ("\\", "&#")
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """The result for a line: the length of its program's name, and the hits of its text."""

    width: int
    hits: tuple[Hit, ...]


class LineMemory:
    """The lines that were read, with digits, or times and ids, masked.

    A line whose text no rule can match, whatever its digits, is quiet: the next such line needs no
    reading. Any other line has the hits of an earlier one that differs only in `VARIES`. The digits
    outside `VARIES` depend only on the shape of a line, and are remembered too.
    """

    def __init__(self, known: Index) -> None:
        self._masked = known.masked()
        self._quiet: dict[bytes, Remembered] = {}
        self._loud: dict[str, Remembered] = {}
        self._telling: dict[bytes, tuple[slice, ...]] = {}
        self._alike: dict[tuple[bytes, tuple[str, ...]], Remembered] = {}

    def find(self, line: str) -> Remembered | None:
        """Return the result for a line, or None for a new line."""
        shape = _skeleton(line)
        found = self._quiet.get(shape)
        if found is not None or not self._loud:
            return found
        telling = self._telling.get(shape)
        if telling is not None:
            found = self._alike.get((shape, tuple([line[part] for part in telling])))
            if found is not None:
                return found
        found = self._loud.get(VARIES.sub("#", line))
        if found is not None:
            digits = (match for match in _TELLING.finditer(line) if match["digits"])
            telling = tuple(slice(*match.span()) for match in digits)
            _store(self._telling, shape, telling)
            _store(self._alike, (shape, tuple([line[part] for part in telling])), found)
        return found

    def keep(self, line: str, program: str, hits: tuple[Hit, ...], *, quiet: bool) -> None:
        """Remember a line that is a separate entry, and whether its text is quiet."""
        remembered = Remembered(len(program), hits)
        if quiet and not any(escape in line for escape in _ESCAPES):
            _store(self._quiet, _skeleton(line), remembered)
        else:
            _store(self._loud, VARIES.sub("#", line), remembered)

    def is_quiet(self, forms: tuple[str, ...]) -> bool:
        """Return whether no rule can match a message with these readings, whatever its digits."""
        masked = tuple(map(mask_digits, forms))
        near = self._masked.candidates("\n".join(masked).casefold())
        rules = (self._masked.texts[position][1] for position in near)
        may_match = [rule for rule in rules if _may_say(rule.says, masked)]
        if not all(rule.statuses for rule in may_match):
            return False
        return not may_match or not any(statuses_of(form.translate(_AS_STATUSES)) for form in forms)


def _may_say(says: tuple[str, ...], masked: tuple[str, ...]) -> bool:
    """Return whether expressions can match a text with masked digits, whatever the digits are."""
    patterns = [compiled(_with_any_digits(expression)) for expression in says]
    return any(all(pattern.search(form) for pattern in patterns) for form in masked)


@cache
def _with_any_digits(expression: str) -> str:
    return _PART.sub(_any_digit, expression)


def _any_digit(part: re.Match[str]) -> str:
    if part["kept"]:
        return part["kept"]
    return re.sub(r"\d-\d|\d", r"\\d", part[0])


def _store(memory: dict[Key, Kept], key: Key, value: Kept) -> None:
    if len(memory) >= _MOST:
        memory.clear()
    memory[key] = value


def _skeleton(line: str) -> bytes:
    return line.encode("utf-8", "surrogatepass").translate(_DIGITS)
