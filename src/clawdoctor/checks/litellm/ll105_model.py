"""How LiteLLM interprets the `model` of a deployment: part of LL105."""

from __future__ import annotations

import re
from dataclasses import replace

from clawdoctor.chain.azure_host import is_azure, split
from clawdoctor.chain.dropped import is_never_a_provider
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.checks.litellm.misplaced_key import misplaced_key
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Applicability
from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import vendor_of
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.wire.startup import provider_drop

_PART_OF_URL = regex(
    r"(?:https?:)?/*(?:[\w.-]+\.(?:com|us)/)?(?:(?:azure|openai|deployments)/)*", re.IGNORECASE
)
_DROPS, _MAY_DROP = ", so LiteLLM drops the deployment", ", so LiteLLM may drop the deployment"
_ELSEWHERE = "LiteLLM does not send the requests to the Azure deployment"
DROPPED = "LiteLLM drops the deployment at startup"


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault of a model, its consequence, and the intended name if it is clear.

    `sure` is false if a version of LiteLLM that no table covers may know the `provider`. The
    provider is empty unless LiteLLM drops the deployment because of it.
    """

    message: str
    label: str
    consequence: str
    name: str
    applicability: Applicability = "safe"
    sure: bool = True
    provider: str = ""


def key_fault(deployment: Deployment, text: str) -> Fault | None:
    """Return the fault of a model that is a key. Its message does not quote the key."""
    message = misplaced_key(deployment, deployment.model, text)
    if message is None:
        return None
    is_dropped = "/" not in text
    return Fault(
        message=f"{message}, so LiteLLM drops the deployment" if is_dropped else message,
        label=f"put {provider_prefix(deployment)} and the deployment name here",
        consequence=DROPPED if is_dropped else _ELSEWHERE,
        name="",
    )


def model_fault(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    text: str,
    version: str | None,
) -> Fault | None:
    """Return the fault of the model `text`, as this version of LiteLLM interprets it."""
    drop = provider_drop(config, deployment, environment, version)
    fault = _fault(deployment, text, dropped=drop is not None)
    if fault is None or drop is None:
        return fault
    if drop.sure:
        return replace(fault, provider="" if is_never_a_provider(drop.wanted) else drop.wanted)
    message = fault.message.removesuffix(_DROPS) + _MAY_DROP
    if drop.wanted:
        message = f"LiteLLM may not know {_named_provider(deployment, drop.wanted)}"
    return replace(
        fault,
        message=message,
        label=f"did you mean {provider_prefix(deployment)}?",
        consequence="",
        applicability="unsafe",
        sure=False,
        provider=drop.wanted,
    )


def _fault(deployment: Deployment, text: str, *, dropped: bool) -> Fault | None:
    head, slash, name = text.partition("/")
    if not slash and head not in ("azure", "azure_ai"):
        return _bare_name_fault(deployment, text, dropped=dropped)
    if head == "azure" or not slash:
        return _azure_fault(deployment, name)
    if not dropped:
        return _openai_fault(deployment, name) if head == "openai" else None
    if "azure" in re.sub("[^a-z]", "", head.casefold()) or is_azure(deployment.host):
        message = f'LiteLLM does not know the provider "{head.strip()}" and drops the deployment'
        if deployment.model.hidden:
            message = f"{deployment.model.named} has no valid provider prefix{_DROPS}"
        variable = deployment.model.variable
        if variable is not None and names_secret(variable):
            message = f"model reads {variable}, whose value is not a model name{_DROPS}"
        return Fault(
            message=message,
            label="must be azure/",
            consequence=DROPPED,
            name=_bare_name(text if head.startswith("http") or not head.strip() else name),
        )
    return None


def _bare_name_fault(deployment: Deployment, text: str, *, dropped: bool) -> Fault | None:
    """Return the fault of a name without a provider. LiteLLM assigns known names to a vendor.

    Foundry has vendor paths, such as /anthropic, that have the vendor's API.
    """
    vendor = None if dropped else vendor_of(text)
    openais, base = vendor == "openai", deployment.api_base.resolved or ""
    speaks = speaks_v1(deployment) or "?" in base if openais else f"/{vendor}" in base
    known = not is_azure(deployment.host) or speaks
    if not dropped and (vendor is None or known):
        return None
    prefix, model = provider_prefix(deployment), _quoted(deployment, text)
    if vendor is not None and not openais:
        return Fault(
            message=f"LiteLLM treats {model} as a model of {vendor}, not as an Azure deployment",
            label=f"{prefix} is missing",
            consequence=_ELSEWHERE,
            name=text,
            applicability="unsafe",  # Claude in Foundry needs another provider and path
        )
    if openais:
        return Fault(
            message=f"{prefix} is missing before {model}, so LiteLLM sends OpenAI's path to Azure",
            label=f"{prefix} is missing",
            consequence="LiteLLM treats the deployment as an OpenAI model",
            name=text,
        )
    return Fault(
        message=f"{model} has no provider prefix{_DROPS}" if text else f"model is empty{_DROPS}",
        label=f"{prefix} is missing",
        consequence=DROPPED,
        name=text if _is_azures(deployment) or _is_no_azure(deployment) else "",
        applicability="unsafe" if _is_no_azure(deployment) else "safe",
    )


def _is_azures(deployment: Deployment) -> bool:
    """Return whether anything in the entry shows that the model is a deployment in Azure."""
    return (
        is_azure(deployment.host)
        or deployment.api_version.state != "missing"
        or (deployment.host is None and deployment.api_base.state != "missing")
        or "AZURE" in (deployment.api_key.variable or "")
    )


def _makes_no_text(group: str) -> bool:
    names: list[str] = table("litellm")["no_chat"]["names"]
    return any(name in group.casefold() for name in names)


def _azure_fault(deployment: Deployment, name: str) -> Fault | None:
    """Return the fault if the text after azure/ is not a deployment name because of a slash."""
    known = table("litellm_providers")
    bare = name
    while (route := bare.partition("/"))[1] and route[0] in known["azure_routes"]:
        bare = route[2]
    if not bare.strip() and deployment.provider == "azure" and _makes_no_text(deployment.group):
        return None  # LiteLLM loads it, and no agent sends chats to it
    if not bare.strip():
        no_slash = deployment.provider is None
        drops = _DROPS if no_slash else ""
        return Fault(
            message=f"the deployment name after azure/ is missing{drops}",
            label="the deployment name is missing",
            consequence=DROPPED if no_slash else _ELSEWHERE,
            name="",
        )
    own_gateway = deployment.host is not None and not is_azure(deployment.host)
    path_again = _PART_OF_URL.match(bare)
    if "/" not in bare or (own_gateway and not (path_again and path_again.end())):
        return None
    inner = _bare_name(bare)
    meant = path_again is not None and path_again.end() > 0 and "/" not in inner
    return Fault(
        message=f"{_quoted(deployment, bare)} is not a deployment name, so Azure answers 404",
        label="put only the deployment name after azure/",
        consequence="the model in litellm_config.yaml is not a deployment name",
        name=inner if meant else inner.rpartition("/")[2],
        applicability="safe" if meant else "unsafe",
    )


def _openai_fault(deployment: Deployment, name: str) -> Fault | None:
    """Return the fault of openai/ with an Azure host. Azure has OpenAI's API only at /openai/v1."""
    parts = split(deployment.api_base.resolved or "")
    path = (parts.path if parts else "").rstrip("/")
    if not is_azure(deployment.host) or path not in ("", "/openai", "/openai/deployments"):
        return None
    model = _quoted(deployment, f"openai/{name}")
    return Fault(
        message=f"{model} needs azure/, because LiteLLM sends OpenAI's path to Azure",
        label="must be azure/",
        consequence="LiteLLM treats the deployment as an OpenAI model",
        name=name,
        applicability="unsafe",
    )


