"""litellm_config.yaml contains a key twice. LiteLLM uses the last one and ignores the first.

What it means
-------------
If YAML contains the same key twice, LiteLLM uses the last one and does not report the other. If the
key is model_list, all models of the first list are lost. Inside an entry, one setting is lost.

Why it happens
--------------
You pasted a second block with its own model_list or litellm_settings below the first one. Or you
copied and changed a line and left the old line in place.

How to fix it
-------------
Keep one key. Move the contents of both blocks under it:

    model_list:
      - model_name: gpt-5.2
        ...
      - model_name: gpt-4o-mini
        ...

Versions
--------
All versions. Tested with LiteLLM 1.106.2.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://yaml.org/spec/1.2.2/#3213-node-comparison
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Join, Put, Remove
from clawdoctor.source.node import Entry, Node, join_pointer
from clawdoctor.source.text import Span

_MODEL_LIST = "/model_list"


@dataclass(frozen=True, slots=True)
class _Lost:
    """A key that the file repeats further down, and the entry that counts."""

    pointer: str
    mapping: Node
    entry: Entry
    counts: Entry


def check(
    file: LiteLLMFile, config: LiteLLMConfig, environment: Environment, chain: Chain | None
) -> Iterator[Finding]:
    """Report every key that a later one in the same mapping replaces."""
    reported: set[Span] = set()
    for lost in _lost_keys("", file.root):
        if lost.entry.key.span not in reported:  # each alias repeats the anchor's mapping
            reported.add(lost.entry.key.span)
            finding = _finding(lost, file, config, restart(config, environment))
            if lost.pointer == _MODEL_LIST and chain is not None and chain.routes:
                finding = _for_routes(finding, lost, chain)
            yield finding


def _for_routes(finding: Finding, lost: _Lost, chain: Chain) -> Finding:
    """Limit the finding to the routes whose model is lost. LiteLLM loads only the last list."""
    names = {item.text("model_name") for item in lost.entry.value.items if item.kind == "mapping"}
    routes = tuple(
        route.id for route in chain.routes if route.model_id in names and not route.deployments
    )
    if routes:
        return replace(finding, subjects=routes)
    return replace(finding, severity=finding.severity.at_most(Severity.WARNING))


def _lost_keys(pointer: str, node: Node) -> Iterator[_Lost]:
    """Yield the keys that a later key replaces, except merged keys: replacing those is allowed."""
    last: dict[tuple[str, str], Entry] = {}
    written = [entry for entry in node.entries if not entry.merged and entry.name != "<<"]
    for entry in written:
        last[entry.key.kind, entry.name] = entry
    for entry in written:
        counts = last[entry.key.kind, entry.name]
        if counts is not entry:
            yield _Lost(join_pointer(pointer, entry.name), node, entry, counts)
    for name, child in node.children():
        yield from _lost_keys(join_pointer(pointer, name), child)


def _finding(lost: _Lost, file: LiteLLMFile, config: LiteLLMConfig, action: Action) -> Finding:
    name, entry, counts = lost.entry.name, lost.entry, lost.counts
    same = entry.value.python() == counts.value.python()
    severity = Severity.INFO if same else Severity.WARNING
    outcome = "both have the same value" if same else "only the last one counts"
    label, consequence = "this one is lost", f"the first {name} is lost"
    if lost.pointer == _MODEL_LIST and not same:
        count = len(entry.value.items)
        severity = Severity.ERROR
        label = f"the {count} models of this list are lost"
        if count == 1:
            label = "the model of this list is lost"
        consequence = "LiteLLM does not load the models of the first model_list"
    line = counts.key.span.start.line
    return Finding(
        severity=severity,
        message=f"{name} appears twice; {outcome}",
        detail=f"If a key appears twice, LiteLLM uses the last one, on line {line}. It does "
        "not "
        "report the other.",
        place=Place(file.path, lost.pointer, entry.key.span, label),
        consequence=consequence,
        related=(Place(file.path, lost.pointer, counts.key.span, "LiteLLM uses this one"),),
        fixes=(_fix(lost, line, action),),
        subjects=_subjects(lost.pointer, config),
    )


def _subjects(pointer: str, config: LiteLLMConfig) -> tuple[str, ...]:
    """Return the deployment that a key belongs to, or the whole chain for a key outside them."""
    inside = (d.id for d in config.deployments if pointer.startswith(f"{d.pointer}/"))
    return tuple(inside) or (CHAIN,)


def _fix(lost: _Lost, line: int, action: Action) -> Fix:
    """Remove the first key and move its contents to the key that counts."""
    name, first = lost.entry.name, lost.entry.key.span.start.line
    removed = Remove(lost.mapping, lost.entry)
    old, new = lost.entry.value, lost.counts.value
    if old.python() == new.python() or old.kind == "null":
        return Fix(f"remove the first {name}", "safe", changes=(removed,), actions=(action,))
    inline = _in_line(lost.entry) and _in_line(lost.counts)
    if old.kind == new.kind == "sequence" and inline and not _keys(old) & _keys(new):
        known = [item.python() for item in new.items]
        others = [item for item in old.items if item.python() not in known]
        return Fix(
            title=f"move the items of {name} from line {first} to line {line}",
            applicability="safe",
            changes=(Put(new, [*others, *new.items]), removed),
            actions=(action,),
        )
    if old.kind == new.kind and old.kind in ("mapping", "sequence"):
        clash = {entry.name for entry in old.entries} & {entry.name for entry in new.entries}
        if not clash and _has_key(old) and not _has_key(new):  # a fix never writes a key again
            return Fix(
                title=f"move the contents of {name} from line {line} to line {first}",
                applicability="safe",
                changes=(Join(old, lost.counts), Remove(lost.mapping, lost.counts, old)),
                actions=(action,),
            )
        return Fix(
            title=f"move the contents of {name} from line {first} to line {line}",
            applicability="manual" if clash else "safe",
            changes=() if clash else (Join(new, lost.entry), replace(removed, copied_to=new)),
            actions=(action,),
        )
    step = Step(f"If the first {name} is the right one, remove the {name} on line {line} instead")
    return Fix(f"remove the first {name}", "unsafe", changes=(removed,), actions=(step, action))


def _has_key(block: Node) -> bool:
    """Return whether a section contains a key in plain text, not only a reference to a key."""
    return any(
        entry.name.endswith("_key") and not is_reference(str(entry.value.value))
        for entry in block.entries
    )


def _in_line(entry: Entry) -> bool:
    """Return whether a list is in brackets on the line of its key."""
    line, span = entry.key.span.start.line, entry.value.span
    return line == span.start.line == span.end.line


def _keys(listed: Node) -> set[str]:
    """Return the keys of the mappings in a list, such as the groups in a list of fallbacks."""
    return {entry.name for item in listed.items for entry in item.entries}


CHECK = Check(
    code="LL004",
    name="duplicate-key",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
)
