"""The requests that LiteLLM sends upstream for a request that it gets.

Hop two of the chain: OpenClaw's request, LiteLLM's config, its environment and its version decide
which deployments can get the request, and what LiteLLM sends to each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.router import fallbacks_of, is_accepted, own_deployments
from clawdoctor.wire.litellm_address import Prediction
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.litellm_sources import with_sources
from clawdoctor.wire.request import HopRequest, Outcome, Refused
from clawdoctor.wire.resolved import proxy_settings, served
from clawdoctor.wire.served import ProxySettings
from clawdoctor.wire.startup import drop_at_start

Via = Literal["group", "alias", "wildcard", "id", "model", "fallback"]

_CHAT = re.compile(r"/chat/completions\Z")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deployment that can get the request, and what LiteLLM sends to it.

    `via` says how the name of the request leads there. A fallback gets the request only after the
    deployments before it have failed.
    """

    deployment: Deployment
    via: Via
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Upstream:
    """What becomes of a request: the proxy's refusal, or the deployments that can get it."""

    refused: Refused | None = None
    attempts: tuple[Attempt, ...] = ()


def upstream(
    request: HopRequest,
    config: LiteLLMConfig,
    environment: Environment,
    version: str,
    arguments: tuple[str, ...] = (),
) -> Upstream:
    """Return what LiteLLM makes of OpenClaw's request.

    `version` is that of LiteLLM, and `arguments` are those of its command line. Deployments that
    LiteLLM drops at its start get nothing.
    """
    refused = refusal(request, config)
    if refused is not None:
        return Upstream(refused)
    model = request.body["model"]
    proxy = proxy_settings(config, environment, version, arguments)
    attempts = tuple(_attempts(request, model, config, environment, proxy))
    if not attempts:
        text = (
            f"litellm.BadRequestError: You passed in model={model}. There are no healthy"
            " deployments for this model"
        )
        return Upstream(Refused("litellm", "no-deployments", text, 400))
    return Upstream(None, attempts)


def refusal(request: HopRequest, config: LiteLLMConfig) -> Refused | None:
    """Return LiteLLM's refusal of the model that a request names, before any deployment."""
    model = request.body.get("model")
    if not isinstance(model, str) or not model:
        text = f"{_route(request)}: Missing required parameter: 'model'."
        return Refused("litellm", "no-model", text, 400)
    if not is_accepted(config, model):
        text = (
            f"{_route(request)}: Invalid model name passed in model={model}. Call `/v1/models` to"
            " view available models for your key."
        )
        return Refused("litellm", "unknown-model", text, 400)
    return None


def _route(request: HopRequest) -> str:
    return {"chat": "/chat/completions", "embeddings": "/embeddings"}.get(request.api, "/responses")


def _attempts(
    request: HopRequest,
    model: str,
    config: LiteLLMConfig,
    environment: Environment,
    proxy: ProxySettings,
) -> Iterator[Attempt]:
    tried: set[str] = set()
    for name, via in _names(config, model):
        for deployment in own_deployments(config, name):
            if deployment.id in tried:
                continue
            tried.add(deployment.id)
            if drop_at_start(config, deployment, environment) is not None:
                continue
            outcome = attempt(deployment, request, config, environment, proxy)
            yield Attempt(deployment, via or _via(config, name, deployment), outcome)


def _names(config: LiteLLMConfig, model: str) -> Iterator[tuple[str, Via | None]]:
    """Yield the model and the names of its fallbacks, each once, in the order of attempts."""
    yield model, None
    seen_names, waiting = {model}, [model]
    while waiting:
        for name in fallbacks_of(config, waiting.pop(0)):
            if name not in seen_names:
                seen_names.add(name)
                waiting.append(name)
                yield name, "fallback"


def _via(config: LiteLLMConfig, name: str, deployment: Deployment) -> Via:
    if name in config.groups:
        return "group"
    if name in config.ids:
        return "id"
    if deployment.requested:
        return "wildcard"
    return "alias" if name in config.aliases else "model"


def attempt(
    deployment: Deployment,
    request: HopRequest,
    config: LiteLLMConfig,
    environment: Environment,
    proxy: ProxySettings,
) -> Outcome:
    """Return what LiteLLM sends to one deployment, with the source of each part."""
    made: Prediction = predict(
        served(deployment, environment.proxy), proxy, request.api, request.body
    )
    return with_sources(made, deployment, config, environment)
