"""The key that OpenClaw sends is not the proxy's master key.

What it means
-------------
LiteLLM lets in whoever sends its master key. OpenClaw sends another one, or none, and is refused:
with 400 "No connected db." (a proxy without a database takes every other key for a virtual key,
which it cannot look up), with 401, or with a plain 500 where no key is sent.

Why it happens
--------------
The key was changed in one of the two places, the two files read different variables, or the
Azure key was written where the proxy's key belongs.

How to fix it
-------------
Let both read the same variable:

    general_settings:
      master_key: os.environ/LITELLM_MASTER_KEY      # litellm_config.yaml

    apiKey: "${LITELLM_MASTER_KEY}",                 # openclaw.json

and set it for both programs: where the proxy starts, and in ~/.openclaw/.env.

Versions
--------
All versions of both programs.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/issues/12273
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.chain.schema import is_refused
from clawdoctor.check import Check, signature
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge import table
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.run.facts import Facts
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import sent_key
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import MASTER_KEY, Requests

_OTHER_HEADERS = ("authorization", "api-key", "x-api-key", "x-litellm-api-key")
"""The headers in which LiteLLM looks for a key."""


def check(
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig,
    environment: Environment,
    endpoints: Endpoints,
    facts: Facts,
    profiles: AuthProfiles,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report each provider of the proxy whose key differs from the master key.

    A running proxy that accepts the key has another master key than the config, or none.
    """
    master = requests.master_key
    if master is None:
        return  # LL108 reports it
    for provider in chain.proxy_providers:
        request = _request(provider, chain, requests)
        sent = _sent_key(provider, request)
        if sent == master and not profiles.has_key(provider):
            continue
        if sent is None and is_refused(openclaw.root, provider.api_key.pointer):
            continue  # OC003 reports that OpenClaw refuses the key
        reason = _uncertainty(provider, sent, request, litellm, profiles)
        if reason is not None:
            yield Unknown(reason)
            continue
        routes = tuple(route.id for route in chain.routes_of(provider))
        finding = _mismatch_finding(
            provider, sent, _header(request), openclaw, litellm, environment, routes
        )
        proxy = endpoints.proxy_of(provider)
        if proxy is not None and facts.known(ServedModels, proxy) is not None:
            detail = f"{finding.detail} The proxy that runs now lets OpenClaw in as it is."
            finding = replace(finding, severity=Severity.INFO, detail=detail)
        yield finding


def _request(provider: Provider, chain: Chain, requests: Requests) -> HopRequest | None:
    """The first turn that OpenClaw sends to a provider, or None if it sends none."""
    routes = (route for route in chain.routes_of(provider) if route.purpose == "chat")
    sent = (requests.sent.get(route.id) for route in routes)
    return next((made for made in sent if isinstance(made, HopRequest)), None)


def _sent_key(provider: Provider, request: HopRequest | None) -> Secret | None:
    """The key that OpenClaw sends, or would send if nothing else stopped it; None without one."""
    if request is None:
        key = provider.api_key.resolved
        return key.stripped() or None if key is not None else None
    return sent_key(request.credential) if request.credential is not None else None


def _header(request: HopRequest | None) -> Place | None:
    """The place of the header that replaces the apiKey, if there is one."""
    credential = request.credential if request is not None else None
    place = credential.source.place if credential is not None and credential.source else None
    return place if place is not None and "/headers/" in (place.pointer or "") else None


def _uncertainty(
    provider: Provider,
    sent: Secret | None,
    request: HopRequest | None,
    litellm: LiteLLMConfig,
    profiles: AuthProfiles,
) -> str | None:
    """Why a difference proves nothing, or None if it proves a mismatch."""
    if profiles.has_key(provider):
        return "OpenClaw's key is in an auth profile, which clawdoctor does not read"
    if sent is None and not profiles.complete:
        return "OpenClaw's database of keys cannot be read while it is in use"
    if litellm.models_in_database:
        return "the proxy has a database: OpenClaw's key may be a virtual key of it"
    general = litellm.root.get("general_settings")
    for setting in table("litellm")["other_keys"]["settings"]:
        if general is not None and general.get(setting) is not None:
            return f"general_settings.{setting} decides which keys are let in"
    if provider.api_key.unset:
        return f"{provider.api_key.unset[0]}, which OpenClaw's key refers to, is not set here"
    if provider.api_key.state == "secret-ref" and sent is None:
        return "OpenClaw's key is a secret that only OpenClaw can read"
    if request is not None and _has_other_key(request):
        return "the provider sends headers of its own, which may hold the key"
    if sent is None and not is_loopback(host_of(provider.base_url.resolved or "")):
        return "OpenClaw has no key in its config; it may have one in its auth store"
    return None


