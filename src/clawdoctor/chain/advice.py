"""Actions to take next, and where Azure's portal shows the right values."""

from __future__ import annotations

import shlex

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.compose import Service
from clawdoctor.finding import Action, Command, Step
from clawdoctor.run.situation import DEFAULT_PORT

PORTAL_ENDPOINT = "Azure Portal > your Azure OpenAI resource > Overview > Endpoint"
PORTAL_DEPLOYMENTS = "Azure Portal > your Azure OpenAI resource > Model deployments > Name"
PORTAL_KEYS = "Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1"

RESTART_OPENCLAW = Command("openclaw gateway restart")
ASK_OPENCLAW = Command("openclaw agent --local --session-id check --message hi")
"""The command that shows the whole text of a failed turn. All versions of OpenClaw have it."""
VALIDATE_OPENCLAW = Command("openclaw config validate")


def restart_proxy(config: str, port: int = DEFAULT_PORT) -> Command:
    """The command that starts the proxy with a config file at the port that OpenClaw asks."""
    return Command(f"litellm --config {shlex.quote(config)} --port {port}")


APPLY_MANIFEST = Step("apply the changed manifest or Helm values, and restart the proxy")


def start_service(service: Service) -> Action:
    """The action that starts a service with what its Compose file now says."""
    if service.by_hand:
        return _run_again(service.name)
    return Command(f"docker compose up -d {shlex.quote(service.name)}")


def recreate_service(service: Service) -> Action:
    """The action that makes a service read its config and environment again."""
    return recreate(service.name, by_hand=service.by_hand)


def recreate(name: str, *, by_hand: bool) -> Action:
    """The action that makes a container read its config and environment again."""
    if by_hand:
        return _run_again(name)
    return Command(f"docker compose up -d --force-recreate {shlex.quote(name)}")


def restart_service(service: Service) -> Action:
    """The action that restarts the program of a service, which then reads its files again."""
    if service.by_hand:
        return Command(f"docker restart {shlex.quote(service.name)}")
    return Command(f"docker compose restart {shlex.quote(service.name)}")


def show_service_log(service: Service) -> Command:
    """The command that shows what the program of a service wrote."""
    docker = "docker" if service.by_hand else "docker compose"
    return Command(f"{docker} logs {shlex.quote(service.name)}")


def _run_again(name: str) -> Step:
    return Step(f"remove the container {name} and run the changed docker run line")


CHECK_AGAIN = Command("clawdoctor run")
"""The command that shows whether a fix worked. A selection of checks could hide the cause."""


def show_connection(url: str, path: str = "/") -> Command | None:
    """The command that shows how a connection to the host of a URL works, or None without a host.

    It contains neither user name nor query.
    """
    parts = split(url)
    if parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        return None
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return Command(f"curl -v {shlex.quote(origin + path)}")


def generate_key(variable: str) -> Command:
    """The command that writes a new proxy key into the .env of the current folder."""
    return Command(f'echo "{variable}=sk-$(openssl rand -hex 24)" >> .env')


def set_for_proxy(variable: str, value: str) -> Step:
    """The step that gives the proxy a variable; `value` may describe it ("the key")."""
    return Step(f"set {variable} to {value} where the proxy starts")


def set_for_openclaw(variable: str, value: str) -> Step:
    """The step that gives OpenClaw a variable; `value` may be a blank ("<the key>")."""
    assignment = f"{variable}={value}"
    return Step(f"put {assignment} into ~/.openclaw/.env", assignment)
