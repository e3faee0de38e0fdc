"""What the chain and its answers say about the weight of findings: use, routes, what is proven."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.question import Questions
from clawdoctor.chain.route import Chain
from clawdoctor.probes.admitted import admitted_refusals
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.probes.replies import loaded_replies
from clawdoctor.run.facts import Facts
from clawdoctor.run.triage import Usage, Weights


def weights_of(chain: Chain, endpoints: Endpoints, facts: Facts) -> Weights:
    """Use and routes of each subject: a proxy's and a resource's are those that lead there."""
    routes, usage = dict(chain.subject_routes), dict(chain.usage)
    for proxy in endpoints.proxies:
        if proxy.provider is not None:
            through = [route.id for route in chain.routes_of(proxy.provider)]
            routes[proxy.id] = frozenset(through)
            usage[proxy.id] = _best(usage.get(one, "used") for one in through)
    for resource in endpoints.resources:
        behind = [one.id for one in resource.deployments]
        routes[resource.id] = frozenset().union(*(routes.get(one, frozenset()) for one in behind))
        usage[resource.id] = _best(usage.get(one, "used") for one in behind)
    for resource in endpoints.resources:
        if resource.provider is not None:
            routes[resource.id] = frozenset(one.id for one in chain.routes_of(resource.provider))
            usage[resource.id] = _best(usage.get(one, "used") for one in routes[resource.id])
    questions = facts.loaded(Questions) or Questions(())
    for question in questions.items:
        routes[question.id] = frozenset(route.id for route in question.routes)
    replies = loaded_replies(questions, facts)
    shaky = {
        resource.id
        for resource in endpoints.resources
        if any(one.id in replies.shaky for one in resource.deployments)
    }
    in_use = frozenset(route.id for route in chain.routes if chain.usage.get(route.id) == "used")
    started = any(facts.loaded(AliveProxy, proxy) is not None for proxy in endpoints.proxies)
    disproved = admitted_refusals(replies, endpoints)
    proven = replies.proven
    return Weights(usage, routes, in_use, proven, replies.shaky | shaky, started, disproved)


def _best(usages: Iterable[Usage]) -> Usage:
    order: tuple[Usage, ...] = ("used", "configured", "unreached")
    return min(usages, key=order.index, default="used")
