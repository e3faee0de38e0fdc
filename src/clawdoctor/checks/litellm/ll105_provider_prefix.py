"""The model of a deployment names no provider, a wrong one, or a path instead of a deployment.

What it means
-------------
LiteLLM reads `model` as provider/name. For Azure that is azure/ and the name of the deployment.
Without a provider that it knows, LiteLLM drops the deployment when it starts, says so in one line
of its log only, and answers "There are no healthy deployments for this model". A bare name that
OpenAI uses too, such as gpt-4o-mini, is sent as a request to OpenAI's API, which Azure answers with
404: the error then says OpenAIException where AzureException should stand.

Why it happens
--------------
The name was copied from the portal or from a guide for another program. The prefix is exactly
azure/, in lower case: Azure/, azure_openai/ and azure-openai/ are no providers. What follows is the
bare name, without deployments/ or a part of a URL.

How to fix it
-------------
    model: azure/my-deployment

With an api_base that ends in /openai/v1, Azure speaks OpenAI's own API, and it is

    model: openai/my-deployment

Versions
--------
Seen on LiteLLM 1.106.2; the same in all versions known.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://docs.litellm.ai/docs/providers
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.azure_host import is_azure, split
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import REFERENCE, Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.finding import Action, Applicability, Edit, Finding, Fix, Severity
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import model_named

_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_PLAIN = re.compile(r"[A-Za-z0-9][\w./-]*", re.ASCII)
_PART_OF_URL = re.compile(
    r"(?:https?:)?/*(?:[\w.-]+\.(?:com|us)/)?(?:(?:azure|openai|deployments)/)*", re.IGNORECASE
)
_CLASSIC = "LiteLLM reads a model as provider/name: azure/ and the deployment's name."
_V1 = (
    "LiteLLM reads a model as provider/name: openai/ and the deployment's name, as this api_base "
    "ends in /openai/v1."
)
_DROPPED = "LiteLLM drops the deployment when it starts"


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a model, what comes of it, and the name that was meant, if it shows."""

    message: str
    label: str
    consequence: str
    name: str
    applicability: Applicability = "safe"


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """The model as LiteLLM's own rules take it apart, where it leads to Azure or nowhere."""
    text = deployment.model.resolved
    if deployment.model.state == "written":
        text = deployment.model.written  # also an empty one, which LiteLLM drops
    if text is None or "*" in text or _is_chosen_otherwise(deployment) or _is_reference(text):
        return
    fault = _fault(deployment, config, text)
    if fault is None:
        return
    seen = deployment.model.found
    assumed = seen is not None and seen.basis == "assumed"
    why = [_V1 if _speaks_v1(deployment) else _CLASSIC]
    if fault.consequence == _DROPPED:
        why.append('The proxy then answers "There are no healthy deployments for this model".')
    if seen is not None:
        why.append(f"{seen.name} is set in {seen.source}.")
    yield Finding(
        severity=Severity.WARNING if assumed else Severity.ERROR,
        message=fault.message,
        detail=" ".join(why),
        place=parameter_place(config, deployment, "model", fault.label),
        consequence=fault.consequence,
        related=alias_places(config, deployment, "model"),
        fixes=(_fix(deployment, fault, restart(config, environment)),),
    )


def _is_chosen_otherwise(deployment: Deployment) -> bool:
    """Whether the entry names its provider in a setting of its own."""
    return any(deployment.params.get(key) for key in ("custom_llm_provider", "use_litellm_proxy"))


def _is_reference(text: str) -> bool:
    """Whether a reference that is not expanded stands in it: LL102 says that."""
    return is_reference(text) or REFERENCE in text or "${" in text or "{{" in text


def _fault(deployment: Deployment, config: LiteLLMConfig, text: str) -> _Fault | None:
    known = table("litellm_providers")
    head, slash, name = text.partition("/")
    if not slash and head not in ("azure", "azure_ai"):
        return _bare(deployment, text)
    if head == "azure" or not slash:
        return _azure(deployment, name)
    if head in known["providers"] or head in _custom_providers(config):
        return _openai(deployment, name) if head == "openai" else None
    if "azure" in re.sub("[^a-z]", "", head.casefold()) or is_azure(deployment.host):
        return _Fault(
            message=f'LiteLLM knows no provider "{head.strip()}" and drops the deployment',
            label="has to be azure/",
            consequence=_DROPPED,
            name=_bare_name(text if head.startswith("http") or not head.strip() else name),
        )
    return None


def _bare(deployment: Deployment, text: str) -> _Fault | None:
    """A name without a provider: OpenAI's if it is one of its models, else no one's."""
    known = table("litellm_providers")
    name = text.casefold()
    if name.startswith(tuple(known["other_names"])) or deployment.host in known["hosts"]:
        return None
    openais = name.startswith(tuple(known["openai_names"]))
    if openais and (not is_azure(deployment.host) or _speaks_v1(deployment)):
        return None
    prefix = _prefix(deployment)
    if model_named(_DATE.sub("", text)) is not None:
        return _Fault(
            message=f'"{text}" goes to OpenAI\'s API, which Azure answers with 404',
            label=f"{prefix} is missing",
            consequence="LiteLLM takes the deployment for OpenAI's",
            name=text,
        )
    return _Fault(
        message=f'"{text}" names no provider: LiteLLM drops the deployment',
        label=f"{prefix} is missing",
        consequence=_DROPPED,
        name=text,
    )


