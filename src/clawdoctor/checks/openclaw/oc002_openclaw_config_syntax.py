"""OpenClaw cannot read its configuration because the file is not valid JSON5.

What it means
-------------
OpenClaw reads openclaw.json as JSON5. While it cannot read the file, commands end with "JSON5 parse
failed", and in most versions the Gateway does not start. The line and column in that message show
where the parser gave up, which is often below the mistake.

Why it happens
--------------
A bracket, a quote or a comma is missing, text was pasted in the wrong place, the file contains
typographic quotes, it is YAML, or it was truncated while it was written. Comments, trailing commas
and keys without quotes are valid in JSON5. The file may also be of another kind: a shell script,
LiteLLM's config, or a Kubernetes manifest that does not contain openclaw.json.

How to fix it
-------------
Correct the line that the caret marks, then check the file with OpenClaw:

    openclaw config validate

clawdoctor also reads openclaw.json from a ConfigMap or a Secret (stringData) that contains it as a
block of text (`|`). For any other file, it says what kind of file it is.

If you cannot find a mistake, restore a backup: OpenClaw keeps older versions of the file next to it
(openclaw.json.bak).

Versions
--------
All. When the Gateway of 2026.4.20 to 2026.5.2 starts, it replaces a broken openclaw.json with the
last copy that worked, if it has one. Your changes are then in openclaw.json.clobbered.*, next to
it. `openclaw config validate` is available since 2026.3.2.

References
----------
https://docs.openclaw.ai/gateway/configuration
https://spec.json5.org
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.check import Check
from clawdoctor.checks.another_file import another_file, instead_of
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.run.needs import Unavailable


def check(file: OpenClawFile | Unavailable) -> Iterator[Finding]:
    """Report an openclaw.json that cannot be read or parsed."""
    if (
        not isinstance(file, Unavailable)
        or file.kind != "openclaw-config-syntax"
        or file.place is None
    ):
        return
    name = PurePath(file.place.path).name
    instead = instead_of(file)
    if instead is not None:
        message = f"{name} is not OpenClaw's configuration: it {file.reason}"
        yield another_file(file, message, instead)
        return
    unreadable = file.place.span is None
    message = _message(name, file.reason, file.place)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail="OpenClaw reads its whole configuration before it does anything else, "
        "and does not run without it.",
        place=file.place,
        consequence=f"{message.partition(': ')[0]}, so it does not start"
        if unreadable
        else f"{name} is not valid JSON5, so OpenClaw does not start",
        fixes=(_fix_access(name) if unreadable else _fix_text(name, file, file.place),),
    )


def _message(name: str, reason: str, place: Place) -> str:
    if place.span is None:
        return f"OpenClaw cannot read its configuration: {name} {reason}"
    start = place.span.start
    return f"{name} is not valid JSON5: {reason} (line {start.line}, column {start.column})"


def _fix_access(name: str) -> Fix:
    return Fix(
        title=f"make {name} a text file that OpenClaw's user can read",
        actions=(
            Step(f"Make {name} a UTF-8 text file that OpenClaw's user can read"),
            VALIDATE_OPENCLAW,
        ),
    )


def _fix_text(name: str, file: Unavailable, place: Place) -> Fix:
    line = place.span.start.line if place.span is not None else 1
    title = f"correct line {line} of {name}"
    if _UNCLOSED in file.reason:
        bracket = file.reason.split('"')[1]
        title = f'close the "{bracket}" on line {line} of {name}, or restore {name}.bak'
    if file.mends:
        lines = dict.fromkeys(edit.span.start.line for edit in file.mends)
        places = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
        title = f"correct {places} of {name}"
        if len(lines) == 1:  # a report adds the place of an edit
            title = "correct the JSON5 syntax"
        return Fix(title, "safe", file.mends, actions=(VALIDATE_OPENCLAW,))
    return Fix(title, actions=(Step(title[:1].upper() + title[1:]), VALIDATE_OPENCLAW))


_UNCLOSED = "that opens here is not closed"
_NOT_OPENCLAWS = r"babel|tsconfig|renovate|eslint|package\.json"
"""Files of other programs that read JSON5."""

CHECK = Check(
    code="OC002",
    name="openclaw-config-syntax",
    stage="openclaw",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("openclaw-config-syntax",),
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"JSON5: invalid end of input(?: at (?P<line>\d{1,6}):(?P<column>\d{1,6}))?",
            unless=_NOT_OPENCLAWS,
            advice="end",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"JSON5: (?P<reason>[^:]{1,80}?) at (?P<line>\d{1,6}):(?P<column>\d{1,6})",
            unless=r"babel|tsconfig|renovate|eslint|package\.json|(?:parse|for) (?:JSON5 )?value",
            advice="line",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"Failed to parse (?:\S{1,80} as JSON5|JSON5 value)|JSON5 parse failed for value",
            unless=_NOT_OPENCLAWS,
            advice="value",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"JSON5 parse (?:failed|error)|\bJSON5: (?:invalid|un\w{6,10}|'.)"
            "|Config file could not be parsed|unparseable config",
            unless=_NOT_OPENCLAWS,
        ),
        rule(
            "likely",
            "a program that reads OpenClaw's file",
            r"JSON at position \d|not valid JSON|end of JSON inp|JSONDecodeError: "
            r"|\bparse error: .{1,60} at line \d|for beginning of",
            r"(?:openclaw|clawdbot|moltbot)\.json\b|\b(?:openclaw|clawdbot|gateway) config\b"
            r"|\bopenclaw-\w",
            unless="manifest",
            advice="strict",
        ),
        rule(
            "possible",
            "a program that reads OpenClaw's file",
            r"JSON at position \d|not valid JSON|end of JSON inp|JSONDecodeError: "
            r"|\bparse error: .{1,60} at line \d|for beginning of",
            unless=r"\btool\b",
            alone=True,
            advice="strict",
        ),
    ),
    advice={
        "line": Advice(
            "OpenClaw's parser gave up at line <line>, column <column> of openclaw.json. The "
            "mistake is there or just above: a missing comma, quote or bracket, or a typographic "
            "quote. Correct it, then check the file with OpenClaw:",
            run=("openclaw config validate",),
        ),
        "end": Advice(
            "openclaw.json ends too early: it is empty, it was truncated while it was written, or "
            "a bracket is never closed. If the end of the file is missing, restore OpenClaw's last "
            "backup. Otherwise close the bracket.",
            run=(
                "cp ~/.openclaw/openclaw.json.bak ~/.openclaw/openclaw.json",
                "openclaw config validate",
            ),
        ),
        "value": Advice(
            "The value on the command line is not valid JSON5. The file is unchanged. Put the "
            "value in single quotes, so that the shell keeps its double quotes:",
            run=("""openclaw config set models.mode '"merge"' --strict-json""",),
        ),
        "strict": Advice(
            "The program that reads this file supports only plain JSON. openclaw.json is JSON5: "
            "OpenClaw accepts comments and trailing commas, but that program does not. If OpenClaw "
            "accepts the file, use a JSON5 reader in that program. Otherwise correct the line that "
            "OpenClaw reports.",
            run=("openclaw config validate",),
        ),
    },
)
