"""Memory search requests embeddings from an endpoint that does not serve them.

What it means
-------------
Memory search compares texts by their embeddings. It has its own embedding model and its own
endpoint. If the request fails, memory_search answers "Memory search is unavailable due to an
embedding/provider error", or matches only exact words. The agent itself still answers.

Why it happens
--------------
Memory search is on by default. If the file does not set a provider, memory search uses OpenAI, and
OpenAI's key is missing. (If the file does not mention memory search at all, clawdoctor reports only
a note.) Or the base URL is the full path of the chat API: OpenClaw appends /embeddings to it. Or
the base URL is an Azure deployment without an api-version in its query. OpenClaw sends an
api-version from headers as an HTTP header, and Azure ignores that. Or the model is a chat model.

How to fix it
-------------
Add an embedding model to LiteLLM, and use it:

    "memory": {"search": {
      "provider": "openai",
      "model": "text-embedding-3-small",
      "remote": {"baseUrl": "http://localhost:4000/v1", "apiKey": "${LITELLM_MASTER_KEY}"}
    }}

Older versions read the same block from agents.defaults.memorySearch. Without LiteLLM, use Azure's
v1 API, which needs no api-version and accepts the key as OpenClaw sends it:

    "remote": {"baseUrl": "https://<resource>.openai.azure.com/openai/v1", "apiKey": "${AZURE_KEY}"}

In this case, the model is the deployment name. To turn memory search off, set memory.search.enabled
to false.

Versions
--------
Tested on OpenClaw 2026.3.13, 2026.3.22, 2026.9.5 and 2026.9.6. 2026.7 and older break a query in
the base URL: tested on 2026.3.13 and 2026.3.22, and read in the code of seven other versions.

References
----------
https://docs.openclaw.ai/concepts/memory
https://github.com/openclaw/openclaw/issues/111386
https://github.com/openclaw/openclaw/issues/108631
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.azure_host import is_azure, split
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.memory_search import OPENAI, MemorySearch, searches_by_default
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model, without_date
from clawdoctor.checks.openclaw.oc118_texts import ADVICE, TEXTS
from clawdoctor.checks.openclaw.provider_key import key_variable
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import is_for_chat, model_named
from clawdoctor.source.change import Put, put
from clawdoctor.wire.request import Refused
from clawdoctor.wire.requests import Requests

_KEYS = ("OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "VOYAGE_API_KEY", "MISTRAL_API_KEY")
"""The variables that memory search reads a key from if no provider is set."""
_OPERATIONS = ("/chat/completions", "/responses", "/embeddings", "/completions")
_PROXY_SEARCH = (
    'provider: "openai",\nmodel: "<embedding model of the proxy>",\nremote: { baseUrl: '
    '"http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}" },'
)
_DEPLOYMENT = regex(r"/deployments/(?P<name>[^/?]+)")
_CONSEQUENCE = "memory search cannot search by meaning"


def check(
    openclaw: OpenClawConfig,
    chain: Chain,
    environment: Environment,
    versions: Versions,
    requests: Requests,
    profiles: AuthProfiles | None,
    litellm: LiteLLMConfig | None,
) -> Iterator[Finding]:
    """Report memory searches that get no embeddings because of their URL, model or key."""
    for search in openclaw.memory_searches:
        route = _route_of(search, chain)
        url = _base_url(search, openclaw)
        fault = _address_fault(search, url, openclaw, versions)
        fault = fault or _model_fault(search, route, url, openclaw, litellm)
        if fault is None and _lacks_key(search, route, openclaw, environment, requests, profiles):
            fault = _no_key(search, openclaw, litellm)
        if fault is not None:
            embeds = route is not None and route.purpose == "embedding"
            subject = route.id if route is not None and embeds else search.pointer
            yield replace(fault, subjects=(subject,))
    if searches_by_default(openclaw.root) and _lacks_default_key(openclaw, environment, profiles):
        yield _unconfigured(openclaw)


def _route_of(search: MemorySearch, chain: Chain) -> Route | None:
    pointers = ((ref.pointer, route) for route in chain.routes for ref in route.refs)
    return next((route for pointer, route in pointers if pointer == search.pointer), None)


def _base_url(search: MemorySearch, openclaw: OpenClawConfig) -> Setting[str] | None:
    """Return the URL that memory search uses, or None for OpenAI's own URL."""
    if search.base_url.state != "missing":
        return search.base_url
    provider = openclaw.provider(search.provider)
    return provider.base_url if provider is not None else None


