"""The replies to the questions of a live run, and their failures."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.route import Route
from clawdoctor.deferred import dataclass
from clawdoctor.probes.turn import Turn
from clawdoctor.run.facts import Facts
from clawdoctor.run.refusal import Kind, Refusal
from clawdoctor.wire.question import Question, Questions


@dataclass(frozen=True, slots=True)
class DirectTurn:
    """A turn sent straight to a deployment, or the reason why it was not sent."""

    deployment: Deployment
    turn: Turn | None
    refusal: Refusal | None = None
    reason: str = ""
    blocked: Kind | None = None
    """The kind of refusal that a free probe met earlier."""

    @property
    def kind(self) -> Kind | None:
        """The kind of refusal that the turn or a free probe met."""
        return self.refusal.kind if self.refusal is not None else self.blocked

    @property
    def passed(self) -> bool:
        """Whether the deployment answered."""
        return self.turn is not None and self.turn.passed


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal that a live turn met, for the check that owns its kind.

    `deployments` are the failing deployments, or () if they are unknown. `partial` says that others
    in the group answer. `direct` says that Azure answered without the proxy.
    """

    refusal: Refusal
    turn: Turn
    deployments: tuple[Deployment, ...] = ()
    partial: bool = False
    direct: bool = False
    hidden_by: Turn | None = None
    """The proxy's turn, which shows another error in its place."""
    other_key: bool = False
    """Whether Azure rejects the proxy's key and accepts the key that is known here."""

    @property
    def kind(self) -> Kind:
        """The kind of the refusal."""
        return self.refusal.kind


@dataclass(frozen=True, slots=True)
class Replies:
    """All replies to a question."""

    question: Question
    turn: Turn
    refusal: Refusal | None
    direct: tuple[DirectTurn, ...] = ()
    waited: float = 0.0
    failures: tuple[Failure, ...] = ()
    fallback: str = ""
    """The group that answered in place of the requested one, if LiteLLM fell back."""

    def of(self, *kinds: Kind) -> Iterator[Failure]:
        """Yield the failures of these kinds."""
        return (failure for failure in self.failures if failure.kind in kinds)

    @property
    def passed(self) -> bool:
        """Whether OpenClaw's turn was answered."""
        return self.turn.passed

    @property
    def answered(self) -> bool:
        """Whether the route answers: the turn passed, or only the deployment that it used fails."""
        met = {direct.kind for direct in self.direct}
        explained = self.refusal is not None and self.refusal.kind in met
        return self.passed or (explained and any(direct.passed for direct in self.direct))

    @property
    def weak(self) -> tuple[Deployment, ...]:
        """The deployments that fail on a route that answers."""
        failed = [deployment for failure in self.failures for deployment in failure.deployments]
        blocked = [direct.deployment for direct in self.direct if direct.blocked]
        weak = {deployment.id: deployment for deployment in (*failed, *blocked)}
        return tuple(weak.values()) if self.answered else ()

    @property
    def untried(self) -> tuple[Deployment, ...]:
        """The deployments of an answering route that no turn has shown to work."""
        if not self.answered:
            return ()
        works = {direct.deployment.id for direct in self.direct if direct.passed}
        if self.passed and not self.fallback and len(self.question.deployments) == 1:
            works.add(self.question.deployments[0].id)
        return tuple(item for item in self.question.deployments if item.id not in works)

    @property
    def sound(self) -> bool:
        """Whether the requested group answered the turn and all its deployments work."""
        return self.passed and not (self.fallback or self.failures or self.weak)


@dataclass(frozen=True, slots=True)
class AllReplies:
    """The replies to all questions that were sent."""

    replies: tuple[Replies, ...]
    proven: frozenset[str] = frozenset()
    """The routes that answer."""
    shaky: frozenset[str] = frozenset()
    """The deployments on an answering route that fail, or that no turn has shown to work."""

    def of(self, route: Route) -> Replies | None:
        """Return the replies to the question of a route."""
        for replies in self.replies:
            if any(member.id == route.id for member in replies.question.routes):
                return replies
        return None


def loaded_replies(questions: Questions, facts: Facts) -> AllReplies:
    """Return the replies to the questions that the run has sent, without sending any."""
    loaded = (facts.loaded(Replies, question) for question in questions.items)
    sent = tuple(replies for replies in loaded if replies is not None)
    answered = (replies.question for replies in sent if replies.answered)
    proven = {route.id for question in answered for route in question.routes}
    shaky = {item.id for replies in sent for item in (*replies.weak, *replies.untried)}
    return AllReplies(sent, frozenset(proven), frozenset(shaky))
