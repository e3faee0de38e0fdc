"""Decide what a report may show of a variable's value, and of a secret setting's value."""

from __future__ import annotations

import re

from clawdoctor.chain.azure_host import SUFFIXES, is_loopback
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.variable_name import names_address
from clawdoctor.deferred import regex
from clawdoctor.knowledge.azure import is_api_version, model_named
from clawdoctor.redaction.randomness import Range, looks_random
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.redaction.settings import is_switch, known_words
from clawdoctor.redaction.url import MASK, SCHEME, hidden_in_url

DEFAULT = regex(r"\$\{\w+:?[-+?](?P<default>.*)\}", re.DOTALL | re.ASCII)
"""A reference with a default, which may be secret."""
_BEFORE_CREDENTIAL = regex(
    r"\s*(?:(?:bearer|basic|token|api-?key)\s+(?=\S))?(?:os\.environ/)?", re.IGNORECASE
)
_CREDENTIAL = regex(r"(?:bearer|basic|token)\s+(?P<rest>\S.*)", re.IGNORECASE)
_LITERAL = regex(r"true|false|yes|no|on|off|null|none|~|[\d.]{1,5}", re.IGNORECASE)
_DIGITS = 4
_PUBLIC_KEYS = frozenset({"sk-1234", "sk-..."})
"""Keys that appear in every guide."""
_EMBEDDED = regex(
    r"(?a:os\.environ/(?P<environ>[A-Za-z_]\w*)"
    r"|(?:\$?\$\{|\{\{)\s*(?:env:)?(?P<braced>[A-Za-z_]\w*)\s*"
    r"(?P<default>:?[-+?](?:[^{}$]|\$(?:\{[^{}]*\})?)*)?\}?\}"
    r"|\$(?P<bare>[A-Z_][A-Z0-9_]*))"
)
"""A reference inside a longer text."""


def without_references(text: str) -> str:
    """Return the text with a letter for each character of a reference without a default."""
    if not any(char in text for char in "$/{%"):
        return text

    def masked(match: re.Match[str]) -> str:
        default = (match["default"] or "").lstrip(":-+?")
        length = len(match[0])
        if not default or is_reference(default):
            return MASK * length
        return MASK * (length - len(default) - 1) + default + MASK

    return _EMBEDDED.sub(masked, text)


def hidden_in_variable(name: str, text: str) -> tuple[Range, ...]:
    """Return the ranges of an environment variable's value that a report must hide.

    A host of Azure or of this machine in a variable for a host, an api-version, and the name of a
    known model are shown.
    """
    bare = text.strip().strip("\"'")
    if not bare or is_whole_reference(bare):
        return ()
    everything = ((0, len(text)),)
    default = DEFAULT.fullmatch(bare)
    if default is not None:
        offset = text.index(bare) + default.start("default")
        inner = hidden_in_variable(name, default["default"])
        return tuple((offset + start, offset + end) for start, end in inner)
    if bare in _PUBLIC_KEYS or (is_placeholder(bare) and not SCHEME.match(bare)):
        return ()
    if names_secret(name):
        return everything
    if is_switch(name) and (_LITERAL.fullmatch(bare) or bare.casefold() in known_words()):
        return ()
    if is_api_version(bare):
        return ()
    if model_named(bare.rpartition("/")[2]) and bare.count("/") <= 1 and len(bare) < 60:
        return ()
    offset = text.index(bare)
    scheme = SCHEME.match(bare)
    authority = re.split(r"[/?#]", bare[scheme.end() if scheme else 0 :], maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0].casefold()
    if (host.endswith(SUFFIXES) and names_address(name)) or is_loopback(host):
        return tuple(
            (offset + a, offset + b) for a, b in hidden_in_url(bare, strict=True, names=False)
        )
    return everything


def hidden_in_secret(text: str) -> tuple[Range, ...]:
    """Return the ranges of a secret setting's value that a report must hide.

    References and the scheme of a credential are shown: `Bearer ${NAME}`.
    """
    if may_show_secret(text):
        return ()
    before = _BEFORE_CREDENTIAL.match(text)
    start = before.end() if before else 0
    ranges: list[Range] = []
    for match in _EMBEDDED.finditer(text, start):
        name = match["environ"] or match["braced"] or match["bare"]
        if not is_variable_name(name):  # a password can contain `$WORD` and `{word}`
            continue
        ranges.append((start, match.start()))
        default = (match["default"] or "").lstrip(":-+?")
        if not may_show_secret(default):
            ranges.append((match.end("default") - len(default), match.end("default")))
        start = match.end()
    ranges.append((start, len(text)))
    return tuple((a, b) for a, b in ranges if any(char.isalnum() for char in text[a:b]))


def may_show_secret(text: str) -> bool:
    """Return True for a secret setting's harmless value: empty, a reference or a placeholder."""
    bare = text.strip().strip("\"'")
    credential = _CREDENTIAL.fullmatch(bare)
    bare = credential["rest"] if credential else bare
    return (
        not bare
        or bare in _PUBLIC_KEYS
        or is_whole_reference(bare)
        or (is_placeholder(bare) and "://" not in bare)
        or _is_plain_name(bare)
    )


def _is_plain_name(text: str) -> bool:
    """Return True for the bare name of a variable, without the digits and randomness of a key."""
    few = sum(char.isdigit() for char in text) <= _DIGITS
    return is_variable_name(text) and few and names_secret(text) and not looks_random(text)


def is_whole_reference(text: str) -> bool:
    """Return True for a reference without a default, which may be secret."""
    default = DEFAULT.fullmatch(text)
    return is_reference(text) and not (default and default["default"].strip())


def is_literal(text: str) -> bool:
    """Return True for a word such as `true`, and for a number of at most five characters."""
    return _LITERAL.fullmatch(text) is not None
