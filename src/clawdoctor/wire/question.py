"""Questions: the small turns that a live run sends, in the form of OpenClaw's own turns.

There is one question for each model in use and each API through which agents use it. Routes with
the same request share a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.deferred import dataclass
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw import openclaw_request, turn_request
from clawdoctor.wire.openclaw_headers import ACCOUNT
from clawdoctor.wire.openclaw_model import api_of, base_url
from clawdoctor.wire.request import Api, HopRequest, Refused

MOST_TOKENS = 64
"""The output limit of a question, in tokens."""
_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")


@dataclass(frozen=True, slots=True)
class Question:
    """A turn to send: its recipient, model and request.

    `proxy` or `resource` is the recipient; `reason` says why the turn cannot be sent.
    `deployments` are those that the proxy can forward the turn to, if its file is known.
    """

    id: str
    routes: tuple[Route, ...]
    model: str
    api: Api
    url: str
    body: Mapping[str, Any]
    headers: Mapping[str, Secret]
    proxy: Proxy | None = None
    resource: Resource | None = None
    deployments: tuple[Deployment, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions of a run."""

    items: tuple[Question, ...]
    _by_route: Mapping[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_route: dict[str, Question] = {}
        for question in self.items:
            for route in question.routes:
                by_route.setdefault(route.id, question)
        object.__setattr__(self, "_by_route", by_route)

    def of(self, route: Route) -> Question | Absent:
        """Return the question for a route."""
        searched = route.purpose == "embedding"
        reason = "memory search is not tested" if searched else "no agent uses this route"
        return self._by_route.get(route.id) or Absent(reason)


def load_questions(
    situation: Situation,
    chain: Chain,
    endpoints: Endpoints,
    installed: InstalledVersions,
    openclaw: OpenClawConfig,
    environment: Environment,
) -> Questions:
    """Return the questions for the models in use and for those in --model."""
    questions: dict[tuple[object, ...], Question] = {}
    routes: dict[tuple[object, ...], list[Route]] = {}
    for route in chain.routes:
        wanted = chain.usage.get(route.id) == "used" or route.id in situation.models
        if wanted and route.purpose == "chat":
            question = _question(route, endpoints, installed.versions, openclaw, environment)
            key = (question.url, tuple(question.headers.items()), repr(question.body))
            questions.setdefault(key, question)
            routes.setdefault(key, []).append(route)
    return Questions(
        tuple(replace(question, routes=tuple(routes[key])) for key, question in questions.items())
    )


def _question(
    route: Route,
    endpoints: Endpoints,
    versions: Versions,
    openclaw: OpenClawConfig,
    environment: Environment,
) -> Question:
    proxy = endpoints.proxy_of(route.provider) if route.target != "azure" else None
    resource = endpoints.resource_for(route.provider) if route.target == "azure" else None
    base: str | None = None
    reason = "the endpoint of the model is not known"
    if proxy is not None:
        base = f"{proxy.url}{proxy.suffix}" if proxy.url is not None else None
        reason = proxy.reason
    elif resource is not None:
        path = urlsplit((route.provider.base_url.resolved or "").strip().rstrip("/")).path
        hidden = route.provider.base_url.quoted(path) != path
        reason = "the path of its baseUrl comes from a variable" if hidden else ""
    question = Question(
        id=f"turn {route.id}",
        routes=(route,),
        model=route.model_id,
        api=api_of(route, versions),
        url="",
        body={},
        headers={},
        proxy=proxy,
        resource=resource,
        deployments=route.deployments,
        reason=reason,
    )
    if base_url(route, environment.openclaw).pointer != route.provider.base_url.pointer:
        reason = reason or "its model has its own baseUrl, which a run does not test"
    request = openclaw_request(route, openclaw, environment, versions, base=base)
    if isinstance(request, Refused) and request.kind == "no-api":
        # A turn still tests the rest of the chain.
        request = turn_request(route, openclaw, environment, versions, base=base)
    if isinstance(request, HopRequest):
        limits = {name: MOST_TOKENS for name in _LIMITS if name in request.body}
        body = {**request.body, **limits}
        headers = {
            name: _secret(value)
            for name, value in request.headers.items()
            if resource is None or name not in ACCOUNT  # Azure does not read them
        }
        return replace(question, url=request.url, body=body, headers=headers, reason=reason)
    if isinstance(request, Refused):
        return replace(question, reason=reason or f"OpenClaw itself stops: {request.text}")
    return replace(question, reason=reason or request.reason)


def _secret(value: str | Secret) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)
