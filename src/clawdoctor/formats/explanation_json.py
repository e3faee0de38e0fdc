"""An explanation as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.data import read_data
from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match
from clawdoctor.errors.placeholders import with_blanks
from clawdoctor.finding import Place
from clawdoctor.formats.encode import to_json_text
from clawdoctor.formats.json import commands, steps
from clawdoctor.formats.published import page_url
from clawdoctor.run.repeat import with_options
from clawdoctor.source.text import START

SCHEMA_VERSION = 1


def to_json(explanation: Explanation) -> str:
    """Return the document of `explain --json`, which `explanation.schema.json` describes."""
    document: dict[str, object] = {
        "schemaVersion": SCHEMA_VERSION,
        "recognised": explanation.recognised,
        "asked": explanation.text_kind,
        "matches": [_match_record(match, explanation.options) for match in explanation.matches],
        "nearest": [
            dict(zip(("code", "name"), hint.split(" ", 1), strict=True))
            for hint in explanation.nearest
        ],
    }
    if explanation.log is not None:
        document["log"] = asdict(explanation.log)
    return to_json_text(document, ascii_only=False)


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema of `to_json`'s document, version 1."""
    schema: dict[str, Any] = json.loads(read_data("formats/explanation.schema.json"))
    return schema


def _match_record(match: Match, options: str) -> dict[str, object]:
    record = {field.name: getattr(match, field.name) for field in fields(match)}
    del record["advice"], record["speakers"]
    record["fix"] = with_blanks(match.fix)
    record["url"] = page_url(match.code)
    record["verify"] = with_options(CHECK_AGAIN.text, options)
    record["raisedBy"] = record.pop("raised_by")
    cause, occurrences = record.pop("caused_by"), record.pop("occurrences")
    record["places"] = [_place_record(place) for place in match.places]
    record["fixes"] = [
        {
            "applicability": fix.applicability,
            "title": fix.title,
            "snippet": fix.snippet,
            "steps": steps(fix),
            "commands": commands(fix),
        }
        for fix in match.fixes
    ]
    if occurrences is not None:
        record["seen"] = {_camel(name): value for name, value in asdict(occurrences).items()}
        record["causedBy"] = cause
    return record


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


def _place_record(place: Place) -> dict[str, object]:
    start, end = (place.span.start, place.span.end) if place.span else (START, START)
    location = {"path": place.path, "pointer": place.pointer}
    ends = {"start": asdict(start), "end": asdict(end)}
    return {"location": location | ends, "message": place.label}
