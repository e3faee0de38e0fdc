"""The preconditions of a turn: free probes may have found a reason not to send it."""

from __future__ import annotations

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import variables_below
from clawdoctor.chain.router import fallbacks_of, is_served_unlisted
from clawdoctor.chain.shown import refusal_text
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.probes import azure
from clawdoctor.probes.azure_deployments import DeploymentList, lacks_deployment
from clawdoctor.probes.foreign import carried_by_openclaw, withheld_variable
from clawdoctor.probes.http import CONNECT_SECONDS, Http, NoAnswer
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Classify, Refusal
from clawdoctor.wire.question import Question

_CONNECTED_MS = (CONNECT_SECONDS + 1) * 1000
"""A longer silence comes after the connection is open."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Everything needed to send a turn and to read its answer."""

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
    """Return why a question is not sent, or None if it is."""
    if isinstance(served, Unavailable) and (
        served.refusal is not None or _is_key_unknown(question)
    ):
        return served
    if isinstance(served, ServedModels) and _is_not_served(question, served, context.litellm):
        return Unavailable(
            f'the proxy does not list "{question.model}"', Refusal("model-not-served")
        )
    if question.reason:
        return Unavailable(question.reason)
    refused = _refused(question, context)
    if refused is not None:
        host = host_of(question.url) or ""
        shown = question.routes[0].provider.base_url.quoted(host)
        return Unavailable(refusal_text(refused, host, shown))
    if question.resource is not None:
        key = question.resource.key
        if not key:
            return Unavailable("clawdoctor does not know its key")
        withheld = context.trust.withholds(question.url, key.reveal())
        if withheld is not None:
            return Unavailable(withheld)
        return _blocked_resource(question.resource, context)
    blockers = [blocker(deployment, context) for deployment in question.deployments]
    if not blockers or None in blockers or _has_fallback(question, context):
        return None
    return blockers[0]


def _refused(question: Question, context: TurnContext) -> str | None:
    """Return why a question's URL, key, headers or body are not sent, or None if they are."""
    to, trust = question.resource or question.proxy, context.trust
    refused = trust.refuses(question.url, to.url_variables if to is not None else (), openclaw=True)
    if refused is not None or to is None or to.provider is None:
        return refused
    provider, model = to.provider, question.routes[0].model
    headers = [provider.node.at(at) for at in ("/headers", "/request/headers", "/request/auth")]
    headers.append(model.node.get("headers") if model is not None else None)
    names = [name for node in headers for name in variables_below(node)]
    refused = trust.keeps((*to.key_variables, *names), openclaw=True)
    config = context.facts.known(OpenClawConfig)
    if refused is not None or config is None or trust.own_config:
        return refused
    carried = carried_by_openclaw(config, context.environment)
    return withheld_variable(question.url, question.headers, question.body, carried, trust)


def _has_fallback(question: Question, context: TurnContext) -> bool:
    """Return whether LiteLLM may answer with another group if all of this group fails."""
    return context.litellm is not None and bool(fallbacks_of(context.litellm, question.model))


def _is_key_unknown(question: Question) -> bool:
    """Return whether OpenClaw's key is unknown here. A turn without it proves nothing."""
    return question.proxy is not None and bool(question.proxy.key_reason)


def _is_not_served(question: Question, served: ServedModels, config: LiteLLMConfig | None) -> bool:
    """Return whether neither the proxy's list nor LiteLLM's file contains the model."""
    if question.model in served.names or served.wildcard:
        return False
    if config is None:
        return True
    unlisted = is_served_unlisted(config, question.model)
    return not unlisted and question.model not in config.aliases


def _blocked_resource(resource: Resource, context: TurnContext) -> Unavailable | None:
    """Return the refusal that keeps a turn from a resource, unless it may apply only here.

    The proxy may run on another machine or have another key: then its own turn decides. The turn
    also decides for a gateway, which may forward turns but reject lists.
    """
    opened = context.facts.get(azure.OpenResource, resource)
    if not isinstance(opened, Unavailable) or opened.refusal is None:
        return None
    if opened.kind in azure.NETWORK_KINDS and not resource.here:
        return None
    if opened.kind == "resource-not-found" and _finds_no_names(resource, context):
        return None
    if not (is_azure(resource.host) or _cannot_connect(resource, context)):
        return None
    if opened.kind == "key-rejected" and not _key_is_known(resource):
        return None
    return opened


def _cannot_connect(resource: Resource, context: TurnContext) -> bool:
    """Return whether this machine cannot connect to a host at all."""
    answer = context.facts.known(azure.ResourceAnswer, resource)
    result = answer.result if answer is not None else None
    if not isinstance(result, NoAnswer) or result.failure in ("reset", "protocol"):
        return False
    return result.failure != "timeout" or result.latency_ms < _CONNECTED_MS


def _finds_no_names(resource: Resource, context: TurnContext) -> bool:
    """Return whether name lookup fails for all names here: a missing name then proves nothing."""
    answer = context.facts.known(azure.ResourceAnswer, resource)
    return answer is not None and isinstance(answer.result, NoAnswer) and not answer.name_unknown


def _key_is_known(resource: Resource) -> bool:
    """Return whether the probe used the key of the chain, not a key in this shell."""
    value = resource.setting
    if not isinstance(value, Value) or value.variable is None:
        return True
    return value.found is not None and value.found.basis == "known"


def blocker(deployment: Deployment, context: TurnContext) -> Unavailable | None:
    """Return the refusal that a free probe proves for a deployment, or None.

    The list of models may reject an api-version that the turn accepts, so this proves nothing.
    """
    resource = context.endpoints.resource_of(deployment)
    if resource is None:
        return None
    blocked = _blocked_resource(resource, context)
    if blocked is not None:
        return blocked
    if not is_azure(resource.host):
        return None  # a gateway's list may be incomplete
    listing = context.facts.known(DeploymentList, resource)
    if listing is not None and lacks_deployment(listing, deployment):
        return Unavailable(
            f"{resource.name} has no such deployment", Refusal("deployment-not-found")
        )
    return None
