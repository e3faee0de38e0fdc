"""Predict the hops of a route: what OpenClaw sends, and what LiteLLM sends for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY
from clawdoctor.chain.openclaw import ModelRef
from clawdoctor.chain.parameter import parameter_place
from clawdoctor.chain.route import Route
from clawdoctor.chain.router import own_deployments, requested_name
from clawdoctor.chain.shown import looks_like_key
from clawdoctor.chain.variables import Variable
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import regex
from clawdoctor.finding import Version
from clawdoctor.run.needs import Lack, Unavailable
from clawdoctor.run.other_versions import differences
from clawdoctor.run.predictor import Predictor
from clawdoctor.run.shown_request import Showing, shown
from clawdoctor.run.traced_models import TracedModel
from clawdoctor.run.unset import with_unset, with_unset_key
from clawdoctor.source.secret import HIDDEN
from clawdoctor.traced import Condition, Hop, Origin, Receiver, TracedRoute
from clawdoctor.wire.litellm import Attempt, upstream_with
from clawdoctor.wire.litellm import attempt as attempt_of
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.proxy_key import key_verdict
from clawdoctor.wire.request import Api, HopRequest, Outcome, Refused

_UNSET = ("unset-variable", "unset-secret", "no-key")
"""The kinds of refusal that an unset variable can cause."""
_NAME = regex(r"[A-Za-z][\w.-]{0,39}", re.ASCII)
"""A name that a user gives to a credential."""
_NOT_LITELLM = "clawdoctor cannot predict what this server sends: it may not be LiteLLM"


def route_of(model: TracedModel, known: Predictor, *, compares: bool = True) -> TracedRoute:
    """Return the route of a model with its hops.

    Without `compares`, the hops do not say what other versions send.
    """
    known = replace(known, compares=compares)
    if isinstance(model, str):
        return TracedRoute(model, requests=tuple(_upstream_hops(_client_request(model), known)))
    showing = replace(known.showing, public=frozenset({model.model_id}), ids=frozenset({model.id}))
    known = replace(known, showing=showing)
    return TracedRoute(
        model=model.id,
        used_by=model.used_by,
        roles=tuple(dict.fromkeys(_role(ref) for ref in model.refs)),
        requests=tuple(_hops(model, known)),
    )


def _role(ref: ModelRef) -> str:
    if ref.purpose == "embedding":
        return "memory search"
    return "primary" if ref.primary else "fallback"


def _hops(route: Route, known: Predictor) -> Iterator[Hop]:
    assert known.openclaw is not None, "its config names the route"
    openclaw, receiver = known.openclaw, route.target

    def predict(versions: Versions) -> Outcome:
        return openclaw_request(route, openclaw, known.environment, versions)

    def predict_in(version: str) -> Outcome | None:
        other = predict(replace(known.versions, openclaw=Version(version, "assumed")))
        unset = isinstance(other, Refused) and other.kind in _UNSET
        if unset and known.environment.openclaw.basis == "assumed":
            return None  # the variable may be set where OpenClaw runs
        return other

    def show(outcome: Outcome) -> Hop:
        return shown(Hop("openclaw", receiver), outcome, known.showing)

    outcome = with_unset_key(known.sent.get(route.id) or predict(known.versions), known.environment)
    yield _compared(show(outcome), outcome, "openclaw", known, predict_in, show)
    if not isinstance(outcome, HopRequest):
        return
    if route.target == "proxy":
        refused = _refused_key(outcome, route, known)
        if refused is not None:
            yield shown(Hop("litellm", "azure", _start(known)), refused, known.showing)
        yield from _upstream_hops(outcome, known, "if-the-key-is-accepted" if refused else "")
    elif route.target == "server":
        yield Hop("server", "server", unpredicted=_NOT_LITELLM)


def _refused_key(request: HopRequest, route: Route, known: Predictor) -> Refused | None:
    """Return LiteLLM's refusal of the key that OpenClaw sends, if it is certain."""
    config, version = known.litellm, known.versions.value("litellm")
    if not isinstance(config, LiteLLMConfig):
        return None
    verdict = key_verdict(
        request, route.provider, known.profiles, config, known.environment, version
    )
    return verdict if isinstance(verdict, Refused) else None


def _start(known: Predictor) -> Condition:
    return "if-litellm-started" if known.start and not known.start.assumed else ""


def _client_request(model: str) -> HopRequest:
    """Return a plain request for a model, in place of the one that OpenClaw would send."""
    api: Api = "chat"
    body = {"model": model, "messages": [{"role": "user", "content": "ping"}], "stream": True}
    return HopRequest("openclaw", api, "", "/v1/chat/completions", {}, {}, body)


