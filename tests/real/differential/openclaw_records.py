"""Recorded cases: what a version of OpenClaw did with a config. A quick test plays them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from real.differential.openclaw_process import Answer, Case, Sent

RECORDED = Path(__file__).parents[3] / "fixtures/differential/openclaw"
_LOG = 1000  # characters of the output


def write(version: str, kind: str, case: Case, real: Answer) -> Path:
    """Write a case into a new file, and return the file."""
    RECORDED.mkdir(parents=True, exist_ok=True)
    name, number = f"{version}-{kind.replace(' ', '-')}", 1
    while (file := RECORDED / f"{name}-{number}.json").exists():
        number += 1
    file.write_text(json.dumps(_recorded(version, case, real), indent=1) + "\n", "utf-8")
    return file


def _recorded(version: str, case: Case, real: Answer) -> dict[str, Any]:
    return {
        "version": version,
        "config": case.config,
        "environ": case.environ,
        "ask": case.ask,
        "valid": real.valid,
        "issues": real.issues,
        "text": real.text,
        "turn": [_short(sent) for sent in real.turn[:1]],
        "turn_log": "" if real.turn else _log(real.turn_log),
        "embeddings": [_short(sent) for sent in real.embeddings[:1]],
        "embeddings_log": "" if real.embeddings else _log(real.embeddings_log),
    }


def _log(text: str) -> str:
    """The start of the output, without the path of the temporary folder."""
    return re.sub(r"/[^\s\"]*/home/\.openclaw", "~/.openclaw", text)[:_LOG]


def _short(sent: Sent) -> dict[str, Any]:
    """A request without the agent's texts, tools and ids, but with their forms."""
    body = dict(sent.body)
    for key in ("messages", "input"):
        if isinstance(body.get(key), list):
            body[key] = _distinct(_bare(item) for item in body[key])
        elif key in body:
            body[key] = ""
    for key in ("system", "instructions", "prompt_cache_key"):
        if key in body:
            body[key] = ""
    if "tools" in body:
        body["tools"] = _distinct(_bare_tool(tool) for tool in body["tools"])
    headers = {k: v for k, v in sent.headers.items() if k not in ("traceparent", "content-length")}
    return {"method": sent.method, "url": sent.url, "headers": headers, "body": body}


def _distinct(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def _bare(message: Any) -> Any:
    if not isinstance(message, dict):
        return ""
    content = [] if isinstance(message.get("content"), list) else ""
    return {"role": message["role"], "content": content} if "role" in message else {}


def _bare_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: tool[key] for key in ("type", "strict") if key in tool}
    if "function" in tool:
        inner = tool["function"]
        kept["function"] = {"strict": inner["strict"]} if "strict" in inner else {}
    return kept


def read(file: Path) -> tuple[str, Case, Answer]:
    """Return the version, the case and what OpenClaw did."""
    found = json.loads(file.read_text("utf-8"))
    case = Case(found["config"], found["environ"], tuple(found["ask"]))
    answer = Answer(
        valid=found["valid"],
        issues=tuple((path, message) for path, message in found["issues"]),
        text=found["text"],
        turn=tuple(Sent(**sent) for sent in found["turn"]),
        turn_log=found["turn_log"],
        embeddings=tuple(Sent(**sent) for sent in found["embeddings"]),
        embeddings_log=found["embeddings_log"],
    )
    return found["version"], case, answer
