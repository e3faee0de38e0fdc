"""Describe a refusal of a resource once, for the free probe and the live turn that meet it."""

from __future__ import annotations

from collections.abc import Callable

from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.check import Results
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Evidence, Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import AzureRefusal
from clawdoctor.wire.question import Question


@dataclass(frozen=True, slots=True)
class ByProbe:
    """A refusal of the request for a resource's list of models.

    `name` is the resource's name for use in a sentence, `result` the answer, `restart` the action
    after which LiteLLM uses a changed file.
    """

    name: str
    result: Answer | NoAnswer
    restart: Action
    configs: Configs
    resource: Resource
    answer: ResourceAnswer


@dataclass(frozen=True, slots=True)
class ByTurn:
    """A refusal of a live turn; the first four fields have the same meaning."""

    name: str
    result: Answer | NoAnswer
    restart: Action
    configs: Configs
    failure: Failure
    replies: Replies


@dataclass(frozen=True, slots=True)
class Description:
    """The parts of a finding about a refusal.

    `setting` is LiteLLM's name for the setting to look at, `label` the note next to it. If the
    consequence is empty, the message takes its place. `evidence` follows the answer itself.
    """

    message: str
    why: str
    setting: str
    label: str
    fix: Fix
    consequence: str = ""
    confirms: tuple[str, ...] | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceRefusal:
    """A kind of refusal and its description, from which both functions of a check follow."""

    kind: AzureRefusal
    describe: Callable[[ByProbe | ByTurn], Description | Unknown]

    def check(
        self,
        resource: Resource,
        answer: ResourceAnswer,
        opened: OpenResource | Unavailable,
        configs: Configs,
    ) -> Results:
        """Report a resource that rejects the request for the list of its models."""
        if answer.kind == self.kind:
            yield self.finding(resource, answer, configs)
        elif isinstance(opened, Unavailable):
            yield Unknown(opened.reason)

    def finding(
        self, resource: Resource, answer: ResourceAnswer, configs: Configs
    ) -> Finding | Unknown:
        """Return the finding for a refused probe, placed at a setting of the resource."""
        restart = configs.restart(resource)
        description = self.describe(
            ByProbe(resource.name, answer.result, restart, configs, resource, answer)
        )
        if isinstance(description, Unknown):
            return description
        place, related = configs.of_resource(resource, description.setting, description.label)
        return Finding(
            severity=Severity.ERROR,
            message=description.message,
            detail=description.why,
            place=place,
            consequence=description.consequence or description.message,
            related=related,
            evidence=(http_evidence(answer.result), *description.evidence),
            fixes=(description.fix,),
        )

    def check_turn(self, question: Question, replies: Replies, configs: Configs) -> Results:
        """Report the live turns that the resource refused."""
        restart = configs.restart(question.resource)
        for failure in replies.of(self.kind):
            name, result = resource_name(failure, replies), failure.turn.result
            description = self.describe(ByTurn(name, result, restart, configs, failure, replies))
            if isinstance(description, Unknown):
                yield description
                continue
            yield turn_finding(
                failure,
                replies,
                configs,
                message=description.message,
                why=description.why,
                fix=description.fix,
                setting=description.setting,
                label=description.label,
                consequence=description.consequence,
                confirms=description.confirms,
            )


def address_title(refused: ByProbe | ByTurn, value: str) -> str:
    """Return the first step that sets the resource's address in the config that has it."""
    setting = "baseUrl in openclaw.json" if _is_straight(refused) else "api_base"
    where = "" if _is_straight(refused) else "in litellm_config.yaml, "
    return f"{where}set {setting} to {value}"


def address_line(refused: ByProbe | ByTurn) -> str:
    """Return the line with the resource's address for the config that has it."""
    if _is_straight(refused):
        return 'baseUrl: "https://<resource>.openai.azure.com/openai/v1",'
    return "api_base: https://<resource>.openai.azure.com"


def _is_straight(refused: ByProbe | ByTurn) -> bool:
    """Return whether OpenClaw calls the resource without LiteLLM."""
    if isinstance(refused, ByProbe):
        return refused.resource.provider is not None
    return refused.replies.question.proxy is None


def account_of(resource: Resource) -> str:
    """Return the resource's name for Azure's command line. A regional host does not contain it."""
    return "<resource>" if is_regional(resource) or resource.reference else resource.name


def is_regional(resource: Resource) -> bool:
    """Return whether the host is a regional host, which many resources share."""
    return ".api.cognitive." in resource.host
