"""The embeddings request of memory search.

Read in the package of OpenClaw 2026.9.6, and measured on its requests.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.memory_search import COMPATIBLE, OPENAI, MemorySearch
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting, credential
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.source.node import join_pointer
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import BEARER, authorization, setting_source
from clawdoctor.wire.openclaw_key import as_sent, is_known_variable
from clawdoctor.wire.request import (
    Credential,
    HopRequest,
    Outcome,
    Parameters,
    Refused,
    Source,
    Unpredicted,
)

_TEXT = "ping"


def embeddings_request(
    route: Route,
    openclaw: OpenClawConfig,
    environment: Environment,
    versions: Versions,
    *,
    base: str | None,
) -> Outcome:
    """Return the embeddings request for a small text."""
    pointers = {ref.pointer for ref in route.refs}
    search = next((s for s in openclaw.memory_searches if s.pointer in pointers), None)
    if search is None:
        return Unpredicted("the settings of its memory search are not known")
    is_openai = search.provider.casefold() == OPENAI
    if not is_openai and versions.effect("openclaw", "embedding-provider") == "registered":
        return Unpredicted("the memory search providers of this version are not known")
    if not is_openai and not _is_known(search.provider, openclaw):
        return Unpredicted("openclaw.json does not define the provider of its memory search")
    remote = search.base_url.state != "missing"
    url = search.base_url if remote else route.provider.base_url
    written = (url.resolved or "").strip()
    if url.unset or "://" not in written:
        place = Source("url", openclaw.place(url.pointer))
        return Refused("openclaw", "invalid-base-url", "Invalid URL", sources=(place,))
    if host_of(written) is None:
        return Unpredicted("the host of its baseUrl is not known")
    own = not remote or _is_same(written, route.provider.base_url.resolved)
    owned = own and search.provider.casefold() == route.provider.id.casefold()
    headers, sources = _headers(search, route, openclaw, environment.openclaw, owned=owned)
    key = _key_setting(search, route, versions, owned=owned)
    if key is route.provider.api_key and _names_variable(key, versions):
        return Unpredicted("how memory search treats the bare name of a variable is not known")
    if key is not None and key.unset and _effect(versions) == "refused":
        key = None
    found = _credential(headers, key, openclaw, environment.openclaw)
    if found is None and is_openai:
        usual = f"{search.provider} embedding credentials are not configured for {written}"
        older = f'No API key found for provider "{search.provider}".'
        return Refused(
            "openclaw",
            "no-key",
            older if versions.effect("openclaw", "embedding-no-key") == "found" else usual,
            sources=(Source("credential", openclaw.place(search.pointer)),),
        )
    if found is not None and found.value is not None:
        headers.setdefault(found.header, found.value)
    if not any(name.casefold() == "user-agent" for name in headers):
        headers["user-agent"] = Secret(versions.effect("openclaw", "embedding-client"))
    parts = urlsplit(written)
    here = urlsplit(base) if base is not None else parts
    path, query = f"{here.path.rstrip('/')}/embeddings", parts.query
    if query and _appends(versions):
        path, query = here.path, f"{query.removesuffix('/')}/embeddings"
    body = _body(search, versions)
    return HopRequest(
        sender="openclaw",
        api="embeddings",
        origin=f"{here.scheme}://{here.netloc}",
        path=path,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body,
        credential=found,
        parameters=Parameters(sent=tuple(body)),
        sources=(Source("url", openclaw.place(url.pointer)), *sources),
    )


def _is_known(provider: str, openclaw: OpenClawConfig) -> bool:
    """Whether a provider is in openclaw.json, or memory search itself has it for any server."""
    return provider.casefold() == COMPATIBLE or openclaw.provider(provider) is not None


def _names_variable(key: Setting[Secret], versions: Versions) -> bool:
    """Whether a key is the bare name of a variable that OpenClaw knows."""
    text = key.written.stripped() if key.written is not None and not key.variables else None
    return text is not None and text.test(lambda name: is_known_variable(name, versions))


def _appends(versions: Versions) -> bool:
    """Whether OpenClaw appends its path to the whole baseUrl, including a query string."""
    return versions.effect("openclaw", "embedding-query") == "spoiled"


def _effect(versions: Versions) -> str:
    """Return how OpenClaw treats an unset variable in the key of memory search."""
    return versions.effect("openclaw", "embedding-key")


def _body(search: MemorySearch, versions: Versions) -> dict[str, Any]:
    model = search.model
    if search.prefixed and versions.effect("openclaw", "embedding-prefix") == "stripped":
        model = model.removeprefix(f"{OPENAI}/")
    body: dict[str, Any] = {"model": model, "input": [_TEXT]}
    if search.dimensions is not None:
        body["dimensions"] = search.dimensions
    if search.input_type:
        body["input_type"] = search.input_type
    return body


def _headers(
    search: MemorySearch,
    route: Route,
    openclaw: OpenClawConfig,
    variables: Variables,
    *,
    owned: bool,
) -> tuple[dict[str, Secret], list[Source]]:
    """Return the configured headers. OpenClaw sends the provider's only to its own base URL."""
    places = [(f"{route.provider.pointer}/headers", route.provider.node.get("headers"))]
    places = places if owned else []
    places += [(f"{at}/headers", remote.get("headers")) for at, remote in reversed(search.remotes)]
    headers: dict[str, Secret] = {}
    sources: list[Source] = []
    for pointer, node in places:
        for name, _ in node.children() if node is not None and node.kind == "mapping" else ():
            assert node is not None
            header = credential(node, join_pointer(pointer, name), variables)
            if value := (header.resolved or Secret("")).stripped():
                headers = {k: v for k, v in headers.items() if k.casefold() != name.casefold()}
                headers[name] = value
                sources.append(setting_source(f"header {name}", header, openclaw, variables))
    return headers, sources


def _key_setting(
    search: MemorySearch, route: Route, versions: Versions, *, owned: bool
) -> Setting[Secret] | None:
    key = search.api_key if search.api_key.state != "missing" else route.provider.api_key
    return as_sent(key, versions) if owned or key is search.api_key else None


def _credential(
    headers: dict[str, Secret],
    key: Setting[Secret] | None,
    openclaw: OpenClawConfig,
    variables: Variables,
) -> Credential | None:
    written = next((name for name in headers if name.casefold() == BEARER.casefold()), None)
    if written is not None:
        return Credential(written, headers[written], f"the header {written} in openclaw.json")
    if key is None:
        return None
    value = key.resolved.stripped() if key.resolved is not None else None
    sent = authorization(value)
    if not sent and key.state != "secret-ref":
        return None
    names = key.variables
    text = f"the value of {' and '.join(names)}" if names else "the apiKey of memory search"
    source = setting_source("credential", key, openclaw, variables)
    name = names[0] if len(names) == 1 else None
    return Credential(BEARER, sent.get(BEARER), text, name, source)


def _is_same(url: str, other: str | None) -> bool:
    """Whether OpenClaw treats two base URLs as the same."""

    def key(text: str) -> tuple[str, str | None, int | None, str, str]:
        parts = urlsplit(text.strip())
        return parts.scheme, parts.hostname, parts.port, parts.path.rstrip("/"), parts.query

    return other is not None and host_of(other) is not None and key(url) == key(other)
