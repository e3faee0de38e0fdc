"""OpenClaw's configuration file does not exist where OpenClaw looks for it.

What it means
-------------
Without this file, OpenClaw does not know any of your models. It uses its built-in defaults, and its
Gateway does not start. clawdoctor cannot follow a model through the chain, so it checks only the
proxy's file.

Why it happens
--------------
OpenClaw was never set up for this user, or the file is somewhere else: in another user's home, in a
profile (~/.openclaw-NAME), in a container, or under a name that OpenClaw does not look for, such as
openclaw.json5 or, in newer versions, ~/.moltbot/moltbot.json.

How to fix it
-------------
Pass the path of the file:

    clawdoctor run --openclaw-config PATH

Or let OpenClaw create the file with `openclaw onboard`. If a gateway runs, or its service is
configured, with another file, clawdoctor shows the path of that file.

Versions
--------
All. If OPENCLAW_CONFIG_PATH is set, OpenClaw looks only there. Otherwise it looks in
OPENCLAW_STATE_DIR, ~/.openclaw and ~/.clawdbot for openclaw.json and clawdbot.json. OpenClaw
2026.3.13 and older also look in ~/.moltbot and ~/.moldbot for moltbot.json and moldbot.json;
2026.3.22 to 2026.3.28 also look in ~/.moldbot for moldbot.json.

References
----------
https://docs.openclaw.ai/gateway/configuration
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.gateway import gateway_configs
from clawdoctor.chain.openclaw_file import OpenClawPath
from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Severity
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation


def check(situation: Situation, file: OpenClawPath | Absent) -> Iterator[Finding]:
    """Report a missing openclaw.json, unless an option gives a file or selects half the chain."""
    named = situation.openclaw_config is not None or situation.half_chain
    if named or not isinstance(file, Absent):
        return
    looked = [_short_path(path, situation) for path in candidates(situation)]
    others = gateway_configs(situation)
    name = shlex.quote(others[0]) if others else "PATH"
    yield Finding(
        severity=Severity.INFO,
        message=f"{looked[0]} does not exist; OpenClaw's half of the chain was not checked",
        detail=f"OpenClaw looks for {', '.join(looked)}."
        + (f" The local gateway reads {_short_path(others[0], situation)}." if others else ""),
        consequence="OpenClaw has no configuration file",
        fixes=(
            Fix(
                title="pass the path of the file"
                + ("" if others else ", or let OpenClaw create the file"),
                actions=(
                    Command(f"clawdoctor run --openclaw-config {name}"),
                    *(() if others else (Command("openclaw onboard"),)),
                ),
            ),
        ),
    )


def _short_path(path: str, situation: Situation) -> str:
    for folder, short in ((situation.home, "~/"), (situation.cwd, "")):
        start = folder.rstrip("/") + "/"
        if path.startswith(start):
            return short + path[len(start) :]
    return path


CHECK = Check(
    code="OC001",
    name="openclaw-config-not-found",
    stage="openclaw",
    scope="start",
    worst=Severity.INFO,
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"Config (?:file not found|missing): (?P<path>\S{0,200}(?:openclaw|clawdbot"
            r"|moltbot)\S{0,80})|Missing config[.:] Run",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"(?:No such file|not found|ENOENT)\b.{0,60}[' ](?P<path>[^\s']{0,200}(?:openclaw"
            r"|clawdbot|moltbot)\.json5?)\b",
        ),
        rule(
            "likely",
            "a program that reads OpenClaw's file",
            r"(?:openclaw|clawdbot|moltbot)\.json5?\W{1,5}(?:\w{2,5} )?(?:not (?:be )?found"
            r"|n.t exist|missing|No such file)",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"config reload (?:skipped|retry)\b.{0,40}config file not found",
            advice="removed",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bEISDIR\b",
            r"(?:openclaw|clawdbot|moltbot)\.json\b|Failed to read config",
            by="openclaw",
            advice="folder",
        ),
    ),
    advice={
        "setup": Advice(
            "Let OpenClaw create a configuration file. If you already have a file, OpenClaw runs "
            "as another user or in a container that does not mount it. In that case, set "
            "OPENCLAW_CONFIG_PATH to the path of the file.",
            run=("openclaw onboard",),
            when=r"Run '?openclaw (?:setup|onboard|configure)",
        ),
        "removed": Advice(
            "The file disappeared while the Gateway was running. The Gateway keeps the "
            "configuration that it has loaded, but it will not start again. Restore the file; "
            "OpenClaw keeps backups next to it:",
            run=("cp ~/.openclaw/openclaw.json.bak ~/.openclaw/openclaw.json",),
        ),
        "folder": Advice(
            "openclaw.json is a folder. Docker creates a folder if the file of a bind mount does "
            "not exist on the host. Stop the container, remove the empty folder, put the file at "
            "the host path given in `volumes`, and start the container again.",
        ),
    },
)
