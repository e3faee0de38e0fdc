"""The environments of both programs, and how certain they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from clawdoctor.chain.compose import Compose, interpolate
from clawdoctor.chain.dotenv import assignments
from clawdoctor.chain.environment import Environment
from clawdoctor.run.situation import Process, litellm_processes
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Text

COMPOSE = """
services:
  proxy:
    image: ghcr.io/berriai/litellm:v1.106.2
    env_file: proxy.env
    environment:
      - PASSED
      - LITERAL="quoted"
      - FILLED=${FROM_DOT_ENV}-${ELSE:-else}
      - EMPTY=${NOBODY}
    ports: ["14000:4000"]
"""


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("A=b", "A", "b"),
        ("export A=b", "A", "b"),
        ("A = b # c", "A", "b"),
        ("A=b#c", "A", "b#c"),
        ('A="b # c"', "A", "b # c"),
        ("A='b \\n'", "A", "b \\n"),
        ('A="b\\nc"', "A", "b\nc"),
        ("A=", "A", ""),
    ],
)
def test_dotenv_lines(line: str, name: str, value: str) -> None:
    (found,) = assignments(Text("/e", f"# x\n{line}\n"))
    assert (found.name, found.value) == (name, value)
    assert found.span.start.line == 2


def test_dotenv_ignores_what_is_no_assignment() -> None:
    assert not list(assignments(Text("/e", "# A=b\n\nnot one\n=x\n")))


@pytest.mark.parametrize(
    ("text", "result", "missing"),
    [
        ("${A}", "a", False),
        ("$A!", "a!", False),
        ("$$A", "$A", False),
        ("${B:-b}", "b", False),
        ("${E:-e}", "e", False),
        ("${E-e}", "", False),
        ("${A:+x}", "x", False),
        ("${B:+x}", "", False),
        ("${B}", "", True),
        ("${B:?no B}", "", True),
        ("plain", "plain", False),
    ],
)
def test_compose_interpolation(text: str, result: str, missing: bool) -> None:
    assert interpolate(text, {"A": "a", "E": ""}) == (result, missing)


def test_a_compose_service_sees_what_it_is_passed_and_no_more(here: Any) -> None:
    here.write("project/compose.yaml", COMPOSE)
    here.write("project/proxy.env", "FROM_FILE=file\nLITERAL=overridden\n")
    here.write("project/.env", "FROM_DOT_ENV=dot\nNOT_PASSED=x\n")
    scope = here.fact(Environment, {"PASSED": "shell"}).proxy
    assert (scope.basis, scope.container) == ("known", "proxy")
    values = {
        name: (variable.value.reveal(), variable.basis) for name, variable in scope.values.items()
    }
    assert values == {
        "PASSED": ("shell", "assumed"),
        "LITERAL": ('"quoted"', "known"),
        "FILLED": ("dot-else", "assumed"),
        "FROM_FILE": ("file", "known"),
    }


def test_a_missing_env_file_leaves_room_for_doubt(here: Any) -> None:
    here.write("project/compose.yaml", COMPOSE)
    assert here.fact(Environment).proxy.basis == "assumed"
    assert not here.fact(Compose).proxy.complete


def test_a_named_file_makes_the_environment_known(here: Any) -> None:
    here.write("project/litellm_config.yaml", "model_list: []")
    here.write("project/prod.env", "A=named\n")
    environment = here.fact(Environment, {"A": "shell", "B": "shell"}, env_file="prod.env")
    for scope in (environment.proxy, environment.openclaw):
        assert scope.basis == "known"
        assert scope.get("A").value == Secret("named")
        assert scope.get("B").value == Secret("shell")
        assert scope.get("C") is None


def test_this_shell_is_assumed(here: Any) -> None:
    scope = here.fact(Environment, {"A": "x"}).proxy
    assert (scope.basis, scope.get("A").basis) == ("assumed", "assumed")


def test_dot_env_beside_the_config_is_read(here: Any) -> None:
    here.write("elsewhere/litellm_config.yaml", "model_list: []")
    here.write("elsewhere/.env", "A=x\n")
    named = {"litellm_config": "../elsewhere/litellm_config.yaml"}
    assert here.fact(Environment, {}, **named).proxy.get("A").value == Secret("x")


def test_a_running_proxy_with_this_config_is_known(here: Any) -> None:
    path = here.write("project/litellm_config.yaml", "model_list: []")
    mine = Process(7, ("litellm", "--config", path.name), str(here.project), {"A": "running"})
    other = Process(8, ("litellm", "--config", "/other.yaml"), "/", {"A": "other"})
    scope = here.fact(Environment, {"A": "shell"}, processes=(other, mine)).proxy
    assert (scope.basis, scope.get("A").value) == ("known", Secret("running"))


@pytest.mark.parametrize(
    ("ci", "expected"), [("true", True), ("1", True), ("", False), ("0", False)]
)
def test_ci(here: Any, ci: str, expected: bool) -> None:
    assert here.fact(Environment, {"CI": ci}).ci is expected


def fake_process(proc: Path, pid: int, *arguments: str) -> None:
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes("\0".join(arguments).encode() + b"\0")
    (folder / "environ").write_bytes(b"A=b\0C=d=e\0")
    (folder / "cwd").symlink_to("/")


def test_processes_are_recognised_by_their_command(tmp_path: Path) -> None:
    fake_process(
        tmp_path, 1, "/v/bin/python", "/v/bin/litellm", "--config", "c.yaml", "--port=4001"
    )
    fake_process(tmp_path, 2, "litellm")
    fake_process(tmp_path, 3, "python", "-m", "litellm.proxy.proxy_cli")
    fake_process(tmp_path, 4, "grep", "-r", "litellm")
    fake_process(tmp_path, 5, "vim", "litellm_config.yaml")
    (tmp_path / "6").mkdir()
    found = litellm_processes(tmp_path)
    assert [process.pid for process in found] == [1, 2, 3]
    assert (found[0].option("--config", "-c"), found[0].option("--port")) == ("c.yaml", "4001")
    assert found[0].environ == {"A": "b", "C": "d=e"}


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_processes_of_this_machine_can_be_listed() -> None:
    assert os.getpid() not in [process.pid for process in litellm_processes()]
