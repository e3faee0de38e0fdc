"""Actions to take next, and where Azure's portal shows the right values."""

from __future__ import annotations

import shlex

from clawdoctor.chain.azure_host import split
from clawdoctor.finding import Command, Step
from clawdoctor.run.situation import DEFAULT_PORT

PORTAL_ENDPOINT = "Azure Portal > your Azure OpenAI resource > Overview > Endpoint"
PORTAL_DEPLOYMENTS = "Azure Portal > your Azure OpenAI resource > Model deployments > Name"
PORTAL_KEYS = "Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1"

RESTART_OPENCLAW = Command("openclaw gateway restart")
VALIDATE_OPENCLAW = Command("openclaw config validate")


def restart_proxy(config: str, port: int = DEFAULT_PORT) -> Command:
    """The command that starts the proxy with a config file at the port that OpenClaw asks."""
    return Command(f"litellm --config {shlex.quote(config)} --port {port}")


APPLY_MANIFEST = Step("apply the changed manifest or Helm values, and restart the proxy")


def start_service(service: str) -> Command:
    """The command that starts a Compose service with what its Compose file now says."""
    return Command(f"docker compose up -d {shlex.quote(service)}")


def recreate_service(service: str) -> Command:
    """The command that makes a Compose service read its config and environment again."""
    return Command(f"docker compose up -d --force-recreate {shlex.quote(service)}")


def check_again(*codes: str) -> Command:
    """The command that shows whether a fix worked."""
    return Command(f"clawdoctor run --select {','.join(codes)}" if codes else "clawdoctor run")


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
    return Step(f"put {variable}={value} into ~/.openclaw/.env")
