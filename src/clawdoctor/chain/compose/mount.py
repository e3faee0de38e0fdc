"""Files of the host in a container: volumes, configs and secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.source.look import look
from clawdoctor.source.node import Node, join_pointer

Found = Literal["file", "folder", "missing", "unknown"]
"""The kind of a path on this host; `unknown` if clawdoctor cannot find out."""

_DRIVE = regex(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder that is mounted in a container.

    `source` is the absolute path on the host, or None if there is none (a named volume, or content
    in the Compose file itself). `written` is the source as the user wrote it, and `shown` the
    target. A report may quote both: they do not contain the values of variables.
    """

    target: str
    place: Place
    written: str = ""
    source: str | None = None
    found: Found = "unknown"
    shown: str = ""

    def host_path(self, path: str) -> str | None:
        """Return the host's path for a path in the container, or None if not in this mount."""
        if self.source is None:
            return None
        if path == self.target:
            return self.source
        if self.covers(path):
            return os.path.normpath(Path(self.source) / path[len(self.target.rstrip("/")) + 1 :])
        return None

    def container_path(self, path: str) -> str | None:
        """Return the container's path for a file on this host, or None if not in this mount."""
        if self.source is None:
            return None
        if path == self.source:
            return self.target
        inside = path.startswith(self.source.rstrip("/") + "/")
        rest = path[len(self.source.rstrip("/")) + 1 :]
        return os.path.normpath(f"{self.target}/{rest}") if inside else None

    def covers(self, path: str) -> bool:
        """Return whether a path in the container is in this mount."""
        return path == self.target or path.startswith(self.target.rstrip("/") + "/")


def innermost(mounts: Iterable[Mount], path: str) -> Mount | None:
    """Return the mount that holds a path in the container, or None if the image holds it."""
    covering = (mount for mount in mounts if mount.covers(path))
    return max(covering, key=lambda mount: len(mount.target), default=None)


def path_kind(path: str) -> Found:
    """Return the kind of a path on this host."""
    try:
        if look(os.path.isdir, path):
            return "folder"
        return "file" if look(os.path.exists, path) else "missing"
    except (OSError, ValueError):
        return "unknown"


def read_mounts(root: Node, node: Node, pointer: str, shell: Mapping[str, str]) -> Iterator[Mount]:
    """Yield the mounts of a service in the order of the file."""
    volumes = node.get("volumes")
    for index, item in enumerate(volumes.items if volumes is not None else ()):
        place = Place(item.span.path, f"{pointer}/volumes/{index}", item.span)
        mount = _volume(item, place, shell)
        if mount is not None:
            yield mount
    yield from _configs_or_secrets(root, node, pointer, shell, "configs", "/")
    yield from _configs_or_secrets(root, node, pointer, shell, "secrets", "/run/secrets/")


def _volume(item: Node, place: Place, shell: Mapping[str, str]) -> Mount | None:
    if item.kind == "mapping":
        written, target = item.text("source") or "", item.text("target") or ""
        shown_source, shown = written, target
        is_path = item.text("type") in (None, "bind")
    else:
        drive = _DRIVE.match(str(item.value))
        start = drive.end() if drive else 0
        source, colon, rest = interpolate(str(item.value), shell)[0][start:].partition(":")
        if not colon:  # a volume without a name
            return Mount(source, place, shown=str(item.value)) if source.startswith("/") else None
        written, target = str(item.value)[:start] + source, rest.partition(":")[0]
        is_path = True
        shown_source, colon, _ = str(item.value).rpartition(f":{target}")
        shown = target
        if not colon:  # a variable sets the target
            shown_source = shown = str(item.value)
    written, missing = interpolate(written, shell)
    target = interpolate(target, shell)[0]
    if not target.startswith("/"):
        return None
    target = target.rstrip("/") or "/"
    if not is_path or missing or not written.startswith((".", "/", "~")):
        return Mount(target, place, shown_source, shown=shown)
    mount = _bind_mount(target, place, written, shell)
    return replace(mount, written=shown_source, shown=shown)


def _bind_mount(target: str, place: Place, written: str, shell: Mapping[str, str]) -> Mount:
    """Return the mount of a host path, which is relative to the file that contains it."""
    source = written
    if written == "~" or written.startswith("~/"):
        if not shell.get("HOME"):
            return Mount(target, place, written)
        source = shell["HOME"] + written[1:]
    source = os.path.normpath(Path(place.path).parent / source)
    return Mount(target, place, written, source, path_kind(source))


def _configs_or_secrets(
    root: Node, node: Node, pointer: str, shell: Mapping[str, str], kind: str, folder: str
) -> Iterator[Mount]:
    """Yield the files that a service gets through `configs:` or `secrets:`."""
    declared = root.get(kind)
    listed = node.get(kind)
    for index, item in enumerate(listed.items if listed is not None else ()):
        name = item.text("source") if item.kind == "mapping" else item.value
        if not isinstance(name, str):
            continue
        shown = (item.text("target") if item.kind == "mapping" else None) or name
        target = interpolate(shown, shell)[0]
        target = target if target.startswith("/") else f"{folder}{target}"
        shown = shown if "$" in shown else target
        place = Place(item.span.path, join_pointer(f"{pointer}/{kind}", index), item.span)
        entry = declared.get(name) if declared is not None else None
        file = entry.text("file") if entry is not None else None
        if entry is None or file is None:
            yield Mount(target, place, name, shown=shown)
            continue
        written, missing = interpolate(file, shell)
        where = Place(entry.span.path, place.pointer, place.span)
        mount = Mount(target, place, written)
        if not missing:
            mount = _bind_mount(target, where, written, shell)
        yield Mount(target, place, file, mount.source, mount.found, shown)
