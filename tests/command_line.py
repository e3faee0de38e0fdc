"""Run the command line in this process or a separate process, isolated from the machine.

Both ignore this machine's proxies and logs, and the user's variables, home folder and current
folder.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import typer.main

from clawdoctor.__main__ import run_app
from clawdoctor.cli import situation
from clawdoctor.run.running import Running

ENVIRON = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONUTF8": "1"}
ALONE = (
    "import clawdoctor.__main__\n"
    "from clawdoctor.cli import situation\n"
    "from clawdoctor.run.running import Running\n"
    "situation.running_programs = Running\n"
    "situation.OPENCLAW_LOGS = situation.ETC = ''\n"
    "clawdoctor.__main__.main()\n"
)
"""The program for a separate process."""
ALONE_HERE: dict[str, Any] = {
    "running_programs": Running,
    "OPENCLAW_LOGS": "",
    "ETC": "",
}
"""Replacements that isolate a run in this process from the machine's programs and files."""
_get_command = cache(typer.main.get_command)
"""Typer reads the signatures of all commands again for each run: a fifth of its time."""


def isolated() -> AbstractContextManager[object]:
    """Hide the programs and files of the machine from the command line of this process."""
    context: AbstractContextManager[object] = mock.patch.multiple(situation, **ALONE_HERE)
    return context


@dataclass(frozen=True, slots=True)
class Done:
    """The exit code and the output of a command."""

    returncode: int
    stdout: str
    stderr: str


def clawdoctor(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", **environ: str
) -> Done:
    """Run a command in this process. `run` opens no socket."""
    return run_here(_offline(arguments), cwd, environ, stdin)


def run_here(
    arguments: list[str], cwd: Path | None, environ: Mapping[str, str], stdin: bytes = b""
) -> Done:
    """Run a command with exactly these arguments in this process."""
    out, err = _stream(), _stream()
    with (
        _folder(cwd) as folder,
        mock.patch.dict(os.environ, {**ENVIRON, **environ}, clear=True),
        isolated(),
        mock.patch.object(typer.main, "get_command", _get_command),
        mock.patch.multiple(sys, stdin=_stream(stdin), stdout=out, stderr=err),
    ):
        before = Path.cwd()
        os.chdir(folder)
        try:
            code = run_app(arguments)
        finally:
            os.chdir(before)
    return Done(code, _written(out), _written(err))


def clawdoctor_process(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", **environ: str
) -> Done:
    """Run a command in a separate process."""
    with _folder(cwd) as folder:
        done = subprocess.run(
            [sys.executable, "-c", ALONE, *_offline(arguments)],
            cwd=folder,
            env={**ENVIRON, **environ},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=600,
        )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def _offline(arguments: tuple[str, ...]) -> list[str]:
    """Return the arguments of an offline run."""
    if arguments[:1] == ("run",) and "--offline" not in arguments:
        return ["run", "--offline", *arguments[1:]]
    return list(arguments)


@contextmanager
def _folder(cwd: Path | None) -> Iterator[Path]:
    """Yield the folder to run in: `cwd`, or an empty folder."""
    if cwd is not None:
        yield cwd
        return
    with tempfile.TemporaryDirectory() as empty:
        yield Path(empty)


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
