"""The api_base of an Azure deployment has a path, a scheme or a host that LiteLLM cannot use.

What it means
-------------
LiteLLM expects the resource's endpoint as api_base and appends the rest of the URL:
/openai/deployments/<deployment>/chat/completions. If api_base ends in /openai or /openai/v1, the
URL contains that path twice, and Azure answers 404 "Resource not found". Without https://, LiteLLM
cannot connect. LiteLLM 1.106 and older say "Connection error.", and later versions show the host
and the path without the scheme.

Why it happens
--------------
Guides for other clients end the URL in /openai/v1, and Foundry's pages show the URL of a project.
Both are right for other programs.

How to fix it
-------------
Set the endpoint and nothing else:

    api_base: https://my-resource.openai.azure.com

A trailing slash is harmless, and so is /openai/deployments/my-deployment. If the model starts with
openai/ instead of azure/, /openai/v1 is right.

An embedding model needs api_base, because LiteLLM uses base_url only for chat. Without api_base,
LiteLLM uses AZURE_API_BASE for embeddings of azure/ models, and rejects them if that is not set
either. It sends embeddings of openai/ and azure_ai/ models to OpenAI itself, with the Azure key.

Versions
--------
LiteLLM 1.108.9 and later accept an api_base that ends in /openai/v1 for chat if api_version is v1,
preview or latest. LiteLLM 1.108.8 and older do not.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
https://github.com/BerriAI/litellm/issues/9406
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import COPY_ENDPOINT
from clawdoctor.chain.azure_host import is_azure, split
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll106_host import (
    NO_CONNECTION,
    domain_fault,
    missing_scheme_fault,
    plain_http_fault,
)
from clawdoctor.checks.litellm.ll106_path import BaseFault, path_fault
from clawdoctor.checks.litellm.misplaced_key import looks_swapped, misplaced_key, swap_fix
from clawdoctor.checks.litellm.value_fix import value_fix
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity
from clawdoctor.knowledge import table
from clawdoctor.source.change import Rename
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests

_SCHEME = regex(r"https?://", re.IGNORECASE)
_TITLE = "the api_base is not an endpoint that LiteLLM can use"


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    requests: Requests,
) -> Iterator[Finding]:
    """Report an api_base from which LiteLLM builds a wrong URL."""
    yield from _unread_base(deployment, config, environment, requests)
    value = deployment.api_base
    text = value.resolved
    if deployment.provider != "azure" or text is None or _is_other_fault(text):
        return
    fault = _fault(deployment, requests, versions, text)
    if fault is None:
        return
    key = value.pointer.rpartition("/")[2]
    assumed = value.found is not None and value.found.basis == "assumed"
    message, label = fault.message, fault.label
    if value.hidden:
        message = fault.general or message
        if message.startswith("api_base ") and not message.startswith(value.named):
            message = value.named + message.removeprefix("api_base")
        label = "put the resource's endpoint here"
    place = parameter_place(config, deployment, key, label)
    source = ""
    set_here: tuple[Place, ...] = ()
    if value.found is not None and value.found.place is not None:
        set_here = (replace(value.found.place, label="set here"),)
    elif value.found is not None:
        source = f" {value.variable} is set in {value.found.source}."
    yield Finding(
        severity=fault.severity.at_most(Severity.WARNING) if assumed else fault.severity,
        message=message,
        title=_TITLE,
        detail=f"{fault.why}{source}",
        place=place,
        consequence=message.partition(";")[0]
        if fault.consequence == NO_CONNECTION
        else fault.consequence,
        related=(*set_here, *alias_places(config, deployment, key)),
        fixes=(_fix(deployment, key, fault, restart(config, environment)),),
    )


def _unread_base(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment, requests: Requests
) -> Iterator[Finding]:
    """Report an embedding model that has `base_url` only.

    A variable or litellm_settings can give it another address.
    """
    sent = requests.reaching(deployment)
    if any(isinstance(made, HopRequest) and made.api == "embeddings" for made in sent):
        return
    entry, own = deployment.params.entry("base_url"), deployment.params.get("api_base")
    embeds = any(made.api == "embeddings" for made in requests.received(deployment))
    if entry is None or not entry.value.value or not embeds or (own is not None and own.value):
        return
    azure = deployment.provider == "azure"
    where = 'it answers "No API Base provided"' if azure else "it calls OpenAI itself"
    known = environment.proxy.basis == "known"
    rest = "" if known else ", unless a variable in its environment sets another address"
    changes = (Rename(entry, "api_base"),) if own is None and not entry.merged else ()
    yield Finding(
        severity=Severity.ERROR if known else Severity.WARNING,
        message=f'the embedding model "{deployment.group}" has base_url instead of api_base',
        title=_TITLE,
        detail=f"LiteLLM uses base_url only for chat. For embeddings, {where}{rest}."
        + ("" if azure else " The Azure key goes there too."),
        place=parameter_place(config, deployment, "base_url", "must be api_base"),
        consequence="no embedding reaches Azure",
        fixes=(
            Fix(
                title="rename base_url to api_base",
                snippet=f"api_base: {entry.value.value}",
                changes=changes,
                applicability="safe" if changes else "manual",
                actions=(restart(config, environment),),
            ),
        ),
    )


def _is_other_fault(text: str) -> bool:
    """Return whether LL102 to LL104 report it: references, placeholders, newlines and quotes."""
    if is_placeholder(text) or is_reference(text) or text != text.strip("\r\n\"'"):
        return True
    return REFERENCE in text or "${" in text or "{{" in text


def _fault(
    deployment: Deployment, requests: Requests, versions: Versions, text: str
) -> BaseFault | None:
    bare = text.strip()
    parts = split(bare)
    misplaced = misplaced_key(deployment, deployment.api_base, text)
    if misplaced is not None:
        return BaseFault(
            message=misplaced,
            label="put the resource's endpoint here",
            why="LiteLLM treats it as a URL, sends Azure nothing and answers 500.",
            consequence=NO_CONNECTION,
            base="",
            applicability="manual",
        )
    if not _SCHEME.match(bare):
        return missing_scheme_fault(bare)
    if parts is None or not parts.hostname:
        return None
    host = parts.hostname
    if host in table("litellm")["no_endpoint"]:
        return BaseFault(
            message=f"{host} is not an Azure OpenAI endpoint",
            label=table("litellm")["no_endpoint"][host],
            why="LiteLLM sends its requests to api_base, so it must be the resource's endpoint.",
            consequence="api_base is not the address of an Azure OpenAI resource",
            base="",
            applicability="manual",
        )
    if not is_azure(host):
        return domain_fault(host, parts)  # a gateway may use any path
    fault = path_fault(deployment, requests, versions, parts) or plain_http_fault(parts)
    if fault is None and text != bare:
        fault = BaseFault(
            message="api_base starts or ends with a space",
            label="remove the space",
            why="LiteLLM keeps the space in the URL, so the URL is wrong.",
            consequence=NO_CONNECTION,
            base=bare,
        )
    return fault


def _fix(deployment: Deployment, key: str, fault: BaseFault, action: Action) -> Fix:
    if not fault.base:
        if looks_swapped(deployment, key):
            return swap_fix(deployment, deployment.api_base, "URL", action)
        return Fix(
            title=f"set {key} to the resource's endpoint",
            snippet=f"{key}: https://<your resource>.openai.azure.com",
            actions=(COPY_ENDPOINT, action),
        )
    form = "the resource's endpoint, https://<your resource>.openai.azure.com"
    return value_fix(deployment.api_base, key, fault.base, fault.applicability, action, form=form)


_V1 = Advice(
    "In openclaw.json, set baseUrl to the resource's endpoint followed by /openai/v1, and nothing"
    " else:",
    'baseUrl: "https://my-resource.openai.azure.com/openai/v1",',
)

CHECK = Check(
    code="LL106",
    name="api-base-shape",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "no-base",
        "path",
    ),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "/openai/(?:v1//?)?openai/[dvr]|/api/projects/[^/]{1,80}/openai"
            "|deployments/[^/]{1,80}(?:/chat/completions|/responses){2}",
            advice="path",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"AzureException APIError - /(?:%20https?:/|[\w.-]{1,100}(?::\d{1,5})?/openai/)",
            advice="scheme",
        ),
        rule(
            "likely",
            "a program that calls Azure",
            "missing an 'http|No connection adapters|No scheme supplied"
            "|unsupported protocol scheme|host='https?'|://https?:?//",
            "openai|azure|completions|UnsupportedProtocol|litellm",
            advice="scheme",
        ),
        rule(
            "certain",
            "LiteLLM",
            "(?:Azure|OpenAI)Exception|AzureOpenAIError",
            "detail'?: ?'Not Found|404 page not found|405 - Method Not"
            "|'str' object has no attribute 'model_dump",
            advice="server",
        ),
        rule(
            "likely",
            "a program that calls Azure",
            r"base[ _]url\W{1,4}https?://[^\s']{0,80}/openai/deployments/"
            r"|base_url and azure_endpoint are mutually",
            advice="path",
        ),
        rule(
            "possible",
            "OpenAI or Azure",
            r"Invalid URL \((?:POST|GET) /\S{1,80}\)|Azure endpoints should be specified via",
            advice="path",
        ),
    ),
    advice={
        "scheme": Advice(
            "The URL does not start with https://, contains it twice, or comes from a variable that"
            " is empty where the proxy runs. Put the full URL in litellm_config.yaml or in the"
            " variable, with nothing before https://:",
            "api_base: https://my-resource.openai.azure.com",
            straight=_V1,
        ),
        "server": Advice(
            "The answer did not come from Azure. It came from your own server or a proxy whose API"
            " has another path. Use azure/ with an api_base only for Azure. For a server with"
            " OpenAI's API, write:",
            "model: openai/<name of the model>\napi_base: http://localhost:8080/v1",
        ),
        "path": Advice(
            "The program appends the path itself. Set only the endpoint, without /openai,"
            " /chat/completions or the path of a Foundry project (/api/projects/...). A client for"
            " OpenAI's API, such as OpenClaw, needs /openai/v1 after the endpoint:",
            "api_base: https://my-resource.openai.azure.com          # litellm_config.yaml\n"
            'baseUrl: "https://my-resource.openai.azure.com/openai/v1", # openclaw.json',
            straight=_V1,
        ),
        STRAIGHT: _V1,
    },
)
