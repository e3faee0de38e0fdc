"""What a report shows of a sentence that a person wrote, such as the reason in a comment."""

from __future__ import annotations

from clawdoctor.deferred import regex
from clawdoctor.source.secret import HIDDEN

_WORD = regex(
    r"[(\"'“‘]*(?:"
    r"[^\W\d_]{1,24}(?:['’/-][^\W\d_]{1,24}){0,4}"  # words
    r"|#?\d{1,6}|v?\d{1,4}(?:[.-]\d{1,4}){1,3}"  # numbers, dates, versions
    r"|[A-Z]{2,10}-?\d{1,6}"  # codes and tickets: LL113, OPS-42
    r"|https?://[\w.-]{1,60}(?:/[\w#.-]{1,40}){0,6}/?"
    r"|[-–—/&+=]"
    r")[)\"'”’.,;:!?]*"
)


def shown_prose(text: str) -> str:
    """Return a sentence without the words that are not prose, which could be a password.

    The report is searched for credentials and random-looking text besides.
    """
    return " ".join(word if _WORD.fullmatch(word) else HIDDEN for word in text.split())
