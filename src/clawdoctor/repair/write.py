"""Write a file so that it is always whole, with the old content or the new."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from clawdoctor.source.text import Text

_BOM = b"\xef\xbb\xbf"
_SWITCHES = ("OPENCLAW_NIX_MODE", "OPENCLAW_CONFIG_READONLY")
"""Variables that make OpenClaw itself refuse to write its config."""


class CannotWriteError(Exception):
    """Why a file was not written. The message starts with the file's path."""


def content_of(text: Text) -> bytes:
    """Return the bytes of a text as they are in its file."""
    return (_BOM if text.bom else b"") + text.content.encode("utf-8")


def read_only_switch(environ: Mapping[str, str]) -> str | None:
    """Return the variable that makes OpenClaw's config read-only, or None."""
    off = ("", "0", "false", "no", "off")
    return next((name for name in _SWITCHES if environ.get(name, "").casefold() not in off), None)


def check_writable(path: str, named: str, expected: bytes) -> None:
    """Raise CannotWriteError if the file at a real path must not be replaced.

    `named` is the path that the user knows. A link that leads out of the folder of that path is not
    followed. `expected` is the file's content when it was read.
    """
    real, folder = Path(path), Path(named).parent.resolve()
    if Path(named).is_symlink() and folder not in real.parents:
        raise CannotWriteError(f"{named} is a link to {path}, outside its own folder")
    if not os.access(real, os.W_OK) or not os.access(real.parent, os.W_OK):
        raise CannotWriteError(f"{named} is not writable")
    if _read(path) != expected:
        raise CannotWriteError(f"{named} has changed since it was read")


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CannotWriteError(f"{path} cannot be read: {error.strerror}") from error


def replace_file(path: str, content: bytes) -> None:
    """Replace the content of a file atomically, and keep its mode and owner.

    Raises CannotWriteError; the old file is then intact.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        status = target.stat()
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                _keep_owner(file.fileno(), status)
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise CannotWriteError(f"{path} cannot be written: {error.strerror}") from error
    if _read(path) != content:
        raise CannotWriteError(f"{path} does not contain what was written")


def _keep_owner(descriptor: int, status: os.stat_result) -> None:
    """Give the new file the owner and the mode of the old one. Raises OSError."""
    if hasattr(os, "fchown"):
        new = os.fstat(descriptor)
        if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
            os.fchown(descriptor, status.st_uid, status.st_gid)
        os.fchmod(descriptor, status.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
