"""Memory search asks for embeddings at an address that gives none.

What it means
-------------
Memory search compares texts by embeddings. It asks a model of its own for them, at an address of
its own. If that fails, memory_search answers "Memory search is unavailable due to an
embedding/provider error", or matches exact words only. The agent itself answers as before.

Why it happens
--------------
Memory search is on by default. If the file names no provider, it uses OpenAI, and OpenAI's key is
missing. (clawdoctor gives only a note if the file does not mention memory search at all.) Or its
base URL is one for chat: OpenClaw appends /embeddings to it. Or the base URL is an Azure deployment
and has no api-version: OpenClaw sends an api-version header as a header, which Azure does not read.
Or the model is one for chat.

How to fix it
-------------
Let LiteLLM have an embedding model, and name it:

    "memory": {"search": {
      "provider": "openai",
      "model": "text-embedding-3-small",
      "remote": {"baseUrl": "http://localhost:4000/v1", "apiKey": "${LITELLM_MASTER_KEY}"}
    }}

Older versions read the same block from agents.defaults.memorySearch. Without LiteLLM, use Azure's
v1 API, which needs no api-version and takes the key as OpenClaw sends it:

    "remote": {"baseUrl": "https://<resource>.openai.azure.com/openai/v1", "apiKey": "${AZURE_KEY}"}

Here the model is the name of the deployment. To do without, set memory.search.enabled to false.

Versions
--------
Run on OpenClaw 2026.3.13, 2026.3.22, 2026.9.5 and 2026.9.6. 2026.7 and older spoil a query in the
base URL: run on 2026.3.13 and 2026.3.22, and read in seven others.

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

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
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
"""The variables from which memory search takes a key if no provider is written."""
_OPERATIONS = ("/chat/completions", "/responses", "/embeddings", "/completions")
_PROXY_SEARCH = (
    'provider: "openai",\nmodel: "<embedding model of the proxy>",\nremote: { baseUrl: '
    '"http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}" },'
)
_DEPLOYMENT = regex(r"/deployments/(?P<name>[^/?]+)")
_CONSEQUENCE = "memory search finds nothing by meaning"


def check(
    openclaw: OpenClawConfig,
    chain: Chain,
    environment: Environment,
    versions: Versions,
    requests: Requests,
    profiles: AuthProfiles | None,
    litellm: LiteLLMConfig | None,
) -> Iterator[Finding]:
    """Report memory searches whose address, model or key gets them no embeddings."""
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
    """The address that memory search asks, or None for OpenAI's own."""
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
    """The finding on an address at which no embeddings are."""
    parts = split(url.resolved or "") if url is not None else None
    if url is None or parts is None or url.unset:
        return None
    path = parts.path.rstrip("/")
    operation = next((name for name in _OPERATIONS if path.endswith(name)), None)
    straight = is_azure(parts.hostname)
    fix_v1 = _v1_fix(search, url, parts, openclaw)
    if operation is not None:
        step = f"end the base URL before {operation}"
        short = parts._replace(path=path.removesuffix(operation)).geturl()
        fix = replace(fix_v1, title=step) if straight else _url_fix(step, url, short)
        return _at_address(
            url,
            openclaw,
            fix,
            f"memory search asks for embeddings at {operation}/embeddings",
            f"OpenClaw adds /embeddings to the base URL, and no server has {operation}/embeddings.",
        )
    if not straight or path.endswith("/openai/v1"):
        return None
    if "/deployments/" not in path:
        return _at_address(
            url,
            openclaw,
            replace(fix_v1, title="end the base URL in /openai/v1"),
            "memory search asks Azure at a path that it does not have",
            f"OpenClaw asks {path}/embeddings. Azure has embeddings below /openai/v1, and below "
            "/openai/deployments/<name> with an api-version.",
        )
    spoiled = versions.effect("openclaw", "embedding-query") == "spoiled"
    if "api-version" not in parse_qs(parts.query) or spoiled:
        return _at_address(
            url,
            openclaw,
            fix_v1,
            "memory search asks Azure without an api-version",
            'Azure answers 404 "Resource not found". OpenClaw sends the URL as it is, and a '
            "header api-version is no parameter of the URL.",
        )
    if not _has_azure_header(search, openclaw):
        return _at_address(
            url,
            openclaw,
            replace(fix_v1, title="end the base URL in /openai/v1, or add the header api-key"),
            "memory search sends Azure its key in a header that it does not take there",
            "OpenClaw sends Authorization: Bearer with the key. At a deployment's own path Azure "
            "takes only a token of Entra ID there, and a key only as api-key.",
        )
    return None


