"""Predict the hops of a route: what OpenClaw sends, and what LiteLLM sends for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import start_arguments
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.parameter import parameter_place
from clawdoctor.chain.route import Route
from clawdoctor.chain.router import own_deployments
from clawdoctor.chain.shown import looks_like_key
from clawdoctor.chain.variables import Variable
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Version
from clawdoctor.knowledge import newest
from clawdoctor.run.engine import CHAIN
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Absent, Lack, Unavailable
from clawdoctor.run.other_versions import differences
from clawdoctor.run.shown_request import Showing, shown, shown_refusal
from clawdoctor.run.situation import Situation
from clawdoctor.run.trace_findings import Findings
from clawdoctor.run.traced_models import TracedModel
from clawdoctor.run.unset import with_unset, with_unset_key
from clawdoctor.source.secret import HIDDEN
from clawdoctor.traced import Condition, Hop, Origin, Receiver, TracedRefusal, TracedRoute
from clawdoctor.wire.litellm import Attempt, upstream
from clawdoctor.wire.litellm import attempt as attempt_of
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.request import Api, HopRequest, Outcome, Refused, Source
from clawdoctor.wire.requests import Requests
from clawdoctor.wire.resolved import proxy_settings
from clawdoctor.wire.served import ProxySettings
from clawdoctor.wire.startup import drops, startup

_UNSET = ("unset-variable", "unset-secret", "no-key")
"""The kinds of refusal that an unset variable can cause."""
_NAME = re.compile(r"[A-Za-z][\w.-]{0,39}", re.ASCII)
"""A name that a user gives to a credential."""
_NOT_LITELLM = "clawdoctor does not know what this server sends on: it is not known to be LiteLLM"


@dataclass(frozen=True, slots=True)
class Predictor:
    """All that the hops of a chain depend on.

    `litellm` is LiteLLM's config or the reason why it is not known. `start` is why LiteLLM does not
    start, or None. `dropped` are the deployments that do not exist after the start, by their ids.
    `settings` returns LiteLLM's settings in a version and an environment. `sent` are OpenClaw's
    requests by route. With `compares` each hop
    says what other versions send.
    """

    openclaw: OpenClawConfig | None
    litellm: LiteLLMConfig | Lack
    environment: Environment
    versions: Versions
    arguments: tuple[str, ...]
    start: TracedRefusal | None
    dropped: Mapping[str, Refused]
    showing: Showing
    settings: Callable[[str, Environment], ProxySettings]
    sent: Mapping[str, Outcome] = field(default_factory=dict, repr=False)
    compares: bool = True

    @property
    def litellm_version(self) -> str:
        """The version of LiteLLM, by default the newest known one."""
        return self.versions.value("litellm") or newest("litellm")


def predictor(situation: Situation, facts: Facts, findings: Findings) -> Predictor:
    """Return what the hops of a chain depend on."""
    environment = facts.known(Environment)
    assert environment is not None, "every situation has one"
    litellm = facts.get(LiteLLMConfig)
    config = litellm if isinstance(litellm, LiteLLMConfig) else None
    compose = facts.known(Compose) or Absent()
    arguments = start_arguments(situation, compose, config)
    found = Predictor(
        openclaw=facts.known(OpenClawConfig),
        litellm=litellm,
        environment=environment,
        versions=facts.known(Versions) or Versions(None, None),
        arguments=arguments,
        start=None,
        dropped={},
        showing=Showing(findings, ids=frozenset({CHAIN}), config=config),
        settings=_settings(config, arguments),
        sent=(facts.known(Requests) or Requests()).sent,
    )
    if config is None:
        return found
    started = startup(config, environment, found.litellm_version)
    lost = drops(config, environment, found.litellm_version)
    dropped = {
        deployment.id: Refused(
            "litellm",
            "dropped",
            "LiteLLM drops this deployment when it starts",
            sources=(Source("deployment", config.place(drop.pointer), drop.variable),),
        )
        for deployment in config.deployments
        if (drop := lost.get(deployment.id)) is not None
    }
    refused = started.refused
    if refused is None:
        return replace(found, dropped=dropped)
    start = shown_refusal(refused, "litellm", found.showing)
    # A key that the file itself gives wrongly is wrong in every environment.
    by_variable = config.master_key.state in ("missing", "unset", "from-env")
    assumed = refused.kind == "master-key" and by_variable and environment.proxy.basis == "assumed"
    return replace(found, start=replace(start, assumed=assumed), dropped=dropped)


def route_of(model: TracedModel, known: Predictor, *, compares: bool = True) -> TracedRoute:
    """Return the route of a model with its hops.

    Without `compares` the hops do not say what other versions send.
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
        yield from _upstream_hops(outcome, known)
    elif route.target == "server":
        yield Hop("server", "server", unpredicted=_NOT_LITELLM)


def _client_request(model: str) -> HopRequest:
    """Return a plain request for a model, in place of the one that OpenClaw would send."""
    api: Api = "chat"
    body = {"model": model, "messages": [{"role": "user", "content": "ping"}], "stream": True}
    return HopRequest("openclaw", api, "", "/v1/chat/completions", {}, {}, body)


def _upstream_hops(request: HopRequest, known: Predictor) -> Iterator[Hop]:
    """Yield the requests that LiteLLM can send for a request, or why it sends none."""
    config = known.litellm
    condition: Condition = "if-litellm-started" if known.start and not known.start.assumed else ""
    if not isinstance(config, LiteLLMConfig):
        yield Hop("litellm", "azure", unpredicted=_why_unknown(config))
        return
    found = upstream(request, config, known.environment, known.litellm_version, known.arguments)
    model = request.body.get("model")
    for deployment in own_deployments(config, model) if isinstance(model, str) else ():
        drop = known.dropped.get(deployment.entry_id)
        if drop is not None:
            yield _attempt_hop(Attempt(deployment, "group", drop), condition, known.showing)
    if found.refused is not None:
        yield shown(Hop("litellm", "azure", condition), found.refused, known.showing)
    for index, attempt in enumerate(found.attempts):
        if attempt.via == "fallback" and index and not condition:
            condition = "if-the-first-fails"
        again = partial(_outcome_in, attempt.deployment, request, config, known)
        outcome = with_unset(attempt.outcome, attempt.deployment, config, known.environment, again)
        others = partial(_outcome_in_version, attempt.deployment, request, config, known)
        show = partial(_shown_attempt, attempt, condition, known.showing)
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


def _settings(
    config: LiteLLMConfig | None, arguments: tuple[str, ...]
) -> Callable[[str, Environment], ProxySettings]:
    """Return a function that makes the settings of each version and environment once."""
    made: dict[tuple[str, frozenset[str]], ProxySettings] = {}

    def settings(version: str, environment: Environment) -> ProxySettings:
        key = (version, frozenset(environment.proxy.values))
        if key not in made:
            assert config is not None, "only its deployments send something"
            made[key] = proxy_settings(config, environment, version, arguments)
        return made[key]

    return settings


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
    """Yield where a deployment names its entry of `credential_list`."""
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
