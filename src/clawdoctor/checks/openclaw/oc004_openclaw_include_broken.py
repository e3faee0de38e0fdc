"""OpenClaw cannot use a file that its configuration includes.

What it means
-------------
OpenClaw first merges the files that $include names into its configuration. If one of these files is
missing, is not valid JSON5, is outside the folder of openclaw.json, or includes itself, OpenClaw
rejects the whole configuration and does not start.

Why it happens
--------------
A path in $include is relative to the folder of the file that contains the $include, not to the
current folder. A file was moved or renamed, or it was left out when the configuration was copied
into a container. Only OpenClaw itself supports $include. Other programs report it as an unknown
key.

How to fix it
-------------
Correct the path, or move the file to that path:

    $include: "./models.json5"

For files elsewhere, add their folder to OPENCLAW_INCLUDE_ROOTS. Includes can be nested at most ten
levels deep.

Versions
--------
Measured on OpenClaw 2026.9.6. OPENCLAW_INCLUDE_ROOTS works since 2026.5.2; 2026.4.29 does not
support it.

References
----------
https://docs.openclaw.ai/gateway/configuration
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.check import Check
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable

_ADVICE = (
    (
        "not found",
        "Create the file, or correct its path, which starts from the folder of the file with the "
        "$include",
    ),
    (
        "outside the folder",
        "Move the file into the folder of the main config, or add its own folder to "
        "OPENCLAW_INCLUDE_ROOTS",
    ),
    ("includes itself", "Remove one of the includes to break the cycle"),
    ("levels deep", "Include the file from a file at a higher level"),
)
_LINE = regex(r"not valid JSON5: line (\d+)")
_OTHERWISE = "Correct the $include, or replace it with the contents of the file"


def check(file: OpenClawFile | Unavailable) -> Iterator[Finding]:
    """Report an $include that OpenClaw cannot follow."""
    if not isinstance(file, Unavailable) or file.kind != "openclaw-include-broken":
        return
    advice = next((text for word, text in _ADVICE if word in file.reason), _OTHERWISE)
    if (line := _LINE.search(file.reason)) is not None:
        advice = f"Correct line {line[1]} of the included file"
    yield Finding(
        severity=Severity.ERROR,
        message=f"OpenClaw cannot resolve an $include: {file.reason}",
        detail="OpenClaw rejects the whole configuration if it cannot resolve an $include.",
        place=file.place,
        consequence="OpenClaw cannot resolve an $include, so it does not start",
        fixes=(Fix(title=advice, actions=(Step(advice), VALIDATE_OPENCLAW)),),
    )


CHECK = Check(
    code="OC004",
    name="openclaw-include-broken",
    stage="openclaw",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("openclaw-include-broken",),
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"Circular (?:\$)?includes?(?: detected)?(?:: (?P<chain>\S.{0,300}))?",
            advice="circle",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"(?:outside|escapes) config directory(?:[^:]{0,20}: (?P<file>[^\s(]{1,200}))?"
            r"|include depth\b.{0,30}exceeded",
            r"\binclude\b",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"Failed to (?:parse|read|resolve"
            r"|load) include file.{0,9}: (?P<file>[^\s(]{1,200})(?: \(\w{8} to: "
            r"(?P<path>[^)]{1,200}))?",
            advice="missing",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"Sibling keys require included content|Invalid \$include (?:value|array item)"
            r"|Unrecognized keys?: [^:]{0,80}'\$include'",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\$include\b",
            r"not found|no such file|does not exist|cannot be read|ENOENT"
            r"|skipped \$include resolution",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\$include\b|\bincludePath\b|\bincludes? (?:file|path|target)\b|(?:Config"
            r"|Circular)IncludeError\b",
            r"circular|\bcycl(?:e|ic)\b|recursi|too deep|chain: \[|(?:outside|escapes) .{0,20}dir"
            r"|IncludeError|security|exceeds|null b",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"flatten \$include-owned config|(?:external|unresolved|nested"
            r"|unsupported)\b[^.]{0,40}\$include\b",
            advice="write",
        ),
    ),
    advice={
        "missing": Advice(
            "Create the included file, or correct its path in $include. The path is relative to "
            "the folder of the file that contains the $include, not to the current folder. In a "
            "container, the included file must be mounted too.",
            '$include: "./models.json5"',
        ),
        "outside": Advice(
            "OpenClaw reads included files only from the folder of openclaw.json and its "
            "subfolders. Move the file "
            "there, or add its folder to OPENCLAW_INCLUDE_ROOTS (since 2026.5.12) in the "
            "environment of the Gateway, for example in ~/.openclaw/.env.",
            when=r"Include (?:write )?path (?:escapes|resolves outside)",
        ),
        "circle": Advice(
            "The files include each other in a cycle. Remove the last $include of the chain that "
            "the error shows.",
        ),
        "depth": Advice(
            "Includes can be nested at most ten levels deep. Include the innermost file from a "
            "file at a higher level. If the same name appears again and again, the files include "
            "each other in a cycle.",
            when=r"depth\b.{0,30}exceeded",
        ),
        "parse": Advice(
            "The included file itself is not valid JSON5. Correct it at the line and column that "
            "the error names. openclaw.json is not at fault.",
            run=("openclaw config validate",),
            when=r"Failed to parse include",
        ),
        "shape": Advice(
            "$include must be a path or a list of paths. If there are other keys next to $include, "
            "the included file must contain an object. Write one of these:",
            'models: { $include: "./models.json5" }\n'
            'models: { $include: ["./base.json5", "./azure.json5"] }',
            when=r"Sibling keys|Invalid \$include",
        ),
        "key": Advice(
            "The program that read this file does not support $include. It is an older OpenClaw or "
            "another program. Update OpenClaw, or replace the $include with the contents of the "
            "file.",
            run=("openclaw --version",),
            when=r"Unrecognized keys?:",
        ),
        "write": Advice(
            "OpenClaw cannot change the contents of an included file without copying them into "
            "openclaw.json. Make the change in the included file itself.",
        ),
    },
)
