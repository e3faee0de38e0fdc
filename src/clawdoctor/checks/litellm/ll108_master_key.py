"""Why LiteLLM has no valid master key: part of LL108."""

from __future__ import annotations

from dataclasses import dataclass

from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.finding import Place, Severity, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.secret import Secret

NAME = "LITELLM_MASTER_KEY"
"""The variable that LiteLLM reads if the config has no key."""

PUBLIC = "sk-1234"
_POINTER = "/general_settings/master_key"
_ELSEWHERE = ("/litellm_settings/master_key", "/master_key", "/router_settings/master_key")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why LiteLLM has no valid master key.

    `optional` says that old versions start anyway; `variable` is the one to set if the config
    refers to it.
    """

    message: str
    place: Place
    why: str = ""
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR
    optional: bool = True
    variable: str | None = None


def master_key_fault(config: LiteLLMConfig, environment: Environment) -> Fault | Unknown | None:
    """Why LiteLLM finds no valid master key. Unknown if this machine cannot tell."""
    key, variable = config.master_key, environment.proxy.get(NAME)
    if key.state == "not-a-string":
        return _type_fault(config, key.node)
    if key.state == "unset":
        return _unset_fault(config, environment, key.variable or "")
    if key.node is not None and not (key.resolved and key.resolved.stripped()):
        return Fault(
            message="the proxy will refuse to start: the master key is blank",
            place=config.place(_POINTER, "nothing here"),
            why=f"LiteLLM does not look at {NAME} when this line is there.",
        )
    if key.resolved is not None:
        return _public_key_fault(config, key.resolved, key.found)
    if variable is not None and variable.value.stripped():
        return _public_key_fault(config, variable.value, variable)
    return _missing_key_fault(config, environment)


def _type_fault(config: LiteLLMConfig, node: Node | None) -> Fault:
    number = node is not None and node.kind == "number"
    return Fault(
        message=f"the proxy will not start: its master key is {'a number' if number else 'no text'}"
        f"{', not quoted' if number else ''}",
        place=config.place(_POINTER, "needs quotes" if number else "a key in quotes belongs here"),
        why="LiteLLM ends with AttributeError: ... object has no attribute 'startswith'.",
        optional=False,
    )


def _unset_fault(
    config: LiteLLMConfig, environment: Environment, name: str
) -> Fault | Unknown | None:
    """The fault of a reference to an unset variable, by LL103's rules. DK102 reports containers."""
    proxy = environment.proxy
    if proxy.container is not None:
        return None
    block = config.root.at(f"/environment_variables/{name}")
    why = f"LiteLLM reads {REFERENCE}{name} and finds nothing there."
    if block is not None:
        why = "LiteLLM resolves references before it reads environment_variables."
    elif proxy.basis == "assumed" and environment.ci:
        return Unknown(f"{name} is not set here; where the proxy starts it may be")
    assumed = proxy.basis == "assumed" and block is None
    where = "in this shell" if assumed else f"in {proxy.source}"
    return Fault(
        message=f"the master key is {REFERENCE}{name}, and {name} is not set {where}"
        if block is None
        else f"the master key is {REFERENCE}{name}, which is set too late",
        place=config.place(_POINTER, f"{name} is not set {where}" if block is None else "empty"),
        why=why,
        related=(config.place(f"/environment_variables/{name}", "read too late"),)
        if block is not None
        else (),
        severity=Severity.WARNING if assumed else Severity.ERROR,
        variable=name if block is None else None,
    )


def _public_key_fault(
    config: LiteLLMConfig, value: Secret, variable: Variable | None
) -> Fault | None:
    if value.stripped() != Secret(PUBLIC):
        return None
    label = f"{PUBLIC} stands in every guide"
    place = config.place(
        _POINTER, f"{variable.name} is {PUBLIC}" if variable is not None else label
    )
    if variable is not None and variable.place is not None:
        place = Place(variable.place.path, variable.place.pointer, variable.place.span, label)
    return Fault(
        message=f"the proxy will refuse to start: {PUBLIC} is a publicly known master key",
        place=place,
        why=f"{variable.name} is set in {variable.source}. It counts as none."
        if variable is not None and variable.place is None
        else "It counts as none.",
        variable=variable.name if variable is not None else None,
    )


def _missing_key_fault(config: LiteLLMConfig, environment: Environment) -> Fault | None:
    general = config.root.get("general_settings")
    message = "the proxy will refuse to start: no master key"
    if config.root.at(f"/environment_variables/{NAME}") is not None:
        if general is not None and general.entries:
            return None
        return Fault(
            message=message,
            place=config.place(f"/environment_variables/{NAME}/-", "does not count here"),
            why="LiteLLM reads environment_variables too late for this one.",
        )
    elsewhere = [pointer for pointer in _ELSEWHERE if config.root.at(pointer) is not None]
    if elsewhere:
        section = elsewhere[0].split("/")[-2]
        where = f"in {section}" if section else "at the top of the file"
        return Fault(
            message=f"{message}; LiteLLM does not look for it {where}",
            place=config.place(f"{elsewhere[0]}/-", "belongs to general_settings"),
            why="The key counts in general_settings only.",
        )
    if environment.proxy.container is not None:
        return None
    slip = _misspelt_pointer(config)
    if slip is not None:
        meant = "master_key" if slip.count("/") > 1 else "general_settings"
        return Fault(
            message=f'{message}; LiteLLM does not know "{slip.rpartition("/")[2]}"',
            place=config.place(f"{slip}/-", f"has to be called {meant}"),
            why=f"The key counts as {_POINTER[1:].replace('/', '.')} only.",
        )
    return Fault(
        message=message,
        place=config.place(_POINTER, f"no general_settings.master_key; {NAME} unset"),
        severity=Severity.WARNING if environment.ci else Severity.ERROR,
    )


def _misspelt_pointer(config: LiteLLMConfig) -> str | None:
    """The pointer of a key or section whose name is nearly the right one."""
    section, key = _POINTER[1:].split("/")
    general = config.root.get(section)
    if general is not None:
        slip = next((name for name, _ in general.children() if nearest(name, (key,))), None)
        return join_pointer(f"/{section}", slip) if slip is not None else None
    for name, node in config.root.children():
        if nearest(name, (section,)) and node.get(key) is not None:
            return join_pointer("", name)
    return None
