"""Scripted answers, as the tables of a scene describe them.

    [[azure.contoso-ai.scripted]]
    method = "POST"                  # default: GET
    path = "/openai/deployments"     # all paths with this prefix; default: all
    times = 1                        # default: always
    refusal = "tokens_classic"       # one of Azure's refusals (simulator.azure_answers)
    put = {"9 seconds" = "1 seconds"}
    outage = "timeout"               # or no answer (simulator.outage), raised at once

Otherwise an answer has a `status` (200), `headers`, and a `body` of a `type`, repeated `repeat`
times, or `events`, the lines of data of a stream. `delay` is in seconds. `fault` is "reset",
"hang" or "truncate" on the socket itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clawdoctor.simulator.azure_answers import refusal
from clawdoctor.simulator.message import Response, text_response
from clawdoctor.simulator.outage import Outage
from clawdoctor.simulator.scripted import Scripted

Table = Mapping[str, Any]


def scripted(rows: Iterable[Table]) -> Iterator[Scripted]:
    """Yield the rows that are answers."""
    for row in rows:
        if "outage" not in row:
            yield Scripted(_method(row), _path(row), answer(row), row.get("times"))


def outages(rows: Iterable[Table]) -> Iterator[tuple[str, str, Outage]]:
    """Yield the method, path and outage of the rows that are not answers."""
    for row in rows:
        if "outage" in row:
            yield _method(row), _path(row), row["outage"]


def answer(row: Table) -> Response:
    """Return the response that a row describes."""
    if "refusal" in row:
        response = refusal(row["refusal"], row.get("put"), row.get("headers"))
    elif "events" in row:
        kind = {"content-type": "text/event-stream", **row.get("headers", {})}
        chunks = tuple(f"data: {event}\n\n".encode() for event in row["events"])
        response = Response(row.get("status", 200), kind, chunks=chunks)
    else:
        body = row.get("body", "") * row.get("repeat", 1)
        kind = row.get("type", "text/plain")
        response = text_response(row.get("status", 200), body, row.get("headers"), kind=kind)
    delay, fault = row.get("delay", 0), row.get("fault")
    return Response(response.status, response.headers, response.body, response.chunks, delay, fault)


def _method(row: Table) -> str:
    return str(row.get("method", "GET"))


def _path(row: Table) -> str:
    return str(row.get("path", "/"))
