"""Service definitions as people write them: what they start, where, and with which variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Place

from clawdoctor.chain.unit import Unit, proxy_process, read_agents, read_units
from clawdoctor.run.running import runs_gateway

PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"
  "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>%s</dict></plist>
"""


def unit(here: Place, text: str, word: str = "litellm") -> Unit:
    here.write(f"home/units/{word}.service", text)
    (found,) = read_units((str(here.home / "units"),), word, str(here.home))
    return found


def agent(here: Place, text: str, word: str = "litellm") -> Unit:
    here.write(f"home/agents/{word}.plist", PLIST % text)
    (found,) = read_agents(str(here.home / "agents"), word, str(here.home))
    return found


def values(found: Unit) -> dict[str, str]:
    return {name: variable.value for name, variable in found.variables.items()}


def started(found: Unit) -> tuple[str | None, int] | None:
    process = proxy_process(found)
    return None if process is None else (process.config_path, process.port)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('Environment="A=b c" D=e', {"A": "b c", "D": "e"}),
        ("Environment=A=\"b c\" 'D=e f'", {"A": "b c", "D": "e f"}),
        ("Environment=A=b\nEnvironment=C=d", {"A": "b", "C": "d"}),
        ("Environment=A=b\nEnvironment=\nEnvironment=C=d", {"C": "d"}),
        ("Environment=A=b\nUnsetEnvironment=A", {}),
        ("Environment=A=100%% D=%h/x", {"A": "100%", "D": "HOME/x"}),
        ("#Environment=A=b\n;Environment=C=d", {}),
        ("Environment=A=b \\\n  C=d", {"A": "b", "C": "d"}),
        ("Environment=PORT=4000", {"PORT": "4000"}),
    ],
)
def test_the_variables_of_a_unit(here: Place, lines: str, expected: dict[str, str]) -> None:
    found = unit(here, f"[Unit]\nEnvironment=X=y\n[Service]\n{lines}\nExecStart=/v/bin/litellm\n")
    home = str(here.home)
    assert values(found) == {name: text.replace("HOME", home) for name, text in expected.items()}


def test_an_environment_file_has_no_comments_after_a_value_and_no_export(here: Place) -> None:
    here.write("home/k.env", "# no\nA=b # c\nexport D=e\nF='g h'\n;X=y\nA2=\"q\"\n")
    found = unit(here, "[Service]\nEnvironmentFile=%h/k.env\nExecStart=/v/bin/litellm\n")
    assert values(found) == {"A": "b # c", "F": "g h", "A2": "q"}
    assert found.complete
    assert list(found.ignored) == ["D"]
    assert "export" in found.ignored["D"].lost


@pytest.mark.parametrize(
    ("written", "complete"), [("-%h/none.env", True), ("%h/none.env", False), ("-%h", False)]
)
def test_an_environment_file_that_is_not_readable(
    here: Place, written: str, complete: bool
) -> None:
    found = unit(here, f"[Service]\nEnvironmentFile={written}\nExecStart=/v/bin/litellm\n")
    assert found.complete is complete


def test_drop_ins_apply_in_the_order_of_their_names(here: Place) -> None:
    here.write("home/units/litellm.service.d/20.conf", "[Service]\nEnvironment=A=20\n")
    here.write("home/units/litellm.service.d/10.conf", "[Service]\nEnvironment=A=10 B=10\n")
    here.write(
        "home/units/litellm.service.d/30.conf",
        "[Service]\nExecStart=\nExecStart=/v/bin/litellm --port 4010\n",
    )
    found = unit(here, "[Service]\nExecStart=/v/bin/litellm --port 4000\nEnvironment=A=0\n")
    assert values(found) == {"A": "20", "B": "10"}
    assert started(found) == (None, 4010)


# The forms of public units: what starts LiteLLM, with which config, on which port.
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "WorkingDirectory=/opt/litellm\nExecStart=/opt/litellm/venv/bin/litellm \\\n"
            "    --config /opt/litellm/config.yaml \\\n    --port 4001 \\\n    --num_workers 1",
            ("/opt/litellm/config.yaml", 4001),
        ),
        (
            "WorkingDirectory=/opt/llm\nExecStart=/usr/bin/python3 -m litellm.proxy.proxy_cli "
            "--config=c.yaml",
            ("/opt/llm/c.yaml", 4000),
        ),
        (
            "ExecStart=/usr/local/bin/litellm --config /etc/llm/config.yaml\nEnvironment=PORT=4005",
            ("/etc/llm/config.yaml", 4005),
        ),
        (
            "WorkingDirectory=/srv\nExecStart=/bin/bash -c 'set -a; source keys.env; "
            "exec litellm --config c.yaml --port ${PORT:-4002}'",
            ("/srv/c.yaml", 4002),
        ),
        (
            "WorkingDirectory=/srv\nExecStart=/root/.local/bin/uv run litellm --config c.yaml",
            ("/srv/c.yaml", 4000),
        ),
        (
            "ExecStart=/usr/bin/docker run --rm -p 4000:4000 ghcr.io/berriai/litellm:main "
            "--config /app/c.yaml",
            None,
        ),
        ("ExecStart=/usr/bin/docker compose -f /opt/litellm/compose.yaml up", None),
        ("ExecStart=/usr/bin/node /opt/litellm-dashboard/server.js", None),
    ],
)
def test_what_a_unit_starts(
    here: Place, lines: str, expected: tuple[str | None, int] | None
) -> None:
    assert started(unit(here, f"[Service]\n{lines}\n")) == expected


