"""The reason why LiteLLM has no valid master key: part of LL108."""

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
    """The reason why LiteLLM has no valid master key.

    `optional` means that old versions start anyway. `variable` is the variable to set if the config
    refers to one. `assumed` means that a variable may be set elsewhere, which would fix the fault.
    `remedy` describes the fix for a key in the wrong place or of the wrong type, and `changes`
    apply it. Without a `remedy`, the changes need a variable that may not be set yet.
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
    """Return why LiteLLM finds no valid master key. Unknown if this machine cannot tell.

    `unanswered` means that clawdoctor asked the proxy and got no answer.
    """
    key, variable = config.master_key, environment.proxy.get(MASTER_KEY)
    if key.state == "not-a-string":
        return _type_fault(config, key.node)
    if key.state == "unset":
        return _unset_fault(config, environment, key.variable or "")
    if key.node is not None and not (key.resolved and key.resolved.stripped()):
        return Fault(
            message="the master key is blank, so the proxy does not start",
            place=config.place(_POINTER, "no value"),
            why=f"LiteLLM ignores the variable {MASTER_KEY} if the file sets master_key.",
            changes=(Put(key.node, f"{REFERENCE}{MASTER_KEY}"),),
        )
    if key.resolved is not None:
        fault = _public_key_fault(config, key.resolved, key.found, environment)
        if isinstance(fault, Fault) and key.node is not None and key.variable is None:
            return replace(fault, changes=(Put(key.node, f"{REFERENCE}{MASTER_KEY}"),))
        return fault
    if variable is not None and variable.value.stripped():
        fault = _public_key_fault(config, variable.value, variable, environment)
        if fault is None and variable.basis == "assumed":
            note = f" {MASTER_KEY} is set in {variable.source}, but perhaps not for the proxy."
            return _unread_key_fault(config, Severity.WARNING, "", note)
        return fault
    return _missing_key_fault(config, environment, unanswered=unanswered)


def _type_fault(config: LiteLLMConfig, node: Node | None) -> Fault:
    number = node is not None and node.kind == "number"
    text = next((text for text in config.texts if node and text.path == node.span.path), None)
    quoted = number and node is not None and text is not None
    return Fault(
        message=f"the master key is {'an unquoted number' if number else 'not a string'}, so the "
        "proxy does not start",
        place=config.place(_POINTER, "needs quotes" if number else "put a key in quotes here"),
        why="LiteLLM exits with AttributeError: ... object has no attribute 'startswith'.",
        optional=False,
        remedy="put the master key in quotes" if quoted else "",
        changes=(Put(node, Quoted(text.slice(node.span))),) if node and text and number else (),
    )


def _unset_fault(
    config: LiteLLMConfig, environment: Environment, name: str
) -> Fault | Unknown | None:
    """Return the fault of a reference to an unset variable. DK102 reports it for containers."""
    proxy = environment.proxy
    if proxy.container is not None:
        return None
    block = config.root.at(f"/environment_variables/{name}")
    if block is not None:
        return Fault(
            message=f"LiteLLM reads the master key before it sets {name}",
            place=config.place(_POINTER, "empty when LiteLLM reads it"),
            why=f"LiteLLM resolves {REFERENCE}{name} before it sets what is in "
            "environment_variables.",
            related=(
                config.place(f"/environment_variables/{name}", "LiteLLM reads this too late"),
            ),
        )
    assumed = proxy.basis == "assumed"
    if assumed and environment.ci:
        return Unknown(f"clawdoctor finds no value for {name}, but the proxy may have one")
    unread = proxy.unread.get(name)
    place = unread.place if unread is not None else None
    return Fault(
        message=f"the master key is {REFERENCE}{name}, and {unset_message(name, False, proxy)}",
        place=config.place(_POINTER, f"{name} is not set in {proxy.source}"),
        why=f"LiteLLM finds no value for {REFERENCE}{name}." + unset_note(name, config, proxy),
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
        return Unknown(f"clawdoctor finds the master key {PUBLIC}, but the proxy may have another")
    return Fault(
        message=f"the master key {PUBLIC} is publicly known, so the proxy does not start",
        place=place,
        why=f"{variable.name} is set in {variable.source}. LiteLLM treats this key as missing."
        if variable is not None and variable.place is None
        else "LiteLLM treats this key as missing.",
        severity=Severity.WARNING if assumed else Severity.ERROR,
        variable=variable.name if variable is not None else None,
        assumed=assumed,
    )


def _missing_key_fault(
    config: LiteLLMConfig, environment: Environment, *, unanswered: bool
) -> Fault | Unknown | None:
    """Return the fault of a config without a key. It is certain if the proxy does not answer."""
    general, proxy = config.root.get("general_settings"), environment.proxy
    assumed = proxy.basis == "assumed" and not unanswered
    severity = Severity.WARNING if assumed else Severity.ERROR
    message = "the proxy has no master key, so it does not start"
    if config.root.at(f"/environment_variables/{MASTER_KEY}") is not None:
        if general is not None and general.entries:
            return None
        return Fault(
            message=message,
            place=config.place(f"/environment_variables/{MASTER_KEY}/-", "no effect here"),
            why="LiteLLM reads environment_variables too late for the master key.",
            severity=severity,
        )
    unread = _unread_key_fault(config, severity, ", so the proxy does not start")
    if unread is not None or proxy.container is not None:
        return unread
    if assumed and environment.ci:
        return Unknown(f"clawdoctor finds no value for {MASTER_KEY}, but the proxy may have one")
    return Fault(
        message=f"the config has no master_key; {unset_message(MASTER_KEY, False, proxy)}"
        if assumed
        else message,
        place=config.place(_POINTER, f"no master_key, and {MASTER_KEY} is unset"),
        why=unset_note(MASTER_KEY, config, proxy, named=False).strip() if assumed else "",
        severity=severity,
        assumed=assumed,
    )


def _unread_key_fault(
    config: LiteLLMConfig, severity: Severity, result: str, note: str = ""
) -> Fault | None:
    """Return the fault of a key in the wrong section or under a misspelled name.

    `result` follows in the message, and `note` in the explanation.
    """
    elsewhere = [pointer for pointer in _ELSEWHERE if config.root.at(pointer) is not None]
    slip = _misspelt_pointer(config)
    if elsewhere:
        section = elsewhere[0].split("/")[-2]
        return Fault(
            message=f"master_key {f'in {section}' if section else 'at the top level'} has no "
            f"effect{result}",
            place=config.place(f"{elsewhere[0]}/-", "belongs in general_settings"),
            why=f"LiteLLM reads the master key only from general_settings.{note}",
            severity=severity,
            remedy="move master_key unchanged into general_settings",
            changes=_moved(config, elsewhere[0], config.root.get("general_settings")),
        )
    if slip is None:
        return None
    meant = "master_key" if slip.count("/") > 1 else "general_settings"
    return Fault(
        message=f'"{slip.rpartition("/")[2]}" is a misspelling of {meant}{result}',
        place=config.place(f"{slip}/-", f"must be {meant}"),
        why=f"LiteLLM reads the master key only from {_POINTER[1:].replace('/', '.')}.{note}",
        severity=severity,
        remedy=f'rename "{slip.rpartition("/")[2]}" to {meant}',
        changes=_renamed(config, slip, meant),
    )


def _moved(config: LiteLLMConfig, pointer: str, general: Node | None) -> tuple[Change, ...]:
    """Move the key to its section, without writing a key at the top level again."""
    entry = config.root.entry(pointer[1:])
    if entry is not None and general is None:
        return (Nest(config.root, (entry,), "general_settings"),)
    return move(config.root, pointer, _POINTER)


def _renamed(config: LiteLLMConfig, pointer: str, name: str) -> tuple[Change, ...]:
    block = config.root.at(pointer.rpartition("/")[0])
    entry = block.entry(split_pointer(pointer)[-1]) if block is not None else None
    return (Rename(entry, name),) if entry is not None else ()


def _misspelt_pointer(config: LiteLLMConfig) -> str | None:
    """Return the pointer of a key or section whose name is a near miss."""
    section, key = _POINTER[1:].split("/")
    general = config.root.get(section)
    if general is not None:
        slip = next((name for name, _ in general.children() if nearest(name, (key,))), None)
        return join_pointer(f"/{section}", slip) if slip is not None else None
    for name, node in config.root.children():
        if nearest(name, (section,)) and node.get(key) is not None:
            return join_pointer("", name)
    return None
