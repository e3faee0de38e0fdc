"""The requests that LiteLLM sends upstream for a request that it receives.

This is the second hop of the chain. OpenClaw's request and LiteLLM's config, environment and
version decide which deployments can get the request and what LiteLLM sends to each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.router import (
    ANY,
    DEFAULT,
    MODEL_ALIASES,
    ONLY_MODEL,
    fallbacks_of,
    is_known,
    own_deployments,
    own_fallbacks,
    requested_name,
    written_fallbacks,
)
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.litellm import takes_stream_options
from clawdoctor.source.node import Kind
from clawdoctor.source.secret import Secret
from clawdoctor.wire.candidates import (
    CHOSEN,
    OWN_FALLBACKS,
    TAGGED,
    has_tags,
    is_auto_router,
    is_blocked,
    levels,
    mirrored_names,
    reserved,
    routed_names,
    uncomparable,
    without_teams,
)
from clawdoctor.wire.litellm_address import Prediction
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.litellm_sources import with_sources
from clawdoctor.wire.proxy_key import ENFORCED, UNTAGGED, failed_route, failed_rule, is_on
from clawdoctor.wire.python_error import python_type
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Source
from clawdoctor.wire.resolved import proxy_settings, served
from clawdoctor.wire.served import ProxySettings
from clawdoctor.wire.startup import drop_at_start

Via = Literal["group", "alias", "wildcard", "id", "model", "fallback", "auto", "mirror"]

_NO_USER = "'user' param not passed in. 'enforce_user_param'="
_TAGS = f"Client-side 'metadata.tags' not allowed in request. '{UNTAGGED}'="
_NO_CHOICE = Refused(
    "litellm", "no-deployments", "No deployments available for selected model", 429
)
_ALONE = "disable_fallbacks"
_STRATEGY = "/router_settings/routing_strategy"
_ROUTES = "/general_settings/allowed_routes"
"""The setting that limits the paths that the proxy accepts."""
_TYPES: Mapping[str, tuple[Kind, ...]] = {
    "/general_settings/litellm_key_header_name": ("string",),
    "/general_settings/max_request_size_mb": ("number", "boolean"),
    MODEL_ALIASES: ("mapping",),
}
"""The settings that the proxy reads for each request, with the types that it can read."""
_FORWARDING = "/litellm_settings/model_group_settings/forward_client_headers_to_llm_api"
"""The setting that lists the model groups for which LiteLLM forwards headers."""
_FORWARDS = "/general_settings/forward_client_headers_to_llm_api"
_REQUIRED = {"chat": "messages", "responses": "input", "embeddings": "input"}
"""The parameter that each kind of request requires."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deployment that can get the request, and what LiteLLM sends to it.

    `via` says how the name in the request leads to it. A fallback, and a deployment with a higher
    `order`, get the request only after the deployments before them fail. "auto" is a deployment
    that an auto router can choose, and "mirror" a deployment that also gets a copy of the request.
    """

    deployment: Deployment
    via: Via
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Upstream:
    """The result of a request: the proxy's refusal, or the deployments that can get it."""

    refused: Refused | None = None
    attempts: tuple[Attempt, ...] = ()


def upstream(
    request: HopRequest,
    config: LiteLLMConfig,
    environment: Environment,
    version: str,
    arguments: tuple[str, ...] = (),
) -> Upstream:
    """Return what LiteLLM sends for OpenClaw's request.

    `version` is LiteLLM's version, and `arguments` are its command line. Deployments that LiteLLM
    drops at startup get nothing.
    """
    proxy = proxy_settings(config, environment, version, arguments)
    return upstream_with(request, config, environment, proxy)


