"""LiteLLM may send encrypted reasoning to another resource, which cannot read it.

What it means
-------------
A reasoning model returns its reasoning in encrypted form, and OpenClaw sends it back with the next
message. Only the resource that encrypted the reasoning can read it. LiteLLM makes a new choice of
deployment for each request. If it chooses another resource, Azure answers 400 "The encrypted
content could not be verified" (invalid_encrypted_content). With two resources, this affects about
every second message and looks random.

Why it happens
--------------
The model has deployments on several resources, or with several keys, to share the load. LiteLLM
keeps a conversation on one resource only with the check encrypted_content_affinity. The check is
off unless the config enables it.

How to fix it
-------------
Enable the check:

    router_settings:
      optional_pre_call_checks: ["encrypted_content_affinity"]

LiteLLM then marks each answer with its deployment, and sends the next message there. It does not
need Redis. To enable the check only for some models:

    router_settings:
      model_group_affinity_config:
        gpt-5.2: ["encrypted_content_affinity"]

Or use only deployments of one resource for the model, and another model as its fallback.

Versions
--------
LiteLLM 1.82.1 and later support the check. LiteLLM 1.82.6 and later support
model_group_affinity_config, and 1.82.5 does not. This comes from the source of the releases 1.80.0
to 1.110.0. Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2: without the check, a message with the
reasoning of another resource goes to any deployment of the model.

References
----------
https://docs.litellm.ai/docs/response_api
https://github.com/BerriAI/litellm/pull/27703
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.route import Chain, Group
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.knowledge import behaviour
from clawdoctor.source.change import Append, Change, put
from clawdoctor.source.node import Node
from clawdoctor.wire.requests import Requests

_CHECKS = "/router_settings/optional_pre_call_checks"
_GROUPS = "/router_settings/model_group_affinity_config"
_AFFINITY = "encrypted_content_affinity"
_STICKY = (_AFFINITY, "deployment_affinity", "session_affinity")
"""The checks that keep a conversation on a deployment. The last two do so for a user or session."""
_REASONING = "reasoning.encrypted_content"


def check(
    group: Group,
    config: LiteLLMConfig,
    chain: Chain,
    requests: Requests,
    environment: Environment,
    versions: Versions,
) -> Iterator[Finding]:
    """Report a group whose messages carry reasoning between several resources."""
    members = [
        deployment
        for deployment in group.deployments
        if requests.drop_of(deployment) is None and deployment.provider in ("azure", "azure_ai")
    ]
    if "*" in group.name or len({_resource(deployment) for deployment in members}) < 2:
        return
    if None in {deployment.host for deployment in members} or _is_sticky(config, group.name):
        return
    routes = [
        route.id
        for route in chain.chat_routes
        if any(item in route.deployments for item in members)
        and any(_carries_reasoning(item, requests) for item in members)
    ]
    if not routes:
        return
    row = behaviour("litellm", "encrypted-affinity", versions.value("litellm"))
    known = row is None or row.effect == "known"
    steps = () if known else (Step("Update LiteLLM, because this version lacks the check"),)
    yield Finding(
        severity=Severity.WARNING,
        message=f'LiteLLM may send encrypted reasoning of "{group.name}" to the wrong resource',
        title="LiteLLM may send encrypted reasoning to the wrong resource",
        detail="OpenClaw sends encrypted reasoning back with the next message, and only the "
        "resource that encrypted it can read it. LiteLLM chooses a resource for each request, and "
        "a wrong one answers that the encrypted content could not be verified. "
        + (f"{row.says}. " if row is not None else "")
        + f"{versions.stated('litellm', 'LiteLLM')}.",
        place=config.place(
            f"{members[0].pointer}/model_name", "its deployments share the requests"
        ),
        consequence="Azure rejects messages of a conversation, seemingly at random",
        related=tuple(
            config.place(f"{item.pointer}/litellm_params/api_base", "one of its resources")
            for item in members
        ),
        fixes=(
            Fix(
                title=f"add {_AFFINITY} to optional_pre_call_checks in router_settings",
                applicability="unsafe" if known else "manual",
                changes=_changes(config) if known else (),
                snippet=f'router_settings:\n  optional_pre_call_checks: ["{_AFFINITY}"]',
                actions=(*steps, restart(config, environment)),
            ),
        ),
        subjects=tuple(routes),
    )


def _changes(config: LiteLLMConfig) -> tuple[Change, ...]:
    listed = config.root.at(_CHECKS)
    if listed is not None and listed.kind == "sequence":
        return (Append(listed, _AFFINITY),)
    return put(config.root, _CHECKS, [_AFFINITY])


def _resource(deployment: Deployment) -> str | None:
    """Return the resource of a deployment. It encrypts the reasoning."""
    return deployment.host


def _is_sticky(config: LiteLLMConfig, group: str) -> bool:
    """Return whether a check in the config keeps a conversation on a deployment."""
    own = config.root.at(_GROUPS)
    return _names(config.root.at(_CHECKS)) or (own is not None and _names(own.get(group)))


def _names(node: Node | None) -> bool:
    if node is None:
        return False
    values = [item.value for item in node.items] if node.items else [node.value]
    return any(value in _STICKY for value in values)


def _carries_reasoning(deployment: Deployment, requests: Requests) -> bool:
    """Return whether a deployment gets Responses requests that include encrypted reasoning."""
    return any(
        made.api == "responses" and _REASONING in (made.body.get("include") or ())
        for made in requests.received(deployment)
    )


CHECK = Check(
    code="LL120",
    name="responses-affinity",
    stage="litellm",
    scope="request",
    worst=Severity.WARNING,
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "load balancing Responses API across deployments with different API keys"
            "|Enable 'encrypted_content_affinity'",
        ),
        rule(
            "certain",
            "Azure",
            r"encrypted content\b.{0,200}could not be (?:verified|decrypted)",
            by="litellm",
        ),
    ),
)
