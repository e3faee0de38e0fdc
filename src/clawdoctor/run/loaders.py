"""The loaders of all facts, and the types of subject."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from clawdoctor.chain.agent_state import AgentState, load_agent_state
from clawdoctor.chain.auth_profile import AuthProfiles, load_auth_profiles
from clawdoctor.chain.compose import Compose, load_compose
from clawdoctor.chain.configs import Configs, load_configs
from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource, load_endpoints
from clawdoctor.chain.environment import Environment, certificates, load_environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig, load_litellm_config
from clawdoctor.chain.litellm_file import (
    LiteLLMFile,
    LiteLLMPath,
    find_litellm_config,
    load_litellm_file,
)
from clawdoctor.chain.log_file import LogFile, LogLines, load_log_file, load_log_lines
from clawdoctor.chain.openclaw import OpenClawConfig, load_openclaw_config
from clawdoctor.chain.openclaw_file import (
    OpenClawFile,
    OpenClawPath,
    choose_openclaw_config,
    load_openclaw_file,
)
from clawdoctor.chain.processes import load_proxy_units
from clawdoctor.chain.route import Chain, Group, Route, load_chain
from clawdoctor.chain.trust import Trust, load_trust
from clawdoctor.chain.unit import ProxyUnits
from clawdoctor.chain.versions import InstalledVersions, Versions, load_installed
from clawdoctor.probes import azure, azure_deployments, lookup, proxy
from clawdoctor.probes.client import Network, open_http
from clawdoctor.probes.http import Http
from clawdoctor.probes.live import all_replies, replies_loader, running_versions
from clawdoctor.probes.replies import AllReplies, Replies
from clawdoctor.probes.turn_refusal import Classify
from clawdoctor.run.facts import Facts, Loader, Subjects
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Clock, Situation
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
) -> tuple[Loader, ...]:
    """The loaders of a run that ends at `deadline`, a `time.monotonic()` value.

    `progress` gets each request before the run sends it. `network` replaces the real network.
    `classify` returns the refusal that an error text reports.
    """

    def load_situation() -> Situation:
        return situation

    def load_clock() -> Clock:
        return Clock(situation.now)

    def load_http(environment: Environment, litellm: LiteLLMConfig | None) -> Http:
        environ = {**situation.environ, **certificates(environment)}
        return open_http(environ, deadline, progress, verify=_verify(litellm), network=network)

    return (
        Loader(Situation, load_situation),
        Loader(Clock, load_clock),
        Loader(Http, load_http, "free"),
        Loader(
            Replies,
            replies_loader(classify),
            "live",
            refusals=("model-not-served", "deployment-not-found"),
            requires=(
                proxy.AliveProxy | Absent,
            ),  # the run sends no turn to a server that is not LiteLLM
        ),
        *_common_loaders(),
    )


@cache
def _common_loaders() -> tuple[Loader, ...]:
    """The loaders that are the same in all runs: they depend only on other facts."""
    return (
        Loader(OpenClawPath, choose_openclaw_config),
        Loader(
            OpenClawFile,
            load_openclaw_file,
            refusals=("openclaw-config-syntax", "openclaw-include-broken"),
        ),
        Loader(OpenClawConfig, load_openclaw_config),
        Loader(AgentState, load_agent_state),
        Loader(AuthProfiles, load_auth_profiles),
        Loader(Compose, load_compose, refusals=("compose-syntax",)),
        Loader(ProxyUnits, load_proxy_units),
        Loader(LiteLLMPath, find_litellm_config),
        Loader(LiteLLMFile, load_litellm_file, refusals=("litellm-config-syntax",)),
        Loader(LiteLLMConfig, load_litellm_config, refusals=("litellm-config-rejected",)),
        Loader(LogFile, load_log_file),
        Loader(LogLines, load_log_lines),
        Loader(Environment, load_environment),
        Loader(InstalledVersions, load_installed),
        Loader(Versions, running_versions),
        Loader(Chain, load_chain),
        Loader(Trust, load_trust),
        Loader(Endpoints, load_endpoints),
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
        Loader(azure.ResourceAnswer, azure.fetch_models, "free"),
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
        Loader(Configs, load_configs),
        Loader(Questions, load_questions),
        Loader(AllReplies, all_replies, "live"),
    )


def _verify(litellm: LiteLLMConfig | None) -> bool | str:
    """LiteLLM's `ssl_verify`: False to trust any certificate, or a file of authorities."""
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
    return question.proxy or Absent("OpenClaw asks Azure itself")


def _resource_of(facts: Facts, deployment: Deployment) -> Resource | Absent:
    resource = (facts.known(Endpoints) or NO_ENDPOINTS).resource_of(deployment)
    return resource or Absent("this deployment is not on Azure, or its api_base is not known")


def _resource_of_question(_: Facts, question: Question) -> Resource | Absent:
    return question.resource or Absent("the proxy asks Azure")


SUBJECTS = (
    # A config that cannot be read blocks the checks of routes or groups.
    Subjects(Route, _routes, requires=(OpenClawConfig,)),
    Subjects(Group, _groups, requires=(LiteLLMConfig,)),
    Subjects(Deployment, _deployments, requires=(LiteLLMConfig,)),
    Subjects(Proxy, _proxies, {Route: _proxy_of, Question: _proxy_of_question}),
    Subjects(Resource, _resources, {Deployment: _resource_of, Question: _resource_of_question}),
    Subjects(Question, _questions, {Route: _question_of}),
)
