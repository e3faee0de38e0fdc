"""Fixes for OpenClaw in a container: settings and restarts apply there, not to this machine."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.advice import (
    RESTART_OPENCLAW,
    VALIDATE_OPENCLAW,
    recreate_service,
    restart_service,
)
from clawdoctor.chain.compose import Service
from clawdoctor.chain.compose.agent import state_env
from clawdoctor.finding import Action, Command, Fix, Step


def fit_to_container(fix: Fix, service: Service, config: str | None) -> Fix:
    """Return the fix with the actions for OpenClaw on this machine replaced.

    `config` is the path of OpenClaw's config on this host.
    """
    own, _ = state_env(service, config)
    sets = own is None and any(_assignment(action) for action in fix.actions)
    actions = tuple(_action(action, service, own, recreated=sets) for action in fix.actions)
    return replace(fix, actions=actions)


def _action(action: Action, service: Service, own: str | None, *, recreated: bool) -> Action:
    docker = "docker" if service.by_hand else "docker compose"
    if action == RESTART_OPENCLAW:
        return recreate_service(service) if recreated else restart_service(service)
    if action == VALIDATE_OPENCLAW:
        return Command(f"{docker} exec {shlex.quote(service.name)} {VALIDATE_OPENCLAW.text}")
    if assignment := _assignment(action):
        if own is None:
            return set_in_service(assignment, service)
        return Step(f"Put {assignment} into {own}", sets=assignment.partition("=")[0])
    return action


def set_in_service(assignment: str, service: Service) -> Step:
    """Return the step that adds a variable where the container gets its other variables."""
    name = assignment.partition("=")[0]
    if service.by_hand:
        text = f"Pass {assignment} to the container, with -e in the docker run command"
        return Step(text, sets=name)
    beside = os.path.join(Path(service.node.span.path).parent, ".env")  # noqa: PTH118
    return Step(
        f"Put {assignment} into {beside}, and {name}: ${{{name}}} into the environment of "
        f"{service.name}",
        sets=name,
    )


def _assignment(action: Action) -> str:
    return action.assignment if isinstance(action, Step) else ""
