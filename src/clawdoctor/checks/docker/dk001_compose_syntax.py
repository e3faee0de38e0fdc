"""The Compose file cannot be read.

What it means
-------------
docker compose refuses the file, so the proxy is not started, and clawdoctor cannot see which
variables, ports and files the proxy gets. Or the file that --compose names is of another kind: a
Kubernetes manifest, a Dockerfile, a config. A script with `docker run` lines is read like a Compose
file.

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
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.check import Check
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Command, Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable


def check(compose: Compose | Unavailable) -> Iterator[Finding]:
    """Report a Compose file that is not YAML, or a file of another kind."""
    if isinstance(compose, Compose):
        return
    place = compose.place
    if place is not None and place.span is None:
        yield Finding(
            severity=Severity.ERROR,
            message=f"{Path(place.path).name} {compose.reason}",
            place=place,
            consequence="this file does not show how the containers run",
            fixes=(
                Fix(
                    title="name the right file",
                    actions=(Step("name the file that starts the containers with --compose"),),
                ),
            ),
        )
        return
    yield Finding(
        severity=Severity.ERROR,
        message=f"the Compose file cannot be read: {compose.reason}",
        detail="Docker Compose reads YAML, as LiteLLM does.",
        place=compose.place,
        consequence="Docker Compose starts nothing",
        fixes=(Fix(title="mend the line", actions=(Command("docker compose config --quiet"),)),),
    )


_OURS = r"[\w-]{0,30}(?:litellm|llm|claw|molt|proxy|gateway)[\w-]{0,30}"
_REFUSED = (
    r"(?:refers to undefined (?:volume|network|config|secret)|has neither an image nor a build "
    r"context|depends on undefined service)"
)
_WRONG = (
    r"(?:must be an? (?:mapping|list|string|array|object|number|boolean)"
    r"|additional propert(?:y|ies)|type is required|is required|unsupported|undefined"
    r"|value .{1,60}? does not match)"
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
        signature(
            r"compose\.ya?ml.{0,80}(?:yaml: (?:unmarshal errors: )?line (?P<line>\d{1,6})"
            r"|mapping values|found (?:a tab )?character|did not find expected)",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"yaml\.\w{1,12}\.\w{1,20}Error.{0,300}?in "
            r"\"(?P<path>[^\"]{0,200}\b(?:docker-)?compose(?:\.[\w.-]{1,40})?\.ya?ml)"
            r"\", line (?P<line>\d{1,6})",
            "certain",
            "Docker Compose",
        ),
        signature(
            r"The Compose file .(?P<path>[^'\"]{1,200}). is invalid because",
            "certain",
            "Docker Compose",
        ),
        signature(
            r"validating \S{1,200}compose\S{0,40}\.ya?ml: (?P<problem>.{1,120})",
            "certain",
            "Docker Compose",
        ),
        signature(
            rf"services\.(?P<service>[\w-]{{0,30}}(?:litellm|llm|claw|molt)[\w-]{{0,30}})"
            rf"(?:\.[\w.\[\]-]{{1,80}})?:? {_WRONG}",
            "likely",
            "Docker Compose",
        ),
        signature(
            rf"\bservices\.(?P<service>[\w-]{{1,60}})(?:\.[\w.\[\]-]{{1,80}})?:? {_WRONG}"
            r"|\(root\) additional propert|top-level object must be a mapping"
            r"|no configuration file provided: not found"
            r"|mapping key \"[^\"]{1,60}\" already defined|empty section between colons"
            r"|yaml: unmarshal errors",
            "possible",
            "Docker Compose",
        ),
        signature(
            rf"service \"(?P<service>{_OURS})\" {_REFUSED}",
            "likely",
            "Docker Compose",
        ),
        signature(
            rf"service \"(?P<service>[\w-]{{1,60}})\" {_REFUSED}",
            "possible",
            "Docker Compose",
        ),
        signature(
            r"Unsupported config option for services",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"invalid interpolation format for services\.(?P<service>[\w-]{1,60})",
            "certain",
            "Docker Compose",
        ),
        signature(
            r"(?<!JSON: )\byaml: line (?P<line>\d{1,6}): (?:mapping values|did not find "
            r"expected|found (?:a tab )?character|could not find expected|block sequence)",
            "possible",
            "Docker Compose",
        ),
        signature(
            r"\bservices\.(?P<service>[\w-]{1,60})(?:\.[\w.\[\]-]{1,80})?:? (?:unexpected type map"
            r"|contains? .{1,80}which is an invalid type)",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"\byaml: line (?P<line>\d{1,6}): .{1,80}compose\S{0,40}\.ya?ml",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"service ['\"]?(?P<service>[\w-]{0,30}(?:litellm|llm|claw|molt|proxy"
            r"|gateway)[\w-]{0,30})['\"]? must be a|services\.(?P<named>[\w-]{0,30}(?:litellm"
            r"|claw|molt)[\w-]{0,30})\.[\w.\[\]-]{1,80}:? (?:invalid|must (?:start|match|be))"
            r"|\(root\) Additional property (?P<top>[\w-]{0,30}(?:litellm|claw|molt"
            r"|model_list)[\w-]{0,30}|general_settings)",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"service ['\"]?[\w-]{1,60}['\"]? must be a|\b(?:volumes|networks|services|configs"
            r"|secrets) must be a|is invalid because:|Unsupported config option"
            r"|Additional propert(?:y|ies) ",
            "possible",
            "Docker Compose",
        ),
    ),
)
