"""The Compose file cannot be read.

What it means
-------------
docker compose refuses the file, so the proxy is not started, and clawdoctor cannot see which
variables, ports and files the proxy gets.

Why it happens
--------------
Mostly a wrong indentation, a tab, or a value that needs quotes.

How to fix it
-------------
Mend the line that is shown and ask Compose whether it can read the file:

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

from clawdoctor.chain.compose import Compose
from clawdoctor.check import Check, signature
from clawdoctor.facts import Unavailable
from clawdoctor.finding import Finding, Fix, Severity


def check(compose: Compose | Unavailable) -> Iterator[Finding]:
    """A Compose file that is no YAML, or no text."""
    if isinstance(compose, Compose):
        return
    yield Finding(
        severity=Severity.ERROR,
        message=f"the Compose file cannot be read: {compose.reason}",
        detail="Docker Compose reads YAML, as LiteLLM does.",
        place=compose.place,
        consequence="Docker Compose starts nothing",
        fixes=(Fix(title="mend the line", commands=("docker compose config --quiet",)),),
    )


CHECK = Check(
    code="DK001",
    name="compose-syntax",
    stage="docker",
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"(?:docker-)?compose\.ya?ml.{0,80}(?:yaml: line (?P<line>\d+)|mapping values)",
            "likely",
            "Docker Compose",
        ),
        signature(r"services\.[\w-]{1,60} must be a mapping", "likely", "Docker Compose"),
    ),
)
