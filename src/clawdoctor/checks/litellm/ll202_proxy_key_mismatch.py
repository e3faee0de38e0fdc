"""The key that OpenClaw sends is not the proxy's master key.

What it means
-------------
LiteLLM accepts requests with its master key. OpenClaw sends a different key, or no key, and LiteLLM
rejects the request in one of these ways:

- 400 "No connected db.": without a database, the proxy treats every other key as a virtual key, and
  cannot look it up
- 401
- a plain 500, if OpenClaw sends no key and LiteLLM 1.108 or older was installed with pip

Why it happens
--------------
The key was changed in only one of the two places, the two files read different variables, or you
used the Azure key instead of the proxy's key.

How to fix it
-------------
Refer to the same variable in both files:

    general_settings:
      master_key: os.environ/LITELLM_MASTER_KEY      # litellm_config.yaml

    apiKey: "${LITELLM_MASTER_KEY}",                 # openclaw.json

Set the variable for both programs: in the proxy's environment, and in ~/.openclaw/.env.

If general_settings.litellm_key_header_name sets a header, the proxy reads its key only from that
header. OpenClaw sends the header if the provider's headers contain it.

Versions
--------
All versions of both programs. LiteLLM 1.109.0 and later answer 401 if the request has no key.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/issues/12273
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW, set_for_openclaw
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.parameter import file_name
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.chain.schema import is_refused
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Unknown
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.run.facts import Facts
from clawdoctor.source.change import Change, put
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import MASTER_KEY, NO_KEY, OTHER_KEY, key_header
from clawdoctor.wire.request import Refused, Source, Unpredicted
from clawdoctor.wire.requests import Requests

_KEY_HEADER = "/general_settings/litellm_key_header_name"


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
    """Report each provider of the proxy whose key the proxy rejects, once for each such key.

    A running proxy that accepts the key has a different master key from the config, or no key.
    """
    for provider in chain.proxy_providers:
        refused: dict[Refused, list[str]] = {}
        for route in chain.routes_of(provider):
            verdict = requests.key_verdict(route, profiles)
            if isinstance(verdict, Refused):
                refused.setdefault(verdict, []).append(route.id)
            elif isinstance(verdict, Unpredicted):
                yield Unknown(verdict.reason)
        for refusal, routes in refused.items():
            if refusal.kind == NO_KEY and is_refused(openclaw.root, provider.api_key.pointer):
                continue  # OC003 reports that OpenClaw rejects the key
            finding = _mismatch_finding(
                provider, refusal, openclaw, litellm, environment, tuple(routes)
            )
            proxy = endpoints.proxy_of(provider)
            if proxy is not None and facts.known(ServedModels, proxy) is not None:
                detail = f"{finding.detail} The running proxy accepts OpenClaw's current key."
                finding = replace(finding, severity=Severity.INFO, detail=detail)
            yield finding


def _mismatch_finding(
    provider: Provider,
    refusal: Refused,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig,
    environment: Environment,
    routes: tuple[str, ...],
) -> Finding:
    origin = _origin(litellm.master_key, environment)
    message = "OpenClaw's key is not the proxy's master key"
    sent = next((source for source in refusal.sources if source.part == "credential"), None)
    place = sent.place if sent is not None else None
    own = _openclaw_origin(provider, sent)
    detail = (
        f"The proxy's key comes from {origin}, OpenClaw's key from {own}. "
        'LiteLLM answers 400 "No connected db." to an unknown key.'
    )
    variable = litellm.master_key.variable or MASTER_KEY
    label, snippet = "not the master key", f'apiKey: "${{{variable}}}",'
    if _is_header(place):
        snippet = f'Authorization: "Bearer ${{{MASTER_KEY}}}"'
    if refusal.kind == NO_KEY:
        message, label = "OpenClaw sends no key, but the proxy requires its master key", "no apiKey"
        detail = (
            f"The proxy's key comes from {origin}. LiteLLM answers a request without a key with "
            '401, or with a plain 500 "Internal Server Error".'
        )
    related = _related_places(litellm, environment)
    if key_header(litellm, environment) is not None:
        own_header = litellm.place(_KEY_HEADER, "the proxy reads its key only from this header")
        related = (*related, own_header)
        snippet = f'headers: {{ "<the header>": "Bearer ${{{MASTER_KEY}}}" }},'
        if refusal.kind == NO_KEY:
            message = "OpenClaw does not send the key in the header that the proxy reads"
            label = "sent in another header"
    setting = _setting(place, provider)
    if key_header(litellm, environment) is not None:
        setting = "the header that the proxy reads"
    changes: tuple[Change, ...] = ()
    is_own = place is None or place.pointer == provider.api_key.pointer
    reference = f"${{{variable}}}"
    in_env = f"put {variable} with the proxy's key into ~/.openclaw/.env"
    title = f"in openclaw.json, set {setting} to {reference}"
    if is_own and key_header(litellm, environment) is None:
        if provider.node.text("apiKey") == reference:
            snippet, title = "", in_env
        else:
            changes = put(provider.node, "/apiKey", reference)
    if place is None or refusal.kind == NO_KEY:
        place = openclaw.place(f"{provider.pointer}/apiKey")
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail=detail,
        place=replace(place, label=label),
        consequence=message,
        related=related,
        fixes=(
            Fix(
                title=title,
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=snippet,
                actions=(
                    set_for_openclaw(variable, "<the proxy's key>"),
                    RESTART_OPENCLAW,
                    CHECK_AGAIN,
                ),
            ),
        ),
        subjects=routes,
    )


def _setting(place: Place | None, provider: Provider) -> str:
    """Return the setting of OpenClaw that must contain the key."""
    if _is_header(place) and place is not None:
        return f"the provider's header {(place.pointer or '').rpartition('/')[2]}"
    searches = place is not None and (place.pointer or "").endswith("/remote/apiKey")
    if place is not None and searches and place.pointer != provider.api_key.pointer:
        return (place.pointer or "")[1:].replace("/", ".")
    return "the provider's apiKey"


def _is_header(place: Place | None) -> bool:
    """Return whether a place is a header that replaces the apiKey."""
    return place is not None and "/headers/" in (place.pointer or "")


def _related_places(litellm: LiteLLMConfig, environment: Environment) -> tuple[Place, ...]:
    if litellm.master_key.node is not None:
        return (litellm.place(litellm.master_key.pointer, "the proxy's key"),)
    variable = environment.proxy.get(MASTER_KEY)
    if variable is None or variable.place is None:
        return ()
    return (Place(variable.place.path, "", variable.place.span, "the proxy's key"),)


def _origin(value: Value[Secret], environment: Environment) -> str:
    if value.state == "written":
        return "litellm_config.yaml"
    name = value.variable or MASTER_KEY
    variable = environment.proxy.get(name)
    if variable is None:
        return name
    source = file_name(variable.place.path) if variable.place is not None else variable.source
    return f"{name} ({source})"


def _openclaw_origin(provider: Provider, sent: Source | None) -> str:
    place = sent.place if sent is not None else None
    if _is_header(place):
        return "a header of openclaw.json"
    if sent is not None and sent.variable is not None:
        return sent.variable.name
    setting = provider.api_key
    own = place is None or place.pointer == setting.pointer
    literal = own and setting.written is not None and setting.written.test(is_reference)
    return "a reference that it does not expand" if literal else "openclaw.json"


CHECK = Check(
    code="LL202",
    name="proxy-key-mismatch",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(NO_KEY, OTHER_KEY),
    causes=("OC003", "OC005", "OC108", "LL102", "LL103", "LL108"),
    texts=(rule("likely", "LiteLLM", r"assert api_key\.startswith\(|prevent token hashes"),),
)
