"""The weights of a chain's subjects, from its routes and from the answers to live turns."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.route import Chain
from clawdoctor.probes.disproved import disproved_refusals
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.probes.replies import loaded_replies
from clawdoctor.run.facts import Facts
from clawdoctor.run.triage import Usage, Weights
from clawdoctor.wire.question import Questions


def weights_of(chain: Chain, endpoints: Endpoints, facts: Facts) -> Weights:
    """Return the weights. A proxy or a resource has the usage of the routes through it."""
    routes, usage = dict(chain.subject_routes), dict(chain.usage)
    for proxy in endpoints.proxies:
        if proxy.provider is not None:
            through = [route.id for route in chain.routes_of(proxy.provider)]
            routes[proxy.id] = frozenset(through)
            usage[proxy.id] = _most_used(usage.get(route, "used") for route in through)
    for resource in endpoints.resources:
        ids = [deployment.id for deployment in resource.deployments]
        routes[resource.id] = frozenset().union(*(routes.get(name, frozenset()) for name in ids))
        usage[resource.id] = _most_used(usage.get(name, "used") for name in ids)
    for resource in endpoints.resources:
        if resource.provider is not None:
            direct = frozenset(route.id for route in chain.routes_of(resource.provider))
            routes[resource.id] = direct
            usage[resource.id] = _most_used(usage.get(route, "used") for route in direct)
    questions = facts.loaded(Questions) or Questions(())
    for question in questions.items:
        routes[question.id] = frozenset(route.id for route in question.routes)
    replies = loaded_replies(questions, facts)
    shaky = {
        resource.id
        for resource in endpoints.resources
        if any(deployment.id in replies.shaky for deployment in resource.deployments)
    }
    in_use = frozenset(route.id for route in chain.routes if chain.usage.get(route.id) == "used")
    started = any(facts.loaded(AliveProxy, proxy) is not None for proxy in endpoints.proxies)
    disproved = disproved_refusals(replies, endpoints)
    proven = replies.proven
    embedding = frozenset(route.id for route in chain.routes if route.purpose == "embedding")
    uncertain = replies.shaky | shaky
    return Weights(usage, routes, in_use, proven, uncertain, started, embedding, disproved)


def _most_used(usages: Iterable[Usage]) -> Usage:
    order: tuple[Usage, ...] = ("used", "configured", "unreached")
    return min(usages, key=order.index, default="used")
