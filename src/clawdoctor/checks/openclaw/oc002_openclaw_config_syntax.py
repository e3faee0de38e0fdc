"""OpenClaw's configuration cannot be read: it is not JSON5.

What it means
-------------
OpenClaw reads openclaw.json as JSON5 and starts nothing while it cannot: the Gateway stays down
and commands end with "JSON5 parse failed". The line and column that it names are where its
parser gave up, which is often below the mistake.

Why it happens
--------------
A bracket, a quote or a comma is missing, text was pasted in the wrong place, typographic quotes
came along with it, the file is YAML, or it was cut off while it was written. Comments, trailing
commas and keys without quotes are no mistakes: JSON5 has them. Or the file is of another kind: a
shell script, LiteLLM's config, a Kubernetes manifest without openclaw.json in it.

How to fix it
-------------
Mend the line that the caret points at, then ask OpenClaw:

    openclaw config validate

clawdoctor also reads openclaw.json where a ConfigMap or a Secret (stringData) holds it as a block
of text (`|`). It names the kind of any other file.

If no mistake is to be seen, OpenClaw keeps older states of the file beside it (openclaw.json.bak).

Versions
--------
All.

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
from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import signature
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
        yield another_file(
            file, f"{name} is not OpenClaw's configuration: it {file.reason}", instead
        )
        return
    unreadable = file.place.span is None
    yield Finding(
        severity=Severity.ERROR,
        message=_message(name, file.reason, file.place),
        detail="OpenClaw reads its whole configuration before it does anything else, "
        "and does nothing without it.",
        place=file.place,
        consequence="OpenClaw does not start",
        fixes=(_fix_access(name) if unreadable else _fix_text(name, file.place),),
    )


def _message(name: str, reason: str, place: Place) -> str:
    if place.span is None:
        return f"OpenClaw's configuration cannot be read: {name} {reason}"
    start = place.span.start
    return f"{name} is not JSON5: {reason} (line {start.line}, column {start.column})"


def _fix_access(name: str) -> Fix:
    return Fix(
        title=f"make {name} a text file that OpenClaw's user can read",
        actions=(
            Step(f"make {name} a UTF-8 text file that OpenClaw's user can read"),
            VALIDATE_OPENCLAW,
        ),
    )


def _fix_text(name: str, place: Place) -> Fix:
    line = place.span.start.line if place.span is not None else 1
    title = f"mend line {line} of {name}"
    return Fix(title=title, actions=(Step(title), VALIDATE_OPENCLAW))


_AT = r" at (?P<line>\d{1,6}):(?P<column>\d{1,6})"

_NOT_ANOTHER = r"(?!.{0,200}(?:babel|tsconfig|renovate|eslint|package\.json))"

CHECK = Check(
    code="OC002",
    name="openclaw-config-syntax",
    stage="openclaw",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("openclaw-config-syntax",),
    texts=(
        signature(
            rf"JSON5 parse failed: (?:SyntaxError: )?JSON5: (?P<reason>[^:]{{1,80}}?){_AT}",
            "certain",
            "OpenClaw",
        ),
        signature(
            rf"SyntaxError: JSON5: (?P<reason>[^:]{{1,80}}?){_AT}{_NOT_ANOTHER}",
            "likely",
            "OpenClaw",
        ),
        signature(
            rf"JSON5: (?:invalid|unexpected|expected) (?P<reason>[^:]{{1,60}}){_NOT_ANOTHER}",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"JSON5 parse (?:failed|error)(?!: (?:SyntaxError: )?JSON5)",
            "likely",
            "OpenClaw",
        ),
        # Programs around OpenClaw that read its file as strict JSON.
        signature(
            r"(?:openclaw|clawdbot|gateway) config.{0,120}SyntaxError: .{0,120}in JSON at "
            r"position \d{1,9}(?: \(line (?P<line>\d{1,6}) column (?P<column>\d{1,6})\))?",
            "likely",
            "a program that reads OpenClaw's file",
        ),
        signature(
            near(
                r"(?:openclaw|clawdbot|moltbot)\.json\b",
                r"(?:in JSON at position \d{1,9}|end of JSON input|is not valid JSON|after "
                r"(?:JSON|property value|array element)|JSONDecodeError|jq: (?:parse "
                r")?error)(?: \(line (?P<line>\d{1,6}) column (?P<column>\d{1,6})\))?",
                200,
            ),
            "likely",
            "a program that reads OpenClaw's file",
        ),
        signature(
            near(
                r"in JSON at position \d{1,9}|JSONDecodeError|jq: parse error",
                r"(?:openclaw|clawdbot|moltbot)\.json\b",
                200,
            ),
            "likely",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"Config file could not be parsed\b|best-effort read ignored unparseable config",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Failed to parse (?!\S{0,80}(?:tsconfig|babel|renovate|eslint"
            r"|package\.json))(?:\S{1,80} as JSON5|JSON5 value)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"JSON5: '.{1,3}' in strings is not valid ECMAScript",
            "likely",
            "OpenClaw",
        ),
        signature(
            alone(
                r"Expected (?:double-quoted property name|property name or '\}'|',' or '[\]}]' "
                r"after"
                r"[\w -]{0,30}) in JSON at position \d{1,9}"
            ),
            "possible",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"\bjq: (?:parse )?error\b|JSONDecodeError: (?:Expecting property name|Expecting ','"
            r" delimiter|Illegal trailing comma)",
            "possible",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"invalid character .{1,6} (?:looking for beginning of|after (?:object key|array"
            r" element|top-level))",
            "possible",
            "a program that reads OpenClaw's file",
        ),
        signature(
            near(r"\b(?:openclaw|clawdbot|moltbot)\b", r"is not valid JSON", 160),
            "likely",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"Unexpected (?:token|string|number|identifier)\b.{0,20} in JSON at position",
            "possible",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"\bin JSON at position \d{1,9}",
            "possible",
            "a program that reads OpenClaw's file",
        ),
        signature(
            r"^(?:jq: )?parse error: .{1,80} at line \d{1,6}, column \d{1,6}",
            "possible",
            "a program that reads OpenClaw's file",
        ),
    ),
)
