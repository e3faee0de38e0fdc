"""The differences between what LiteLLM did with a case and what clawdoctor predicted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm import Attempt, Upstream
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Unpredicted
from real.differential.litellm_answers import TOKEN
from real.differential.litellm_predict import Prediction

_CREDENTIALS = ("api-key", "authorization")
_OF_CLIENTS = ("content-type", "user-agent", "accept", "baggage", "sentry-trace")
"""The headers of client libraries, and of Sentry's if it is installed."""
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


def compare(
    requests: Sequence[Mapping[str, Any]], real: Mapping[str, Any], prediction: Prediction
) -> Comparison:
    """Return the differences between an oracle's answer and a prediction for the same requests."""
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
    for number, (request, answer, upstream) in enumerate(
        zip(requests, real["requests"], prediction.requests, strict=True)
    ):
        for where, result, attempts in _sequences(f"request {number}", answer, upstream):
            if attempts is None:
                text = f"{len(answer['each'])} deployments"
                found.append(Difference("attempts", where, text, _short(upstream)))
                continue
            count += 1
            reasons = [item.reason for item in attempts if isinstance(item, Unpredicted)]
            unpredicted += reasons
            if not reasons:
                found += _differences(where, result, attempts, request.get("fails", 0))
    return Comparison(tuple(found), count, tuple(unpredicted))


def _start_text(real: Mapping[str, Any], prediction: Prediction) -> Iterator[Difference]:
    if str(real["reason"]).startswith("SystemExit"):
        return  # LiteLLM writes this text to its output, which the oracle does not read
    refused = prediction.startup.refused if prediction.startup is not None else None
    if refused is not None and not _says(str(real["reason"]), refused.text):
        yield Difference("start text", "start", _short(real["reason"]), _short(refused.text))


def _sequences(
    where: str, answer: Mapping[str, Any], upstream: Upstream
) -> Iterator[tuple[str, Mapping[str, Any], list[Outcome] | None]]:
    """Yield each result of a request with what is predicted for it: an outcome for each attempt.

    The oracle lets LiteLLM take one deployment after the other, and the first of each fallback. The
    outcomes are None if the numbers of deployments differ.
    """
    if upstream.refused is not None:
        yield where, answer, [upstream.refused]
        return
    others = ("fallback", "mirror")
    first = [attempt.outcome for attempt in upstream.attempts if attempt.via not in others]
    own = {_group(each) for each in upstream.attempts if each.via not in others}
    each: Mapping[str, Any] = answer["each"]
    replaced = set() if own else {_group(attempt) for attempt in upstream.attempts[:1]}
    instead = [attempt.outcome for attempt in upstream.attempts if _group(attempt) in replaced]
    if instead and len(instead) == len(each):
        first = instead  # the router takes a fallback in place of a name without deployments
    members = [each.deployment.id for each in upstream.attempts if each.via not in others]
    later: dict[tuple[str, str], Outcome] = {}
    again: set[tuple[tuple[str, str], str | None]] = set()
    for attempt in upstream.attempts:
        if attempt.via == "fallback" and not (first and _group(attempt) in replaced):
            later.setdefault(_group(attempt), attempt.outcome)
            unknown = isinstance(attempt.outcome, Unpredicted)
            if attempt.deployment.id in members and not unknown:  # under another name
                again.add((_group(attempt), attempt.deployment.id))
    if first and not later and all(_chooses_none(each) for each in first):
        # The router fails when it looks at the whole group, of which the oracle shows it a part.
        found = [answer, *each.values()]
        failed = [result for result in found if _is_refusal(result, first[0])]
        yield where, failed[0] if failed else answer, first[:1]
        return
    results = [(f"{where} to {position}", result) for position, result in each.items()]
    results = results or [(where, answer)]
    if len(results) != max(1, len(first)):
        yield where, answer, None
        return
    for index, (name, result) in enumerate(results):
        own_outcome = first[index : index + 1]
        member = members[index] if index < len(members) else None
        repeated = [
            own_outcome[0] if (group, member) in again else made for group, made in later.items()
        ]
        outcomes = [*own_outcome, *repeated]
        sends = any(isinstance(outcome, HopRequest) for outcome in outcomes)
        sends |= any(isinstance(outcome, Unpredicted) for outcome in outcomes)
        # LiteLLM answers with the failure of the last order, and of the first group.
        yield name, result, outcomes[-1:] if own & later.keys() and not sends else outcomes


def _chooses_none(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.kind == "weights"


def _is_refusal(result: Mapping[str, Any], outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and _says(result["text"], outcome.text)


def _group(attempt: Attempt) -> tuple[str, str]:
    """Return the group of an attempt, and the name with which a request fills a wildcard."""
    return attempt.deployment.group, attempt.deployment.requested or ""


def _differences(
    where: str, result: Mapping[str, Any], outcomes: list[Outcome], fails: int
) -> Iterator[Difference]:
    sent = result["outgoing"]
    requests = [item for item in outcomes if isinstance(item, HopRequest)][: fails + 1]
    distinct = [item for index, item in enumerate(sent) if item not in sent[:index]]
    if fails and len(distinct) < len(sent):
        # For a missing group LiteLLM takes a fallback, and takes it again after its failure.
        sent, requests = distinct, requests[: len(distinct)]
    for index, (did, request) in enumerate(zip(sent, requests, strict=False)):
        yield from _requests(where if index == 0 else f"{where}, attempt {index}", did, request)
    if len(sent) < len(requests):
        refusal = f"{result['status']} {result['text']}"
        yield Difference("sends nothing", where, _short(refusal), requests[len(sent)].url)
    elif len(sent) > len(requests):
        others = [item for item in outcomes if isinstance(item, Refused)]
        text = _short(others[0].text if others else "")
        yield Difference("sends", where, sent[len(requests)]["url"], text)
    elif not requests and isinstance(outcomes[0], Refused):
        refused = outcomes[0]
        if refused.status is not None and refused.status != result["status"]:
            yield Difference("status", where, str(result["status"]), str(refused.status))
        if not _says(result["text"], refused.text):
            yield Difference("refusal text", where, _short(result["text"]), _short(refused.text))


def _requests(where: str, real: Mapping[str, Any], request: HopRequest) -> Iterator[Difference]:
    if _url(real["url"]) != _url(request.url):
        yield Difference("url", where, real["url"], request.url)
        return  # the rest differs for the same reason
    headers = {name.lower(): value for name, value in real["headers"].items()}
    expected = {name.lower(): value for name, value in request.headers.items()}
    credential = request.credential
    fetched = credential.header if credential is not None and credential.value is None else ""
    for name in _CREDENTIALS:
        took, said = headers.get(name, _MISSING).strip(), _value(expected.get(name, _MISSING))
        waits = name == fetched.lower() or said == "Bearer"  # for a token that is not known
        if took != said and not (waits and TOKEN in took):
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


def _value(value: str | Secret) -> str:
    """Return a predicted header as text."""
    return value.reveal() if isinstance(value, Secret) else value


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