def test_a_start_script(here: Place) -> None:
    here.write("home/llm/.env", "AZURE_API_KEY=abc\n")
    here.write(
        "home/llm/bin/start.sh",
        """#!/usr/bin/env bash
set -euo pipefail
SCRIPT_DIR="$(cd "$(dirname "$0")" && pwd)"
PROJECT_DIR="$(dirname "$SCRIPT_DIR")"
cd "$SCRIPT_DIR/.."
if [ -f .env ]; then set -a; . ./.env; set +a; fi
export LITELLM_LOG=ERROR
PORT=4600
LITELLM_BIN="$SCRIPT_DIR/../.venv/bin/litellm"
exec "$LITELLM_BIN" --config config.yaml --port $PORT
""",
    )
    found = unit(here, "[Service]\nExecStart=%h/llm/bin/start.sh\n")
    assert started(found) == (str(here.home / "llm/config.yaml"), 4600)
    assert values(found) == {"AZURE_API_KEY": "abc", "LITELLM_LOG": "ERROR"}


@pytest.mark.parametrize(
    ("script", "got"),
    [
        ("source .env", False),
        (". ./.env", False),
        ("set -a && source .env && set +a", True),
        ("set -o allexport; source .env; set +o allexport", True),
        ("export $(grep -v '^#' .env | xargs)", True),
        ("export $(cat .env)", True),
    ],
)
def test_a_variable_that_a_script_sources_has_to_be_exported(
    here: Place, script: str, got: bool
) -> None:
    here.write("home/llm/.env", "A=b\n")
    found = unit(
        here,
        "[Service]\nWorkingDirectory=%h/llm\n"
        f'ExecStart=/bin/bash -lc "{script}; litellm --config c.yaml"\n',
    )
    assert (values(found).get("A") == "b") is got
    assert ("A" in found.ignored) is not got


def test_a_script_that_sets_more_than_can_be_read(here: Place) -> None:
    here.write("home/s.sh", 'export A="$(security find-generic-password -w)"\nlitellm\n')
    found = unit(here, "[Service]\nExecStart=%h/s.sh\n")
    assert not found.complete
    assert "A" not in values(found)


def test_a_launchd_agent_with_its_variables(here: Place) -> None:
    found = agent(
        here,
        "<key>ProgramArguments</key><array><string>/Users/ana/.venv/bin/litellm</string>"
        "<string>--config</string><string>/Users/ana/llm/config.yaml</string>"
        "<string>--port</string><string>41111</string></array>"
        "<key>EnvironmentVariables</key><dict><key>A</key><string>b &amp; c</string></dict>",
    )
    assert started(found) == ("/Users/ana/llm/config.yaml", 41111)
    assert values(found) == {"A": "b & c"}


def test_a_launchd_agent_with_a_shell(here: Place) -> None:
    here.write("home/llm/.env", "A=b\n")
    command = (
        f"cd {here.home}/llm &amp;&amp; source .env &amp;&amp; uv tool run litellm --config c.yaml"
    )
    found = agent(
        here,
        "<key>ProgramArguments</key><array><string>/bin/bash</string><string>-c</string>"
        f"<string>{command}</string></array>",
    )
    assert started(found) == (str(here.home / "llm/c.yaml"), 4000)
    assert "A" in found.ignored


def test_openclaws_own_launchd_agent(here: Place) -> None:
    """OpenClaw 2026.9.6 starts its gateway through a wrapper with a file of variables."""
    folder = here.home / ".openclaw/service-env"
    here.write(
        "home/.openclaw/service-env/ai.openclaw.gateway.env",
        "# Generated by OpenClaw.\nexport LITELLM_MASTER_KEY='sk-abc'\nexport HOME='/Users/ana'\n",
    )
    words = (
        "/bin/sh",
        f"{folder}/ai.openclaw.gateway-env-wrapper.sh",
        f"{folder}/ai.openclaw.gateway.env",
        "/opt/homebrew/bin/node",
        "/opt/homebrew/lib/node_modules/openclaw/dist/index.js",
        "gateway",
        "--port",
        "18789",
    )
    array = "".join(f"<string>{word}</string>" for word in words)
    found = agent(here, f"<key>ProgramArguments</key><array>{array}</array>", "openclaw")
    assert values(found) == {"LITELLM_MASTER_KEY": "sk-abc", "HOME": "/Users/ana"}
    assert found.arguments == words[3:]
    assert runs_gateway(found.arguments)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/usr/bin/openclaw gateway --port 18789", True),
        ("/usr/bin/moltbot gateway", True),
        ("/usr/local/bin/openclaw gateway start", True),
        ("openclaw gateway run --force", True),
        ("/usr/bin/node openclaw.mjs gateway --allow-unconfigured", True),
        ("node /usr/lib/node_modules/openclaw/dist/index.js --profile work gateway", True),
        ("openclaw-gateway", True),
        ("openclaw gateway status", False),
        ("openclaw gateway restart", False),
        ("openclaw node run", False),
        ("openclaw-node-worker", False),
        ("node /srv/openclaw-dashboard/server.js gateway", False),
        ("vim openclaw.json gateway", False),
    ],
)
def test_commands_that_are_a_gateway(command: str, expected: bool) -> None:
    assert runs_gateway(command.split()) is expected


@pytest.mark.parametrize("text", ["", "<", PLIST % "", PLIST % "<key>Program</key><true/>"])
def test_an_agent_without_sense(here: Place, text: str) -> None:
    here.write("home/agents/litellm.plist", text)
    assert read_agents(str(here.home / "agents"), "litellm", str(here.home)) == ()


def test_no_folder_has_no_units(tmp_path: Path) -> None:
    assert read_units((str(tmp_path / "none"),), "litellm", str(tmp_path)) == ()
    assert read_agents(str(tmp_path / "none"), "litellm", str(tmp_path)) == ()
