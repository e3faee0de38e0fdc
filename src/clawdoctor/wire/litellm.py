"""The requests that LiteLLM sends upstream for a request that it receives.

This is the second hop of the chain. OpenClaw's request and LiteLLM's config, environment and
version decide which deployments can get the request and what LiteLLM sends to each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.router import ANY, DEFAULT, fallbacks_of, written_fallbacks
from clawdoctor.deferred import dataclass
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
)
from clawdoctor.wire.group_members import (
    Via,
    attempted_names,
    chosen_of,
    fallback_changes,
    given_fallbacks,
    is_chosen,
    living_of,
    takes_usage,
)
from clawdoctor.wire.group_weights import NO_CHOICE, order_failure, weight_failure
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.litellm_sources import with_sources
from clawdoctor.wire.prediction import Prediction
from clawdoctor.wire.proxy_refusal import refusal, requested_model
from clawdoctor.wire.python_error import python_type
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Source
from clawdoctor.wire.resolved import proxy_settings, served
from clawdoctor.wire.served import ProxySettings

_ALONE = "disable_fallbacks"

_FORWARDING = "/litellm_settings/model_group_settings/forward_client_headers_to_llm_api"
"""The setting that lists the model groups for which LiteLLM forwards headers."""

_FORWARDS = "/general_settings/forward_client_headers_to_llm_api"


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
    model = requested_model(request, config)
    assert isinstance(model, str), "anything else is refused"
    if proxy.usage is None and not takes_usage(config, model, environment, proxy.version):
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
            replace(each, outcome=replace(each.outcome, status=NO_CHOICE.status))
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
    if request.body.get(_ALONE) is True or not is_chosen(config, model, environment, version):
        return False
    names = given_fallbacks(request.body.get("fallbacks")) or fallbacks_of(config, model)
    return bool(names) and not chosen_of(config, names[-1], environment, version)


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
    names = [*attempted_names(config, model, environment, proxy.version, given)]
    chosen = CHOSEN if any(via == "auto" for _, via in names) else None
    copied: dict[str, None] = {}
    finds = chosen_of if is_chosen(config, model, environment, proxy.version) else living_of
    general, passed, taken = fallbacks_of(config, ANY), request, set[str]()
    for name, via in names:
        members = finds(config, name, environment, proxy.version)
        if via == "fallback":
            changes = fallback_changes(proxy, model, name)
            passed = replace(passed, body={**passed.body, **changes})
        if not members and general:  # the router takes the first of these instead
            name, via = general[0], "fallback"
            members = finds(config, name, environment, proxy.version)
        if name in taken:
            continue
        taken.add(name)
        received = _guarded(passed, members)
        living = [each for each in members if not is_blocked(each)]
        copied |= dict.fromkeys(mirrored_names(living))
        unusable = NO_CHOICE if reserved(name, living) else order_failure(living, proxy.version)
        tagged = TAGGED if has_tags(request, config, living) else None
        if members and not living:
            yield from (Attempt(each, via or "group", NO_CHOICE) for each in members[:1])
            continue
        for index, level in enumerate(levels(living)[: 1 if alone else None]):
            unweighted = None if name in config.ids else weight_failure(config, level)
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
        for deployment in levels(living_of(config, name, environment, proxy.version))[0]:
            made = attempt(deployment, request, config, environment, proxy)
            yield Attempt(deployment, "mirror", made)


def _guarded(request: HopRequest, group: list[Deployment]) -> HopRequest:
    """Return a Responses request with the empty metadata that the guardrails of a group leave."""
    guards = any(each.params.get("guardrails") is not None for each in group)
    noted = "metadata" in request.body or any(each.params.get("metadata") for each in group)
    if request.api != "responses" or not guards or noted:
        return request
    return replace(request, body={**request.body, "metadata": {}})


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
