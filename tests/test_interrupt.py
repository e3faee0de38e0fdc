"""Ctrl-C on a terminal, and SIGTERM: the partial report is printed, the terminal stays usable."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hostile_server import Connection, Server, serving, whole
from small_chain import LITELLM, OPENCLAW
from terminal_session import PROGRAM, Session
from terminal_session import session as session_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


def before_main(code: str) -> str:
    """Return the program with this code before the command starts."""
    return PROGRAM.replace("clawdoctor.__main__.main()", f"{code}\nclawdoctor.__main__.main()")


STUCK = """
from clawdoctor.run import diagnosis
results, runs = diagnosis.run_checks, []

def run_checks(*arguments):
    runs.append(1)
    if len(runs) > 1:
        import sys, threading
        print("STUCK", file=sys.stderr, flush=True)
        while True:  # a signal just before a wait without an end would not end it
            threading.Event().wait(0.1)
    return results(*arguments)

diagnosis.run_checks = run_checks
"""
"""Makes the checks hang after the first Ctrl-C."""
MASTER_KEY = {"LITELLM_MASTER_KEY": "sk-m4ster-Qx7Wk2Zv9Bn4"}
OPTIONS = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def session(folder: Path, *arguments: str, **options: Any) -> AbstractContextManager[Session]:
    """Start a command on a terminal, with a master key in its environment."""
    return session_of(folder, *arguments, environ=MASTER_KEY, **options)


def assert_terminal_restored(shown: str) -> None:
    assert HIDE in shown  # the spinner was on
    assert shown.rindex(SHOW) > shown.rindex(HIDE)
    assert "Traceback" not in shown
    assert "Exception" not in shown


@contextmanager
def hanging_chain(folder: Path) -> Iterator[Server]:
    """Yield a chain with a faulty file whose proxy accepts requests and never answers."""
    with serving(Connection.wait) as server:
        port = server.url.rpartition(":")[2]
        (folder / "openclaw.json").write_text(OPENCLAW.replace("4000", port), "utf-8")
        (folder / "litellm_config.yaml").write_text(LITELLM, "utf-8")
        yield server


def arrived(server: Server) -> bool:
    return server.hostile > 0


FAULT = "LL102"


@pytest.mark.parametrize("ending", ["ctrl-c", "sigterm"])
def test_an_interrupted_run_reports_what_the_files_show(tmp_path: Path, ending: str) -> None:
    with hanging_chain(tmp_path) as server, session(tmp_path, "run", "--free", *OPTIONS) as it:
        assert server.wait_until(arrived)
        if ending == "ctrl-c":
            it.press_ctrl_c()
        else:
            it.process.send_signal(signal.SIGTERM)
    shown = it.shown()
    assert it.process.returncode == 130, shown
    assert_terminal_restored(shown)
    assert f"error[{FAULT}]" in shown
    assert "Interrupted. " in shown
    assert "PX001" not in shown


def run_to_json(folder: Path, program: str, presses: int) -> tuple[int, dict[str, Any], str]:
    """Return the exit code, the document and the terminal of a run that Ctrl-C interrupts."""
    reading, writing = os.pipe()
    with (
        hanging_chain(folder) as server,
        os.fdopen(reading, "rb") as out,
        session(folder, "run", "--json", *OPTIONS, program=program, stdout=writing) as it,
    ):
        os.close(writing)
        assert server.wait_until(arrived)
        it.press_ctrl_c()
        if presses > 1:
            it.wait_for(b"STUCK")
            it.press_ctrl_c()
        document = json.loads(out.read())
    assert isinstance(document, dict)
    return it.process.returncode, document, it.shown()


def test_an_interrupted_run_prints_a_single_document(tmp_path: Path) -> None:
    code, document, shown = run_to_json(tmp_path, PROGRAM, 1)
    assert (code, document["exitCode"], document["internalErrors"]) == (130, 130, [])
    assert FAULT in [finding["code"] for finding in document["findings"]]
    outcomes = {check["code"]: (check["outcome"], check["reason"]) for check in document["checks"]}
    for code_of_check in ("PX001", "PX003"):
        assert outcomes[code_of_check] == ("unknown", "the run was interrupted")
    assert_terminal_restored(shown)


def test_a_second_interrupt_ends_the_run_at_once(tmp_path: Path) -> None:
    program = before_main(STUCK)
    code, document, shown = run_to_json(tmp_path, program, 2)
    assert (code, document["exitCode"]) == (130, 130)
    assert document["findings"] == []
    assert_terminal_restored(shown)


def test_no_request_starts_after_an_interrupt(tmp_path: Path) -> None:
    """The thread of a request whose server answers late sends no further request."""
    late, seen = threading.Event(), []

    def answer(connection: Connection) -> None:
        late.wait(60)
        connection.send(whole(b"{}", 404))

    def polite(method: str, path: str) -> None:
        seen.append(path)

    with serving(answer, polite) as server:
        port = server.url.rpartition(":")[2]
        (tmp_path / "openclaw.json").write_text(OPENCLAW.replace("4000", port), "utf-8")
        (tmp_path / "litellm_config.yaml").write_text(LITELLM, "utf-8")
        program = before_main(STUCK)
        with session(tmp_path, "run", "--free", *OPTIONS, program=program) as it:
            assert server.wait_until(arrived)
            it.press_ctrl_c()
            it.wait_for(b"STUCK")
            late.set()
            assert server.wait_until(lambda it: it.closed == it.opened)
            it.press_ctrl_c()
    assert seen == ["/health/liveliness"]


WAITING = """
import io

class Terminal(io.FileIO):
    def readinto(self, buffer):
        print("WAITING", file=sys.stderr, flush=True)
        return super().readinto(buffer)

sys.stdin = io.TextIOWrapper(io.BufferedReader(Terminal(0)))
"""
"""Reports when the command waits for its input."""


def test_explain_ends_while_it_waits_for_a_text(tmp_path: Path) -> None:
    program = f"import sys\n{before_main(WAITING)}"
    with session(tmp_path, "explain", "-", program=program) as it:
        it.wait_for(b"WAITING")
        it.press_ctrl_c()
    assert it.process.returncode == 130
    assert "Traceback" not in it.shown()
    assert "interrupted" in it.shown()
