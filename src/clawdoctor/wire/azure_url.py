"""The URL of LiteLLM's request to Azure, from `api_base` and `api_version`.

Measured on the requests of LiteLLM 1.106.2, 1.108.7, 1.109.1 and 1.110.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, quote, urldefrag, urlsplit

from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import brings_openai_3
from clawdoctor.wire.served import Origin, Picked, Sources, parameters, settings, variables

BASE_VARIABLES = ("AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT")
"""The variables with the URL for deployments that have none."""
FOUNDRY_BASE = "AZURE_AI_API_BASE"
"""The variable with the URL for deployments of `azure_ai` that have none."""

_DEFAULT = "default-api-version"
_DATE = regex(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNDER_DEPLOYMENT = "/openai/deployments"
_SEGMENT = "!$&'()*+,;=:@"
"""The characters of a deployment name that the client of newer versions does not encode."""
_ENCODED = " <>^"
"""The characters of a host that LiteLLM's clients encode. They send other characters unchanged."""
_PORTS = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in parts. `v1` means Azure's v1 API, undated and with the key as a Bearer token."""

    origin: str
    path: str
    query: Mapping[str, str]
    v1: bool = False


def base_of(sources: Sources) -> Picked | None:
    """Return the base URL of the resource that a deployment of the provider `azure` uses."""
    foundry = variables(FOUNDRY_BASE) if sources.deployment.path[0] == "azure_ai" else ()
    return sources.first_of(
        *parameters("api_base", "base_url"),
        *foundry,
        *settings("api_base"),
        *variables("AZURE_API_BASE"),
    )


def version_of(sources: Sources) -> Picked:
    """Return the api-version of a chat or embeddings request to Azure."""
    found = sources.first_of(
        *parameters("api_version"), *settings("api_version"), *variables("AZURE_API_VERSION")
    )
    if found is not None:
        return found
    row = behaviour("litellm", _DEFAULT, sources.proxy.version)
    assert row is not None
    return Picked(row.effect, Origin("default", _DEFAULT))


def responses_version_of(sources: Sources, base: str) -> Picked:
    """Return the api-version of a Responses request to Azure."""
    written = sources.parameter("api_version")
    if _effect(sources, "responses-api-version") == "configured" or _queried(base):
        return written or _responses_default(sources)
    own = sources.parameter("responses_api_version")
    if own is not None:
        return own
    if written is not None and not _DATE.fullmatch(written.value):
        return written
    return _responses_default(sources)


def chat_address(base: str, version: str, name: str, path: str, litellm: str) -> Address:
    """Return the URL of a chat or embeddings request. `path` is the last part of the URL."""
    if version in table("azure")["undated"]:
        row = behaviour("litellm", "v1-base", litellm)
        doubled = row is not None and row.effect == "doubled"
        root = base if doubled else _with_route(base, "openai/v1", litellm)
        return _appended(f"{root}/openai/v1/" if doubled else f"{root}/", path, litellm)
    own = base if _UNDER_DEPLOYMENT in base else f"{base.rstrip('/')}/openai"
    parts = urlsplit(own)
    newer = brings_openai_3(litellm)
    inside = "/deployments" in parts.path
    middle = "" if inside else f"deployments/{quote(name, safe=_SEGMENT) if newer else name}/"
    rest, _, _ = f"{middle}{path}".partition("#")
    if parts.query:  # the client appends its path to the whole string
        start = parts.query if newer or parts.query.endswith("/") else f"{parts.query}/"
        end = "/" if newer and not parts.path.endswith("/") else ""
        query = {**_query(f"{start}{rest}", blank=newer), "api-version": version}
        return Address(_origin(parts), _encoded(f"{parts.path}{end}" or "/"), query)
    whole, _, _ = f"{parts.path.rstrip('/')}/{rest}".partition("?")
    return Address(_origin(parts), _encoded(whole), {"api-version": version})


def responses_address(base: str, version: str, litellm: str) -> Address:
    """Return the URL of a Responses request to Azure."""
    parts = urlsplit(base)
    route = "openai/responses"
    path = parts.path.rstrip("/")
    if path.endswith(("/openai/v1", "/openai/v1/responses")) and _takes_v1_base(litellm):
        route = "openai/v1/responses"
        path = f"{path}/responses" if path.endswith("/openai/v1") else path
    query = _query(parts.query)
    query.setdefault("api-version", version)
    if f"/{route}" not in base:
        path = _joined(path, route)
    if version in table("azure")["undated"] and "/openai/v1" not in path:
        path = _in_v1(path, litellm)
    return Address(_origin(parts), _encoded(path or "/"), query)


