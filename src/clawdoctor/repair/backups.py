"""Backups of files before a repair, in the user's state folder, and their restoration."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from clawdoctor.deferred import dataclass
from clawdoctor.repair.write import CannotWriteError, replace_file

_MANIFEST = "files.json"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a repair changes: its real path, and its content before and after."""

    path: str
    before: bytes
    after: bytes


class NothingToUndoError(Exception):
    """There is no repair to undo, or a file has changed since. The message says which."""


def state_folder(environ: Mapping[str, str], home: str) -> Path:
    """Return the folder for backups: below XDG_STATE_HOME, or else ~/.local/state."""
    base = Path(environ.get("XDG_STATE_HOME", ""))
    root = base if base.is_absolute() else Path(home) / ".local" / "state"
    return root / "clawdoctor" / "backups"


def write_all(files: Sequence[Written], state: Path) -> Path:
    """Back up the files, then write all of them or none. Return the folder of the backup.

    Raises CannotWriteError. The files then have their old content.
    """
    folder = _back_up(files, state)
    try:
        _write_together(files)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _write_together(files: Sequence[Written]) -> None:
    """Write all files. If one cannot be written, restore the content of the others."""
    try:
        for file in files:
            replace_file(file.path, file.after)
    except BaseException:
        for file in files:
            if Path(file.path).read_bytes() == file.after:
                replace_file(file.path, file.before)
        raise


def _back_up(files: Sequence[Written], state: Path) -> Path:
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.chmod(0o700)
        folder = state / f"{time.time_ns():020d}"
        folder.mkdir(mode=0o700)
        rows = []
        for file in files:
            name = _digest(os.fsencode(file.path))[:32]
            _write_private(folder / name, file.before)
            after = _digest(file.after)
            rows.append({"path": file.path, "backup": name, "after": after})
        _write_private(folder / _MANIFEST, json.dumps(rows).encode())
        for old in sorted(item for item in state.iterdir() if item.is_dir())[:-_MOST]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise CannotWriteError(
            f"no backup could be written to {state}: {error.strerror}"
        ) from error
    return folder


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def undo(state: Path) -> tuple[str, ...]:
    """Restore all files of the last repair or none, and return their paths.

    Raises NothingToUndoError and CannotWriteError.
    """
    folder, files = _last_repair(state)
    current: list[Written] = []
    for path, before, after in files:
        try:
            now = Path(path).read_bytes()
        except OSError as error:
            raise NothingToUndoError(f"{path} cannot be read: {error.strerror}") from error
        if _digest(now) != after:
            raise NothingToUndoError(f"{path} has changed since the repair; nothing was restored")
        current.append(Written(path, now, before))
    _write_together(current)
    shutil.rmtree(folder, ignore_errors=True)
    return tuple(file.path for file in current)


def _last_repair(state: Path) -> tuple[Path, list[tuple[str, bytes, str]]]:
    """Return the last backup's folder, and each file's path, content and digest after repair."""
    try:
        folders = sorted(item for item in state.iterdir() if (item / _MANIFEST).is_file())
        if folders:
            rows = json.loads((folders[-1] / _MANIFEST).read_bytes())
            files = [
                (str(row["path"]), (folders[-1] / row["backup"]).read_bytes(), str(row["after"]))
                for row in rows
            ]
            return folders[-1], files
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NothingToUndoError(f"the backup in {state} cannot be read") from error
    raise NothingToUndoError("there is no repair to undo")
