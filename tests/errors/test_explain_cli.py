"""`explain` as a process: logs of any size on stdin, the user's files, exit codes."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from test_cli import ALONE, HEALTHY, SEED, clawdoctor

from clawdoctor.formats.explanation_json import load_schema

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
    jsonschema.validate(found, load_schema())
    assert done.returncode == (0 if found["recognised"] else 1)
    return found


def test_a_log_on_stdin() -> None:
    found = _json("-", stdin=LOG.encode())
    assert isinstance(found, dict)
    assert found["log"] == {"entries": 3, "first": "10:00:00", "last": "10:00:09"}
    match = found["matches"][0]
    assert (match["code"], match["causedBy"]) == ("AZ003", None)
    assert match["seen"] == {"count": 2, "first": "10:00:00", "last": "10:00:09",
                             "firstLine": 1, "lastLine": 6, "program": ""}  # fmt: skip
    text = clawdoctor("explain", "-", stdin=LOG.encode()).stdout
    assert text.startswith("1 failure in 3 entries, 10:00:00 to 10:00:09\n")
    assert "        2 times, 10:00:00 to 10:00:09 (lines 1 to 6)\n" in text
    assert text.endswith("More  clawdoctor explain AZ003\n")


def test_a_log_as_an_argument() -> None:
    found = _json(LOG)
    assert isinstance(found, dict) and found["log"]["entries"] == 3


@pytest.mark.parametrize("text", [REFUSED, f"HTTP/1.1 401 Unauthorized\r\n\r\n{REFUSED}"])
def test_a_single_error_is_no_log(text: str) -> None:
    found = _json("-", stdin=text.encode())
    assert isinstance(found, dict) and found["recognised"] and "log" not in found


@pytest.mark.parametrize("noise", [b"\x00\xff\xfe" * 200_000, b"all is well\n" * 50_000])
def test_a_long_log_of_something_else(noise: bytes) -> None:
    done = clawdoctor("explain", "-", stdin=noise)
    assert done.returncode == 1
    assert done.stdout.startswith("Not recognised")


@pytest.mark.parametrize("stdin", [b"", b" \n\t\n"])
def test_nothing_on_stdin(stdin: bytes) -> None:
    done = clawdoctor("explain", "-", stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no text to explain" in done.stderr


def test_the_users_files(project: Path) -> None:
    home = str(project / "home")
    text = clawdoctor("explain", REFUSED, cwd=project, HOME=home).stdout
    assert "In your files: litellm_config.yaml:13:16  LiteLLM sends Azure the text" in text
    assert "(LL102)" in text
    bare = clawdoctor("explain", "--no-config", REFUSED, cwd=project, HOME=home).stdout
    assert "In your files" not in bare
    healthy = ("--litellm-config", str(HEALTHY / "litellm_config.yaml"))
    named = clawdoctor("explain", REFUSED, *healthy, cwd=project, HOME=home).stdout
    assert " litellm_config.yaml:13" not in named


@pytest.mark.parametrize("name", ["nope.yaml", ".", "binary"])
def test_a_named_config_that_cannot_be_read(project: Path, name: str) -> None:
    (project / "binary").write_bytes(b"\x00\xff")
    done = clawdoctor("explain", REFUSED, "--litellm-config", name, cwd=project)
    assert done.returncode == 2
    assert name in done.stderr or str(project) in done.stderr


def test_it_is_fast_with_files(project: Path) -> None:
    def seconds() -> float:
        start = time.perf_counter()
        clawdoctor("explain", REFUSED, cwd=project, HOME=str(project / "home"))
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 1.5  # 0.35 s on a quiet machine


def _much(megabytes: int) -> Iterator[bytes]:
    block = b"".join(
        LOG.replace("10:00:0", f"{n % 24:02}:{n % 60:02}:0").replace(":40000", f":{40000 + n}")
        .encode() for n in range(1400)
    )  # fmt: skip
    for _ in range(megabytes * 1_000_000 // len(block) + 1):
        yield block


_STATUS = Path("/proc/self/status")
_TELLS_ITS_PEAK = (  # what wait4 says is no less than what the process that forked it had
    "import atexit, pathlib, sys\n"
    f"atexit.register(lambda: sys.stderr.write(pathlib.Path('{_STATUS}').read_text()))\n"
)


def _measured(megabytes: int) -> tuple[int, float, str]:
    """Memory in KB and seconds that a log of this size takes, and what is said of it."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _TELLS_ITS_PEAK + ALONE, "explain", "-", "--no-config"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONUTF8": "1"},
    ) as process:
        assert process.stdin is not None
        for block in _much(megabytes):
            process.stdin.write(block)
        out, told = process.communicate()
    peak = next(line for line in told.decode().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]), time.perf_counter() - start, out.decode()


@pytest.mark.skipif(not _STATUS.exists(), reason="memory is measured as on Linux")
def test_a_long_log_takes_no_more_memory_than_a_short_one() -> None:
    short, _, _ = _measured(1)
    long, seconds, text = _measured(20)
    assert "AZ003" in text
    assert long < 120_000
    assert long - short < 20_000
    assert seconds < 30  # 3 s on a quiet machine


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
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONUTF8": "1", "TERM": "xterm"},
        input=b"".join(_much(8)),
        stdout=subprocess.PIPE,
        stderr=follower,
        check=False,
        timeout=120,
    )
    os.close(follower)
    reader.join(5)
    os.close(leader)
    assert b"read " in shown and b" MB" in shown
    assert b"AZ003" in done.stdout and b"read " not in done.stdout.split(b"\n")[0]


def test_a_log_that_is_named_beside_a_run(project: Path) -> None:
    home = str(project / "home")
    (project / "my.log").write_text(LOG)
    report = json.loads(
        clawdoctor("run", "--json", "--log", "my.log", cwd=project, HOME=home).stdout
    )
    assert {"kind": "log", "path": "my.log", "found": True, "error": None} in report["inputs"]
    done = clawdoctor("run", "--json", "--log", "nope.log", cwd=project, HOME=home)
    assert done.returncode == 2
    assert json.loads(done.stdout)["usageError"].endswith("nope.log not found")


def test_what_several_entries_of_a_log_say_together_is_no_error() -> None:
    entry = "2026-11-26T10:00:{:02}.100Z [gateway] {}\n"
    said = ["azure/gpt-5 is ready", "401 messages kept", "all is well"]
    log = "".join(entry.format(second, said[second % 3]) for second in range(60))
    found = _json("-", stdin=log.encode())
    assert isinstance(found, dict) and not found["recognised"]
    assert found["matches"] == []
