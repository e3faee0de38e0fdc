"""The credential of LiteLLM's request to Azure.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2. The routes choose differently: a chat with a dated
api-version prefers a token to a key; the v1 API and the Responses API prefer a key to a token.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import brings_openai_3
from clawdoctor.source.secret import Secret
from clawdoctor.wire.request import Unpredicted
from clawdoctor.wire.served import (
    Origin,
    Picked,
    Sources,
    parameters,
    settings,
    variables,
)

BEARER = "authorization"
API_KEY = "api-key"
KEY = "an API key"
"""The description of a credential that is a key, not a token."""

CREDENTIAL_VARIABLES = (
    "AZURE_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "AZURE_AD_TOKEN",
    "AZURE_OPENAI_AD_TOKEN",
)
"""The variables with a credential for deployments that have none."""

_OIDC = "oidc/"
_GOOGLE = "oidc/google/"
_FILE = "oidc/file/"
_FOLDERS = ["/var/run/secrets", "/run/secrets"]
"""The folders from which LiteLLM reads tokens."""
_FOLDERS_VARIABLE = "LITELLM_OIDC_ALLOWED_CREDENTIAL_DIRS"
_CLOSED = Unpredicted("LiteLLM does not read this OIDC token, because of the path of its file")
_PROVIDER = "azure_ad_token_provider"
"""A function in LiteLLM's own code. A config can set it only to a plain value such as a string."""
_SDK_KEY = variables("AZURE_OPENAI_API_KEY")
_SDK_TOKEN = variables("AZURE_OPENAI_AD_TOKEN")
_BAD_TENANT = "Invalid tenant ID provided."
_TENANT = regex(r"[A-Za-z0-9.-]+")
_CLIENT = ("tenant_id", "client_id", "client_secret")
_USER = ("azure_username", "azure_password", "client_id")
_REFRESH = "enable_azure_ad_token_refresh"


@dataclass(frozen=True, slots=True)
class Choice:
    """The credential that LiteLLM uses.

    `value` is None for a token that LiteLLM first requests from Entra ID; `origins` are then all
    settings that it uses for this request. `overrides` are the settings that it does not use.
    `beside` is a key that LiteLLM sends in its own header together with the token.
    """

    header: str
    value: Secret | None
    origins: tuple[Origin, ...]
    description: str
    overrides: tuple[Origin, ...] = ()
    beside: Secret | None = None


@dataclass(frozen=True, slots=True)
class NoCredential:
    """LiteLLM or its client finds no credential, too many, or only some parts of one.

    `text` is the text of the error, and `origins` are the credentials if there are too many.
    `status` is None for the usual 500.
    """

    text: str
    kind: str = "no-key"
    origins: tuple[Origin, ...] = ()
    status: int | None = None


_NO_KEY = (
    "Missing credentials. Please pass one of `api_key`, `azure_ad_token`,"
    " `azure_ad_token_provider`, or the `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN`"
    " environment variables."
)
_TOO_MANY = (
    "The `api_key`, `azure_ad_token` and `azure_ad_token_provider` arguments are mutually"
    " exclusive; Only one can be passed at a time"
)
NO_OPENAI_KEY = (
    "Missing credentials. Please pass an `api_key`, `workload_identity`, `admin_api_key`, or set"
    " the `OPENAI_API_KEY` or `OPENAI_ADMIN_KEY` environment variable."
)
_FROM_GOOGLE = Unpredicted("LiteLLM requests this OIDC token from Google")
_NO_OIDC_CLIENT = "AZURE_CLIENT_ID and AZURE_TENANT_ID must be set"


