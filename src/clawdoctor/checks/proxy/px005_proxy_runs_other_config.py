"""The running proxy does not use the config that clawdoctor read.

What it means
-------------
The proxy answers, but its models differ from those in litellm_config.yaml: a model is missing, or
has another deployment, api_base or api_version. Changes in the file have no effect on the proxy,
and clawdoctor's findings about the file may not apply to the proxy.

Why it happens
--------------
LiteLLM reads its file only at startup, and the file has changed since. Or the proxy started with
another file, or runs in a container that contains or mounts another file. Or its models come from
its database (`store_model_in_db: true`), where the admin UI stores them.

How to fix it
-------------
Restart the proxy with the file that you edit, with the first command, or in Docker with the second:

    litellm --config litellm_config.yaml --port 4000
    docker compose up -d --force-recreate litellm

In another terminal, check what it loads:

    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/model/info

Its log shows "Proxy initialized with Config, Set models:" and the names. If the names are wrong,
the proxy reads another file: check --config and, in a container, `volumes:`.

Versions
--------
All versions of LiteLLM. That log line also lists deployments that LiteLLM dropped. /v1/model/info
does not.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/model_management
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import parameter_place, replace_proxy
from clawdoctor.check import Check
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Unknown
from clawdoctor.probes.proxy import RunningDeployment, RunningDeployments
from clawdoctor.probes.replies import Replies
from clawdoctor.run.needs import Absent
from clawdoctor.wire.question import Question


def check(
    proxy: Proxy,
    running: RunningDeployments,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    """Report deployments in the file that the proxy has not loaded."""
    if litellm.models_in_database:
        yield Unknown("the proxy may have models from its database, which are not in the file")
        return
    for group in dict.fromkeys(deployment.group for deployment in litellm.deployments):
        if _is_truncated(group, litellm, running):
            yield Unknown(f'clawdoctor did not read enough of the list to see all of "{group}"')
            continue
        unloaded = _unloaded_deployment(group, litellm, running)
        if unloaded is not None:
            finding = _finding(unloaded, running.of(group), litellm, environment)
            yield replace(finding, subjects=(unloaded.id, proxy.id))


def check_turn(
    question: Question,
    replies: Replies,
    running: RunningDeployments,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding]:
    """Report a failed turn whose group differs between the running proxy and the file."""
    group = litellm.aliases.get(question.model, question.model)
    cut = _is_truncated(group, litellm, running)
    unloaded = None if replies.passed or cut else _unloaded_deployment(group, litellm, running)
    if unloaded is not None and not litellm.models_in_database:
        finding = _finding(unloaded, running.of(group), litellm, environment)
        yield replace(
            finding, severity=Severity.ERROR, subjects=(unloaded.id, question.id), live=True
        )


def _is_truncated(group: str, litellm: LiteLLMConfig, running: RunningDeployments) -> bool:
    """Return whether the part of the proxy's list that was read may lack members of a group."""
    mine = sum(deployment.group == group for deployment in litellm.deployments)
    return not running.whole and len(running.of(group)) < mine


def _unloaded_deployment(
    group: str, litellm: LiteLLMConfig, running: RunningDeployments
) -> Deployment | None:
    """Return a deployment of a group that the proxy does not run. PX004 reports missing groups."""
    mine = [deployment for deployment in litellm.deployments if deployment.group == group]
    theirs = running.of(group)
    if "*" in group or not theirs or any(_is_unknown(deployment) for deployment in mine):
        return None
    unloaded = (
        deployment
        for deployment in mine
        if not any(_is_same(deployment, loaded) for loaded in theirs)
    )
    return next(unloaded, None)


def _is_unknown(deployment: Deployment) -> bool:
    """Return whether a value is unknown, so that no comparison is possible."""
    return any(
        value.variable is not None and value.resolved is None
        for value in (deployment.model, deployment.api_base)
    )


def _is_same(deployment: Deployment, other: RunningDeployment) -> bool:
    base = (deployment.api_base.resolved or "").rstrip("/")
    return other.model == deployment.model.resolved and (
        other.api_base is None or not base or other.api_base.rstrip("/") == base
    )


def _finding(
    deployment: Deployment,
    theirs: tuple[RunningDeployment, ...],
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Finding:
    runs = theirs[0]
    setting, mine, its = "model", deployment.model, runs.model
    if any(loaded.model == mine.resolved for loaded in theirs):
        setting, mine, its = "api_base", deployment.api_base, runs.api_base or "another"
    group = deployment.group
    return Finding(
        severity=Severity.WARNING,
        message=f'the proxy runs "{its}" for "{group}", not "{mine.shown}"',
        detail=(
            "LiteLLM reads its file only at startup. The file has changed since, or the proxy "
            "runs with another file. LiteLLM also leaves out a deployment that it cannot read."
        ),
        place=parameter_place(litellm, deployment, setting, "the proxy has another value"),
        consequence="the proxy runs with another config",
        evidence=(
            Evidence(
                "http",
                f"GET /v1/model/info: {deployment.group} is {runs.model} @ {runs.api_base}",
                200,
            ),
        ),
        fixes=(
            Fix(
                title="restart the proxy with this file",
                actions=(replace_proxy(litellm, environment), CHECK_AGAIN),
            ),
        ),
    )


CHECK = Check(
    code="PX005",
    name="proxy-runs-other-config",
    stage="proxy",
    scope="route",
    run=check,
    live=check_turn,
    requires=(OpenClawConfig | Absent,),
    documentation=__doc__,
    causes=("DK103", "LL105", "LL107", "LL116"),
)
