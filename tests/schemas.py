"""The schemas of the JSON documents, compiled once."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

from clawdoctor.formats.explanation_json import load_schema as load_explanation_schema
from clawdoctor.formats.json import load_schema as load_report_schema
from clawdoctor.formats.trace_json import load_schema as load_trace_schema


@cache
def report_validator() -> jsonschema_rs.Validator:
    """Return the validator of the document that `run --json` prints."""
    return jsonschema_rs.validator_for(load_report_schema())


@cache
def explanation_validator() -> jsonschema_rs.Validator:
    """Return the validator of the document that `explain --json` prints."""
    return jsonschema_rs.validator_for(load_explanation_schema())


def check_report(document: dict[str, Any]) -> None:
    """Raise jsonschema_rs.ValidationError unless a report conforms to its schema."""
    report_validator().validate(document)


@cache
def trace_validator() -> jsonschema_rs.Validator:
    """Return the validator of the document that `trace --json` prints."""
    return jsonschema_rs.validator_for(load_trace_schema())
