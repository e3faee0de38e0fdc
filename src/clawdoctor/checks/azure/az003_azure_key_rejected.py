"""Azure refuses the key.

What it means
-------------
Azure answers 401: the key that LiteLLM sends is not one of this resource. OpenClaw then says "Your
saved login looks expired" and switches the whole provider off for a minute, fallbacks included;
LiteLLM answers the next requests with 429 "No deployments available". Both are this.

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

from clawdoctor.chain.advice import PORTAL_KEYS, check_again, set_for_openclaw
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.litellm import Value
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.trust import looks_like_azure_key
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import (
    AZURE_MODELS,
    OTHER_AZURE_SERVICE,
    azure_status,
    http_status,
)
from clawdoctor.checks.azure.refused import (
    ByProbe,
    ByTurn,
    Description,
    ResourceRefusal,
    account_of,
)
from clawdoctor.checks.patterns import azure_answered, beside, near, not_of
from clawdoctor.checks.turn_finding import first_of
from clawdoctor.finding import Action, Command, Fix, Step

CODE = "AZ003"
_ALSO = (
    'OpenClaw may say "Your saved login looks expired" and LiteLLM 429 "No deployments '
    'available": both are this.'
)
_FAULT = "is no key of this resource: regenerated, or another resource's."


def _describe(refused: ByProbe | ByTurn) -> Description:
    if isinstance(refused, ByTurn):
        return _describe_turn(refused)
    value = refused.configs.key_of(refused.resource)
    return _described(
        refused,
        message=f"Azure refuses the key for {refused.name}",
        why=f"{_source(value)} {_FAULT}{_doubt(value)} {_ALSO}",
        label=_shape(refused.resource),
        actions=(*_listed(refused.resource), *_set(value)),
    )


def _describe_turn(refused: ByTurn) -> Description:
    """The proxy may have no key, or another one than is known here."""
    failure, name = refused.failure, refused.name
    deployment, resource = first_of(failure), refused.replies.question.resource
    value: Value | Setting | None = deployment.api_key if deployment is not None else None
    if deployment is None and resource is not None:
        value = refused.configs.key_of(resource)
    source = _source(value) if value is not None else "The key that the proxy sends"
    key = f"key for {name}" if value is not None else "key that the proxy sends"
    message, label = f"Azure refuses the {key}", "Azure does not know this key"
    why = f"{source} {_FAULT}{_doubt(value) if failure.direct else ''} {_ALSO}"
    if failure.other_key:
        message, label = (
            f"Azure refuses the running proxy's key for {name}",
            "not what the proxy has",
        )
        why = (
            f"{source} is let in from here, so the running proxy has another one: it was started "
            f"before the key was changed, or in another shell. {_ALSO}"
        )
    missing = "Missing credentials" in failure.turn.error
    if missing:
        message = message if failure.other_key else f"LiteLLM has no key for {name}"
        label = "no key reaches Azure"
        why = "LiteLLM sends nothing without one: the setting is empty, or its variable is unset."
    return _described(
        refused,
        message=message,
        why=why,
        label=label,
        actions=None if failure.other_key else tuple(_set(value)) if value is not None else (),
        confirms=("LL103",) if missing else (),
    )


def _described(
    refused: ByProbe | ByTurn,
    *,
    message: str,
    why: str,
    label: str,
    actions: tuple[Action, ...] | None,
    confirms: tuple[str, ...] = (),
) -> Description:
    """The description; without `actions` the key that is known here is right."""
    title = "set a key of this resource where the proxy starts"
    if actions is None:
        title = "restart the proxy with this key"
    copy = () if actions is None else (Step(PORTAL_KEYS), *actions)
    return Description(
        message=message,
        why=why,
        setting="api_key",
        label=label,
        fix=Fix(title=title, actions=(*copy, refused.restart, check_again(CODE))),
        consequence=message.replace("key for", "key of"),
        confirms=confirms,
    )


def _source(value: Value | Setting) -> str:
    name = _variable(value)
    if name is None:
        return "The key in the file"
    seen_in = f" (from {value.found.source})" if isinstance(value, Value) and value.found else ""
    return f"{name}{seen_in}"


def _variable(value: Value | Setting) -> str | None:
    """The variable that a key comes from."""
    if isinstance(value, Value):
        return value.variable
    return next(iter(value.variables), None)


def _doubt(value: Value | Setting | None) -> str:
    """What is not known: a running proxy may have been started with another value."""
    if not isinstance(value, Value) or value.found is None or value.found.basis == "known":
        return ""
    return " A proxy that was started elsewhere may have another one."


def _listed(resource: Resource) -> Iterator[Command]:
    if is_azure(resource.host):
        account = account_of(resource)
        yield Command(f"az cognitiveservices account keys list -n {account} -g <resource group>")


def _set(value: Value | Setting) -> Iterator[Action]:
    """How the variable gets its new value, where the key comes from one."""
    name = _variable(value)
    if name is None:
        return
    if not isinstance(value, Value):
        yield set_for_openclaw(name, "...")
    elif value.found is None or value.found.basis == "assumed":
        yield Command(f"export {name}=...")
    else:
        yield Step(f"set {name} in {value.found.source}")


def _shape(resource: Resource) -> str:
    key = resource.key or ""
    shaped = "shaped like a key" if looks_like_azure_key(key) else "not shaped like an Azure key"
    return f"set here: {len(key)} characters, {shaped}"


REFUSAL = ResourceRefusal("key-rejected", _describe)


CHECK = Check(
    code=CODE,
    name="azure-key-rejected",
    stage="azure",
    scope="route",
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    causes=("LL102", "LL103", "LL104", "LL115", "DK102", "PX005"),
    texts=(
        signature(
            r"(?:Access denied due to (?:an )?)?invalid subscription key(?: or wrong API endpoint)?"
            rf"(?!.{{0,200}}?(?:{OTHER_AZURE_SERVICE}))"
            r"(?:.{0,300}?[Mm]odel [Gg]roup(?:=| ')(?P<model_group>[^\s']{1,80}))?",
            "certain",
            "Azure",
        ),
        signature(
            r"Access token is missing, invalid|Unauthorized\. Access token is missing",
            "certain",
            "Azure",
        ),
        signature(
            r"Access denied due to (?:a )?missing (?:application credentials or "
            r")?subscription key",
            "certain",
            "Azure",
        ),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error) (?:- )?AuthenticationError"
            r"|AuthenticationError: AzureException",
            "likely",
            "LiteLLM",
        ),
        signature(r"Missing credentials\. Please pass one of .{0,4}api_key", "likely", "LiteLLM"),
        signature(
            r"Your saved login looks expired or no longer works(?!.{0,120}No API key found for)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"request failed \(authentication (?:failed|was rejected), HTTP 401\)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"WWW-Authenticate: ?AzureApiManagementKey\b",
            "certain",
            "Azure",
        ),
        signature(
            r"Status: 401 \(\w{1,20}\).{0,400}?\bAzure\.AI\.(?:OpenAI|Inference)\b"
            r"|\bAzure\.AI\.(?:OpenAI|Inference)\b.{0,400}?Status: 401 \(",
            "likely",
            "Azure",
        ),
        signature(
            not_of(OTHER_AZURE_SERVICE, azure_answered(r"401")),
            "likely",
            "Azure",
        ),
        signature(
            near(r"\b401\b", r"\bAzureOpenAI\.\w|Azure\.AI\.OpenAI", 300)
            + r"|Azure ?OpenAI (?:API )?key is (?:incorrect|invalid|wrong|missing|not set)",
            "likely",
            "Azure",
        ),
        signature(
            r"(?:pass|provide) (?:an?|one of)(?: the)? ['\"`]?api_?key\b[^.]{0,60}azure_?ad_?token"
            r"|Azure ?OpenAI API key is missing",
            "likely",
            "a program that calls the model",
        ),
        signature(
            r"use a correct regional API endpoint|Make sure to include (?:an? )?subscription key"
            r"|subscription[ -]key\b[^.]{0,20} is (?:missing|invalid|required)"
            r"|missing subscription key",
            "likely",
            "Azure",
        ),
        signature(
            r"\bInvalidAuthenticationToken\b|Lifetime validation failed\. The token is expired",
            "possible",
            "Entra ID",
        ),
        signature(
            beside(AZURE_MODELS, http_status("401"), 250),
            "possible",
            "Azure",
        ),
        signature(
            azure_status("401"),
            "possible",
            "a program that calls Azure",
        ),
        signature(
            r"statusCode\W{1,4}401\b.{0,40}\bJWT\b",
            "likely",
            "a gateway of Azure",
        ),
        signature(
            r"\bJWT not present\b",
            "likely",
            "a gateway of Azure",
        ),
        signature(
            r"RESPONSE 401: 401 \w{1,40}",
            "possible",
            "Azure",
        ),
        signature(
            r"Azure\.RequestFailedException\b.{0,120}?Status: 401\b",
            "possible",
            "Azure",
        ),
    ),
)
