"""There is no OpenClaw configuration where OpenClaw looks for one.

What it means
-------------
Without its file OpenClaw knows none of your models: it runs on what it brings along, and its
Gateway does not start. clawdoctor cannot follow a model through the chain and checks the proxy's
file alone.

Why it happens
--------------
OpenClaw was never set up for this user, or its file is elsewhere: another user's home, a profile
(~/.openclaw-NAME), a container, or a name that OpenClaw does not look for, such as openclaw.json5
or, in newer versions, ~/.moltbot/moltbot.json.

How to fix it
-------------
Name the file:

    clawdoctor run --openclaw-config PATH

or let OpenClaw make one with `openclaw onboard`. Where a gateway runs or has a service with another
config, clawdoctor names that file.

Versions
--------
All. OpenClaw looks at OPENCLAW_CONFIG_PATH alone if that is set; else in OPENCLAW_STATE_DIR,
~/.openclaw and ~/.clawdbot, for openclaw.json and clawdbot.json. OpenClaw 2026.3.13 and older also
look in ~/.moltbot and ~/.moldbot, for moltbot.json and moldbot.json; 2026.3.22 to 2026.3.28 in
~/.moldbot, for moldbot.json.

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
    """Report that no openclaw.json was found, unless an option names a file or half a chain."""
    named = situation.openclaw_config is not None or situation.half_chain
    if named or not isinstance(file, Absent):
        return
    looked = [_short_path(path, situation) for path in candidates(situation)]
    others = gateway_configs(situation)
    name = shlex.quote(others[0]) if others else "PATH"
    yield Finding(
        severity=Severity.INFO,
        message=f"there is no {looked[0]}: OpenClaw's half of the chain was not checked",
        detail=f"OpenClaw looks for {', '.join(looked)}."
        + (f" The gateway here reads {_short_path(others[0], situation)}." if others else ""),
        consequence="there is no OpenClaw configuration here",
        fixes=(
            Fix(
                title="name the file" if others else "name the file, or let OpenClaw make one",
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
            r"|not exist|doesn't ex|missing|No such f)",
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
            "Let OpenClaw make a configuration. If you have one, OpenClaw runs as another user or "
            "in a container that does not mount it: set OPENCLAW_CONFIG_PATH to the file.",
            run=("openclaw onboard",),
            when=r"Run '?openclaw (?:setup|onboard|configure)",
        ),
        "removed": Advice(
            "The file disappeared while the Gateway runs: it goes on with what it read before and "
            "will not start again. Put the file back; OpenClaw keeps older states beside it:",
            run=("cp ~/.openclaw/openclaw.json.bak ~/.openclaw/openclaw.json",),
        ),
        "folder": Advice(
            "openclaw.json is a folder: Docker makes one where the file of a bind mount does not "
            "exist on the host. Stop the container, remove the empty folder, put the file at the "
            "path that `volumes` names on the host, and start the container again.",
        ),
    },
)
