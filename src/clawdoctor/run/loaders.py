"""The loaders of all facts, and the types of subject."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource
from clawdoctor.chain.environment import Environment, certificates
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain, Group, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.probes import azure, azure_deployments, lookup, proxy
from clawdoctor.probes.client import Network, open_http
from clawdoctor.probes.http import Http
from clawdoctor.probes.live import all_replies, replies_loader, running_versions
from clawdoctor.probes.replies import AllReplies, Replies
from clawdoctor.run.facts import Facts, Loader, Subjects
from clawdoctor.run.file_loaders import file_loaders
from clawdoctor.run.needs import Absent
from clawdoctor.run.refusal import Classify
from clawdoctor.run.situation import Situation
from clawdoctor.wire.question import Question, Questions, load_questions

FOREVER = float("inf")
NO_ENDPOINTS = Endpoints((), ())


def loaders(
    situation: Situation,
    *,
    deadline: float = FOREVER,
    progress: Callable[[str], None] | None = None,
    network: Network | None = None,
    classify: Classify = lambda _: None,
    most_turns: float = FOREVER,
) -> tuple[Loader, ...]:
    """Return the loaders of a run that ends at `deadline`, a `time.monotonic()` value.

    `progress` gets each request before the run sends it. `network` replaces the real network.
    `classify` returns the refusal that an error text reports.
    """

    def load_http(environment: Environment, litellm: LiteLLMConfig | None) -> Http:
        environ = {**situation.environ, **certificates(environment)}
        return open_http(
            environ,
            deadline,
            progress,
            verify=_verify(litellm),
            network=network,
            most_turns=most_turns,
        )

    return (
        *file_loaders(situation),
        Loader(Http, load_http, "free"),
        Loader(
            Replies,
            replies_loader(classify),
            "live",
            refusals=("model-not-served", "deployment-not-found"),
            requires=(
                proxy.AliveProxy | Absent,
            ),  # the run sends no turns to a server that is not LiteLLM
        ),
        Loader(azure.ResourceAnswer, azure.models_loader(classify), "free"),
        *_network_loaders(),
    )


@cache
def _network_loaders() -> tuple[Loader, ...]:
    """Return the loaders of facts from running programs that are the same in all runs."""
    return (
        Loader(Versions, running_versions),
        Loader(lookup.Lookup, lookup.look_up, "free"),
        Loader(proxy.Liveness, proxy.fetch_liveness, "free"),
        Loader(
            proxy.AliveProxy,
            proxy.alive_proxy,
            "free",
            refusals=("proxy-unreachable", "not-litellm", "edge-blocked"),
        ),
        Loader(proxy.ModelsAnswer, proxy.fetch_models, "free"),
        Loader(proxy.ServedModels, proxy.served_models, "free", refusals=("proxy-key-rejected",)),
        Loader(
            proxy.RunningDeployments,
            proxy.fetch_deployments,
            "free",
            requires=(proxy.ServedModels,),  # the proxy accepts the key
        ),
        Loader(azure.OpenResource, azure.open_resource, "free", refusals=azure.ACCESS_REFUSALS),
        Loader(azure_deployments.ListedModel, azure_deployments.listed_model),
        *(
            # Azure accepts the key.
            Loader(fact, function, "free", requires=(azure.OpenResource,))
            for fact, function in (
                (azure.Retirements, azure.read_retirements),
                (azure.VersionAnswers, azure.fetch_models_by_version),
                (azure_deployments.DeploymentList, azure_deployments.fetch_deployment_list),
            )
        ),
        Loader(Questions, load_questions),
        Loader(AllReplies, all_replies, "live"),
    )


def _verify(litellm: LiteLLMConfig | None) -> bool | str:
    """Return LiteLLM's `ssl_verify`: False to trust any certificate, or a file of authorities."""
    if litellm is None:
        return True
    node = litellm.root.at("/litellm_settings/ssl_verify")
    return node.value if node is not None and isinstance(node.value, bool | str) else True


def _routes(chain: Chain) -> tuple[Route, ...]:
    return chain.routes


def _groups(chain: Chain) -> tuple[Group, ...]:
    return chain.groups


def _deployments(chain: Chain) -> tuple[Deployment, ...]:
    return chain.deployments


def _proxies(endpoints: Endpoints) -> tuple[Proxy, ...]:
    return endpoints.proxies


def _resources(
    endpoints: Endpoints, litellm: LiteLLMConfig | Absent
) -> tuple[Resource, ...] | Absent:
    if isinstance(litellm, Absent) and not endpoints.resources:
        return litellm
    return endpoints.resources


def _questions(questions: Questions) -> tuple[Question, ...]:
    return questions.items


def _question_of(facts: Facts, route: Route) -> object:
    questions = facts.get(Questions)
    return questions.of(route) if isinstance(questions, Questions) else questions


def _proxy_of(facts: Facts, route: Route) -> Proxy | Absent:
    endpoints = facts.known(Endpoints) or NO_ENDPOINTS
    return endpoints.proxy_of(route.provider) or Absent("this route has no proxy")


def _proxy_of_question(_: Facts, question: Question) -> Proxy | Absent:
    return question.proxy or Absent("OpenClaw calls Azure directly")


def _resource_of(facts: Facts, deployment: Deployment) -> Resource | Absent:
    resource = (facts.known(Endpoints) or NO_ENDPOINTS).resource_of(deployment)
    return resource or Absent("this deployment is not on Azure, or its api_base is not known")


def _resource_of_question(_: Facts, question: Question) -> Resource | Absent:
    return question.resource or Absent("the proxy calls Azure")


SUBJECTS = (
    # An unreadable config blocks the checks of routes or groups.
    Subjects(Route, _routes, requires=(OpenClawConfig,)),
    Subjects(Group, _groups, requires=(LiteLLMConfig,)),
    Subjects(Deployment, _deployments, requires=(LiteLLMConfig,)),
    Subjects(Proxy, _proxies, {Route: _proxy_of, Question: _proxy_of_question}),
    Subjects(Resource, _resources, {Deployment: _resource_of, Question: _resource_of_question}),
    Subjects(Question, _questions, {Route: _question_of}),
)
