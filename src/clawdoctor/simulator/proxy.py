"""A LiteLLM proxy: its keys, its lists, and turns that it passes on to an upstream."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clawdoctor.chain.litellm_call import Call, ProxyDeployment
from clawdoctor.simulator import proxy_answers as say
from clawdoctor.simulator import proxy_turn as show
from clawdoctor.simulator.message import (
    Request,
    Response,
    json_of,
    json_response,
)
from clawdoctor.simulator.proxy_access import keyless, wrong_key
from clawdoctor.simulator.proxy_call import called, request_of
from clawdoctor.simulator.proxy_lists import PATHS, Groups, deployment_id, is_loaded, listed

__all__ = ["Cooldown", "LiteLLMProxy", "ProxyDeployment", "Upstream", "answer", "handler"]

Upstream = Callable[[str, Request], Response]
"""Asks the server at an origin (`https://host:port`); raises OSError where none answers."""

_COOLDOWN = 5.0
_CALL_ID = "00000000-1111-2222-3333-000000000001"
_CHAT = ("/v1/chat/completions", "/chat/completions")
_RESPONSES = ("/v1/responses", "/responses")


@dataclass(frozen=True, slots=True)
class LiteLLMProxy:
    """One proxy as its config and installation make it.

    Without `master_key` everyone is let in. `has_prisma` is true of the image and false of a pip
    install, and only changes what a missing key is told. `retries` is how often a 429 or 5xx is
    asked again, and a 401 or 403 where the group has another deployment; the real one also waits
    in between. `fallbacks` are the groups that take over, by the group that failed.
    """

    groups: Groups
    version: str = "1.106.2"
    master_key: str | None = field(default=None, repr=False)
    has_prisma: bool = False
    drop_params: bool = False
    retries: int = 2
    cooldowns: bool = True
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Cooldown:
    """Which deployments failed a moment ago. Belongs to whoever serves the proxy."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self, deployment: str) -> None:
        """Leave a deployment alone for five seconds."""
        with self._lock:
            self._until[deployment] = self._clock() + _COOLDOWN

    def now(self) -> list[str]:
        """The ids of all deployments that are left alone now."""
        with self._lock:
            return [one for one, until in self._until.items() if until > self._clock()]


def handler(
    proxy: LiteLLMProxy, upstream: Upstream, *, clock: Callable[[], float] = time.monotonic
) -> Callable[[Request], Response]:
    """A proxy to serve, with a cooldown of its own."""
    cooldown = Cooldown(clock)
    return lambda request: answer(proxy, request, upstream, cooldown)


def answer(
    proxy: LiteLLMProxy, request: Request, upstream: Upstream, cooldown: Cooldown | None = None
) -> Response:
    """What the proxy answers. Without a `cooldown` it forgets every failure at once."""
    free = keyless(proxy.version, request)
    if free is not None:
        return free
    path = request.path
    gets = path in PATHS or path.startswith("/v1/models/")
    posts = path in (*_CHAT, *_RESPONSES)
    if not gets and not posts:
        return json_response(404, {"detail": "Not Found"})
    wanted = "GET" if gets else "POST"
    if request.method != wanted:
        return json_response(405, {"detail": "Method Not Allowed"}, {"allow": wanted})
    refused = wrong_key(proxy.master_key, request, has_prisma=proxy.has_prisma)
    if refused is not None:
        return refused
    if gets:
        return listed(proxy.groups, path)
    turn = _Turn(proxy, upstream, cooldown or Cooldown(), path in _RESPONSES)
    response = _asked(turn, request)
    # Chat names the version only when it succeeds; the Responses route always does.
    named = turn.responses or response.status == 200
    version = {"x-litellm-version": proxy.version} if named else {}
    return replace(response, headers={**response.headers, **version})


@dataclass(frozen=True, slots=True)
class _Turn:
    proxy: LiteLLMProxy
    upstream: Upstream
    cooldown: Cooldown
    responses: bool


def _asked(turn: _Turn, request: Request) -> Response:
    body = json_of(request.body)
    if not isinstance(body, dict):
        text = "Invalid JSON payload: unexpected character: line 1 column 1 (char 0)"
        return say.error(400, text, param="request_body")
    route = "/responses" if turn.responses else "/chat/completions"
    group = body.get("model")
    deployments = turn.proxy.groups.get(group) if isinstance(group, str) else None
    if not isinstance(group, str) or deployments is None:
        return say.unknown_model(route, group)
    if not turn.responses and "messages" not in body:
        text = f"{route}: Missing required parameter: 'messages'."
        return say.error(400, text, param="messages")
    response, retries = _group(turn, group, deployments, body)
    fallbacks = 0
    for other in turn.proxy.fallbacks.get(group, ()) if response.status != 200 else ():
        fallbacks += 1
        instead, retries = _group(turn, other, turn.proxy.groups.get(other, ()), body)
        if instead.status == 200:
            response = instead
            break
    if response.status != 200:
        return response
    tries = {
        "x-litellm-attempted-retries": str(retries),
        "x-litellm-attempted-fallbacks": str(fallbacks),
    }
    return replace(response, headers={**response.headers, **tries})


