"""The files that a message names, and whether it says that a file is not YAML."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from clawdoctor.deferred import regex
from clawdoctor.errors.utterance import FileKind
from clawdoctor.knowledge import table

ENDINGS = (".yaml", ".yml", ".json", ".json5")
_NAME = regex(r"[\w./\\~@%+-]{5,300}")
_GIVEN = regex(
    r"(?:exception: config file not found: |\blitellm\b[^|;&]{0,80}? --config[= ])['\"]?"
    r"(?P<path>[\w./\\~@%+-]{5,300})"
)
"""The file that LiteLLM is started with, whatever its name."""
_OF_OPENCLAW = ("openclaw.json", "clawdbot.json", "moltbot.json")


def files(message: str) -> tuple[FileKind, ...]:
    """Return the kinds of the config files that a message names."""
    folded = message.casefold()
    given = {_plain(match["path"]) for match in _GIVEN.finditer(folded)}
    kinds = ("litellm" if path in given else _kind(path) for path in _paths(folded))
    return tuple(dict.fromkeys(kinds))


def _paths(message: str) -> Iterator[str]:
    for match in _NAME.finditer(message):
        path = _plain(match[0])
        if path.endswith(ENDINGS):
            yield path


def _plain(path: str) -> str:
    return path.rstrip(".").replace("\\", "/")


def _kind(path: str) -> FileKind:
    folder, _, name = path.rpartition("/")
    if name in _OF_OPENCLAW:
        return "openclaw"
    if name.endswith((".json", ".json5")):
        return "other"
    if "compose" in name:
        return "compose"
    if "litellm" in name or "proxy_config" in name or "proxy_server_config" in name:
        return "litellm"
    usual = folder in ("", ".", "/app") and name == "config.yaml"
    own = "litellm" in folder.rpartition("/")[2] and name in ("config.yaml", "config.yml")
    return "litellm" if usual or own else "other"


@cache
def yaml_words() -> tuple[str, ...]:
    """Return the phrases of YAML parsers that reject a text, in lower case."""
    return tuple(table("yaml_words")["words"])


def is_no_yaml(message: str) -> bool:
    """Return whether a message says that a text is not YAML."""
    folded = message.casefold()
    return any(word in folded for word in yaml_words())
