"""`run --watch` on a terminal: what starts a run, what a run may send, and how it ends."""

from __future__ import annotations

import ast
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from command_line import clawdoctor
from terminal_session import PROGRAM, Session
from terminal_session import session as session_of

import clawdoctor as clawdoctor_package
from clawdoctor.run import watch
from clawdoctor.run.watch import MOST_TURNS, TURN_PAUSE, Turns, settled
from clawdoctor.simulator import azure, proxy
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request, Response, network
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.simulator.serve import serving
from clawdoctor.source.look import asked_again, changed_paths, look, paths_in, recorded
from clawdoctor.source.read import read_text
from clawdoctor.wire.served import ServedDeployment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")

KEY, AZURE_KEY = "sk-m4ster-Qx7Wk2Zv9Bn4", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OPENCLAW = """\
{
  models: { mode: "merge", providers: { "azure-openai": {
    baseUrl: "%s/v1", apiKey: "${LITELLM_MASTER_KEY}",
    api: "openai-completions",
    models: [{
      id: "%s", name: "GPT-4o", contextWindow: 128000, maxTokens: 16384,
      compat: { supportsStore: false },
    }],
  } } },
  agents: { defaults: { model: { primary: "azure-openai/%s" } } },
}
"""
ENTER, LEAVE, SHOW = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"
QUICK = """
from clawdoctor.cli import watch
from clawdoctor.run import watch as pace
watch.POLL_SECONDS, watch.PROBE_SECONDS = 0.02, 0.05
pace._STEP_SECONDS, pace.QUIET_SECONDS, pace.ABSENT_SECONDS = 0.02, 0.1, 0.5
"""
"""Shortens the waits, so that a test need not wait."""