def _group(
    turn: _Turn, group: str, deployments: Sequence[ProxyDeployment], body: Mapping[str, Any]
) -> tuple[Response, int]:
    """What a group answers, and how often it was asked again for it."""
    loaded = [one for one in deployments if is_loaded(one)]
    if not loaded:
        asked = say.Asked(group, "AzureException", turn.proxy.version)
        text = f"You passed in model={group}. There are no healthy deployments for this model"
        return say.failed(400, f"litellm.BadRequestError: {text}", asked), 0
    response = _tried(turn, group, loaded, body)
    retries = 0
    while retries < turn.proxy.retries and _is_tried_again(response, turn, group, loaded):
        response = _tried(turn, group, loaded, body)
        retries += 1
    return response, retries


def _is_tried_again(
    response: Response, turn: _Turn, group: str, loaded: list[ProxyDeployment]
) -> bool:
    if response.status in (401, 403):
        tired = turn.cooldown.now() if turn.proxy.cooldowns else []
        return len(loaded) > 1 and any(deployment_id(group, one) not in tired for one in loaded)
    return response.status == 429 or response.status >= 500


def _tried(
    turn: _Turn, group: str, deployments: list[ProxyDeployment], body: Mapping[str, Any]
) -> Response:
    """One try, on the first deployment that is not left alone (the real one draws lots)."""
    tired = turn.cooldown.now() if turn.proxy.cooldowns else []
    rested = [one for one in deployments if deployment_id(group, one) not in tired]
    if not rested:
        return say.cooling(group, tired, _COOLDOWN)
    deployment = rested[0]
    provider = "OpenAIException" if deployment.provider == "openai" else "AzureException"
    asked = say.Asked(group, provider, turn.proxy.version, raw=turn.responses)
    dropping = turn.proxy.drop_params
    call = called(deployment, body, asked, responses=turn.responses, drop_params=dropping)
    if isinstance(call, Response):
        return call
    response = _called(turn, call, replace(asked, raw=call.responses), body)
    if response.status in (401, 404) or (response.status == 429 and len(deployments) > 1):
        turn.cooldown.start(deployment_id(group, deployment))
    if response.status != 200:
        return response
    about = {
        "x-litellm-model-id": deployment_id(group, deployment),
        "x-litellm-model-name": deployment.model,
        "x-litellm-model-api-base": deployment.api_base or "",
        "x-litellm-model-group": group,
    }
    return replace(response, headers={**response.headers, **about})


def _called(turn: _Turn, call: Call, asked: say.Asked, body: Mapping[str, Any]) -> Response:
    try:
        got = turn.upstream(call.origin, request_of(call))
    except OSError:
        got = Response(0, fault="reset")
    if got.fault == "hang":
        return got  # LiteLLM's own time limit is 100 minutes: it hangs with its upstream
    if got.fault is not None:
        torn = got.fault == "truncate" and body.get("stream") is True
        failed = say.torn(asked) if torn else say.unreachable(asked)
        return _with_headers(failed, Response(0, delay=got.delay))
    if got.status != 200 and not (say.is_exhausted(got) and not call.responses):
        return _with_headers(say.refused_upstream(got, asked), got)
    return _with_headers(_shown(turn, call, got, asked, body), got)


def _shown(
    turn: _Turn, call: Call, got: Response, asked: say.Asked, body: Mapping[str, Any]
) -> Response:
    stream = body.get("stream") is True
    usage = (body.get("stream_options") or {}).get("include_usage") is True
    if turn.responses:
        return show.responses(got, asked)
    if got.status != 200:
        return show.exhausted(asked, stream=stream, usage=usage)
    if call.responses:
        return show.chat_of_responses(got, asked, stream=stream, usage=usage)
    return show.chat_stream(got, asked, usage=usage) if stream else show.chat(got, asked)


def _with_headers(response: Response, got: Response) -> Response:
    """Upstream's headers come back under a prefix, also the `retry-after` of a rate limit."""
    limits = {name: text for name, text in got.headers.items() if name.startswith("x-ratelimit-")}
    upstream = {f"llm_provider-{name}": text for name, text in got.headers.items()}
    own = {
        "x-litellm-call-id": _CALL_ID,
        "x-litellm-response-cost": "0",
        "x-litellm-key-spend": "0.0",
        **({} if response.status == 200 else {"x-litellm-timeout": "6000.0"}),
    }
    headers = {**limits, **upstream, **own, **response.headers}
    return replace(response, headers=headers, delay=got.delay)
