"""Azure does not support the api-version that LiteLLM sends.

What it means
-------------
Azure answers 404 "Resource not found" or 400 "API version not supported". The key and the
deployment may be right. The api_version, or the path that goes with it, is wrong.

Why it happens
--------------
The config has a model version instead of an api-version, the date contains a typo, or a feature
needs a newer api-version than the configured one.

How to fix it
-------------
Look at the path of the URL in the log. If it contains /openai/deployments twice, api_base contains
more than the host. If it does not contain /openai/deployments, the prefix azure/ is missing.
Otherwise the api_version is wrong. Write an existing api-version, in quotes, in
litellm_config.yaml:

    model: azure/my-deployment
    api_base: https://my-resource.openai.azure.com
    api_version: "2025-04-01-preview"

Versions
--------
2024-10-21 is the last dated version without -preview, and 2025-04-01-preview is the last with it.
The next version is v1, which has no date.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from clawdoctor.chain.advice import CHECK_AGAIN, set_for_proxy
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import parameter_place, restart, where_found
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.azure.az102_texts import ADVICE, TEXTS
from clawdoctor.checks.turn_finding import (
    captured_value,
    failed_deployment,
    resource_name,
    restart_action,
    turn_finding,
)
from clawdoctor.finding import Action, Finding, Fix, Severity, Unknown
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import is_api_version, is_undated, recommended_api_version
from clawdoctor.probes.azure import PLAIN_VERSION, VersionAnswers, refuses_version
from clawdoctor.probes.evidence import http_evidence, message_of
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.replies import Replies
from clawdoctor.source.change import Quoted, put
from clawdoctor.wire.requests import Requests

_BY_VERSION = (
    "The api-version is too old, unknown, or a model version, or api_base contains a path "
    "besides the host."
)
_BY_PATH = "Azure does not have the path in api_base. LiteLLM sends no api-version for openai/."


def check(
    deployment: Deployment,
    versions: VersionAnswers,
    endpoints: Endpoints,
    litellm: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report a deployment whose api-version the resource rejects while it accepts another."""
    resource = endpoints.resource_of(deployment)
    if resource is None or deployment.provider != "azure":
        return  # LiteLLM sends no api-version
    for version in requests.api_versions(deployment):
        result = versions.results.get(version)
        if result is not None:  # otherwise the probe of the key used it
            yield from _judge(version, result, deployment, resource, litellm, environment)


def _judge(
    version: str,
    result: Answer | NoAnswer,
    deployment: Deployment,
    resource: Resource,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    if isinstance(result, Answer) and result.status == 200:
        return
    if not refuses_version(result):
        answer = result.status if isinstance(result, Answer) else result.detail
        yield Unknown(f'Azure answered a request with api-version "{version}" with: {answer}')
        return
    assert isinstance(result, Answer)
    yield Finding(
        # The v1 routes are newer than the list of models that the probe requests.
        severity=Severity.WARNING if is_undated(version) else Severity.ERROR,
        message=f'{resource.name} does not support the api-version "{version}"',
        detail=(
            f'Azure says "{message_of(result)}". With another api-version, Azure accepts the '
            "same key."
        ),
        place=parameter_place(litellm, deployment, "api_version", "Azure does not support this"),
        consequence=f"{resource.name} does not support the api-version",
        evidence=(http_evidence(result),),
        fixes=(_fix(deployment, restart(litellm, environment)),),
    )


def _fix(deployment: Deployment, action: Action) -> Fix:
    """Return the fix: write the version in the file, or change the variable that holds it."""
    better, value = recommended_api_version(), deployment.api_version
    actions: tuple[Action, ...] = (action, CHECK_AGAIN)
    if value.variable is not None:
        step = set_for_proxy(value.variable, better, where_found(value))
        return Fix(title=step.text[:1].lower() + step.text[1:], actions=(step, *actions))
    return Fix(
        title=f'set api_version to "{better}"',
        applicability="unsafe",
        changes=put(deployment.params, "/api_version", Quoted(better)),
        snippet=f'api_version: "{better}"',
        actions=actions,
    )


def check_turn(
    replies: Replies, configs: Configs, requests: Requests, versions: Versions
) -> Iterator[Finding]:
    """Report a turn with an api-version or a path that Azure does not support."""
    for failure in replies.of("api-version-unsupported"):
        deployment = failed_deployment(failure)
        version = ""
        if deployment is not None and deployment.provider == "azure":
            version = _shown_version(deployment, requests, versions)
        later = captured_value(failure, "version") or captured_value(failure, "api_version")
        old = f'; it requires "{later}" or later' if later else ""
        named = f' with api-version "{version}"' if version else ""
        written = deployment is not None and deployment.params.get("api_version") is not None
        snippet = f'api_version: "{_version_to_try(version)}"' if version else ""
        bare = _origin(deployment) if deployment is not None else ""
        shown = bare
        if deployment is not None and deployment.api_base.quoted(bare) != bare:
            shown = "https://<resource>.openai.azure.com"
        if (
            deployment is not None
            and not later
            and _is_path_at_fault(failure.turn.error, version, deployment, bare)
        ):
            written = False
            snippet = f"api_base: {shown}" if deployment.api_base.resolved != bare else ""
        if deployment is not None and deployment.provider == "openai":
            snippet = f"api_base: {shown}/openai/v1"
        name = resource_name(failure, replies)
        message = f"{name} does not support this request{named}{old}"
        if deployment is not None and deployment.provider == "openai" and not later:
            message = f"{name} does not have the path in api_base"
        # The same message as that of the probe, so that both merge into one finding.
        if written and not later:
            message = f'{name} does not support the api-version "{version}"'
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why=_BY_VERSION if version or deployment is None else _BY_PATH,
            setting="api_version" if written else "api_base",
            label="Azure does not support this",
            fix=Fix(
                title=f"in litellm_config.yaml, set {snippet.replace(': ', ' to ', 1)}"
                if snippet
                else "in litellm_config.yaml, correct api_version and api_base",
                snippet=snippet,
                actions=(*restart_action(configs, replies), CHECK_AGAIN),
            ),
        )


def _shown_version(deployment: Deployment, requests: Requests, versions: Versions) -> str:
    """Return the api-version of the deployment's requests, or "" if it may be a secret."""
    sent = next(iter(requests.api_versions(deployment, versions)), "")
    if deployment.api_version.resolved == sent:
        return deployment.api_version.quoted(sent)
    return sent if is_api_version(sent) else ""


def _version_to_try(version: str) -> str:
    """Return an api-version to try: the recommended one, or else the plain one."""
    better = recommended_api_version()
    return better if version != better else PLAIN_VERSION


def _is_path_at_fault(message: str, version: str, deployment: Deployment, bare: str) -> bool:
    """Return whether the path is at fault: Azure knows the api-version, and api_base has a path."""
    known = version in table("azure")["dated"] or is_undated(version)
    return (
        "Resource not found" in message
        and known
        and (deployment.api_base.resolved or "").rstrip("/") != bare
    )


def _origin(deployment: Deployment) -> str:
    parts = urlsplit(deployment.api_base.resolved or "")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


CHECK = Check(
    code="AZ102",
    name="api-version-unsupported",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("api-version-unsupported",),
    causes=("LL107", "LL106", "LL109", "LL102", "LL105", "PX005"),
    texts=TEXTS,
    advice=ADVICE,
)
