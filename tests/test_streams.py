"""Closed and full standard streams, in real processes with real file descriptors."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ALONE, ENVIRON

SEED = Path(__file__).parent.parent / "src/clawdoctor/simulator/scenarios/seed"
RUN = "run --offline --openclaw-config openclaw.json --litellm-config litellm_config.yaml"
FULL = "cannot write to stdout: No space left on device\n"

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110


def shell(arguments: str, redirections: str, *flags: str) -> tuple[int, str, str]:
    """Return the exit code, stdout and stderr of a command with redirections."""
    program = [sys.executable, *flags, "-c", ALONE]
    command = f"{shlex.join(program)} {arguments} {redirections}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=SEED, env=ENVIRON, capture_output=True, text=True, timeout=300
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [RUN, f"{RUN} --json", "run --json --nope", "checks", "--version", "--help", "run -h", "demo"],
)
def test_a_full_disk_is_said_in_a_line(arguments: str) -> None:
    assert shell(arguments, ">/dev/full") == (2, "", FULL)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (RUN, 1),
        (f"{RUN} --json", 1),
        ("run --json --nope", 2),
        ("checks", 0),
        ("--version", 0),
        ("--help", 0),
    ],
)
@pytest.mark.parametrize("closed", [">&-", pytest.param(">&- 2>&- <&-", marks=pytest.mark.slow)])
def test_a_closed_stdout_leaves_the_exit_code(arguments: str, code: int, closed: str) -> None:
    assert shell(arguments, closed) == (code, "", "")


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_a_message_that_nobody_can_read_is_no_failure(stderr: str) -> None:
    assert shell("run --nope", stderr) == (2, "", "")
    code, report, _ = shell(RUN, stderr)
    assert (code, "error[LL102]" in report) == (1, True)


@pytest.mark.parametrize("arguments", [RUN, "checks", "--version", "--help", "run --help"])
def test_a_reader_that_leaves_is_no_failure(arguments: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        done = subprocess.run(
            [sys.executable, "-c", ALONE, *arguments.split()],
            cwd=SEED, env=ENVIRON, stdout=stdout, stderr=subprocess.PIPE, timeout=300,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_stdin_matters_only_where_it_is_read() -> None:
    code, _, message = shell("explain -", "<&-")
    assert (code, "standard input is closed" in message) == (2, True)
    code, report, message = shell(RUN, "<&-")
    assert (code, "error[LL102]" in report, message) == (1, True, "")


@pytest.mark.parametrize(
    "redirection",
    [
        "< /dev/zero",
        *(
            pytest.param(redirection, marks=pytest.mark.slow)
            for redirection in (
                "< /dev/urandom",
                "< /bin/sh",
                "< <(yes 'all is well' | head -c 9MB; cat /dev/zero)",
            )
        ),
    ],
)
def test_explain_refuses_a_binary_stream_even_without_end(redirection: str) -> None:
    code, _, message = shell("explain -", redirection)
    assert (code, "standard input is binary, not text" in message) == (2, True)


@pytest.mark.parametrize("redirection", ["< openclaw.json", "< <(cat openclaw.json)"])
def test_a_config_on_stdin_is_read(redirection: str) -> None:
    code, report, _ = shell("run --offline --openclaw-config /dev/stdin --json", redirection)
    assert (code, '"code": "OC108"' in report) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        "explain LL102",
        pytest.param("explain 'Invalid model name passed in'", marks=pytest.mark.slow),
    ],
)
def test_without_docstrings_the_pages_are_the_same(arguments: str) -> None:
    assert shell(arguments, "", "-OO") == shell(arguments, "")
