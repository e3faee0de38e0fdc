"""A simulated LiteLLM proxy: its keys, its lists, and turns that it forwards to an upstream."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from clawdoctor.deferred import dataclass
from clawdoctor.simulator import proxy_answers as answers
from clawdoctor.simulator import proxy_turn as turns
from clawdoctor.simulator.message import Request, Response, json_of, json_response
from clawdoctor.simulator.proxy_access import keyless, wrong_key
from clawdoctor.simulator.proxy_answers import CallContext
from clawdoctor.simulator.proxy_call import make_call, request_of
from clawdoctor.simulator.proxy_lists import PATHS, Groups, deployment_id, is_loaded, listed
from clawdoctor.source.secret import Secret
from clawdoctor.wire.request import Api, HopRequest
from clawdoctor.wire.served import ProxySettings, ServedDeployment, modes_of

__all__ = ["Cooldown", "LiteLLMProxy", "Upstream", "answer", "handler"]

Upstream = Callable[[str, Request], Response]
"""Send a request to an origin (`https://host:port`). Raises OSError if no server answers."""

_COOLDOWN = 5.0
_CALL_ID = "00000000-1111-2222-3333-000000000001"
_CHAT = ("/v1/chat/completions", "/chat/completions")
_RESPONSES = ("/v1/responses", "/responses")


@dataclass(frozen=True, slots=True)
class LiteLLMProxy:
    """A proxy with its config and installation.

    Without `master_key` it accepts every request. `has_prisma` is true for the image and false for
    a pip install, and only changes the response to a missing key. `retries` is the number of
    retries after a 429 or 5xx, and after a 401 or 403 if the group has another deployment. The real
    proxy also waits in between. `route` returns the deployments of a name that is not a group, such
    as the deployments of a wildcard, or None if the proxy does not know the name. `fallbacks` gives
    the names to use after a name fails. `settings` are its `litellm_settings`, and `variables` its
    environment.
    """

    groups: Groups
    version: str = "1.106.2"
    master_key: str | None = field(default=None, repr=False)
    has_prisma: bool = False
    drop_params: bool = False
    retries: int = 2
    cooldowns: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    route: Callable[[str], Sequence[ServedDeployment] | None] = lambda _: None
    fallbacks: Callable[[str], Sequence[str]] = lambda _: ()

    @property
    def shared(self) -> ProxySettings:
        """The settings that apply to all deployments."""
        members = [member for group in self.groups.values() for member in group]
        declared = modes_of((member.model, member.mode) for member in members)
        return ProxySettings(
            self.version, self.drop_params, self.settings, self.variables, declared
        )

    def deployments_of(self, name: str) -> Sequence[ServedDeployment] | None:
        """Return the deployments of a requested name, or None if the proxy does not know it."""
        return self.groups[name] if name in self.groups else self.route(name)


class Cooldown:
    """The deployments that failed recently. Each served proxy has its own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self, deployment: str) -> None:
        """Exclude a deployment for five seconds."""
        with self._lock:
            self._until[deployment] = self._clock() + _COOLDOWN

    def now(self) -> list[str]:
        """Return the ids of all deployments that are excluded now."""
        with self._lock:
            return [
                deployment for deployment, until in self._until.items() if until > self._clock()
            ]


def handler(
    proxy: LiteLLMProxy, upstream: Upstream, *, clock: Callable[[], float] = time.monotonic
) -> Callable[[Request], Response]:
    """Return a handler for a proxy, with its own cooldown."""
    cooldown = Cooldown(clock)
    return lambda request: answer(proxy, request, upstream, cooldown)


def answer(
    proxy: LiteLLMProxy, request: Request, upstream: Upstream, cooldown: Cooldown | None = None
) -> Response:
    """Return the proxy's response. Without a `cooldown` it forgets every failure at once."""
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
    response = _answer_turn(turn, request)
    # Chat gives the version only on success; the Responses route always does.
    named = turn.responses or response.status == 200
    version = {"x-litellm-version": proxy.version} if named else {}
    return replace(response, headers={**response.headers, **version})


@dataclass(frozen=True, slots=True)
class _Turn:
    proxy: LiteLLMProxy
    upstream: Upstream
    cooldown: Cooldown
    responses: bool


