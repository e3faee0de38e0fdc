"""Which packages the LiteLLM has that runs as the proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clawdoctor.chain.proxy_packages import ProxyPackages
from clawdoctor.run.situation import Process

VENV = "include-system-site-packages = false\n"
SITE = "lib/python3.11/site-packages"
COMPOSE = "services:\n  proxy:\n    image: {image}\n"


def install(prefix: Path, *modules: str, settings: str | None = VENV) -> str:
    """Write an environment with LiteLLM and some modules, and return its folder of programs."""
    for module in ("litellm", *modules):
        (prefix / SITE / module).mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin/litellm").write_text("")
    (prefix / "bin/litellm").chmod(0o755)
    if settings is not None:
        (prefix / "pyvenv.cfg").write_text(settings)
    return str(prefix / "bin")


def packages(here: Any, programs: str = "/nonexistent", **options: Any) -> ProxyPackages:
    here.write("project/litellm_config.yaml", "model_list: []\n")
    environ = {"PATH": programs, **options.pop("environ", {})}
    found = here.fact(ProxyPackages, environ, litellm_config="litellm_config.yaml", **options)
    assert isinstance(found, ProxyPackages)
    return found


def test_the_litellm_on_path_may_not_be_the_one_that_runs(here: Any, tmp_path: Path) -> None:
    found = packages(here, install(tmp_path / "env", "langfuse"))
    assert found.presence("langfuse") == "present"
    assert found.presence("prometheus_client") == "missing"
    assert not found.sure


def test_a_running_proxy_with_this_config_is_sure(here: Any, tmp_path: Path) -> None:
    programs = install(tmp_path / "env", "opentelemetry/sdk")
    arguments = ("python", f"{programs}/litellm", "--config", "litellm_config.yaml")
    process = Process(7, arguments, str(here.project), {})
    found = packages(here, processes=(process,))
    assert found.sure
    assert found.prefix == str(tmp_path / "env")
    assert found.presence("opentelemetry.sdk") == "present"
    assert found.presence("mlflow") == "missing"


def test_two_proxies_with_this_config_say_nothing(here: Any, tmp_path: Path) -> None:
    processes = tuple(
        Process(
            number,
            ("python", f"{install(tmp_path / str(number))}/litellm", "-c", "litellm_config.yaml"),
            str(here.project),
            {},
        )
        for number in (7, 8)
    )
    assert packages(here, processes=processes).presence("langfuse") == "unknown"


def test_no_litellm_says_nothing(here: Any) -> None:
    found = packages(here)
    assert (found.prefix, found.presence("langfuse")) == (None, "unknown")


@pytest.mark.parametrize("settings", ["include-system-site-packages = TRUE\n", None])
def test_an_environment_with_other_folders_misses_nothing_for_sure(
    here: Any, tmp_path: Path, settings: str | None
) -> None:
    found = packages(here, install(tmp_path / "env", "langfuse", settings=settings))
    assert found.presence("langfuse") == "present"
    assert found.presence("prometheus_client") == "unknown"


def test_a_python_of_its_own_is_complete(here: Any, tmp_path: Path) -> None:
    programs = install(tmp_path / "env", settings=None)
    (tmp_path / "env/lib/python3.11/os.py").write_text("")
    assert packages(here, programs).presence("langfuse") == "missing"
    (Path(here.home) / ".local/lib/python3.11/site-packages/langfuse").mkdir(parents=True)
    assert packages(here, programs).presence("langfuse") == "present"


def test_pythonpath_can_give_any_module(here: Any, tmp_path: Path) -> None:
    programs = install(tmp_path / "env")
    found = packages(here, programs, environ={"PYTHONPATH": "/srv/modules"})
    assert found.presence("langfuse") == "unknown"


def test_a_pth_file_adds_a_folder(here: Any, tmp_path: Path) -> None:
    programs = install(tmp_path / "env")
    (tmp_path / "src/langfuse").mkdir(parents=True)
    file = tmp_path / "env" / SITE / "own.pth"
    file.write_text(f"# mine\nimport os\n{tmp_path / 'src'}\n")
    assert packages(here, programs).presence("langfuse") == "present"


@pytest.mark.parametrize(
    ("image", "presence"),
    [("ghcr.io/berriai/litellm-database:v1.108.7", "present"), ("acme/litellm:1", "unknown")],
)
def test_only_the_official_image_is_known(here: Any, image: str, presence: str) -> None:
    here.write(
        "project/compose.yaml",
        f'{COMPOSE.format(image=image)}    command: ["--config", "/app/config.yaml"]\n',
    )
    found = packages(here)
    assert found.presence("langfuse") == presence
    assert found.presence("mlflow") == "unknown"
