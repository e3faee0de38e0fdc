"""`drop_params`: where LiteLLM reads it, and where it has no effect.

Measured on LiteLLM 1.106.2. If it is on, LiteLLM drops the parameters that it knows the provider
does not support. It forwards parameters that it does not know, unless `additional_drop_params`
names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Variables
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_section import misspelt_section
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.deferred import dataclass
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.node import Node, join_pointer

KEY = "drop_params"
GLOBAL = f"/litellm_settings/{KEY}"
"""The section that applies to every deployment."""

VARIABLE = "LITELLM_DROP_PARAMS"
OPTION = "--drop_params"

_ON = ("true", "1", "yes", "y", "on", "t")
_OFF = ("", "false", "0", "no", "n", "off", "f")
_IGNORED = {
    "/general_settings": "LiteLLM silently ignores it in general_settings",
    "/router_settings": "LiteLLM ignores it in router_settings and warns when it starts",
    "": "LiteLLM silently ignores it at the top level",
}
_IN_MODEL_INFO = "LiteLLM silently ignores it in model_info"


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A `drop_params`, possibly misspelled, that has no effect. `reason` says why."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class DropParams:
    """Whether LiteLLM drops unsupported parameters.

    `source` is the pointer, variable or option that turns this on, or empty. `named` holds the
    parameters of `additional_drop_params`, which LiteLLM always drops.
    """

    on: bool
    source: str = ""
    named: tuple[str, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()

    def drops(self, parameter: str) -> bool:
        """Return whether LiteLLM drops a parameter that it considers unsupported."""
        return self.on or parameter in self.named


def drop_params(
    config: LiteLLMConfig,
    deployment: Deployment | None = None,
    variables: Variables | None = None,
    arguments: tuple[str, ...] = (),
) -> DropParams:
    """Return the setting for a deployment, or for all deployments.

    `variables` is the proxy's environment and `arguments` its command line. A reference to a
    variable that may be set elsewhere counts as on: nobody writes one to turn the setting off.
    """
    written = variables if variables is not None and variables.basis == "known" else None
    return DropParams(
        source=(source := next(_sources(config, deployment, variables, arguments, written), "")),
        on=bool(source),
        named=tuple(_named(deployment)),
        misplaced=tuple(_misplaced(config, deployment)),
    )


def start_arguments(
    situation: Situation, compose: Compose | Absent, config: LiteLLMConfig | None
) -> tuple[str, ...]:
    """Return the command line that starts the proxy with a config."""
    if isinstance(compose, Compose) and compose.proxy is not None:
        return compose.proxy.command
    running = situation.running(config.path if config is not None else None)
    return tuple(argument for process in running for argument in process.arguments)


def drops_params(
    config: LiteLLMConfig,
    deployment: Deployment | None = None,
    variables: Variables | None = None,
    arguments: tuple[str, ...] = (),
) -> bool:
    """Return whether `drop_params` is on for a deployment, or for all deployments.

    Without `variables` and `arguments`, only the file counts.
    """
    return any(_sources(config, deployment, variables, arguments, variables))


def is_on(node: Node | None, variables: Variables | None = None) -> bool:
    """Whether LiteLLM treats a value as true: a boolean, or a string such as "yes".

    A reference to a variable counts as on without `variables`.
    """
    if node is None:
        return False
    if isinstance(node.value, str):
        if variables is None or not node.value.startswith(REFERENCE):
            text = _flag(node.value)
            return text in _ON or text.startswith(REFERENCE)
        variable = variables.get(node.value.removeprefix(REFERENCE))
        return variable is not None and variable.value.test(lambda text: _flag(text) in _ON)
    return node.kind in ("boolean", "number") and node.value == 1


def _flag(text: str) -> str:
    return text.strip().casefold()


def _is_flag(text: str) -> bool:
    return _flag(text) in (*_ON, *_OFF) or text.strip().startswith(REFERENCE)


def _sources(
    config: LiteLLMConfig,
    deployment: Deployment | None,
    variables: Variables | None,
    arguments: tuple[str, ...],
    referred: Variables | None,
) -> Iterator[str]:
    """Yield what turns the setting on. `referred` are the variables for references in the file."""
    if is_on(config.root.at(GLOBAL), referred):
        yield GLOBAL
    if deployment is not None and is_on(deployment.params.get(KEY), referred):
        yield f"{deployment.pointer}/litellm_params/{KEY}"
    variable = variables.get(VARIABLE) if variables is not None else None
    # Every value except a clear "no" turns it on. LiteLLM then reads the file, which overrides it.
    if (
        config.root.at(GLOBAL) is None
        and variable is not None
        and variable.value.test(lambda text: _flag(text) not in _OFF)
    ):
        yield VARIABLE
    if OPTION in arguments:
        yield OPTION


def _named(deployment: Deployment | None) -> Iterator[str]:
    """Yield the parameters in `additional_drop_params`. LiteLLM ignores it if it is not a list."""
    extra = deployment.params.get("additional_drop_params") if deployment is not None else None
    for item in extra.items if extra is not None else ():
        if isinstance(item.value, str):
            yield item.value


def _misplaced(config: LiteLLMConfig, deployment: Deployment | None) -> Iterator[Misplaced]:
    for block, reason in _IGNORED.items():
        parent = config.root.at(block)
        if parent is not None and parent.kind == "mapping" and parent.get(KEY) is not None:
            yield Misplaced(f"{block}/{KEY}", reason)
    yield from _misspelt(config.root.get("litellm_settings"), "/litellm_settings")
    section = misspelt_section(config.root, "litellm_settings")
    if section is not None and section.value.get(KEY) is not None:
        yield Misplaced(
            join_pointer("", section.name) + f"/{KEY}",
            f'LiteLLM has no section "{section.name}"',
        )
    written = config.root.at(GLOBAL)
    if written is not None and isinstance(written.value, str) and not _is_flag(written.value):
        yield Misplaced(GLOBAL, "LiteLLM accepts only true and false, and treats this as false")
    for entry in config.deployments if deployment is None else (deployment,):
        info = entry.node.get("model_info")
        if info is not None and info.get(KEY) is not None:
            yield Misplaced(f"{entry.pointer}/model_info/{KEY}", _IN_MODEL_INFO)
        yield from _misspelt(entry.params, f"{entry.pointer}/litellm_params")
        extra = entry.params.get("additional_drop_params")
        if extra is not None and extra.kind != "sequence":
            pointer = f"{entry.pointer}/litellm_params/additional_drop_params"
            yield Misplaced(pointer, "LiteLLM ignores anything but a list here")


def _misspelt(block: Node | None, pointer: str) -> Iterator[Misplaced]:
    for name, _ in block.children() if block is not None and block.kind == "mapping" else ():
        folded = re.sub(r"[\s._-]", "", name.casefold())
        if name != KEY and folded in ("dropparams", "dropparam"):
            yield Misplaced(join_pointer(pointer, name), f"LiteLLM knows only {KEY}")
