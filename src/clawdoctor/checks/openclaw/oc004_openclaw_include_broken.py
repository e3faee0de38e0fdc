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
Measured on OpenClaw 2026.9.6. OPENCLAW_INCLUDE_ROOTS works since 2026.5.12; 2026.4.24 does not know
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
from clawdoctor.checks.patterns import near
from clawdoctor.errors.rule import signature
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
        signature(
            r"Circular include detected: (?P<chain>\S.{0,300})",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Circular (?:\$)?include(?: detected)?(?!:)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Include (?:write )?path (?:escapes|resolves outside) config "
            r"directory[^:]{0,20}: (?P<file>[^(]{1,200}?) ?(?:\(root|$)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Failed to (?:read|parse|resolve|load) include file(?: realpath)?: "
            r"(?P<file>[^\s(]{1,200})(?: \(resolved: (?P<path>[^)]{1,400})\))?",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Maximum include depth \(\d{1,3}\) exceeded(?: at: (?P<file>\S{1,200}))?",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Include (?:file failed security checks|path (?:exceeds maximum length|must "
            r"not contain null bytes))",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Sibling keys require included content to be an object",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Invalid \$include (?:value|array item)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?:ConfigInclude|CircularInclude)Error\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\$include\b",
                r"not found|no such file|does not exist|cannot be read|ENOENT",
                120,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Unrecognized keys?: [^:]{0,80}\"\$include\"",
            "certain",
            "OpenClaw",
        ),
        signature(
            near(
                r"\$include\b",
                r"circular|\bcycle|recursi|outside (?:of )?(?:the |your )?config|escapes|too deep"
                r"|max(?:imum)? (?:include )?depth",
                120,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"circular|\bcycl(?:e|ic)|recursive|outside (?:of )?(?:the |your )?config"
                r"|not found|no such file|does not exist|max(?:imum)? depth",
                r"\$include\b",
                120,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bincludes? (?:file |path |target )?.{0,80}\b(?:outside|escapes) (?:of )?(?:the "
            r"|your )?"
            r"config(?:uration)? (?:directory|dir|folder|root)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"skipped \$include resolution",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Include path escapes config directory|include depth\b[^.]{0,30}exceeded",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:external|unresolved|nested|unsupported|flatten)\b[^.]{0,40}\$include\b",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Circular (?:\$)?includes?: \S{1,200} ?(?:->|→)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bincludePath: .{1,120}? chain: \[",
            "likely",
            "OpenClaw",
        ),
    ),
)
