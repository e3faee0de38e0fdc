"""openclaw.json contains a key in plain text.

What it means
-------------
openclaw.json is copied, backed up, pasted into issues and committed. Anyone who sees it can use the
key and your Azure quota. OpenClaw still works.

Why it happens
--------------
Pasting the key is the shortest way to a first answer, and many guides show it.

How to fix it
-------------
Refer to a variable, and set the variable in ~/.openclaw/.env, which OpenClaw always reads:

    apiKey: "${LITELLM_MASTER_KEY}",

If the key was shared in the meantime, rotate it instead of only moving it.

Versions
--------
All. OpenClaw 2026.9.6 reports the same in its own doctor ("core/doctor/security").

References
----------
https://docs.openclaw.ai/gateway/secrets
https://docs.openclaw.ai/help/environment
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW, set_for_openclaw
from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.route import Chain
from clawdoctor.chain.target import Target
from clawdoctor.chain.trust import looks_like_azure_key
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.provider_key import key_variable
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.source.change import Put
from clawdoctor.source.secret import Secret

_AT_STAKE: dict[Target, str] = {
    "azure": "use up your Azure quota",
    "proxy": "use up your Azure quota",
    "server": "run up costs on the server",
}
_RANDOM = regex(r"(?=\S*\d)(?=\S*[A-Za-z])\S{20,500}|sk-(?=\S*\d)\S{13,500}")
"""A key that nobody types as a dummy; `none`, `ollama` and `sk-1234` are not secrets."""


def check(chain: Chain, openclaw: OpenClawConfig, environment: Environment) -> Iterator[Finding]:
    """Report each provider of the chain whose key is in plain text.

    It is a note if the key is only for a proxy on this machine, and a warning otherwise.
    """
    for provider, target in chain.providers:
        key = provider.api_key
        if not _is_key(key):
            continue
        is_local = target == "proxy" and is_loopback(host_of(provider.base_url.resolved or ""))
        yield Finding(
            severity=Severity.INFO if is_local else Severity.WARNING,
            message=f'openclaw.json contains the key for "{provider.id}" in plain text',
            title="openclaw.json contains a key in plain text",
            detail=f"Anyone who sees this file can use the key and {_AT_STAKE[target]}.",
            place=openclaw.place(key.pointer, "key in plain text"),
            consequence="a file that is easily shared contains a key",
            fixes=(_fix(key, target, environment),),
            subjects=tuple(route.id for route in chain.routes_of(provider)),
        )


def _is_key(key: Setting[Secret]) -> bool:
    if key.state != "set" or key.variables or key.written is None:
        return False
    return key.written.test(_is_literal_key)


def _is_literal_key(text: str) -> bool:
    if is_placeholder(text) or is_reference(text) or is_variable_name(text):
        return False
    return looks_like_azure_key(text) or _RANDOM.fullmatch(text) is not None


def _fix(key: Setting[Secret], target: Target, environment: Environment) -> Fix:
    """Return the fix that replaces the key with a variable.

    It is safe if the variable already contains this key, and manual if the variable is certainly
    unset, because the key would be lost.
    """
    name = key_variable(key.pointer.split("/")[-2], target)
    variable = environment.openclaw.get(name)
    same = variable is not None and variable.value == key.resolved
    reference = f"${{{name}}}"
    unset = variable is None and environment.openclaw.basis == "known"
    assert key.node is not None, "a key that is set has a node"
    return Fix(
        title=f"in openclaw.json, replace the key with {reference}",
        applicability="safe" if same else "manual" if unset else "unsafe",
        snippet=f'apiKey: "{reference}",',
        actions=(
            set_for_openclaw(name, "<this key>"),
            RESTART_OPENCLAW,
            CHECK_AGAIN,
        ),
        changes=() if unset else (Put(key.node, reference),),
    )


CHECK = Check(
    code="OC113",
    name="plaintext-secret-openclaw",
    stage="openclaw",
    scope="advice",
    run=check,
    documentation=__doc__,
)
