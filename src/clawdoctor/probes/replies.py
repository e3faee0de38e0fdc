"""What was heard to the questions of a live run, and whose failure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.question import Question, Questions
from clawdoctor.chain.route import Route
from clawdoctor.probes.blame import Blame
from clawdoctor.probes.turn import Turn
from clawdoctor.run.facts import Facts


@dataclass(frozen=True, slots=True)
class Direct:
    """A deployment that was asked without the proxy, or why it was not.

    `code` is the check's that has already found what is wrong with it.
    """

    deployment: Deployment
    turn: Turn | None
    blame: Blame | None = None
    reason: str = ""
    blocked: str | None = None
    """The check that owns what a free probe has found against it."""

    @property
    def passed(self) -> bool:
        """Whether it answered."""
        return self.turn is not None and self.turn.passed


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
    other_key: bool = False
    """Whether Azure refused a key to the proxy, and lets in the one that is known here."""


@dataclass(frozen=True, slots=True)
class Replies:
    """All that was heard to one question."""

    question: Question
    turn: Turn
    blame: Blame | None
    direct: tuple[Direct, ...] = ()
    waited: float = 0.0
    failures: tuple[Failure, ...] = ()
    fallback: str = ""
    """The group that answered in place of the one that was asked, where LiteLLM fell back."""

    def of(self, code: str) -> Iterator[Failure]:
        """The failures that a check owns."""
        return (one for one in self.failures if one.code == code)

    @property
    def passed(self) -> bool:
        """Whether OpenClaw's turn was answered."""
        return self.turn.passed

    @property
    def answered(self) -> bool:
        """Whether the route answers: the turn did, or only met the one deployment that fails."""
        met = {one.blame.code if one.blame is not None else one.blocked for one in self.direct}
        blamed = self.blame is not None and self.blame.code in met
        return self.passed or (blamed and any(one.passed for one in self.direct))

    @property
    def weak(self) -> tuple[Deployment, ...]:
        """The deployments that fail while something else answers for them."""
        failed = {one.id: one for failure in self.failures for one in failure.deployments}
        blocked = {one.deployment.id: one.deployment for one in self.direct if one.blocked}
        return tuple({**failed, **blocked}.values()) if self.answered else ()

    @property
    def sound(self) -> bool:
        """Whether the turn was answered, by the group that was asked, and all of it works."""
        return self.passed and not (self.fallback or self.failures or self.weak)


@dataclass(frozen=True, slots=True)
class AllReplies:
    """What was heard to all questions that were asked."""

    heard: tuple[Replies, ...]
    proven: frozenset[str] = frozenset()
    """The routes whose turns are answered."""
    shaky: frozenset[str] = frozenset()
    """Deployments that fail while others answer for them."""

    def of(self, route: Route) -> Replies | None:
        """What was heard to a route's question."""
        for one in self.heard:
            if any(member.id == route.id for member in one.question.routes):
                return one
        return None


def heard_so_far(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to the questions that were asked; none is asked for this."""
    loaded = (facts.loaded(Replies, one) for one in questions.every)
    heard = tuple(one for one in loaded if isinstance(one, Replies))
    proven = {route.id for one in heard if one.answered for route in one.question.routes}
    shaky = {deployment.id for one in heard for deployment in one.weak}
    return AllReplies(heard, frozenset(proven), frozenset(shaky))
