"""The running version has a known fault, and this config uses the affected feature.

What it means
-------------
The config is correct. clawdoctor found a release of LiteLLM or OpenClaw with a fault that users
reported and that other releases do not have. The finding says what goes wrong, which releases are
affected, and where the report is.

Why it happens
--------------
An update introduced the fault, or you do not have the update that fixes it yet. An image or a
requirements file can keep the same release for years.

How to fix it
-------------
Use another release, as the finding says, or do not use the feature. For LiteLLM:

    pip install --upgrade 'litellm[proxy]'

In a container, change the tag of the image. For OpenClaw:

    npm install -g openclaw@latest

Versions
--------
The affected versions are in knowledge/regressions.toml, each with its report. clawdoctor reports a
fault only if it knows the version: from the running proxy, the installed package, or an exact image
tag. For most LiteLLM faults, the range of versions comes from the source of its releases. For
others, only the release in the report is known to be affected.

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
    """Report known faults of the versions found if the chain uses the affected features."""
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
    assert version is not None, "only a known version is in the range"
    name, first, last = _NAMES[program], row["since"], row["until"]
    affected = f"{name} {first}" if first == last else f"{name} {first} to {last}"
    known = f"{affected} {'has' if first == last else 'have'} this fault"
    does: str = row["does"]
    places = [use.place for use in found if use.place is not None]
    place = replace(places[0], label="affected by the fault") if places else None
    return Finding(
        severity=Severity(row["severity"]),
        message=f"{name} {version.value} {row['happens']}",
        detail=f"{known}. See {row['source']}",
        place=place,
        consequence=f"{name} {version.value} {row['happens']}",
        related=tuple(places[1:]),
        evidence=(Evidence("version", f"{name} {version.value} ({version.source})"),),
        fixes=(Fix(title=_first_remedy(does), actions=(Step(does),)),),
        subjects=tuple(dict.fromkeys(subject for use in found for subject in use.subjects)),
        hop="openclaw" if program == "openclaw" else None,
    )


def _first_remedy(does: str) -> str:
    """Return the first of several remedies, as a title."""
    first = does.partition(", or ")[0]
    return first[:1].lower() + first[1:]


CHECK = Check(
    code="LL122",
    name="known-regression",
    stage="litellm",
    scope="request",
    run=check,
    documentation=__doc__,
)
