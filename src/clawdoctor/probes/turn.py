"""What came back of a turn: an answer, an error, or something that is neither.

A turn passes where the model said anything at all, or thought until its few tokens were used up.
HTTP 200 alone proves nothing: pages, empty streams and errors inside a stream come with it, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clawdoctor.probes.http import Answer, NoAnswer

TurnOutcome = Literal["answer", "error", "filtered", "empty", "truncated", "page", "nothing"]
"""`answer` is a pass. `filtered`: the content filter ended it. `page`: HTML or other text, with
status 200. `nothing`: no HTTP answer at all."""

EXHAUSTED = "Could not finish the message because max_tokens or model output limit was reached"
"""Azure's 400 to a reasoning model that used its few tokens for thinking: everything works."""
_FALLBACKS = "x-litellm-attempted-fallbacks"
_EVENT = "data:"
_ENDED = ("response.completed", "response.incomplete", "response.failed")


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn's result, read. `error` is what the error says, as the server wrote it."""

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
        """Whether LiteLLM took the answer from another group than the requested one."""
        headers = self.result.headers if isinstance(self.result, Answer) else {}
        return headers.get(_FALLBACKS, "0") not in ("", "0")

    @property
    def status(self) -> int | None:
        """The HTTP status, or None where there was none."""
        return self.result.status if isinstance(self.result, Answer) else None


@dataclass(slots=True)
class _Said:
    """What the events of an answer add up to."""

    events: int = 0
    text: bool = False
    finish: str = ""
    ended: bool = False
    error: str = ""
    prompt: int = 0
    completion: int = 0


def read_turn(result: Answer | NoAnswer) -> Turn:
    """What a result means, streamed or in one piece, of either API."""
    if isinstance(result, NoAnswer):
        return Turn(result, "nothing", result.detail)
    if EXHAUSTED in result.body:
        return Turn(result, "answer")
    if result.status != 200:
        return Turn(result, "error", result.body)
    said = _Said()
    for event in _events(result.body):
        _add(event, said)
    outcome, error = _outcome(result, said)
    return Turn(result, outcome, error, said.prompt, said.completion)


def _outcome(result: Answer, said: _Said) -> tuple[TurnOutcome, str]:
    if said.error:
        return "error", said.error
    if not said.events and result.broken:
        return "truncated", result.broken
    if not said.events:
        return ("empty" if _is_nothing(result.body) else "page"), result.body
    if said.finish == "content_filter":
        return "filtered", "finish_reason: content_filter"
    if result.broken or not (said.ended or result.cut):
        return "truncated", result.broken or "no finish_reason came"
    if said.text or said.finish in ("length", "max_output_tokens", "tool_calls"):
        return "answer", ""
    return "empty", "an answer without content"


def _is_nothing(body: str) -> bool:
    """Whether a body is a stream that ends at once, or no text at all."""
    return all(line.strip() in ("", "data: [DONE]") for line in body.splitlines())


def _events(body: str) -> Iterator[Mapping[str, Any]]:
    """The JSON of each event of a stream, or the body itself where it is JSON in one piece."""
    for line in body.splitlines():
        if line.startswith(_EVENT):
            found = _json(line[len(_EVENT) :].strip())
            if isinstance(found, Mapping):
                yield found
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


def _add(event: Mapping[str, Any], said: _Said) -> None:
    """One event more. Shapes that are not known count as events and say nothing."""
    said.events += 1
    inner = event.get("response")
    response: Mapping[str, Any] = inner if isinstance(inner, Mapping) else event
    error = event.get("error") or response.get("error")
    if error:
        said.error = json.dumps({"error": error})
    _count(response.get("usage"), said)
    for choice in _rows(event.get("choices")):
        _add_choice(choice, said)
    kind = str(event.get("type") or "")
    if kind in ("response.output_text.delta", "response.function_call_arguments.delta"):
        said.text = True
    if kind in _ENDED or response.get("object") == "response":
        status = response.get("status")
        said.ended = said.ended or status in ("completed", "incomplete") or kind in _ENDED
        details = response.get("incomplete_details")
        if isinstance(details, Mapping):
            said.finish = str(details.get("reason") or said.finish)
        said.text = said.text or any(_has_content(item) for item in _rows(response.get("output")))


def _add_choice(choice: Mapping[str, Any], said: _Said) -> None:
    part = choice.get("delta") or choice.get("message")
    if isinstance(part, Mapping):
        telling = ("content", "tool_calls", "reasoning_content", "refusal", "function_call")
        said.text = said.text or any(part.get(name) for name in telling)
    finish = choice.get("finish_reason")
    if finish:
        said.finish, said.ended = str(finish), True


def _has_content(item: Mapping[str, Any]) -> bool:
    return item.get("type") in ("function_call", "reasoning") or any(
        part.get("text") or part.get("refusal") for part in _rows(item.get("content"))
    )


def _count(usage: object, said: _Said) -> None:
    if isinstance(usage, Mapping):
        said.prompt = _whole(usage.get("prompt_tokens", usage.get("input_tokens"))) or said.prompt
        answered = usage.get("completion_tokens", usage.get("output_tokens"))
        said.completion = _whole(answered) or said.completion


def _whole(number: object) -> int:
    counts = isinstance(number, int) and not isinstance(number, bool) and number > 0
    return number if counts and isinstance(number, int) else 0


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
