"""The result of a turn: an answer, an error, or something else.

A turn passes if the model returns any content, or if it uses up its few tokens for reasoning. HTTP
200 alone proves nothing: pages, empty streams and errors in a stream have it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.probes.http import Answer, NoAnswer

TurnOutcome = Literal["answer", "error", "filtered", "empty", "truncated", "page", "nothing"]
"""The outcomes: `answer` is a pass.

`filtered`: the content filter ended it. `page`: HTML or other text with status 200. `nothing`:
there is no HTTP answer.
"""

EXHAUSTED = "Could not finish the message because max_tokens or model output limit was reached"
"""Azure's 400 if a reasoning model uses up its few tokens for reasoning. The route works."""
_MAX_TOKENS = 1_000_000_000
_FALLBACKS = "x-litellm-attempted-fallbacks"
_EVENT = "data:"
_ENDED = ("response.completed", "response.incomplete", "response.failed")


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn with its outcome. `error` is the server's own error text."""

    result: Answer | NoAnswer
    outcome: TurnOutcome
    error: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def passed(self) -> bool:
        """Whether the model answered."""
        return self.outcome == "answer"

    @property
    def fell_back(self) -> bool:
        """Whether a group other than the requested one answered."""
        headers = self.result.headers if isinstance(self.result, Answer) else {}
        return headers.get(_FALLBACKS, "0") not in ("", "0")

    @property
    def status(self) -> int | None:
        """The HTTP status, or None without an answer."""
        return self.result.status if isinstance(self.result, Answer) else None


@dataclass(slots=True)
class _StreamState:
    """The content of the events of an answer so far."""

    events: int = 0
    text: bool = False
    finish: str = ""
    ended: bool = False
    error: str = ""
    prompt: int = 0
    completion: int = 0


def read_turn(result: Answer | NoAnswer) -> Turn:
    """Return the turn of a result, streamed or not, of either API."""
    if isinstance(result, NoAnswer):
        return Turn(result, "nothing", result.detail)
    if EXHAUSTED in result.body:
        return Turn(result, "answer")
    if result.status != 200:
        return Turn(result, "error", result.body)
    state = _StreamState()
    for event in _events(result.body):
        _add(event, state)
    outcome, error = _outcome(result, state)
    return Turn(result, outcome, error, state.prompt, state.completion)


def _outcome(result: Answer, state: _StreamState) -> tuple[TurnOutcome, str]:
    if state.error:
        return "error", state.error
    if not state.events and result.broken:
        return "truncated", result.broken
    if not state.events:
        return ("empty" if _is_empty(result.body) else "page"), result.body
    if state.finish == "content_filter":
        return "filtered", "finish_reason: content_filter"
    if result.broken or not (state.ended or result.cut):
        return "truncated", result.broken or "the answer has no finish_reason"
    if state.text or state.finish in ("length", "max_output_tokens", "tool_calls"):
        return "answer", ""
    return "empty", "an answer without content"


def _is_empty(body: str) -> bool:
    """Return whether a body is empty or a stream without events."""
    return all(line.strip() in ("", "data: [DONE]") for line in body.splitlines())


def _events(body: str) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON of each event of a stream, or the body itself if it is JSON."""
    for line in body.splitlines():
        if line.startswith(_EVENT):
            event = _json(line[len(_EVENT) :].strip())
            if isinstance(event, Mapping):
                yield event
    if not body.lstrip().startswith(("{", "[")):
        return
    whole = _json(body)
    if isinstance(whole, Mapping):
        yield whole


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _add(event: Mapping[str, Any], state: _StreamState) -> None:
    """Add an event to the state. An event of unknown structure counts only as an event."""
    state.events += 1
    inner = event.get("response")
    response: Mapping[str, Any] = inner if isinstance(inner, Mapping) else event
    error = event.get("error") or response.get("error")
    if error:
        state.error = json.dumps({"error": error})
    _count(response.get("usage"), state)
    for choice in _rows(event.get("choices")):
        _add_choice(choice, state)
    kind = str(event.get("type") or "")
    if kind in ("response.output_text.delta", "response.function_call_arguments.delta"):
        state.text = True
    if kind in _ENDED or response.get("object") == "response":
        status = response.get("status")
        state.ended = state.ended or status in ("completed", "incomplete") or kind in _ENDED
        details = response.get("incomplete_details")
        if isinstance(details, Mapping):
            state.finish = str(details.get("reason") or state.finish)
        state.text = state.text or any(_has_content(item) for item in _rows(response.get("output")))


def _add_choice(choice: Mapping[str, Any], state: _StreamState) -> None:
    part = choice.get("delta") or choice.get("message")
    if isinstance(part, Mapping):
        fields = ("content", "tool_calls", "reasoning_content", "refusal", "function_call")
        state.text = state.text or any(part.get(name) for name in fields)
    finish = choice.get("finish_reason")
    if finish:
        state.finish, state.ended = str(finish), True


def _has_content(item: Mapping[str, Any]) -> bool:
    return item.get("type") in ("function_call", "reasoning") or any(
        part.get("text") or part.get("refusal") for part in _rows(item.get("content"))
    )


def _count(usage: object, state: _StreamState) -> None:
    if isinstance(usage, Mapping):
        state.prompt = (
            _token_count(usage.get("prompt_tokens", usage.get("input_tokens"))) or state.prompt
        )
        answered = usage.get("completion_tokens", usage.get("output_tokens"))
        state.completion = _token_count(answered) or state.completion


def _token_count(number: object) -> int:
    """Return the number of tokens, or 0 for a value that cannot be one."""
    valid = isinstance(number, int) and not isinstance(number, bool)
    return number if valid and isinstance(number, int) and 0 < number <= _MAX_TOKENS else 0


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
