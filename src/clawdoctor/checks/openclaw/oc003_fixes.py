"""The fixes of OC003: how to correct what OpenClaw rejects in its configuration."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Literal

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.schema import Violation, removal_of
from clawdoctor.checks.openclaw.api_line import API
from clawdoctor.checks.openclaw.oc003_move import moved
from clawdoctor.deferred import regex
from clawdoctor.finding import Applicability, Fix, Step
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Change, Put, Remove, Rename, Value, put
from clawdoctor.source.node import Node, split_pointer

MODEL = regex(r"/models/providers/[^/]+/models/\d+")
"""The pointer of an entry in a provider's models."""

_ID_NAMES = ("modelname", "modelid", "model", "modelkey")
"""What other programs call the id of a model."""
_CLOSE = 0.75
_MARGIN = 0.05
_NUMBER = regex(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_GROUPED = regex(r"[1-9]\d{0,2}(?:[_,' ]\d{3})+|[1-9]\d{0,4} ?(?P<thousand>[kK])")
"""A count as people write it: 128k, 128_000 or 128,000."""

# Templates that the example of the knowledge tables fills in.
_EXAMPLE_MODEL = '{{ id: "{id}", name: "{name}" }}'
_EXAMPLES = {
    "api": f'api: "{API}",',
    "baseUrl": 'baseUrl: "http://localhost:4000/v1",',
    "models": f"models: [{_EXAMPLE_MODEL}],",
    "id": 'id: "{id}",',
    "name": 'name: "{name}",',
}


def fix_of(
    violation: Violation,
    root: Node,
    openclaw: OpenClawConfig | None,
    url: str,
    *,
    sure: bool,
    exact: bool,
) -> Fix:
    """Return the fix for a violation, with changes if the intended value is clear.

    `url` is where the proxy of this chain probably listens, or empty without a proxy. `sure` says
    that the running version rejects the entry, or the newest version if the running one is
    unknown. `exact` says that the running version is known, so that the fix may use a form that
    only newer versions accept.
    """
    node, key, meant = root.at(violation.pointer), violation.key, violation.suggestion
    if violation.kind == "missing-key":
        return _add_key(violation, root, openclaw, url)
    if node is None or violation.span is None:
        return _manual(f'correct "{key}"')
    if violation.kind == "unknown-key":
        return _fix_key(violation, root, sure=sure, exact=exact)
    if violation.kind == "wrong-type":
        return _fix_type(violation, node, sure=sure, exact=exact)
    if meant is not None:
        applicability = _of_misspelling(str(node.value), violation)
        if violation.kind == "removed-value":
            applicability = "safe" if exact else "unsafe"
        snippet = f"{key}: {json.dumps(meant)},"
        return _fix(f'set {key} to "{meant}"', applicability, (Put(node, meant),), snippet)
    if violation.kind == "not-allowed" and key == "default":
        return _fix("set default to false", "unsafe", (Put(node, False),))
    if violation.kind == "not-allowed":
        guess = (Put(node, API),) if key == "api" and sure else ()
        title = f'set {key} to "{API}"' if guess else f'change "{key}" to an accepted value'
        return _fix(title, "unsafe", guess, _filled(_EXAMPLES.get(key, "")))
    return _manual(f'correct "{key}"')


def _fix_key(violation: Violation, root: Node, *, sure: bool, exact: bool) -> Fix:
    """Rename, move or remove a key that OpenClaw does not know."""
    key, meant = violation.key, violation.suggestion
    if meant is not None and "." in meant:
        settled = sure and (exact or removal_of(violation) is None)
        return _move_key(violation, meant, root, "safe" if settled else "unsafe")
    above = root.at(violation.pointer.rpartition("/")[0])
    entry = above.entry(key) if above is not None else None
    if above is None or entry is None or key == "list":
        return _manual(f'rename "{key}" to "{meant}"' if meant else f'remove "{key}"')
    if meant is not None:
        title = f'rename "{key}" to "{meant}"'
        applicability = _of_misspelling(key, violation)
        clear = sure or applicability == "safe"
        return _fix(title, applicability, (Rename(entry, meant),) if clear else ())
    empty = entry.value.python() in (None, "", [], {})
    removal = (Remove(above, entry),) if sure else ()
    return _fix(f'remove "{key}"', "safe" if empty else "unsafe", removal)


def _fix_type(violation: Violation, node: Node, *, sure: bool, exact: bool) -> Fix:
    """Write the same value in a type that OpenClaw accepts. Older versions may reject a list."""
    key = violation.key
    if MODEL.fullmatch(violation.pointer):
        title = "write the model as an object"
        if not isinstance(node.value, str):
            return _manual(title, _filled(_EXAMPLE_MODEL))
        name = json.dumps(node.value, ensure_ascii=False)
        model = Put(node, {"id": node, "name": node})
        return _fix(title, "safe", (model,), f"{{ id: {name}, name: {name} }}")
    value = _of_right_type(node, violation.expected)
    if value is None and violation.expected:
        return _manual(f'change "{key}" to {" or ".join(violation.expected)}')
    if value is None:
        return _manual(f'correct "{key}"')
    line = f"{key}: {json.dumps(value, ensure_ascii=False)},"
    settled = sure and (exact or not isinstance(value, list))
    title = f'change "{key}" to {json.dumps(value, ensure_ascii=False)}'
    return _fix(title, "safe" if settled else "unsafe", (Put(node, value),), line)


def _fix(
    title: str, applicability: Applicability, changes: tuple[Change, ...], snippet: str = ""
) -> Fix:
    if not changes:
        return _manual(title, snippet)
    return Fix(title, applicability, snippet=snippet, actions=(VALIDATE_OPENCLAW,), changes=changes)


def _manual(title: str, snippet: str = "") -> Fix:
    step = Step(title[:1].upper() + title[1:])
    actions = (VALIDATE_OPENCLAW,) if snippet else (step, VALIDATE_OPENCLAW)
    return Fix(title, snippet=snippet, actions=actions)


def _filled(example: str) -> str:
    return example.format_map(table("models")["example"])


def _move_key(violation: Violation, meant: str, root: Node, applicability: Applicability) -> Fix:
    title = f'move "{violation.key}" to {meant}'
    return _fix(title, applicability, moved(root, violation.pointer, meant), _nested_keys(meant))


def _nested_keys(path: str) -> str:
    """Return a dotted path as the file spells it: `env: { vars: { NAME: <the same value> } },`."""
    if "[]" in path:
        return ""
    keys = [
        key if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else json.dumps(key)
        for key in path.split(".")
    ]
    return f"{': { '.join(keys)}: <the same value>{' }' * (len(keys) - 1)},"


def _of_misspelling(written: str, violation: Violation) -> Literal["safe", "unsafe"]:
    """Return "safe" for a misspelling of exactly one known word; a synonym is a guess."""
    meant = violation.suggestion or ""
    others = [word for word in nearest(written, violation.expected, 2) if word != meant]
    clear = all(
        _similarity(written, meant) > _similarity(written, word) + _MARGIN for word in others
    )
    return "safe" if clear and is_misspelling(written, meant) else "unsafe"


def is_misspelling(written: str, meant: str) -> bool:
    """Return whether a word is a misspelling of another and not just a related word."""
    is_near = abs(len(written) - len(meant)) <= 2 or _fold(written) == _fold(meant)
    return is_near and _similarity(written, meant) >= _CLOSE


def _similarity(word: str, other: str) -> float:
    return SequenceMatcher(None, _fold(word), _fold(other)).ratio()


def _fold(word: str) -> str:
    return re.sub(r"[\s._-]", "", word.casefold())


def _of_right_type(node: Node, expected: tuple[str, ...]) -> Value:
    """Return the value of a node in another type: `"true"` as true, a single item as a list."""
    value = node.value
    if isinstance(value, str):
        text = value.strip()
        if "true or false" in expected and text.casefold() in ("true", "false"):
            return text.casefold() == "true"
        if "a whole number" in expected and text.isdecimal():
            return int(text)
        if "a number" in expected and _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if "a number" in expected and (grouped := _GROUPED.fullmatch(text)):
            return int(re.sub("[^0-9]", "", text)) * (1000 if grouped["thousand"] else 1)
        return [value] if value and "," not in value and expected == ("a list",) else None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number and "a string" in expected else None


def _add_key(violation: Violation, root: Node, openclaw: OpenClawConfig | None, url: str) -> Fix:
    """Add a missing key, with its value if the rest of the file shows it."""
    owner, _, key = violation.pointer.rpartition("/")
    tokens = split_pointer(owner)
    parent = root.at(owner)
    if parent is not None and MODEL.fullmatch(owner) and key in ("id", "name"):
        slip = next((e for e in parent.entries if key == "id" and _fold(e.name) in _ID_NAMES), None)
        if slip is not None:
            return _fix(f'rename "{slip.name}" to "id"', "unsafe", (Rename(slip, "id"),))
        other = parent.text("name" if key == "id" else "id")
        if other is not None:
            title = "give the model a name" if key == "name" else "give the model an id"
            line = f"{key}: {json.dumps(other, ensure_ascii=False)},"
            changes = put(parent, f"/{key}", other)
            return _fix(title, "safe" if key == "name" else "unsafe", changes, line)
    if violation.pointer == "/agents/ownership" and parent is not None:
        block = parent.get("entries") or parent.get("list")
        first = next((member for _, member in block.children()), None) if block else None
        if first is not None:
            title = "make the first agent the default, as older versions do"
            return _fix(title, "unsafe", put(first, "/default", True), "default: true,")
    where = f' to "{tokens[-1]}"' if owner else ""
    title, example = f'add "{key}"{where}', _filled(_EXAMPLES.get(key, ""))
    if parent is None or len(tokens) != 3 or tokens[:2] != ("models", "providers"):
        return _manual(title, example)
    refs = openclaw.refs if openclaw is not None else ()
    used = dict.fromkeys(ref.model for ref in refs if ref.provider == tokens[2])
    if key == "baseUrl" and url:
        line = f"baseUrl: {json.dumps(url)},"
        return _fix(title, "unsafe", put(parent, f"/{key}", url), line)
    if key == "models" and used:
        listed: Value = [{"id": model, "name": model} for model in used]
        names = [json.dumps(model, ensure_ascii=False) for model in used]
        objects = ", ".join(f"{{ id: {name}, name: {name} }}" for name in names)
        return _fix(title, "safe", put(parent, f"/{key}", listed), f"models: [{objects}],")
    return _manual(title, example)
