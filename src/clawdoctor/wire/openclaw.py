"""The request that OpenClaw sends for a route, or the reason why it sends none.

Measured on the requests of agents' turns in OpenClaw 2026.2.17 to 2026.9.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_body import chat_body
from clawdoctor.wire.openclaw_embeddings import embeddings_request
from clawdoctor.wire.openclaw_headers import request_headers, user_headers
from clawdoctor.wire.openclaw_model import (
    CHAT,
    ResolvedModel,
    api_of,
    base_url,
    may_be_own,
    spoken_api,
    used_base,
)
from clawdoctor.wire.openclaw_params import user_params
from clawdoctor.wire.openclaw_refusal import refusal
from clawdoctor.wire.openclaw_responses import responses_body
from clawdoctor.wire.openclaw_url import (
    deployment_name,
    moved_header,
    quoted_blanks,
    turn_address,
)
from clawdoctor.wire.request import (
    Credential,
    HopRequest,
    Outcome,
    Parameters,
    Source,
    Unpredicted,
)

_FOUNDRY = "microsoft-foundry"


def openclaw_request(
    route: Route,
    openclaw: OpenClawConfig,
    environment: Environment,
    versions: Versions,
    *,
    base: str | None = None,
) -> Outcome:
    """Return the request for a route: an agent's turn, or the embeddings of memory search.

    Its texts and its tool are small replacements for the agent's. An unknown version is treated as
    the newest known version. `base` is the base URL as this host reaches it, if that differs.
    """
    if route.purpose == "embedding":
        return embeddings_request(route, openclaw, environment, versions, base=base)
    refused = refusal(route, openclaw, environment, versions)
    if refused is not None:
        return refused
    return turn_request(route, openclaw, environment, versions, base=base)


def turn_request(
    route: Route,
    openclaw: OpenClawConfig,
    environment: Environment,
    versions: Versions,
    *,
    base: str | None = None,
) -> HopRequest | Unpredicted:
    """Return the request of a turn that OpenClaw may refuse to send."""
    spoken, url = spoken_api(route, versions) or CHAT, base_url(route, environment.openclaw)
    api = api_of(route, versions)
    if route.provider.id.casefold() == _FOUNDRY and versions.effect("openclaw", "foundry") == "own":
        return Unpredicted(f"OpenClaw's own provider {_FOUNDRY} rewrites its requests")
    if _is_completed(route, versions):
        return Unpredicted("OpenClaw's plug-in changes the settings of the provider openai")
    if may_be_own(route, versions):
        return Unpredicted("this OpenClaw was not tested with a model that only it knows")
    if api == "other":
        return Unpredicted(f"clawdoctor does not send {spoken} requests")
    written = used_base(url, versions)
    if host_of(written) is None:
        return Unpredicted("the host of its baseUrl is not known")
    model = ResolvedModel(route, openclaw, versions, written, spoken)
    user = user_headers(route, openclaw, environment.openclaw, versions)
    found = turn_address(model, user.values, environment)
    headers, credential = request_headers(model, user, environment.openclaw)
    sources = [Source("url", openclaw.place(url.pointer)), *found.sources]
    if (moved := moved_header(model, user.values)) is not None:
        del headers[moved]
        sources.append(Source("api-version", user.sources[moved].place))
    sources += [source for name, source in user.sources.items() if name in headers]
    params = user_params(model)
    body = (
        chat_body(model, params)
        if api == "chat"
        else responses_body(model, params, deployment_name(model, environment))
    )
    origin, path = found.origin, found.path
    if base is not None:
        here, there = urlsplit(base), urlsplit(written)
        rest = path.removeprefix(quoted_blanks(there.path.rstrip("/")))
        origin, path = f"{here.scheme}://{here.netloc}", f"{here.path.rstrip('/')}{rest}"
    return HopRequest(
        sender="openclaw",
        api=api,
        origin=origin,
        path=path,
        query=found.query,
        headers=headers,
        body=body,
        credential=credential,
        parameters=Parameters(sent=tuple(body)),
        sources=(*sources, *params.sources),
    )


def _is_completed(route: Route, versions: Versions) -> bool:
    """Whether a plug-in adds what openclaw.json omits from the provider openai."""
    name, written = route.provider.id, route.provider.api(route.model)[0]
    own = name.casefold() == "openai" and (written is None or name != "openai")
    return own and versions.effect("openclaw", "own-openai") == "plug-in"


def turn_headers(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> tuple[Mapping[str, Secret], Credential | None]:
    """Return the headers and the credential of a route's turn, whatever its URL and body."""
    written = used_base(base_url(route, environment.openclaw), versions)
    spoken = spoken_api(route, versions) or CHAT
    model = ResolvedModel(route, openclaw, versions, written, spoken)
    user = user_headers(route, openclaw, environment.openclaw, versions)
    return request_headers(model, user, environment.openclaw)


def turn_body(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Mapping[str, Any]:
    """Return the body of a route's turn, even if OpenClaw does not send it. Empty if unknown."""
    base, spoken = used_base(route.provider.base_url, versions), spoken_api(route, versions)
    model = ResolvedModel(route, openclaw, versions, base, spoken or CHAT)
    match api_of(route, versions):
        case "chat":
            return chat_body(model, user_params(model))
        case "responses":
            return responses_body(model, user_params(model), route.model_id)
    return {}
