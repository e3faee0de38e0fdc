"""The programs of this chain that this user runs, from /proc, or none without /proc."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from clawdoctor.deferred import dataclass, regex
from clawdoctor.run.situation import Process

_PROC = Path("/proc")
_LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""
_SOCKET = regex(r"socket:\[(\d+)\]")
_OPENCLAW = regex(r"(?:^|/)(?:openclaw|clawdbot|moltbot)(?:\.mjs|\.js)?(?=$|/)")
_GATEWAY_TITLES = frozenset({"openclaw-gateway", "clawdbot-gateway"})
"""The titles that OpenClaw gives its gateway process in place of its command line."""


@dataclass(frozen=True, slots=True)
class Running:
    """This user's LiteLLM proxies and OpenClaw gateways, without those in containers."""

    proxies: tuple[Process, ...] = ()
    gateways: tuple[Process, ...] = ()


def running_programs(proc: Path = _PROC) -> Running:
    """Return the programs that run now. One pass finds both: a machine has many processes."""
    found = tuple(_processes(proc))
    return Running(
        tuple(process for process in found if runs_litellm(process.arguments)),
        tuple(process for process in found if runs_gateway(process.arguments)),
    )


def runs_litellm(arguments: Sequence[str]) -> bool:
    """Return whether this is `litellm ...`, `python /path/litellm ...` or `python -m litellm`."""
    head = arguments[:3]
    if any(os.path.basename(argument) == "litellm" for argument in head[:2]):  # noqa: PTH119
        return True
    return len(head) == 3 and head[1] == "-m" and head[2].split(".")[0] == "litellm"


def runs_gateway(arguments: Sequence[str]) -> bool:
    """Return whether this is `openclaw gateway`, `node .../dist/index.js gateway`, or its title.

    `openclaw gateway status` and the like end at once; some units use `gateway start`.
    """
    if len(arguments) == 1 and arguments[0].strip() in _GATEWAY_TITLES:
        return True
    before, gateway, after = _split(arguments, "gateway")
    if not gateway or not any(_OPENCLAW.search(argument) for argument in before):
        return False
    return not after or after[0] in ("run", "start") or after[0].startswith("-")


def _split(arguments: Sequence[str], word: str) -> tuple[Sequence[str], bool, Sequence[str]]:
    if word not in arguments:
        return arguments, False, ()
    index = arguments.index(word)
    return arguments[:index], True, arguments[index + 1 :]


def _processes(proc: Path) -> Iterator[Process]:
    folders = [folder for folder in proc.glob("[0-9]*") if folder.name.isdecimal()]
    for folder in sorted(folders, key=lambda folder: int(folder.name)):
        process = _process(folder, proc)
        if process is not None:
            yield process


def _process(folder: Path, proc: Path) -> Process | None:
    try:
        if folder.stat().st_uid != os.getuid():
            return None
        arguments = _fields(folder / "cmdline")
        if not (runs_litellm(arguments) or runs_gateway(arguments)):
            return None
        if _is_in_container(folder, proc):
            return None
        cwd = str((folder / "cwd").readlink())
        environ = dict(pair.partition("=")[::2] for pair in _fields(folder / "environ"))
    except OSError:  # the process has ended
        return None
    return Process(int(folder.name), tuple(arguments), cwd, environ, _listening(folder))


def _fields(path: Path) -> list[str]:
    raw = path.read_bytes().decode("utf-8", "surrogateescape")
    return [field for field in raw.split("\0") if field]


def _is_in_container(folder: Path, proc: Path) -> bool:
    """Return whether the process has other network interfaces, so that its ports are not here."""
    try:
        return (folder / "ns/net").readlink() != (proc / "self/ns/net").readlink()
    except OSError:
        return False


def _listening(folder: Path) -> frozenset[int] | None:
    """Return the ports that the process listens on, or None if its sockets are unreadable."""
    try:
        inodes = {match[1] for link in (folder / "fd").iterdir() if (match := _socket(link))}
        rows = [
            row.split()
            for name in ("tcp", "tcp6")
            if (folder / "net" / name).exists()
            for row in (folder / "net" / name).read_text("ascii").splitlines()[1:]
        ]
    except (OSError, ValueError):
        return None
    return frozenset(
        int(row[1].rpartition(":")[2], 16)
        for row in rows
        if len(row) > 9 and row[3] == _LISTENING and row[9] in inodes
    )


def _socket(link: Path) -> re.Match[str] | None:
    try:
        return _SOCKET.fullmatch(str(link.readlink()))
    except OSError:  # closed in the meantime
        return None
