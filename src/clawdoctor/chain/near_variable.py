"""Variables that a user probably meant: set, with a name similar to the unset one.

The name of a variable says what it holds: the service (AZURE), the purpose (KEY, BASE) and the
place or the number (EASTUS, 2). Two names are near if they share the service and the purpose and do
not name different places.
"""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.chain.variable_name import OTHER_USES, PLACES
from clawdoctor.knowledge.did_you_mean import typing_errors
from clawdoctor.redaction.secret_name import name_words

_PURPOSES = {
    "base": "address",
    "url": "address",
    "uri": "address",
    "endpoint": "address",
    "host": "address",
    "key": "key",
    "keys": "key",
    "apikey": "key",
    "token": "token",
    "version": "version",
    "secret": "secret",
    "id": "id",
    "name": "name",
}
_SERVICES = frozenset(
    {"azure", "aoai", "openai", "litellm", "openclaw", "clawdbot", "anthropic", "gemini", "google"}
    | {"mistral", "cohere", "groq", "deepseek", "openrouter", "ollama", "bedrock", "vertex", "xai"}
    | {"huggingface", "hf", "langfuse", "telegram", "discord", "brave", "elevenlabs", "perplexity"}
)
_AZURE = frozenset({"azure", "openai", "aoai"})
"""Words that people combine freely for Azure OpenAI, if AZURE is one of them."""
_FILLERS = frozenset({"api", "the", "my", "llm", "ai", "service", "default", "primary", "main"})
"""Words that say nothing about what a variable holds."""
_PROXY_KEY = frozenset({"master", "proxy", "gateway", "virtual", "auth"})
_NO: frozenset[str] = frozenset()
_MOST_ERRORS = 2
_SHORT = 12
_MOST_EXTRA = 2


def near_variables(name: str, options: Iterable[str], limit: int = 2) -> tuple[str, ...]:
    """Return up to `limit` of the `options` that the user may have meant by `name`, best first.

    The caller passes the variables that are set in the same environment, except those that its file
    refers to correctly: the user knows these.
    """
    others = (option for option in set(options) if option != name)
    distances = ((_distance(name, option), option) for option in others)
    ranked = [(distance, option) for distance, option in distances if distance is not None]
    return tuple(option for _, option in sorted(ranked)[:limit])


def _distance(name: str, option: str) -> int | None:
    """Return the distance of two names, or None if they mean different things."""
    wanted, found = name_words(name), name_words(option)
    if "".join(wanted) == "".join(found):
        return 0
    places, other_places = _places(wanted), _places(found)
    if places and other_places and places != other_places:
        return None
    different = frozenset(wanted) ^ frozenset(found)
    if not OTHER_USES.isdisjoint(different):
        return None
    purposes = {_purpose(wanted), _purpose(found)}
    services = {_services(wanted), _services(found)}
    errors = typing_errors("".join(wanted), "".join(found))
    allowed = 1 if len(name) < _SHORT else _MOST_ERRORS
    mistyped = errors is not None and errors <= allowed  # perhaps in a known word
    if errors is not None and mistyped and len(purposes - {None}) < 2 and len(services - {_NO}) < 2:
        return errors
    if len(purposes) > 1 or len(services) > 1 or purposes == {None} or services == {_NO}:
        return None
    ignored = _FILLERS | _SERVICES | _PURPOSES.keys() | {*places, *other_places}
    if "litellm" in wanted:
        ignored |= _PROXY_KEY
    others = different - ignored
    replaced = others & frozenset(wanted) and others & frozenset(found)
    return None if replaced or len(others) > _MOST_EXTRA else _MOST_ERRORS + len(different)


def _services(words: list[str]) -> frozenset[str]:
    found = _SERVICES.intersection(words)
    return frozenset({"azure"}) if "azure" in found and found <= _AZURE else found


def _purpose(words: list[str]) -> str | None:
    """Return what the value is for, according to the last word that says so."""
    return next((_PURPOSES[word] for word in reversed(words) if word in _PURPOSES), None)


def _places(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word in PLACES or word.isdigit())
