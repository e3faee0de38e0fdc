"""Preconditions of a turn: what free probes have already found against it."""

from __future__ import annotations

from dataclasses import dataclass

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.failover import falls_back
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.question import Question
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.versions import Versions
from clawdoctor.probes import azure
from clawdoctor.probes.http import CONNECT_SECONDS, Http, NoAnswer
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.probes.turn_refusal import Classify
from clawdoctor.run.facts import Absent, Facts, Unavailable
from clawdoctor.run.refusal import Refusal

_CONNECTED_MS = (CONNECT_SECONDS + 1) * 1000
"""A silence that is longer came after the connection."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What sending a turn needs."""

    http: Http
    trust: Trust
    classify: Classify
    facts: Facts
    versions: Versions
    environment: Environment
    litellm: LiteLLMConfig | None
    endpoints: Endpoints


def failed_precondition(
    question: Question, served: ServedModels | Absent | Unavailable, context: TurnContext
) -> Unavailable | None:
    """Why a question is not sent: a free probe has already found what stops it."""
    if isinstance(served, Unavailable) and (served.refusal is not None or _no_key(question)):
        return served
    if isinstance(served, ServedModels) and _is_missing(question, served, context.litellm):
        return Unavailable(
            f'the proxy does not list "{question.model}"', Refusal("model-not-served")
        )
    if question.reason:
        return Unavailable(question.reason)
    refused = context.trust.refuses(question.url)
    if refused is not None:
        return Unavailable(refused)
    if question.resource is not None:
        key = question.resource.key
        withheld = (
            context.trust.withholds(question.url, key) if key else "its key is not known here"
        )
        if withheld is not None:
            return Unavailable(withheld)
        return _blocked_resource(question.resource, context)
    blockers = [blocker(deployment, context) for deployment in question.deployments]
    if not blockers or None in blockers or _is_carried(question, context):
        return None
    return blockers[0]


def _is_carried(question: Question, context: TurnContext) -> bool:
    """Whether LiteLLM may answer with another group where all of this group fails."""
    return context.litellm is not None and falls_back(question.model, context.litellm)


def _no_key(question: Question) -> bool:
    """Whether OpenClaw's key is not known here: a turn without it would prove nothing."""
    provider = question.proxy.provider if question.proxy is not None else None
    if provider is None:
        return False
    setting = provider.api_key
    return bool(setting.unset) or (setting.state == "secret-ref" and not setting.resolved)


def _is_missing(question: Question, served: ServedModels, config: LiteLLMConfig | None) -> bool:
    if question.model in served.names or served.wildcard:
        return False
    if config is None:
        return True
    wild = any("*" in deployment.group for deployment in config.serving(question.model))
    return not wild and question.model not in config.aliases


def _blocked_resource(resource: Resource, context: TurnContext) -> Unavailable | None:
    """The refusal that keeps a turn from a resource, unless it may only hold from here.

    The proxy may stand elsewhere, and have another key: its own turn decides then. So it does
    at a gateway, which may let turns through and give no lists.
    """
    opened = context.facts.get(azure.OpenResource, resource)
    if not isinstance(opened, Unavailable) or opened.refusal is None:
        return None
    if opened.kind in azure.NETWORK_KINDS and not resource.here:
        return None
    if opened.kind == "resource-not-found" and _looks_nothing_up(resource, context):
        return None
    if not (is_azure(resource.host) or _is_cut_off(resource, context)):
        return None
    if opened.kind == "key-rejected" and not _key_is_known(resource):
        return None
    return opened


def _is_cut_off(resource: Resource, context: TurnContext) -> bool:
    """Whether no request of any kind can come to a host: there is no connection at all."""
    answer = context.facts.known(azure.ResourceAnswer, resource)
    result = answer.result if answer is not None else None
    if not isinstance(result, NoAnswer) or result.failure in ("reset", "protocol"):
        return False
    return result.failure != "timeout" or result.latency_ms < _CONNECTED_MS


def _looks_nothing_up(resource: Resource, context: TurnContext) -> bool:
    """Whether no name is found here, so that this one's absence means nothing."""
    answer = context.facts.known(azure.ResourceAnswer, resource)
    return answer is not None and isinstance(answer.result, NoAnswer) and not answer.name_unknown


def _key_is_known(resource: Resource) -> bool:
    """Whether the key that was tried is the one that is used, and not this shell's."""
    if resource.provider is not None:
        return True
    value = resource.deployments[0].api_key
    return value.variable is None or (value.found is not None and value.found.basis == "known")


def blocker(deployment: Deployment, context: TurnContext) -> Unavailable | None:
    """What a free probe has found against a deployment for certain.

    An api-version that the list of models refuses is not: only the turn asks as LiteLLM asks.
    """
    resource = context.endpoints.resource_of(deployment)
    if resource is None:
        return None
    blocked = _blocked_resource(resource, context)
    if blocked is not None:
        return blocked
    if not is_azure(resource.host):
        return None  # a gateway's list need not name all that it leads to
    listing = context.facts.known(azure.DeploymentList, resource)
    if listing is not None and azure.lacks_deployment(listing, deployment):
        return Unavailable(
            f"{resource.name} has no such deployment", Refusal("deployment-not-found")
        )
    return None
