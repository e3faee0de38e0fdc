"""Untrusted text without anything that steers a terminal."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, as window titles and links
    r"|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI, as colours and cursor movements
    r"|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_BARE_RETURN = re.compile(r"\r(?!\n)")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def without_controls(text: str, *, keep_crlf: bool = False) -> str:
    """The text without escape sequences, control characters (but LF and tab) and bidi marks."""
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text)
    if keep_crlf:
        lines = _BARE_RETURN.sub("", text).split("\r\n")
        text = "\r\n".join(_CONTROLS.sub("", line) for line in lines)
    else:
        text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def one_column_controls(line: str) -> str:
    """The line with a visible character for each control character, so that columns stay."""
    line = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", line.replace("\n", "\x00"))
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", line)
