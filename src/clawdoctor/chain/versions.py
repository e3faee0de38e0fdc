"""The versions of OpenClaw and LiteLLM, and their sources.

clawdoctor starts neither program: `litellm --version` takes ten seconds.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.gateway import gateway_unit
from clawdoctor.chain.litellm_install import (
    installed_version,
    litellm_on_path,
    program_of,
    program_on_path,
)
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.unit import ProxyUnits
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Version
from clawdoctor.knowledge import behaviour, newest, release
from clawdoctor.knowledge.did_you_mean import misspells
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import Names, Standing, is_newer, knowledge_date
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import note_read

_OUTDATED = 45 * 24 * 3600.0
"""The seconds after which LiteLLM is likely to have releases that no table covers."""
_EXACT_TAG = regex(
    r"(?:main-)?v?(\d+\.\d+\.\d+)"
    r"(?:[-.](?:stable|rc[.\d]*|post\d+|nightly|patch[.\d]*|slim|amd64|arm64|alpine|bookworm|\d))*"
)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions, or None if unknown.

    `outdated` means that the tables are so old that an unknown version may well be newer.
    """

    openclaw: Version | None
    litellm: Version | None
    outdated: bool = False

    def effect(self, program: str, topic: str) -> str:
        """Return the behaviour of the version found, or else of the newest known one."""
        row = behaviour(program, topic, self.value(program))
        return row.effect if row else ""

    def value(self, program: str) -> str | None:
        """Return the version of a program, or None."""
        found = self.of(program)
        return found.value if found else None

    def of(self, program: str) -> Version | None:
        """Return the version of a program with its source, or None."""
        return self.openclaw if program == "openclaw" else self.litellm

    def known(self, program: str) -> bool:
        """Return whether the version is known exactly. A lower bound must not raise a severity."""
        found = self.of(program)
        return found is not None and not found.lower_bound

    def newer(self) -> tuple[str, ...]:
        """Return the programs whose versions are newer than the tables."""
        return tuple(
            program for program in ("openclaw", "litellm") if is_newer(program, self.value(program))
        )

    def stated(self, program: str, name: str) -> str:
        """Return the clause about the installed or assumed version that ends a finding."""
        found = self.of(program)
        if found is None:
            return f"{name}'s version is unknown, so the newest ({newest(program)}) is assumed"
        if found.lower_bound:
            return f"{name}'s version is {found.value} or later, according to {found.source}"
        return f"{name}'s version is {found.value}, according to {found.source}"

    def judged_as(self) -> str | None:
        """Return the LiteLLM version to judge names by, or None for any version.

        An unknown version counts as the newest in the tables, unless they are outdated.
        """
        if self.litellm is None and not self.outdated:
            return newest("litellm")
        return self.value("litellm")

    def standing(self, names: Names, name: str) -> Standing:
        """Return whether LiteLLM knows a name. Only an `unknown` name may be an error."""
        return litellm_standing(names, name, self.judged_as())

    def doubt(self, names: Names, name: str) -> str:
        """Return sentences about which versions know a name, or "" if all versions agree."""
        versions_differ = name in names.ever
        certain = self.litellm is not None and self.standing(names, name) == "unknown"
        if not versions_differ and (certain or misspells(name, names.ever)):
            return ""
        running = "The version of LiteLLM is unknown"
        if self.litellm is not None:
            running = self.stated("litellm", "LiteLLM")
        return f" {names.known_by(name, 'LiteLLM')} {running}."


@dataclass(frozen=True, slots=True)
class InstalledVersions:
    """The versions according to files, before the running proxy has reported its own."""

    versions: Versions


def load_installed(
    situation: Situation,
    file: OpenClawFile | None,
    compose: Compose | None,
    units: ProxyUnits | None,
) -> InstalledVersions:
    """Return both versions, each from its most reliable source."""
    agent = compose.openclaw if compose is not None else None
    proxy = compose.proxy if compose is not None else None
    return InstalledVersions(
        Versions(
            openclaw=(
                _in_container(agent, "openclaw")
                if agent is not None
                else _installed_openclaw(situation, file)
            )
            or _touched(file),
            litellm=(
                _in_container(proxy, "litellm")
                if proxy is not None
                else _installed_litellm(situation, units)
            ),
            outdated=situation.now - _timestamp(knowledge_date()) > _OUTDATED,
        )
    )


def _timestamp(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def _installed_openclaw(situation: Situation, file: OpenClawFile | None) -> Version | None:
    """Return the version of the gateway's service, or of the `openclaw` on PATH."""
    unit = gateway_unit(situation, file) if file is not None else None
    programs = [word for word in (unit.arguments if unit is not None else ()) if "openclaw" in word]
    on_path = program_on_path("openclaw", situation)
    for program in (*programs, on_path):
        for folder in Path(program).resolve().parents[:4] if program is not None else ():
            for package in (folder / "package.json", folder / "node_modules/openclaw/package.json"):
                value = _package_version(package)
                if value is not None:
                    return Version(value, "package.json")
    return None


def _package_version(package: Path) -> str | None:
    note_read(str(package))
    try:
        content = json.loads(package.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("name") != "openclaw":
        return None
    value = content.get("version")
    return value if isinstance(value, str) and release(value) else None


def _touched(file: OpenClawFile | None) -> Version | None:
    """Return the version that last wrote the config. OpenClaw is at least that version."""
    node = file.root.at("/meta/lastTouchedVersion") if file is not None else None
    if node is None or not isinstance(node.value, str) or release(node.value) is None:
        return None
    return Version(node.value.strip(), "meta.lastTouchedVersion", lower_bound=True)


def _in_container(service: Service, program: str) -> Version | None:
    """Return the version in a service's image. A rolling tag gives no version."""
    exact = _exact_tag(service.image or "")
    if exact is not None and not service.builds:
        return Version(exact, f"the image tag of {service.name}")
    if service.build is None:
        return None
    installed = service.build.installed.get(program)
    if installed is not None:
        return Version(installed, f"the build of {service.name}")
    exact = _exact_tag(service.build.image) if program in service.build.image else None
    return Version(exact, f"the base image of {service.name}") if exact is not None else None


def _exact_tag(image: str) -> str | None:
    match = _EXACT_TAG.fullmatch(image.partition("@")[0].rpartition(":")[2])
    return match[1] if match else None


def _installed_litellm(situation: Situation, units: ProxyUnits | None) -> Version | None:
    """Return the version of the running proxy, of its service, or of the `litellm` on PATH."""
    programs = [
        (program_of(process.arguments, process.cwd), f"the litellm of process {process.pid}")
        for process in situation.processes
    ]
    programs += [
        (program_of(unit.arguments, unit.cwd), "the litellm of its service")
        for unit in (units.units if units is not None else ())
    ]
    programs.append((litellm_on_path(situation), "the litellm on PATH"))
    for program, source in programs:
        value = installed_version(program) if program is not None else None
        if value is not None:
            return Version(value, source)
    return None
