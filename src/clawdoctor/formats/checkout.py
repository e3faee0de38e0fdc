"""Paths as other tools write them: relative to the root of the repository, with slashes."""

from __future__ import annotations

import ntpath
import os
import posixpath
from collections.abc import Mapping
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from clawdoctor.deferred import dataclass


@dataclass(frozen=True, slots=True)
class Checkout:
    """The folder that a report's relative paths start from, and the root of its repository."""

    cwd: str = ""
    root: str = ""

    def path(self, path: str) -> str | None:
        """Return a path relative to the root of the repository, or None outside of it."""
        absolute = self._absolute(path)
        if not self.root:
            return None if absolute.is_absolute() else absolute.as_posix()
        inside = absolute.is_relative_to(self.root)
        return absolute.relative_to(self.root).as_posix() if inside else None

    def uri(self, path: str) -> str:
        """Return the relative URI of a file in the repository, or the file URI of another one."""
        inside = self.path(path)
        return self._absolute(path).as_uri() if inside is None else quote(inside)

    def _absolute(self, path: str) -> PurePath:
        """Return a path joined to the current folder, in the style of the current folder."""
        is_windows = bool(ntpath.splitdrive(self.cwd)[0])
        style = ntpath if is_windows else posixpath
        joined = style.normpath(style.join(self.cwd, path))
        return PureWindowsPath(joined) if is_windows else PurePosixPath(joined)


def checkout_of(cwd: str, environ: Mapping[str, str]) -> Checkout:
    """Return the checkout of the current folder.

    Its root is GITHUB_WORKSPACE, else the nearest folder above with `.git`, else the current folder
    itself.
    """
    here = Path(cwd)
    workspace = environ.get("GITHUB_WORKSPACE", "")
    if workspace and here.is_relative_to(workspace):
        return Checkout(cwd, os.path.normpath(workspace))
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    return Checkout(cwd, str(root))
