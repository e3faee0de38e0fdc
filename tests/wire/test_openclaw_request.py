"""The requests that clawdoctor predicts for OpenClaw, against those that OpenClaw sent.

Each row of openclaw_requests.jsonl is the request of one agent's turn: a model of an openclaw.json,
what the user adds to it, and what arrived, without the prompt and the tools. The versions ran
against a server on 127.0.0.1 that also stood in for Azure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Version
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.request import HopRequest, Outcome

Row = Mapping[str, Any]

ROWS: list[Row] = [
    json.loads(line)
    for line in Path(__file__).with_name("openclaw_requests.jsonl").read_text("utf-8").splitlines()
]


def outcome(here: Place, row: Row) -> Outcome:
    """The prediction for the model of a row."""
    ref: str = row["ref"]
    defaults: dict[str, Any] = {"model": ref}
    if "params" in row:
        defaults["models"] = {ref: {"params": row["params"]}}
    if "all" in row:
        defaults["params"] = row["all"]
    if "thinking" in row:
        defaults["thinkingDefault"] = row["thinking"]
    written = {"models": {"providers": row["provider"]}, "agents": {"defaults": defaults}}
    here.write("project/openclaw.json", json.dumps({**written, **row.get("root", {})}))
    environ = row.get("env", {})
    options = {"openclaw_config": "openclaw.json"}
    chain = here.fact(Chain, environ, **options)
    openclaw = here.fact(OpenClawConfig, environ, **options)
    environment = here.fact(Environment, environ, **options)
    assert isinstance(chain, Chain)
    assert isinstance(openclaw, OpenClawConfig)
    assert isinstance(environment, Environment)
    route = next(route for route in chain.routes if route.id == ref)
    versions = Versions(Version(row["version"], ""), None)
    return openclaw_request(route, openclaw, environment, versions)


def shape(request: HopRequest) -> Row:
    """A request without its texts, in the form of a row."""
    body = dict(request.body)
    messages = body.pop("messages", None) or body.pop("input")
    tools = body.pop("tools", [])
    body.pop("metadata", None)
    strict = [tool.get("strict", tool.get("function", {}).get("strict")) for tool in tools]
    headers = {
        name.casefold(): value.reveal() if isinstance(value, Secret) else value
        for name, value in request.headers.items()
    }
    return {
        "url": comparable(request.url.partition("://")[2]),
        "headers": headers,
        "roles": [message["role"] for message in messages],
        "tools": bool(tools),
        "strict": strict[0] if strict else None,
        "body": body,
    }


def comparable(url: str) -> str:
    """A URL with its query quoted as this program quotes it."""
    path, mark, query = url.partition("?")
    return path + mark + urlencode(parse_qsl(query, keep_blank_values=True))


@pytest.mark.quick(60)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['version']}-{row['ref']}")
def test_the_request_is_the_one_that_openclaw_sent(here: Place, row: Row) -> None:
    request = outcome(here, row)
    assert isinstance(request, HopRequest), request
    ours = shape(request)
    assert ours == {name: row[name] for name in ours} | {"url": comparable(row["url"])}