def _has_other_key(request: HopRequest) -> bool:
    """Whether a header besides that of the credential may hold the key."""
    own = request.credential.header.casefold() if request.credential is not None else ""
    names = {name.casefold() for name in request.headers}
    return bool(names.intersection(_OTHER_HEADERS) - {own})


def _mismatch_finding(
    provider: Provider,
    sent: Secret | None,
    header: Place | None,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig,
    environment: Environment,
    routes: tuple[str, ...],
) -> Finding:
    origin = _origin(litellm.master_key, environment)
    message = "OpenClaw's key is not the proxy's master key"
    label = "not the master key"
    own = "a header of openclaw.json" if header is not None else _openclaw_origin(provider)
    detail = (
        f"The proxy's key comes from {origin}, OpenClaw's from {own}. "
        'LiteLLM answers 400 "No connected db." to a key that it does not know.'
    )
    if sent is None:
        message, label = "OpenClaw sends no key, and the proxy wants its master key", "no apiKey"
        detail = (
            f"The proxy's key comes from {origin}. LiteLLM answers a request without a key with "
            '401, or with a plain 500 "Internal Server Error".'
        )
    place = openclaw.place(f"{provider.pointer}/apiKey", label)
    snippet = f'apiKey: "${{{MASTER_KEY}}}",'
    if header is not None:
        place = replace(header, label=label)
        snippet = f'Authorization: "Bearer ${{{MASTER_KEY}}}"'
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail=detail,
        place=place,
        consequence="the proxy refuses OpenClaw's key",
        related=_related_places(litellm, environment),
        fixes=(
            Fix(
                title="give OpenClaw the proxy's master key",
                snippet=snippet,
                actions=(
                    Step(
                        f"put the same {MASTER_KEY} into ~/.openclaw/.env and where the proxy "
                        "starts"
                    ),
                    CHECK_AGAIN,
                ),
            ),
        ),
        subjects=routes,
    )


def _related_places(litellm: LiteLLMConfig, environment: Environment) -> tuple[Place, ...]:
    if litellm.master_key.node is not None:
        return (litellm.place(litellm.master_key.pointer, "the proxy's key"),)
    variable = environment.proxy.get(MASTER_KEY)
    if variable is None or variable.place is None:
        return ()
    return (Place(variable.place.path, "", variable.place.span, "the proxy's key"),)


def _origin(value: Value[Secret], environment: Environment) -> str:
    if value.state == "written":
        return "litellm_config.yaml itself"
    name = value.variable or MASTER_KEY
    variable = environment.proxy.get(name)
    return f"{name} ({variable.source})" if variable is not None else name


def _openclaw_origin(provider: Provider) -> str:
    setting = provider.api_key
    if setting.variables:
        return ", ".join(setting.variables)
    literal = setting.written is not None and setting.written.test(is_reference)
    return "a reference that it does not expand" if literal else "openclaw.json itself"


CHECK = Check(
    code="LL202",
    name="proxy-key-mismatch",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("OC003", "OC005", "OC108", "LL102", "LL103", "LL108"),
    texts=(
        signature(
            r"No connected db\.",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"LiteLLM Virtual Key expected\. Received=(?P<received_key>[^\s,]{1,80})",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Invalid proxy server token passed",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Authentication Error, No api key passed in",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"assert api_key\.startswith\(\"sk-\"\)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Authentication Error - Expired Key",
            "likely",
            "LiteLLM",
        ),
    ),
)