class Chain:
    """A proxy on a real socket that can be down, and what it was sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.is_up = True
        self.requests: list[Request] = []
        resource = AzureResource("contoso", AZURE_KEY, {"my-gpt4o": AzureDeployment("gpt-4o")})
        origin = "https://contoso.openai.azure.com"
        deployment = ServedDeployment(
            "azure/my-gpt4o",
            {"api_base": origin, "api_key": AZURE_KEY, "api_version": "2025-04-01-preview"},
        )
        running = LiteLLMProxy({"gpt-4o": (deployment,)}, master_key=KEY)
        self._answer = proxy.handler(running, network({origin: azure.handler(resource)}))

    def answer(self, request: Request) -> Response:
        return self._answer(request) if self.is_up else Response(200, fault="reset")

    def write(self, model: str = "gpt-4o", *, to: str = "openclaw.json") -> Path:
        path = self.folder / to
        path.write_text(OPENCLAW % (self.url, model, model), "utf-8")
        return path

    @property
    def turns(self) -> int:
        return sum(request.method == "POST" for request in self.requests)


@contextmanager
def chain(folder: Path, model: str = "gpt-4o") -> Iterator[Chain]:
    it = Chain(folder)
    with serving(it.answer, requests=it.requests) as url:
        it.url = url
        it.write(model)
        yield it


def watching(folder: Path, *arguments: str, code: str = "") -> AbstractContextManager[Session]:
    program = PROGRAM.replace(
        "clawdoctor.__main__.main()", f"{QUICK}{code}\nclawdoctor.__main__.main()"
    )
    named = ("run", "--watch", "--openclaw-config", "openclaw.json")
    return session_of(
        folder, *named, *arguments, program=program, environ={"LITELLM_MASTER_KEY": KEY}
    )


def assert_left(shown: str) -> None:
    """Assert that the terminal has its own screen and cursor again."""
    assert shown.count(ENTER) == shown.count(LEAVE) == 1
    assert shown.rindex(SHOW) > shown.index(ENTER)
    assert "Traceback" not in shown


def after(shown: str) -> str:
    """Return what stays on the terminal."""
    return shown.rpartition(LEAVE)[2]


def test_a_chain_that_answers_needs_one_run(tmp_path: Path) -> None:
    with chain(tmp_path) as it, watching(tmp_path) as session:
        session.process.wait(60)
    assert session.process.returncode == 0, session.shown()
    assert it.turns == 1
    assert_left(session.shown())
    assert "azure-openai/gpt-4o" in after(session.shown())


def test_a_mended_file_is_tested_until_it_answers(tmp_path: Path) -> None:
    with chain(tmp_path, "gpt-4") as it, watching(tmp_path) as session:
        session.wait_for(b"Waiting for a change.")
        assert it.turns == 0  # the proxy does not list the model
        new = it.write(to="new.json")
        new.rename(tmp_path / "openclaw.json")  # as editors do
    assert session.process.returncode == 0, session.shown()
    assert it.turns == 1
    assert "Last change at" in session.shown()
    assert "openclaw.json." in session.shown()
    assert_left(session.shown())
    assert "PX004" not in after(session.shown())


def test_a_proxy_that_comes_up_starts_a_run(tmp_path: Path) -> None:
    with chain(tmp_path) as it:
        it.is_up = False
        with watching(tmp_path) as session:
            session.wait_for(b"Waiting for a change.")
            it.is_up = True
    assert session.process.returncode == 0, session.shown()
    assert "the proxy." in session.shown()
    assert it.turns == 1


@contextmanager
def failing_chain(folder: Path) -> Iterator[Chain]:
    """Yield a chain that answers every test message with an error."""
    with chain(folder) as it:
        answer = it._answer
        it._answer = lambda request: (
            Response(500, body=b"{}") if request.method == "POST" else answer(request)
        )
        yield it


def touch(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def test_a_second_change_within_a_minute_gets_a_free_run(tmp_path: Path) -> None:
    with failing_chain(tmp_path) as it, watching(tmp_path) as session:
        session.wait_for(b"1 of at most 20 test messages sent.")
        touch(tmp_path / "openclaw.json")
        session.wait_for(b"The next follows in")
        session.press_ctrl_c()
    assert it.turns == 1
    assert session.process.returncode == 0, session.shown()
    assert "No test message was sent" in after(session.shown())
    assert_left(session.shown())


def test_its_message_follows_later_and_only_once(tmp_path: Path) -> None:
    code = "watch.TURN_PAUSE = pace.TURN_PAUSE = 2"
    with failing_chain(tmp_path) as it, watching(tmp_path, code=code) as session:
        session.wait_for(b"1 of at most 20 test messages sent.")
        touch(tmp_path / "openclaw.json")
        session.wait_for(b"2 of at most 20 test messages sent.")
        wait_for_probes(it, 50)  # 2.5 seconds
        session.press_ctrl_c()
    assert it.turns == 2
    assert session.process.returncode == 1, session.shown()


def wait_for_probes(it: Chain, count: int) -> None:
    before = len(it.requests)
    while len(it.requests) < before + count:
        threading.Event().wait(0.02)


def test_ctrl_c_ends_with_the_code_of_the_last_report(tmp_path: Path) -> None:
    with chain(tmp_path, "gpt-4") as it, watching(tmp_path, "--free") as session:
        session.wait_for(b"Waiting for a change.")
        it.write()
        wait_for_runs(session, 2)
        session.press_ctrl_c()
    assert session.process.returncode == 0, session.shown()
    assert it.turns == 0
    assert_left(session.shown())


def wait_for_runs(session: Session, count: int) -> None:
    with session.changed:
        assert session.changed.wait_for(
            lambda: session.screen.count(b"Waiting for a change.") >= count, 60
        ), session.screen


def test_a_file_that_is_gone_for_a_moment_is_not_reported(tmp_path: Path) -> None:
    with chain(tmp_path, "gpt-4") as it, watching(tmp_path) as session:
        session.wait_for(b"Waiting for a change.")
        content = (tmp_path / "openclaw.json").read_text("utf-8").replace("gpt-4", "gpt-4o")
        (tmp_path / "openclaw.json").unlink()
        threading.Event().wait(0.2)
        (tmp_path / "openclaw.json").write_text(content[:100], "utf-8")
        (tmp_path / "openclaw.json").write_text(content, "utf-8")
    assert session.process.returncode == 0, session.shown()
    assert "not found" not in session.shown()
    assert "OC002" not in session.shown()
    assert it.turns == 1


def test_a_file_that_stays_away_is_reported_and_awaited(tmp_path: Path) -> None:
    with chain(tmp_path, "gpt-4") as it, watching(tmp_path) as session:
        session.wait_for(b"Waiting for a change.")
        (tmp_path / "openclaw.json").unlink()
        session.wait_for(b"not found")
        it.write()
    assert session.process.returncode == 0, session.shown()


def test_nothing_is_read_or_sent_while_nothing_changes(tmp_path: Path) -> None:
    code = (
        "real = watch.diagnose\n"
        "def diagnose(*arguments, **options):\n"
        "    print('RUN', file=sys.stderr)\n"
        "    return real(*arguments, **options)\n"
        "watch.diagnose = diagnose\n"
        "import sys\n"
    )
    with chain(tmp_path, "gpt-4") as it, watching(tmp_path, code=code) as session:
        session.wait_for(b"Waiting for a change.")
        before = len(it.requests)
        wait_for_probes(it, 5)
        session.press_ctrl_c()
    assert {request.path for request in it.requests[before:]} == {"/health/liveliness"}
    assert session.shown().count("RUN") == 1
    assert session.process.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--json",), "--watch shows text only"),
        (("--format", "sarif"), "--watch shows text only"),
        (("--fix",), "--watch excludes --fix"),
        (("--output", "report.txt"), "--watch excludes --output"),
        (("--env-file", "/dev/stdin"), "--watch needs files"),
        ((), "--watch needs a terminal"),
    ],
)
def test_what_cannot_be_watched_is_wrong_usage(arguments: Sequence[str], message: str) -> None:
    done = clawdoctor("run", "--watch", *arguments)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr


def test_a_missing_file_at_the_start_is_wrong_usage(tmp_path: Path) -> None:
    with watching(tmp_path) as session:
        session.process.wait(60)
    assert session.process.returncode == 2
    assert_left(session.shown())
    assert "not found" in after(session.shown())


def test_at_most_one_live_run_a_minute_and_a_limit_in_all() -> None:
    turns = Turns()
    assert turns.depth("live", 0.0) == "live"
    turns.add(0, 0.0)  # a free probe kept the run from sending
    assert turns.depth("live", 1.0) == "live"
    turns.add(2, 10.0)
    assert turns.depth("live", 10.0 + TURN_PAUSE - 1) == "free"
    assert turns.depth("live", 10.0 + TURN_PAUSE) == "live"
    assert turns.depth("offline", 100.0) == "offline"
    turns.add(MOST_TURNS - 2, 100.0)
    assert turns.left == 0
    assert turns.depth("live", 1e9) == "free"


def test_a_record_holds_what_was_read_listed_and_not_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    with recorded() as answers:
        read_text(tmp_path / "a.yaml")
        read_text(tmp_path / "missing.env")
        assert look(paths_in, tmp_path, "*.conf") == ()
        assert not look(os.path.exists, tmp_path / "b.yaml")
    assert asked_again(answers) == answers
    (tmp_path / "unrelated").touch()
    assert asked_again(answers) == answers
    for name in ("missing.env", "b.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "a.conf").touch()
    (tmp_path / "new").write_text("a: 1")
    os.utime(tmp_path / "new", ns=(0, (tmp_path / "a.yaml").stat().st_mtime_ns))
    (tmp_path / "new").rename(tmp_path / "a.yaml")  # same size and time, another file
    changed = {Path(path).name for path in changed_paths(answers, asked_again(answers))}
    assert changed == {"a.yaml", "missing.env", "b.yaml", tmp_path.name}


def test_a_folder_that_becomes_unreadable_is_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with recorded() as answers:
        assert look(os.listdir, folder) == []
    folder.rmdir()
    assert changed_paths(answers, asked_again(answers)) == (str(folder),)


def test_files_settle_before_a_run(tmp_path: Path) -> None:
    """A file that is written in steps, and then vanishes and comes back, is one change."""
    path = tmp_path / "openclaw.json"
    path.write_text("{}")
    with recorded() as answers:
        read_text(path)
    now, steps = [0.0], iter(["{ a", "{ a: 1", None, None, None, "{ a: 1 }"])

    def sleep(seconds: float) -> None:
        now[0] += watch.QUIET_SECONDS - 0.1
        step = next(steps, "")
        if step is None:
            path.unlink(missing_ok=True)
        elif step:
            path.write_text(step)

    path.write_text("{ ")
    found = settled(answers, clock=lambda: now[0], sleep=sleep)
    assert found == asked_again(answers) != answers
    assert path.read_text() == "{ a: 1 }"


@pytest.mark.parametrize("left", [0, 1])
def test_no_run_sends_more_messages_than_it_may(tmp_path: Path, left: int) -> None:
    from clawdoctor import Situation, diagnose

    with chain(tmp_path) as it:
        situation = Situation(
            str(tmp_path),
            str(tmp_path),
            {"LITELLM_MASTER_KEY": KEY},
            openclaw_config="openclaw.json",
        )
        report = diagnose(situation, mode="live", most_turns=left)
    assert it.turns == report.cost.billable_requests == left
    assert report.verdict == ("answers" if left else "unknown")
    reasons = {check.reason for check in report.checks}
    assert any("--watch has sent" in reason for reason in reasons) is not bool(left)


SILENT = {
    "chain/log_file.py",  # a log changes by itself
    "chain/schema/language.py",  # a file of clawdoctor
    "probes/client.py",  # the file is read afterwards
}
"""Modules that look at files without a record."""
UNRECORDED = re.compile(
    r"\.(?:glob|iterdir|exists|is_file|is_dir|read_text|read_bytes|stat|isfile|isdir|lexists)\("
    r"|\bopen\(|(?<!look\()(?<!\w)which\("
)


@pytest.mark.slow
def test_every_look_at_the_files_of_a_chain_is_recorded() -> None:
    """A function that `look` calls, and one that calls `note_read`, may use the file system."""
    package = Path(clawdoctor_package.__file__).parent
    unrecorded = []
    for path in (
        p for d in ("chain", "probes", "wire", "checks") for p in (package / d).rglob("*.py")
    ):
        text = path.read_text("utf-8")
        asked = set(re.findall(r"\blook\(([\w.]+)", text))
        if str(path.relative_to(package)) in SILENT:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef) or node.name in asked:
                continue
            body = ast.get_source_segment(text, node) or ""
            if UNRECORDED.search(body) and "note_read(" not in body:
                unrecorded.append(f"{path.name}: {node.name}")
    assert unrecorded == []
