"""Write a document as JSON that is inert wherever it is printed."""

from __future__ import annotations

import json
from collections.abc import Mapping


def to_json_text(document: Mapping[str, object], *, ascii_only: bool = True) -> str:
    """Return the JSON of a document, indented, without a line end.

    GitHub Actions treats `##[` anywhere in a line as a command, so the JSON spells it with an
    escape, which a parser undoes.
    """
    text = json.dumps(document, indent=2, ensure_ascii=ascii_only)
    return text.replace("##[", "#\\u0023[")