def _answer_turn(turn: _Turn, request: Request) -> Response:
    body = json_of(request.body)
    if not isinstance(body, dict):
        text = "Invalid JSON payload: unexpected character: line 1 column 1 (char 0)"
        return answers.error(400, text, param="request_body")
    route = "/responses" if turn.responses else "/chat/completions"
    group = body.get("model")
    deployments = turn.proxy.deployments_of(group) if isinstance(group, str) else None
    if not isinstance(group, str) or deployments is None:
        return answers.unknown_model(route, group)
    if not turn.responses and "messages" not in body:
        text = f"{route}: Missing required parameter: 'messages'."
        return answers.error(400, text, param="messages")
    response, retries = _answer_of_group(turn, group, deployments, body)
    fallbacks = 0
    for other in turn.proxy.fallbacks(group) if response.status != 200 else ():
        fallbacks += 1
        members = turn.proxy.deployments_of(other) or ()
        instead, retries = _answer_of_group(turn, other, members, body)
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


def _answer_of_group(
    turn: _Turn, group: str, deployments: Sequence[ServedDeployment], body: Mapping[str, Any]
) -> tuple[Response, int]:
    """Return a group's response and the number of retries."""
    loaded = [member for member in deployments if is_loaded(member)]
    if not loaded:
        context = CallContext(group, "AzureException", turn.proxy.version)
        text = f"You passed in model={group}. There are no healthy deployments for this model"
        return answers.failed(400, f"litellm.BadRequestError: {text}", context), 0
    response = _try_deployment(turn, group, loaded, body)
    retries = 0
    while retries < turn.proxy.retries and _is_retried(response, turn, group, loaded):
        response = _try_deployment(turn, group, loaded, body)
        retries += 1
    return response, retries


def _is_retried(
    response: Response, turn: _Turn, group: str, loaded: list[ServedDeployment]
) -> bool:
    if response.status in (401, 403):
        cooling = turn.cooldown.now() if turn.proxy.cooldowns else []
        return len(loaded) > 1 and any(
            deployment_id(group, member) not in cooling for member in loaded
        )
    return response.status == 429 or response.status >= 500


def _try_deployment(
    turn: _Turn, group: str, deployments: list[ServedDeployment], body: Mapping[str, Any]
) -> Response:
    """Try the first deployment that is not in cooldown. The real proxy picks one at random."""
    cooling = turn.cooldown.now() if turn.proxy.cooldowns else []
    available = [member for member in deployments if deployment_id(group, member) not in cooling]
    if not available:
        return answers.cooling(group, cooling, _COOLDOWN)
    deployment = available[0]
    provider = "OpenAIException" if deployment.path[0] == "openai" else "AzureException"
    context = CallContext(group, provider, turn.proxy.version, raw=turn.responses)
    api: Api = "responses" if turn.responses else "chat"
    call = make_call(deployment, turn.proxy.shared, api, body, context)
    if isinstance(call, Response):
        return call
    response = _send_call(turn, call, replace(context, raw=call.api == "responses"), body)
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


def _send_call(
    turn: _Turn, call: HopRequest, context: CallContext, body: Mapping[str, Any]
) -> Response:
    try:
        reply = turn.upstream(call.origin, request_of(call))
    except OSError:
        reply = Response(0, fault="reset")
    if reply.fault == "hang":
        return reply  # LiteLLM's own timeout is 100 minutes: it hangs with its upstream
    if reply.fault is not None:
        torn = reply.fault == "truncate" and body.get("stream") is True
        failed = answers.torn(context) if torn else answers.unreachable(context)
        return _with_headers(failed, Response(0, delay=reply.delay))
    if reply.status != 200 and not (answers.is_exhausted(reply) and call.api != "responses"):
        return _with_headers(answers.refused_upstream(reply, context), reply)
    return _with_headers(_client_response(turn, call, reply, context, body), reply)


def _client_response(
    turn: _Turn,
    call: HopRequest,
    reply: Response,
    context: CallContext,
    body: Mapping[str, Any],
) -> Response:
    stream = body.get("stream") is True
    usage = (body.get("stream_options") or {}).get("include_usage") is True
    if turn.responses:
        return turns.responses(reply, context)
    if reply.status != 200:
        return turns.exhausted(context, stream=stream, usage=usage)
    if call.api == "responses":
        return turns.chat_of_responses(reply, context, stream=stream, usage=usage)
    return turns.chat_stream(reply, context, usage=usage) if stream else turns.chat(reply, context)


def _with_headers(response: Response, reply: Response) -> Response:
    """Add upstream's headers under a prefix, including the `retry-after` of a rate limit."""
    limits = {name: text for name, text in reply.headers.items() if name.startswith("x-ratelimit-")}
    upstream = {f"llm_provider-{name}": text for name, text in reply.headers.items()}
    own = {
        "x-litellm-call-id": _CALL_ID,
        "x-litellm-response-cost": "0",
        "x-litellm-key-spend": "0.0",
        **({} if response.status == 200 else {"x-litellm-timeout": "6000.0"}),
    }
    headers = {**limits, **upstream, **own, **response.headers}
    return replace(response, headers=headers, delay=reply.delay)
