"""What was heard to the questions of a live run, and whose failure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.question import Question, Questions
from clawdoctor.facts import Facts
from clawdoctor.probes.turn import Turn
from clawdoctor.probes.whose import Blame


@dataclass(frozen=True, slots=True)
class Direct:
    """A deployment that was asked without the proxy, or why it was not.

    `code` is the check's that has already found what is wrong with it.
    """

    deployment: Deployment
    turn: Turn | None
    blame: Blame | None = None
    reason: str = ""
    code: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the model answered."""
        return self.turn is not None and self.turn.passed

    @property
    def fault(self) -> str | None:
        """The code of what is known to be wrong with the deployment."""
        return self.blame.code if self.blame is not None else self.code


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that a live turn met, for the check that owns its code.

    `deployments` are those that it is about, none where that is not known. `partial`: others
    of the group answer. `direct`: Azure said it itself.
    """

    code: str
    turn: Turn
    deployments: tuple[Deployment, ...] = ()
    captures: dict[str, str] = field(default_factory=dict)
    partial: bool = False
    direct: bool = False
    hidden_by: Turn | None = None
    """What the proxy said instead."""


@dataclass(frozen=True, slots=True)
class Replies:
    """All that was heard to one question."""

    question: Question
    turn: Turn
    blame: Blame | None
    direct: tuple[Direct, ...] = ()
    waited: float = 0.0
    failures: tuple[Failure, ...] = ()

    def of(self, code: str) -> Iterator[Failure]:
        """The failures that a check owns."""
        return (one for one in self.failures if one.code == code)

    @property
    def passed(self) -> bool:
        """Whether OpenClaw's turn was answered."""
        return self.turn.passed

    @property
    def answers(self) -> bool:
        """Whether turns are answered, if not all: this one may have met the deployment that fails.

        Which of a group's deployments a turn meets is chance.
        """
        met = {one.fault for one in self.direct}
        blamed = self.blame is not None and self.blame.code in met
        return self.passed or (blamed and any(one.passed for one in self.direct))

    @property
    def flawed(self) -> bool:
        """Whether some deployment fails."""
        return bool(self.failures) or any(one.fault for one in self.direct)


@dataclass(frozen=True, slots=True)
class AllReplies:
    """What was heard to all questions that were asked."""

    heard: tuple[Replies, ...]
    proven: frozenset[str] = frozenset()
    """The routes whose turns are answered."""
    shaky: frozenset[str] = frozenset()
    """Deployments that failed while others of their group answered."""


def heard_so_far(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to the questions that were asked; none is asked for this."""
    loaded = (facts.loaded(Replies, one) for one in questions.every)
    heard = tuple(one for one in loaded if isinstance(one, Replies))
    proven = {route.id for one in heard if one.answers for route in one.question.routes}
    shaky = {
        deployment.id
        for one in heard
        for failure in one.failures
        if failure.partial
        for deployment in failure.deployments
    }
    shaky |= {
        member.deployment.id for one in heard if one.answers for member in one.direct if member.code
    }
    return AllReplies(heard, frozenset(proven), frozenset(shaky))
