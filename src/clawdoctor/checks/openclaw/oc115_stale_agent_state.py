"""A file from an older OpenClaw in an agent's folder interferes with this version.

What it means
-------------
Older versions of OpenClaw kept keys in agents/<id>/agent/auth-profiles.json, and providers in
models.json next to it. New versions use neither file. They stop if auth-profiles.json exists
("requires legacy credential migration"). Some old versions prefer the baseUrl and the key in
models.json, so changes of these in openclaw.json have no effect.

Why it happens
--------------
OpenClaw was updated and the files were kept, or a folder was copied from another machine.

How to fix it
-------------
Let OpenClaw move the keys:

    openclaw doctor --fix

With an old version, move models.json away and restart OpenClaw, which then writes a new file.

Versions
--------
auth-profiles.json stops OpenClaw 2026.8.1 and later, but not 2026.7.1. In 2026.2.26 to 2026.3.2,
baseUrl and a literal apiKey in models.json override openclaw.json. 2026.2.25 and older, and
2026.3.7 and later, use openclaw.json's baseUrl.

References
----------
https://github.com/openclaw/openclaw/issues/37309
https://github.com/openclaw/openclaw/issues/71192
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.agent_state import AgentState
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Place, Severity
from clawdoctor.knowledge import behaviour


def check(state: AgentState, versions: Versions) -> Iterator[Finding]:
    """Report each old file that affects the version found; nothing if the version is unknown."""
    if not versions.known("openclaw"):
        return
    for path in state.files:
        name = path.rpartition("/")[2]
        profiles = name == "auth-profiles.json"
        topic = "left-over-profiles" if profiles else "left-over-models"
        row = behaviour("openclaw", topic, versions.value("openclaw"))
        if row is None or row.effect not in ("stops", "wins"):
            continue
        command = (
            "openclaw doctor --fix"
            if profiles
            else f"mv {shlex.quote(path)} {shlex.quote(path + '.old')}"
        )
        differing = ", ".join(state.overrides.get(path, ()))
        message = f"an older OpenClaw left {name} in an agent's folder"
        if differing:
            message = f"an agent's {name} and openclaw.json differ in {differing}"
        yield Finding(
            severity=Severity.WARNING if profiles or differing else Severity.INFO,
            message=message,
            detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
            place=Place(path, ""),
            consequence="OpenClaw may stop before it sends a request"
            if profiles
            else "changes in openclaw.json have no effect",
            fixes=(
                Fix(
                    "let OpenClaw migrate the file"
                    if profiles
                    else f"rename the old {name}, which OpenClaw then replaces",
                    actions=(Command(command),),
                ),
            ),
        )


CHECK = Check(
    code="OC115",
    name="stale-agent-state",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"AUTH_PROFILE_MIGRATION_REQUIRED|PathMigrationRequiredError"
            r"|legacy (?:provider )?catalogs?\b",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bauth-profiles\.json\b",
            r"legacy|retired|no longer read|ignored|archived|not migrated|never imported|stale"
            r"|lock busy",
            unless=r"No API key",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\b(?:Invalid JSON in|Failed to (?:parse|load|read)) (?:\S{0,120}/)?models\.json\b"
            r"|\bagents?[/\\]\S{0,60}models\.json\b",
            r"\b(?:Invalid|Failed|stale|old|previous|cached|outdated|left-?over)\b",
            unless=r"schema|Provider \S{1,80}:",
            advice="models",
        ),
    ),
    advice={
        "models": Advice(
            "This file is from an older OpenClaw. Move it away and restart the Gateway. A version "
            "that needs the file writes a new one from openclaw.json.",
            run=(
                "mv ~/.openclaw/agents/main/agent/models.json ~/.openclaw/models.json.old",
                "openclaw gateway restart",
            ),
        ),
    },
)
