"""Fallbacks that are not lists of names: part of LL119.

Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. Newer versions reject a fallback that is not a
list. Older versions find no model in it. No version checks context_window_fallbacks.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.router import (
    BLOCKS,
    CHECKED_FALLBACKS,
    DEFAULT,
    FALLBACKS,
    own_deployments,
    written_fallbacks,
)
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.start_fault import STOPS, kind_of

_TITLE = "these fallbacks are not lists of model names"
_IDLE = "there is no fallback when a model fails"


def invalid_fallbacks(config: LiteLLMConfig, versions: Versions) -> Iterator[Finding]:
    """Yield a finding for each fallback that is not a list of names."""
    for name in FALLBACKS:
        pointer, listed = written_fallbacks(config, name) or ("", None)
        for where, group, target in _targets(listed, pointer):
            if target.kind == "sequence":
                continue
            message = f'{name} for "{group}" is {type_of(target)}, not a list of names'
            checked = name in CHECKED_FALLBACKS
            yield _finding(config, versions, where, target, message, stops=checked)
    for block in BLOCKS:
        pointer = f"{block}/{DEFAULT}"
        default = config.root.at(pointer)
        if default is None or not default.python():
            continue
        if default.kind != "sequence":
            message = f"{DEFAULT} is {type_of(default)}, not a list of names"
            stops = default.kind == "string"
            yield _finding(config, versions, pointer, default, message, stops=stops)
            continue
        for index, item in enumerate(default.items):
            if item.kind == "mapping" and item.get("model") is None:
                yield _entry_finding(config, join_pointer(pointer, index))


def type_of(node: Node) -> str:
    """Return the type of a value, in words for a message."""
    return "a string" if node.kind == "string" else kind_of(node)


def _targets(listed: Node | None, pointer: str) -> Iterator[tuple[str, str, Node]]:
    """Yield the pointer, the group and the value of each entry in a list of fallbacks."""
    for index, item in enumerate(listed.items if listed is not None else ()):
        if item.kind == "mapping":
            for group, target in item.children():
                yield join_pointer(f"{pointer}/{index}", group), group, target


def _finding(
    config: LiteLLMConfig,
    versions: Versions,
    pointer: str,
    node: Node,
    message: str,
    *,
    stops: bool,
) -> Finding:
    judged = judge_versions(versions, "litellm", "fallback-text", ("refused",)) if stops else None
    why = "LiteLLM finds no model in it and uses no fallback."
    if node.kind in ("number", "boolean"):
        why = "When a model fails, LiteLLM also fails on this value and answers 500."
    if judged is not None:
        stated = versions.stated("litellm", "LiteLLM")
        why = f"{judged.row.says}. Older versions start, but use no fallback. {stated}."
    return Finding(
        severity=judged.severity if judged is not None else Severity.WARNING,
        message=message,
        title=_TITLE,
        detail=why,
        place=config.place(pointer, "needs brackets" if node.kind == "string" else "not a list"),
        consequence=f"{message}, so {STOPS}" if judged is not None else _IDLE,
        fixes=(_fix(config, pointer, node),),
        allows_start=judged is None,
    )


def _fix(config: LiteLLMConfig, pointer: str, node: Node) -> Fix:
    key = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    value = node.value
    known = isinstance(value, str) and bool(own_deployments(config, value))
    # If the value has an anchor, another key may need it unchanged.
    changes = (Put(node, [node]),) if known and node.alias is None else ()
    return Fix(
        title=f"change the value of {key} to a list of names",
        applicability="safe" if changes else "manual",
        changes=changes,
        snippet=f'{key}: ["{value}"]' if known else f'{key}: ["<model_name>"]',
        actions=(CHECK_AGAIN,),
    )


def _entry_finding(config: LiteLLMConfig, pointer: str) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=f"an entry of {DEFAULT} is a mapping, not a model name",
        title=_TITLE,
        detail=f"{DEFAULT} applies to every model. LiteLLM finds no model name in this entry, so "
        "it retries the model that failed.",
        place=config.place(pointer, "must be a name"),
        consequence=_IDLE,
        fixes=(
            Fix(
                title=f"in {DEFAULT}, list only model names, or move this entry to fallbacks",
                snippet=f'{DEFAULT}: ["<model_name>"]',
                actions=(CHECK_AGAIN,),
            ),
        ),
        allows_start=True,
    )
