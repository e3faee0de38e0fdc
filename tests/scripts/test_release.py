"""The files of a release, and the image: what they contain, and that they run alone."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import build_pyz
import build_release
import pytest
from build_release import ReleaseError, check_source, check_wheel, notes_of
from command_line import ENVIRON

from clawdoctor import __version__

ROOT = Path(__file__).parents[2]
SEED = ROOT / "src/clawdoctor/simulator/scenarios/seed"
CHANGELOG = "# Changelog\n\n## 1.2.0\n\n- New.\n\n### Also\n\nMore.\n\n## 1.1.0\n\n- Old.\n"
GOOD_WHEEL = [*build_release.NEEDED, "clawdoctor/cli/run.py", "clawdoctor-1.dist-info/METADATA"]


def test_the_notes_are_those_of_the_version() -> None:
    assert notes_of(CHANGELOG, "1.2.0") == "# clawdoctor 1.2.0\n\n- New.\n\n### Also\n\nMore.\n"
    for changelog, version in ((CHANGELOG, "1.3.0"), (CHANGELOG, "1.2"), ("# Changelog\n", "1.2")):
        with pytest.raises(ReleaseError):
            notes_of(changelog, version)
    with pytest.raises(ReleaseError):
        notes_of("## 1.2.0\n\n## 1.1.0\n\n- Old.\n", "1.2.0")
    assert notes_of((ROOT / "CHANGELOG.md").read_text("utf-8"), __version__)


def test_a_wheel_has_data_files_and_no_tests() -> None:
    check_wheel(GOOD_WHEEL)
    for name in ("tests/test_cli.py", "clawdoctor/tests/x.py", "clawdoctor/__pycache__/x.pyc", "x"):
        with pytest.raises(ReleaseError):
            check_wheel([*GOOD_WHEEL, name])
    with pytest.raises(ReleaseError):
        check_wheel(GOOD_WHEEL[1:])
    with pytest.raises(ReleaseError):
        check_source(["clawdoctor-1/tests/test_cli.py"], "1")


def test_the_archive_has_no_native_code(tmp_path: Path) -> None:
    for name in ("yaml/_yaml.cpython-311.so", "yaml/nodes.py", "pygments/lexer.py", "bin/rich"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    build_pyz.prune(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["nodes.py"]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in order."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def last(name: str) -> str:
    return [rest for instruction, rest in instructions() if instruction == name][-1]


def test_the_image_is_built_from_the_checkout_and_runs_as_a_user() -> None:
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.removeprefix('./')}" in kept, source
    assert last("USER") == "clawdoctor"
    created = [rest for name, rest in instructions() if name == "RUN" and "useradd" in rest]
    assert created
    assert "--uid 0" not in created[0]
    installs = re.findall(r"pip install (.*?)(?: &&|$)", last_run())
    assert [shlex.split(words)[-1] for words in installs] == ["."]


def last_run() -> str:
    """Return the command that installs clawdoctor."""
    (found,) = [rest for name, rest in instructions() if name == "RUN" and "pip" in rest]
    return found


def run(*command: str | Path, cwd: Path, environ: Mapping[str, str] = ENVIRON) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_steps_of_the_image_install_clawdoctor(tmp_path: Path) -> None:
    """Docker's own steps, in a folder that has only what the Dockerfile copies."""
    checkout, target = tmp_path / "checkout", tmp_path / "opt"
    checkout.mkdir()
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, checkout / source)
                else:
                    shutil.copy(ROOT / source, checkout / source)
    command = (
        last_run().replace("/opt/clawdoctor", str(target)).replace("python ", f"{sys.executable} ")
    )
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    program = json.loads(last("ENTRYPOINT"))[0].replace("/opt/clawdoctor", str(target))
    assert run(program, "--version", cwd=tmp_path) == f"clawdoctor {__version__}\n"
    assert "cannot answer" in run(program, "demo", cwd=tmp_path)


@pytest.mark.slow
def test_a_release_is_built_checked_and_not_uploaded(tmp_path: Path) -> None:
    files = build_release.release(tmp_path / "dist")
    assert sorted(file.name for file in files) == sorted(
        path.name for path in (tmp_path / "dist").iterdir()
    )
    pyz = tmp_path / "dist/clawdoctor.pyz"
    with zipfile.ZipFile(pyz) as archive:
        names = archive.namelist()
    assert not [name for name in names if name.endswith(build_pyz.NATIVE)]
    assert "clawdoctor/simulator/scenarios/seed/scene.toml" in names
    # A bare interpreter, with no package of this machine.
    bare: list[str | Path] = [Path(sys.executable).resolve(), "-I", "-S", pyz]
    offline = ("run", "--offline", "--json")
    from_archive = json.loads(run(*bare, *offline, cwd=SEED))
    installed = json.loads(run(sys.executable, "-m", "clawdoctor", *offline, cwd=SEED))
    for document in (from_archive, installed):
        del document["durationMs"]
        for check in document["checks"]:
            del check["durationMs"]
    assert from_archive == installed
    assert "OC101" in run(
        *bare, "explain", "No API provider registered for api: undefined", cwd=tmp_path
    )
