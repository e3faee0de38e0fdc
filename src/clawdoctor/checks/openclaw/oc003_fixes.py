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
        return _model_entry(node)
    if violation.suggestion is not None and violation.span is not None and node is not None:
        if violation.kind == "unknown-key":
            return _rename(violation, violation.suggestion, violation.span)
        return _replace(violation, violation.suggestion, node)
    if violation.kind == "unknown-key":
        return _by_hand(f'take "{violation.key}" out')
    example = _filled(_EXAMPLES.get(violation.key, "")) if violation.kind == "not-allowed" else ""
    return _by_hand(f'correct "{violation.key}"', example)


def _filled(example: str) -> str:
    return example.format_map(table("models")["example"])


def _by_hand(title: str, snippet: str = "") -> Fix:
    actions = (VALIDATE_OPENCLAW,) if snippet else (Step(title), VALIDATE_OPENCLAW)
    return Fix(title, snippet=snippet, actions=actions)


def _rename(violation: Violation, meant: str, span: Span) -> Fix:
    """Rename the key; if it belongs elsewhere, ask the user to move it."""
    if "." in meant:
        return _by_hand(f'move "{violation.key}" to {meant}', _nested(meant))
    quoted = span.end.column - span.start.column != len(violation.key)
    edit = Edit(span, json.dumps(meant) if quoted else meant)
    title = f'rename "{violation.key}" to "{meant}"'
    return Fix(
        title, _applicability(violation.key, violation), (edit,), actions=(VALIDATE_OPENCLAW,)
    )


def _nested(path: str) -> str:
    """The dotted path as it looks in the file: `env: { vars: { NAME: ... } },`."""
    if "[]" in path:
        return ""
    keys = [
        key if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else json.dumps(key)
        for key in path.split(".")
    ]
    return f"{': { '.join(keys)}: ...{' }' * (len(keys) - 1)},"


def _replace(violation: Violation, meant: str, node: Node) -> Fix:
    sureness = (
        "safe" if violation.kind == "removed-value" else _applicability(str(node.value), violation)
    )
    edit = Edit(node.span, json.dumps(meant))
    snippet = f"{violation.key}: {json.dumps(meant)},"
    return Fix(f'write "{meant}"', sureness, (edit,), snippet, (VALIDATE_OPENCLAW,))


def _applicability(written: str, violation: Violation) -> Literal["safe", "unsafe"]:
    """Safe only for a misspelling of a single known word; a synonym is a guess."""
    meant = violation.suggestion or ""
    others = [word for word in nearest(written, violation.expected, 2) if word != meant]
    clear = all(
        _similarity(written, meant) > _similarity(written, word) + _MARGIN for word in others
    )
    return "safe" if clear and is_slip(written, meant) else "unsafe"


def is_slip(written: str, meant: str) -> bool:
    """Whether a word misspells another in a few letters, rather than being related to it."""
    near = abs(len(written) - len(meant)) <= 2 or _folded(written) == _folded(meant)
    return near and _similarity(written, meant) >= _CLOSE


def _similarity(word: str, other: str) -> float:
    return SequenceMatcher(None, _folded(word), _folded(other)).ratio()


def _folded(word: str) -> str:
    return re.sub(r"[\s._-]", "", word.casefold())


def _model_entry(node: Node) -> Fix:
    """Turn a model given as a plain id into the object that OpenClaw requires."""
    title = "write the model as an object"
    if not isinstance(node.value, str):
        return Fix(title, snippet=_filled(_EXAMPLE_MODEL))
    name = json.dumps(node.value, ensure_ascii=False)
    text = f"{{ id: {name}, name: {name} }}"
    return Fix(title, "safe", (Edit(node.span, text),), text, (VALIDATE_OPENCLAW,))


def _add_key(violation: Violation, root: Node) -> Fix:
    """Add a missing key; only a model's missing name has a known value, its id."""
    owner, _, key = violation.pointer.rpartition("/")
    parent = root.at(owner)
    given = parent.entry("id") if parent is not None and MODEL.fullmatch(owner) else None
    if key == "name" and parent and given and isinstance(given.value.value, str):
        name = json.dumps(given.value.value, ensure_ascii=False)
        edits = insert_after(parent, given, key, name)
        sureness: Applicability = "safe" if edits else "manual"
        return Fix("give the model a name", sureness, edits, f"name: {name},", (VALIDATE_OPENCLAW,))
    where = f' to "{split_pointer(owner)[-1]}"' if owner else ""
    return _by_hand(f'add "{key}"{where}', _filled(_EXAMPLES.get(key, "")))
