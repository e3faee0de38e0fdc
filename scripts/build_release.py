"""Build and check the files of a release: see scripts/release."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import build_pyz

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
NEEDED = (
    "clawdoctor/py.typed",
    "clawdoctor/formats/report.schema.json",
    "clawdoctor/checks/index.json",
    "clawdoctor/errors/literals.json",
    "clawdoctor/knowledge/tables.json",
    "clawdoctor/simulator/scenarios/seed/scene.toml",
)
"""Files of the package that are not modules."""
NEEDED_IN_SOURCE = ("tests/test_cli.py", "scripts/release", "CHANGELOG.md", "Dockerfile")
UNWANTED = re.compile(r"(^|/)(tests?|fixtures|scripts|__pycache__|\.venv|\.env)(/|$)")


class ReleaseError(Exception):
    """Why the files must not be released."""


def release(target: Path) -> list[Path]:
    """Build and check the files. Raises ReleaseError, or CalledProcessError for a command."""
    version = version_of(ROOT)
    notes = notes_of((ROOT / "CHANGELOG.md").read_text("utf-8"), version)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    run(sys.executable, "-m", "build", "--sdist", "--wheel", "--outdir", target, ROOT)
    wheel = target / f"clawdoctor-{version}-py3-none-any.whl"
    source = target / f"clawdoctor-{version}.tar.gz"
    pyz = target / "clawdoctor.pyz"
    with zipfile.ZipFile(wheel) as wheel_file, tarfile.open(source) as source_file:
        check_wheel(wheel_file.namelist())
        check_source(source_file.getnames(), version)
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, source)
    build_pyz.build(pyz, wheel)
    with tempfile.TemporaryDirectory() as folder:
        python = empty_environment(Path(folder) / "venv")
        # Run the archive first: this environment does not have the dependencies yet.
        check_program([python, "-I", pyz], version, Path(folder))
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
        check_program([python.with_name("clawdoctor")], version, Path(folder))
    (target / "notes.md").write_text(notes, "utf-8")
    return [source, wheel, pyz, target / "notes.md"]


def version_of(root: Path) -> str:
    """Return the version in the source."""
    found = VERSION.search((root / "src/clawdoctor/__init__.py").read_text("utf-8"))
    if found is None:
        raise ReleaseError("src/clawdoctor/__init__.py has no __version__")
    return found[1]


def notes_of(changelog: str, version: str) -> str:
    """Return the section of a version, which must be the first."""
    _, *sections = re.split(r"(?m)^## ", changelog)
    title, _, body = sections[0].partition("\n") if sections else ("", "", "")
    if title.split(" ")[0] != version:
        raise ReleaseError(f"the first section of CHANGELOG.md is not about {version}")
    if not body.strip():
        raise ReleaseError(f"CHANGELOG.md says nothing about {version}")
    return f"# clawdoctor {version}\n\n{body.strip()}\n"


def check_wheel(names: list[str]) -> None:
    """Check that a wheel has the data files, and no tests."""
    missing = [name for name in NEEDED if name not in names]
    unwanted = [
        name
        for name in names
        if UNWANTED.search(name) or not name.startswith(("clawdoctor/", "clawdoctor-"))
    ]
    if missing or unwanted:
        raise ReleaseError(f"the wheel lacks {missing} and must not have {unwanted[:5]}")


def check_source(names: list[str], version: str) -> None:
    """Check that an sdist has what a packager needs to test it."""
    missing = [name for name in NEEDED_IN_SOURCE if f"clawdoctor-{version}/{name}" not in names]
    if missing:
        raise ReleaseError(f"the sdist lacks {missing}")


def empty_environment(folder: Path) -> Path:
    """Create a virtual environment that has only pip, and return its Python."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def check_program(command: list[str | Path], version: str, folder: Path) -> None:
    """Check that a command knows its version and plays the demo."""
    shown = run(*command, "--version", cwd=folder)
    if shown != f"clawdoctor {version}\n":
        raise ReleaseError(f"{command[-1]} --version prints {shown!r}")
    for scenario, verdict in (("seed", "cannot answer"), ("healthy", "Your agent answers")):
        if verdict not in run(*command, "demo", scenario, cwd=folder):
            raise ReleaseError(f"{command[-1]} demo {scenario} does not say {verdict!r}")


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command and return its output, which is shown only if the command fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        done.check_returncode()
    return done.stdout


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    try:
        files = release(folder)
    except (ReleaseError, subprocess.CalledProcessError) as error:
        sys.exit(f"scripts/release: {error}")
    for file in files:
        print(f"{file}  {file.stat().st_size / 1024:.0f} KiB")
    if "(unreleased)" in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        print('CHANGELOG.md still says "(unreleased)".')
    print("Nothing was uploaded.")
