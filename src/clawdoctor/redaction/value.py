"""Decide which parts of a value a report may show: those that its setting's shape allows."""

from __future__ import annotations

import re

from clawdoctor.chain.azure_host import is_loopback
from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.deferred import regex
from clawdoctor.knowledge.azure import model_named
from clawdoctor.redaction.command import hidden_in_command
from clawdoctor.redaction.randomness import Range, random_ranges
from clawdoctor.redaction.settings import Shape, is_known_word
from clawdoctor.redaction.url import API_VERSION, MASK, SCHEME, hidden_in_url
from clawdoctor.redaction.variable import (
    DEFAULT,
    is_literal,
    is_whole_reference,
    without_references,
)

_PATTERNS: dict[Shape, re.Pattern[str]] = {
    "name": regex(r"(?!.*://)[\w*][\w.:/@*\-]{0,159}"),
    "text": regex(r"(?!.*://)[\w(][\w .:/(),\-]{0,159}"),
    # A user's Python module and a name in it: custom_callbacks.handler.
    "callback": regex(r"[a-z_]{2,40}(?:\.[a-z_]{2,40}){0,3}\.[A-Za-z_]{2,60}"),
    "path": regex(
        r"(?=.*/|\.{1,2}$|\.env$|[\w.\-]*\.(?:ya?ml|json5?|pem|crt|env|txt)(?::|$))"
        r"[\w./~:@ \-]{1,400}"
    ),
    "image": regex(r"[\w.\-/:]{1,200}(?:@sha256:[0-9a-f]{64})?"),
    "ports": regex(r"(?!.*\d{6})(?:\[[0-9a-fA-F:]{2,40}\]:)?[\d.:\-]{1,40}(?:/(?:tcp|udp))?"),
    "duration": regex(r"\d{1,7}(?:\.\d{1,4})?\s?[a-z]{0,10}|\d{4}-\d\d-\d\d[\dT:.Z+\- ]{0,20}"),
}
_HOST = regex(r"(?:https?[:;]?/{1,3})?[A-Za-z0-9][\w.\-]*(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL)
_BROKEN_SCHEME = regex(r"https?[:;]?/{1,3}", re.IGNORECASE)
_KEY_SHAPES: tuple[Shape, ...] = ("name", "text")
_WORD = regex(r"[^\s,|]+")
_LONG_NUMBER = regex(r"\d{8,}")
_SAFE_NUMBER = regex(r"[\d.,_+\-eE]{1,7}")
_AROUND = " \t\r\n\"'“”„‘’‚«»"
"""Blanks and quotes around a value, which do not change its meaning."""


def hidden_in_value(shape: Shape | None, text: str) -> tuple[Range, ...]:
    """Return the ranges of a setting's value that a report must hide.

    Without a shape, that is everything but a reference, a placeholder and a word such as `true`.
    Blanks around the value and quotes in it are shown: checks report them.
    """
    start = len(text) - len(text.lstrip(_AROUND))
    end = len(text.rstrip(_AROUND))
    if end <= start:
        return ()
    inner = _hidden(shape, text[start:end])
    return tuple((start + left, start + right) for left, right in inner)


def hidden_in_key(text: str) -> tuple[Range, ...]:
    """Return the ranges of a mapping's key that a report must hide."""
    bare = text.strip()
    fits = any(_PATTERNS[shape].fullmatch(bare) for shape in _KEY_SHAPES)
    is_name = fits and not _LONG_NUMBER.fullmatch(bare)
    if is_whole_reference(text) or is_name:
        return tuple(random_ranges(text))
    return ((0, len(text)),) if text.strip() not in ("", "<<", "$include") else ()


def _hidden(shape: Shape | None, text: str) -> tuple[Range, ...]:
    everything = ((0, len(text)),)
    if is_reference(text):
        default = DEFAULT.fullmatch(text)
        return (default.span("default"),) if default and default["default"].strip() else ()
    has_scheme = SCHEME.match(text) is not None
    masked = without_references(text)
    if not has_scheme and is_placeholder(text):
        return ()
    match shape:
        case None:
            return () if is_literal(text) else everything
        case "command":
            return tuple(hidden_in_command(text))
        case _ if has_scheme or (shape == "url" and (_host(masked) or masked[0] != text[0])):
            return tuple(hidden_in_url(masked, strict=True))
        case "url":
            return everything
        case "api-version":
            bare = masked.removeprefix("?").removeprefix("api-version=")
            fits = masked == MASK * len(masked) or API_VERSION.fullmatch(bare) is not None
            fits = fits or model_named(bare) is not None
        case "callback" if _PATTERNS["callback"].fullmatch(masked):
            fits = True
        case "word" | "callback":
            fits = all(is_known_word(word) for word in _WORD.findall(masked))
        case _:
            fits = _PATTERNS[shape].fullmatch(masked) is not None
            fits = fits or (shape == "path" and is_known_word(masked))  # `source: env`
    return tuple(random_ranges(masked)) if fits else everything


def _host(text: str) -> bool:
    """Return whether a URL without a scheme starts with a host: `x.openai.azure.com/openai`."""
    if not _HOST.fullmatch(text):
        return False
    text = _BROKEN_SCHEME.sub("", text)
    host = re.split(r"[/?#:]", text, maxsplit=1)[0]
    return host == host.lower() and (
        "." in host or is_loopback(host) or ":" in text.partition("/")[0]
    )


def is_short_number(text: str) -> bool:
    """Return True for a number of at most seven characters, which is not a key."""
    return _SAFE_NUMBER.fullmatch(text) is not None
