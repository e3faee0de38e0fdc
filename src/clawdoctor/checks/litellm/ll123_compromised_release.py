"""A release of LiteLLM or of a package that OpenClaw uses is malicious.

What it means
-------------
An attacker published this release with a stolen account. It reads the machine's environment
variables, keys, cloud credentials and files, and sends them to the attacker. Some releases do so as
soon as any Python program or an installation runs. If you installed it, treat every secret on that
machine as stolen. Removing the release does not change that.

Why it happens
--------------
The version is installed, or a requirements file, a lock file, a Dockerfile or a Compose file pins
it. The registries have removed these releases. A cache, a mirror or an image that was built at that
time may still contain them.

How to fix it
-------------
Stop the program. Rotate every secret that was on the machine or in the image: the Azure keys (under
"Keys and Endpoint"), LITELLM_MASTER_KEY and the keys created with it, tokens for clouds and
registries, SSH keys, and database passwords. Then rebuild the machine or image with another
release:

    pip install --no-cache-dir 'litellm[proxy]>=1.83.0'

Versions
--------
litellm 1.82.7 and 1.82.8 of 2026-03-24 (MAL-2026-2144). Of the packages that OpenClaw installs:
axios 1.14.1 and 0.30.4 of 2026-03-31, and @mistralai/mistralai 2.2.2 to 2.2.4 of 2026-05-11. This
list comes from the reports below, as of 2026-11-29. No malicious release of OpenClaw itself is
known.

References
----------
https://github.com/BerriAI/litellm/issues/24518
https://osv.dev/vulnerability/MAL-2026-2144
https://github.com/axios/axios/issues/10604
https://github.com/mistralai/client-ts/issues/217
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clawdoctor.chain.pins import Pins
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Evidence, Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import table


def check(pins: Pins, versions: Versions) -> Iterator[Finding]:
    """Report each malicious release that a file pins or that is installed."""
    for row in table("compromised")["release"]:
        pinned = [pin for pin in pins.found if pin.package == row["package"]]
        for pin in pinned:
            yield _finding(row, pin.version, pin.place)
        program = row["part_of"]
        found = versions.of(program) if program == row["package"] else None
        if found is None or found.lower_bound or found.value not in row["versions"]:
            continue
        if found.value not in {pin.version for pin in pinned}:
            seen = Evidence("version", f"{program} {found.value} ({found.source})")
            yield _finding(row, found.value, None, seen)


def _finding(
    row: Mapping[str, Any], version: str, place: Place | None, evidence: Evidence | None = None
) -> Finding:
    package: str = row["package"]
    return Finding(
        severity=Severity.ERROR,
        message=f"{package} {version} is a malicious release",
        detail=f"This release {row['does']}. It was published on {row['date']} ({row['id']}).",
        place=place,
        consequence=f"{package} {version} is malicious, and an attacker may have all your keys",
        evidence=(evidence,) if evidence is not None else (),
        fixes=(
            Fix(
                title="rotate every key, and replace the release",
                actions=(
                    Step(f"Stop all programs that use {package} {version}. Look for {row['look']}"),
                    Step(
                        "Rotate every secret of the machine or image: Azure's keys, "
                        "LITELLM_MASTER_KEY and the keys created with it, cloud tokens, SSH keys"
                    ),
                    Step(
                        f"On a fresh machine or image, install {row['safe']} without using a "
                        "package cache"
                    ),
                ),
            ),
        ),
    )


CHECK = Check(
    code="LL123",
    name="compromised-release",
    stage="litellm",
    scope="advice",
    run=check,
    documentation=__doc__,
    texts=(rule("certain", "LiteLLM", r"litellm_init\.pth|\bmodels\.litellm\.cloud\b"),),
)
