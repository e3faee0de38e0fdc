"""Why LiteLLM has no valid master key: part of LL108."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.checks.litellm.ll103_unset import unset_message, unset_note
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place, Severity, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Change, Nest, Put, Quoted, Rename, move
from clawdoctor.source.node import Node, join_pointer, split_pointer
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import MASTER_KEY

PUBLIC = "sk-1234"
_POINTER = "/general_settings/master_key"
_ELSEWHERE = ("/litellm_settings/master_key", "/master_key", "/router_settings/master_key")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why LiteLLM has no valid master key.

    `optional` says that old versions start anyway; `variable` is the one to set if the config
    refers to it. `assumed` says that a variable may be set elsewhere, which would mend it.
    `remedy` says how to mend a key that is in the wrong place or of the wrong type, and `changes`
    do it. Without a `remedy` they need a variable that may not be set yet.
    """

    message: str
    place: Place
    why: str = ""
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR
    optional: bool = True
    variable: str | None = None
    assumed: bool = False
    remedy: str = ""
    changes: tuple[Change, ...] = ()


def master_key_fault(
    config: LiteLLMConfig, environment: Environment, *, unanswered: bool = False
) -> Fault | Unknown | None:
    """Why LiteLLM finds no valid master key. Unknown if this machine cannot tell.

    `unanswered` says that the proxy was asked and does not answer.
    """
    key, variable = config.master_key, environment.proxy.get(MASTER_KEY)
    if key.state == "not-a-string":
        return _type_fault(config, key.node)
    if key.state == "unset":
        return _unset_fault(config, environment, key.variable or "")
    if key.node is not None and not (key.resolved and key.resolved.stripped()):
        return Fault(
            message="the proxy will refuse to start: the master key is blank",
            place=config.place(_POINTER, "nothing here"),
            why=f"LiteLLM does not look at {MASTER_KEY} when this line is there.",
            changes=(Put(key.node, f"{REFERENCE}{MASTER_KEY}"),),
        )
    if key.resolved is not None:
        fault = _public_key_fault(config, key.resolved, key.found, environment)
        if isinstance(fault, Fault) and key.node is not None and key.variable is None:
            return replace(fault, changes=(Put(key.node, f"{REFERENCE}{MASTER_KEY}"),))
        return fault
    if variable is not None and variable.value.stripped():
        return _public_key_fault(config, variable.value, variable, environment)
    return _missing_key_fault(config, environment, unanswered=unanswered)


def _type_fault(config: LiteLLMConfig, node: Node | None) -> Fault:
    number = node is not None and node.kind == "number"
    text = next((text for text in config.texts if node and text.path == node.span.path), None)
    quoted = number and node is not None and text is not None
    return Fault(
        message=f"the proxy will not start: its master key is {'a number' if number else 'no text'}"
        f"{', not quoted' if number else ''}",
        place=config.place(_POINTER, "needs quotes" if number else "a key in quotes belongs here"),
        why="LiteLLM ends with AttributeError: ... object has no attribute 'startswith'.",
        optional=False,
        remedy="put the master key in quotes" if quoted else "",
        changes=(Put(node, Quoted(text.slice(node.span))),) if node and text and number else (),
    )


def _unset_fault(
    config: LiteLLMConfig, environment: Environment, name: str
) -> Fault | Unknown | None:
    """The fault of a reference to an unset variable, by LL103's rules. DK102 reports containers."""
    proxy = environment.proxy
    if proxy.container is not None:
        return None
    block = config.root.at(f"/environment_variables/{name}")
    if block is not None:
        return Fault(
            message=f"the master key is {REFERENCE}{name}, which is set too late",
            place=config.place(_POINTER, "empty"),
            why="LiteLLM resolves references before it reads environment_variables.",
            related=(config.place(f"/environment_variables/{name}", "read too late"),),
        )
    assumed = proxy.basis == "assumed"
    if assumed and environment.ci:
        return Unknown(f"{name} is not set here; where the proxy starts it may be")
    unread = proxy.unread.get(name)
    place = unread.place if unread is not None else None
    return Fault(
        message=f"the master key is {REFERENCE}{name}, and {unset_message(name, False, proxy)}",
        place=config.place(_POINTER, f"{name} is not set in {proxy.source}"),
        why=f"LiteLLM reads {REFERENCE}{name} and finds nothing there."
        + unset_note(name, config, proxy),
        related=(place,) if place is not None else (),
        severity=Severity.WARNING if assumed else Severity.ERROR,
        variable=name,
        assumed=assumed,
    )