def gateway_address(base: str, version: str, name: str) -> Address:
    """Return the URL of a chat through Cloudflare's gateway, whose base ends in a resource."""
    root = base if base.endswith("/") else f"{base}/"
    parts = urlsplit(f"{root}{name}/chat/completions")
    return Address(_origin(parts), _encoded(parts.path), {"api-version": version})


def openai_address(base: str, path: str, litellm: str, *, sdk: bool = True) -> Address:
    """Return the URL of a request through the provider `openai`.

    `sdk` is False for a request that LiteLLM sends without OpenAI's client.
    """
    if not sdk:
        parts = urlsplit(f"{base.rstrip('/')}/{path}")
        path = _encoded(parts.path or "/")
        return Address(_origin(parts), path, _query(parts.query), v1=True)
    return _appended(base, path, litellm)


def foundry_address(base: str, version: str | None, path: str) -> Address:
    """Return the URL of a chat through the provider `azure_ai`."""
    parts = urlsplit(base)
    route = f"models/{path}" if "services.ai.azure.com" in base else path
    query = _query(parts.query)
    if version:
        query.setdefault("api-version", version)
    return Address(_origin(parts), _encoded(_joined(parts.path, route)), query)


def foundry_responses_address(base: str) -> Address:
    """Return the URL of a Responses request to Foundry."""
    parts = urlsplit(base)
    segments = [part for part in parts.path.split("/") if part]
    project = segments[:3] if segments[:2] == ["api", "projects"] else []
    path = "/".join(["", *project, "openai", "v1", "responses"])
    return Address(_origin(parts), _encoded(path), {})


def _queried(base: str) -> bool:
    return "api-version" in _query(urlsplit(base).query)


def _query(text: str, *, blank: bool = True) -> dict[str, str]:
    """Return a query string as a mapping, with or without its blank values."""
    return dict(parse_qsl(text, keep_blank_values=blank))


def _effect(sources: Sources, topic: str) -> str:
    row = behaviour("litellm", topic, sources.proxy.version)
    return row.effect if row is not None else ""


def _takes_v1_base(litellm: str) -> bool:
    row = behaviour("litellm", "responses-v1-base", litellm)
    return row is None or row.effect != "doubled"


def _responses_default(sources: Sources) -> Picked:
    name = "AZURE_DEFAULT_RESPONSES_API_VERSION"
    default = Picked("preview", Origin("default", "responses-default-api-version"))
    return sources.variable(name) or default


def _in_v1(path: str, litellm: str) -> str:
    if _takes_v1_base(litellm):
        return re.sub(r"\A(.*/openai)(?=/|\Z)", r"\1/v1", path, count=1)
    return path.replace("/openai", "/openai/v1")


def _with_route(base: str, route: str, litellm: str) -> str:
    """Return a base that ends in a route. Newer versions append it even to a query string."""
    row = behaviour("litellm", "v1-base-query", litellm)
    plain = base.rstrip("/")
    if row is None or row.effect == "dropped":
        parts = urlsplit(plain)
        plain = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return plain if urlsplit(plain).path.rstrip("/").endswith(f"/{route}") else f"{plain}/{route}"


def _joined(path: str, ending: str) -> str:
    """Return a path with an ending, without repeating the segments that both share."""
    base, end = [[part for part in text.split("/") if part] for text in (path, ending)]
    for start in range(len(base)):
        if base[start:] == end[: len(base) - start]:
            return "/" + "/".join(base[:start] + end)
    return "/" + "/".join(base + end)


def _appended(base: str, path: str, litellm: str) -> Address:
    """Return the URL of a path under a base. If the base has a query string, it takes the path."""
    base, _ = urldefrag(base)
    below = bool(urlsplit(base).query) and brings_openai_3(litellm)
    parts = urlsplit(base + path if below else f"{base.rstrip('/')}/{path}")
    own = f"{parts.path.rstrip('/')}/" if below else parts.path
    return Address(_origin(parts), _encoded(own or "/"), _query(parts.query), v1=True)


def _origin(parts: SplitResult) -> str:
    """Return the scheme, host and port as LiteLLM's client sends them."""
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, "")).removesuffix(":")
    if not host.isascii():
        host = host.encode("idna").decode()
    for char in _ENCODED:
        host = host.replace(char, f"%{ord(char):02x}")
    return f"{parts.scheme}://{host}"


def _encoded(path: str) -> str:
    return quote(path, safe="/:@!$&'()*+,;=~%-._")
