"""Fixes for a reference in openclaw.json that does not resolve."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW, set_for_openclaw
from clawdoctor.chain.environment import Variables
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.placeholder import is_reference, is_variable_name, referred_name
from clawdoctor.chain.target import Target
from clawdoctor.checks.openclaw.provider_key import KEYS
from clawdoctor.deferred import regex
from clawdoctor.finding import Fix
from clawdoctor.source.change import Put, put
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

_RETRY = (RESTART_OPENCLAW, CHECK_AGAIN)
_UPPER = regex(r"[A-Z_][A-Z0-9_]*")
_DEFAULT = regex(r"\{[^}]*:?[-+?]")


def set_variable(name: str, noun: str, target: Target) -> Fix:
    """Return the fix that sets a variable where OpenClaw looks for it."""
    return Fix(
        title=f"put {name} into ~/.openclaw/.env",
        actions=(set_for_openclaw(name, f"<{_placeholder(noun, target)}>"), *_RETRY),
    )


def add_key(provider: Node, variable: str, target: Target, variables: Variables) -> Fix:
    """Return the fix that adds an apiKey that refers to a variable.

    It is unsafe: nothing shows that the variable holds this key, and OpenClaw may get the key from
    another place.
    """
    reference = f"${{{variable}}}"
    step = set_for_openclaw(variable, f"<{_placeholder('key', target)}>")
    return Fix(
        title=f"in openclaw.json, set apiKey to {reference}",
        applicability="unsafe",
        snippet=f'apiKey: "{reference}",',
        actions=(CHECK_AGAIN,) if _is_set(variable, variables) else (step, *_RETRY),
        changes=put(provider, "/apiKey", reference),
    )


def _is_set(name: str, variables: Variables) -> bool:
    variable = variables.get(name)
    return variable is not None and bool(variable.value)


def rewrite_reference(
    setting: Setting[str] | Setting[Secret],
    noun: str,
    target: Target,
    variables: Variables,
    *,
    starts: bool,
) -> Fix:
    """Return the fix that rewrites the reference in the form that OpenClaw reads.

    It is unsafe if it drops a default or changes the name, or if the variable is unset and older
    versions do not start because of that.
    """
    text = setting.shown  # a reference, or the name of a variable
    name = text if is_variable_name(text) else referred_name(text)
    key = "apiKey" if noun == "key" else "baseUrl"
    if name is None or setting.node is None:
        variable = f"LITELLM_{'URL' if noun == 'URL' else 'MASTER_KEY'}"
        step = set_for_openclaw(variable, f"<{_placeholder(noun, target)}>")
        return Fix(
            title=f"in openclaw.json, set {key} to ${{{variable}}}",
            snippet=f'{key}: "${{{variable}}}",',
            actions=(step, *_RETRY),
        )
    variable_name = name if _UPPER.fullmatch(name) else name.upper()
    reference = f"${{{variable_name}}}"
    is_set = _is_set(variable_name, variables)
    safe = is_reference(text) and (is_set or (starts and name == variable_name))
    step = set_for_openclaw(variable_name, f"<{_placeholder(noun, target)}>")
    return Fix(
        title=f"in openclaw.json, set {key} to {reference}",
        applicability="safe" if safe and not _DEFAULT.search(text) else "unsafe",
        snippet=f'{key}: "{reference}",',
        actions=(CHECK_AGAIN,) if is_set else (step, *_RETRY),
        changes=(Put(setting.node, reference),),
    )


def _placeholder(noun: str, target: Target) -> str:
    return (_URLS if noun == "URL" else KEYS)[target]


_URLS: dict[Target, str] = {
    "proxy": "the URL of the proxy",
    "azure": "the URL of your Azure resource",
    "server": "the URL of the server",
}
