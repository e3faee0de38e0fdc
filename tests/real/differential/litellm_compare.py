"""The differences between what LiteLLM did with a case and what clawdoctor predicted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm import Attempt, Upstream
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Unpredicted
from real.differential.litellm_answers import TOKEN
from real.differential.litellm_predict import Prediction

_CREDENTIALS = ("api-key", "authorization")
_OF_CLIENTS = ("content-type", "user-agent", "accept")
_MISSING = "<absent>"


@dataclass(frozen=True, slots=True)
class Difference:
    """One point on which both disagree. `kind` names it: `start`, `url`, `parameter store`, ..."""

    kind: str
    where: str
    real: str
    predicted: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind}: LiteLLM {self.real}; clawdoctor {self.predicted}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two results have in common: the differences, and how much was compared."""

    differences: tuple[Difference, ...]
    requests: int = 0
    unpredicted: tuple[str, ...] = ()


def compare(real: Mapping[str, Any], prediction: Prediction) -> Comparison:
    """Return the differences between an oracle's answer and a prediction for the same case."""
    if "failed" in real:
        return Comparison((Difference("oracle", "start", str(real["failed"]), ""),))
    startup = prediction.startup
    stops = startup is None or startup.refused is not None
    if stops or not real["started"]:
        if stops and not real["started"]:
            return Comparison(tuple(_start_text(real, prediction)))
        said = prediction.unavailable or (startup and startup.refused) or "starts"
        did = "starts" if real["started"] else f"does not start: {real['reason']}"
        return Comparison((Difference("start", "start", _short(did), _short(said)),))
    assert startup is not None
    served = [(str(item["group"]), item["model"]) for item in real["deployments"]]
    expected = [(item.group, item.model.resolved) for item in startup.deployments]
    if served != expected:
        difference = Difference("deployments", "start", _short(served), _short(expected))
        return Comparison((difference,))
    found: list[Difference] = []
    unpredicted: list[str] = []
    count = 0
    for number, (answer, upstream) in enumerate(
        zip(real["requests"], prediction.requests, strict=True)
    ):
        for where, result, outcome in _pairs(f"request {number}", answer, upstream, real):
            count += 1
            if isinstance(outcome, Unpredicted):
                unpredicted.append(outcome.reason)
            else:
                found += _differences(where, result, outcome)
    return Comparison(tuple(found), count, tuple(unpredicted))


def _start_text(real: Mapping[str, Any], prediction: Prediction) -> Iterator[Difference]:
    refused = prediction.startup.refused if prediction.startup is not None else None
    if refused is not None and not _says(str(real["reason"]), refused.text):
        yield Difference("start text", "start", _short(real["reason"]), _short(refused.text))


def _pairs(
    where: str, answer: Mapping[str, Any], upstream: Upstream, real: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], Outcome | None]]:
    """Yield each result of a request with the prediction for the deployment that it went to."""
    if upstream.refused is not None:
        yield where, answer, upstream.refused
        return
    first = [attempt for attempt in upstream.attempts if attempt.via != "fallback"]
    each: Mapping[str, Any] = answer.get("each") or {}
    if not each:
        chosen = first or upstream.attempts
        yield where, answer, chosen[0].outcome if chosen else None
        return
    for position, result in each.items():
        attempt = _attempt_at(int(position), first, real)
        yield f"{where} to {position}", result, attempt.outcome if attempt else None


def _attempt_at(position: int, attempts: list[Attempt], real: Mapping[str, Any]) -> Attempt | None:
    """Return the attempt at a position of the list of deployments: attempts keep their order."""
    group = real["deployments"][position]["group"]
    before = [item for item in real["deployments"][:position] if item["group"] == group]
    return attempts[len(before)] if len(before) < len(attempts) else None


def _differences(
    where: str, result: Mapping[str, Any], outcome: Outcome | None
) -> Iterator[Difference]:
    sent = result["outgoing"]
    match outcome:
        case HopRequest() if sent:
            yield from _requests(where, sent[0], outcome)
        case HopRequest():
            refusal = f"{result['status']} {result['text']}"
            yield Difference("sends nothing", where, _short(refusal), _short(outcome.url))
        case Refused() if not sent:
            if outcome.status is not None and outcome.status != result["status"]:
                yield Difference("status", where, str(result["status"]), str(outcome.status))
            if not _says(result["text"], outcome.text):
                text = _short(result["text"])
                yield Difference("refusal text", where, text, _short(outcome.text))
        case Refused():
            yield Difference("sends", where, _short(sent[0]["url"]), _short(outcome.text))
        case _:
            did = sent[0]["url"] if sent else f"{result['status']} {result['text']}"
            yield Difference("no prediction", where, _short(did), str(outcome))


def _requests(where: str, real: Mapping[str, Any], request: HopRequest) -> Iterator[Difference]:
    if _url(real["url"]) != _url(request.url):
        yield Difference("url", where, real["url"], request.url)
    headers = {name.lower(): value for name, value in real["headers"].items()}
    expected = {name.lower(): value for name, value in request.headers.items()}
    for name in _CREDENTIALS:
        took, said = headers.get(name, _MISSING), _value(expected.get(name, _MISSING))
        if took != said and not (said is None and TOKEN in took):
            yield Difference("credential", where, f"{name}: {took}", f"{name}: {said}")
    for name in sorted({*headers, *expected} - set(_CREDENTIALS)):
        if name not in _OF_CLIENTS:
            took, said = headers.get(name, _MISSING), _value(expected.get(name, _MISSING))
            if took != said:
                yield Difference(f"header {name}", where, str(took), str(said))
    body = real["body"] if isinstance(real["body"], dict) else {}
    for name in sorted({*body, *request.body}):
        took, said = body.get(name, _MISSING), request.body.get(name, _MISSING)
        if took != said:
            yield Difference(f"parameter {name}", where, _short(took), _short(said))


def _value(value: str | Secret) -> str | None:
    """Return a predicted header as text, or None if it holds a token that is not known."""
    text = value.reveal() if isinstance(value, Secret) else value
    return None if text in ("", "Bearer ", "Bearer") else text


def _url(url: str) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return parts.scheme, parts.netloc, parts.path, query


def _says(text: str, phrase: str) -> bool:
    return _plain(phrase) in _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"[\s\"'`\\]+", " ", text.replace("\\n", " ")).strip().lower()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 600 else f"{text[:600]}..."
