"""`explain` on the command line: logs of any size on stdin, the user's files, exit codes."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ALONE, ENVIRON, clawdoctor, clawdoctor_process
from schemas import explanation_validator
from test_cli import HEALTHY, SEED

REFUSED = (
    "litellm.AuthenticationError: AzureException AuthenticationError - Access denied due to "
    "invalid subscription key or wrong API endpoint."
)
LOG = f"""\
10:00:00 - LiteLLM Proxy:ERROR: x.py:1 - {REFUSED}
Traceback (most recent call last):
  File "x.py", line 1, in x
litellm.exceptions.AuthenticationError: {REFUSED}
INFO:     127.0.0.1:40000 - "POST /v1/chat/completions HTTP/1.1" 401 Unauthorized
10:00:09 - LiteLLM Proxy:ERROR: x.py:1 - {REFUSED}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "home/.openclaw").mkdir(parents=True)
    shutil.copy(SEED / "openclaw.json", tmp_path / "home/.openclaw")
    shutil.copy(SEED / "litellm_config.yaml", tmp_path)
    return tmp_path


def _json(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, **environ: str) -> object:
    done = clawdoctor("explain", "--json", *arguments, stdin=stdin, cwd=cwd, **environ)
    found = json.loads(done.stdout)
    explanation_validator().validate(found)
    assert done.returncode == (0 if found["recognised"] else 1)
    return found


def test_a_log_on_stdin_is_explained() -> None:
    found = _json("-", stdin=LOG.encode())
    assert isinstance(found, dict)
    assert found["log"] == {"entries": 3, "first": "10:00:00", "last": "10:00:09"}
    match = found["matches"][0]
    assert (match["code"], match["causedBy"]) == ("AZ003", None)
    assert match["seen"] == {"count": 2, "first": "10:00:00", "last": "10:00:09",
                             "firstLine": 1, "lastLine": 6, "program": ""}  # fmt: skip
    text = clawdoctor_process("explain", "-", stdin=LOG.encode()).stdout
    assert text.startswith("1 failure in 3 entries, 10:00:00 to 10:00:09\n")
    assert "        2 times, 10:00:00 to 10:00:09 (lines 1 to 6)\n" in text
    assert text.endswith("More  clawdoctor explain AZ003\n")


def test_a_log_as_an_argument_is_explained() -> None:
    found = _json(LOG)
    assert isinstance(found, dict) and found["log"]["entries"] == 3


@pytest.mark.parametrize("text", [REFUSED, f"HTTP/1.1 401 Unauthorized\r\n\r\n{REFUSED}"])
def test_a_single_error_is_not_a_log(text: str) -> None:
    found = _json("-", stdin=text.encode())
    assert isinstance(found, dict) and found["recognised"] and "log" not in found


@pytest.mark.parametrize(
    "noise", [b"\xff\xfe" * 300_000, b"all is well, here and everywhere\0\n" * 30_000]
)
def test_a_long_log_of_something_else_is_not_recognised(noise: bytes) -> None:
    done = clawdoctor("explain", "-", stdin=noise)
    assert done.returncode == 1
    assert done.stdout.startswith("Not recognised")