def _named_provider(deployment: Deployment, provider: str) -> str:
    """Return the provider in quotes, or a noun for it if a variable hides the model."""
    if deployment.model.hidden:
        return f"the provider in {deployment.model.named}"
    return f'the provider "{provider.strip()}"'


def _quoted(deployment: Deployment, text: str) -> str:
    """Return a part of the model in quotes, or a noun for the model if a variable hides it."""
    return deployment.model.named if deployment.model.hidden else f'"{text}"'


def _bare_name(text: str) -> str:
    """Return a deployment name without the parts of a URL or path around it."""
    rest = _PART_OF_URL.sub("", text.strip(), count=1)
    return re.split(r"/chat/completions|\?", rest, maxsplit=1)[0].strip("/ ")


def speaks_v1(deployment: Deployment) -> bool:
    """Return whether the api_base leads to Azure's v1 API."""
    return "/openai/v1" in (deployment.api_base.resolved or "")


def provider_prefix(deployment: Deployment) -> str:
    """Return the prefix that the model needs for this api_base."""
    return "openai/" if speaks_v1(deployment) or _is_no_azure(deployment) else "azure/"


def _is_no_azure(deployment: Deployment) -> bool:
    """Return whether the host is the user's own and nothing shows that it has Azure's API."""
    host = deployment.host
    return host is not None and not is_azure(host) and deployment.api_version.state == "missing"
