"""The sources of versions, and their use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import behaviour, behaviours, newest, release, table
from clawdoctor.simulator.scene import installed

COMPOSE = "services:\n  p:\n    image: {image}\n"


def found(here: Any, tmp_path: Path, **versions: str) -> Any:
    return here.fact(Versions, {"PATH": installed(tmp_path / "prefix", versions)})


def test_installed_programs(here: Any, tmp_path: Path) -> None:
    versions = found(here, tmp_path, openclaw="2026.9.6", litellm="1.106.2")
    assert (versions.openclaw.value, versions.openclaw.source) == ("2026.9.6", "package.json")
    assert (versions.litellm.value, versions.litellm.source) == ("1.106.2", "the litellm on PATH")
    assert versions.known("openclaw")


def test_nothing_found(here: Any, tmp_path: Path) -> None:
    versions = found(here, tmp_path)
    assert (versions.openclaw, versions.litellm) == (None, None)
    assert "unknown" in versions.stated("openclaw", "OpenClaw")


def test_the_config_gives_a_lower_bound(here: Any, tmp_path: Path) -> None:
    here.write("home/.openclaw/openclaw.json", '{ meta: { lastTouchedVersion: "2026.4.1" } }')
    versions = found(here, tmp_path)
    assert versions.openclaw.lower_bound
    assert not versions.known("openclaw")
    assert "or later" in versions.stated("openclaw", "OpenClaw")


@pytest.mark.parametrize(
    ("image", "value"),
    [
        ("ghcr.io/berriai/litellm:v1.81.13", "1.81.13"),
        ("docker.litellm.ai/berriai/litellm-database:1.99.1", "1.99.1"),
        ("ghcr.io/berriai/litellm:v1.81.3-stable", "1.81.3"),
        ("ghcr.io/berriai/litellm:main-latest", None),
        ("ghcr.io/berriai/litellm", None),
        ("localhost:5000/berriai/litellm", None),
        ("ghcr.io/berriai/litellm:v1.99.1@sha256:abc", "1.99.1"),
    ],
)
def test_an_exact_image_tag_comes_before_what_is_installed(
    here: Any, tmp_path: Path, image: str, value: str | None
) -> None:
    here.write("project/compose.yaml", COMPOSE.format(image=image))
    versions = found(here, tmp_path, litellm="1.106.2")
    assert (versions.litellm.value if versions.litellm else None) == value


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2026.9.6", (2026, 9, 6)),
        ("v1.81.3-stable", (1, 81, 3)),
        ("2026.9.6-beta.2", (2026, 9, 6)),
        ("main-latest", None),
        ("", None),
    ],
)
def test_release(text: str, numbers: tuple[int, ...] | None) -> None:
    parsed = release(text)
    assert (parsed.numbers if parsed else None) == numbers


@pytest.mark.parametrize(
    ("version", "effect"),
    [
        ("2026.2.17", "fatal"),
        ("2026.3.7", "fatal"),
        ("2026.3.8", "responses"),
        ("2026.4.25", "responses"),
        ("2026.4.26", "completions"),
        ("2026.9.6", "completions"),
        ("2031.1.1", "completions"),
        (None, "completions"),
        ("nonsense", "completions"),
    ],
)
def test_what_a_version_does(version: str | None, effect: str) -> None:
    row = behaviour("openclaw", "missing-api", version)
    assert row is not None
    assert row.effect == effect


@pytest.mark.parametrize("program", ["openclaw", "litellm"])
def test_every_row_has_a_source_and_no_version_is_left_out(program: str) -> None:
    topics = [name for name, rows in table("versions")[program].items() if isinstance(rows, list)]
    for topic in topics:
        for row in behaviours(program, topic):
            assert row.source
            assert row.says
        for version in ("0.1", "1.81.7", "2026.4.25", newest(program), "9999.1"):
            assert behaviour(program, topic, version) is not None, (topic, version)


@pytest.mark.parametrize(
    ("program", "topic", "version", "effect"),
    [
        ("openclaw", "embedding-query", "2026.7.1", "spoiled"),
        ("openclaw", "embedding-query", "2026.8.2", "kept"),
        ("openclaw", "strict-tools", "2026.3.22", "left-out"),
        ("openclaw", "tool-choice", "2026.5.7", "left-out"),
        ("openclaw", "tool-choice", "2026.5.12", "sent"),
        ("openclaw", "proxy-effort", "2026.5.7", "sent"),
        ("openclaw", "proxy-effort", "2026.5.12", "left-out"),
        ("openclaw", "stream-usage", "2026.5.7", "left-out"),
        ("openclaw", "azure-responses-version", "2026.5.7", "v1"),
        ("openclaw", "azure-responses-version", "2026.5.12", "dated"),
        ("openclaw", "unlisted-limit", "2026.9.5", "none"),
        ("openclaw", "unlisted-window", "2026.7.1", "first"),
        ("openclaw", "thinking", "2026.4.21", "off"),
        ("openclaw", "thinking", "2026.4.22", "medium"),
        ("openclaw", "responses-cache-key", "2026.9.2", "azure-hosts"),
        ("openclaw", "embedding-provider", "2026.3.24", "any"),
        ("openclaw", "embedding-provider", "2026.5.26", "registered"),
        ("openclaw", "embedding-no-key", "2026.7.1", "found"),
        ("openclaw", "responses-system", "2026.5.28", "text"),
        ("openclaw", "keyless-host", "2026.3.11", "none"),
        ("openclaw", "keyless-host", "2026.4.25", "loopback"),
        ("openclaw", "keyless-host", "2026.5.12", "private"),
        ("openclaw", "keyless-host", "2026.5.22", "aliases"),
        ("litellm", "foundry-token", "1.109.3", "in-body"),
        ("litellm", "routing-words", "1.109.0", "first"),
        ("litellm", "header-types", "1.109.0", "checked"),
        ("litellm", "token-provider", "1.109.0", "checked"),
        ("litellm", "bridged-allowed", "1.109.0", "joined"),
        ("litellm", "default-priority", "1.109.0", "used"),
        ("litellm", "settings-json", "1.102.4", "taken"),
        ("litellm", "settings-json", "1.103.0", "checked"),
        ("litellm", "input-callback", "1.106.12", "request"),
        ("litellm", "input-callback", "1.108.0", "start"),
        ("litellm", "v1-base", "1.108.8", "doubled"),
        ("litellm", "v1-base", "1.108.10", "with-v1-version"),
        ("litellm", "silent-tools", "1.108.5", "responses"),
        ("litellm", "silent-tools", "1.108.6", "newer"),
        ("litellm", "bridged-system", "1.106.2", "instructions"),
        ("litellm", "bridged-system", "1.106.12", "items"),
        ("litellm", "bridged-system", "1.108.1", "instructions"),
        ("litellm", "bridged-system", "1.108.2", "json"),
        ("litellm", "bridged-system", "1.108.13", "items"),
        ("litellm", "bridged-system", "1.109.1", "instructions"),
        ("litellm", "bridged-system", "1.109.2", "json"),
    ],
)
def test_what_the_source_of_a_version_says(
    program: str, topic: str, version: str, effect: str
) -> None:
    row = behaviour(program, topic, version)
    assert row is not None
    assert row.effect == effect
