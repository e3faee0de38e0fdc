"""Plug-ins: loaded only if the user names them, and then like built-in checks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, clawdoctor
from installed_plugin import EXAMPLE, install, install_example
from schemas import check_report
from small_chain import LITELLM

from clawdoctor.plugins import load_checks


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages: the example and some that do not work."""
    folder = tmp_path / "site"
    install_example(folder)
    broken = {"broken": "broken_checks:CHECKS", "number": "sys:maxsize", "taken": "taken_checks:X"}
    install(folder, "broken_checks", broken)
    (folder / "broken_checks.py").write_text("raise RuntimeError('x')\n", "utf-8")
    (folder / "taken_checks.py").write_text(
        "from clawdoctor.check import built_in_checks\nX = built_in_checks()[0]\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    load_checks.cache_clear()
    yield folder
    load_checks.cache_clear()
    for module in [name for name in sys.modules if name.startswith("acme_checks")]:
        del sys.modules[module]


def run(tmp_path: Path, *arguments: str, **environ: Any) -> Done:
    (tmp_path / "litellm_config.yaml").write_text(LITELLM, "utf-8")
    done = clawdoctor(*arguments, cwd=tmp_path, **environ)
    assert "Traceback" not in done.stderr
    return done


def document(done: Done) -> Any:
    found = json.loads(done.stdout)
    check_report(found)
    return found


def test_a_plugin_is_not_loaded_by_itself(tmp_path: Path) -> None:
    found = document(run(tmp_path, "run", "--json"))
    assert "ACME001" not in {check["code"] for check in found["checks"]}
    assert "acme_checks" not in sys.modules


def test_a_project_cannot_load_one(tmp_path: Path) -> None:
    (tmp_path / "clawdoctor.toml").write_text('plugins = ["acme"]\n', "utf-8")
    assert run(tmp_path, "run", "--json").returncode == 2
    assert "acme_checks" not in sys.modules


def test_a_named_plugin_is_like_a_built_in_check(tmp_path: Path) -> None:
    found = document(run(tmp_path, "run", "--json", CLAWDOCTOR_PLUGINS="acme"))
    (finding,) = (f for f in found["findings"] if f["code"] == "ACME001")
    assert finding["message"] == '"contoso.openai.azure.com" is not a resource of the company'
    assert finding["location"]["start"]["line"] == 5
    assert found["exitCode"] in (0, 1)
    named = ("run", "--json", "--select", "resource-not-approved")
    assert len(document(run(tmp_path, *named, CLAWDOCTOR_PLUGINS="acme"))["findings"]) == 1


def test_the_users_file_can_name_one(tmp_path: Path) -> None:
    config = tmp_path / "home" / ".config" / "clawdoctor"
    config.mkdir(parents=True)
    (config / "clawdoctor.toml").write_text('plugins = ["acme"]\n', "utf-8")
    found = document(run(tmp_path, "run", "--json", HOME=str(tmp_path / "home")))
    assert "ACME001" in {check["code"] for check in found["checks"]}


def test_it_is_listed_explained_and_in_other_formats(tmp_path: Path) -> None:
    environ = {"CLAWDOCTOR_PLUGINS": "acme"}
    assert "resource-not-approved" in run(tmp_path, "checks", **environ).stdout
    explained = run(tmp_path, "explain", "ACME001", **environ).stdout
    assert "does not cover" in " ".join(explained.split())
    sarif = json.loads(run(tmp_path, "run", "--format", "sarif", **environ).stdout)
    rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert "ACME001" in rules
    (tmp_path / "x").mkdir()
    ignored = LITELLM.replace("azure.com", "azure.com # clawdoctor: ignore[ACME001] a test", 1)
    (tmp_path / "x" / "litellm_config.yaml").write_text(ignored, "utf-8")
    found = document(clawdoctor("run", "--json", cwd=tmp_path / "x", **environ))  # type: ignore[arg-type]
    assert [f["code"] for f in found["suppressedFindings"]] == ["ACME001"]


@pytest.mark.parametrize(
    ("name", "error"),
    [("broken", "RuntimeError"), ("number", "TypeError"), ("taken", "ValueError")],
)
def test_one_that_fails_is_an_internal_error_with_its_name(
    tmp_path: Path, name: str, error: str
) -> None:
    done = run(tmp_path, "run", "--json", CLAWDOCTOR_PLUGINS=f"acme, {name}")
    found = document(done)
    assert done.returncode == 3
    (failure,) = found["internalErrors"]
    assert (failure["where"], failure["error"]) == (f'the plug-in "{name}"', error)
    assert "ACME001" in {check["code"] for check in found["checks"]}


def test_one_that_is_not_installed_is_wrong_usage(tmp_path: Path) -> None:
    done = run(tmp_path, "run", "--json", CLAWDOCTOR_PLUGINS="acmee")
    assert done.returncode == 2
    assert 'no installed package offers the plug-in "acmee"' in document(done)["usageError"]
