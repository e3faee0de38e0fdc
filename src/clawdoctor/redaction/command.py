"""Find secrets in a command line: everything but options, paths, numbers and known words."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.placeholder import is_reference
from clawdoctor.deferred import regex
from clawdoctor.redaction.randomness import Range, random_ranges
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.redaction.url import SCHEME, hidden_in_url
from clawdoctor.redaction.variable import hidden_in_variable, is_literal, may_show_secret

_ARGUMENT = regex(r"\S+")
_NAME = regex(r"-{0,2}[A-Za-z_][\w\-]{0,63}")
_FILE = regex(
    r"(?:[\w.~\-]*/)*[\w.\-]+\.(?:ya?ml|json5?|env|py|m?js|sh|toml|conf|log|txt)(?::[\w./\-]+)?"
    r"|(?:\.{1,2}|~)?(?:/[a-z0-9._\-]+)+(?::[a-z0-9./\-]+)?"
    r"|[a-z0-9.\-]+(?:/[a-z0-9._\-]+)+(?::[\w.\-]+)?"  # an image
)
_FLAG = regex(r"--?[A-Za-z][\w\-]*")
_PATH = regex(r"[\w./~:@\-]{1,200}")
_WORDS = frozenset(
    {"litellm", "openclaw", "gateway", "sh", "bash", "exec", "python", "python3", "node", "npx"}
    | {"curl", "wget", "cmd", "cmd-shell", "docker", "run", "start", "serve", "compose", "up"}
    | {"bearer", "authorization:", "exit", "export", "set", "source", "cd", "echo", "health"}
    | {"&&", "||", "|"}
)
_NAME_OPTIONS = frozenset(
    {"host", "config", "port", "c", "p", "bind", "name", "network", "model", "workers"}
    | {"num_workers", "e", "env", "volume", "v", "f", "file"}
)
"""The options that take a name, a host or a number."""


def hidden_in_command(text: str) -> Iterator[Range]:
    """Yield the ranges of a command line that a report must hide."""
    option = ""
    for argument in _ARGUMENT.finditer(text):
        word = argument[0].strip("\"'()")
        start = argument.start() + argument[0].index(word)
        yield from ((start + a, start + b) for a, b in _in_argument(word, option))
        option = word.lstrip("-") if _FLAG.fullmatch(word) else ""


def _in_argument(word: str, option: str) -> Iterator[Range]:
    name, equals, value = word.partition("=")
    if not word or is_reference(word):
        return
    if names_secret(option):
        if not may_show_secret(word):
            yield 0, len(word)
    elif SCHEME.match(word):
        yield from hidden_in_url(word, strict=True)
    elif equals and _NAME.fullmatch(name):
        after = len(name) + 1
        for start, end in hidden_in_variable(name.lstrip("-"), value):
            yield after + start, after + end
    elif not _FLAG.fullmatch(word) and not _is_plain(word, option):
        yield 0, len(word)


def _is_plain(word: str, option: str) -> bool:
    if any(True for _ in random_ranges(word)):
        return False
    if word.casefold() in _WORDS or is_literal(word):
        return True
    if option in _NAME_OPTIONS:
        return _PATH.fullmatch(word) is not None
    return _FILE.fullmatch(word) is not None