def upstream_with(
    request: HopRequest, config: LiteLLMConfig, environment: Environment, proxy: ProxySettings
) -> Upstream:
    """Return the result of `upstream`, with settings that are built once for many requests."""
    refused = refusal(request, config, environment, proxy.version)
    if refused is not None:
        return Upstream(refused)
    model = _requested(request, config)
    assert isinstance(model, str), "anything else is refused"
    if proxy.usage is None and not _takes_usage(config, model, environment, proxy.version):
        proxy = replace(proxy, usage=False)
    attempts = tuple(_attempts(request, model, config, environment, proxy))
    general = fallbacks_of(config, ANY)  # the router looks up the first of these instead
    missing = general[0] if general else config.aliases.get(model, model)
    text = (
        f"litellm.BadRequestError: You passed in model={missing}."
        " There are no healthy deployments for this model"
    )
    if not attempts:
        return Upstream(
            _failed_fallback(request, config, Refused("litellm", "no-deployments", text, 400))
        )
    attempts = tuple(
        replace(each, outcome=_failed_fallback(request, config, each.outcome))
        if isinstance(each.outcome, Refused)
        else each
        for each in attempts
    )
    if _finds_no_fallback(request, model, config, environment, proxy.version):
        attempts = tuple(
            replace(each, outcome=replace(each.outcome, status=_NO_CHOICE.status))
            if isinstance(each.outcome, Refused)
            else each
            for each in attempts
        )
    direct = general[0] in config.groups if general else bool(written_fallbacks(config, DEFAULT))
    if attempts[0].via == "fallback" and not direct:
        attempts = tuple(_after_none(each, text, model) for each in attempts)
    return Upstream(None, attempts)


def _finds_no_fallback(
    request: HopRequest, model: str, config: LiteLLMConfig, environment: Environment, version: str
) -> bool:
    """Whether LiteLLM chooses no deployment for the last fallback of a deployment's `model`.

    The proxy answers with the status of this failure, and with the text of the first.
    """
    if request.body.get(_ALONE) is True or not _is_chosen(config, model, environment, version):
        return False
    names = _given_fallbacks(request.body.get("fallbacks")) or fallbacks_of(config, model)
    return bool(names) and not _chosen(config, names[-1], environment, version)


