"""Remember the lines of a log: most lines differ from an earlier one in digits, times and ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from clawdoctor.errors.matching import Hit, Index, mask_digits

Key = TypeVar("Key")

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
VARIES = re.compile(
    r"\d(?:\d:\d\d:\d\d[.,\d]*|\d{3}-\d\d-\d\d"  # times and dates
    r"|\d{0,2}\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5}(?= - \")"  # who called, in an access log
    r"|(?<=[\s(=#/\"'-]\d)(?<!port.\d)(?<!port..\d)(?<!port...\d)\d{3,})"  # sizes, durations
    r"|[0-9a-f](?<![0-9a-f]{2})[0-9a-f]{7,}(?:-[0-9a-f]{4,})*"  # ids
)
"""The parts of a message that vary between its lines and say nothing of its meaning.

An address and a port are none: those of a database must not stand for those of the proxy. Each
branch starts with a character, which is several times as fast as with a look back.
"""

_ESCAPES = ("\\", "&#")
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a line was found to be: the width of its program's name, and the hits of its text."""

    width: int
    hits: tuple[Hit, ...]


class LineMemory:
    """The lines that were read, up to their digits, or up to times and ids.

    A line whose text no rule can match, whatever its digits, is quiet: the next such line needs no
    reading. Of the others, a line has the hits of an earlier one that differs only in `VARIES`.
    """

    def __init__(self, known: Index) -> None:
        self._masked = known.masked()
        self._quiet: dict[bytes, Remembered] = {}
        self._loud: dict[str, Remembered] = {}

    def find(self, line: str) -> Remembered | None:
        """Return what a line was found to be, or None for a new one."""
        found = self._quiet.get(_skeleton(line))
        if found is None and self._loud:
            found = self._loud.get(VARIES.sub("#", line))
        return found

    def keep(self, line: str, program: str, forms: tuple[str, ...], hits: tuple[Hit, ...]) -> None:
        """Remember a line that is an entry of its own, `forms` its readings."""
        remembered = Remembered(len(program), hits)
        if not hits and not any(escape in line for escape in _ESCAPES):
            masked = mask_digits("\n".join(forms).casefold())
            if not self._masked.candidates(masked):
                _store(self._quiet, _skeleton(line), remembered)
                return
        _store(self._loud, VARIES.sub("#", line), remembered)


def _store(memory: dict[Key, Remembered], key: Key, value: Remembered) -> None:
    if len(memory) >= _MOST:
        memory.clear()
    memory[key] = value


def _skeleton(line: str) -> bytes:
    return line.encode("utf-8", "surrogatepass").translate(_DIGITS)
