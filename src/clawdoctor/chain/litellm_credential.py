"""`credential_list`: named values that deployments use through `litellm_credential_name`.

Measured on LiteLLM 1.106.2 and 1.108.7. A credential adds parameters that the deployment does not
set. It does not replace any. An unknown name adds nothing, and LiteLLM logs one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from clawdoctor.chain.environment import Variables
from clawdoctor.chain.litellm_value import REFERENCE, value_of
from clawdoctor.source.node import Entry, Node, join_pointer
from clawdoctor.source.text import Span

KEY = "litellm_credential_name"
"""The parameter of a deployment that names its credential."""
LIST = "/credential_list"


def credential_pointers(root: Node) -> Mapping[str, str]:
    """Return the pointer of each credential by name. The first credential of a name counts."""
    found: dict[str, str] = {}
    listed = root.at(LIST)
    for index, item in enumerate(listed.items if listed is not None else ()):
        name = item.text("credential_name") if item.kind == "mapping" else None
        if name is not None:
            found.setdefault(name, join_pointer(LIST, index))
    return found


def named_credential(params: Node, variables: Variables) -> str | None:
    """Return the name of the credential that a deployment uses, or None."""
    return value_of(params, f"/{KEY}", variables).resolved


def with_credentials(root: Node, variables: Variables) -> Node:
    """Return the config with each credential's values among the parameters that use it.

    The values keep their places, like values that a YAML merge key adds.
    """
    pointers = credential_pointers(root)
    listed = root.get("model_list")
    if not pointers or listed is None or listed.kind != "sequence":
        return root
    items = tuple(_with_credential(root, item, pointers, variables) for item in listed.items)
    return _with_value(root, "model_list", replace(listed, items=items))


def value_pointers(root: Node) -> Mapping[Span, str]:
    """Return the pointers of all credentials' values, by their spans."""
    return {
        node.span: join_pointer(f"{pointer}/credential_values", name)
        for pointer in credential_pointers(root).values()
        if (values := root.at(f"{pointer}/credential_values")) is not None
        for name, node in values.children()
    }


def _with_credential(
    root: Node, item: Node, pointers: Mapping[str, str], variables: Variables
) -> Node:
    params = item.get("litellm_params") if item.kind == "mapping" else None
    if params is None or params.kind != "mapping":
        return item
    pointer = pointers.get(named_credential(params, variables) or "")
    values = root.at(f"{pointer}/credential_values") if pointer else None
    if values is None or values.kind != "mapping":
        return item
    added = tuple(_missing(params, values, variables))
    return _with_value(item, "litellm_params", replace(params, entries=params.entries + added))


def _missing(params: Node, values: Node, variables: Variables) -> Iterator[Entry]:
    """Yield the values that a deployment does not give: no key, null, or an unset variable.

    An empty variable counts as a value.
    """
    for entry in values.entries:
        own = params.get(entry.name)
        unset = (
            own is not None
            and isinstance(own.value, str)
            and own.value.startswith(REFERENCE)
            and variables.get(own.value.removeprefix(REFERENCE)) is None
        )
        if own is None or own.kind == "null" or unset:
            yield replace(entry, merged=True)


def _with_value(mapping: Node, key: str, value: Node) -> Node:
    entries = tuple(
        replace(entry, value=value) if entry.name == key else entry for entry in mapping.entries
    )
    return replace(mapping, entries=entries)