def _upstream_hops(
    request: HopRequest, known: Predictor, condition: Condition = ""
) -> Iterator[Hop]:
    """Yield the requests that LiteLLM may send for a request, or why it sends none."""
    config = known.litellm
    condition = _start(known) or condition
    if not isinstance(config, LiteLLMConfig):
        yield Hop("litellm", "azure", unpredicted=_why_unknown(config))
        return
    proxy = known.settings(known.litellm_version, known.environment)
    found = upstream_with(request, config, known.environment, proxy)
    model = request.body.get("model")
    named = requested_name(config, model) if isinstance(model, str) else ""
    for deployment in own_deployments(config, named) if named else ():
        drop = known.dropped.get(deployment.entry_id)
        if drop is not None:
            yield _attempt_hop(Attempt(deployment, "group", drop), condition, known.showing)
    if found.refused is not None:
        yield shown(Hop("litellm", "azure", condition), found.refused, known.showing)
    for index, attempt in enumerate(found.attempts):
        later = attempt.via == "fallback" and index and not condition
        own: Condition = "if-the-first-fails" if later else condition
        again = partial(_outcome_in, attempt.deployment, request, config, known)
        outcome = with_unset(attempt.outcome, attempt.deployment, config, known.environment, again)
        others = partial(_outcome_in_version, attempt.deployment, request, config, known)
        show = partial(_shown_attempt, attempt, own, known.showing)
        yield _compared(show(outcome), outcome, "litellm", known, others, show)


def _compared(
    hop: Hop,
    outcome: Outcome,
    program: str,
    known: Predictor,
    predict: Callable[[str], Outcome | None],
    show: Callable[[Outcome], Hop],
) -> Hop:
    """Return a hop with what other versions send instead."""
    if not known.compares:
        return hop
    return replace(
        hop, differences=differences(hop, outcome, program, known.versions, predict, show)
    )


def _outcome_in(
    deployment: Deployment,
    request: HopRequest,
    config: LiteLLMConfig,
    known: Predictor,
    environment: Environment,
) -> Outcome:
    """Return what a deployment sends in another environment."""
    settings = known.settings(known.litellm_version, environment)
    return attempt_of(deployment, request, config, environment, settings)


def _outcome_in_version(
    deployment: Deployment,
    request: HopRequest,
    config: LiteLLMConfig,
    known: Predictor,
    version: str,
) -> Outcome:
    """Return what a deployment sends in another version of LiteLLM."""
    settings = known.settings(version, known.environment)
    return attempt_of(deployment, request, config, known.environment, settings)


def _why_unknown(lack: Lack) -> str:
    if isinstance(lack, Unavailable):
        return "LiteLLM's config cannot be used"
    return "LiteLLM's config was not found; name it with --litellm-config"


def _shown_attempt(
    attempt: Attempt, condition: Condition, showing: Showing, outcome: Outcome
) -> Hop:
    """Return the hop of an attempt with another outcome."""
    return _attempt_hop(replace(attempt, outcome=outcome), condition, showing)


def _attempt_hop(attempt: Attempt, condition: Condition, showing: Showing) -> Hop:
    deployment = attempt.deployment
    showing = replace(
        showing,
        variables=tuple(_variables(deployment)),
        public=showing.public | ({deployment.name} if not deployment.model.hidden else set()),
        ids=showing.ids | {deployment.id, deployment.entry_id, f"group {deployment.group}"},
    )
    hop = Hop(
        "litellm",
        _receiver(attempt.outcome, deployment),
        condition,
        deployment.model.shown or None,
        deployment.group,
        attempt.via,
    )
    found = shown(hop, attempt.outcome, showing)
    return replace(found, sources=(*found.sources, *_credential_name(deployment, showing.config)))


def _credential_name(deployment: Deployment, config: LiteLLMConfig | None) -> Iterator[Origin]:
    """Yield the place where a deployment names its entry of `credential_list`."""
    if config is None or deployment.params.get(KEY) is None:
        return
    name = deployment.params.text(KEY) or ""
    shown_name = name if _NAME.fullmatch(name) and not looks_like_key(name) else HIDDEN
    yield Origin(f"credential {shown_name}", parameter_place(config, deployment, KEY))


def _variables(deployment: Deployment) -> Iterator[Variable]:
    for value in (deployment.model, deployment.api_base, deployment.api_version):
        if value.found is not None:
            yield value.found


def _receiver(outcome: Outcome, deployment: Deployment) -> Receiver:
    if isinstance(outcome, HopRequest) and is_azure(host_of(outcome.origin)):
        return "azure"
    return "azure" if deployment.provider in ("azure", "azure_ai") else "server"
