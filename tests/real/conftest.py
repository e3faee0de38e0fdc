"""The real programs, installed once, and a chain that all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from real import install
from real.chain import Chain, up


@pytest.fixture(autouse=True)
def clean_environment() -> None:
    """Keep the environment: installations use its proxies and certificates."""


@pytest.fixture(scope="session", autouse=True)
def _end_started_processes() -> Iterator[None]:
    """End a terminated run like an interrupted one, together with the processes that it started."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def litellm_programs(pytestconfig: pytest.Config) -> Path:
    with _on_the_terminal(pytestconfig):
        return install.litellm()


@pytest.fixture(scope="session")
def newest_litellm_programs(pytestconfig: pytest.Config) -> Path:
    with _on_the_terminal(pytestconfig):
        return install.newest_litellm()


@pytest.fixture(scope="session", params=["litellm_programs", "newest_litellm_programs"])
def any_litellm_programs(request: pytest.FixtureRequest) -> Path:
    """Return each LiteLLM in turn."""
    programs: Path = request.getfixturevalue(request.param)
    return programs


@pytest.fixture(scope="session")
def openclaw_program(pytestconfig: pytest.Config) -> tuple[Path, Path]:
    """Return the program, and the folder of its Node."""
    with _on_the_terminal(pytestconfig):
        return install.openclaw()


def _on_the_terminal(config: pytest.Config) -> AbstractContextManager[None]:
    """Show the output of an installation at once, because it takes minutes."""
    capture = config.pluginmanager.getplugin("capturemanager")
    shown: AbstractContextManager[None] = capture.global_and_fixture_disabled()
    return shown


@pytest.fixture(scope="session")
def chain(litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with up(tmp_path_factory.mktemp("chain"), litellm_programs) as running:
        yield running
