"""The key in OpenClaw's configuration is still a placeholder from an example.

What it means
-------------
OpenClaw sends the placeholder unchanged, without a warning. The proxy or Azure rejects it with
"Invalid proxy server token passed", "No connected db." or 401.

Why it happens
--------------
The configuration was copied from a guide ("your-litellm-key"), and the placeholder was never
replaced with the key.

How to fix it
-------------
Refer to the proxy's master key through a variable, so that the key is in only one place:

    apiKey: "${LITELLM_MASTER_KEY}",

Set the variable in ~/.openclaw/.env. Its value is the key that general_settings.master_key in
litellm_config.yaml uses.

Versions
--------
All.

References
----------
https://docs.openclaw.ai/providers/litellm
https://docs.litellm.ai/docs/proxy/virtual_keys
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import RESTART_OPENCLAW, set_for_openclaw, set_for_proxy
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.parameter import restart, where_set
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.chain.route import Chain
from clawdoctor.chain.target import Target, is_near
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.provider_key import KEYS, key_variable
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import Change, Put, put
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_key import provider_key
from clawdoctor.wire.proxy_key import Accepted
from clawdoctor.wire.request import HopRequest, Unpredicted
from clawdoctor.wire.requests import Requests


def check(
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    versions: Versions,
    profiles: AuthProfiles,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report each provider of the chain whose key, literal or from a variable, is a placeholder."""
    proxy = litellm if isinstance(litellm, LiteLLMConfig) else None
    for provider, target in chain.providers:
        key = provider_key(provider, versions, environment.openclaw)
        if key.resolved is None or key.unset or not key.resolved.test(is_placeholder):
            continue
        routes = chain.routes_of(provider)
        if routes and not any(_sends(requests.keyed(route), key) for route in routes):
            continue  # a header replaces it
        if target == "server" and is_near(host_of(provider.base_url.resolved or "")):
            continue  # such servers often require no key, and accept any text
        if profiles.has_key(provider):
            yield Unknown(f'the key of "{provider.id}" is in an auth profile of OpenClaw')
            continue
        verdicts = [requests.key_verdict(route, profiles) for route in routes]
        accepted = next((each.by for each in verdicts if isinstance(each, Accepted)), None)
        if target == "proxy" and accepted == "anyone":
            continue
        known = target == "proxy" and accepted == "master-key"
        yield Finding(
            severity=Severity.WARNING if known else Severity.ERROR,
            message=_message(key, target, known),
            detail=_detail(provider, known),
            place=openclaw.place(key.pointer, _label(target, known)),
            consequence="OpenClaw's key is still a placeholder",
            related=tuple(_variable_places(key, environment)),
            fixes=(_fix(provider, key, target, proxy, environment, known=known),),
            subjects=tuple(route.id for route in routes),
        )


def _sends(made: HopRequest | Unpredicted, key: Setting[Secret]) -> bool:
    """Return whether a request may use the key as its credential."""
    if isinstance(made, Unpredicted):
        return True
    source = made.credential.source if made.credential is not None else None
    place = source.place if source is not None else None
    return place is not None and place.pointer == key.pointer


def _message(key: Setting[Secret], target: Target, known: bool) -> str:
    noun = "Azure key" if target == "azure" else f"{target} key"
    if key.variables:
        return f"{', '.join(key.variables)} contains a placeholder instead of the {noun}"
    if known:
        return f'the {noun} is the example key "{key.shown}" in both files'
    return f'the {noun} is still the placeholder "{key.shown}"'


def _detail(provider: Provider, known: bool) -> str:
    if known:
        return (
            "The proxy accepts this key because its master key is the same, but anyone can guess "
            "it "
            "and use your Azure quota."
        )
    return f'OpenClaw sends the placeholder as the key for "{provider.id}", without a warning.'


def _label(target: Target, known: bool) -> str:
    if known:
        return "anyone can guess this key"
    return "must be the proxy's master key" if target == "proxy" else "placeholder, not a key"


def _variable_places(key: Setting[Secret], environment: Environment) -> Iterator[Place]:
    """Yield the places where files set the variables that contain the placeholder."""
    for name in key.variables:
        variable = environment.openclaw.get(name)
        if variable is not None and variable.place is not None:
            yield replace(variable.place, label=f"{name} is set here")


def _fix(
    provider: Provider,
    key: Setting[Secret],
    target: Target,
    proxy: LiteLLMConfig | None,
    environment: Environment,
    *,
    known: bool,
) -> Fix:
    """Return the fix that refers to the variable in the proxy's config, or sets the one in use.

    It is safe if that variable is set and the proxy does not accept the example key. An example key
    in both files is replaced in both.
    """
    variable = key.variables[0] if key.variables else key_variable(provider.id, target, proxy)
    value = environment.openclaw.get(variable)
    is_set = value is not None and bool(value.value) and not value.value.test(is_placeholder)
    changes: tuple[Change, ...] = ()
    actions: tuple[Action, ...] = (
        set_for_openclaw(variable, f"<{KEYS[target]}>"),
        RESTART_OPENCLAW,
    )
    if not key.variables and key.node is not None:
        changes = (Put(key.node, f"${{{variable}}}"),)
        if known and proxy is not None:
            changes += put(proxy.root, proxy.master_key.pointer, f"os.environ/{variable}")
    if known:
        actions = (
            Step("Create the new key with: echo sk-$(openssl rand -hex 24)"),
            set_for_proxy(variable, "the new key", where_set(environment, variable)),
            set_for_openclaw(variable, "<the new key>"),
            restart(proxy, environment),
            RESTART_OPENCLAW,
        )
    return Fix(
        title="replace the example key with a new key in both files"
        if known
        else f"in ~/.openclaw/.env, set {variable} to {KEYS[target]}"
        if key.variables
        else f"in openclaw.json, set apiKey to ${{{variable}}}",
        applicability="manual" if not changes else "safe" if is_set and not known else "unsafe",
        snippet="" if key.variables else f'apiKey: "${{{variable}}}",',
        actions=actions,
        changes=changes,
    )


CHECK = Check(
    code="OC108",
    name="placeholder-api-key",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "no-key",
        "literal-key",
    ),
    texts=(
        rule(
            "likely",
            "LiteLLM",
            r"\b(?:Received(?! Model)|provided|passed)\b",
            r"[=:] ?'?(?P<placeholder><[^>]{1,60}>|(?:sk-)?(?:x{4,40}\b|(?:your|insert|replace"
            r"|change|put)\w{0,4}[-_][\w*-]{1,60}))",
            unless=r"platform\.openai\.com|API key provided\. You|<(?:Response|class|func\w{4}) "
            r"|\d passed\b",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"(?:Bearer|api[-_ ]?key\W{1,4}) ?'?(?P<placeholder>(?:sk-)?your[-_](?:litellm|proxy"
            r"|master|virt)[\w-]{0,60})",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "Refer to a key of the Azure resource through a variable, and set the variable in "
            "~/.openclaw/.env:",
            'apiKey: "${AZURE_OPENAI_API_KEY}",',
            ("openclaw gateway restart",),
        ),
    },
)
