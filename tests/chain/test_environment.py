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
from clawdoctor.run.running import running_programs
from clawdoctor.run.situation import Process
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


def install_litellm(venv: Path) -> None:
    """Make a folder look like a virtual environment with LiteLLM."""
    package = venv / "lib/python3.12/site-packages/litellm"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (venv / "bin").mkdir()
    (venv / "bin/litellm").touch(0o755)


def proxy_key(here: Any, environ: dict[str, str] | None = None, **more: Any) -> str | None:
    """The value of A in the proxy's environment."""
    variable = here.fact(Environment, environ or {}, **more).proxy.get("A")
    return variable.value.reveal() if variable is not None else None


def test_dot_env_beside_the_config_is_not_read(here: Any) -> None:
    here.write("elsewhere/litellm_config.yaml", "model_list: []")
    here.write("elsewhere/.env", "A=x\n")
    here.write("project/.env", "B=y\n")
    named = {"litellm_config": "../elsewhere/litellm_config.yaml"}
    scope = here.fact(Environment, {}, **named).proxy
    assert (scope.get("A"), scope.get("B")) == (None, None)
    assert {name: found.value.reveal() for name, found in scope.unread.items()} == {
        "A": "x",
        "B": "y",
    }


@pytest.mark.parametrize(
    ("venv", "env_file", "value"),
    [
        ("project/.venv", "project/.env", "x"),
        ("project/venv", "project/.env", "x"),
        ("project/.venv", "project/.venv/.env", "x"),
        ("project/.venv", ".env", "x"),  # a folder above
        ("home/.local/share/uv/tools/litellm", "home/.env", None),  # not on PATH
    ],
)
def test_litellm_reads_the_first_dot_env_above_its_package(
    here: Any, venv: str, env_file: str, value: str | None
) -> None:
    here.write("project/litellm_config.yaml", "model_list: []")
    here.write(env_file, "A=x\n")
    install_litellm(here.project.parent / venv)
    assert proxy_key(here) == value


def test_litellm_reads_one_dot_env_only(here: Any) -> None:
    here.write("project/.env", "A=near\n")
    here.write(".env", "A=far\nB=far\n")
    install_litellm(here.project / ".venv")
    scope = here.fact(Environment, {}).proxy
    assert (scope.get("A").value, scope.get("B")) == (Secret("near"), None)


def test_the_litellm_on_the_path_decides(here: Any) -> None:
    install_litellm(here.home / "tools/litellm")
    here.write("home/.env", "A=x\n")
    environ = {"PATH": str(here.home / "tools/litellm/bin")}
    assert proxy_key(here, environ) == "x"
    assert proxy_key(here, environ | {"LITELLM_MODE": "PRODUCTION"}) is None
    assert proxy_key(here, environ | {"A": "shell"}) == "shell"


@pytest.mark.parametrize(
    ("file", "text", "read"),
    [
        ("start.sh", "set -a; source .env; set +a; litellm --config c.yaml", True),
        ("start.sh", "source .env; litellm --config c.yaml", False),
        ("start.sh", "set -a; source .env; npm start", False),
        ("Procfile", "proxy: litellm --config c.yaml", True),
        ("justfile", "set dotenv-load\nrun:\n  litellm", True),
        ("Makefile", "include .env\nexport\nrun:\n\tlitellm --config c.yaml", True),
        ("Makefile", "run:\n\tlitellm --config c.yaml", False),
    ],
)
def test_a_file_beside_the_config_can_load_the_dot_env(
    here: Any, file: str, text: str, read: bool
) -> None:
    here.write("project/litellm_config.yaml", "model_list: []")
    here.write("project/.env", "A=x\n")
    here.write(f"project/{file}", text)
    assert proxy_key(here) == ("x" if read else None)


def test_a_running_proxy_reads_the_dot_env_above_its_own_package(here: Any) -> None:
    path = here.write("project/litellm_config.yaml", "model_list: []")
    here.write("home/llm/.env", "A=x\n")
    install_litellm(here.home / "llm/venv")
    program = str(here.home / "llm/venv/bin/litellm")
    for arguments in (
        ("python", program, "--config", str(path)),
        (program.replace("litellm", "python", -1), program, "--config", str(path)),
    ):
        mine = Process(7, arguments, str(here.project), {})
        assert proxy_key(here, {"A": "shell"}, processes=(mine,)) == "x"


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


OPENCLAW = "{ models: { providers: {} } }"


def gateway(**environ: str) -> Process:
    return Process(8, ("openclaw-gateway",), "/", environ)


