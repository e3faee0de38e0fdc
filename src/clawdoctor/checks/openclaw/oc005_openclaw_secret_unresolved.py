"""OpenClaw cannot resolve a reference in a key or URL of openclaw.json.

What it means
-------------
A provider's apiKey or baseUrl refers to a variable, but OpenClaw does not get a value. Most
versions of OpenClaw log a warning at most and then send the text of the reference as the key
("Bearer ${LITELLM_MASTER_KEY}"), and the proxy answers 401 or 400 "No connected db.". In a baseUrl,
the same fault ends in "Invalid URL.". If there is no key at all, OpenClaw stops with "No API key
found for provider". An `auth` other than "api-key" can keep OpenClaw from sending the key.

Why it happens
--------------
The variable is set in one place and OpenClaw runs in another. A shell's export does not reach the
Gateway's service, and OpenClaw ignores names such as LITELLM_API_KEY in the .env of the current
folder. Or the reference has the wrong syntax: os.environ/NAME is for LiteLLM, ${NAME:-default} is
for the shell, and OpenClaw does not expand ${name} in lower case.

How to fix it
-------------
Write the reference in OpenClaw's syntax:

    apiKey: "${LITELLM_MASTER_KEY}",

Set the variable in ~/.openclaw/.env, which OpenClaw always reads:

    LITELLM_MASTER_KEY=sk-...

In a container, OpenClaw has the variables of its service. It reads this file only if the file is
mounted:

    environment:
      - LITELLM_MASTER_KEY

Versions
--------
OpenClaw 2026.3.2 and older refuse to start with an unset variable. 2026.4.15 to 2026.6.11 start
but send no request ("No API key found"). 2026.3.3 to 2026.4.14, and 2026.7.1 and later, send the
reference itself. A SecretRef to an unset variable stops OpenClaw before it sends a request
(measured on 2026.3.13 to 2026.9.6). With auth: "oauth" or "token", OpenClaw 2026.8.1 and later send
no request for the provider openai. With auth: "aws-sdk", 2026.4.22 and later send
"__aws_sdk_auth__" as the key of any provider (measured on 2026.8.2 and 2026.9.6; 2026.4.20 does not
contain that text).

References
----------
https://docs.openclaw.ai/help/environment
https://github.com/openclaw/openclaw/issues/21130
https://github.com/openclaw/openclaw/issues/59186
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.mentioned import mentioned_variables
from clawdoctor.chain.near_variable import near_variables
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.parameter import file_name
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.route import Chain
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.target import Target
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.oc005_auth import auth_findings
from clawdoctor.checks.openclaw.oc005_container import placed_in_service
from clawdoctor.checks.openclaw.oc005_fixes import (
    add_key,
    rewrite_reference,
    set_variable,
)
from clawdoctor.checks.openclaw.oc005_texts import ADVICE, TEXTS
from clawdoctor.checks.openclaw.provider_key import key_variable
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Finding, Severity, Unknown
from clawdoctor.knowledge import behaviour
from clawdoctor.run.needs import Absent
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_key import (
    as_sent,
    has_key,
    is_known_variable,
    is_signed_by_aws,
)
from clawdoctor.wire.proxy_key import Accepted
from clawdoctor.wire.request import Refused
from clawdoctor.wire.requests import Requests

_OTHER_AUTHENTICATION = ("headers", "request")
_UPPER = regex(r"[A-Z_][A-Z0-9_]*")
_REFERENCE = regex(r"\$\{[^}]{0,200}\}?|os\.environ|__env__:")


@dataclass(frozen=True, slots=True)
class _Case:
    """A setting of a provider, and the facts that its findings need."""

    setting: Setting[str] | Setting[Secret]
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
    profiles: AuthProfiles,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report keys and URLs that do not resolve, for each provider of the chain."""
    proxy = litellm if isinstance(litellm, LiteLLMConfig) else None
    for provider, target in chain.providers:
        routes = tuple(route.id for route in chain.routes_of(provider))
        if not routes:
            continue
        yield from auth_findings(chain.routes_of(provider), openclaw, versions)
        if is_signed_by_aws(provider, versions):
            continue
        for setting, noun in ((provider.api_key, "key"), (provider.base_url, "URL")):
            case = _Case(setting, noun, target, routes, openclaw, versions)
            if noun == "key" and profiles.has_key(provider):
                continue
            literal = noun == "key" and as_sent(provider.api_key, versions) is not provider.api_key
            if setting.unset and _are_valid_names(setting) and not literal:
                finding = _unset_finding(case, environment)
                yield placed_in_service(finding, setting.unset[0], compose)
            elif literal or (setting.state == "set" and not setting.variables):
                verdicts = {
                    type(requests.key_verdict(route, profiles))
                    for route in chain.routes_of(provider)
                    if target == "proxy"
                }
                if noun == "URL" or Accepted not in verdicts:
                    yield from _literal_findings(case, environment, refused=Refused in verdicts)
        written = is_refused(openclaw.root, provider.api_key.pointer)
        if (
            not written
            and _has_no_key(provider, versions, environment)
            and not profiles.has_key(provider)
        ):
            if not profiles.complete:
                yield Unknown("clawdoctor cannot read OpenClaw's key database while it is in use")
                continue
            case = _Case(provider.api_key, "key", target, routes, openclaw, versions)
            yield _no_key_finding(case, provider, proxy, environment.openclaw)


