"""How OpenClaw in a container gets a missing variable: part of OC005."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.advice import RESTART_OPENCLAW, recreate_service
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.compose.agent import state_env
from clawdoctor.checks.docker.snippets import environment_snippet
from clawdoctor.finding import Action, Finding, Place, Severity, Step, Unknown
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import Append, Change, put
from clawdoctor.source.node import join_pointer


def placed_in_service(
    finding: Finding | Unknown, name: str, compose: Compose | Absent
) -> Finding | Unknown:
    """Return the finding about an unset variable, placed at the service that should set it.

    A service that passes the variable on gets it from the shell that starts the service, which may
    not be this shell.
    """
    if isinstance(finding, Unknown) or not isinstance(compose, Compose):
        return finding
    service, written = compose.openclaw, finding.place
    if service is None or written is None or state_env(service, written.path)[0] is not None:
        return finding  # OpenClaw's own .env is mounted: that is the usual place
    passed = service.environment.get(name)
    place = compose.place(f"{service.pointer}/environment/{name}", f"does not pass {name}")
    severity = finding.severity
    if passed is not None:
        place = Place(passed.place.path, passed.place.pointer, passed.place.span, "not set here")
        severity = Severity.WARNING if passed.from_shell else severity
    title, snippet = f"pass {name} to the container", environment_snippet(service, name)
    changes = _passing(service, name) if passed is None else ()
    fixes = tuple(
        replace(
            fix,
            title=title,
            applicability="safe" if changes else "manual",
            snippet=snippet,
            changes=changes,
            actions=tuple(_action(action, service) for action in fix.actions),
        )
        for fix in finding.fixes
    )
    related = (replace(written, label="used here"),)
    return replace(finding, severity=severity, place=place, related=related, fixes=fixes)


def _passing(service: Service, name: str) -> tuple[Change, ...]:
    """Return the changes that pass a variable on from the shell where Docker starts."""
    written = service.node.get("environment")
    if service.by_hand:
        return ()
    if written is not None and written.kind == "sequence":
        return (Append(written, name),)
    if written is None or written.kind == "null":
        return put(service.node, "/environment", [name])
    return put(written, join_pointer("", name), f"${{{name}}}")


def _action(action: Action, service: Service) -> Action:
    """Return the action with the place of the value that the service passes on."""
    assignment = action.assignment if isinstance(action, Step) else ""
    if assignment:
        where = "in the shell" if service.by_hand else "in the .env next to the Compose file"
        return Step(f"Set {assignment} {where}")
    return recreate_service(service) if action == RESTART_OPENCLAW else action
