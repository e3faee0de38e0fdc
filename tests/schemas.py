"""The schemas of the JSON documents. They are compiled once, as checking a schema is slow."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from clawdoctor.formats.explanation_json import load_schema as load_explanation_schema
from clawdoctor.formats.json import load_schema as load_report_schema

_VALID: set[str] = set()


@cache
def report_validator() -> Draft202012Validator:
    """The validator of the document that `run --json` prints."""
    return _compiled(load_report_schema())


@cache
def explanation_validator() -> Draft202012Validator:
    """The validator of the document that `explain --json` prints."""
    return _compiled(load_explanation_schema())


def check_report(document: dict[str, Any]) -> None:
    """Raise ValidationError if a report is not valid by its schema.

    Most outcomes of checks occur in most reports, so each distinct outcome is validated once.
    """
    outcomes = {json.dumps(outcome): outcome for outcome in document["checks"]}
    new = outcomes.keys() - _VALID
    report_validator().validate({**document, "checks": [outcomes[text] for text in new]})
    _VALID.update(new)


def _compiled(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
