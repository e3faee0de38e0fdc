"""Move a key of openclaw.json to the place where OpenClaw reads it: part of OC003."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.schema import schema_version
from clawdoctor.knowledge.openclaw_config import key_standing
from clawdoctor.source.change import Add, Change, Put, Remove, Rename, put
from clawdoctor.source.node import Node, join_pointer, split_pointer


def moved(root: Node, pointer: str, path: str) -> tuple[Change, ...]:
    """Return the changes that move a key; empty if its new place is taken or cannot be reached.

    `path` is the suggestion of a violation: from the root, or from the mapping with the key.
    """
    above, _, _ = pointer.rpartition("/")
    mapping = root.at(above)
    entry = mapping.entry(split_pointer(pointer)[-1]) if mapping is not None else None
    if mapping is None or entry is None:
        return ()
    tokens = path.replace("[]", ".*").split(".")
    for start in (above, "") if above.count("/") > 1 else ("",):
        base, to = root.at(start), start
        for token in tokens:
            to = join_pointer(to, token)
        if base is not None and key_standing(to, schema_version()) == "known":
            added = _added(base, tokens, entry.value)
            match added:
                case (Add(parent, key, value),) if (
                    parent is mapping and entry is mapping.entries[-1]
                ):
                    return Rename(entry, key), Put(entry.value, value)
                case (Add(into, _, Node()) as alone,):
                    return replace(alone, value=entry), Remove(mapping, entry, copied_to=into)
            if added:
                return *added, Remove(mapping, entry)
    return ()


def _added(base: Node, tokens: list[str], value: Node) -> tuple[Change, ...]:
    """Return the changes that write a value below a node; a token `*` means each item."""
    if "*" not in tokens:
        pointer = "".join(join_pointer("", token) for token in tokens)
        return put(base, pointer, value) if base.at(pointer) is None else ()
    star = tokens.index("*")
    listed = base.at("".join(join_pointer("", token) for token in tokens[:star]))
    items = listed.items if listed is not None else ()
    each = [_added(item, tokens[star + 1 :], value) for item in items]
    return tuple(change for changes in each for change in changes) if each and all(each) else ()