def test_the_running_gateway_has_its_own_environment(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write("home/.openclaw/.env", "B=state\n")
    scope = here.fact(Environment, {"A": "shell", "D": "shell"}, gateways=(gateway(A="own"),))
    scope = scope.openclaw
    assert scope.basis == "known"
    assert (scope.get("A").value, scope.get("B").value) == (Secret("own"), Secret("state"))
    assert scope.get("D") is None
    assert scope.unread["D"].value == Secret("shell")


@pytest.mark.parametrize(
    "other",
    [
        gateway(OPENCLAW_PROFILE="work", A="own"),
        gateway(OPENCLAW_STATE_DIR="/srv/openclaw", A="own"),
        gateway(OPENCLAW_CONFIG_PATH="/srv/openclaw.json", A="own"),
        gateway(HOME="/home/somebody", A="own"),
        Process(8, ("openclaw", "--profile", "work", "gateway"), "/", {"A": "own"}),
        Process(8, ("openclaw-gateway",), "/", None),
    ],
)
def test_a_gateway_with_another_config_is_a_stranger(here: Any, other: Process) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    scope = here.fact(Environment, {"B": "shell"}, gateways=(other,)).openclaw
    assert (scope.basis, scope.get("A"), scope.get("B").value) == ("assumed", None, Secret("shell"))


def test_a_gateway_does_not_speak_for_a_named_config(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write("project/openclaw.json", OPENCLAW)
    named = {"openclaw_config": "openclaw.json", "gateways": (gateway(A="own"),)}
    assert here.fact(Environment, {}, **named).openclaw.get("A") is None


def test_the_env_file_option_wins_over_the_gateway(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write("project/x.env", "A=named\n")
    named = {"env_file": "x.env", "gateways": (gateway(A="own"),)}
    assert here.fact(Environment, {}, **named).openclaw.get("A").value == Secret("named")


def test_the_machine_gives_its_variables_to_services(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write("etc/environment", 'A="machine"\n')
    here.write("home/.config/environment.d/10.conf", "B=user\n")
    here.write(
        "etc/systemd/system/openclaw.service", "[Service]\nExecStart=/usr/bin/openclaw gateway\n"
    )
    etc = str(here.project.parent / "etc")
    scope = here.fact(Environment, {}, etc=etc).openclaw
    assert (scope.basis, scope.get("A").value) == ("known", Secret("machine"))
    assert scope.get("B").value == Secret("user")
    assert here.fact(Environment, {}).openclaw.basis == "assumed"


def test_an_unreadable_file_of_a_unit_leaves_room_for_doubt(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write(
        "home/.config/systemd/user/openclaw-gateway.service",
        "[Service]\nEnvironmentFile=/none/x.env\nExecStart=/usr/bin/openclaw gateway\n",
    )
    assert here.fact(Environment, {}).openclaw.basis == "assumed"


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
    found = running_programs(tmp_path).proxies
    assert [process.pid for process in found] == [1, 2, 3]
    assert (found[0].option("--config", "-c"), found[0].option("--port")) == ("c.yaml", "4001")
    assert found[0].environ == {"A": "b", "C": "d=e"}


def listen(proc: Path, pid: int, table: str, *inodes: str) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir()
    (folder / "net").mkdir()
    for number, inode in enumerate(inodes):
        (folder / "fd" / str(number)).symlink_to(f"socket:[{inode}]")
    (folder / "fd/9").symlink_to("/dev/null")
    (folder / "net" / table).write_text(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid t inode\n"
        "   0: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 111 1 0\n"
        "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 222 1 0\n"
        "   2: 0100007F:0FA1 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 0 0 333 1 0\n"
    )


def test_the_ports_on_which_a_process_listens(tmp_path: Path) -> None:
    for pid in (1, 2, 3):
        fake_process(tmp_path, pid, "litellm", "--port", "4700")
    listen(tmp_path, 1, "tcp", "111", "333")
    listen(tmp_path, 2, "tcp6", "333")
    first, second, third = running_programs(tmp_path).proxies
    assert (first.listening, first.port) == (frozenset({4000}), 4000)
    assert first.ports == frozenset({4000})
    assert (second.listening, second.ports, second.port) == (frozenset(), frozenset(), 4700)
    assert (third.listening, third.ports) == (None, frozenset({4700}))


def test_a_process_in_a_container_does_not_count(tmp_path: Path) -> None:
    for pid, namespace in (("1", "net:[1]"), ("2", "net:[2]")):
        fake_process(tmp_path, int(pid), "litellm")
        (tmp_path / pid / "ns").mkdir()
        (tmp_path / pid / "ns/net").symlink_to(namespace)
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "self/ns/net").symlink_to("net:[1]")
    assert [process.pid for process in running_programs(tmp_path).proxies] == [1]


def test_gateways_are_found_by_their_title(tmp_path: Path) -> None:
    fake_process(tmp_path, 1, "openclaw-gateway")
    fake_process(tmp_path, 2, "openclaw", "gateway", "status")
    fake_process(tmp_path, 3, "node", "/usr/lib/node_modules/openclaw/dist/index.js", "gateway")
    assert [process.pid for process in running_programs(tmp_path).gateways] == [1, 3]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_processes_of_this_machine_can_be_listed() -> None:
    assert os.getpid() not in [process.pid for process in running_programs().proxies]
