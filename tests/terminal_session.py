"""Run a command on its own terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from command_line import ALONE, ENVIRON

PROGRAM = (
    "import fcntl, signal, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    f"{ALONE}"
)
"""Makes the terminal on standard input the controlling one, so that Ctrl-C reaches it.

The shell ignores Ctrl-C for programs that it runs in the background, such as these tests.
"""


@dataclass(slots=True)
class Session:
    """A command on a terminal. Its standard output may be a pipe."""

    process: subprocess.Popen[bytes]
    terminal: int
    screen: bytes = b""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        """Collect the terminal's output until the command ends."""
        with suppress(OSError):
            while part := os.read(self.terminal, 65_536):
                with self.changed:
                    self.screen += part
                    self.changed.notify_all()

    def wait_for(self, text: bytes) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: text in self.screen, 60), self.screen

    def type(self, text: str) -> None:
        """Type a text and press Enter."""
        os.write(self.terminal, f"{text}\n".encode())

    def press_ctrl_c(self) -> None:
        os.write(self.terminal, b"\x03")

    def shown(self) -> str:
        return self.screen.decode("utf-8", "replace")


@contextmanager
def session(
    folder: Path,
    *arguments: str,
    program: str = PROGRAM,
    stdout: int | None = None,
    environ: Mapping[str, str] = {},
) -> Iterator[Session]:
    """Start a command on its own terminal. The end of the block waits for the command to end."""
    terminal, its_end = os.openpty()
    before = termios.tcgetattr(its_end)
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**ENVIRON, "TERM": "xterm", **environ},
        stdin=its_end,
        stdout=its_end if stdout is None else stdout,
        stderr=its_end,
        start_new_session=True,
    )
    running = Session(process, terminal)
    reader = threading.Thread(target=running.read, daemon=True)
    reader.start()
    try:
        yield running
        process.wait(60)
        assert termios.tcgetattr(its_end) == before
    finally:
        process.kill()
        process.wait()
        os.close(its_end)
        reader.join(60)
        os.close(terminal)