def _is_chosen(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether a request chooses a deployment by its `model`. LiteLLM then reads no other name."""
    named = model in config.groups or model in config.ids or model in config.aliases
    return not named and not _has_wildcards(config, environment, version)


def _failed_fallback(request: HopRequest, config: LiteLLMConfig, refused: Refused) -> Refused:
    """Return a refusal, or the failure of a router whose default fallbacks are not a list."""
    pointer, default = written_fallbacks(config, DEFAULT) or ("", None)
    if request.body.get(_ALONE) is True:
        return refused
    if default is None or default.kind not in ("number", "boolean"):
        return refused
    text = f"'{python_type(default)}' object is not iterable"
    source = Source("fallbacks", config.place(pointer))
    return Refused("litellm", "fallbacks", text, 500, sources=(source,))


def _after_none(attempt: Attempt, text: str, model: str) -> Attempt:
    """Return a fallback of a name without deployments. LiteLLM answers with the first failure."""
    if not isinstance(attempt.outcome, Refused):
        return attempt
    name = attempt.deployment.requested or attempt.deployment.group
    whole = (
        f"{text}\n\nLiteLLM: model group '{model}' failed with the error above. Fallback to"
        f" {name} also failed: {attempt.outcome.text}"
    )
    return replace(attempt, outcome=replace(attempt.outcome, text=whole, status=400))


def refusal(
    request: HopRequest,
    config: LiteLLMConfig,
    environment: Environment,
    version: str | None = None,
) -> Refused | None:
    """Return LiteLLM's refusal of the model in a request, before it chooses a deployment."""
    model = _requested(request, config)
    for pointer, kinds in _TYPES.items():
        node = config.root.at(pointer)
        if node is not None and node.kind not in (*kinds, "null"):
            source = Source("setting", config.place(pointer))
            return Refused("litellm", "type", "Internal Server Error", 500, sources=(source,))
    only = config.root.at(ONLY_MODEL)
    if only is not None and only.kind in ("number", "boolean") and only.value:
        text = f"argument of type '{python_type(only)}' is not iterable"
        source = Source("model", config.place(ONLY_MODEL))
        return Refused("litellm", "type", text, 500, sources=(source,))
    routes = config.root.at(_ROUTES)
    listed = [item.value for item in routes.items] if routes is not None else []
    if routes is not None and routes.kind == "sequence" and request.path not in listed:
        status, text = failed_route(request.path, config, environment)
        source = Source("route", config.place(_ROUTES))
        return Refused("litellm", "route", text, status, sources=(source,))
    if "user" not in request.body and is_on(ENFORCED, config, environment):
        status, text = failed_rule(_NO_USER, config, environment)
        return Refused("litellm", "no-user", text, status, sources=_user_sources(config))
    if _has_metadata_tags(request) and is_on(UNTAGGED, config, environment):
        source = Source("parameter metadata", config.place(f"/general_settings/{UNTAGGED}"))
        return Refused("litellm", "tags", _TAGS, 400, sources=(source,))
    if not isinstance(model, str) or not model:
        text = f"{_route(request)}: Missing required parameter: 'model'."
        return Refused("litellm", "no-model", text, 400)
    needed = _REQUIRED.get(request.api)
    if needed is not None and request.body.get(needed) is None:
        text = f"{_route(request)}: Missing required parameter: '{needed}'."
        return Refused("litellm", f"no-{needed}", text, 400)
    if not _is_known(config, model, environment, version):
        text = (
            f"{_route(request)}: Invalid model name passed in model={model}. Call `/v1/models` to"
            " view available models for your key."
        )
        return Refused("litellm", "unknown-model", text, 400)
    living = _living(config, model, environment, version)
    if living and all(map(is_blocked, living)):
        if model in config.ids and model not in config.groups:
            text = f"Model '{living[0].model.resolved}' is currently paused"
            return Refused("litellm", "blocked", text, 503)
        return Refused("litellm", "blocked", "litellm.PermissionDeniedError: Model is blocked", 403)
    return None


def _has_metadata_tags(request: HopRequest) -> bool:
    """Whether a request has tags in its metadata, into which the proxy also writes a header's.

    It writes those of a Responses request elsewhere.
    """
    metadata = request.body.get("metadata")
    if isinstance(metadata, Mapping) and "tags" in metadata:
        return True
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    tags = headers.get("x-litellm-tags", "").split(",")
    return request.api != "responses" and any(tag.strip() for tag in tags)


def _user_sources(config: LiteLLMConfig) -> tuple[Source, ...]:
    return (Source("parameter user", config.place(f"/general_settings/{ENFORCED}")),)


def _requested(request: HopRequest, config: LiteLLMConfig) -> object:
    named = request.body.get("model")
    return requested_name(config, named if isinstance(named, str) else "") or named


def _is_known(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether the proxy passes a model on to its router. A dropped wildcard has no effect."""
    if not is_known(config, model):
        return False
    group = config.groups.get(model)
    if group is not None and any(isinstance(_name(item), str) for item in group):
        return True  # LiteLLM keeps the names of the deployments that it drops, but not their ids
    if model in config.aliases:
        return True
    living = _has_wildcards(config, environment, version)
    return living or bool(_living(config, model, environment, version))


def _has_wildcards(config: LiteLLMConfig, environment: Environment, version: str | None) -> bool:
    wildcards = [deployment for _, found in config.patterns for deployment in found]
    return any(drop_at_start(config, each, environment, version) is None for each in wildcards)


def _forwarded(
    request: HopRequest, config: LiteLLMConfig, deployment: Deployment
) -> dict[str, str | Secret]:
    """Return the client headers that LiteLLM forwards, for all groups or for the requested one.

    A fallback gets those that the requested group gets.
    """
    node, listed = config.root.at(_FORWARDS), config.root.at(_FORWARDING)
    groups = [item.value for item in listed.items] if listed is not None else []
    wildcard = deployment.group if deployment.requested else None
    names = {request.body.get("model"), wildcard}
    if (node is None or node.value is not True) and names.isdisjoint(groups):
        return {}
    return {
        name: value
        for name, value in request.headers.items()
        if name.lower().startswith(("x-", "anthropic-beta"))
        and not name.lower().startswith("x-stainless")
    }


def _name(deployment: Deployment) -> object:
    name = deployment.node.get("model_name")
    return name.value if name is not None else None


def _takes_usage(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether the proxy requests token counts for a streamed chat: if all models support it."""
    living = [] if model in config.ids else _living(config, model, environment, version)
    models = [each.model.resolved or "" for each in living if each.model.resolved != model]
    return all(takes_stream_options(name) for name in models or [model])


def _text_at(config: LiteLLMConfig, pointer: str) -> str | None:
    node = config.root.at(pointer)
    return node.value if node is not None and isinstance(node.value, str) else None


def _route(request: HopRequest) -> str:
    return {"chat": "/chat/completions", "embeddings": "/embeddings"}.get(request.api, "/responses")


def _attempts(
    request: HopRequest,
    model: str,
    config: LiteLLMConfig,
    environment: Environment,
    proxy: ProxySettings,
) -> Iterator[Attempt]:
    alone = request.body.get(_ALONE) is True
    body = {name: value for name, value in request.body.items() if name != _ALONE}
    request = replace(request, body=body)
    given = [] if alone else request.body.get("fallbacks")
    names = [*_names(config, model, environment, proxy.version, given)]
    chosen = CHOSEN if any(via == "auto" for _, via in names) else None
    copied: dict[str, None] = {}
    finds = _chosen if _is_chosen(config, model, environment, proxy.version) else _living
    for name, via in names:
        members = finds(config, name, environment, proxy.version)
        received = _guarded(request, members)
        living = [each for each in members if not is_blocked(each)]
        copied |= dict.fromkeys(mirrored_names(living))
        unusable = _NO_CHOICE if reserved(name, living) else _unordered(living, proxy.version)
        tagged = TAGGED if has_tags(request, config, living) else None
        if members and not living:
            yield from (Attempt(each, via or "group", _NO_CHOICE) for each in members[:1])
            continue
        for index, level in enumerate(levels(living)[: 1 if alone else None]):
            unweighted = None if name in config.ids else _unweighted(config, level)
            later: Via | None = "fallback" if index else via
            for deployment in level:
                if chosen and is_auto_router(deployment):
                    continue
                made = attempt(deployment, received, config, environment, proxy)
                outcome = chosen or unusable or unweighted or tagged or made
                yield Attempt(deployment, later or _via(config, name, deployment), outcome)
                if request.api == "chat" and deployment.params.get("fallbacks") is not None:
                    yield Attempt(deployment, "fallback", OWN_FALLBACKS)
    for name in copied if request.api == "chat" else ():
        for deployment in levels(_living(config, name, environment, proxy.version))[0]:
            made = attempt(deployment, request, config, environment, proxy)
            yield Attempt(deployment, "mirror", made)


def _guarded(request: HopRequest, group: list[Deployment]) -> HopRequest:
    """Return a Responses request with the empty metadata that the guardrails of a group leave."""
    guards = any(each.params.get("guardrails") is not None for each in group)
    noted = "metadata" in request.body or any(each.params.get("metadata") for each in group)
    if request.api != "responses" or not guards or noted:
        return request
    return replace(request, body={**request.body, "metadata": {}})


def _living(
    config: LiteLLMConfig, name: str, environment: Environment, version: str | None
) -> list[Deployment]:
    """Return the deployments of a name that LiteLLM does not drop at startup.

    Without its wildcard, a name may be the `model` of a deployment.
    """
    found = own_deployments(config, name)
    living = [each for each in found if drop_at_start(config, each, environment, version) is None]
    if living or not any(each.requested for each in found):
        return without_teams(living)
    return _chosen(config, name, environment, version)


def _chosen(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> list[Deployment]:
    """Return the deployments of a `model` that LiteLLM does not drop at startup."""
    named = [each for each in config.deployments if each.model.resolved == model]
    return without_teams(
        [each for each in named if drop_at_start(config, each, environment, version) is None]
    )


def _unordered(group: list[Deployment], version: str) -> Refused | None:
    """Return the router's failure to compare the orders of a group. Newer ones accept any type."""
    row = behaviour("litellm", "start-types", version)
    text = "" if row is not None and row.effect == "accepted" else uncomparable(group)
    return Refused("litellm", "weights", text, 500) if text else None


def _unweighted(config: LiteLLMConfig, group: list[Deployment]) -> Refused | None:
    """Return the router's refusal to choose from a group.

    It needs a strategy, for which a key without a value is none, and weights that are numbers.
    """
    written = config.root.at(_STRATEGY)
    if written is not None and written.kind == "null":
        source = Source("router", config.place(_STRATEGY))
        return replace(_NO_CHOICE, sources=(source,))
    strategy = _text_at(config, _STRATEGY)
    if strategy not in (None, "simple-shuffle"):
        return None
    for metric in ("weight", "rpm", "tpm"):
        values = [_weight(deployment, metric) for deployment in group]
        if any(isinstance(value, str) for value in values):
            text = f"Deployment {metric} must be numeric"
            return Refused("litellm", "weights", text, 500)
        if any(isinstance(value, (int, float)) and value > 0 for value in values):
            return _unlimited(group)
    return None


def _unlimited(group: list[Deployment]) -> Refused | None:
    """Return LiteLLM's failure to use a limit outside `litellm_params` that is a string."""
    texts = {
        "rpm": "'>=' not supported between instances of 'int' and 'str'",
        "tpm": "unsupported operand type(s) for /: 'str' and 'int'",
    }
    for metric, text in texts.items():
        if any(isinstance(_weight(deployment, metric), str) for deployment in group):
            return Refused("litellm", "weights", text, 500)
    return None


def _weight(deployment: Deployment, metric: str) -> object:
    """Return the router's value of a weight. A limit can also be outside `litellm_params`."""
    beside = deployment.node.get(metric) if metric != "weight" else None
    own = deployment.params.get(metric)
    if beside is not None:
        return beside.value
    if own is None or metric == "weight" or not isinstance(own.value, str):
        return own.value if own is not None else None
    return None  # LiteLLM converts it to a number


def _names(
    config: LiteLLMConfig,
    model: str,
    environment: Environment,
    version: str | None,
    given: object = None,
) -> Iterator[tuple[str, Via | None]]:
    """Yield the model and the names of its fallbacks, each once, in the order of attempts.

    The fallbacks of an auto router and of the groups that it can choose follow these groups.
    A list of names in the request, `given`, replaces the list of the config.
    """
    yield model, None
    own = _given_fallbacks(given)
    if own is not None:
        yield from ((name, "fallback") for name in own)
        return
    routed = routed_names(config, _living(config, model, environment, version))
    for name in routed:
        yield name, "auto"
    seen_names = {model, *routed}
    waiting = [name for first in (model, *routed) for name in fallbacks_of(config, first)]
    while waiting:
        name = waiting.pop(0)
        if name not in seen_names:
            seen_names.add(name)
            waiting += own_fallbacks(config, name) or ()
            yield name, "fallback"


def _given_fallbacks(given: object) -> list[str] | None:
    """Return the fallbacks of a request if they are a list of names."""
    named = isinstance(given, list) and all(isinstance(name, str) for name in given)
    return given if isinstance(given, list) and named else None


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
    if is_auto_router(deployment):
        return CHOSEN
    target = served(deployment, environment.proxy)
    if headers := _forwarded(request, config, deployment):
        target = replace(target, params={**target.params, "headers": headers})
    made: Prediction = predict(target, proxy, request.api, request.body)
    return with_sources(made, deployment, config, environment)
