"""Read a pasted text: undo its wrapping to recognise a message, and show safe parts of it.

JSON encoders, log drivers, terminals and chat programs change a message before a person pastes it.
All functions here take linear time, whatever the text contains.
"""

from __future__ import annotations

import re
from itertools import pairwise

from clawdoctor.deferred import regex
from clawdoctor.redaction.controls import printable
from clawdoctor.redaction.hide import Redactor, redact_text

LIMIT = 1_000_000
"""The maximum length to read. A longer text loses its middle."""

ROUNDS = 4
"""The maximum number of unescaping rounds: JSON in JSON in a JSON log line, and one more."""

_BARE_COLOUR = regex(r"\[\d{1,3}(?:;\d{1,3}){0,4}m")

_ESCAPE = regex(
    r"""\\(?: u(?P<unit>[0-9a-fA-F]{4}) | U(?P<point>[0-9a-fA-F]{8}) | (?P<mark>["'`/\\nrt])
            | (?P<bytes>x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2}){0,63}) )
      | &(?: (?P<entity>quot|apos|amp|lt|gt|nbsp) | \#(?P<number>\d{1,7})
            | \#[xX](?P<hex>[0-9a-fA-F]{1,6}) );
    """,
    re.VERBOSE,
)
_MARKS = {"n": "\n", "r": "\n", "t": "\t"}
_ENTITIES = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">", "nbsp": " "}

_LEVEL = "(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL)"
_CLOCK = r"\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?"
_PREFIX = regex(
    rf"""^(?:[ \t]*+(?:
        [>│┃║▏▌|]                                                # a quotation or a frame
      | [\w.-]{{1,64}}+[ \t]{{0,64}}+\|(?=[ \t\n])               # docker compose
      | \[?\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?\]?[:,]?(?=[ \t])
      | \[?{_CLOCK}(?:[ ]?[AP]M)?\]?(?:[ ]-)?(?=[ \t])
      | [A-Z][a-z]{{2}}[ ]{{1,2}}\d{{1,2}}[ ]{_CLOCK}[ ][\w.-]{{1,64}}+[ ]
        [\w./@-]{{1,64}}+(?:\[\d{{1,10}}\])?:                    # syslog, journal
      | \[(?:[a-z][\w/.:-]{{0,48}}+|{_LEVEL}|-{{1,16}}|\d{{1,10}})\]
      | LiteLLM[ \w]{{0,12}}:{_LEVEL}:(?:[ ][\w./-]{{1,64}}+:\d{{1,6}}[ ]-(?=[ ]))?
      | {_LEVEL}(?::|(?=[ \t]))
    ))++""",
    re.VERBOSE | re.MULTILINE,
)
_FRAME_END = regex(r"[│┃║][ \t]*+$", re.MULTILINE)
_WRAP_WIDTH = 40
"""Terminals do not wrap at fewer columns: such line breaks come from the writer."""

_GLUED = regex(r"(?<=\w)(?=No fallback model group found|Received Model Group=)")
"""Where LiteLLM appends its own sentence to a message without a space."""

_ONE_QUOTE = str.maketrans('"`', "''")
_AT_PATH = regex(r"'path': ?'(?P<path>[^']{1,200})', ?'message': ?'")
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″«»", '"'))


def readings(text: str) -> tuple[str, ...]:
    """Return the forms of `text` to search, the cleanest first and the raw form last.

    Each is one line with single spaces, without escape sequences and control characters. In the
    first form, all quotes are ', as in the rules, and a path in JSON precedes its message. The
    forms are distinct and not empty.
    """
    plain = printable(_cut(text))
    rounds = _rounds(plain)
    forms = [_message(form) for form in reversed(rounds)]
    unwrapped = _unwrapped(plain)
    if unwrapped != plain:
        forms.append(_message(_rounds(unwrapped)[-1]))
    alike = _AT_PATH.sub(r"\g<path>: ", forms[0].translate(_ONE_QUOTE))
    forms = [alike, *forms, one_line(plain)]
    return tuple(dict.fromkeys(form for form in forms if form))


def as_written(forms: tuple[str, ...], match: re.Match[str]) -> str:
    """Return the match in one of the forms, with the quotes of the original text."""
    if match.string != forms[0] or len(forms) == 1 or len(forms[1]) != len(forms[0]):
        return match[0]
    return forms[1][match.start() : match.end()]


def one_line(text: str) -> str:
    """Return `text` on one line, without control characters and with single spaces."""
    return " ".join(printable(text).split())


def _cut(text: str) -> str:
    if len(text) <= LIMIT:
        return text
    return f"{text[: LIMIT // 2]}\n{text[-(LIMIT // 2) :]}"


def _rounds(plain: str) -> list[str]:
    """Return the text as it is, then unescaped once, twice, ..."""
    rounds = [plain]
    while len(rounds) <= ROUNDS:
        undone = _ESCAPE.sub(_character, rounds[-1])
        if undone == rounds[-1]:
            break
        rounds.append(printable(undone))
    return rounds


def _character(escape: re.Match[str]) -> str:
    kind, written = escape.lastgroup, escape[escape.lastgroup or 0]
    match kind:
        case "mark":
            return _MARKS.get(written, written)
        case "bytes":  # from a Python bytes literal
            raw = bytes.fromhex(written.replace("\\", "").replace("x", ""))
            return raw.decode("utf-8", "replace")
        case "entity":
            return _ENTITIES[written]
        case "number":
            return _code_point(int(written))
        case _:
            return _code_point(int(written, 16))


def _code_point(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _message(text: str) -> str:
    """Return the text without prefixes, frames and typographic quotes."""
    text = _BARE_COLOUR.sub("", text.translate(_QUOTES))
    if "model group" in text.casefold():
        text = _GLUED.sub(" ", text)
    return " ".join(_PREFIX.sub("", _FRAME_END.sub("", text)).split())


def _unwrapped(text: str) -> str:
    """Return the text without line breaks that a terminal inserts into words.

    Such a break follows a line that is as long as the longest. Joining too much does no harm,
    because there are other readings.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if width < _WRAP_WIDTH or len(lines) == 1:
        return text
    ends = ["" if len(line) == width and after else "\n" for line, after in pairwise(lines)]
    return "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))


def shown(text: str, limit: int) -> str:
    """Return a part of a pasted text that is safe to print: one line of `limit` without keys."""
    text = redact_text(Redactor(), one_line(text[: 8 * limit]), untrusted=True)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