def _azure(deployment: Deployment, name: str) -> _Fault | None:
    """What follows azure/ has to be the name of a deployment, which has no slash."""
    known = table("litellm_providers")
    bare = name
    while (route := bare.partition("/"))[1] and route[0] in known["azure_routes"]:
        bare = route[2]
    if not bare.strip():
        no_slash = deployment.provider is None
        drops = ": LiteLLM drops the deployment" if no_slash else ""
        return _Fault(
            message=f"azure/ is not followed by the name of a deployment{drops}",
            label="the deployment's name is missing",
            consequence=_DROPPED if no_slash else "the model leads to no deployment",
            name="",
        )
    own_gateway = deployment.host is not None and not is_azure(deployment.host)
    path_again = _PART_OF_URL.match(bare)
    if "/" not in bare or (own_gateway and not (path_again and path_again.end())):
        return None
    inner = _bare_name(bare)
    meant = path_again is not None and path_again.end() > 0 and "/" not in inner
    return _Fault(
        message=f'"{bare}" is no name of a deployment: Azure answers 404',
        label="only the deployment's name may follow azure/",
        consequence="Azure has no such deployment",
        name=inner if meant else inner.rpartition("/")[2],
        applicability="safe" if meant else "unsafe",
    )


def _openai(deployment: Deployment, name: str) -> _Fault | None:
    """OpenAI's API at an Azure host is there below /openai/v1 only."""
    parts = split(deployment.api_base.resolved or "")
    path = (parts.path if parts else "").rstrip("/")
    if not is_azure(deployment.host) or path not in ("", "/openai", "/openai/deployments"):
        return None
    return _Fault(
        message=f'"openai/{name}" goes to OpenAI\'s API, which this api_base answers with 404',
        label="has to be azure/",
        consequence="LiteLLM takes the deployment for OpenAI's",
        name=name,
        applicability="unsafe",
    )


def _custom_providers(config: LiteLLMConfig) -> frozenset[str]:
    node = config.root.at("/litellm_settings/custom_provider_map")
    listed = node.items if node is not None else ()
    return frozenset(item.text("provider") or "" for item in listed)


def _bare_name(text: str) -> str:
    """A deployment's name without what of a URL or path stands around it."""
    rest = _PART_OF_URL.sub("", text.strip(), count=1)
    return re.split(r"/chat/completions|\?", rest, maxsplit=1)[0].strip("/ ")


def _speaks_v1(deployment: Deployment) -> bool:
    return "/openai/v1" in (deployment.api_base.resolved or "")


def _prefix(deployment: Deployment) -> str:
    return "openai/" if _speaks_v1(deployment) else "azure/"


def _fix(deployment: Deployment, fault: _Fault, action: Action) -> Fix:
    node, variable = deployment.model.node, deployment.model.variable
    text = _prefix(deployment) + fault.name
    if not fault.name or _PLAIN.fullmatch(fault.name) is None:
        return Fix(
            title="name the provider and the deployment",
            snippet=f"model: {_prefix(deployment)}<name of the deployment in Azure>",
            actions=(action,),
        )
    if variable is not None:
        return Fix(
            title=f"set {variable} to {text}",
            actions=(set_for_proxy(variable, text), action),
        )
    assert node is not None, "what is at fault is written"
    return Fix(
        title=f"write {text}",
        applicability=fault.applicability,
        edits=(Edit(node.span, text),),
        snippet=f"model: {text}",
        actions=(action,),
    )


CHECK = Check(
    code="LL105",
    name="provider-prefix",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"LLM Provider NOT provided(?:.{0,120}?You passed "
            r"model=(?P<model>[^\s\"',]{1,120}))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"GetLLMProvider Exception - list index out of range(?:.{0,40}?original model: "
            r"(?P<model>[^\s\"',]{1,120}))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Unmapped LLM provider(?:.{0,120}?You passed model=(?P<model>[^\s\"',]{1,120}))?",
            "likely",
            "LiteLLM",
        ),
        # Azure's words in an error of LiteLLM's client for OpenAI.
        signature(
            r"OpenAIException .{0,60}?(?:Resource not found|The API deployment for)",
            "likely",
            "Azure",
        ),
        signature(
            r"You passed in model=(?P<group>[^\s\"']{1,120})\. There are no healthy "
            r"deployments",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Unable to map (?:the|your) custom llm provider=(?P<prefix>[^\s\"\',]{1,60})",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"OpenAIException.{0,40}The api_key client option must be set",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"The api_key client option must be set.{0,100}OPENAI_API_KEY",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Provider List: https://docs\.litellm\.ai/docs/providers"
            r"|Unable to map your input to a model|Unmapped provider passed in",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blite_?llm",
                r"LLM Provider (?:was |is )?not (?:provided|given|specified|recogni[sz]ed)"
                r"|(?:missing|wrong|unknown) provider prefix|provider prefix (?:is )?missing",
                120,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"LLM Provider (?:was |is )?not (?:provided|given|specified)|Unmapped provider",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"GetLLMProvider Exception",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"\bUnsupported provider - |model isn't mapped yet",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Pass in the LLM provider you are trying to call(?:.{0,40}?You passed "
            r"model=(?P<model>[^\s\"',]{1,120}))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Incorrect API key provided: .{0,120}platform\.openai\.com",
            "possible",
            "OpenAI",
        ),
        signature(
            r"The model [`'\"](?P<model>[^`'\"]{1,120})[`'\"] does not exist or you do not have"
            r" access to it",
            "possible",
            "OpenAI",
        ),
        signature(
            r"No valid completion model args passed in",
            "likely",
            "LiteLLM",
        ),
    ),
)
