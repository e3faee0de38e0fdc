"""The environments of OpenClaw and the proxy, and how certain they are.

`known` comes from a file, a service definition or the running program. `assumed` is clawdoctor's
own environment, which may differ: a variable that is unset here may be set there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.container_variables import openclaw_container_variables, service_variables
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.litellm_install import loaded_env_files
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.proxy_port import proxy_port
from clawdoctor.chain.start import gateway_start, imports_shell, proxy_start
from clawdoctor.chain.unit import ProxyUnits
from clawdoctor.chain.variables import Basis as Basis
from clawdoctor.chain.variables import Variable as Variable
from clawdoctor.chain.variables import Variables as Variables
from clawdoctor.chain.variables import file_variables, layered, unread_variables, without
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.run.situation import DEFAULT_PORT, Situation
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

_IGNORED_IN_FOLDER = ("_BASE_URL", "_ENDPOINT", "_API_KEY")
"""OpenClaw ignores these names, and OPENCLAW_*, in the `.env` of the current folder (measured)."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Both environments. With `ci`, a name missing from an assumed one is not a fault.

    `proxy_port` is the port on which the proxy should listen, `env_file` the path in --env-file.
    """

    openclaw: Variables
    proxy: Variables
    ci: bool = False
    proxy_port: int = DEFAULT_PORT
    env_file: str | None = None


def certificates(environment: Environment) -> dict[str, str]:
    """Return the variable that sets the proxy's trusted certificates, if it is set."""
    file = environment.proxy.get("SSL_CERT_FILE")
    return {"SSL_CERT_FILE": file.value.reveal()} if file is not None and file.value else {}


def load_environment(
    situation: Situation,
    openclaw: OpenClawFile | None,
    litellm: LiteLLMFile | None,
    compose: Compose | None,
    units: ProxyUnits | None,
) -> Environment:
    """Load both environments with the precedence that the programs use."""
    return Environment(
        openclaw=openclaw_variables(situation, openclaw, compose),
        proxy=_proxy(situation, litellm, compose, units),
        ci=situation.ci,
        proxy_port=proxy_port(situation, openclaw),
        env_file=None if situation.env_file is None else situation.path(situation.env_file),
    )


def openclaw_variables(
    situation: Situation, file: OpenClawFile | None, compose: Compose | None
) -> Variables:
    """Return OpenClaw's variables. The process precedes `.env` files, which precede `env.vars`."""
    written = dict(_config_variables(file)) if file is not None else {}
    if compose is not None and compose.openclaw is not None:
        config = file.path if file is not None else None
        return openclaw_container_variables(compose.openclaw, _named(situation), config, written)
    named, shell = _named(situation), _own(situation)
    start = gateway_start(situation, file) if file is not None else None
    values, cwd = (shell, situation.cwd) if start is None else (start.values, start.cwd)
    folder, ignored = _folder_file(f"{cwd}/.env")
    layers: list[Mapping[str, Variable]] = [named, values, folder]
    if file is not None:
        layers += [file_variables(f"{folder}/.env", "known") for folder in file.state_dirs]
        layers.append(written)
    basis, source = _basis(situation)
    if start is not None:
        basis, source = start.basis, start.source
        if file is not None and imports_shell(file, start):
            layers.append(shell)
            basis = "assumed"
    merged = layered(layers)
    unread = layered([shell, ignored] if start is None else [start.ignored, shell, ignored])
    return Variables(
        merged, basis, source, unread=without(unread, merged), service=start is not None
    )


def _folder_file(path: str) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """Return what OpenClaw reads from the `.env` of its current folder, and what it ignores."""
    taken: dict[str, Variable] = {}
    ignored: dict[str, Variable] = {}
    for name, variable in file_variables(path, "assumed").items():
        is_ignored = name.startswith("OPENCLAW_") or name.endswith(_IGNORED_IN_FOLDER)
        (ignored if is_ignored else taken)[name] = variable
    return taken, unread_variables(ignored, "OpenClaw ignores this name there")


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
    units: ProxyUnits | None,
) -> Variables:
    """Return the proxy's variables: from its service, the running process, or this shell."""
    named, shell = _named(situation), _own(situation)
    if compose is not None and compose.proxy is not None:
        return service_variables(compose.proxy, named)
    folders = [situation.cwd]
    if file is not None:
        folders.append(str(Path(file.path).parent))
    files = [file_variables(f"{folder}/.env", "assumed") for folder in folders]
    beside = unread_variables(layered(files), "LiteLLM does not read it there")
    start = proxy_start(situation, file, units)
    if start is None:
        loaded = [file_variables(path, "assumed") for path in loaded_env_files(situation, folders)]
        merged = layered([named, shell, *loaded])
        return Variables(merged, *_basis(situation), unread=without(beside, merged))
    merged = layered([named, start.values])
    return Variables(
        merged,
        start.basis,
        start.source,
        unread=without(layered([start.ignored, shell, beside]), merged),
        service=True,
        restart=start.restart,
    )


def _own(situation: Situation) -> dict[str, Variable]:
    return {
        name: Variable(name, Secret(value), "this shell", "assumed")
        for name, value in situation.environ.items()
    }


def _named(situation: Situation) -> dict[str, Variable]:
    if situation.env_file is None:
        return {}
    return file_variables(situation.path(situation.env_file), "known")
