"""Decide which names of settings, variables and parameters belong to secrets."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from clawdoctor.deferred import regex

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_STEMS = ("key", "token", "secret", "password", "authorization", "passwd", "passphrase")
_FLAT = ("apikey", "apikeys", "accesstoken", "secret", "password", "authorization")
_OTHER_WORDS = frozenset({"hotkey", "monkey"})
_LAST_WORDS = frozenset(
    {"pass", "pwd", "pat", "jwt", "salt", "auth", "cookie", "credential", "credentials", "dsn"}
)
_ABOUT = frozenset(
    {"alias", "aliases", "name", "names", "file", "files", "path", "paths", "dir", "ref", "refs"}
    | {"url", "urls", "uri", "endpoint", "source", "provider", "system", "store", "settings"}
    | {"params", "field", "fields", "type", "format", "algorithm", "mode", "strategy", "policy"}
    | {"limit", "limits", "count", "budget", "length", "size", "max", "min", "usage", "cost"}
    | {"price", "rate", "rpm", "tpm", "ttl", "expiry", "expires", "expiration", "age", "interval"}
    | {"duration", "seconds", "header", "headers", "env", "var", "variable", "generate", "update"}
    | {"required", "enabled"}
)
"""The last words of names that describe a secret: `key_alias`, `password_file`."""
_BEFORE_KEY = frozenset({"cache", "foreign", "sort", "partition"})
_BEFORE_TOKEN = frozenset({"max", "min", "per", "cost", "limit", "budget", "count"})
_BEFORE_TOKENS = _BEFORE_TOKEN | (
    {"context", "prompt", "completion", "input", "output", "reasoning", "thinking", "cached"}
    | {"reserve", "recent", "total", "threshold", "num"}
)
_WHOLE_NAMES = (
    *("apikey", "azureapikey", "openaiapikey", "masterkey", "accesskey", "secretkey", "privatekey"),
    *("saltkey", "authkey", "subscriptionkey", "accesstoken", "azureadtoken", "bearertoken"),
    *("clientsecret", "password", "passphrase", "authorization", "credential", "credentials"),
    *("token", "secret", "apitoken", "authtoken"),
)


def names_secret(name: str) -> bool:
    """Return whether the value of a setting or variable with this name counts as a secret.

    True for `*key|token|secret|password|authorization*` in camel, kebab, snake or dotted case.
    False for an amount of tokens (`max_tokens`, `cost_per_token`) and for the description of a
    secret (`key_alias`, `password_file`).
    """
    words = name_words(name)
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in _ABOUT:
        return False
    if words[-1] in _LAST_WORDS and (len(words) > 1 or words == ["pass"]):
        return True
    # In `APIKEYs` the case does not follow the words, so the case is ignored.
    return "".join(words).endswith(_FLAT) or any(
        _is_secret_word(words, index) for index in range(len(words))
    )


@lru_cache(maxsize=4096)
def resembles_secret(name: str) -> bool:
    """Return whether a name is that of a secret or a possible misspelling of it: `apikee`."""
    if names_secret(name):
        return True
    flat = "".join(name_words(name))
    return bool(get_close_matches(flat, _WHOLE_NAMES, 1, 0.8))


def names_about(name: str) -> bool:
    """Return whether a name describes a secret but does not hold it: `provider`, `path`."""
    words = name_words(name)
    return bool(words) and words[-1] in _ABOUT


def counts_tokens(name: str) -> bool:
    """Return whether a number with this name counts tokens."""
    return name.lower().endswith("tokens")


def name_words(name: str) -> list[str]:
    """Return the words of a name in lower case: `azureADToken` gives azure, ad, token."""
    return [word.lower() for word in _WORD.findall(name)]


def _is_secret_word(words: list[str], index: int) -> bool:
    word = words[index]
    stem = word.removesuffix("s")
    if not stem.endswith(_STEMS) or stem in _OTHER_WORDS:
        return False
    if stem == "token":
        return (_BEFORE_TOKEN if word == stem else _BEFORE_TOKENS).isdisjoint(words)
    return not (stem == "key" and index > 0 and words[index - 1] in _BEFORE_KEY)
