"""Variables that a request would carry although they have another purpose.

The preconditions of a request judge the settings that make up its URL and its key. Any other
setting can refer to a variable too. So the finished request is searched for the values of all
variables that the files of the chain name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any
from urllib.parse import unquote_plus

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import variables_below
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.variable_name import names_address, names_key
from clawdoctor.chain.variables import Variables
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Text

_SHORTEST = 6
"""Shorter values are in many requests by chance."""
_SEPARATORS = regex("[,=]")
"""The marks between the entries of AZURE_OPENAI_DEPLOYMENT_NAME_MAP."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A variable that a config can put into a request. `names` are those that it is built from."""

    names: tuple[str, ...]
    value: str = field(repr=False)


def carried_by_openclaw(config: OpenClawConfig, environment: Environment) -> tuple[Carried, ...]:
    """Return the variables that openclaw.json can put into a request."""
    return _carried(frozenset(variables_below(config.root)), config.texts, environment.openclaw)


def carried_by_litellm(config: LiteLLMConfig, environment: Environment) -> tuple[Carried, ...]:
    """Return the variables that LiteLLM's config can put into a request."""
    return _carried(frozenset(_references(config.root)), config.texts, environment.proxy)


def _references(node: Node) -> Iterator[str]:
    if isinstance(node.value, str) and node.value.startswith(REFERENCE):
        yield node.value.removeprefix(REFERENCE)
    for _, child in node.children():
        yield from _references(child)


def _carried(
    named: frozenset[str], texts: tuple[Text, ...], variables: Variables
) -> tuple[Carried, ...]:
    """Return the named variables and those that Compose builds from others, split into parts.

    Values that a file itself contains are skipped: its author knows them already.
    """
    return tuple(
        Carried((variable.name, *variable.uses), value)
        for variable in variables.values.values()
        if variable.uses or variable.name in named
        for value in _SEPARATORS.split(variable.value.reveal().strip())
        if len(value) >= _SHORTEST and not any(value in text.content for text in texts)
    )


def withheld_variable(
    url: str,
    headers: Mapping[str, str | Secret],
    body: Mapping[str, Any],
    carried: Sequence[Carried],
    trust: Trust,
) -> str | None:
    """Return why a request is not sent: it contains a variable that has another purpose.

    A variable for an address may be anywhere. A variable for a key may be in a header, and for
    Azure only if it has the shape of Azure's keys.
    """
    shown = unquote_plus(url).casefold(), *(text.casefold() for text in _texts(body))
    for variable in carried:
        value, names = variable.value.casefold(), variable.names
        if not all(map(names_address, names)) and any(value in text for text in shown):
            return _reason(names)
        for header in headers.values():
            if value in _text(header).casefold():
                if not (all(map(names_key, names)) or all(map(names_address, names))):
                    return _reason(names)
                if all(map(names_key, names)) and is_azure(host_of(url)):
                    return trust.withholds(url, variable.value)
    return None


def _reason(names: Sequence[str]) -> str:
    return f"it would contain the value of {' and '.join(names)}; so it was not sent"


def _text(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str | Secret):
        yield _text(value)
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield str(name)
            yield from _texts(child)
    elif isinstance(value, Sequence):
        for child in value:
            yield from _texts(child)
