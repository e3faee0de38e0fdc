"""Answers that are set, as the tables of a scene describe them.

    [[azure.contoso-ai.scripted]]
    method = "POST"                  # default: GET
    path = "/openai/deployments"     # all paths that start so; default: all
    times = 1                        # default: always
    refusal = "tokens_classic"       # one of Azure's own (simulator.azure_answers)
    put = {"9 seconds" = "1 seconds"}
    outage = "timeout"               # or no answer at all (simulator.outage), told at once

Else `status` (200), `headers`, and `body` in the `type` given, `repeat` times; or `events`, the
data of a stream, each a line. `delay` is in seconds; `fault` is "reset", "hang" or "truncate", and
is played on the socket itself.
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
    """The rows that are answers."""
    for row in rows:
        if "outage" not in row:
            yield Scripted(_method(row), _path(row), answer(row), row.get("times"))


def outages(rows: Iterable[Table]) -> Iterator[tuple[str, str, Outage]]:
    """The rows that are none: method, path and what happens."""
    for row in rows:
        if "outage" in row:
            yield _method(row), _path(row), row["outage"]


def answer(row: Table) -> Response:
    """What a row says."""
    if "refusal" in row:
        got = refusal(row["refusal"], row.get("put"), row.get("headers"))
    elif "events" in row:
        kind = {"content-type": "text/event-stream", **row.get("headers", {})}
        chunks = tuple(f"data: {one}\n\n".encode() for one in row["events"])
        got = Response(row.get("status", 200), kind, chunks=chunks)
    else:
        body = row.get("body", "") * row.get("repeat", 1)
        kind = row.get("type", "text/plain")
        got = text_response(row.get("status", 200), body, row.get("headers"), kind=kind)
    delay, fault = row.get("delay", 0), row.get("fault")
    return Response(got.status, got.headers, got.body, got.chunks, delay, fault)


def _method(row: Table) -> str:
    return str(row.get("method", "GET"))


def _path(row: Table) -> str:
    return str(row.get("path", "/"))
