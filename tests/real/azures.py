"""What stands behind the proxy of the live chain: clawdoctor's simulator, or another Azure."""

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
from real.standin import Heard, Resource, Said, always, answers, refused, spoken

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
    """The resources while they are up: the address of each, and the requests to it."""

    bases: Mapping[str, str]
    heard: Mapping[str, list[Any]]


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
"""To `canary` only providers lead that have nothing to do with the chain."""


@contextmanager
def simulated(name: str) -> Iterator[tuple[str, list[Request]]]:
    """A resource of clawdoctor's own simulator."""
    access: Mapping[str, Any] = {
        "firewall": "firewall",
        "private": "private",
        "keyless": "key-auth-disabled",
        "blocked": "blocked",
    }
    deployments = {one: AzureDeployment(model) for one, model in _OPAQUE.items()}
    deployments |= {
        "limited-for-a-day": AzureDeployment("gpt-4o-mini", tpm=20),
        "prompt-filtered": AzureDeployment("gpt-4o-mini", blocks=("ping",)),
        "too-long": AzureDeployment("gpt-4o-mini", context=10),
        "empty": AzureDeployment("gpt-4o-mini", says=""),
        "exhausted": AzureDeployment("gpt-5.2", thinks=10_000),
        **{one: AzureDeployment("gpt-4o-mini") for one, _ in _scripted()},
    }
    scripted = tuple(
        Scripted("POST", f"/openai/deployments/{one}/", said) for one, said in _scripted()
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
    heard: list[Request] = []
    with serve.serving(handler(resource), requests=heard) as url:
        yield url, heard


def _scripted() -> Iterator[tuple[str, Response]]:
    yield "limited", refusal("tokens_classic", {"9 seconds": "2 seconds"}, {"Retry-After": "2"})
    yield "failing", refusal("server_error")
    yield "hanging", Response(200, fault="hang")
    yield "resetting", Response(200, fault="reset")
    yield "page", text_response(200, PORTAL, kind="text/html")
    words = [{"choices": [{"index": 0, "delta": {"content": one}}]} for one in "pong"]
    yield "breaking-off", replace(sse(words), fault="truncate")


@contextmanager
def stood_in(name: str) -> Iterator[tuple[str, list[Heard]]]:
    """The same resource of the stand-in."""
    access = {
        "firewall": "403_firewall",
        "private": "403_public_access_disabled",
        "keyless": "403_key_auth_disabled",
        "blocked": "403_resource_blocked",
    }
    page = Said(200, (PORTAL.encode(),), {"Content-Type": "text/html"})
    resource = Resource(
        AZURE_KEY,
        {**_models(), **_manners()},
        listed=name != "unlisted",
        versions=("2024-10-21",) if name == "old" else standin.VERSIONS,
        access=access.get(name),
        anyhow=page if name == "portal" else None,
    )
    with standin.serving(resource) as served:
        yield served


def _models() -> Mapping[str, tuple[str, standin.Manner]]:
    """The deployments that behave as the models in them do."""
    behaves: dict[str, standin.Manner] = {
        "gpt-4o-mini": _plain_model,
        "assistant-prod": _reasoner,
        "coder-prod": _codex,
        "sol-prod": _without_tools,
        "thinker-prod": _since,
    }
    return {one: (model, behaves[one]) for one, model in _OPAQUE.items()}


def _plain_model(heard: Heard, api: str) -> Said:
    known = {"messages", "model", "stream", "stream_options", "max_tokens", "temperature", "store"}
    known |= {"max_completion_tokens", "tools", "tool_choice", "input", "instructions"}
    known |= {"max_output_tokens", "parallel_tool_calls", "top_p", "user", "include", "text"}
    known |= {"reasoning", "prompt_cache_key", "background", "service_tier", "truncation"}
    strange = next((name for name in heard.json or {} if name not in known), None)
    if strange is not None:
        return refused("400_unrecognized_argument", ("max_completion_tokens", strange))
    return answers(heard, api)


def _reasoner(heard: Heard, api: str) -> Said:
    body = heard.json or {}
    if "max_tokens" in body:
        return refused("400_unsupported_parameter_max_tokens")
    if body.get("temperature", 1) != 1:
        return refused("400_unsupported_value_temperature", ("0.2", str(body["temperature"])))
    return answers(heard, api)


def _codex(heard: Heard, api: str) -> Said:
    return refused("400_operation_not_supported") if api == "chat" else answers(heard, api)


def _without_tools(heard: Heard, api: str) -> Said:
    if api == "chat" and (heard.json or {}).get("tools"):
        return refused("400_function_tools_with_reasoning")
    return answers(heard, api)


def _since(heard: Heard, api: str) -> Said:
    if heard.query.get("api-version", [""])[0] < "2024-12-01":
        return refused("400_model_requires_newer_api_version", ("{modelName}", "o3-mini"))
    return _reasoner(heard, api)


def _manners() -> Mapping[str, tuple[str, standin.Manner]]:
    """The deployments with which something is wrong, or unusual, whatever they are asked."""
    page = Said(200, (PORTAL.encode(),), {"Content-Type": "text/html"})
    busy = Said(503, (b"<html><body>503 Service Unavailable</body></html>",))
    call = {"id": "call_1", "type": "function", "function": {"name": "note", "arguments": "{}"}}
    called = standin.delta_events({"tool_calls": [{"index": 0, **call}]}, "tool_calls")
    thought = standin.delta_events({"reasoning_content": "hm"}, "length")
    limited = ("retry after 9 seconds", "retry after 2 seconds")
    manners: dict[str, standin.Manner] = {
        "limited": always(refused("429_tokens_classic", limited, Retry_After="2")),
        "limited-for-a-day": always(
            refused("429_tokens_classic", *_DAY, Retry_After="86400", retry_after_ms="86400000")
        ),
        "limited-in-calls": always(refused("429_calls_classic")),
        "limited-in-new-words": always(refused("429_ratelimitreached_new")),
        "overloaded": always(refused("429_capacity")),
        "failing": always(refused("500_server_error")),
        "unavailable": always(busy),
        "timed-out": always(refused("408_timeout")),
        "hanging": always(Said(200, (), then="hang")),
        "resetting": always(Said(200, (), then="reset")),
        "cut-off": always(Said(200, (b"",), {}, "close", "reset")),
        "page": always(page),
        "breaking-off": lambda heard, api: _half(answers(heard, api)),
        "empty": lambda heard, api: spoken(heard, api, ""),
        "prompt-filtered": always(refused("400_content_filter")),
        "answer-filtered": lambda heard, api: spoken(heard, api, "", "content_filter"),
        "too-long": always(refused("400_context_length")),
        "exhausted": always(refused("400_reasoning_output_limit")),
        "tiny": lambda heard, api: standin.in_small_pieces(answers(heard, api)),
        "commented": always(standin.stream(_pong(), gap=": keep-alive\n\n")),
        "crlf": always(standin.stream(_pong(), end="\r\n")),
        "not-done": always(standin.stream(_pong(), done=False)),
        "nulls": always(standin.stream(_with_nulls())),
        "old-http": lambda heard, api: standin.as_old_http(answers(heard, api)),
        "packed": lambda heard, api: standin.packed(answers(heard, api)),
        "shouted": lambda heard, api: standin.shouted(answers(heard, api)),
        "tool-call": always(standin.stream(called)),
        "thoughts": always(standin.stream(thought)),
    }
    return {name: ("gpt-4o-mini", manner) for name, manner in manners.items()}


def _half(said: Said) -> Said:
    return replace(said, parts=said.parts[: len(said.parts) // 2], then="cut")


def _pong() -> list[Any]:
    return standin.chat_events("pong", "stop", usage=True)


def _with_nulls() -> list[Any]:
    """Events in which everything that may be null is."""
    events = _pong()
    for event in events:
        event.setdefault("usage", None)
        for choice in event["choices"]:
            choice["delta"] = {"tool_calls": None, "function_call": None, **choice["delta"]}
            choice["content_filter_results"] = None
    return events


@contextmanager
def _plain_port() -> Iterator[tuple[str, list[Any]]]:
    """A port that speaks no TLS, addressed as if it did."""
    with standin.serving(Resource("")) as (url, heard):
        yield url.replace("http://", "https://"), heard


@contextmanager
def up(backend: Serve) -> Iterator[Azure]:
    """All resources of a backend; at the address `closed` nobody listens."""
    with ExitStack() as stack:
        bases, heard = {"closed": serve.refusing_url()}, {}
        for name in RESOURCES:
            served = _plain_port() if name == "tls" else backend(name)
            bases[name], heard[name] = stack.enter_context(served)
        yield Azure(bases, heard)
