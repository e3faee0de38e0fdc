"""A file that OpenClaw's configuration includes cannot be used.

What it means
-------------
OpenClaw puts the files that $include names into its configuration before it looks at anything
else. If one of them is missing, is not JSON5, lies outside the folder of openclaw.json or
includes itself, OpenClaw refuses the whole configuration and does not start.

Why it happens
--------------
The path is taken from the folder of the file that names it, not from the current one. A file was
moved or renamed, or left out when the configuration was copied into a container. $include also
works inside of what OpenClaw reads itself only: other programs show it as an unknown key.

How to fix it
-------------
Correct the path, or put the file where the path leads:

    $include: "./models.json5"

Files elsewhere need their folder in OPENCLAW_INCLUDE_ROOTS. At most ten levels of files may
include each other.

Versions
--------
Measured on OpenClaw 2026.9.6. OPENCLAW_INCLUDE_ROOTS works since 2026.5.2; 2026.4.29 does not know
it.

References
----------
https://docs.openclaw.ai/gateway/configuration
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable

_ADVICE = (
    ("not found", "create the file, or correct the path: it starts at the file that names it"),
    ("JSON5", "mend the included file at the line named above"),
    ("below the folder", "move the file there, or name its folder in OPENCLAW_INCLUDE_ROOTS"),
    ("includes itself", "take one of the includes out, so that they form no circle"),
    ("levels deep", "include the file from a file further up"),
)
_OTHERWISE = "correct the include, or write its contents in its place"


def check(file: OpenClawFile | Unavailable) -> Iterator[Finding]:
    """Report an $include that OpenClaw cannot follow."""
    if not isinstance(file, Unavailable) or file.kind != "openclaw-include-broken":
        return
    advice = next((text for word, text in _ADVICE if word in file.reason), _OTHERWISE)
    yield Finding(
        severity=Severity.ERROR,
        message=f"OpenClaw cannot follow an $include: {file.reason}",
        detail="OpenClaw refuses the whole configuration if it cannot put it together.",
        place=file.place,
        consequence="OpenClaw does not start",
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
            r"circular|\bcycl(?:e|ic)\b|recursi|too deep|chain: \["
            r"|(?:outside|escapes) .{0,20}directory"
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
            "Create the included file, or correct its path in $include: it starts at the folder "
            "of the file that names it, not at the current folder. In a container the file must "
            "be mounted too.",
            '$include: "./models.json5"',
        ),
        "outside": Advice(
            "OpenClaw reads included files only below the folder of openclaw.json. Move the file "
            "there, or name its folder in OPENCLAW_INCLUDE_ROOTS (since 2026.5.12) where the "
            "Gateway gets its variables, such as ~/.openclaw/.env.",
            when=r"Include (?:write )?path (?:escapes|resolves outside)",
        ),
        "circle": Advice(
            "The files include each other in a circle. Take the last $include of the chain that "
            "the text shows out of its file.",
        ),
        "depth": Advice(
            "At most ten levels of files may include each other. Include the innermost file from "
            "one further up; if the same name returns again and again, the files form a circle.",
            when=r"depth\b.{0,30}exceeded",
        ),
        "parse": Advice(
            "The included file itself is not JSON5: mend it at the line and column that the text "
            "names. openclaw.json is not at fault.",
            run=("openclaw config validate",),
            when=r"Failed to parse include",
        ),
        "shape": Advice(
            "$include is a path or a list of paths, and a file that is included beside other keys "
            "must contain an object. Write one of these:",
            'models: { $include: "./models.json5" }\n'
            'models: { $include: ["./base.json5", "./azure.json5"] }',
            when=r"Sibling keys|Invalid \$include",
        ),
        "key": Advice(
            "The program that read this file does not know $include: an OpenClaw that is too old "
            "for it, or another program. Update OpenClaw, or write the contents of the included "
            "file in its place.",
            run=("openclaw --version",),
            when=r"Unrecognized keys?:",
        ),
        "write": Advice(
            "OpenClaw cannot change what an included file contains without writing it into "
            "openclaw.json. Make the change in the included file itself.",
        ),
    },
)
