"""A string that no output may show.

A string becomes a `Secret` when a file or the environment is read. Formatting gives `<hidden>`, so
a message that quotes it by mistake reveals nothing. The code can still compare and test it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

HIDDEN: Final = "<hidden>"
"""The text in a report in place of a secret."""


class Secret:
    """A string that formatting, `str()` and `repr()` never show. Equal strings make equal secrets.

    Only the code that sends the string, or removes it from a report, calls `reveal()`. A check uses
    `test()`.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the string itself."""
        return self._text

    def test(self, predicate: Callable[[str], object]) -> bool:
        """Return whether the predicate accepts the string, which it must not keep."""
        return bool(predicate(self._text))

    def stripped(self) -> Secret:
        """Return the secret without leading and trailing white space."""
        return Secret(self._text.strip())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Secret does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        # The default would call __setattr__ to restore the attribute.
        return Secret, (self._text,)
