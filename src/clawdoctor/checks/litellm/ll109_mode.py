"""A declared mode because of which LiteLLM ignores responses/ in a model: part of LL109."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Action, Finding, Fix, Severity, Version
from clawdoctor.knowledge import behaviours
from clawdoctor.source.change import Change, Put
from clawdoctor.source.node import Node
from clawdoctor.wire.requests import Requests

_POINTER = "/model_info/mode"
_RESPONSES = "responses"


def mode_finding(
    deployment: Deployment,
    config: LiteLLMConfig,
    versions: Versions,
    requests: Requests,
    action: Action,
) -> Finding | None:
    """Return the finding for a mode that counts more than responses/ in the model."""
    mode = _other_mode(deployment)
    if mode is None or not deployment.name.startswith(f"{_RESPONSES}/"):
        return None
    old = behaviours("litellm", "routing-words")[0]
    found = versions.of("litellm")
    asked = versions
    if found is None:
        asked = replace(versions, litellm=Version(old.until or "", "the oldest behaviour"))
    chats = any(made.api == "chat" for made in requests.received(deployment))
    if not chats or requests.bridged(deployment, asked):
        return None
    known = versions.known("litellm")
    return Finding(
        severity=Severity.ERROR if known else Severity.WARNING,
        message=f"LiteLLM ignores responses/ in the model, because its mode is {mode.value}"
        if known
        else f"mode: {mode.value} makes older versions of LiteLLM ignore responses/ in the model",
        detail=f"{old.says}. They send the request to a deployment with responses/ in its name, "
        "and Azure answers 404.",
        place=config.place(f"{deployment.pointer}{_POINTER}", "mode overrides responses/"),
        consequence="Azure cannot find the deployment",
        fixes=(
            Fix(
                title=f"set mode to {_RESPONSES}",
                applicability="safe",
                changes=(Put(mode, _RESPONSES),),
                snippet=f"mode: {_RESPONSES}",
                actions=(action,),
            ),
        ),
        assumed=not known,
    )


def mode_changes(deployment: Deployment) -> tuple[Change, ...]:
    """Return the change of a declared mode that the Responses API requires."""
    mode = _other_mode(deployment)
    return (Put(mode, _RESPONSES),) if mode is not None else ()


def _other_mode(deployment: Deployment) -> Node | None:
    """Return the mode that a deployment declares, unless it is that of the Responses API."""
    mode = deployment.node.at(_POINTER)
    if mode is None or not isinstance(mode.value, str) or mode.value == _RESPONSES:
        return None
    return mode
