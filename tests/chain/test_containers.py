"""Commands, Dockerfiles and docker run lines, and which service runs what."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.compose.command import program_command
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.versions import InstalledVersions
from clawdoctor.formats.json import to_json
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.needs import Absent, Unavailable

PLAIN = "{models: {}}"


@pytest.mark.parametrize(
    ("arguments", "words", "swallowed"),
    [
        (["--config", "/a"], "--config /a", ""),
        (["sh", "-c", "litellm --config /a"], "litellm --config /a", ""),
        (["/bin/sh", "-c", "litellm", "--config", "/a"], "litellm", "--config /a"),
        (["bash", "-lc", "pip install x && exec litellm -c /a"], "litellm -c /a", ""),
        (["bash", "-euo", "pipefail", "-c", "litellm"], "litellm", ""),
        (["sh", "-c", 'exec litellm "$@"', "--", "-c", "/a"], "litellm -c /a", ""),
        (["sh", "-c", "sleep 1; A=1 litellm --port 5 | tee log"], "litellm --port 5", ""),
        (["sh", "-c", "litellm --config $FILE"], "litellm --config /b", ""),
        (["tini", "--", "env", "A=1", "litellm", "-c", "/a"], "litellm -c /a", ""),
        (["sh", "/entry.sh", "-c", "/a"], "sh /entry.sh -c /a", ""),
        (["sh", "-c"], "sh -c", ""),
        ([], "", ""),
    ],
)
def test_what_a_command_runs(arguments: list[str], words: str, swallowed: str) -> None:
    command = program_command(tuple(arguments), {"FILE": "/b"})
    assert (" ".join(command.words), " ".join(command.swallowed)) == (words, swallowed)


@pytest.mark.parametrize(
    "body",
    [
        "  gate:\n    image: ghcr.io/berriai/litellm:v1\n",
        "  gate:\n    image: python:3\n    command: bash -c 'pip install x && litellm -c /a'\n",
        "  gate:\n    image: corp/gate:1\n    command: [--config, /app/config.yaml]\n"
        "    volumes: [./litellm_config.yaml:/app/config.yaml]\n",
        "  gate:\n    build: ./from-image\n",
        "  gate:\n    build: {context: ., dockerfile: pip.Dockerfile}\n",
        "  litellm:\n    build: ./nothing\n",
        "  gate:\n    image: corp/gate:1\n    container_name: my-litellm-proxy\n",
    ],
)
def test_a_service_that_runs_litellm(here: Any, body: str) -> None:
    here.write("project/litellm_config.yaml", "model_list: []\n")
    here.write("project/from-image/Dockerfile", "FROM ghcr.io/berriai/litellm:v1.106.2\n")
    here.write("project/pip.Dockerfile", "FROM python:3\nRUN pip install 'litellm[proxy]'\n")
    here.write("project/compose.yaml", f"services:\n  db:\n    image: postgres\n{body}")
    assert here.fact(Compose).proxy.name in ("gate", "litellm")


@pytest.mark.parametrize(
    "body",
    [
        "  litellm-db:\n    image: postgres:16\n",
        "  litellm:\n    image: nginx:1\n",
        "  litellm-tests:\n    build: .\n",
        "  gate:\n    image: corp/gate:1\n    command: [--config, /app/config.yaml]\n"
        "    volumes: [./other.yaml:/app/config.yaml]\n",
        "  openclaw-browser:\n    image: browserless/chrome\n",
    ],
)
def test_a_service_that_runs_neither(here: Any, body: str) -> None:
    here.write("project/other.yaml", "routes: []\n")
    here.write("project/compose.yaml", f"services:\n{body}")
    assert isinstance(here.fact(Compose), Absent)


def test_a_dockerfile_gives_command_variables_files_and_version(here: Any) -> None:
    here.write("project/c/my.yaml", "model_list: []\n")
    here.write(
        "project/c/Dockerfile",
        "ARG TAG=v1.0.0\nFROM ghcr.io/berriai/litellm:${TAG} AS base\nWORKDIR /app\n"
        "ENV A=1 B='two words'\nENV C $A\n"
        "FROM base\nCOPY my.yaml /srv/\nENV PORT=5000\n"
        'CMD ["--config", \\\n  "/srv/my.yaml"]\n',
    )
    here.write(
        "project/compose.yaml",
        "services:\n  x:\n    build: {context: c, args: {TAG: v1.106.2}}\n"
        "    environment: {A: own}\n",
    )
    service = here.fact(Compose).proxy
    values = {name: passed.value.reveal() for name, passed in service.environment.items()}
    assert values == {"A": "own", "B": "two words", "C": "1", "PORT": "5000"}
    assert service.config_path == str(here.project / "c/my.yaml")
    assert (service.container_port, service.complete) == (5000, True)
    version = here.fact(InstalledVersions).versions.litellm
    assert (version.value, version.source) == ("1.106.2", "the base image of x")


def test_variables_of_an_unreadable_dockerfile_are_not_known(here: Any) -> None:
    here.write("project/compose.yaml", "services:\n  litellm:\n    build: ./absent\n")
    assert not here.fact(Compose).proxy.complete


SCRIPT = r"""#!/bin/bash
HERE="$(cd "$(dirname "$0")" && pwd)"
export TAG=v1.106.2 # it's a comment
cat > x <<'END'
it's no command: docker run nothing
END
id=$(sudo docker run -dit --name=gate -p4001:4000 \
  -v "$HERE/litellm_config.yaml":/app/config.yaml:ro --mount type=bind,src=./d,dst=/d \
  -e A='$x "y"' -e "B=${TAG}" -eC -e D=$(cat key) --env-file "$HERE/raw.env" \
  --network ai --network-alias llm ghcr.io/berriai/litellm:$TAG \
  --config /app/config.yaml > /dev/null)
