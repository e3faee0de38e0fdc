"""The abilities of a terminal, and the line that shows the current request."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pytest

from clawdoctor.probes.waiting import Waiting
from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import PIPE_WIDTH, WIDEST, Terminal, progress_on, terminal

_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\r\n]")


@contextmanager
def screen(columns: int = 120, encoding: str = "utf-8") -> Iterator[tuple[TextIO, list[bytes]]]:
    """A terminal and its input, which is complete after the stream is closed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    written: list[bytes] = []

    def read() -> None:
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                return
            if not part:
                return
            written.append(part)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    raw = io.FileIO(slave, "w")
    stream = io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=True
    )
    try:
        yield stream, written
    finally:
        stream.close()
        reader.join(60)
        os.close(master)


def visible_lines(raw: bytes) -> list[str]:
    """The lines that remain visible after the escape sequences of rich."""
    text = raw.decode().replace("\r\n", "\n")
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-?]*[@-~]|[\r\n]|[^\x1b\r\n]+", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif re.fullmatch(r"\x1b\[\d*A", part):
            row = max(0, row - int(part[2:-1] or 1))
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return [line for line in lines if line.strip()]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def piped(encoding: str = "utf-8") -> TextIO:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def test_a_pipe_has_a_fixed_width_and_no_colour() -> None:
    assert terminal(piped(), {"TERM": "xterm"}) == Terminal(PIPE_WIDTH, False, True)
    assert terminal(io.StringIO(), {}).width == PIPE_WIDTH


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ("60", 60),
        ("5", 20),
        ("500", WIDEST),
        ("0", PIPE_WIDTH),
        ("", PIPE_WIDTH),
        ("-5", PIPE_WIDTH),
        ("wide", PIPE_WIDTH),
        ("\u00b2", PIPE_WIDTH),
        ("9" * 50, WIDEST),
    ],
)
def test_columns_give_the_width(columns: str, width: int) -> None:
    assert terminal(piped(), {"COLUMNS": columns}).width == width


@pytest.mark.parametrize(("columns", "width"), [(60, 60), (10, 20), (300, WIDEST), (0, PIPE_WIDTH)])
def test_a_terminal_gives_the_width(columns: int, width: int) -> None:
    with screen(columns) as (stream, _):
        assert terminal(stream, {}).width == width
        assert terminal(stream, {"COLUMNS": "44"}).width == 44


@pytest.mark.parametrize(
    ("environ", "piped_color", "terminal_color"),
    [
        ({}, False, True),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "3"}, True, True),
        ({"FORCE_COLOR": "0"}, False, True),
        ({"FORCE_COLOR": "false"}, False, True),
        ({"FORCE_COLOR": ""}, False, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "0"}, False, False),
    ],
)
def test_colour_follows_the_terminal_and_the_variables(
    environ: dict[str, str], piped_color: bool, terminal_color: bool
) -> None:
    assert terminal(piped(), environ).color is piped_color
    with screen() as (stream, _):
        assert terminal(stream, environ).color is terminal_color


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [("utf-8", True), ("utf-16", True), ("ascii", False), ("latin-1", False), ("cp437", False)],
)
def test_unicode_follows_the_encoding(encoding: str, unicode: bool) -> None:
    assert terminal(piped(encoding), {}).unicode is unicode


def test_a_stream_without_an_encoding_is_ascii() -> None:
    stream = io.StringIO()  # its encoding is None
    assert not terminal(stream, {}).unicode
    write("a→b\n", stream)
    assert stream.getvalue() == "a?b\n"


def test_what_cannot_be_encoded_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    write("a→b é\n", stream)
    assert raw.getvalue() == "a?b é\n".encode("latin-1")


def test_no_progress_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = piped()
    with progress_on(stream) as progress:
        assert progress is None
    with screen() as (shown, written):
        with progress_on(shown, quiet=True) as progress:
            assert progress is None
        monkeypatch.setenv("TERM", "dumb")
        with progress_on(shown) as progress:
            assert progress is None
    assert stream.tell() == 0
    assert written == []


def wait_for(written: list[bytes], text: str) -> None:
    """Wait until the line is on the screen. The spinner draws in its own thread."""
    for _ in range(6000):
        if text in _STEERING.sub("", b"".join(written).decode(errors="replace")):
            return
        threading.Event().wait(0.01)
    raise AssertionError(f"{text!r} never came: {b''.join(written)!r}")


def test_progress_is_shown_and_then_removed() -> None:
    with screen() as (stream, written):
        stream.write("before\n")
        with progress_on(stream) as progress:
            assert progress is not None
            wait_for(written, "reading files")
            for what in ("GET http://localhost:4000/health/liveliness", "GET https://a.b/[red]x"):
                progress(what)
                wait_for(written, what)
        stream.write("after\n")
        stream.flush()
    raw = b"".join(written)
    assert visible_lines(raw) == ["before", "after"]
    assert raw.count(b"\x1b[?25l") == raw.count(b"\x1b[?25h") == 1


def test_a_long_line_stays_one_line() -> None:
    with screen(40) as (stream, written):
        with progress_on(stream) as progress:
            assert progress is not None
            progress("GET https://contoso.openai.azure.com/openai/models?api-version=2024-10-21")
            wait_for(written, "GET https://contoso")
        stream.write("after\n")
        stream.flush()
    assert visible_lines(b"".join(written)) == ["after"]


def test_threads_and_an_exception_leave_no_progress() -> None:
    with screen() as (stream, written):
        with pytest.raises(ZeroDivisionError), progress_on(stream) as progress:
            assert progress is not None
            threads = [
                threading.Thread(target=progress, args=(f"GET http://a.b/{n}",)) for n in range(50)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            raise ZeroDivisionError
        stream.write("after\n")
        stream.flush()
    assert visible_lines(b"".join(written)) == ["after"]


def test_progress_in_ascii() -> None:
    with screen(encoding="ascii") as (stream, written), progress_on(stream) as progress:
        assert progress is not None
        progress("GET http://a.b/")
        wait_for(written, "GET http://a.b/")
    raw = b"".join(written)
    assert raw.isascii()
    assert b"\\u" not in raw


def test_progress_names_the_oldest_open_request() -> None:
    first, second = Waiting("GET http://slow.test/"), Waiting("GET http://quick.test/")
    first.since -= 12
    with screen() as (stream, written), progress_on(stream, seconds=60) as progress:
        assert progress is not None
        progress(first)
        progress(second)
        wait_for(written, "waiting for GET http://slow.test/, 12 s of 60")
        assert "quick.test" not in b"".join(written).decode()
        first.done = True
        wait_for(written, "GET http://quick.test/")
