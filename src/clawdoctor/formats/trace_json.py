"""A trace as JSON, version 1. `trace.schema.json` in this folder describes it."""

from __future__ import annotations

import json
from typing import Any

from clawdoctor.data import read_data
from clawdoctor.formats.encode import to_json_text
from clawdoctor.formats.json import location
from clawdoctor.traced import (
    Fault,
    Hop,
    Origin,
    Trace,
    TracedCredential,
    TracedRefusal,
    TracedRoute,
)

SCHEMA_VERSION = 1


def to_json(trace: Trace) -> str:
    """Return the trace as one JSON document in ASCII, with a final newline."""
    return to_json_text(document(trace)) + "\n"


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the document."""
    schema: dict[str, Any] = json.loads(read_data("formats/trace.schema.json"))
    return schema


def document(trace: Trace) -> dict[str, object]:
    """Return the trace as JSON values. Lines and columns count from 1; ends are exclusive."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {
            "name": "clawdoctor",
            "version": trace.version,
            "knowledge": trace.knowledge or None,
        },
        "ok": trace.exit_code == 0,
        "exitCode": trace.exit_code,
        "usageError": trace.usage_error,
        "inputs": [
            {"kind": item.kind, "path": item.path, "found": item.found, "error": item.error}
            for item in trace.inputs
        ],
        "versions": {program: _version(trace, program) for program in ("openclaw", "litellm")},
        "faults": [_fault(fault) for fault in trace.faults],
        "problems": [
            {**_fault(fault), "severity": fault.severity, "models": list(fault.models)}
            for fault in trace.problems
        ],
        "start": None if trace.start is None else _refusal(trace.start),
        "routes": [_route(route) for route in trace.routes],
        "notes": list(trace.notes),
        "internalErrors": [
            {"where": item.where, "error": item.error, "trace": item.trace}
            for item in trace.internal_errors
        ],
    }


def _version(trace: Trace, program: str) -> dict[str, object] | None:
    found = trace.versions.get(program)
    if found is not None:
        return {
            "value": found.value,
            "source": found.source,
            "lowerBound": found.lower_bound,
            "assumed": False,
        }
    assumed = trace.assumed.get(program)
    if assumed is None:
        return None
    return {"value": assumed, "source": None, "lowerBound": False, "assumed": True}


def _fault(fault: Fault) -> dict[str, object]:
    return {
        "code": fault.code,
        "message": fault.text,
        "location": None if fault.place is None else location(fault.place),
    }


def _route(route: TracedRoute) -> dict[str, object]:
    return {
        "model": route.model,
        "usedBy": list(route.used_by),
        "roles": list(route.roles),
        "hops": [_hop(hop) for hop in route.requests],
    }


def _hop(hop: Hop) -> dict[str, object]:
    parameters = hop.parameters
    return {
        "from": hop.sender,
        "to": hop.receiver,
        "condition": hop.condition or None,
        "deployment": hop.deployment,
        "group": hop.group,
        "via": hop.via,
        "method": hop.method,
        "url": hop.url,
        "model": hop.model,
        "credential": None if hop.credential is None else _credential(hop.credential),
        "headers": {name: value or None for name, value in hop.headers.items()},
        "parameters": {
            "sent": list(parameters.sent),
            "added": list(parameters.added),
            "renamed": dict(parameters.renamed),
            "dropped": list(parameters.dropped),
        },
        "refusal": None if hop.refusal is None else _refusal(hop.refusal),
        "unpredicted": hop.unpredicted,
        "faults": [_fault(fault) for fault in hop.faults],
        "sources": [_origin(origin) for origin in hop.sources],
        "differences": [
            {
                "since": other.since,
                "before": other.before,
                "url": other.url,
                "refusal": other.refusal,
            }
            for other in hop.differences
        ],
    }


def _credential(credential: TracedCredential) -> dict[str, object]:
    return {
        "header": credential.header,
        "scheme": credential.scheme or None,
        "name": credential.variable,
        "description": credential.description,
        "shape": credential.shape or None,
        "source": None if credential.source is None else _origin(credential.source),
        "overrides": [_origin(origin) for origin in credential.overrides],
    }


def _refusal(refusal: TracedRefusal) -> dict[str, object]:
    return {
        "by": refusal.by,
        "code": refusal.code,
        "cause": refusal.cause or None,
        "location": None if refusal.place is None else location(refusal.place),
        "text": refusal.text,
        "assumed": refusal.assumed,
        "status": refusal.status,
        "parameters": list(refusal.parameters),
        "sources": [_origin(origin) for origin in refusal.sources],
    }


def _origin(origin: Origin) -> dict[str, object]:
    return {
        "part": origin.part,
        "location": None if origin.place is None else location(origin.place),
        "variable": None
        if origin.variable is None
        else {
            "name": origin.variable,
            "location": None if origin.set_in is None else location(origin.set_in),
            "source": origin.set_by or None,
        },
        "says": origin.says or None,
    }
