"""The Azure resources of the live chain: clawdoctor's simulator, or the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from clawdoctor.simulator import serve
from clawdoctor.simulator.azure import AzureDeployment, AzureResource, Scripted, handler
from clawdoctor.simulator.azure_answers import refusal
from clawdoctor.simulator.message import Request, Response, sse, text_response
from real import standin
from real.groups import AZURE_KEY
from real.standin import (
    Answer,
    ReceivedRequest,
    Resource,
    always_answer,
    plain_answer,
    refusal_answer,
    text_answer,
)

PORTAL = (
    "<!DOCTYPE html><html><head><title>Sign in to the guest network</title></head>"
    "<body>Accept the terms</body></html>"
)
_DAY = (("Please retry after 9 seconds", "Please retry after 86400 seconds"),)
_OPAQUE = {
    "gpt-4o-mini": "gpt-4o-mini",
    "assistant-prod": "gpt-5.2",
    "coder-prod": "gpt-5.2-codex",
    "sol-prod": "gpt-5.6-sol",
    "thinker-prod": "o3-mini",
}


@dataclass(frozen=True, slots=True)
class Azure:
    """The running resources: the address of each, and the requests to it."""

    bases: Mapping[str, str]
    requests: Mapping[str, list[Any]]


Serve = Callable[[str], AbstractContextManager[tuple[str, list[Any]]]]
RESOURCES = (
    "open",
    "unlisted",
    "other",
    "another",
    "firewall",
    "private",
    "keyless",
    "blocked",
    "old",
    "portal",
    "tls",
    "canary",
)
"""Only providers outside the chain use `canary`."""


@contextmanager
def simulated_resource(name: str) -> Iterator[tuple[str, list[Request]]]:
    """Yield a resource of clawdoctor's own simulator."""
    access: Mapping[str, Any] = {
        "firewall": "firewall",
        "private": "private",
        "keyless": "key-auth-disabled",
        "blocked": "blocked",
    }
    deployments = {name: AzureDeployment(model) for name, model in _OPAQUE.items()}
    deployments |= {
        "limited-for-a-day": AzureDeployment("gpt-4o-mini", tpm=20),
        "prompt-filtered": AzureDeployment("gpt-4o-mini", blocks=("ping",)),
        "too-long": AzureDeployment("gpt-4o-mini", context=10),
        "empty": AzureDeployment("gpt-4o-mini", says=""),
        "exhausted": AzureDeployment("gpt-5.2", thinks=10_000),
        **{name: AzureDeployment("gpt-4o-mini") for name, _ in _scripted()},
    }
    scripted = tuple(
        Scripted("POST", f"/openai/deployments/{name}/", answer) for name, answer in _scripted()
    )
    if name == "portal":
        page = text_response(200, PORTAL, kind="text/html")
        scripted = (Scripted("GET", "/", page), Scripted("POST", "/", page))
    resource = AzureResource(
        name,
        AZURE_KEY,
        deployments,
        access=access.get(name, "open"),
        lists_deployments=name != "unlisted",
        scripted=scripted,
    )
    if name == "old":
        resource = replace(resource, api_versions=("2024-10-21",))
    requests: list[Request] = []
    with serve.serving(handler(resource), requests=requests) as url:
        yield url, requests


def _scripted() -> Iterator[tuple[str, Response]]:
    yield "limited", refusal("tokens_classic", {"9 seconds": "2 seconds"}, {"Retry-After": "2"})
    yield "failing", refusal("server_error")
    yield "hanging", Response(200, fault="hang")
    yield "resetting", Response(200, fault="reset")
    yield "page", text_response(200, PORTAL, kind="text/html")
    events = [{"choices": [{"index": 0, "delta": {"content": letter}}]} for letter in "pong"]
    yield "breaking-off", replace(sse(events), fault="truncate")


@contextmanager
def stand_in_resource(name: str) -> Iterator[tuple[str, list[ReceivedRequest]]]:
    """Yield the same resource of the stand-in."""
    access = {
        "firewall": "403_firewall",
        "private": "403_public_access_disabled",
        "keyless": "403_key_auth_disabled",
        "blocked": "403_resource_blocked",
    }
    page = Answer(200, (PORTAL.encode(),), {"Content-Type": "text/html"})
    resource = Resource(
        AZURE_KEY,
        {**_models(), **_behaviours()},
        listed=name != "unlisted",
        versions=("2024-10-21",) if name == "old" else standin.VERSIONS,
        access=access.get(name),
        fixed_answer=page if name == "portal" else None,
    )
    with standin.serving(resource) as served:
        yield served


def _models() -> Mapping[str, tuple[str, standin.Behaviour]]:
    """Return the deployments that behave like their models."""
    behaves: dict[str, standin.Behaviour] = {
        "gpt-4o-mini": _plain_model,
        "assistant-prod": _reasoner,
        "coder-prod": _codex,
        "sol-prod": _without_tools,
        "thinker-prod": _since,
    }
    return {name: (model, behaves[name]) for name, model in _OPAQUE.items()}


def _plain_model(request: ReceivedRequest, api: str) -> Answer:
    known = {"messages", "model", "stream", "stream_options", "max_tokens", "temperature", "store"}
    known |= {"max_completion_tokens", "tools", "tool_choice", "input", "instructions"}
    known |= {"max_output_tokens", "parallel_tool_calls", "top_p", "user", "include", "text"}
    known |= {"reasoning", "prompt_cache_key", "background", "service_tier", "truncation"}
    strange = next((name for name in request.json or {} if name not in known), None)
    if strange is not None:
        return refusal_answer("400_unrecognized_argument", ("max_completion_tokens", strange))
    return plain_answer(request, api)