def chat_credential(
    sources: Sources, *, v1: bool, embeddings: bool = False
) -> Choice | NoCredential | Unpredicted:
    """Return the credential of a chat or embeddings request to Azure. `v1` is the undated API."""
    key = sources.first_of(*_keys(sources, embeddings=embeddings))
    token = sources.parameter("azure_ad_token")
    if token is None and sources.deployment.params.get("azure_ad_token") == "" and not v1:
        token = Picked("", Origin("parameter", "azure_ad_token"))  # an empty token counts here
    if token is not None and _is_googles(sources, token):
        return _FROM_GOOGLE
    minted = _minted(sources, key)
    unused = _minted(sources, None) if key is not None and minted is None else None
    lost = [unused] if unused is not None else []
    if token is not None and token.value.startswith(_OIDC):
        exchanged = _exchanged(sources, token)
        if isinstance(exchanged, NoCredential):
            return exchanged
        found = [exchanged]
    else:
        found = [_token(token)] if token is not None else []
    tokens = [*found, *([minted] if minted is not None else [])]
    if v1:
        return _v1_credential(sources, key, tokens, lost)
    keys = [_key(key, API_KEY)] if key is not None else []
    exclusive = brings_openai_3(sources.proxy.version)
    provider = _given_provider(sources)
    provided = [] if provider is None else [Origin("parameter", _PROVIDER)]
    empty = _empty(sources, "AZURE_API_KEY") if not keys else None  # it counts, too
    if exclusive and len(tokens) + len(keys) + len(provided) + (empty is not None) > 1:
        own = (origin for choice in (*tokens, *keys) for origin in choice.origins)
        origins = (*own, *([empty.origin] if empty is not None else []), *provided)
        return NoCredential(_TOO_MANY, "credentials", tuple(dict.fromkeys(origins)))
    spare = sources.first_of(*_SDK_TOKEN) or _empty(sources, "AZURE_OPENAI_AD_TOKEN")
    if provided and not found and (spare is None or exclusive):
        row = behaviour("litellm", "token-provider", sources.proxy.version)
        checked = row is not None and row.effect == "checked"
        called = f"'{type(provider).__name__}' object is not callable"
        text = "Input should be callable" if checked else called
        return NoCredential(text, "token-provider", tuple(provided))
    spare_key = sources.first_of(*_SDK_KEY)
    if spare is not None and not found and not (exclusive and (tokens or keys)):
        tokens = [_token(spare), *tokens]
    if not keys and not (exclusive and tokens):
        if _is_empty_key(sources, spare_key):
            return NoCredential(NO_OPENAI_KEY)
        keys = [_key(spare_key, API_KEY)] if spare_key is not None else []
    chosen = _first([*tokens, *keys, *lost])
    if chosen is None:
        return NoCredential(_NO_KEY)
    return chosen if found else _beside(chosen, keys)


def _empty(sources: Sources, name: str) -> Picked | None:
    return Picked("", Origin("variable", name)) if sources.is_empty(name) else None


def _is_empty_key(sources: Sources, spare: Picked | None) -> bool:
    """Whether the client gets an empty key. LiteLLM's own variable precedes the client's."""
    own = sources.is_empty("AZURE_API_KEY")
    return own or (spare is None and sources.is_empty("AZURE_OPENAI_API_KEY"))


def _v1_credential(
    sources: Sources, key: Picked | None, tokens: list[Choice], lost: list[Choice]
) -> Choice | NoCredential | Unpredicted:
    """Return the credential for the undated API, from the credentials for a dated api-version."""
    tokens = [*reversed(tokens)]  # a token provider precedes a configured token
    keys = [_key(key, BEARER)] if key is not None else []
    spare = sources.first_of(*variables("OPENAI_API_KEY"))
    given = _given_provider(sources)
    if given and not isinstance(given, str) and not keys:
        return Unpredicted("azure_ad_token_provider in the config is not a string")
    if isinstance(given, str) and given:
        tokens = [_token(Picked(given, Origin("parameter", _PROVIDER))), *tokens]
    ordered = [*keys, *tokens, *([_key(spare, BEARER)] if spare is not None else [])]
    return _first([*ordered, *lost]) or NoCredential(NO_OPENAI_KEY)


def _beside(chosen: Choice, keys: list[Choice]) -> Choice:
    """Return a token with the key that OpenAI's client adds if a function returns the token."""
    return replace(chosen, beside=keys[0].value) if keys and chosen.value is None else chosen


