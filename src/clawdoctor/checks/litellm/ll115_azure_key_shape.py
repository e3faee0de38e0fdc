"""The api_key of an Azure deployment does not look like an Azure key.

What it means
-------------
An Azure key has one of two forms: 32 hexadecimal digits, or 84 letters and digits. The configured
value is something else, and Azure answers 401 "Access denied due to invalid subscription key". If
YAML turns the key into a number, LiteLLM drops the deployment. If LiteLLM logs in with a client
secret instead, the tenant must be a tenant ID or a domain. Otherwise LiteLLM answers every request
with 500 "Invalid tenant ID provided".

Why it happens
--------------
You pasted an OpenAI key or a proxy key (both start with sk-), an Entra ID token, the endpoint's URL
or a subscription ID. Or part of the key is missing. A tenant ID may have a trailing space or
quotes, or may still be the placeholder of a guide.

How to fix it
-------------
Copy the key from Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1. Set it as a
variable in the proxy's environment, and refer to the variable:

    api_key: os.environ/AZURE_OPENAI_API_KEY

Put an Entra ID token in azure_ad_token instead. You find the tenant ID in Azure Portal > Microsoft
Entra ID > Overview.

Versions
--------
All versions. Azure has issued keys of 84 characters since late 2024. The older keys still work.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import PORTAL_KEYS, set_for_proxy
from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, parameter_place, restart, where_set
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import table
from clawdoctor.source.change import Put, Quoted, Rename
from clawdoctor.source.secret import Secret
from clawdoctor.wire.azure_credential import BEARER, KEY
from clawdoctor.wire.request import Credential, HopRequest, Outcome, Refused, Source
from clawdoctor.wire.requests import Requests

_TITLE = "these keys are not Azure keys"
_LABEL = "an Azure key has 32 hex digits or 84 characters"
_VARIABLE = "AZURE_OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A description of the value in place of a key. The report never shows the value itself."""

    shape: str
    why: str
    severity: Severity = Severity.ERROR
    key: str = "api_key"


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
    versions: Versions,
) -> Iterator[Finding]:
    """Report a key that is not a string, or a key sent to Azure that is not an Azure key."""
    if deployment.api_key.state == "not-a-string":
        yield _type_finding(deployment, config, environment)
        return
    for request in requests.reaching(deployment, versions):
        if isinstance(request, Refused) and request.kind == "tenant":
            yield _tenant_finding(request.sources[0], deployment, config, environment)
            return
        credential = request.credential if isinstance(request, HopRequest) else None
        if credential is None or credential.description != KEY or not _is_at_azure(request):
            continue
        fault = _fault(deployment, credential)
        if fault is not None:
            yield _shape_finding(fault, credential, deployment, config, environment)
            return


def _is_at_azure(request: Outcome) -> bool:
    """Return whether a request goes to Azure itself. Gateways have other keys."""
    return isinstance(request, HopRequest) and is_azure(host_of(request.origin))


def _shape_finding(
    fault: _Fault,
    credential: Credential,
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
) -> Finding:
    source = credential.source
    variable = source.variable if source is not None else None
    assumed = variable is not None and variable.basis == "assumed"
    why = fault.why
    set_here: tuple[Place, ...] = ()
    if variable is not None and variable.place is not None:
        set_here = (replace(variable.place, label="set here"),)
    elif variable is not None:
        why += f" {variable.name} is set in {variable.source}."
    place = parameter_place(config, deployment, "api_key", _LABEL)
    if source is not None and source.place is not None and not _is_own(source):
        place = replace(source.place, label=_LABEL)
    return Finding(
        severity=fault.severity.at_most(Severity.WARNING) if assumed else fault.severity,
        message=f"{variable.name if variable else 'api_key'} {fault.shape}",
        title=_TITLE,
        detail=why,
        place=place,
        consequence="the configured key is not an Azure key",
        related=(*set_here, *alias_places(config, deployment, "api_key")),
        fixes=(
            _fix(
                credential.name,
                fault.key,
                restart(config, environment),
                where_set(environment, credential.name or ""),
                deployment if source is not None and _is_own(source) else None,
            ),
        ),
    )