def _public_key_fault(
    config: LiteLLMConfig, value: Secret, variable: Variable | None, environment: Environment
) -> Fault | Unknown | None:
    if value.stripped() != Secret(PUBLIC):
        return None
    label = f"every guide contains {PUBLIC}"
    place = config.place(
        _POINTER, f"{variable.name} is {PUBLIC}" if variable is not None else label
    )
    if variable is not None and variable.place is not None:
        place = Place(variable.place.path, variable.place.pointer, variable.place.span, label)
    assumed = variable is not None and variable.basis == "assumed"
    if assumed and environment.ci:
        return Unknown(f"the master key is {PUBLIC} here; where the proxy starts it may be another")
    return Fault(
        message=f"the proxy will refuse to start: {PUBLIC} is a publicly known master key",
        place=place,
        why=f"{variable.name} is set in {variable.source}. It counts as none."
        if variable is not None and variable.place is None
        else "It counts as none.",
        severity=Severity.WARNING if assumed else Severity.ERROR,
        variable=variable.name if variable is not None else None,
        assumed=assumed,
    )


def _missing_key_fault(
    config: LiteLLMConfig, environment: Environment, *, unanswered: bool
) -> Fault | Unknown | None:
    """The fault of a config without a key. It counts as certain if the proxy does not answer."""
    general, proxy = config.root.get("general_settings"), environment.proxy
    assumed = proxy.basis == "assumed" and not unanswered
    severity = Severity.WARNING if assumed else Severity.ERROR
    message = "the proxy will refuse to start: no master key"
    if config.root.at(f"/environment_variables/{MASTER_KEY}") is not None:
        if general is not None and general.entries:
            return None
        return Fault(
            message=message,
            place=config.place(f"/environment_variables/{MASTER_KEY}/-", "does not count here"),
            why="LiteLLM reads environment_variables too late for this one.",
            severity=severity,
        )
    elsewhere = [pointer for pointer in _ELSEWHERE if config.root.at(pointer) is not None]
    if elsewhere:
        section = elsewhere[0].split("/")[-2]
        where = f"in {section}" if section else "at the top of the file"
        return Fault(
            message=f"{message}; LiteLLM does not look for it {where}",
            place=config.place(f"{elsewhere[0]}/-", "belongs to general_settings"),
            why="The key counts in general_settings only.",
            severity=severity,
            remedy="move master_key as it is into general_settings",
            changes=_moved(config, elsewhere[0], general),
        )
    if proxy.container is not None:
        return None
    slip = _misspelt_pointer(config)
    if slip is not None:
        meant = "master_key" if slip.count("/") > 1 else "general_settings"
        return Fault(
            message=f'{message}; LiteLLM does not know "{slip.rpartition("/")[2]}"',
            place=config.place(f"{slip}/-", f"has to be called {meant}"),
            why=f"The key counts as {_POINTER[1:].replace('/', '.')} only.",
            severity=severity,
            remedy=f"rename it to {meant}",
            changes=_renamed(config, slip, meant),
        )
    if assumed and environment.ci:
        return Unknown(f"{MASTER_KEY} is not set here; where the proxy starts it may be")
    return Fault(
        message=f"the config has no master key, and {unset_message(MASTER_KEY, False, proxy)}"
        if assumed
        else message,
        place=config.place(_POINTER, f"no general_settings.master_key; {MASTER_KEY} unset"),
        why=unset_note(MASTER_KEY, config, proxy, named=False).strip() if assumed else "",
        severity=severity,
        assumed=assumed,
    )


def _moved(config: LiteLLMConfig, pointer: str, general: Node | None) -> tuple[Change, ...]:
    """Move the key to its section. A key at the top of the file is not written again."""
    entry = config.root.entry(pointer[1:])
    if entry is not None and general is None:
        return (Nest(config.root, (entry,), "general_settings"),)
    return move(config.root, pointer, _POINTER)


def _renamed(config: LiteLLMConfig, pointer: str, name: str) -> tuple[Change, ...]:
    block = config.root.at(pointer.rpartition("/")[0])
    entry = block.entry(split_pointer(pointer)[-1]) if block is not None else None
    return (Rename(entry, name),) if entry is not None else ()


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
