"""Malicious releases in requirements, lock files, images and packages."""

import pytest

from clawdoctor.chain.pins import pins_in
from clawdoctor.knowledge import table
from clawdoctor.source.text import Text

ROWS = {row["package"]: row for row in table("compromised")["release"]}


def found(package: str, content: str) -> list[str]:
    pins = list(pins_in(Text("/project/file", content), ROWS[package]))
    assert all(pin.package == package for pin in pins)
    return [pin.version for pin in pins]


@pytest.mark.parametrize(
    "content",
    [
        "litellm==1.82.8",
        "litellm[proxy] == 1.82.8 ; python_version > '3.9'",
        'dependencies = ["litellm[proxy]==1.82.8"]',
        'litellm = "1.82.8"',
        'litellm = {extras = ["proxy"], version = "==1.82.8"}',
        '[[package]]\nname = "litellm"\nversion = "1.82.8"\n',
        '"litellm": {\n  "hashes": ["sha256:00"],\n  "version": "==1.82.8"\n}',
        "RUN uv pip install 'litellm[proxy]===1.82.8'",
        "    image: ghcr.io/berriai/litellm:main-v1.82.8-stable",
        "FROM docker.io/litellm/litellm-database:v1.82.8",
    ],
)
def test_litellm_is_found(content: str) -> None:
    assert found("litellm", content) == ["1.82.8"]


@pytest.mark.parametrize(
    "content",
    [
        "litellm!=1.82.8",
        "litellm>=1.82.8",
        "litellm~=1.82.8",
        "litellm==1.82.80",
        "litellm==1.82.8.1",
        "# litellm==1.82.8",
        "litellm>=1.83  # not litellm==1.82.8",
        "mylitellm==1.82.8",
        "litellm-proxy-extras==1.82.8",
        'name = "litellm-enterprise"\nversion = "1.82.8"',
        "image: ghcr.io/berriai/litellm:v1.82.80",
        "image: ghcr.io/berriai/litellm:v1.82.6",
    ],
)
def test_other_releases_pass(content: str) -> None:
    assert found("litellm", content) == []


@pytest.mark.parametrize(
    "content",
    [
        '"axios": "1.14.1"',
        '"node_modules/axios": {\n      "version": "1.14.1",',
        '"node_modules/openclaw/node_modules/axios": {"version": "1.14.1"}',
        "  axios@1.14.1:\n    resolution: {integrity: sha512-0}",
        "npm install axios@1.14.1",
    ],
)
def test_an_npm_package_is_found(content: str) -> None:
    assert found("axios", content) == ["1.14.1"]


@pytest.mark.parametrize(
    "content",
    ['"axios": "^1.14.0"', '"axios": "1.14.10"', "@scope/axios@1.14.1", '"axios-retry": "1.14.1"'],
)
def test_other_npm_packages_pass(content: str) -> None:
    assert found("axios", content) == []


def test_a_scoped_package_is_found() -> None:
    assert found("@mistralai/mistralai", "@mistralai/mistralai@2.2.4") == ["2.2.4"]
