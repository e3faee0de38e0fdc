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

from clawdoctor.chain.advice import PORTAL_KEYS, check_again
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.litellm import Value
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.question import Question
from clawdoctor.chain.trust import looks_like_azure_key
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import AZURE, OTHER_SERVICE, by_azure, status
from clawdoctor.checks.azure.refused import account_of
from clawdoctor.checks.patterns import azure_answered, beside, near, not_of
from clawdoctor.checks.turn_finding import again, first_of, resource_name, told
from clawdoctor.finding import Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import seen
from clawdoctor.probes.replies import Replies
from clawdoctor.run.facts import Unavailable

CODE = "AZ003"
_ALSO = (
    'OpenClaw may say "Your saved login looks expired" and LiteLLM 429 "No deployments '
    'available": both are this.'
)


def check(
    resource: Resource,
    answer: ResourceAnswer,
    opened: OpenResource | Unavailable,
    configs: Configs,
) -> Iterator[Finding | Unknown]:
    """A resource that answered 401 to the deployments' own key."""
    if answer.code != CODE:
        if isinstance(opened, Unavailable):
            yield Unknown(opened.reason)
        return
    value = configs.key_of(resource)
    place, related = configs.of_resource(resource, "api_key", _shape(resource))
    yield Finding(
        severity=Severity.ERROR,
        message=f"Azure refuses the key for {resource.name}",
        detail=f"{_source(value)} is no key of this resource: regenerated, or another "
        f"resource's.{_doubt(value)} {_ALSO}",
        place=place,
        consequence=f"Azure refuses the key of {resource.name}",
        related=related,
        evidence=(seen(answer.result),),
        fixes=(
            Fix(
                title="set a key of this resource where the proxy starts",
                commands=(
                    f"# {PORTAL_KEYS}",
                    *_listed(resource),
                    *_set(value),
                    configs.restart(resource),
                    check_again(CODE),
                ),
            ),
        ),
    )


def _source(value: Value | Setting) -> str:
    name = _variable(value)
    if name is None:
        return "The key in the file"
    seen_in = f" (from {value.seen.source})" if isinstance(value, Value) and value.seen else ""
    return f"{name}{seen_in}"


def _variable(value: Value | Setting) -> str | None:
    """The variable that a key comes from."""
    if isinstance(value, Value):
        return value.variable
    return next(iter(value.variables), None)


def _doubt(value: Value | Setting | None) -> str:
    """What is not known: a running proxy may have been started with another value."""
    if not isinstance(value, Value) or value.seen is None or value.seen.basis == "known":
        return ""
    return " A proxy that was started elsewhere may have another one."


def _listed(resource: Resource) -> Iterator[str]:
    if is_azure(resource.host):
        account = account_of(resource)
        yield f"az cognitiveservices account keys list -n {account} -g <resource group>"


def _set(value: Value | Setting) -> Iterator[str]:
    """How the variable gets its new value, where the key comes from one."""
    name = _variable(value)
    if name is None:
        return
    if not isinstance(value, Value):
        yield f"# put {name}=... into ~/.openclaw/.env"
    elif value.seen is None or value.seen.basis == "assumed":
        yield f"export {name}=..."
    else:
        yield f"# set {name} in {value.seen.source}"


def _shape(resource: Resource) -> str:
    key = resource.key or ""
    shaped = "shaped like a key" if looks_like_azure_key(key) else "not shaped like an Azure key"
    return f"set here: {len(key)} characters, {shaped}"


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn to which Azure answered 401."""
    for failure in replies.of(CODE):
        one = first_of(failure)
        value: Value | Setting | None = one.api_key if one is not None else None
        if one is None and question.resource is not None:
            value = configs.key_of(question.resource)
        missing = "Missing credentials" in failure.turn.error
        name = resource_name(failure, replies)
        message = (
            f"LiteLLM has no key for {name}" if missing else f"Azure refuses the key for {name}"
        )
        if value is None and not missing:
            message = "Azure refuses the key that the proxy sends"
        source = _source(value) if value is not None else "The key that the proxy sends"
        doubt = _doubt(value) if failure.direct else ""
        why = f"{source} is no key of this resource: regenerated, or another resource's.{doubt}"
        why += f" {_ALSO}"
        title = "set a key of this resource where the proxy starts"
        label = "Azure does not know this key"
        commands: tuple[str, ...] = (f"# {PORTAL_KEYS}", *(_set(value) if value else ()))
        if failure.other_key:
            message = f"Azure refuses the running proxy's key for {name}"
            title, label, commands = "restart the proxy with this key", "not what the proxy has", ()
            why = (
                f"{source} is let in from here, so the running proxy has another one: it was "
                f"started before the key was changed, or in another shell. {_ALSO}"
            )
        if missing:
            why = (
                "LiteLLM sends nothing without one: the setting is empty, or its variable is unset."
            )
            label = "no key reaches Azure"
        yield told(
            failure,
            replies,
            configs,
            message=message,
            why=why,
            setting="api_key",
            consequence=message.replace("key for", "key of"),
            label=label,
            confirms=("LL103",) if missing else (),
            fix=Fix(
                title=title,
                commands=(*commands, again(configs, replies), check_again(CODE)),
            ),
        )


CHECK = Check(
    code=CODE,
    name="azure-key-rejected",
    stage="azure",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    causes=("LL102", "LL103", "LL104", "LL115", "DK102", "PX005"),
    texts=(
        signature(
            r"(?:Access denied due to (?:an )?)?invalid subscription key(?: or wrong API endpoint)?"
            rf"(?!.{{0,200}}?(?:{OTHER_SERVICE}))"
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
            not_of(OTHER_SERVICE, azure_answered(r"401")),
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
            beside(AZURE, status("401"), 250),
            "possible",
            "Azure",
        ),
        signature(
            by_azure("401"),
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
