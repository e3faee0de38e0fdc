"""What to write where OpenClaw refuses its configuration: the fixes of OC003."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Literal

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.schema import Violation
from clawdoctor.checks.openclaw.insert import insert_after
from clawdoctor.finding import Applicability, Edit, Fix, Step
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node, split_pointer
from clawdoctor.source.text import Span

MODEL = re.compile(r"/models/providers/[^/]+/models/\d+")
"""The pointer of an entry in a provider's models."""

_CLOSE = 0.75
_MARGIN = 0.05

# Templates that the example of the knowledge tables fills in.
_EXAMPLE_MODEL = '{{ id: "{id}", name: "{name}" }}'
_EXAMPLES = {
    "api": 'api: "openai-completions",',
    "baseUrl": 'baseUrl: "http://localhost:4000/v1",',
    "models": f"models: [{_EXAMPLE_MODEL}],",
    "id": 'id: "{id}",',
    "name": 'name: "{name}",',
}


def fix_of(violation: Violation, root: Node) -> Fix:
    """The fix for a violation, with edits if the intended value is clear."""
    node = root.at(violation.pointer)
    if violation.kind == "missing-key":
        return _add_key(violation, root)
    if violation.kind == "wrong-type" and node is not None and MODEL.fullmatch(violation.pointer):
        return _write_model_object(node)
    if violation.suggestion is not None and violation.span is not None and node is not None:
        if violation.kind == "unknown-key":
            return _rename_key(violation, violation.suggestion, violation.span)
        return _replace_value(violation, violation.suggestion, node)
    if violation.kind == "unknown-key":
        return _manual_fix(f'take "{violation.key}" out')
    example = (
        _fill_example(_EXAMPLES.get(violation.key, "")) if violation.kind == "not-allowed" else ""
    )
    return _manual_fix(f'correct "{violation.key}"', example)


def _fill_example(example: str) -> str:
    return example.format_map(table("models")["example"])


def _manual_fix(title: str, snippet: str = "") -> Fix:
    actions = (VALIDATE_OPENCLAW,) if snippet else (Step(title), VALIDATE_OPENCLAW)
    return Fix(title, snippet=snippet, actions=actions)


def _rename_key(violation: Violation, meant: str, span: Span) -> Fix:
    """Rename the key; if it belongs elsewhere, ask the user to move it."""
    if "." in meant:
        return _manual_fix(f'move "{violation.key}" to {meant}', _nested_keys(meant))
    quoted = span.end.column - span.start.column != len(violation.key)
    edit = Edit(span, json.dumps(meant) if quoted else meant)
    title = f'rename "{violation.key}" to "{meant}"'
    return Fix(
        title, _applicability(violation.key, violation), (edit,), actions=(VALIDATE_OPENCLAW,)
    )


def _nested_keys(path: str) -> str:
    """The dotted path as it looks in the file: `env: { vars: { NAME: ... } },`."""
    if "[]" in path:
        return ""
    keys = [
        key if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else json.dumps(key)
        for key in path.split(".")
    ]
    return f"{': { '.join(keys)}: ...{' }' * (len(keys) - 1)},"


def _replace_value(violation: Violation, meant: str, node: Node) -> Fix:
    applicability = (
        "safe" if violation.kind == "removed-value" else _applicability(str(node.value), violation)
    )
    edit = Edit(node.span, json.dumps(meant))
    snippet = f"{violation.key}: {json.dumps(meant)},"
    return Fix(f'write "{meant}"', applicability, (edit,), snippet, (VALIDATE_OPENCLAW,))


def _applicability(written: str, violation: Violation) -> Literal["safe", "unsafe"]:
    """Safe only for a misspelling of a single known word; a synonym is a guess."""
    meant = violation.suggestion or ""
    others = [word for word in nearest(written, violation.expected, 2) if word != meant]
    clear = all(
        _similarity(written, meant) > _similarity(written, word) + _MARGIN for word in others
    )
    return "safe" if clear and is_misspelling(written, meant) else "unsafe"


def is_misspelling(written: str, meant: str) -> bool:
    """Whether a word misspells another in a few letters, rather than being related to it."""
    is_near = abs(len(written) - len(meant)) <= 2 or _fold(written) == _fold(meant)
    return is_near and _similarity(written, meant) >= _CLOSE


def _similarity(word: str, other: str) -> float:
    return SequenceMatcher(None, _fold(word), _fold(other)).ratio()


def _fold(word: str) -> str:
    return re.sub(r"[\s._-]", "", word.casefold())


def _write_model_object(node: Node) -> Fix:
    """Turn a model given as a plain id into the object that OpenClaw requires."""
    title = "write the model as an object"
    if not isinstance(node.value, str):
        return Fix(title, snippet=_fill_example(_EXAMPLE_MODEL))
    name = json.dumps(node.value, ensure_ascii=False)
    text = f"{{ id: {name}, name: {name} }}"
    return Fix(title, "safe", (Edit(node.span, text),), text, (VALIDATE_OPENCLAW,))


def _add_key(violation: Violation, root: Node) -> Fix:
    """Add a missing key; only a model's missing name has a known value, its id."""
    owner, _, key = violation.pointer.rpartition("/")
    parent = root.at(owner)
    id_entry = parent.entry("id") if parent is not None and MODEL.fullmatch(owner) else None
    if key == "name" and parent and id_entry and isinstance(id_entry.value.value, str):
        name = json.dumps(id_entry.value.value, ensure_ascii=False)
        edits = insert_after(parent, id_entry, key, name)
        applicability: Applicability = "safe" if edits else "manual"
        return Fix(
            "give the model a name", applicability, edits, f"name: {name},", (VALIDATE_OPENCLAW,)
        )
    where = f' to "{split_pointer(owner)[-1]}"' if owner else ""
    return _manual_fix(f'add "{key}"{where}', _fill_example(_EXAMPLES.get(key, "")))
