"""Define control and invisible characters, and remove or replace them.

Text from a file, a log or a server is untrusted. A control character can steer a terminal, and an
invisible one can hide a part of a secret or of a known error text.
"""

from __future__ import annotations

from clawdoctor.deferred import regex

_INVISIBLE = (
    "\xad\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # soft hyphen, zero width, BOM
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, overrides and isolates of bidi
    "\u2028\u2029"  # line and paragraph separator
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # signs before numbers
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # layout of rare scripts
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and tags
)
_SURROGATE = "\ud800-\udfff"
# Tab and line feed are text to most callers, so the definition does not include them.
_CONTROL = regex(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_INVISIBLE}{_SURROGATE}]")
_CONTROL_OR_SPACE = regex(f"[\t\n]|{_CONTROL.pattern}")
_SURROGATES = regex(f"[{_SURROGATE}]")
_ESCAPES = regex(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}+[ -/]{0,8}+[@-~]"  # CSI: colours, cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,4096}+(?:\x07|\x1b\\|\x9c)"  # OSC and its like: titles, links
    r"|\x1b[ -/]{0,4}+[0-~]"  # character sets and the rest
)
_WRITTEN_ESCAPES = regex(rf"{_ESCAPES.pattern}|\^\[\[[0-9;]{{0,32}}+m")
"""Escape sequences, and colours as a pager shows them, in printable characters."""
_BARE_RETURN = regex(r"\r(?!\n)")
_LINE_END = regex("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def without_controls(text: str, *, keep_crlf: bool = False) -> str:
    """Remove escape sequences and control and invisible characters, except LF and tab.

    A surrogate becomes U+FFFD. `keep_crlf` also keeps a CR before an LF.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATES.sub(_REPLACEMENT, _ESCAPES.sub("", text))
    if keep_crlf:
        lines = _BARE_RETURN.sub("", text).split("\r\n")
        return "\r\n".join(_CONTROL.sub("", line) for line in lines)
    return _CONTROL.sub("", text)


def replace_controls(line: str) -> str:
    """Replace each control or invisible character except tab with U+FFFD. Columns stay the same."""
    return _CONTROL.sub(_REPLACEMENT, line.replace("\n", "\x00"))


def visible_controls(text: str, *, multiline: bool = False) -> str:
    """Replace each control or invisible character with a visible one. Columns stay the same.

    Other white space becomes a space; `multiline` keeps LF.
    """
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL_OR_SPACE.sub(
        lambda match: "\n" if multiline and match[0] == "\n" else _symbol(match[0]), text
    )


def _symbol(char: str) -> str:
    if char in "\t\n\r":
        return " "
    if char < " ":
        return chr(0x2400 + ord(char))
    return "\N{SYMBOL FOR DELETE}" if char == "\x7f" else _REPLACEMENT


def printable(text: str) -> str:
    """Remove escape sequences and control and invisible characters; each line end becomes LF.

    This also removes colours that a pager has written as text. Tab stays. A surrogate pair becomes
    its character, and other surrogates U+FFFD.
    """
    if _SURROGATES.search(text):  # a pair from two escapes, or bytes that are not text
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", _LINE_END.sub("\n", _WRITTEN_ESCAPES.sub("", text)))
