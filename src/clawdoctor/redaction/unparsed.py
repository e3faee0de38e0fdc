"""Mark the hidden ranges in a text that does not parse, by its characters alone.

There is no structure to rely on: a quote or a colon may be missing. So each run of characters
counts separately. Names of settings, values that the harmless name before them allows, and literals
are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.deferred import regex
from clawdoctor.redaction.randomness import Range, looks_random
from clawdoctor.redaction.secret_name import counts_tokens, names_secret, resembles_secret
from clawdoctor.redaction.settings import Shape, shape_of
from clawdoctor.redaction.value import hidden_in_value, is_short_number
from clawdoctor.redaction.variable import may_show_secret

_RUN = regex(
    r"(?P<comment>#.*|//.*|/\*.*)|(?P<end>[,{}\[\]])"
    r"|(?P<run>\$\{[A-Za-z_]\w*\}|(?:[^\s\"'`“”‘’,{}\[\]:\\]|:(?=[^\s\"'`“”‘’,{}\[\]]))+)"
)
_BEFORE_NAME = regex(r"(?:^|[,{\[\-])\s*$")
_QUOTES = tuple("\"'“”")
_AFTER_NAME = regex(r"\\?[\"']?[ \t]*(?:[:=](?!//)|(?=[{\[]))")
_NAME = regex(r"[A-Za-z_$][\w.\-]{0,63}")
_SEVERAL: dict[Shape | None, int] = {"text": 8, "command": 30}
"""The number of runs that can form a value of these shapes; other values consist of one."""
_ASSIGNED = regex(
    r"(?<![\w.\-])(?P<name>[A-Za-z_][\w.\-]{0,63})\\?[\"']?[ \t]*[:=][ \t]*\\?[\"']?"
    r"(?P<value>[^\s\"',}\]]{8,4096})"
)


def hidden_in_line(content: str, first: int, last: int, line_start: int) -> Iterator[Range]:
    """Yield the hidden ranges between two offsets of one line that starts at `line_start`."""
    shape: Shape | None = None
    left = 0
    # The window can begin inside a value: the text before it decides.
    start = max(line_start, first - 200)
    unsure = start > line_start
    for match in _RUN.finditer(content, start, last):
        text = match["run"]
        if match["comment"]:
            yield max(match.start(), first), match.end()
            return
        if text is None:
            unsure = False
            continue
        if unsure:
            yield match.span()
            continue
        name, pair, value = text.partition("=")
        is_pair = bool(pair) and _NAME.fullmatch(name) is not None
        before = content[max(line_start, match.start() - 40) : match.start()]
        begins = before[-1:] in _QUOTES or _BEFORE_NAME.search(before)
        names = begins and _NAME.fullmatch(text) and _AFTER_NAME.match(content, match.end())
        if not is_pair and names:
            shape, left = shape_of(text), 0
            if shape is not None and not names_secret(text):
                left = _SEVERAL.get(shape, 1)
            if looks_random(text):
                yield match.span()
        elif is_pair:
            if value and (resembles_secret(name) or not may_show_secret(value)):
                yield match.start() + len(name) + 1, match.end()
        elif left:
            left -= 1
            yield from ((match.start() + a, match.start() + b) for a, b in _in_run(shape, text))
        elif not is_short_number(text):
            yield from ((match.start() + a, match.start() + b) for a, b in _in_run(None, text))


def _in_run(shape: Shape | None, text: str) -> tuple[Range, ...]:
    if resembles_secret(text) and shape is not None:
        return ((0, len(text)),)
    return hidden_in_value(shape, text)


def credentials_in_unparsed(content: str) -> Iterator[str]:
    """Yield the values after names of secrets, to hide them in every other string."""
    for match in _ASSIGNED.finditer(content):
        name, value = match["name"], match["value"]
        if names_secret(name) and not counts_tokens(name) and not may_show_secret(value):
            yield value
