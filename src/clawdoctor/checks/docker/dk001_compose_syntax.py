"""Docker Compose cannot read the Compose file.

What it means
-------------
docker compose rejects the file and does not start the proxy, and clawdoctor cannot see which
variables, ports and files the proxy gets. Or --compose names the wrong kind of file, such as a
Kubernetes manifest, a Dockerfile or a config. clawdoctor reads a script with `docker run` lines
like a Compose file.

Why it happens
--------------
The usual causes are wrong indentation, a tab, or a value that needs quotes.

How to fix it
-------------
Correct the line that the report shows, then let Compose validate the file:

    docker compose config --quiet

Versions
--------
All versions of Docker Compose.

References
----------
https://docs.docker.com/reference/compose-file/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.compose import Compose
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable


def _title(compose: Unavailable) -> str:
    span = compose.place.span if compose.place is not None else None
    if compose.mends or span is None:  # a report adds the place of an edit
        return "correct the YAML syntax of the Compose file"
    return f"correct line {span.start.line} of {Path(span.path).name}"


_ANOTHER_FILE = "Pass the Compose file or docker run script with --compose, or leave the option out"


def check(compose: Compose | Unavailable) -> Iterator[Finding]:
    """Report a Compose file that is not YAML, or a file of another kind."""
    if isinstance(compose, Compose):
        return
    place = compose.place
    if place is not None and place.span is None:
        message = f"{Path(place.path).name} {compose.reason}"
        yield Finding(
            severity=Severity.ERROR,
            message=message,
            detail="Without --compose, clawdoctor uses the Compose file in the current folder, if "
            "there is one.",
            place=place,
            consequence=message,
            fixes=(Fix(title=_ANOTHER_FILE, actions=(Step(_ANOTHER_FILE), CHECK_AGAIN)),),
        )
        return
    yield Finding(
        severity=Severity.ERROR,
        message=f"the Compose file cannot be read: {compose.reason}",
        detail="Docker Compose reads YAML, as LiteLLM does.",
        place=compose.place,
        consequence="Docker Compose cannot read its file and starts nothing",
        fixes=(
            Fix(
                title=_title(compose),
                applicability="safe" if compose.mends else "manual",
                edits=compose.mends,
                actions=(Command("docker compose config --quiet"),),
            ),
        ),
    )


CHECK = Check(
    code="DK001",
    name="compose-syntax",
    stage="docker",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("compose-syntax",),
    texts=(
        rule(
            "certain",
            "Docker Compose",
            r"(?:in '(?P<path>[^']{1,200})', )?line (?P<line>\d{1,6})",
            file="compose",
            no_yaml=True,
            advice="line",
        ),
        rule(
            "likely",
            "Docker Compose",
            r"\bservices?[. ]'?(?P<service>[\w-]{0,30}(?:llm|claw|molt)[\w-]{0,30})|The"
            r" Compose file|validating \S{1,200}compose",
            r"undefined|must be an? |additional propert|is required|unexpected type|invalid "
            r"|neither an image",
        ),
        rule(
            "likely",
            "Docker Compose",
            r"\(root\) Additional property (?P<name>[\w-]{0,30}(?:llm|claw|molt|model_list"
            r"|_settings))",
            advice="root",
        ),
        rule(
            "possible",
            "Docker Compose",
            r"\b(?:services|volumes|networks|object) must be a mapping|\byaml: line"
            r" (?P<line>\d{1,6})",
            advice="line",
        ),
    ),
    advice={
        "line": Advice(
            "Correct line <line> of the Compose file, or the line before it. Look for wrong"
            " indentation, a tab, or a missing colon or dash. A value that contains a colon and"
            " a space needs quotes. If LiteLLM or kubectl printed the text, it is about the file"
            " that they read. Let Compose validate the file:",
            run=("docker compose config --quiet",),
        ),
        "root": Advice(
            "<name> is at the top level of the Compose file. Indent a service under services:."
            " LiteLLM's settings, such as model_list, belong in litellm_config.yaml.",
            "services:\n  litellm:\n    image: ghcr.io/berriai/litellm:v1.110.2",
            run=("docker compose config --quiet",),
        ),
    },
)
