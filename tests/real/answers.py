"""The literal answers of the real programs to a fixed list of faults, as diffable text.

`scripts/record-answers` writes them to `fixtures/answers`, one file per version of a program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

import httpx

from real import azures, live
from real.chain import MASTER_KEY
from real.groups import AGAIN, GROUPS
from real.live import WRONG_KEY, Live

FOLDER = Path(__file__).parents[2] / "fixtures/answers"
AT_ONCE = 4
_SECONDS = 120
_PING = [{"role": "user", "content": "ping"}]
_LEFT_OUT = ("hanging", "balanced", "balanced-unlisted")
"""LiteLLM waits ten minutes for the first, and chooses a random deployment for the others."""
_TOOL = {"type": "function", "function": {"name": "note", "parameters": {"type": "object"}}}
_HEADERS = ("content-type", "www-authenticate", "retry-after", "x-litellm-model-group")
_HIDDEN = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b(?:chatcmpl|resp|msg|call|rs|fc)[-_][A-Za-z0-9_=-]{6,}"), "ID"),
    (re.compile(r"\b[0-9a-f]{32,}\b"), "HASH"),
    (re.compile(r'("created(?:_at)?": )\d+'), r"\1TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b\d+\.\d{3,}\b"), "SECONDS"),
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"(?:/[\w.@+-]+)+/(?:site-packages|node_modules)/"), "PACKAGES/"),
    (re.compile(r"(?<=/)python3(?:\.\d+)?\b"), "python3"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A request to the proxy. `key` is the value of Authorization."""

    name: str
    body: Mapping[str, Any] | None = None
    path: str = "/v1/chat/completions"
    key: str | None = f"Bearer {MASTER_KEY}"
    headers: Mapping[str, str] = field(default_factory=dict)


def questions() -> Iterator[Question]:
    """Yield the requests. Each has its own group if an error starts a cooldown."""
    names = [name for name in GROUPS if not name.endswith(AGAIN) and name not in _LEFT_OUT]
    for name in names:
        yield Question(f"chat with {name}", {"model": name, "messages": _PING})
    for name in ("good", "wrong-name-on-responses", "codex", "refused", "old-for-responses"):
        body = {"model": f"{name}{AGAIN}", "input": "ping"}
        yield Question(f"Responses with {name}", body, "/v1/responses")
    good = {"model": "good", "messages": _PING}
    parameters: Mapping[str, Mapping[str, Any]] = {
        "store": {"store": True},
        "an unknown parameter": {"frobnicate": 1},
        "a tool": {"tools": [_TOOL]},
        "prompt_cache_retention": {"prompt_cache_retention": "24h"},
        "a reasoning effort": {"reasoning_effort": "high"},
    }
    for name, more in parameters.items():
        yield Question(f"chat with {name}", {**good, **more})
    yield Question("chat with a model that is not served", {**good, "model": "gpt-none"})
    yield Question("chat without messages", {"model": "good"})
    for name, key in {
        "without a key": None,
        "with a wrong key": f"Bearer {WRONG_KEY}",
        "with an empty key": "Bearer ",
        "with a key without Bearer": MASTER_KEY,
        "with a key that is no sk-": "Bearer other",
    }.items():
        yield Question(f"chat {name}", good, key=key)
        yield Question(f"models {name}", path="/v1/models", key=key)
    for path in ("/health/liveliness", "/health/readiness", "/v1/model", "/chat"):
        yield Question(f"GET {path}", path=path)


def answers_of_litellm(folder: Path, programs: Path) -> str:
    """Return the answers of a LiteLLM whose Azure is the stand-in."""
    with (
        live.up(folder, programs, azures.stand_in_resource) as chain,
        httpx.Client(base_url=chain.proxy.url, trust_env=False, timeout=_SECONDS) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        asked = list(questions())
        answers = list(pool.map(lambda question: _answer(client, question), asked))
        plain = _plain(chain)
    rows = zip(asked, answers, strict=True)
    return written({question.name: plain(answer) for question, answer in rows})


def _answer(client: httpx.Client, question: Question) -> str:
    headers = {"Authorization": question.key} if question.key is not None else {}
    method = "GET" if question.body is None else "POST"
    try:
        answer = client.request(
            method, question.path, json=question.body, headers={**headers, **question.headers}
        )
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    kept = [f"{name}: {answer.headers[name]}" for name in _HEADERS if name in answer.headers]
    return "\n".join((str(answer.status_code), *kept, "", _body(answer)))


def _body(answer: httpx.Response) -> str:
    if answer.request.method == "POST" and answer.status_code == 200:
        return "an answer"
    try:
        return json.dumps(answer.json(), indent=1, ensure_ascii=False, sort_keys=True)
    except ValueError:
        return answer.text


def _plain(chain: Live) -> Callable[[str], str]:
    """Return a function that removes from a text what differs from run to run."""
    names = {url: f"http://{name}" for name, url in chain.azure.bases.items()}
    names[chain.proxy.url] = "http://proxy"
    names |= {url.removeprefix("http://"): name for url, name in names.items()}

    def plain(text: str) -> str:
        for url, name in names.items():
            text = text.replace(url, name.removeprefix("http://") if "://" not in url else name)
        return hidden(text)

    return plain


def hidden(text: str) -> str:
    """Return a text without ids, times and paths of installed packages."""
    for pattern, word in _HIDDEN:
        text = pattern.sub(word, text)
    return text


def written(answers: Mapping[str, str]) -> str:
    """Return the text of a file of answers."""
    return "".join(f"== {name}\n{answer.rstrip()}\n\n" for name, answer in answers.items())


def recorded(program: str, version: str) -> tuple[str, str] | None:
    """Return the newest recorded version that is not newer than `version`, and its answers."""
    found = {file.stem.removeprefix(f"{program}-"): file for file in FOLDER.glob(f"{program}-*")}
    older = [known for known in found if _order(known) <= _order(version)]
    if not older:
        return None
    newest = max(older, key=_order)
    return newest, found[newest].read_text("utf-8")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def difference(program: str, version: str, now: str) -> str:
    """Return the unified diff between the recorded and the current answers, or ""."""
    before = recorded(program, version)
    known, text = before or ("nothing", "")
    lines: Iterable[str] = unified_diff(
        text.splitlines(),
        now.splitlines(),
        f"{program} {known}, recorded",
        f"{program} {version}, now",
        lineterm="",
        n=6,
    )
    return "\n".join(lines)