def _are_valid_names(setting: Setting[str] | Setting[Secret]) -> bool:
    """Return whether OpenClaw accepts the names; OC003 reports a SecretRef to any other name."""
    return all(_UPPER.fullmatch(name) for name in setting.unset)


def _unset_finding(case: _Case, environment: Environment) -> Finding | Unknown:
    setting, variables = case.setting, environment.openclaw
    name = setting.unset[0]
    variable, unread = variables.get(name), variables.unread.get(name)
    known = variables.basis == "known" or (variable is not None and variable.basis == "known")
    if not known and environment.ci:
        return Unknown(
            f"{name} is not set on this CI machine, but it may be set where OpenClaw runs"
        )
    version = case.versions.value("openclaw") if case.versions.known("openclaw") else None
    secret = setting.state == "secret-ref"
    row = behaviour("openclaw", "unset-secret" if secret else "unset-variable", version)
    assert row is not None, "the rows leave a version out"
    says, effect = row.says, row.effect
    if case.noun == "URL" and effect != "no-start" and not secret:
        says = 'OpenClaw uses the reference itself as the URL and stops with "Invalid URL."'
        effect = "literal"
    return Finding(
        severity=Severity.ERROR if known and effect != "not-seen" else Severity.WARNING,
        message=_unset_message(name, case.noun, variables),
        detail=f"{says}; {case.versions.stated('openclaw', 'OpenClaw')}."
        f"{_unset_note(name, case, environment, known=known)}",
        place=case.openclaw.place(setting.pointer, "has no value"),
        consequence=_consequence(case, effect),
        related=(unread.place,) if unread is not None and unread.place is not None else (),
        fixes=(set_variable(name, case.noun, case.target),),
        subjects=case.routes,
    )


def _unset_message(name: str, noun: str, variables: Variables) -> str:
    variable, unread = variables.get(name), variables.unread.get(name)
    where = variable.source if variable is not None else variables.source
    if variable is None and unread is not None and unread.place is None:
        return f"{name} is set in {unread.source}, but not for {where}"
    if variable is None and unread is not None and unread.place is not None:
        return f"{name} is set only in {file_name(unread.place.path)}, and {unread.place.label}"
    problem = "is empty in" if variable is not None else "is not set in"
    return f"OpenClaw's {noun} refers to {name}, which {problem} {where}"