def _address_fault(
    search: MemorySearch,
    url: Setting[str] | None,
    openclaw: OpenClawConfig,
    versions: Versions,
) -> Finding | None:
    """Return the finding for a URL that does not serve embeddings."""
    parts = split(url.resolved or "") if url is not None else None
    if url is None or parts is None or url.unset:
        return None
    path = parts.path.rstrip("/")
    operation = next((name for name in _OPERATIONS if path.endswith(name)), None)
    straight = is_azure(parts.hostname)
    fix_v1 = _v1_fix(search, url, parts, openclaw)
    if operation is not None:
        step = f"remove {operation} from the base URL"
        short = parts._replace(path=path.removesuffix(operation)).geturl()
        fix = replace(fix_v1, title=step) if straight else _url_fix(step, url, short)
        return _at_address(
            url,
            openclaw,
            fix,
            f"memory search requests {operation}/embeddings, which does not exist",
            f"OpenClaw appends /embeddings to the base URL, and no server has "
            f"{operation}/embeddings.",
        )
    if not straight or path.endswith("/openai/v1"):
        return None
    if "/deployments/" not in path:
        return _at_address(
            url,
            openclaw,
            replace(fix_v1, title="use a base URL that ends in /openai/v1"),
            "memory search requests a path that Azure does not have",
            f"OpenClaw requests {path}/embeddings. Azure serves embeddings under /openai/v1, and "
            "under /openai/deployments/<name> with an api-version.",
        )
    spoiled = versions.effect("openclaw", "embedding-query") == "spoiled"
    if "api-version" not in parse_qs(parts.query) or spoiled:
        return _at_address(
            url,
            openclaw,
            fix_v1,
            "memory search sends no api-version to Azure",
            'Azure answers 404 "Resource not found". OpenClaw does not add an api-version to the '
            "URL, and Azure does not read an api-version header.",
        )
    if not _has_azure_header(search, openclaw):
        return _at_address(
            url,
            openclaw,
            replace(
                fix_v1,
                title=f"change baseUrl to {_v1_url(parts)}"
                if fix_v1.changes
                else "use a base URL that ends in /openai/v1, or add the header api-key",
            ),
            "memory search sends its key to Azure in the wrong header",
            "OpenClaw sends Authorization: Bearer with the key. On a deployment's path, Azure "
            "accepts only an Entra ID token in that header, and a key only in the header api-key. "
            "Under /openai/v1, Azure accepts the key in the header that OpenClaw sends.",
        )
    return None


def _url_fix(title: str, url: Setting[str], better: str) -> Fix:
    actions = (CHECK_AGAIN,)
    if url.variables or url.node is None:
        return Fix(title, actions=(Step(title[:1].upper() + title[1:]), *actions))
    snippet = f"baseUrl: {json.dumps(better)},"
    return Fix(title, "safe", snippet=snippet, actions=actions, changes=(Put(url.node, better),))


def _v1_fix(
    search: MemorySearch, url: Setting[str], parts: SplitResult, openclaw: OpenClawConfig
) -> Fix:
    """Return the fix that uses Azure's v1 API, where the model is the deployment name.

    It is unsafe if it changes the model, or the base URL of a provider that agents use as well.
    """
    title = "use a base URL that ends in /openai/v1, which needs no api-version"
    fix = _url_fix(title, url, _v1_url(parts))
    deployment = _DEPLOYMENT.search(parts.path)
    if not fix.changes or (deployment is None and search.base_url is url):
        return fix
    if deployment is None or deployment["name"] == search.model:
        return replace(fix, applicability="safe" if search.base_url is url else "unsafe")
    named = put(openclaw.root, search.pointer, deployment["name"])
    return replace(fix, applicability="unsafe", changes=(*fix.changes, *named))


def _v1_url(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/openai/v1"


def _has_azure_header(search: MemorySearch, openclaw: OpenClawConfig) -> bool:
    """Return whether the header api-key is set, or the key can be an Entra ID token."""
    provider = openclaw.provider(search.provider)
    nodes = [remote.get("headers") for _, remote in search.remotes]
    nodes += [provider.node.get("headers")] if provider is not None else []
    names = {name.casefold() for node in nodes if node is not None for name, _ in node.children()}
    key = search.api_key if search.api_key.state != "missing" else None
    if key is None and provider is not None:
        key = provider.api_key
    value = key.resolved if key is not None else None
    token = value is None or value.test(lambda text: text.startswith("eyJ"))
    return bool(names & {"api-key", "authorization"}) or token


def _model_fault(
    search: MemorySearch,
    route: Route | None,
    url: Setting[str] | None,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | None,
) -> Finding | None:
    """Return the finding for a chat model."""
    guesses = [which_model(d) for d in route.deployments] if route is not None else []
    behind = [guess.model.name for guess in guesses if guess is not None and guess.sure]
    sure = bool(behind) and len(behind) == len(guesses) and all(map(_is_chat, behind))
    if not sure and (behind or url is None or not _is_chat(search.model)):
        return None
    name = behind[0] if behind else search.model
    by_proxy = route is not None and route.target == "proxy" and litellm is not None
    served = [group for group in (litellm.groups if litellm and by_proxy else ()) if _embeds(group)]
    meant = served[0] if len(served) == 1 else None
    example = meant or table("providers")["embeddings"]["default_model"]
    setting = search.pointer[1:].replace("/", ".")
    return Finding(
        severity=Severity.WARNING,
        message=f'memory search uses "{search.model}" for embeddings, but {name} is a chat model'
        if name != search.model
        else f"memory search uses {name} for embeddings, but it is a chat model",
        detail="Azure answers 400 OperationNotSupported: the embeddings operation does not work "
        "with the specified model.",
        place=openclaw.place(search.pointer, "must be an embedding model"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                f"set {setting} to {meant or f'an embedding model, such as {example}'}",
                "unsafe" if meant else "manual",
                snippet=f"model: {json.dumps(example)},",
                actions=(CHECK_AGAIN,),
                changes=put(openclaw.root, search.pointer, meant) if meant else (),
            ),
        ),
    )


