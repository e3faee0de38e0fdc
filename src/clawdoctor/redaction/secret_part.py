"""Find the ranges of a string that may be secret, as offsets.

The ranges are candidates: a reference or a placeholder among them may be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.redaction.secret_name import names_secret

_USERINFO = re.compile(
    r"://(?P<user>[^\s/?#:@\[\"<>]{0,128})"
    # A password may contain an unescaped @ or /. A port and a path are not a password.
    r"(?::(?!\d{1,5}(?:[/?#]|$))(?P<password>[^\s\"<>]{1,1024}))?@"
)
_ASSIGNMENT = re.compile(
    r"(?:(?<=[?&;,\s\"'(])|^)-{0,2}(?P<name>[A-Za-z][\w.\-]{0,63})="
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^&;,\s\"')]+)"
)
_OPTION = re.compile(r"(?:(?<=\s)|^)--?(?P<name>[A-Za-z][\w\-]{0,63})\s+(?P<value>[^\s\-]\S*)")
_SIGNATURES = frozenset({"sig", "signature"})
_SHAPE = re.compile(
    r"\bsk-(?=[A-Za-z_\-]{0,99}\d)[A-Za-z0-9_\-]{16,}|\beyJ[\w\-]{8,}\.[\w\-]+(?:\.[\w\-]+)*"
    r"|(?i:\b(?:bearer|basic)\s+)(?P<value>(?!os\.environ/)(?=[^\s\d]{0,99}\d)[^\s\"',;]{8,})"
)
_BEFORE = re.compile(
    r"\s*(?:(?:bearer|basic|token|api-?key)\s+(?=\S))?(?P<environ>os\.environ/)?", re.IGNORECASE
)
_ENVIRON = "os.environ/"  # before ${NAME}: wrong, but not secret
_BRACED = re.compile(
    r"\$\{(?P<name>[A-Za-z_]\w*)(?::?[-+](?P<default>(?:[^{}$]|\$(?:\{[^{}]*\})?)*)|[^{}]*)\}"
)


def may_show(text: str) -> bool:
    """True if a candidate is not secret: empty, a reference, a variable's name or a placeholder."""
    return not text.strip() or is_reference(text) or is_variable_name(text) or is_placeholder(text)


def parts_of_any(text: str) -> Iterator[tuple[int, int]]:
    """The candidates in a string whose name does not suggest a secret.

    These are URL userinfo, `name=value` (query parameters, connection strings, command lines),
    references to a secret and their defaults, and keys and credentials of a well-known shape.
    """
    for match in _USERINFO.finditer(text) if "@" in text else ():
        yield match.span("password" if match["password"] else "user")
    for match in _ASSIGNMENT.finditer(text):
        if names_secret(match["name"]) or match["name"].lower() in _SIGNATURES:
            yield _unquoted(text, *match.span("value"))
    for match in _OPTION.finditer(text):
        if names_secret(match["name"]):
            yield _unquoted(text, *match.span("value"))
    for match in _BRACED.finditer(text):
        if names_secret(match["name"]):
            yield from _braced(match)
    for match in _SHAPE.finditer(text):
        yield match.span("value" if match["value"] else 0)


def parts_of_secret(text: str) -> Iterator[tuple[int, int]]:
    """The candidates in the value of a secret's name: usually the whole value.

    The scheme of a credential (`Bearer`) is not part of a candidate. A reference is a candidate of
    its own. `os.environ/` before an impossible name is not part of a candidate either: otherwise
    every `os.environ/` in a report would be hidden.
    """
    before = _BEFORE.match(text)
    start = before.end() if before and before[0].strip() else 0
    if before and before["environ"] and is_reference(text[before.start("environ") :]):
        start = before.start("environ")
    for match in _BRACED.finditer(text, start):
        yield from _literal(text, start, match.start())
        yield from _braced(match)
        start = match.end()
    yield from _literal(text, start, len(text))


def _braced(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    yield match.span()
    if match["default"]:
        after = match.start("default")
        for start, end in parts_of_secret(match["default"]):
            yield after + start, after + end


def _literal(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    whole = (start, end) == (0, len(text))
    if text[start:end].strip() == _ENVIRON:
        return
    if whole or any(char.isalnum() for char in text[start:end]):
        yield start, end


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start > 1 and text[start] in "\"'" and text[start] == text[end - 1]:
        return start + 1, end - 1
    return start, end
