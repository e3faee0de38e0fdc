"""The environments of OpenClaw and the proxy, and how certain they are.

`known` comes from a file or the running program. `assumed` is clawdoctor's own environment, which
can differ from theirs: a variable that is unset here can be set there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.container_variables import openclaw_container_variables, service_variables
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.proxy_port import proxy_port
from clawdoctor.chain.variables import Basis as Basis
from clawdoctor.chain.variables import Variable as Variable
from clawdoctor.chain.variables import Variables as Variables
from clawdoctor.chain.variables import file_variables, layered
from clawdoctor.finding import Place
from clawdoctor.run.situation import DEFAULT_PORT, Process, Situation
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

_IGNORED_IN_FOLDER = ("_BASE_URL", "_ENDPOINT", "_API_KEY")
"""OpenClaw ignores these names, and OPENCLAW_*, in the `.env` of the current folder (measured)."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Both environments. With `ci`, a name that is missing in an assumed one is no fault.

    `proxy_port` is the port on which the proxy should listen.
    """

    openclaw: Variables
    proxy: Variables
    ci: bool = False
    proxy_port: int = DEFAULT_PORT


def certificates(environment: Environment) -> dict[str, str]:
    """Return the variable that names the authorities that the proxy trusts, if it is set."""
    file = environment.proxy.get("SSL_CERT_FILE")
    return {"SSL_CERT_FILE": file.value.reveal()} if file is not None and file.value else {}


def load_environment(
    situation: Situation,
    openclaw: OpenClawFile | None,
    litellm: LiteLLMFile | None,
    compose: Compose | None,
) -> Environment:
    """Load both environments in the precedence that the programs use."""
    named = _named(situation)
    return Environment(
        openclaw=_openclaw(situation, openclaw, compose, named),
        proxy=_proxy(situation, litellm, compose, named),
        ci=situation.ci,
        proxy_port=proxy_port(situation, openclaw, _running(situation, litellm)),
    )


def _openclaw(
    situation: Situation,
    file: OpenClawFile | None,
    compose: Compose | None,
    named: dict[str, Variable],
) -> Variables:
    """Return OpenClaw's variables. The first of process, `.env` files and `env.vars` wins."""
    written = dict(_config_variables(file)) if file is not None else {}
    if compose is not None and compose.openclaw is not None:
        config = file.path if file is not None else None
        return openclaw_container_variables(compose.openclaw, named, config, written)
    layers: list[dict[str, Variable]] = [named, _own(situation)]
    layers.append(
        {
            name: variable
            for name, variable in file_variables(situation.path(".env"), "assumed").items()
            if not name.startswith("OPENCLAW_") and not name.endswith(_IGNORED_IN_FOLDER)
        }
    )
    if file is not None:
        layers += [file_variables(f"{folder}/.env", "known") for folder in file.state_dirs]
        layers.append(written)
    return Variables(layered(layers), *_basis(situation))


def _basis(situation: Situation) -> tuple[Basis, str]:
    """Return the basis and its source. With --env-file the environment is known."""
    if situation.env_file is None:
        return "assumed", "this shell"
    return "known", f"{situation.env_file} or this shell"


def _config_variables(file: OpenClawFile) -> Iterator[tuple[str, Variable]]:
    block: Node | None = file.root.at("/env/vars")
    for name, node in block.children() if block is not None else ():
        if isinstance(node.value, str):
            place = Place(node.span.path, f"/env/vars/{name}", node.span)
            value = Secret(node.value)
            yield name, Variable(name, value, "env.vars of openclaw.json", "known", place)


def _proxy(
    situation: Situation,
    file: LiteLLMFile | None,
    compose: Compose | None,
    named: dict[str, Variable],
) -> Variables:
    """Return the proxy's variables: the service's, the running process's, or those set here."""
    if compose is not None and compose.proxy is not None:
        return service_variables(compose.proxy, named)
    process = _running(situation, file)
    if process is not None and process.environ is not None:
        source = f"the running proxy (process {process.pid})"
        values = {
            name: Variable(name, Secret(value), source, "known")
            for name, value in process.environ.items()
        }
        return Variables(values, "known", source)
    folders = [situation.path(".env")]
    if file is not None:
        folders.append(str(Path(file.path).parent / ".env"))
    layers = [named, _own(situation), *(file_variables(path, "assumed") for path in folders)]
    return Variables(layered(layers), *_basis(situation))


def _running(situation: Situation, file: LiteLLMFile | None) -> Process | None:
    """Return the process that runs the proxy with this config."""
    for process in situation.processes:
        if file is not None and process.config_path == file.path:
            return process
    return None


def _own(situation: Situation) -> dict[str, Variable]:
    return {
        name: Variable(name, Secret(value), "this shell", "assumed")
        for name, value in situation.environ.items()
    }


def _named(situation: Situation) -> dict[str, Variable]:
    if situation.env_file is None:
        return {}
    return file_variables(situation.path(situation.env_file), "known")
