"""Azure refuses the key.

What it means
-------------
Azure answers 401: the key that LiteLLM sends is not one of this resource. OpenClaw then says "Your
saved login looks expired" (2026.6.1 and later) and switches the whole provider off for a minute,
fallbacks included; LiteLLM answers the next requests with 429 "No deployments available". Both are
this.

Why it happens
--------------
The key was regenerated, belongs to another resource, or is no key: a reference that was not
expanded, quotes that became a part of it, an OpenAI key.

How to fix it
-------------
Copy a key of the resource that api_base names: Azure Portal > your Azure OpenAI resource > Keys and
Endpoint, or

    az cognitiveservices account keys list -n <resource> -g <resource group>

set it where the proxy starts, and restart the proxy.

Versions
--------
All versions. The text names the endpoint too, because Azure cannot tell which of the two is wrong.

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
    'OpenClaw may say "Your saved login looks expired" and LiteLLM 429 "No deployments '
    'available": both are this.'
)
_FAULT = "is no key of this resource: regenerated, or another resource's."


def _describe(refused: ByProbe | ByTurn) -> Description:
    if isinstance(refused, ByTurn):
        return _describe_turn(refused)
    value = refused.configs.key_of(refused.resource)
    return _description(
        refused,
        message=f"Azure refuses the key for {refused.name}",
        why=f"{_key_source(value)} {_FAULT}{_doubt_note(value)} {_OTHER_MESSAGES}",
        label=_key_label(refused.resource),
        actions=(*_list_keys(refused.resource), *_set_key_actions(value)),
    )


def _describe_turn(refused: ByTurn) -> Description:
    """Describe a turn that failed: the proxy may have no key, or another one than the files."""
    failure, name = refused.failure, refused.name
    deployment, resource = failed_deployment(failure), refused.replies.question.resource
    value: _Key | None = deployment.api_key if deployment is not None else None
    if deployment is None and resource is not None:
        value = refused.configs.key_of(resource)
    source = _key_source(value) if value is not None else "The key that the proxy sends"
    key = f"key for {name}" if value is not None else "key that the proxy sends"
    message, label = f"Azure refuses the {key}", "Azure does not know this key"
    why = f"{source} {_FAULT}{_doubt_note(value) if failure.direct else ''} {_OTHER_MESSAGES}"
    if failure.other_key:
        message, label = (
            f"Azure refuses the running proxy's key for {name}",
            "not what the proxy has",
        )
        why = (
            f"{source} is let in from here, so the running proxy has another one: it was started "
            f"before the key was changed, or in another shell. {_OTHER_MESSAGES}"
        )
    missing = "Missing credentials" in failure.turn.error
    if missing:
        message = message if failure.other_key else f"LiteLLM has no key for {name}"
        label = "no key reaches Azure"
        why = "LiteLLM sends nothing without one: the setting is empty, or its variable is unset."
    set_key = tuple(_set_key_actions(value)) if value is not None else ()
    return _description(
        refused,
        message=message,
        why=why,
        label=label,
        actions=None if failure.other_key else set_key,
        confirms=("LL103",) if missing else (),
    )


def _description(
    refused: ByProbe | ByTurn,
    *,
    message: str,
    why: str,
    label: str,
    actions: tuple[Action, ...] | None,
    confirms: tuple[str, ...] = (),
) -> Description:
    """Build the description; None for `actions` means that the known key is right."""
    title = "set a key of this resource where the proxy starts"
    if actions is None:
        title = "restart the proxy with this key"
    copy = () if actions is None else (Step(PORTAL_KEYS), *actions)
    return Description(
        message=message,
        why=why,
        setting="api_key",
        label=label,
        fix=Fix(title=title, actions=(*copy, refused.restart, CHECK_AGAIN)),
        consequence=message.replace("key for", "key of"),
        confirms=confirms,
    )


def _key_source(value: _Key) -> str:
    name = _key_variable(value)
    if name is None:
        return "The key in the file"
    origin = f" (from {value.found.source})" if isinstance(value, Value) and value.found else ""
    return f"{name}{origin}"


def _key_variable(value: _Key) -> str | None:
    """The variable that a key comes from, if any."""
    if isinstance(value, Value):
        return value.variable
    return next(iter(value.variables), None)


def _doubt_note(value: _Key | None) -> str:
    """A sentence that the running proxy may have another value; empty if the value is known."""
    if not isinstance(value, Value) or value.found is None or value.found.basis == "known":
        return ""
    return " A proxy that was started elsewhere may have another one."


def _list_keys(resource: Resource) -> Iterator[Step]:
    """How to list the keys. It is no command, because its output is secret."""
    if is_azure(resource.host):
        account = account_of(resource)
        command = f"az cognitiveservices account keys list -n {account} -g <resource group>"
        yield Step(f"list the keys: {command}")


def _set_key_actions(value: _Key) -> Iterator[Action]:
    """Set the variable that the key comes from, if any."""
    name = _key_variable(value)
    if name is None:
        return
    if not isinstance(value, Value):
        yield set_for_openclaw(name, "...")
    elif not name.isidentifier():
        yield Step(f"set {name} where the proxy starts")
    elif value.found is None or value.found.basis == "assumed":
        yield Step(f"export {name}=... before you start the proxy")
    else:
        yield Step(f"set {name} in {value.found.source}")


def _key_label(resource: Resource) -> str:
    key = resource.key or Secret("")
    shaped = (
        "shaped like a key" if key.test(looks_like_azure_key) else "not shaped like an Azure key"
    )
    return f"set here: {len(key)} characters, {shaped}"


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
