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


@dataclass(frozen=True, slots=True)
class Backup:
    """The backup of the files of one repair. `after` is what each of them contains now."""

    folder: Path
    files: tuple[Written, ...]


class NothingToUndoError(Exception):
    """There is no repair to undo, or a file has changed since. The message says which."""


def state_folder(environ: Mapping[str, str], home: str) -> Path:
    """Return the folder for backups: below XDG_STATE_HOME, or else ~/.local/state."""
    base = Path(environ.get("XDG_STATE_HOME", ""))
    root = base if base.is_absolute() else Path(home) / ".local" / "state"
    return root / "clawdoctor" / "backups"


def write_all(files: Sequence[Written], state: Path, run_in: str) -> Path:
    """Back up the files, then write all of them or none. Return the folder of the backup.

    `run_in` is the user's current folder. Raises CannotWriteError. The files then have their old
    content.
    """
    folder = _back_up(files, state, run_in)
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


def _back_up(files: Sequence[Written], state: Path, run_in: str) -> Path:
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
        manifest = {"folder": os.path.realpath(run_in), "files": rows}
        _write_private(folder / _MANIFEST, json.dumps(manifest).encode())
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


def last_repair(state: Path, run_in: str) -> Backup:
    """Return the backup of the last repair that the user ran in a folder.

    Raises NothingToUndoError, also if one of the files has changed since: a part of a repair may be
    worse than the whole or nothing.
    """
    folder, rows = _last_manifest(state, os.path.realpath(run_in))
    files: list[Written] = []
    changed: list[str] = []
    for path, kept, after in rows:
        try:
            now, before = Path(path).read_bytes(), kept.read_bytes()
        except OSError as error:
            raise NothingToUndoError(
                f"{error.filename} cannot be read: {error.strerror}"
            ) from error
        if _digest(now) != after:
            changed.append(f"{path} has changed since the repair (its old content is in {kept})")
        files.append(Written(path, before, now))
    if changed:
        raise NothingToUndoError(f"{'; '.join(changed)}; nothing was restored")
    return Backup(folder, tuple(files))


def restore(backup: Backup) -> None:
    """Restore all files of a repair or none. Raises CannotWriteError."""
    _write_together([Written(file.path, file.after, file.before) for file in backup.files])
    shutil.rmtree(backup.folder, ignore_errors=True)


def _last_manifest(state: Path, run_in: str) -> tuple[Path, list[tuple[str, Path, str]]]:
    """Return the folder of the last backup of the repairs in a folder, and its files.

    Each has its path, the path of its backup, and its digest after the repair.
    """
    elsewhere = ""
    try:
        folders = (item for item in state.iterdir() if (item / _MANIFEST).is_file())
        for folder in sorted(folders, reverse=True):
            manifest = json.loads((folder / _MANIFEST).read_bytes())
            if manifest["folder"] == run_in:
                return folder, [
                    (str(row["path"]), folder / row["backup"], str(row["after"]))
                    for row in manifest["files"]
                ]
            elsewhere = elsewhere or f"; the last one was in {manifest['folder']}"
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NothingToUndoError(f"the backup in {state} cannot be read") from error
    raise NothingToUndoError(f"there is no repair to undo in {run_in}{elsewhere}")