def _reasoner(request: ReceivedRequest, api: str) -> Answer:
    body = request.json or {}
    if "max_tokens" in body:
        return refusal_answer("400_unsupported_parameter_max_tokens")
    if body.get("temperature", 1) != 1:
        return refusal_answer(
            "400_unsupported_value_temperature", ("0.2", str(body["temperature"]))
        )
    return plain_answer(request, api)


def _codex(request: ReceivedRequest, api: str) -> Answer:
    return (
        refusal_answer("400_operation_not_supported")
        if api == "chat"
        else plain_answer(request, api)
    )


def _without_tools(request: ReceivedRequest, api: str) -> Answer:
    if api == "chat" and (request.json or {}).get("tools"):
        return refusal_answer("400_function_tools_with_reasoning")
    return plain_answer(request, api)


def _since(request: ReceivedRequest, api: str) -> Answer:
    if request.query.get("api-version", [""])[0] < "2024-12-01":
        return refusal_answer("400_model_requires_newer_api_version", ("{modelName}", "o3-mini"))
    return _reasoner(request, api)


def _behaviours() -> Mapping[str, tuple[str, standin.Behaviour]]:
    """Return the deployments with a fault or an unusual answer to every request."""
    page = Answer(200, (PORTAL.encode(),), {"Content-Type": "text/html"})
    busy = Answer(503, (b"<html><body>503 Service Unavailable</body></html>",))
    call = {"id": "call_1", "type": "function", "function": {"name": "note", "arguments": "{}"}}
    called = standin.delta_events({"tool_calls": [{"index": 0, **call}]}, "tool_calls")
    thought = standin.delta_events({"reasoning_content": "hm"}, "length")
    limited = ("retry after 9 seconds", "retry after 2 seconds")
    behaviours: dict[str, standin.Behaviour] = {
        "limited": always_answer(refusal_answer("429_tokens_classic", limited, Retry_After="2")),
        "limited-for-a-day": always_answer(
            refusal_answer(
                "429_tokens_classic", *_DAY, Retry_After="86400", retry_after_ms="86400000"
            )
        ),
        "limited-in-calls": always_answer(refusal_answer("429_calls_classic")),
        "limited-in-new-words": always_answer(refusal_answer("429_ratelimitreached_new")),
        "overloaded": always_answer(refusal_answer("429_capacity")),
        "failing": always_answer(refusal_answer("500_server_error")),
        "unavailable": always_answer(busy),
        "timed-out": always_answer(refusal_answer("408_timeout")),
        "hanging": always_answer(Answer(200, (), then="hang")),
        "resetting": always_answer(Answer(200, (), then="reset")),
        "cut-off": always_answer(Answer(200, (b"",), {}, "close", "reset")),
        "page": always_answer(page),
        "breaking-off": lambda request, api: _half(plain_answer(request, api)),
        "empty": lambda request, api: text_answer(request, api, ""),
        "prompt-filtered": always_answer(refusal_answer("400_content_filter")),
        "answer-filtered": lambda request, api: text_answer(request, api, "", "content_filter"),
        "too-long": always_answer(refusal_answer("400_context_length")),
        "exhausted": always_answer(refusal_answer("400_reasoning_output_limit")),
        "tiny": lambda request, api: standin.in_small_pieces(plain_answer(request, api)),
        "commented": always_answer(standin.stream(_pong(), gap=": keep-alive\n\n")),
        "crlf": always_answer(standin.stream(_pong(), end="\r\n")),
        "not-done": always_answer(standin.stream(_pong(), done=False)),
        "nulls": always_answer(standin.stream(_with_nulls())),
        "old-http": lambda request, api: standin.as_http_1_0(plain_answer(request, api)),
        "packed": lambda request, api: standin.gzipped(plain_answer(request, api)),
        "shouted": lambda request, api: standin.with_upper_case_headers(plain_answer(request, api)),
        "tool-call": always_answer(standin.stream(called)),
        "thoughts": always_answer(standin.stream(thought)),
    }
    return {name: ("gpt-4o-mini", behaviour) for name, behaviour in behaviours.items()}


def _half(answer: Answer) -> Answer:
    return replace(answer, parts=answer.parts[: len(answer.parts) // 2], then="cut")


def _pong() -> list[Any]:
    return standin.chat_events("pong", "stop", usage=True)


def _with_nulls() -> list[Any]:
    """Return events with null in every field that allows it."""
    events = _pong()
    for event in events:
        event.setdefault("usage", None)
        for choice in event["choices"]:
            choice["delta"] = {"tool_calls": None, "function_call": None, **choice["delta"]}
            choice["content_filter_results"] = None
    return events


@contextmanager
def _plain_port() -> Iterator[tuple[str, list[Any]]]:
    """Yield a port without TLS at an https address."""
    with standin.serving(Resource("")) as (url, requests):
        yield url.replace("http://", "https://"), requests


@contextmanager
def up(backend: Serve) -> Iterator[Azure]:
    """Yield all resources of a backend. No server listens at the address `closed`."""
    with ExitStack() as stack:
        bases, requests = {"closed": serve.refusing_url()}, {}
        for name in RESOURCES:
            served = _plain_port() if name == "tls" else backend(name)
            bases[name], requests[name] = stack.enter_context(served)
        yield Azure(bases, requests)
