"""Azure rejects the key.

What it means
-------------
Azure answers 401 because the key that LiteLLM sends does not belong to this resource. OpenClaw then
says "Your saved login looks expired" (2026.6.1 and later) and disables the whole provider for 30
seconds or longer, fallbacks included. LiteLLM answers the next requests with 429 "No deployments
available". Both errors come from this key.

Why it happens
--------------
The key was regenerated, it belongs to another resource, or it is not an Azure key: a reference that
LiteLLM did not expand, a key with the quotes in its value, or an OpenAI key.

How to fix it
-------------
Copy a key of the resource that api_base names. Use Azure Portal > your Azure OpenAI resource > Keys
and Endpoint, or this command:

    az cognitiveservices account keys list -n <resource> -g <resource group>

Set the key in the proxy's environment, and restart the proxy.

Versions
--------
All versions. The text also mentions the endpoint, because Azure cannot tell which of the two is
wrong.

References
----------
https://learn.microsoft.com/azure/ai-services/authentication
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, PORTAL_KEYS, set_for_openclaw
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.parameter import where_found
from clawdoctor.chain.trust import looks_like_azure_key
from clawdoctor.check import Check
from clawdoctor.checks.azure.az003_texts import ADVICE, TEXTS
from clawdoctor.checks.azure.refused import (
    ByProbe,
    ByTurn,
    Description,
    ResourceRefusal,
    account_of,
)
from clawdoctor.checks.turn_finding import failed_deployment
from clawdoctor.finding import Action, Fix, Step
from clawdoctor.source.secret import Secret

_Key = Value[Secret] | Setting[Secret]
_OTHER_MESSAGES = (
    'OpenClaw may say "Your saved login looks expired", and LiteLLM may answer 429 "No '
    'deployments available". Both errors come from this key.'
)
_FAULT = "is not a key of this resource. It was regenerated, or it belongs to another resource."


def _describe(refused: ByProbe | ByTurn) -> Description:
    if isinstance(refused, ByTurn):
        return _describe_turn(refused)
    value = refused.configs.key_of(refused.resource)
    return _description(
        refused,
        message=f"Azure rejects the key for {refused.name}",
        why=f"{_key_source(value)} {_FAULT}{_doubt_note(value)} {_OTHER_MESSAGES}",
        label=_key_label(refused.resource),
        actions=(*_list_keys(refused.resource), *_set_key_actions(value)),
        value=value,
    )


def _describe_turn(refused: ByTurn) -> Description:
    """Describe a turn that failed. The proxy may have no key, or a different key from the files."""
    failure, name = refused.failure, refused.name
    deployment, resource = failed_deployment(failure), refused.replies.question.resource
    value: _Key | None = deployment.api_key if deployment is not None else None
    if deployment is None and resource is not None:
        value = refused.configs.key_of(resource)
    source = _key_source(value) if value is not None else "The key that the proxy sends"
    key = f"key for {name}" if value is not None else "key that the proxy sends"
    message, label = f"Azure rejects the {key}", "Azure rejects this key"
    why = f"{source} {_FAULT}{_doubt_note(value) if failure.direct else ''} {_OTHER_MESSAGES}"
    if failure.other_key:
        message, label = (
            f"Azure rejects the running proxy's key for {name}",
            "the proxy uses a different key",
        )
        why = (
            f"{source} works from this machine, so the running proxy uses a different key. The "
            f"proxy started before the key changed, or in another shell. {_OTHER_MESSAGES}"
        )
    missing = "Missing credentials" in failure.turn.error
    if missing:
        message = message if failure.other_key else f"LiteLLM has no key for {name}"
        label = "no key reaches Azure"
        why = (
            "LiteLLM sends Azure nothing without a key. The setting is empty, or its variable is "
            "unset."
        )
    set_key = tuple(_set_key_actions(value)) if value is not None else ()
    return _description(
        refused,
        message=message,
        why=why,
        label=label,
        actions=None if failure.other_key else set_key,
        confirms=("LL103",) if missing else (),
        value=value,
    )


def _description(
    refused: ByProbe | ByTurn,
    *,
    message: str,
    why: str,
    label: str,
    actions: tuple[Action, ...] | None,
    confirms: tuple[str, ...] = (),
    value: _Key | None = None,
) -> Description:
    """Build the description. None for `actions` means that the known key is right."""
    file = "litellm_config.yaml" if isinstance(value, Value) else "openclaw.json"
    title = f"in {file}, replace the key with a current key of the resource"
    if value is not None and (name := _key_variable(value)) is not None:
        title = f"{_where(value)}, set {name} to a current key of the resource"
    if actions == ():
        title = "where the proxy runs, replace its key for Azure with a current key of the resource"
    if actions is None:
        named = (_key_variable(value) if value is not None else None) or "the key in the file"
        title = f"restart the proxy, so that it reads {named} again"
    copy = () if actions is None else (Step(f"Copy a key from {PORTAL_KEYS}"), *actions)
    return Description(
        message=message,
        why=why,
        setting="api_key",
        label=label,
        fix=Fix(title=title, actions=(*copy, refused.restart, CHECK_AGAIN)),
        consequence=message,
        confirms=confirms,
    )


def _key_source(value: _Key) -> str:
    name = _key_variable(value)
    if name is None:
        return "The key in the file"
    origin = f" (from {value.found.source})" if isinstance(value, Value) and value.found else ""
    return f"{name}{origin}"


def _key_variable(value: _Key) -> str | None:
    """Return the variable that a key comes from, if any."""
    if isinstance(value, Value):
        return value.variable
    return next(iter(value.variables), None)


def _doubt_note(value: _Key | None) -> str:
    """Return a sentence that the running proxy may use a different key, or "" if it cannot."""
    if not isinstance(value, Value) or value.found is None or value.found.basis == "known":
        return ""
    return " A proxy that started elsewhere may use a different key."


def _list_keys(resource: Resource) -> Iterator[Step]:
    """Return how to list the keys. This is a step, not a command, because its output is secret."""
    if is_azure(resource.host):
        account = account_of(resource)
        command = f"az cognitiveservices account keys list -n {account} -g <group>"
        yield Step(f"Or run {command}")


def _set_key_actions(value: _Key) -> Iterator[Action]:
    """Set the variable that the key comes from, if any."""
    name = _key_variable(value)
    if name is None:
        yield Step("Replace the key in the file with this key")
    elif not isinstance(value, Value):
        yield set_for_openclaw(name, "<this key>")
    else:
        where = _where(value)
        yield Step(f"{where[:1].upper()}{where[1:]}, set {name} to this key")


def _where(value: _Key) -> str:
    """Return where the variable of a key is set."""
    if not isinstance(value, Value):
        return "in ~/.openclaw/.env"
    return where_found(value)


def _key_label(resource: Resource) -> str:
    key = resource.key or Secret("")
    shape = (
        "the right length" if key.test(looks_like_azure_key) else "not the shape of an Azure key"
    )
    return f"Azure rejects this key ({len(key)} characters, {shape})"


REFUSAL = ResourceRefusal("key-rejected", _describe)


CHECK = Check(
    code="AZ003",
    name="azure-key-rejected",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    causes=("LL102", "LL103", "LL104", "LL115", "DK102", "PX005"),
    texts=TEXTS,
    advice=ADVICE,
)
