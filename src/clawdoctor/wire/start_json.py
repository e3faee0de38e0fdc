"""Settings that JSON does not support and with which LiteLLM does not start.

Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2: LiteLLM checks four sections, whatever their keys. It
accepts a binary string and a set. It does not check dates in other sections, such as model_list.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.knowledge import behaviour
from clawdoctor.source.change import Change, Put, Quoted
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.start_fault import Fault, key_of, kind_of

_SECTIONS = ("general_settings", "router_settings", "litellm_settings", "environment_variables")
_KEY = "/general_settings/master_key"
_NO_NAMES = ("number", "boolean", "null", "date")


def json_faults(config: LiteLLMConfig, version: str | None) -> Iterator[Fault]:
    """Yield the dates in these sections, and the keys that are not strings."""
    if not are_settings_checked(version):
        return
    for name in _SECTIONS:
        section = config.root.get(name)
        if section is not None and section.kind == "mapping":
            for fault in _faults(config, section, f"/{name}", name):
                if fault.pointer != _KEY:  # LL108 reports it
                    yield fault


def are_settings_checked(version: str | None) -> bool:
    """Whether a version exits because of a setting that JSON does not support."""
    row = behaviour("litellm", "settings-json", version)
    return row is not None and row.effect == "checked"


def _faults(config: LiteLLMConfig, node: Node, pointer: str, name: str) -> Iterator[Fault]:
    top = pointer.count("/") == 1
    if node.kind == "date":
        written = _written(config, node)
        yield _fault(
            pointer,
            f"YAML reads {name} as a date, not a string",
            f'{name}: "{written}"',
            (Put(node, Quoted(written)),),
            "6 validation errors for dict",
        )
    for entry in node.entries:
        if entry.key.kind in _NO_NAMES and not entry.merged:
            written = _written(config, entry.key)
            yield _fault(
                key_of(join_pointer(pointer, entry.name)),
                f"the key {written} in {name} is {kind_of(entry.key)} in YAML, not a string",
                f'"{written}": <the same value>',
                (Put(entry.key, Quoted(written)),) if written else (),
                "1 validation error for dict" if top else "6 validation errors for dict",
                f"put the key {written} in quotes",
            )
    for token, child in node.children():
        inner = name if node.kind == "sequence" else token
        yield from _faults(config, child, join_pointer(pointer, token), inner)


def _written(config: LiteLLMConfig, node: Node) -> str:
    return next(text for text in config.texts if text.path == node.span.path).slice(node.span)


def _fault(
    pointer: str,
    message: str,
    snippet: str,
    changes: tuple[Change, ...],
    error: str,
    step: str = "",
) -> Fault:
    return Fault(
        pointer=pointer,
        message=message,
        label="needs quotes",
        why="LiteLLM checks these settings at startup, and exits with a ValidationError.",
        snippet=snippet,
        step=step,
        changes=changes,
        error=f"ValidationError: {error}",
    )
