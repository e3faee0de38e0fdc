"""The purpose of a variable by its name: an address of the chain, or a key for it.

A config can come from a pull request, and its author may choose any variable of this machine. Only
a variable that such configs use for an address may become part of a URL or a host name, and only a
variable that they use for a key may be sent as a key.
"""

from __future__ import annotations

from clawdoctor.redaction.secret_name import name_words, names_secret

_CHAIN = ("azure", "openai", "aoai", "litellm", "openclaw", "clawdbot")
_GATEWAYS = ("gateway", "proxy", "llm")
_ADDRESS = frozenset(
    {"base", "url", "uri", "host", "hostname", "endpoint", "resource", "domain", "port"}
    | {"deployment", "model", "engine", "version"}
)
_NAMED = frozenset({"resource", "deployment", "model"})
"""The words that can precede `name`: AZURE_RESOURCE_NAME."""
PLACES = frozenset(
    {"east", "west", "north", "south", "central", "us", "eu", "uk", "europe", "eastus", "westus"}
    | {"sweden", "france", "germany", "japan", "canada", "australia", "asia", "eus", "wus", "swc"}
    | {"weu", "neu", "primary", "secondary", "fallback", "backup", "prod", "dev", "test", "staging"}
)
"""The words that can follow the word for the address: AZURE_API_BASE_EAST_US_2."""
OTHER_USES = frozenset(
    {"aws", "amazon", "github", "gh", "gitlab", "npm", "pypi", "docker", "ssh", "gpg", "slack"}
    | {"database", "db", "postgres", "mysql", "mongo", "redis", "sql", "cosmos", "storage", "sas"}
    | {"webhook", "stripe", "smtp", "vault", "devops", "private", "signing", "encryption", "deploy"}
    | {"salt", "password", "passwd", "credentials", "pat"}
)
"""Words in variables of other services, or for encryption and signing."""


def names_address(name: str) -> bool:
    """Return whether configs use a variable for a host, endpoint or deployment of the chain."""
    words = name_words(name)
    while words and (words[-1].isdigit() or words[-1] in PLACES):
        words.pop()
    last = words.pop() if words else ""
    if last == "name" and words and words[-1] in _NAMED:
        last = words.pop()
    if last not in _ADDRESS or not OTHER_USES.isdisjoint(words):
        return False
    return _has(words, _CHAIN) and not names_secret(name) and not names_secret("_".join(words))


def names_key(name: str) -> bool:
    """Return whether configs use a variable for a key of the proxy or of Azure."""
    words = name_words(name)
    if not OTHER_USES.isdisjoint(words) or {"client", "secret"} <= {*words}:
        return False
    return any(word.endswith(("key", "keys")) for word in words) or _has(words, _CHAIN + _GATEWAYS)


def _has(words: list[str], parts: tuple[str, ...]) -> bool:
    return any(part in word for word in words for part in parts)
