"""Questions: the small turns that a live run sends, in the form of OpenClaw's own.

There is one question for each model in use and each API through which agents use it. Routes with
the same request share a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_call import Api, api_of, authorization, body_of, url_of
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret

_USER_AGENT = "OpenAI/JS 7.15.0"
"""What OpenClaw 2026.9.6 sends. A firewall can refuse it and let other programs pass."""


@dataclass(frozen=True, slots=True)
class Question:
    """A turn to send: its recipient, model and request.

    `proxy` or `resource` is the recipient; `reason` says why the turn cannot be sent.
    `deployments` are those that the proxy can forward it to, as far as its file is known.
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
) -> Questions:
    """Return the questions for the models in use and for those that --model names."""
    questions: dict[tuple[object, ...], Question] = {}
    routes: dict[tuple[object, ...], list[Route]] = {}
    for route in chain.routes:
        wanted = chain.usage.get(route.id) == "used" or route.id in situation.models
        if wanted and route.purpose == "chat":
            question = _question(route, endpoints, installed.versions, openclaw)
            key = (question.url, tuple(question.headers.items()), repr(question.body))
            questions.setdefault(key, question)
            routes.setdefault(key, []).append(route)
    return Questions(
        tuple(replace(question, routes=tuple(routes[key])) for key, question in questions.items())
    )


def _user_agent(route: Route) -> Mapping[str, Secret]:
    """Return OpenClaw's own User-Agent, unless the provider sets another one."""
    own = any(name.casefold() == "user-agent" for name in route.provider.headers)
    return {} if own else {"user-agent": Secret(_USER_AGENT)}


def _question(
    route: Route, endpoints: Endpoints, versions: Versions, openclaw: OpenClawConfig
) -> Question:
    api = api_of(route, versions)
    proxy = endpoints.proxy_of(route.provider) if route.target != "azure" else None
    resource = endpoints.resource_for(route.provider) if route.target == "azure" else None
    base, key, reason = "", None, "where the model is asked is not known"
    if proxy is not None:
        base, key, reason = f"{proxy.url}{proxy.suffix}", proxy.key, proxy.reason
    elif resource is not None:
        base, key = (route.provider.base_url.resolved or "").strip().rstrip("/"), resource.key
        path = urlsplit(base).path
        hidden = route.provider.base_url.quoted(path) != path
        reason = "the path of its baseUrl comes from a variable" if hidden else ""
    if api == "other":
        written, _ = route.provider.api(route.model)
        reason = f"clawdoctor does not ask in the shape of {written}"
    return Question(
        id=f"turn {route.id}",
        routes=(route,),
        model=route.model_id,
        api=api,
        url=url_of(
            api,
            base,
            direct=resource is not None,
            headers=route.provider.headers,
            versions=versions,
        ),
        body=body_of(route, api, versions, openclaw),
        headers={**_user_agent(route), **route.provider.headers, **authorization(api, key)},
        proxy=proxy,
        resource=resource,
        deployments=route.deployments,
        reason=reason,
    )