def _unset_note(name: str, case: _Case, environment: Environment, *, known: bool) -> str:
    """Return where the variable is set instead, or which variable has a similar name."""
    variables, proxy = environment.openclaw, environment.proxy.get(name)
    note = ""
    if variables.service and variables.get(name) is None and name in variables.unread:
        note = " The gateway does not get the variables of this shell."
    elif proxy is not None and proxy.value and environment.proxy.source != variables.source:
        note = f" The proxy gets the variable ({proxy.source}), but OpenClaw does not."
    if not known:
        note += " There is nothing to do if the service that runs OpenClaw sets the variable."
    near = near_variables(name, variables.names() - mentioned_variables(case.openclaw.texts))
    if near:
        verb = "is" if len(near) == 1 else "are"
        note += f" {' and '.join(near)} {verb} set in {variables.source}. If it holds the "
        note += f"{case.noun}, write ${{{near[0]}}} in openclaw.json instead."
    return note


def _consequence(case: _Case, effect: str) -> str:
    if effect in ("refused", "no-start", "not-seen"):
        name = case.setting.unset[0] if case.setting.unset else "one of its secrets"
        return f"OpenClaw finds no value for {name}"
    if case.noun == "URL":
        return "OpenClaw's baseUrl is not a URL"
    text = f"${{{case.setting.unset[0]}}}" if case.setting.unset else case.setting.shown.strip()
    return f'OpenClaw sends the text "{text}" as the key'


def _is_own_variable(text: str, case: _Case) -> bool:
    """Return whether OpenClaw treats the text as the name of a variable that it knows."""
    return case.versions.known("openclaw") and is_known_variable(text, case.versions)


def _literal_findings(case: _Case, environment: Environment, *, refused: bool) -> Iterator[Finding]:
    """Report a bare name or a reference in the wrong syntax, which OpenClaw sends literally."""
    text = case.setting.shown.strip()
    bare = case.noun == "key" and is_variable_name(text)
    wrong = is_reference(text) or (case.noun == "URL" and _REFERENCE.search(text) is not None)
    if not (bare or wrong) or is_placeholder(text):
        return  # OC108 reports placeholders
    if bare and _is_own_variable(text, case):
        return
    row = behaviour("openclaw", "reference-form", case.versions.value("openclaw"))
    assert row is not None, "the rows of reference-form leave a version out"
    sure = wrong or refused
    says = f"OpenClaw treats a bare name as the key itself. {row.says}" if bare else row.says
    yield Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f'OpenClaw uses the text "{text}" itself as the {case.noun}',
        detail=f"{says}; {case.versions.stated('openclaw', 'OpenClaw')}.",
        place=case.openclaw.place(
            case.setting.pointer, "sent literally" if case.noun == "key" else "not a URL"
        ),
        consequence=_consequence(case, "literal"),
        fixes=(
            rewrite_reference(
                case.setting,
                case.noun,
                case.target,
                environment.openclaw,
                starts=case.versions.effect("openclaw", "unset-variable") != "no-start",
            ),
        ),
        subjects=case.routes,
    )


def _has_no_key(provider: Provider, versions: Versions, environment: Environment) -> bool:
    if any(provider.node.get(name) is not None for name in _OTHER_AUTHENTICATION):
        return False
    return not has_key(provider, versions, environment.openclaw)


def _no_key_finding(
    case: _Case, provider: Provider, proxy: LiteLLMConfig | None, variables: Variables
) -> Finding:
    row = behaviour("openclaw", "no-key", case.versions.value("openclaw"))
    assert row is not None, "the rows of no-key leave a version out"
    variable = key_variable(provider.id, case.target, proxy)
    return Finding(
        severity=Severity.WARNING,
        message=f'the provider "{provider.id}" has no apiKey',
        detail=f"{row.says}; {case.versions.stated('openclaw', 'OpenClaw')}. Unless its auth store "
        'has a key (openclaw models status), it stops with "No API key found for provider".',
        place=case.openclaw.place(f"{provider.pointer}/apiKey", "apiKey is missing"),
        consequence="OpenClaw has no key to send",
        fixes=(add_key(provider.node, variable, case.target, variables),),
        subjects=case.routes,
    )


CHECK = Check(
    code="OC005",
    name="openclaw-secret-unresolved",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "literal-key",
        "unset-variable",
        "unset-secret",
        "no-key",
        "other-auth",
        "invalid-base-url",
    ),
    causes=("OC004",),
    texts=TEXTS,
    advice=ADVICE,
)