def token_fault(sources: Sources, *, embeddings: bool = False) -> NoCredential | None:
    """Return why Azure's library cannot get a token: a bad tenant, or a variable that is not set.

    None means that LiteLLM asks it for no token, or that it gets one.
    """
    if _given_provider(sources) is not None or sources.first_of(
        *_keys(sources, embeddings=embeddings)
    ):
        return None
    tenant, made = _part(sources, "tenant_id"), _whole(sources, _CLIENT, "CLIENT")
    if made and tenant and not _TENANT.fullmatch(tenant.value):
        return NoCredential(_BAD_TENANT, "tenant", made)
    token = sources.parameter("azure_ad_token")
    oidc = token is not None and token.value.startswith(_OIDC)
    exchanged = token is not None and oidc and isinstance(_exchanged(sources, token), Choice)
    if made or exchanged or _whole(sources, _USER, "USER") or not _refreshes(sources):
        return None
    return _lacking_variable(sources)


def _lacking_variable(sources: Sources) -> NoCredential | None:
    """Return the first variable of the credential in AZURE_CREDENTIAL that is not set."""
    chosen = sources.variable("AZURE_CREDENTIAL")
    kinds = table("azure")["credential_variables"]
    for name in kinds.get(chosen.value, ()) if chosen is not None else ():
        if sources.variable(name) is None and not sources.is_empty(name):
            return NoCredential(f"'{name}'", "no-client", (Origin("setting", _REFRESH),))
    return None


def gateway_credential(sources: Sources) -> Choice | NoCredential | Unpredicted:
    """Return the credential of a chat through Cloudflare's gateway: a key or a configured token."""
    key = sources.first_of(*_keys(sources))
    token = sources.first_of(
        *parameters("azure_ad_token"), *variables("AZURE_AD_TOKEN"), *_SDK_TOKEN
    )
    spare = sources.first_of(*_SDK_TOKEN)
    if _given_provider(sources) is not None or (key is not None and spare):
        return Unpredicted("clawdoctor supports only one credential for Cloudflare's gateway")
    if key is not None:
        lost = (token.origin,) if token is not None else ()
        return replace(_key(key, API_KEY), overrides=lost)
    if token is None:
        return NoCredential(_NO_KEY)
    if token.value.startswith(_OIDC):
        return _exchanged(sources, token)
    return _token(token)


def responses_credential(sources: Sources) -> Choice | Unpredicted | None:
    """Return the credential of a Responses request, or None if LiteLLM sends none."""
    key, tokens = sources.first_of(*_keys(sources)), _tokens(sources)
    if isinstance(tokens, Unpredicted):
        return tokens if key is None else _key(key, API_KEY)
    keys = [_key(key, API_KEY)] if key is not None else []
    return _first([*keys, *tokens])


def token_credential(sources: Sources) -> Choice | Unpredicted | None:
    """Return the token of a Responses request to Foundry that has no key."""
    tokens = _tokens(sources)
    return tokens if isinstance(tokens, Unpredicted) else _first(tokens)


def _tokens(sources: Sources) -> list[Choice] | Unpredicted:
    token = sources.first_of(*parameters("azure_ad_token"), *variables("AZURE_AD_TOKEN"))
    if token is not None and _is_googles(sources, token):
        return _FROM_GOOGLE
    minted = _minted(sources, None)
    written = [_token(token)] if token is not None else []
    if token is not None and token.value.startswith(_OIDC):
        exchanged = _exchanged(sources, token)
        if isinstance(exchanged, NoCredential) and exchanged.kind == "token-file":
            return _CLOSED
        written = [exchanged] if isinstance(exchanged, Choice) else written
    return [*([minted] if minted is not None else []), *written]


def _given_provider(sources: Sources) -> object:
    """Return the token provider in the config, or None if LiteLLM ignores it."""
    row = behaviour("litellm", "token-provider", sources.proxy.version)
    ignored = row is not None and row.effect == "ignored"
    return None if ignored else sources.deployment.params.get(_PROVIDER)


