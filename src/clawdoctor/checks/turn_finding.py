"""Build the finding for a failed live turn: its place, severity and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.litellm import Deployment
from clawdoctor.errors.advice import Advice
from clawdoctor.finding import Action, Command, Evidence, Finding, Fix, Place, Severity, Step
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
    not_caused_by: tuple[str, ...] = (),
) -> Finding:
    """Return the finding for a failed turn, placed at a setting of the deployment.

    `setting` is LiteLLM's name for the setting. If the deployment is unknown, the place is in
    OpenClaw's file. If only some deployments of a group fail, the finding is a warning.
    """
    default_place, related = places_of(failure, replies, configs, setting, label)
    advice = _own_advice(failure, replies)
    details = [advice.cause if advice else "", why]
    details += [_partial_note(replies)] if failure.partial else []
    return Finding(
        severity=Severity.WARNING if failure.partial else Severity.ERROR,
        message=message,
        detail=" ".join(detail for detail in details if detail),
        place=place or default_place,
        consequence=consequence or message.partition(";")[0],
        related=related,
        evidence=tuple(evidence_of(failure)),
        fixes=(_without_known_lines(_advised(advice, fix), configs),),
        subjects=subjects_of(failure, replies),
        live=True,
        confirms=confirms,
        not_caused_by=not_caused_by,
        hop="azure" if failure.direct else None,
    )


def _own_advice(failure: Failure, replies: Replies) -> Advice | None:
    """Return the advice that fits the error text, if there is any."""
    if failure.refusal.advice is None:
        return None
    straight = replies.question.proxy is None
    return failure.refusal.advice.to(straight=straight).filled(failure.refusal.captures)


def _advised(advice: Advice | None, otherwise: Fix) -> Fix:
    """Return the fix of the advice, with the actions of the general fix.

    The title is the first instruction.
    """
    if advice is None:
        return otherwise
    actions = (Step(" ".join(advice.steps)), *map(_to_run, advice.run), *otherwise.actions)
    title = advice.steps[0].rstrip(".:")
    return Fix(title, snippet=advice.lines, actions=tuple(dict.fromkeys(actions)))


def _without_known_lines(fix: Fix, configs: Configs) -> Fix:
    """Return the fix without its lines if LiteLLM's file already contains all of them."""
    lines = [line.strip() for line in fix.snippet.splitlines()]
    texts = configs.litellm.texts if configs.litellm is not None else ()
    if fix.edits or fix.changes or not lines:
        return fix
    known = all(any(line in text.content for text in texts) for line in lines)
    return replace(fix, snippet="") if known else fix


def _to_run(command: str) -> Action:
    """Return a command, or a step if it has a blank. A comment is what to do before it."""
    if "<" in command:
        return Step(command)
    text, _, comment = command.partition("   # ")
    return Command(text, comment[:1].upper() + comment[1:])


def without_advice(failure: Failure) -> Failure:
    """Return the failure without advice, for a check whose fix uses the user's settings."""
    return replace(failure, refusal=replace(failure.refusal, advice=None))


def _partial_note(replies: Replies) -> str:
    """Return a sentence that says what still answers."""
    group, members = replies.question.model, len(replies.question.deployments)
    if members == 1 and replies.fallback:
        return f'LiteLLM falls back to "{replies.fallback}" for "{group}".'
    return (
        f'This is one of {members} deployments of "{group}". Requests that reach the others '
        "succeed."
    )


def subjects_of(failure: Failure, replies: Replies) -> tuple[str, ...]:
    """Return the deployments that fail, and the turn unless another deployment answers it."""
    deployment_ids = tuple(deployment.id for deployment in failure.deployments)
    return (
        deployment_ids
        if failure.partial and deployment_ids
        else (*deployment_ids, replies.question.id)
    )


def places_of(
    failure: Failure, replies: Replies, configs: Configs, setting: str, label: str
) -> tuple[Place | None, tuple[Place, ...]]:
    """Return the places of a deployment setting, or the model's place in OpenClaw's file."""
    if failure.deployments and configs.litellm is not None:
        places = [
            configs.of_deployment(deployment, setting, label if index == 0 else "also here")
            for index, deployment in enumerate(failure.deployments)
        ]
        first, *others = places
        rest = {(other.path, other.span): other for other in others if other.span != first.span}
        return first, tuple(rest.values())
    route = replies.question.routes[0]
    openclaw_keys = {"api_key": "apiKey", "api_base": "baseUrl", "api_version": "baseUrl"}
    is_direct = replies.question.resource is not None
    return configs.of_route(
        route, openclaw_keys.get(setting, "model") if is_direct else "model", label
    ), ()


def evidence_of(failure: Failure) -> Iterator[Evidence]:
    """Yield the request with its answer, and the proxy's answer if that hides it."""
    yield _evidence(failure.turn)
    if failure.hidden_by is not None:
        yield _evidence(failure.hidden_by)


def _evidence(turn: Turn) -> Evidence:
    if isinstance(turn.result, Answer) and turn.result.status == 200 and turn.error:
        return Evidence("http", turn.result.line, 200, turn.error)
    return http_evidence(turn.result)


def resource_name(failure: Failure, replies: Replies) -> str:
    """Return the name of the Azure resource that received the turn, for use in a sentence."""
    resource = replies.question.resource
    if resource is not None:
        return resource.name
    deployment = failed_deployment(failure)
    host = deployment.host if deployment is not None else None
    if deployment is not None and deployment.shown_host != (host or ""):
        return deployment.shown_host
    if host is None:
        return f'the resource for "{replies.question.model}"'
    return host.partition(".")[0] if is_azure(host) else host


def deployment_named(failure: Failure, replies: Replies) -> str:
    """Return LiteLLM's name for the deployment, or the model in OpenClaw's own request."""
    deployment, model = failed_deployment(failure), replies.question.model
    if deployment is not None and deployment.model.hidden:
        return deployment.shown_name
    return deployment.name if deployment is not None else model


def name_for_snippet(deployment: Deployment) -> str:
    """Return the deployment's name for a snippet, or a placeholder if a variable hides it."""
    return "<deployment>" if deployment.model.hidden else deployment.name


def deployment_phrase(failure: Failure, replies: Replies) -> str:
    """Return the deployment's name for a sentence, or the group's if there is no LiteLLM file."""
    name = deployment_named(failure, replies)
    known = failure.deployments or replies.question.proxy is None
    return f'deployment "{name}"' if known else f'deployment for "{name}"'


def captured_value(failure: Failure, name: str, default: str = "") -> str:
    """Return a value captured from the failure's text."""
    return failure.refusal.captures.get(name) or default


def restart_action(configs: Configs, replies: Replies) -> tuple[Action, ...]:
    """Return the action after which the chain uses a changed config.

    There is none if only openclaw.json has changed, which OpenClaw reads again by itself.
    """
    resource = replies.question.resource
    straight = resource is not None and resource.provider is not None
    return () if straight else (configs.restart(resource),)


def azure_answers_note(replies: Replies) -> str:
    """Return a sentence if the proxy fails while Azure itself answers, else an empty string."""
    if replies.question.proxy is None or not answers_directly(replies):
        return ""
    return (
        " The same test message succeeds if clawdoctor sends it straight to Azure with the "
        "settings that clawdoctor knows."
    )


def answers_directly(replies: Replies) -> bool:
    """Return whether a deployment of the group answered without the proxy."""
    return any(direct.passed for direct in replies.direct)


def failed_deployment(failure: Failure) -> Deployment | None:
    """Return the deployment that failed, if it is known."""
    return failure.deployments[0] if failure.deployments else None
