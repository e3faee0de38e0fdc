"""A resource that refuses: one description for a free probe and a live turn that meet it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.question import Question
from clawdoctor.check import Results
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.finding import Action, Evidence, Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import AzureRefusal


@dataclass(frozen=True, slots=True)
class ByProbe:
    """A refusal that the list of a resource's models met.

    `name` is the resource as a sentence names it, `result` is what came back, `restart` is the
    command after which a changed file counts.
    """

    name: str
    result: Answer | NoAnswer
    restart: Action
    configs: Configs
    resource: Resource
    answer: ResourceAnswer


@dataclass(frozen=True, slots=True)
class ByTurn:
    """A refusal that a live turn met; the first four fields mean the same."""

    name: str
    result: Answer | NoAnswer
    restart: Action
    configs: Configs
    failure: Failure
    replies: Replies


@dataclass(frozen=True, slots=True)
class Description:
    """What a finding says about a refusal.

    `setting` is LiteLLM's name of the setting to look at, `label` stands beside it. The
    consequence is the message unless it differs. `evidence` is shown after the answer itself.
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
    """A kind of refusal and its description: they give both functions of a check."""

    kind: AzureRefusal
    describe: Callable[[ByProbe | ByTurn], Description | Unknown]

    def check(
        self,
        resource: Resource,
        answer: ResourceAnswer,
        opened: OpenResource | Unavailable,
        configs: Configs,
    ) -> Results:
        """Report a resource that refuses the list of its models."""
        if answer.kind == self.kind:
            yield self.finding(resource, answer, configs)
        elif isinstance(opened, Unavailable):
            yield Unknown(opened.reason)

    def finding(
        self, resource: Resource, answer: ResourceAnswer, configs: Configs
    ) -> Finding | Unknown:
        """The refusal that a probe met, at the setting in the file that has the resource."""
        restart = configs.restart(resource)
        found = self.describe(
            ByProbe(resource.name, answer.result, restart, configs, resource, answer)
        )
        if isinstance(found, Unknown):
            return found
        place, related = configs.of_resource(resource, found.setting, found.label)
        return Finding(
            severity=Severity.ERROR,
            message=found.message,
            detail=found.why,
            place=place,
            consequence=found.consequence or found.message,
            related=related,
            evidence=(http_evidence(answer.result), *found.evidence),
            fixes=(found.fix,),
        )

    def check_turn(self, question: Question, replies: Replies, configs: Configs) -> Results:
        """Report the live turns that met the refusal."""
        restart = configs.restart(question.resource)
        for failure in replies.of(self.kind):
            name, result = resource_name(failure, replies), failure.turn.result
            found = self.describe(ByTurn(name, result, restart, configs, failure, replies))
            if isinstance(found, Unknown):
                yield found
                continue
            yield turn_finding(
                failure,
                replies,
                configs,
                message=found.message,
                why=found.why,
                fix=found.fix,
                setting=found.setting,
                label=found.label,
                consequence=found.consequence,
                confirms=found.confirms,
            )


def account_of(resource: Resource) -> str:
    """The resource's name for Azure's command line; a region's host does not tell it."""
    return "<resource>" if is_regional(resource) else resource.name


def is_regional(resource: Resource) -> bool:
    """Whether the host is a region's, which many resources share."""
    return ".api.cognitive." in resource.host