def _keys(sources: Sources, *, embeddings: bool = False) -> tuple[Origin, ...]:
    own = () if embeddings else _SDK_KEY
    foundry = variables("AZURE_AI_API_KEY") if sources.deployment.path[0] == "azure_ai" else ()
    return (
        *parameters("api_key"),
        *foundry,
        *settings("api_key", "azure_key"),
        *own,
        *variables("AZURE_API_KEY"),
    )


def _minted(sources: Sources, key: Picked | None) -> Choice | None:
    """Return the token that LiteLLM requests from Entra ID, if it is configured to."""
    if _given_provider(sources) is not None:
        return None
    if key is None and (made := _whole(sources, _CLIENT, "CLIENT")) is not None:
        return Choice(BEARER, None, made, "a token from Entra ID for a client secret")
    if (made := _whole(sources, _USER, "USER")) is not None:
        return Choice(BEARER, None, made, "a token from Entra ID for a user name and password")
    if key is None and _refreshes(sources):
        return Choice(
            BEARER, None, (Origin("setting", _REFRESH),), "a token from Azure's default credential"
        )
    return None


def _refreshes(sources: Sources) -> bool:
    """Whether LiteLLM requests a token with Azure's default credential."""
    return sources.proxy.settings.get(_REFRESH) is True


def _whole(sources: Sources, names: tuple[str, ...], kind: str) -> tuple[Origin, ...] | None:
    """Return the origins of all parts of a credential, or None if one is missing."""
    del kind
    found = [_part(sources, name) for name in names]
    complete = [picked.origin for picked in found if picked is not None]
    return tuple(complete) if len(complete) == len(names) else None


def _part(sources: Sources, name: str) -> Picked | None:
    variable = f"AZURE_{name.removeprefix('azure_').upper()}"
    return sources.first_of(*parameters(name), *variables(variable))


def _exchanged(sources: Sources, token: Picked) -> Choice | NoCredential:
    parts = [_part(sources, name) for name in ("client_id", "tenant_id")]
    found = [picked.origin for picked in parts if picked is not None]
    if len(found) < len(parts):
        return NoCredential(_NO_OIDC_CLIENT, "no-client", status=422)
    if token.value.startswith(_FILE) and (text := _closed(sources, token.value)):
        return NoCredential(text, "token-file", (token.origin,))
    return Choice(BEARER, None, (token.origin, *found), "a token from Entra ID for an OIDC token")


def _closed(sources: Sources, token: str) -> str:
    """Return LiteLLM's error about a token file outside the folders from which it reads tokens."""
    path = token.removeprefix(_FILE)
    if not path.startswith("/"):
        return "oidc/file path must be absolute."
    own = sources.variable(_FOLDERS_VARIABLE)
    folders = [name.strip() for name in own.value.split(",")] if own is not None else _FOLDERS
    whole = posixpath.normpath(path)
    if any(f"{whole}/".startswith(f"{folder.rstrip('/')}/") for folder in folders if folder):
        return ""
    return "oidc/file path is outside the allowed credential directories."


def _is_googles(sources: Sources, token: Picked) -> bool:
    """Whether LiteLLM requests a token from Google. It does so only with all Entra ID settings."""
    complete = isinstance(_exchanged(sources, token), Choice)
    return complete and token.value.startswith(_GOOGLE)


def _key(key: Picked, header: str) -> Choice:
    return Choice(header, Secret(key.value), (key.origin,), KEY)


def _token(token: Picked) -> Choice:
    return Choice(BEARER, Secret(token.value), (token.origin,), "a token for Entra ID")


def _first(choices: list[Choice]) -> Choice | None:
    """Return the first choice, with the others as its overrides."""
    if not choices:
        return None
    first, *rest = choices
    lost = dict.fromkeys(_lost(first, rest))
    return Choice(first.header, first.value, first.origins, first.description, tuple(lost))


def _lost(first: Choice, rest: list[Choice]) -> Iterator[Origin]:
    for choice in rest:
        yield from (origin for origin in choice.origins if origin not in first.origins)
