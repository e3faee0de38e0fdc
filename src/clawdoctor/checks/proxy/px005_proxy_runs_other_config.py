"""The running proxy works with another configuration than the file that was read.

What it means
-------------
The proxy answers, and its models are not those of litellm_config.yaml: one is missing, has another
deployment, another api_base or another api_version. What you change in the file has no effect on
it, and what clawdoctor says about the file need not be true of the proxy.

Why it happens
--------------
LiteLLM reads its file once, when it starts: the file was changed since. Or the proxy was started
with another file, or in a container that has a copy or a mount of another one. Or its models come
from its database (`store_model_in_db: true`), where the web page puts them.

How to fix it
-------------
Restart the proxy with the file that you edit, and look at what it loads:

    litellm --config litellm_config.yaml --port 4000
    docker compose up -d --force-recreate litellm
    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/model/info

Its log says "Proxy initialized with Config, Set models:" and the names. If the wrong ones are
there, it reads another file: look at --config, and in a container at `volumes:`.

Versions
--------
All versions of LiteLLM. That first line of the log also lists deployments that were dropped;
/v1/model/info does not.

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
        yield Unknown("the proxy may have models from its database, which stand in no file")
        return
    for group in dict.fromkeys(deployment.group for deployment in litellm.deployments):
        if _is_truncated(group, litellm, running):
            yield Unknown(f'the proxy\'s list was not read as far as all of "{group}"')
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
    """Whether the part of the proxy's list that was read may lack members of a group."""
    mine = sum(deployment.group == group for deployment in litellm.deployments)
    return not running.whole and len(running.of(group)) < mine


def _unloaded_deployment(
    group: str, litellm: LiteLLMConfig, running: RunningDeployments
) -> Deployment | None:
    """A deployment of a group that the proxy does not run; PX004 reports missing groups."""
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
    """Whether a value is unknown, so that nothing can be compared."""
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
        message=f'the running proxy has "{its}" for "{group}", this file has "{mine.shown}"',
        detail="LiteLLM reads its file once, when it starts. It was changed since, or the proxy "
        "runs with another file. A deployment that LiteLLM could not read is left out, too.",
        place=parameter_place(litellm, deployment, setting, "not what the proxy runs with"),
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
                actions=(*replace_proxy(litellm, environment), CHECK_AGAIN),
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