def _tenant_finding(
    source: Source, deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Finding:
    """Return the finding about a tenant that LiteLLM rejects. It never shows the value itself."""
    variable = source.variable
    name = variable.name if variable is not None else "tenant_id"
    assumed = variable is not None and variable.basis == "assumed"
    place = variable.place if variable is not None else None
    label = "letters, digits, dots and hyphens only"
    own = parameter_place(config, deployment, "tenant_id", label)
    return Finding(
        severity=Severity.WARNING if assumed else Severity.ERROR,
        message=f"{name} contains a character that is not allowed in a tenant ID",
        title="these values are not tenant IDs",
        detail="A tenant ID is a domain, or 32 hexadecimal digits with hyphens. "
        'LiteLLM answers every request with "Invalid tenant ID provided".',
        place=own if source.place is not None or place is None else replace(place, label=label),
        consequence="the tenant ID is not valid, so LiteLLM cannot log in to Azure",
        related=(replace(place, label="set here"),) if source.place and place else (),
        fixes=(
            Fix(
                title=f"set {name} to the tenant ID from Azure Portal",
                actions=(
                    Step(
                        "Copy the tenant ID from Azure Portal > Microsoft Entra ID > Overview to "
                        f"{name}"
                    ),
                    restart(config, environment),
                ),
            ),
        ),
    )


def _is_own(source: Source) -> bool:
    """Return whether the key is the deployment's own `api_key`."""
    pointer = source.place.pointer if source.place is not None else None
    return (pointer or "").endswith("/litellm_params/api_key")


def _type_finding(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Finding:
    node = deployment.api_key.node
    action = restart(config, environment)
    kind = f"a {node.kind}" if node is not None and node.kind != "other" else "a value"
    return Finding(
        severity=Severity.ERROR,
        message=f"api_key is {kind} in YAML, not a string",
        title=_TITLE,
        detail="LiteLLM requires a string and drops the deployment at startup. The proxy then "
        'answers "There are no healthy deployments for this model".',
        place=parameter_place(config, deployment, "api_key", "must be a string"),
        consequence="api_key is not a string, so LiteLLM drops the deployment",
        related=alias_places(config, deployment, "api_key"),
        fixes=(
            _quote_fix(deployment, config, action)
            or _fix(None, "api_key", action, where_set(environment)),
        ),
    )


def _fault(deployment: Deployment, credential: Credential) -> _Fault | None:
    """Return the fault in the form of a key for Azure itself."""
    key = (credential.value or Secret("")).stripped()  # HTTP ignores spaces around it
    if not key or key.test(is_placeholder) or key.test(_refers):
        return None
    if deployment.api_key.state == "written" and key.test(is_variable_name):
        return None  # LL102 reports the bare name
    if key.test(lambda text: text != text.strip("\"'")):
        return None  # LL103 reports it
    shapes = table("azure")["key_shapes"]
    if any(key.test(re.compile(row["pattern"]).fullmatch) for row in shapes["right"]):
        return None
    for row in shapes["wrong"]:
        if key.test(re.compile(row["pattern"]).match):
            if row.get("right_as_bearer") and credential.header == BEARER:
                return None
            return _Fault(row["what"], f"{row['why']}.", key=row.get("belongs", "api_key"))
    return _Fault(
        shape=f"is a string of {len(key)} characters, not an Azure key",
        why="Azure keys have 32 hexadecimal digits or 84 letters and digits. A part may be "
        "missing, or you may have copied too much.",
        severity=Severity.WARNING,
    )


def _refers(key: str) -> bool:
    return is_reference(key) or REFERENCE in key or "${" in key


def _quote_fix(deployment: Deployment, config: LiteLLMConfig, action: Action) -> Fix | None:
    """Return the fix for a key of the right form that is a number in YAML."""
    node = deployment.api_key.node
    text = next((text for text in config.texts if node and text.path == node.span.path), None)
    written = text.slice(node.span) if text is not None and node is not None else ""
    right = table("azure")["key_shapes"]["right"]
    if node is None or not any(re.fullmatch(row["pattern"], written) for row in right):
        return None
    changes = (Put(node, Quoted(written)),)
    return Fix("put the key in quotes", "safe", changes=changes, actions=(action,))


def _fix(
    variable: str | None,
    key: str,
    action: Action,
    where: str,
    deployment: Deployment | None = None,
) -> Fix:
    """Return the fix for a wrong key. `deployment` is None if the key is not its own."""
    if key != "api_key" and deployment is not None and deployment.params.get(key) is None:
        entry = deployment.params.entry("api_key")
        return Fix(
            title=f"rename api_key to {key}",
            applicability="unsafe" if entry is not None else "manual",
            changes=(Rename(entry, key),) if entry is not None else (),
            snippet=f"{key}: {REFERENCE}{variable or key.upper()}",
            actions=(action,),
        )
    if key != "api_key":
        return Fix(
            title=f"rename api_key to {key}",
            snippet=f"{key}: {REFERENCE}{variable or key.upper()}",
            actions=(Step("Remove the line with api_key"), action),
        )
    name = variable or _VARIABLE
    return Fix(
        title=f"{where}, set {name} to a key of the resource"
        if variable
        else f"in litellm_config.yaml, set api_key to {REFERENCE}{name}",
        snippet="" if variable else f"api_key: {REFERENCE}{name}",
        actions=(
            Step(f"Copy a key from {PORTAL_KEYS}"),
            set_for_proxy(name, "this key" if variable else "a key of the resource", where),
            action,
        ),
    )


CHECK = Check(
    code="LL115",
    name="azure-key-shape",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("key-shape", "dropped", "no-deployments", "tenant"),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "api_key.{0,80}Input should be a valid string|Invalid tenant ID provided",
            advice="quotes",
        ),
    ),
    advice={
        "quotes": Advice(
            "YAML turns the unquoted api_key into a number. Put quotes around it, or refer to a"
            " variable:",
            "api_key: os.environ/AZURE_OPENAI_API_KEY",
        ),
        "tenant": Advice(
            "tenant_id is not a valid tenant ID. It must be a GUID or a domain. A reference to an"
            " unset variable is neither. You find the ID in Azure Portal > Microsoft Entra ID >"
            " Overview.",
            "tenant_id: os.environ/AZURE_TENANT_ID",
            run=("az account show --query tenantId --output tsv",),
            when="Invalid tenant ID provided",
        ),
    },
)