def _url_fix(title: str, url: Setting[str], better: str) -> Fix:
    actions = (RESTART_OPENCLAW, CHECK_AGAIN)
    if url.variables or url.node is None:
        return Fix(title, actions=(Step(title), *actions))
    snippet = f"baseUrl: {json.dumps(better)},"
    return Fix(title, "safe", snippet=snippet, actions=actions, changes=(Put(url.node, better),))


def _v1_fix(
    search: MemorySearch, url: Setting[str], parts: SplitResult, openclaw: OpenClawConfig
) -> Fix:
    """Ask Azure's v1 API, where the model is the name of the deployment.

    Unsafe if that changes the model, or the base URL of a provider that agents use as well.
    """
    better = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/openai/v1"
    fix = _url_fix("end the base URL in /openai/v1, which needs no api-version", url, better)
    deployment = _DEPLOYMENT.search(parts.path)
    if not fix.changes or (deployment is None and search.base_url is url):
        return fix
    if deployment is None or deployment["name"] == search.model:
        return replace(fix, applicability="safe" if search.base_url is url else "unsafe")
    named = put(openclaw.root, search.pointer, deployment["name"])
    return replace(fix, applicability="unsafe", changes=(*fix.changes, *named))


def _has_azure_header(search: MemorySearch, openclaw: OpenClawConfig) -> bool:
    """Whether the header api-key is set, or the key can be a token of Entra ID."""
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
    """The finding on a model that is for chat."""
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
    return Finding(
        severity=Severity.WARNING,
        message=f'memory search asks "{search.model}" for embeddings, and {name} is for chat'
        if name != search.model
        else f"memory search asks {name} for embeddings, and it is a model for chat",
        detail="Azure answers 400 OperationNotSupported: the embeddings operation does not work "
        "with the specified model.",
        place=openclaw.place(search.pointer, "name an embedding model"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                "name an embedding model that the server has",
                "unsafe" if meant else "manual",
                snippet=f"model: {json.dumps(example)},",
                actions=(RESTART_OPENCLAW, CHECK_AGAIN),
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
    """Whether OpenClaw finds no key for the provider openai, and so asks nobody."""
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
    """Whether OpenClaw finds no key for a memory search that the file does not mention."""
    if profiles is None or not profiles.complete or OPENAI in profiles.providers:
        return False
    known = openclaw.provider(OPENAI) is not None
    return not known and not any(environment.openclaw.get(name) for name in _KEYS)


def _unconfigured(openclaw: OpenClawConfig) -> Finding:
    return Finding(
        severity=Severity.INFO,
        message="memory search has no embeddings: nothing sets it up, and OpenAI's key is missing",
        detail="Memory search is on by default and uses OpenAI. Without a key it matches exact "
        "words only, and the log says that no API key was found for openai. Chat does not depend "
        "on it.",
        place=openclaw.place("", "no memory search here"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                "let memory search ask the proxy, if that has an embedding model, or turn it off",
                snippet=_PROXY_SEARCH,
                actions=(RESTART_OPENCLAW, CHECK_AGAIN),
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
    who = '"openai", its provider by default' if by_default else f'"{search.provider}"'
    detail = "OpenClaw gets no embeddings and matches exact words only. "
    if own:
        detail += "It sends OPENAI_API_KEY to OpenAI's own address only."
    else:
        detail += "There is nothing to do if the service that runs OpenClaw has OPENAI_API_KEY."
    return Finding(
        severity=Severity.WARNING,
        message=f"memory search has no key for {'its own base URL' if own else who}",
        detail=detail,
        place=openclaw.place(search.base_url.pointer if own else block, "no key for this"),
        consequence=_CONSEQUENCE,
        fixes=(
            Fix(
                "give it the key of that server"
                if own
                else "let memory search ask the proxy, if that has an embedding model",
                "unsafe" if own else "manual",
                snippet=f'apiKey: "{variable}",' if own else _PROXY_SEARCH,
                actions=(RESTART_OPENCLAW, CHECK_AGAIN),
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
        place=openclaw.place(url.pointer, "OpenClaw adds /embeddings"),
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
