"""The version that runs has a known fault, and this config uses what it breaks.

What it means
-------------
Nothing is wrong with the config. The release of LiteLLM or OpenClaw that was found has a fault that
others have reported, and other releases do not have it. The finding says what the fault does, in
which releases it is, and where the report is.

Why it happens
--------------
An update brought the fault, or an update that mends it is missing. An image or a requirements file
can keep a release for years.

How to fix it
-------------
Use another release, as the finding says, or do without the feature. For LiteLLM:

    pip install --upgrade 'litellm[proxy]'

In a container change the tag of the image. For OpenClaw:

    npm install -g openclaw@latest

Versions
--------
The ranges are in knowledge/regressions.toml, each with its report. A fault is reported only for a
version that is known: from the running proxy, the installed package, or an exact tag of an image.
For most of LiteLLM's faults the range was read in its releases. Others are known for the release of
the report only.

References
----------
https://github.com/BerriAI/litellm/issues
https://github.com/openclaw/openclaw/issues
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll122_features import Use, Uses, uses_of
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Step
from clawdoctor.knowledge import release, table
from clawdoctor.wire.requests import Requests

_NAMES = {"litellm": "LiteLLM", "openclaw": "OpenClaw"}


def check(
    config: LiteLLMConfig | None,
    openclaw: OpenClawConfig | None,
    chain: Chain,
    requests: Requests,
    environment: Environment,
    versions: Versions,
) -> Iterator[Finding]:
    """Report the known faults of the versions found, where the chain uses what they break."""
    uses = Uses(config, openclaw, chain, requests, environment, versions)
    for row in table("regressions")["regression"]:
        if _is_in_range(row, versions):
            found = uses_of(row["feature"], row.get("where", {}), uses)
            if found:
                yield _finding(row, found, versions)


def _is_in_range(row: Mapping[str, Any], versions: Versions) -> bool:
    program: str = row["program"]
    running = release(versions.value(program) or "")
    first, last = release(row["since"]), release(row["until"])
    if running is None or first is None or last is None or not versions.known(program):
        return False
    return first <= running <= last


def _finding(row: Mapping[str, Any], found: tuple[Use, ...], versions: Versions) -> Finding:
    program: str = row["program"]
    version = versions.of(program)
    assert version is not None, "the range holds for known versions only"
    name, first, last = _NAMES[program], row["since"], row["until"]
    affected = f"{name} {first}" if first == last else f"{name} {first} to {last}"
    known = f"{affected} {'has' if first == last else 'have'} this fault"
    places = [use.place for use in found if use.place is not None]
    place = replace(places[0], label="uses what this release breaks") if places else None
    return Finding(
        severity=Severity(row["severity"]),
        message=f"{name} {version.value} {row['happens']}",
        title=f"{name} {version.value} has a known fault",
        detail=f"{known}. The report: {row['source']}",
        place=place,
        consequence="a known fault of this release",
        related=tuple(places[1:]),
        evidence=(Evidence("version", f"{name} {version.value} ({version.source})"),),
        fixes=(Fix(title="use another release", actions=(Step(row["does"]),)),),
        subjects=tuple(dict.fromkeys(subject for use in found for subject in use.subjects)),
        hop="openclaw" if program == "openclaw" else None,
    )


CHECK = Check(
    code="LL122",
    name="known-regression",
    stage="litellm",
    scope="request",
    run=check,
    documentation=__doc__,
)
