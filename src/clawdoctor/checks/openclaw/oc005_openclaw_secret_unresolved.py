"""A key or URL in openclaw.json refers to something that OpenClaw cannot resolve.

What it means
-------------
A provider's apiKey or baseUrl should come from a variable, and does not. OpenClaw warns at most,
then sends the text of the reference as the key ("Bearer ${LITELLM_MASTER_KEY}"), and the proxy
answers 401 or 400 "No connected db.". In a baseUrl the same ends in "Invalid URL.". Where there is
no key at all, OpenClaw stops with "No API key found for provider".

Why it happens
--------------
The variable is set in one place and OpenClaw runs in another: a shell's export does not reach the
Gateway's service, and names such as LITELLM_API_KEY are ignored in the .env of the current folder.
Or the reference has the form of another program: os.environ/NAME is LiteLLM's, ${NAME:-default}
the shell's, ${name} in lower case is nobody's.

How to fix it
-------------
Write the reference as OpenClaw reads it:

    apiKey: "${LITELLM_MASTER_KEY}",

and set the variable where OpenClaw always looks, in ~/.openclaw/.env:

    LITELLM_MASTER_KEY=sk-...

Versions
--------
OpenClaw 2026.3.2 and older refuse to start with an unset variable. Later ones start, and send the
reference itself. A SecretRef to an unset variable stops every version before it sends.

References
----------
https://docs.openclaw.ai/help/environment
https://github.com/openclaw/openclaw/issues/21130
https://github.com/openclaw/openclaw/issues/59186
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.route import Chain, Target
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.checks.openclaw.oc005_fixes import refer, rewrite, set_variable
from clawdoctor.checks.patterns import alone, near
from clawdoctor.finding import Finding, Severity, Unknown
from clawdoctor.knowledge import behaviour, table
from clawdoctor.run.needs import Absent

MASTER_KEY = "LITELLM_MASTER_KEY"
AZURE_KEY = "AZURE_OPENAI_API_KEY"
_BUNDLED, _BUNDLED_KEY = "litellm", "LITELLM_API_KEY"
_OPEN = "/general_settings/dangerously_permit_weak_or_unset_master_key"
_OTHER_WAYS_IN = ("auth", "headers", "request")
_UPPER = re.compile(r"[A-Z_][A-Z0-9_]*")
_PART = re.compile(r"\$\{[^}]{0,200}\}?|os\.environ|__env__:")


@dataclass(frozen=True, slots=True)
class _Case:
    """One setting of one provider, and what its findings are made from."""

    setting: Setting
    noun: str
    target: Target
    routes: tuple[str, ...]
    openclaw: OpenClawConfig
    versions: Versions


def check(
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    versions: Versions,
    compose: Compose | Absent,
) -> Iterator[Finding | Unknown]:
    """The key and the URL of each provider that belongs to this chain."""
    proxy = litellm if isinstance(litellm, LiteLLMConfig) else None
    passed = _passed(compose)
    for provider, target in chain.providers:
        routes = tuple(route.id for route in chain.routes_of(provider))
        if not routes:
            continue
        for setting, noun in ((provider.api_key, "key"), (provider.base_url, "URL")):
            case = _Case(setting, noun, target, routes, openclaw, versions)
            if setting.unset and not set(setting.unset) <= passed and _can_be_set(setting):
                yield _unset(case, environment)
            elif setting.state == "set" and not setting.variables:
                master = _master_key(proxy, environment)
                if noun == "URL" or not (target == "proxy" and _lets_in(setting, proxy, master)):
                    yield from _literal(case, environment, master)
        written = is_refused(openclaw.root, provider.api_key.pointer)
        if not written and _has_no_key(provider, environment):
            case = _Case(provider.api_key, "key", target, routes, openclaw, versions)
            yield _no_key(case, provider, proxy)


def _can_be_set(setting: Setting) -> bool:
    """Whether a name is one that OpenClaw accepts; OC003 refuses a SecretRef to another."""
    return all(_UPPER.fullmatch(name) for name in setting.unset)


def _passed(compose: Compose | Absent) -> frozenset[str]:
    """What Compose gives to OpenClaw, where OpenClaw is one of its services."""
    services = compose.services if isinstance(compose, Compose) else ()
    return frozenset(
        name
        for service in services
        if "openclaw" in (service.image or "")
        for name, one in service.environment.items()
        if one.value
    )


def _master_key(proxy: LiteLLMConfig | None, environment: Environment) -> str | None:
    if proxy is not None and proxy.master_key.state != "missing":
        return proxy.master_key.resolved
    seen = environment.proxy.get(MASTER_KEY)
    return seen.value or None if seen is not None else None


def _lets_in(setting: Setting, proxy: LiteLLMConfig | None, master: str | None) -> bool:
    """Whether the proxy takes the text as it stands: its own key, or it wants none."""
    node = proxy.root.at(_OPEN) if proxy is not None else None
    return setting.resolved == master or (
        master is None and node is not None and node.value is True
    )


def _unset(case: _Case, environment: Environment) -> Finding | Unknown:
    setting, seen = case.setting, environment.openclaw
    name = setting.unset[0]
    variable = seen.get(name)
    known = seen.basis == "known" or (variable is not None and variable.basis == "known")
    if not known and environment.ci:
        return Unknown(f"{name} is not set on this CI machine; where OpenClaw runs it may be")
    where = variable.source if variable is not None else seen.source
    said = "is empty in" if variable is not None else "is not set in"
    version = case.versions.value("openclaw") if case.versions.known("openclaw") else None
    secret = setting.state == "secret-ref"
    row = behaviour("openclaw", "unset-secret" if secret else "unset-variable", version)
    assert row is not None, "the rows leave a version out"
    says = row.says
    if case.noun == "URL" and row.effect == "literal":
        says = 'OpenClaw takes the reference itself for the address, and says "Invalid URL."'
    proxy_has = environment.proxy.get(name)
    beside = ""
    if proxy_has is not None and proxy_has.value and environment.proxy.source != seen.source:
        beside = f" The proxy has it ({proxy_has.source}), OpenClaw does not."
    if not known:
        beside += " If OpenClaw runs as a service, its variables may differ from this shell's."
    return Finding(
        severity=Severity.ERROR if known else Severity.WARNING,
        message=f"{name}, which OpenClaw's {case.noun} refers to, {said} {where}",
        detail=f"{says}; {case.versions.stated('openclaw', 'OpenClaw')}.{beside}",
        place=case.openclaw.place(setting.pointer, "nothing to put in here"),
        consequence=_consequence(case, row.effect),
        fixes=(set_variable(name, case.noun, case.target),),
        subjects=case.routes,
    )


def _consequence(case: _Case, effect: str) -> str:
    if effect == "refused":
        return "OpenClaw has a secret that it cannot read"
    if case.noun == "URL":
        return "OpenClaw's address is no URL"
    return f"{'the proxy' if case.target == 'proxy' else 'Azure'} refuses OpenClaw's key"


def _literal(case: _Case, environment: Environment, master: str | None) -> Iterator[Finding]:
    """A reference of another form, or a bare name: what is sent is the text itself."""
    text = (case.setting.resolved or "").strip()
    bare = case.noun == "key" and is_variable_name(text)
    wrong = is_reference(text) or (case.noun == "URL" and _PART.search(text) is not None)
    if not (bare or wrong) or is_placeholder(text):
        return  # OC108 says that the text is an example's
    row = behaviour("openclaw", "reference-form", case.versions.value("openclaw"))
    assert row is not None, "the rows of reference-form leave a version out"
    sure = wrong or (case.target == "proxy" and master is not None)
    says = f"A name alone is taken for the key itself. {row.says}" if bare else row.says
    yield Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f'OpenClaw takes the text "{text}" itself for the {case.noun}',
        detail=f"{says}; {case.versions.stated('openclaw', 'OpenClaw')}.",
        place=case.openclaw.place(
            case.setting.pointer, "sent as it stands" if case.noun == "key" else "no URL"
        ),
        consequence=_consequence(case, "literal"),
        fixes=(rewrite(case.setting, case.noun, case.target, environment.openclaw),),
        subjects=case.routes,
    )


def _has_no_key(provider: Provider, environment: Environment) -> bool:
    key = provider.api_key
    if key.state not in ("missing", "set") or (key.state == "set" and key.written):
        return False
    if any(provider.node.get(name) is not None for name in _OTHER_WAYS_IN):
        return False
    bundled = environment.openclaw.get(_BUNDLED_KEY)
    if provider.id == _BUNDLED and bundled is not None and bundled.value:
        return False
    host = host_of(provider.base_url.resolved or "")
    return host is not None and not _is_near(host)


def _is_near(host: str) -> bool:
    """Loopback or a private address; a name may lead anywhere."""
    try:
        return is_loopback(host) or ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _no_key(case: _Case, provider: Provider, proxy: LiteLLMConfig | None) -> Finding:
    row = behaviour("openclaw", "no-key", case.versions.value("openclaw"))
    assert row is not None, "the rows of no-key leave a version out"
    variable = AZURE_KEY if case.target == "azure" else MASTER_KEY
    if case.target == "proxy" and proxy is not None and proxy.master_key.variable:
        variable = proxy.master_key.variable
    return Finding(
        severity=Severity.WARNING,
        message=f'the provider "{provider.id}" has no apiKey',
        detail=f"{row.says}; {case.versions.stated('openclaw', 'OpenClaw')}. Unless a key is in "
        'its auth store (openclaw models status), it says "No API key found for provider".',
        place=case.openclaw.place(f"{provider.pointer}/apiKey", "no apiKey here"),
        consequence="OpenClaw has no key to send",
        fixes=(refer(variable, case.target),),
        subjects=case.routes,
    )


_OTHERS = "|".join(re.escape(one) for one in table("providers")["ids"]) + (
    "|elevenlabs|brave|tavily|firecrawl|deepgram|serper|serpapi|exa|fal|runway|inworld|gradium|comfy"
)

CHECK = Check(
    code="OC005",
    name="openclaw-secret-unresolved",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    causes=("OC004",),
    texts=(
        signature(
            r"SecretRef\w{0,20}Error\b|secret reference .{1,80}(?:not|could not be) resolved",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:Missing|\*{3}) env var[^\"]{0,20}\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\""
            r"(?: referenced)? at (?:config path: )?(?P<path>[\w.-]{1,200})",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?:Missing|\*{3}) env var[^\"]{0,20}\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\""
            r"(?: at (?P<path>[\w.-]{1,200}))? \W{1,3} feature using this value",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"MissingEnvVarError",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"failed to resolve secrets from the active gateway snapshot",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?:unresolved|could not resolve|failed to resolve) SecretRef"
            r"(?: \"(?P<reference>[\w:./-]{1,120})\")?",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"SecretRef\b.{0,80}(?:unresolved|not resolved|could not be resolved|unavailable)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Environment variable (?:\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\"|[A-Z0-9_]{0,60}(?:KEY"
            r"|TOKEN|SECRET|PASSWORD)) is missing or empty",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Secret provider \"(?P<provider>[\w-]{1,60})\" is not configured",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"No API key (?:found |resolved |configured )?for provider:? "
            rf"\"?(?!(?:{_OTHERS})(?:[\"\s.,;:]|$))(?P<provider>[\w./-]{{0,80}}\w)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"No API key (?:found |resolved |configured )?for provider:? "
            r"\"?(?P<provider>(?!anthropic|openai\b)[\w./-]{0,80}\w)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Received(?: API Key)? ?[=:] ?['\"]?(?P<reference>os\.environ/\w{1,80}"
            r"|\$\{?\w{1,80}(?::-[^}]{0,80})?\}?)",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?:Authorization|Bearer)\W{1,4}(?:Bearer )?(?P<reference>"
            r"\$\{(?:LITELLM|AZURE|OPENCLAW"
            r"|PROXY)\w{0,80}(?::-[^}]{0,80})?\}|os\.environ/\w{1,80})",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Provider [\"']?(?P<provider>[\w-]{1,60})[\"']?(?: failed validation)?: "
            r"[\"']?apiKey[\"']? is required when defining custom models",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"LLM error: Authorization Not Found",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"['\"]?apiKey['\"]? is required when defining custom models",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"SECRET_SURFACE_UNAVAILABLE|secret reference was not materialized",
            "certain",
            "OpenClaw",
        ),
        signature(
            alone(
                r"(?-i:\b[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{2,60})\W{1,3}(?:is|was) (?:missing or empty"
                r"|missing|not set|unset|empty|undefined)"
            ),
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\bauth_unavailable\b",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Missing API key for the selected provider on the gateway",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Missing API key for provider ['\"](?P<provider>[\w.-]{1,60})['\"]\. (?:Configure"
            r"|Run)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"No (?:API keys?|auth) (?:found |resolved |configured |available )?for (?:the "
            r")?(?:provider:? "
            r"|model:? )?['\"<`]?(?P<provider>[\w-]{0,40}(?:litellm|azure|custom-|proxy"
            r"|foundry)[\w./-]{0,60}\b)",
            "likely",
            "OpenClaw",
        ),
        signature(
            rf"No (?:API keys|auth) configured for provider "
            rf"\"?(?!(?:{_OTHERS})(?:[\"\s.,;:]|$))(?P<provider>[\w./-]{{0,80}}\w)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"No API key for provider:? <\w{1,20}>",
            "likely",
            "OpenClaw",
        ),
        signature(
            alone(
                r"No API keys? (?:(?:was |is )?(?:found|resolved|configured|set|available) )?for "
                r"(?:the |this "
                r"|that |your )?(?:provider|model)\b"
            ),
            "possible",
            "OpenClaw",
        ),
        signature(
            alone(r"No API key (?:found )?for \"?[\w-]{1,60}(?:/[\w./:-]{1,80})?\"?(?=$|[\s.,;:])"),
            "possible",
            "OpenClaw",
        ),
        signature(
            rf"Missing auth\W{{1,6}}(?!(?:{_OTHERS})\b)(?P<provider>[\w-]{{1,60}})\b.{{0,20}}Run "
            rf".?(?:openclaw|clawdbot) (?:configure|models)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bProviderAuthError\b|missingProvidersInUse\W{1,5}[\w\"']",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"is not allowlisted in secrets\.providers|required secrets are unavailable",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Secret reference (?:\"(?P<reference>[^\"]{1,120})\" (?:resolve[ds]? to|is)|id is "
            r"empty"
            r"|(?:id|provider) must match)|\b(?:Env|File|Exec|Store) secret reference id must",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Secret provider \"(?P<provider>[\w-]{1,60})\" (?:has source|exceeded maxRefs|plugin "
            r"integration)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"\b(?:Exec|File) provider \"(?P<provider>[\w-]{1,60})\" (?:produced no output for"
            r"|timed out after|exited with|returned)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"SecretRef\b.{0,80}\b(?:resolved to (?:a non-string|an empty)|is invalid|did not "
            r"resolve"
            r"|resolution failed|is not allowed)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"is unresolved in the active runtime snapshot|configured as a secret reference but is "
            r"unavailable|\bsecret ref(?:erence)? (?:could not|couldn't|cannot) be resolved",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"secret ref is configured on an inactive surface|secrets\.resolve unavailable",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Secret sentinel \S{1,80} is not registered|redaction placeholder",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bsecretref-(?:managed|env)\b|__OPENCLAW_REDACTED__",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Per-entry apiKey \"[^\"]{1,120}\"|Configured API key (?:could not be resolved"
            r"|references an incompatible)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Auth reason \[(?:missing_credential|unresolved_ref)\]",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"gateway does not support (?:secrets\.resolve|command-scoped secret)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:Provider credentials are missing or unresolved|configured credential could not be "
            r"resolved|Auth profile credentials are missing)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"API key (?:provided|passed)[:=] ?['\"]?(?P<reference>\$\{?[A-Z][\w*]{1,80}\}?"
            r"|os\.environ\S{0,80}|\$\*|(?-i:[A-Z]{2,20}_[A-Z_*]{0,60}(?:KEY|TOKEN))"
            r"|secretref\S{0,40}"
            r"|__\w{0,20}\*\S{0,40})",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"Azure OpenAI API key is required\. Set AZURE_OPENAI_API_KEY",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"OpenAI API key is required\. Set OPENAI_API_KEY",
            "possible",
            "OpenClaw",
        ),
        # What a provider says to a reference that was sent as it stands, and to many other keys.
        signature(
            r"^\W{0,3}(?:Returns:? )?\W{0,3}(?:HTTP )?401:? (?:Unauthorized:? )?(?:Incorrect"
            r"|Invalid)"
            r" API Key(?: provided)?\W{0,4}$",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"(?:Authorization|Bearer)\W{1,4}(?:Bearer )?(?P<reference>\$\{env:\w{1,80}\}"
            r"|__env__:?\w{0,80}"
            r"|env:(?-i:[A-Z])\w{1,80})",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\bapi ?key\b",
                r"(?:\$\{|\benv:|__env__)\S{1,80} .{0,40}\bliteral(?:ly)?\b"
                r"|\bliteral\b.{0,20}(?:\$\{"
                r"|\benv:|__env__)",
                120,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bSECRETS_(?:RELOADER|GATEWAY)_\w{3,30}|secrets\.resolve failed"
            r"|\bsecrets\.degraded\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"feature using this value will be unavailable",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?P<reference>\$\{?(?-i:[A-Z_][A-Z0-9_]{2,80})\}?)['\"`]{0,2} (?:is |was |being"
            r" )?(?:sent|passed|used|taken) (?:literally|verbatim|as[- ]is)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"^(?:HTTP )?401:? (?:Incorrect|Invalid) (?:token|authentication|credentials?)\.?$",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"^[\w ]{0,20}:? ?`?401:? (?:Incorrect|Invalid) API key"
            r" provided(?!.{0,120}platform\.openai)",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"No auth configured for provider ['\"]?(?P<provider>[\w.-]{1,80})",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?P<variable>(?-i:[A-Z][A-Z0-9_]{1,60}_(?:KEY|TOKEN))) environment variable is"
            r" (?:missing|not set|required|empty)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"No credentials found for profile|\bJSON pointer segment\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Failed to load environment files",
            "possible",
            "systemd",
        ),
    ),
)
