"""Next actions for a user, and where Azure Portal shows the right values."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.compose import Service
from clawdoctor.finding import Action, Command, Step
from clawdoctor.run.situation import DEFAULT_PORT

SECOND_DEPLOYMENT = """\
  litellm_params:
    model: azure/<another deployment>
    api_base: https://<its resource>.openai.azure.com
    api_key: os.environ/<variable with its key>"""
"""The rest of a second entry with the same model_name."""

PORTAL_ENDPOINT = "Azure Portal > your Azure OpenAI resource > Overview > Endpoint"
PORTAL_DEPLOYMENTS = "Azure Portal > your Azure OpenAI resource > Model deployments > Name"
PORTAL_STATES = "Azure Portal > your Azure OpenAI resource > Model deployments > State"
PORTAL_KEYS = "Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1"

COPY_ENDPOINT = Step(f"Copy the endpoint from {PORTAL_ENDPOINT}")
COPY_DEPLOYMENT = Step(f"Copy the deployment's name from {PORTAL_DEPLOYMENTS}")

RESTART_OPENCLAW = Command("openclaw gateway restart", restarts="OpenClaw")
"""A running OpenClaw reads openclaw.json again by itself. Only a change outside it, such as in
.env, needs this command."""
ASK_OPENCLAW = Command("openclaw agent --local --session-id check --message hi")
"""The command that shows the whole text of a failed turn. All versions of OpenClaw have it."""
VALIDATE_OPENCLAW = Command("openclaw config validate")


def load_variables(path: str) -> Command:
    """Return the command that sets the variables of a .env file in a shell."""
    folder, _, name = path.rpartition("/")
    # A report removes the current folder from a path, and a shell looks for ./NAME only here.
    return Command(f"set -a; . {shlex.quote(f'{folder}/./{name}')}; set +a")


def restart_proxy(config: str, port: int = DEFAULT_PORT, env_file: str | None = None) -> Command:
    """Return the command that starts the proxy with a config on the port that OpenClaw uses.

    LiteLLM itself does not read the user's `env_file`.
    """
    load = f"{load_variables(env_file).text}; " if env_file is not None else ""
    return Command(f"{load}litellm --config {shlex.quote(config)} --port {port}")


APPLY_MANIFEST = Step("Apply the changed manifest or Helm values, and restart the proxy")


_RECREATE = "docker compose up -d --force-recreate "
_WEAKER = ("up -d", "restart")
"""What `docker compose` does to a service less thoroughly than recreating it."""


def start_service(service: Service) -> Action:
    """Return the action that starts a service with its changed Compose file."""
    if service.by_hand:
        return _run_again(service.name)
    start = f"docker compose up -d {shlex.quote(service.name)}"
    return Command(start, restarts=_container(service.name))


def recreate_service(service: Service) -> Action:
    """Return the action that makes a service reread its config and environment."""
    return recreate(service.name, by_hand=service.by_hand)


def recreate(name: str, *, by_hand: bool) -> Action:
    """Return the action that makes a container reread its config and environment."""
    if by_hand:
        return _run_again(name)
    return Command(f"{_RECREATE}{shlex.quote(name)}", restarts=_container(name))


def without_weaker(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return each action once, without starts and restarts of a service that another recreates."""
    once = dict.fromkeys(actions)
    names = [a.text.removeprefix(_RECREATE) for a in once if isinstance(a, Command)]
    weaker = {Command(f"docker compose {verb} {name}") for name in names for verb in _WEAKER}
    return tuple(action for action in once if action not in weaker)


def restart_service(service: Service) -> Action:
    """Return the action that restarts the program of a service, which then rereads its files."""
    docker = "docker" if service.by_hand else "docker compose"
    restart = f"{docker} restart {shlex.quote(service.name)}"
    return Command(restart, restarts=_container(service.name))


def show_service_log(service: Service) -> Command:
    """Return the command that shows the log of a service."""
    docker = "docker" if service.by_hand else "docker compose"
    return Command(f"{docker} logs {shlex.quote(service.name)}")


def _run_again(name: str) -> Step:
    step = f"Run docker rm -f {name}, and then the changed docker run command"
    return Step(step, restarts=_container(name))


def _container(name: str) -> str:
    """Return what an action restarts. Only the action itself shows how."""
    return f"the container {name} as shown"


CHECK_AGAIN = Command("clawdoctor run")
"""The command that shows whether a fix worked. A selection of checks might hide the cause."""


def show_connection(url: str, path: str = "/") -> Command | None:
    """Return the command that tests a connection to the host of a URL, or None without a host.

    It contains neither the user name nor the query.
    """
    parts = split(url)
    if parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        return None
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return Command(f"curl -v {shlex.quote(origin + path)}")


def generate_key(variable: str) -> Command:
    """Return the command that writes a new proxy key into the .env of the current folder."""
    return Command(f'echo "{variable}=sk-$(openssl rand -hex 24)" >> .env')


PROXY_SETTINGS = (
    "environment or env_file of its service in the Compose file, EnvironmentFile in its systemd "
    "unit, or the shell that starts it"
)
"""The places that give the proxy its variables, for advice that does not know which one applies."""


def set_for_proxy(variable: str, value: str, where: str) -> Step:
    """Return the step that sets a variable for the proxy; `value` may describe it ("the key")."""
    step = f"{where[:1].upper()}{where[1:]}, set {variable} to {value}"
    return Step(step, sets=variable)


def set_for_openclaw(variable: str, value: str) -> Step:
    """Return the step that sets a variable for OpenClaw; `value` may be a blank ("<the key>")."""
    assignment = f"{variable}={value}"
    return Step(f"Put {assignment} into ~/.openclaw/.env", assignment, variable)
