"""The texts about a variable that the proxy does not have: part of LL103 and LL108."""

from __future__ import annotations

from clawdoctor.chain.advice import load_variables
from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.mentioned import mentioned_variables
from clawdoctor.chain.near_variable import near_variables
from clawdoctor.chain.parameter import file_name, where_set
from clawdoctor.finding import Action, Step


def unset_message(variable: str, is_empty: bool, scope: Variables) -> str:
    """Return the fault: the variable is unset, empty, or set where LiteLLM does not look."""
    unread = scope.unread.get(variable)
    if is_empty or unread is None:
        return f"{variable} {'is empty' if is_empty else 'is not set'} in {scope.source}"
    if unread.place is None:
        return f"{variable} is set in {unread.source}, but not for {scope.source}"
    return f"{variable} is set only in {file_name(unread.place.path)}, and {unread.place.label}"


def unset_note(
    variable: str, litellm: LiteLLMConfig, scope: Variables, *, named: bool = True
) -> str:
    """Return hints: where the variable is set, and which set variables have a similar name."""
    note = ""
    unread = scope.unread.get(variable)
    if unread is not None and unread.place is not None and not scope.service:
        note += (
            " LiteLLM reads the first .env in the folder of its own package or a parent folder, "
            "not the .env in the current folder."
        )
    if scope.basis == "assumed":
        note += (
            " There is nothing to do if the service or script that starts LiteLLM sets the "
            "variable."
        )
    near = unmentioned_near(variable, litellm, scope)
    if near:
        note += f" {' and '.join(near)} {'is' if len(near) == 1 else 'are'} set in {scope.source}. "
        note += "The file may mean that variable." if named else "That may be the key."
    return note


def unmentioned_near(variable: str, litellm: LiteLLMConfig, scope: Variables) -> tuple[str, ...]:
    """Return the set variables with a similar name, except those that the config mentions."""
    return tuple(near_variables(variable, scope.names() - mentioned_variables(litellm.texts)))


def _exported(variable: str, environment: Environment) -> str:
    """Return how to correct the line of a service's file that systemd ignores, if there is one."""
    unread = environment.proxy.unread.get(variable)
    if not environment.proxy.service or unread is None or unread.place is None:
        return ""
    if "export" not in unread.place.label:
        return ""
    return f"in {file_name(unread.place.path)}, remove `export` before {variable}"


def set_title(variable: str, environment: Environment) -> str:
    """Return the title of the fix that gives the proxy a variable."""
    unread = environment.proxy.unread.get(variable)
    if exported := _exported(variable, environment):
        return exported
    if unread is not None and unread.place is not None and not environment.proxy.service:
        return f"in the shell that starts LiteLLM, load {file_name(unread.place.path)}"
    return f"{where_set(environment)}, set {variable}"


def set_where_it_starts(variable: str, environment: Environment, source: str) -> Action:
    """Return the action that gives the proxy a variable. `source` says where to find its value."""
    scope = environment.proxy
    unread = scope.unread.get(variable)
    if exported := _exported(variable, environment):
        return Step(f"{exported[:1].upper()}{exported[1:]}")
    if scope.service:
        return Step(f"Set {variable} for {scope.source}")
    if unread is not None and unread.place is not None:
        return load_variables(unread.place.path)
    place = f", with the value from {source}" if " > " in source else ""
    value = "value" if place or not source else source
    if environment.env_file is not None:
        return Step(f"Write {variable}=<{value}> into {environment.env_file}{place}")
    return Step(f"In the shell that starts LiteLLM, run export {variable}=<{value}>{place}")