@pytest.mark.parametrize("stdin", [b"", b" \n\t\n"])
def test_empty_stdin_is_wrong_usage(stdin: bytes) -> None:
    done = clawdoctor("explain", "-", stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no text to explain" in done.stderr


def test_the_users_files_are_named(project: Path) -> None:
    home = str(project / "home")
    text = clawdoctor("explain", REFUSED, cwd=project, HOME=home).stdout
    assert "In your files  litellm_config.yaml:13:16  LiteLLM sends Azure the text" in text
    assert "(LL102)" in text
    bare = clawdoctor("explain", "--no-config", REFUSED, cwd=project, HOME=home).stdout
    assert "In your files" not in bare
    healthy = ("--litellm-config", str(HEALTHY / "litellm_config.yaml"))
    named = clawdoctor("explain", REFUSED, *healthy, cwd=project, HOME=home).stdout
    assert " litellm_config.yaml:13" not in named


def test_the_next_command_checks_the_same_files(project: Path) -> None:
    options = ("--litellm-config", "litellm_config.yaml")
    again = f"clawdoctor run {' '.join(options)}"
    text = clawdoctor("explain", REFUSED, *options, cwd=project).stdout
    assert f"Then  {again}\n" in text
    found = json.loads(clawdoctor("explain", REFUSED, *options, "--json", cwd=project).stdout)
    assert found["matches"][0]["verify"] == again
    unknown = clawdoctor("explain", "an error 500 of nothing", *options, cwd=project).stdout
    assert f"    {again}\n" in unknown


@pytest.mark.parametrize("name", ["nope.yaml", ".", "binary"])
def test_a_named_config_that_cannot_be_read_is_wrong_usage(project: Path, name: str) -> None:
    (project / "binary").write_bytes(b"\x00\xff")
    done = clawdoctor("explain", REFUSED, "--litellm-config", name, cwd=project)
    assert done.returncode == 2
    assert name in done.stderr or str(project) in done.stderr


def _long_log(megabytes: int) -> Iterator[bytes]:
    block = b"".join(
        LOG.replace("10:00:0", f"{n % 24:02}:{n % 60:02}:0").replace(":40000", f":{40000 + n}")
        .encode() for n in range(1400)
    )  # fmt: skip
    for _ in range(megabytes * 1_000_000 // len(block) + 1):
        yield block


_STATUS = Path("/proc/self/status")
_PRINTS_ITS_STATUS = (  # wait4 counts at least the memory of the parent process
    "import atexit, pathlib, sys\n"
    f"atexit.register(lambda: sys.stderr.write(pathlib.Path('{_STATUS}').read_text()))\n"
)


def _peak_memory(megabytes: int) -> tuple[int, str]:
    """The peak memory in KB for a log of this size, and the output."""
    with subprocess.Popen(
        [sys.executable, "-c", _PRINTS_ITS_STATUS + ALONE, "explain", "-", "--no-config"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRON,
    ) as process:
        assert process.stdin is not None
        for block in _long_log(megabytes):
            process.stdin.write(block)
        out, status = process.communicate()
    peak = next(line for line in status.decode().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]), out.decode()


@pytest.mark.slow
@pytest.mark.skipif(not _STATUS.exists(), reason="memory is measured as on Linux")
@pytest.mark.parametrize(
    ("megabytes", "more"),
    [(4, 3_000), (20, 20_000)],
    ids=["longer", "long"],
)
def test_a_long_log_takes_no_more_memory_than_a_short_one(megabytes: int, more: int) -> None:
    short, _ = _peak_memory(1)
    long, text = _peak_memory(megabytes)
    assert "AZ003" in text
    assert long < 120_000
    assert long - short < more


def test_progress_is_shown_on_a_terminal() -> None:
    leader, follower = pty.openpty()
    shown = bytearray()

    def read() -> None:
        while True:
            try:
                shown.extend(os.read(leader, 4096))
            except OSError:
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    done = subprocess.run(
        [sys.executable, "-c", ALONE, "explain", "-", "--no-config"],
        env={**ENVIRON, "TERM": "xterm"},
        input=b"".join(_long_log(3)),
        stdout=subprocess.PIPE,
        stderr=follower,
        check=False,
        timeout=600,
    )
    os.close(follower)
    reader.join(60)
    os.close(leader)
    assert b"read " in shown and b" MB" in shown
    assert b"AZ003" in done.stdout and b"read " not in done.stdout.split(b"\n")[0]


def test_a_run_reads_the_log_of_its_option(project: Path) -> None:
    home = str(project / "home")
    (project / "my.log").write_text(LOG)
    report = json.loads(
        clawdoctor("run", "--json", "--log", "my.log", cwd=project, HOME=home).stdout
    )
    assert {"kind": "log", "path": "my.log", "found": True, "error": None} in report["inputs"]
    done = clawdoctor("run", "--json", "--log", "nope.log", cwd=project, HOME=home)
    assert done.returncode == 2
    assert json.loads(done.stdout)["usageError"].endswith("nope.log not found")


def test_several_entries_of_a_log_are_not_one_message() -> None:
    entry = "2026-11-26T10:00:{:02}.100Z [gateway] {}\n"
    messages = ["azure/gpt-5 is ready", "401 messages kept", "all is well"]
    log = "".join(entry.format(second, messages[second % 3]) for second in range(60))
    found = _json("-", stdin=log.encode())
    assert isinstance(found, dict) and not found["recognised"]
    assert found["matches"] == []
