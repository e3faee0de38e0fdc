"""A failure of a live turn as a finding: its place, severity and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.azure_deployment import requested_deployment
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.litellm import Deployment
from clawdoctor.finding import Action, Evidence, Finding, Fix, Place, Severity
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.probes.turn import Turn


def turn_finding(
    failure: Failure,
    replies: Replies,
    configs: Configs,
    *,
    message: str,
    why: str,
    fix: Fix,
    setting: str = "model",
    label: str = "",
    place: Place | None = None,
    consequence: str = "",
    confirms: tuple[str, ...] | None = None,
) -> Finding:
    """A finding about a turn that failed, at a setting of the deployment that it was about.

    `setting` is LiteLLM's name of it; where the deployment is not known, OpenClaw's file has the
    place. A failure of some deployments of a group is a warning: the others answer.
    """
    found, related = places_of(failure, replies, configs, setting, label)
    return Finding(
        severity=Severity.WARNING if failure.partial else Severity.ERROR,
        message=message,
        detail=f"{why} {_partial(replies)}" if failure.partial else why,
        place=place or found,
        consequence=consequence or message.partition(";")[0],
        related=related,
        evidence=tuple(evidence_of(failure)),
        fixes=(fix,),
        subjects=subjects_of(failure, replies),
        live=True,
        confirms=confirms,
        hop="azure" if failure.direct else None,
    )


def _partial(replies: Replies) -> str:
    """What answers all the same."""
    group, members = replies.question.model, len(replies.question.deployments)
    if members == 1 and replies.fallback:
        return f'LiteLLM answers "{group}" with "{replies.fallback}" instead.'
    return f'It is one of {members} deployments of "{group}": what asks the others is answered.'


def subjects_of(failure: Failure, replies: Replies) -> tuple[str, ...]:
    """The deployments that are known to fail, and the turn itself unless others answer it."""
    named = tuple(deployment.id for deployment in failure.deployments)
    return named if failure.partial and named else (*named, replies.question.id)


def places_of(
    failure: Failure, replies: Replies, configs: Configs, setting: str, label: str
) -> tuple[Place | None, tuple[Place, ...]]:
    """Where a setting of the deployments stands, or else the model in OpenClaw's file."""
    if failure.deployments and configs.litellm is not None:
        places = [
            configs.of_deployment(deployment, setting, label if index == 0 else "the same")
            for index, deployment in enumerate(failure.deployments)
        ]
        first, *others = places
        rest = {(other.path, other.span): other for other in others if other.span != first.span}
        return first, tuple(rest.values())
    route = replies.question.routes[0]
    names = {"api_key": "apiKey", "api_base": "baseUrl", "api_version": "baseUrl"}
    straight = replies.question.resource is not None
    return configs.of_route(route, names.get(setting, "model") if straight else "model", label), ()


def evidence_of(failure: Failure) -> Iterator[Evidence]:
    """The request and its answer, and the proxy's own answer where it hides this."""
    yield _evidence(failure.turn)
    if failure.hidden_by is not None:
        yield _evidence(failure.hidden_by)


def _evidence(turn: Turn) -> Evidence:
    if isinstance(turn.result, Answer) and turn.result.status == 200 and turn.error:
        return Evidence("http", turn.result.line, 200, turn.error)
    return http_evidence(turn.result)


def resource_name(failure: Failure, replies: Replies) -> str:
    """The Azure resource that got the turn, as a sentence names it."""
    resource = replies.question.resource
    if resource is not None:
        return resource.name
    host = failure.deployments[0].host if failure.deployments else None
    if host is None:
        return f'the resource behind "{replies.question.model}"'
    return host.partition(".")[0] if is_azure(host) else host


def deployment_named(failure: Failure, replies: Replies) -> str:
    """LiteLLM's name of the deployment, else the model of OpenClaw's own request."""
    deployment, model = first_of(failure), replies.question.model
    return requested_deployment(deployment, model) if deployment is not None else model


def the_deployment(failure: Failure, replies: Replies) -> str:
    """The deployment as a sentence names it; without LiteLLM's file only the group is known."""
    name = deployment_named(failure, replies)
    known = failure.deployments or replies.question.proxy is None
    return f'deployment "{name}"' if known else f'deployment behind "{name}"'


def captured(failure: Failure, name: str, default: str = "") -> str:
    """A value that the failure's text names."""
    return failure.refusal.captures.get(name) or default


def again(configs: Configs, replies: Replies) -> Action:
    """What makes a changed file count."""
    return configs.restart(replies.question.resource)


def azure_answers_here(replies: Replies) -> str:
    """A sentence for a proxy that fails while Azure itself answers; empty otherwise."""
    if replies.question.proxy is None or not answers_directly(replies):
        return ""
    return " Asked without the proxy, with what is known here, Azure answers."


def answers_directly(replies: Replies) -> bool:
    """Whether a deployment of the group answered without the proxy."""
    return any(direct.passed for direct in replies.direct)


def first_of(failure: Failure) -> Deployment | None:
    """The deployment that a failure is about, if one is known."""
    return failure.deployments[0] if failure.deployments else None
