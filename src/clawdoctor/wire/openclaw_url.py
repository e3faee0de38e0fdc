"""The URL of OpenClaw's requests, by version.

Measured on OpenClaw 2026.3.13, 2026.5.12, 2026.7.1 and 2026.9.6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from urllib.parse import parse_qsl, urlsplit

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Environment
from clawdoctor.deferred import dataclass
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_model import AZURE_RESPONSES, CHAT, ResolvedModel
from clawdoctor.wire.request import Source

API_VERSION_VARIABLE = "AZURE_OPENAI_API_VERSION"
DEPLOYMENTS_VARIABLE = "AZURE_OPENAI_DEPLOYMENT_NAME_MAP"

_MOVED_AT = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_SPEAKS_OPENAI = (".services.ai.azure.com", ".api.cognitive.microsoft.com")
_DATED = "2024-12-01-preview"


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL, and where they come from."""

    origin: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()


def path_of(api: str) -> str:
    """Return the path that OpenClaw adds to a base URL."""
    return "/responses" if api.endswith("-responses") else "/chat/completions"


def address(base: str, path: str, *, moves_query: bool) -> Address:
    """Return the URL of a path under a base URL.

    `moves_query` means that the query string of the base URL stays a query string. Otherwise
    OpenClaw appends the path to the whole string, and the path becomes part of the last parameter.
    """
    head, hash_, fragment = base.rstrip("/").partition("#")
    text = head if moves_query or hash_ else f"{head}{path}"
    parts = urlsplit(text)
    query = parse_qsl(parts.query, keep_blank_values=not moves_query)
    found = parts.path.rstrip("/") if moves_query else parts.path or "/"
    found = f"{found}{path}" if moves_query and not fragment else found
    found = quoted_blanks(re.sub("/{2,}", "/", found))
    return Address(f"{parts.scheme}://{parts.netloc}", found, dict(query))


def quoted_blanks(path: str) -> str:
    """Return a path with the spaces that older versions keep at the end of a base URL."""
    return path.replace(" ", "%20")


def turn_address(
    model: ResolvedModel, headers: Mapping[str, Secret], environment: Environment
) -> Address:
    """Return the URL of a turn. `headers` are those that the user configures."""
    moves = model.api == CHAT and model.effect("azure-api-version") == "moved"
    found = address(model.base, path_of(model.api), moves_query=moves)
    if model.api == AZURE_RESPONSES and not speaks_openai(model):
        version, source = _native_version(model, environment)
        return replace(found, query={**found.query, "api-version": version}, sources=(source,))
    named = moved_header(model, headers)
    if named is None:
        return found
    value = headers[named].reveal().strip()
    if not value or "api-version" in found.query:
        return found
    return replace(found, query={**found.query, "api-version": value})


def moved_header(model: ResolvedModel, headers: Mapping[str, Secret]) -> str | None:
    """Return the header that OpenClaw moves to the query string, or None."""
    moves = model.api == CHAT and model.effect("azure-api-version") == "moved"
    if not moves or not takes_api_version(host_of(model.base)):
        return None
    return next((name for name in headers if is_api_version_header(name)), None)


def speaks_openai(model: ResolvedModel) -> bool:
    """Whether OpenClaw treats Foundry like OpenAI, although the api is Azure's own."""
    parts = urlsplit(model.base)
    return (
        model.effect("foundry-responses") == "openai"
        and (parts.hostname or "").endswith(_SPEAKS_OPENAI)
        and parts.path.rstrip("/").endswith("/openai/v1")
    )


def deployment_name(model: ResolvedModel, environment: Environment) -> str:
    """Return the model name in a request. A variable can change it for Azure's own api."""
    wanted = model.route.model_id
    variable = environment.openclaw.get(DEPLOYMENTS_VARIABLE)
    if model.api != AZURE_RESPONSES or variable is None:
        return wanted
    entries = (entry.partition("=") for entry in variable.value.reveal().split(","))
    named = {name.strip(): value.strip() for name, _, value in entries if value.strip()}
    folded = {name.casefold(): value for name, value in named.items()}
    return named.get(wanted) or folded.get(wanted.casefold()) or wanted


def takes_api_version(host: str | None) -> bool:
    """Whether OpenClaw moves an `api-version` header to the query string for this host."""
    return (host or "").endswith(_MOVED_AT)


def is_api_version_header(name: str) -> bool:
    """Whether a header is the one that OpenClaw moves."""
    return name.casefold() == "api-version"


def _native_version(model: ResolvedModel, environment: Environment) -> tuple[str, Source]:
    variable = environment.openclaw.get(API_VERSION_VARIABLE)
    if variable is not None and (value := variable.value.stripped()):
        return value.reveal(), Source("api-version", variable.place, variable)
    effect = model.effect("azure-responses-version")
    default = _DATED if effect == "dated" else effect
    return default, Source("api-version", says=f"{default} is the default of OpenClaw")