docker run -d --rm redis:7
"""


def script(here: Any, text: str, environ: dict[str, str] | None = None) -> Any:
    here.write("project/run.sh", text)
    return here.fact(Compose, environ, compose="run.sh")


def test_a_docker_run_line_is_a_service(here: Any) -> None:
    here.write("project/raw.env", 'Q="quoted"\nR=$x\nC\n# S=1\n')
    compose = script(here, SCRIPT, {"C": "shell"})
    service = compose.proxy
    assert [each.name for each in compose.services] == ["gate", "redis"]
    assert (service.image, service.by_hand) == ("ghcr.io/berriai/litellm:v1.106.2", True)
    values = {name: passed.value.reveal() for name, passed in service.environment.items()}
    assert values == {"A": '$x "y"', "B": "v1.106.2", "C": "shell", "Q": '"quoted"', "R": "$x"}
    assert not service.complete  # a command gives D
    assert [(port.host, port.container) for port in service.ports] == [(4001, 4000)]
    assert service.config_path == str(here.project / "litellm_config.yaml")
    assert [mount.source for mount in service.mounts][1] == str(here.project / "d")
    assert service.hosts == {"gate", "llm"}
    place = service.environment["B"].place
    assert (place.span.start.line, place.span.start.column) == (9, 23)


def test_a_powershell_line_goes_on_after_a_backtick(here: Any) -> None:
    text = 'docker run `\n  -e "K=$env:KEY" `\n  -v "${PWD}/c:/app" `\n  litellm/litellm:v1\n'
    service = script(here, text, {"KEY": "k"}).proxy
    assert service.environment["K"].value.reveal() == "k"
    assert service.mounts[0].source == str(here.project / "c")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "an empty file"),
        ("#!/bin/sh\necho hello\n", "a script"),
        ("FROM x\nRUN y\n", "a Dockerfile"),
        ("A=1\nB=2\n", "an env file"),
        ("apiVersion: v1\nkind: Pod\n", "a Kubernetes manifest"),
        ("model_list: []\n", "a LiteLLM config"),
        ("[Unit]\nA=1\n", "a systemd unit"),
        ("- a\n- b\n", "a list"),
        ("litellm:\n  image: x\n", "a mapping without services"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(here: Any, text: str, kind: str) -> None:
    found = script(here, text)
    assert isinstance(found, Unavailable)
    assert found.reason.startswith(f"is {kind};")


AGENT = "services:\n  claw:\n    image: ghcr.io/openclaw/openclaw:2026.8.2-slim\n"


def test_the_container_with_this_config_gives_version_and_environment(here: Any) -> None:
    here.write("project/state/openclaw.json", PLAIN)
    here.write("project/state/.env", "OWN=1\nA=state\n")
    here.write(
        "project/compose.yaml",
        f"{AGENT}    volumes: [./state:/data]\n"
        "    environment: {A: service, OPENCLAW_STATE_DIR: /data}\n",
    )
    path = {"openclaw_config": "state/openclaw.json"}
    variables = here.fact(Environment, {"B": "shell"}, **path).openclaw
    assert variables.get("A").value.reveal() == "service"
    assert variables.get("OWN").value.reveal() == "1"
    assert variables.get("B") is None
    assert (variables.basis, variables.container) == ("known", "claw")
    assert here.fact(OpenClawFile, **path).state_dirs == (str(here.project / "state"),)
    version = here.fact(InstalledVersions, **path).versions.openclaw
    assert (version.value, version.source) == ("2026.8.2", "the image tag of claw")


def test_a_container_with_another_config_does_not_count(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", PLAIN)
    here.write("project/state/openclaw.json", PLAIN)
    here.write("project/compose.yaml", f"{AGENT}    volumes: [./state:/home/node/.openclaw]\n")
    assert isinstance(here.fact(Compose), Absent)
    assert here.fact(Environment).openclaw.container is None
    assert here.fact(Compose, compose="compose.yaml").openclaw.name == "claw"


def test_the_mounted_config_is_found(here: Any) -> None:
    path = here.write("project/state/openclaw.json", PLAIN)
    here.write("project/compose.yaml", f"{AGENT}    volumes: [./state:/home/node/.openclaw]\n")
    assert here.fact(OpenClawFile).path == str(path)


def test_a_volume_can_hold_a_dotenv_that_nobody_sees(here: Any) -> None:
    here.write("project/openclaw.json", PLAIN)
    here.write("project/compose.yaml", f"{AGENT}    volumes: [state:/home/node/.openclaw]\n")
    variables = here.fact(Environment, openclaw_config="openclaw.json").openclaw
    assert (variables.basis, variables.container) == ("assumed", "claw")


def test_the_gateway_comes_before_the_command_line(here: Any) -> None:
    target = "/home/node/.openclaw/openclaw.json"
    image = f"    image: openclaw:local\n    volumes: [./openclaw.json:{target}]\n"
    here.write("project/openclaw.json", PLAIN)
    here.write(
        "project/compose.yaml",
        f"services:\n  openclaw-cli:\n{image}  openclaw-gateway:\n{image}",
    )
    found = here.fact(Compose, openclaw_config="openclaw.json")
    assert found.openclaw.name == "openclaw-gateway"


def test_a_value_keeps_the_variables_of_the_shell_that_it_is_made_of(here: Any) -> None:
    text = 'X=$OTHER\nexport Y="https://$X"\ndocker run -e A=$Y -e B=$X litellm/litellm:v1\n'
    environment = script(here, text, {"OTHER": "secret"}).proxy.environment
    assert [environment[name].uses for name in "AB"] == [("OTHER",), ("OTHER",)]
    assert environment["A"].value.reveal() == "https://secret"


def test_a_name_from_a_variable_is_not_the_name_of_the_service(here: Any) -> None:
    text = 'docker run --name "$SECRET" litellm/litellm:v1\ndocker run --name $SECRET "$IMAGE"\n'
    compose = script(here, text, {"SECRET": "secret-name", "IMAGE": "corp/secret:1"})
    assert [service.name for service in compose.services] == ["litellm", "container"]


def test_a_report_about_a_script_shows_no_value(here: Any) -> None:
    canary = "q7Jx2Vw9Lk4Tz8Rb3Np6Hs1Df5Gc0My"
    here.write("project/litellm_config.yaml", CONFIG)
    here.write(
        "project/run.sh",
        f"export LOST={canary}a\ndocker run --name litellm -e AZURE_API_KEY_EAST={canary}b "
        f"-e 'LITELLM_MASTER_KEY={canary}c' --label token={canary}d -e=F={canary}e "
        f"-v ./litellm_config.yaml:/app/config.yaml litellm/litellm:v1.106.2 "
        f"--config /app/config.yaml --api-key {canary}f # {canary}g\n",
    )
    situation = here.situation({}, compose="run.sh", litellm_config="litellm_config.yaml")
    report = diagnose(situation)
    assert "DK102" in {finding.code for finding in report.findings}
    for text in (repr(report), to_json(report), render(report, width=100, home="/nowhere")):
        assert canary not in text


CONFIG = """model_list:
  - model_name: m
    litellm_params:
      model: azure/m
      api_base: https://contoso-ai.openai.azure.com
      api_key: os.environ/AZURE_API_KEY
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
