"""LiteLLM or Azure cannot use the api_version of a deployment.

What it means
-------------
Azure's classic API requires its version in each request, such as 2024-10-21. LiteLLM drops a
deployment whose api_version is not a string. If the version does not exist, Azure answers "Resource
not found" or "API version not supported". If a model or a parameter is newer than the version,
Azure rejects the request.

Why it happens
--------------
- YAML turns 2024-10-21 without quotes into a date.
- Model versions look alike: 2024-07-18 is a version of gpt-4o-mini, not of the API.
- Guides show the version as a part of a URL, with "api-version=" before it.
- The "-preview" at the end of a preview version is missing.

How to fix it
-------------
Set a version that exists, in quotes:

    api_version: "2025-04-01-preview"

Or remove the line. LiteLLM then uses its default version.

Versions
--------
LiteLLM 1.106.2, 1.108.7 and 1.110.2 drop a deployment whose api_version is not a string. The newest
dated versions of the API are 2024-10-21 and 2025-04-01-preview. max_completion_tokens and
stream_options, which OpenClaw sends, are in Azure's changelog from 2024-09-01-preview on. v1,
preview and latest refer to the API without dates. An unknown version causes only a warning, because
it may be newer than clawdoctor's list.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.shown import looks_like_key
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll107_version import Fault, type_fault, version_fault
from clawdoctor.checks.litellm.misplaced_key import looks_swapped, swap_fix
from clawdoctor.checks.litellm.value_fix import value_fix
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
    versions: Versions,
) -> Iterator[Finding]:
    """Report an api_version that is not a string, malformed, unknown or too old."""
    value = deployment.api_version
    if value.state == "not-a-string" and value.node is not None:
        fault: Fault | None = type_fault(config, value.node)
    elif value.resolved is None or deployment.provider != "azure":
        return
    else:
        fault = version_fault(deployment, value.resolved, _sent(deployment, requests, versions))
    if fault is None:
        return
    assumed = value.found is not None and value.found.basis == "assumed"
    source = f" {value.variable} is set in {value.found.source}." if value.found is not None else ""
    yield Finding(
        severity=Severity.WARNING if assumed else fault.severity,
        message=fault.message,
        detail=f"{fault.why}{source}",
        place=parameter_place(config, deployment, "api_version", fault.label),
        consequence=fault.consequence,
        related=alias_places(config, deployment, "api_version"),
        fixes=(_fix(deployment, fault, restart(config, environment)),),
    )


def _sent(deployment: Deployment, requests: Requests, versions: Versions) -> set[str]:
    """Return the parameters of the chats that LiteLLM sends to a deployment."""
    made = requests.reaching(deployment, versions)
    chats = (each for each in made if isinstance(each, HopRequest) and each.api == "chat")
    return {name for chat in chats for name in chat.parameters.sent}


def _fix(deployment: Deployment, fault: Fault, action: Action) -> Fix:
    """Set the right version. Do not replace a key in its place: it may be the only copy."""
    value, version = deployment.api_version, fault.version
    if looks_like_key(value.resolved or ""):
        if looks_swapped(deployment, "api_version"):
            return swap_fix(deployment, value, "api-version", action)
        snippet = "" if value.variable else f'api_version: "{version}"'
        name = value.variable or "api_version"
        act = "move the key to api_key, or to the variable that api_key names, and set "
        act += f"{name} to {version}"
        step = Step(f"{act[:1].upper()}{act[1:]}")
        return Fix(title=act, snippet=snippet, actions=(step, action))
    return value_fix(
        value, "api_version", version, fault.applicability, action, form=version, quoted=True
    )


_VARIABLE = Advice(
    "A baseUrl in openclaw.json that ends in /openai/v1 does not need a dated api-version. If Azure"
    " still requires an api-version, the provider's api is azure-openai-responses. Set the version"
    " for OpenClaw's gateway, and restart the gateway.",
    "AZURE_OPENAI_API_VERSION=preview               # ~/.openclaw/.env",
    run=("openclaw gateway restart",),
)

CHECK = Check(
    code="LL107",
    name="api-version",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("api-version", "dropped", "no-deployments"),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"api_version\b.{0,80}Input should be a valid"
            r" string.{0,80}input_type=(?P<type>\w{1,20})",
            advice="quotes",
        ),
        rule(
            "certain",
            "a program that calls Azure",
            r"Must provide either the .?api_version|api[_ ]version is required for (?:the )?Azure"
            "|API_VERSION environment variable is",
            advice="missing",
        ),
        rule(
            "likely",
            "Azure",
            r"Unrecognized request arguments? supplied: [\w, ]{0,120}?(?P<argument>"
            r"functions|function_call|tool_choice|tools)\b",
            advice="old",
        ),
        rule(
            "likely",
            "Azure",
            r"(?:Bump your API version to '|enabled only for api[- ]versions? )"
            r"(?P<since>\d{4}-\d\d-\d\d(?:-preview)?)",
            advice="since",
        ),
    ),
    advice={
        "quotes": Advice(
            "Put quotes around the api_version. Without quotes, YAML turns it into a date, and"
            " LiteLLM accepts only a string.",
            'api_version: "2025-04-01-preview"',
        ),
        "missing": Advice(
            "The program uses Azure's classic API, which requires a version, and has none. LiteLLM"
            " has a default unless api_version in litellm_config.yaml or AZURE_API_VERSION is"
            " empty. Another program reads OPENAI_API_VERSION or its own setting.",
            'api_version: "2025-04-01-preview"',
            straight=_VARIABLE,
        ),
        "old": Advice(
            "This api-version does not support tools. Set a newer version, or remove the line. Do"
            " the same if AZURE_API_VERSION sets it:",
            'api_version: "2025-04-01-preview"',
            straight=_VARIABLE,
        ),
        "since": Advice(
            "Set api_version to <since> or later, or remove the line. Do the same if"
            " AZURE_API_VERSION sets it:",
            'api_version: "<since>"',
            straight=Advice(
                "Use <since> or later. OpenClaw reads the version from the environment of its"
                " gateway:",
                "AZURE_OPENAI_API_VERSION=<since>               # ~/.openclaw/.env",
            ),
        ),
        STRAIGHT: _VARIABLE,
    },
)