def _embeds(name: str) -> bool:
    return "embed" in name.casefold()


def _is_chat(name: str) -> bool:
    known = model_named(without_date(name.rpartition("/")[2].casefold()))
    return known is not None and is_for_chat(name)


def _lacks_key(
    search: MemorySearch,
    route: Route | None,
    openclaw: OpenClawConfig,
    environment: Environment,
    requests: Requests,
    profiles: AuthProfiles | None,
) -> bool:
    """Return whether OpenClaw has no key for the provider openai and so sends no request."""
    if search.provider.casefold() != OPENAI or profiles is None or not profiles.complete:
        return False
    if OPENAI in profiles.providers or search.api_key.state != "missing":
        return False
    if route is not None:
        sent = requests.sent.get(route.id)
        return isinstance(sent, Refused) and sent.kind == "no-key"
    provider = openclaw.provider(OPENAI)
    if provider is not None or search.base_url.state != "missing":
        return False
    names = _KEYS if search.node.get("provider") is None else _KEYS[:1]
    return not any(environment.openclaw.get(name) for name in names)


def _lacks_default_key(
    openclaw: OpenClawConfig, environment: Environment, profiles: AuthProfiles | None
) -> bool:
    """Return whether OpenClaw has no key for a memory search that the file does not mention."""
    if profiles is None or not profiles.complete or OPENAI in profiles.providers:
        return False
    known = openclaw.provider(OPENAI) is not None
    return not known and not any(environment.openclaw.get(name) for name in _KEYS)


def _unconfigured(openclaw: OpenClawConfig) -> Finding:
    return Finding(
        severity=Severity.INFO,
        message="memory search uses OpenAI by default, but OpenAI's key is missing",
        detail="Memory search is on by default, and openclaw.json does not configure it. Without a "
        "key, it matches only exact words, and the log says that no API key was found for openai. "
        "Chat does not depend on it.",
        place=openclaw.place("", "memory search is not configured"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                "use an embedding model of the proxy for memory search, or turn memory search off",
                snippet=_PROXY_SEARCH,
                actions=(CHECK_AGAIN,),
            ),
        ),
        assumed=True,
    )


def _no_key(
    search: MemorySearch, openclaw: OpenClawConfig, litellm: LiteLLMConfig | None
) -> Finding:
    variable = f"${{{key_variable(OPENAI, 'proxy', litellm)}}}"
    pointer = f"{search.base_url.pointer.rpartition('/')[0]}/apiKey"
    changes = put(openclaw.root, pointer, variable) if search.base_url.pointer else ()
    block = search.pointer.rpartition("/")[0]
    own = search.base_url.state != "missing"
    by_default = openclaw.root.at(f"{block}/provider") is None
    who = '"openai", its default provider' if by_default else f'"{search.provider}"'
    detail = "OpenClaw gets no embeddings and matches only exact words. "
    if own:
        detail += "It sends OPENAI_API_KEY only to OpenAI's own address."
    else:
        detail += "There is nothing to do if the service that runs OpenClaw has OPENAI_API_KEY."
    return Finding(
        severity=Severity.WARNING,
        message=f"memory search has no key for {'its own base URL' if own else who}",
        detail=detail,
        place=openclaw.place(search.base_url.pointer if own else block, "has no key"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                "set the key for this base URL"
                if own
                else "use an embedding model of the proxy for memory search",
                "unsafe" if own else "manual",
                snippet=f'apiKey: "{variable}",' if own else _PROXY_SEARCH,
                actions=(CHECK_AGAIN,),
                changes=changes if own else (),
            ),
        ),
        assumed=not own,
    )


def _at_address(
    url: Setting[str],
    openclaw: OpenClawConfig,
    fix: Fix,
    message: str,
    detail: str,
) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=message,
        detail=detail,
        place=openclaw.place(url.pointer, "OpenClaw appends /embeddings"),
        consequence=_CONSEQUENCE,
        fixes=(fix,),
    )


CHECK = Check(
    code="OC118",
    name="memory-search-endpoint",
    stage="openclaw",
    scope="request",
    run=check,
    documentation=__doc__,
    texts=TEXTS,
    advice=ADVICE,
)
