"""The live turn: asked once through the proxy, and where that leaves it open, at Azure itself.

Polite: nothing is asked again after a refusal; a rate limit or LiteLLM's cooldown is waited out
once, for at most ten seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from clawdoctor.chain.drop_params import drop_params
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_call import Call, NoCall, addressed, configured, prepared
from clawdoctor.chain.question import Question, Questions
from clawdoctor.chain.route import Route
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.facts import Absent, Facts, Unavailable
from clawdoctor.finding import Version
from clawdoctor.knowledge import newest, release
from clawdoctor.probes import azure
from clawdoctor.probes.http import Answer, Http
from clawdoctor.probes.proxy import AliveProxy, ServedModels
from clawdoctor.probes.turn import Turn, read_turn
from clawdoctor.probes.whose import UNSETTLED, Blame, Classify, blame_of

TURN_SECONDS = 40.0
"""The first turn after a proxy's start may take 15 s, a rate limit that LiteLLM waits out 25 s."""
DIRECT_SECONDS = 20.0
LONGEST_WAIT = 10.0
COOLDOWN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Direct:
    """A deployment that was asked without the proxy, or why it was not."""

    deployment: Deployment
    turn: Turn | None
    blame: Blame | None = None
    reason: str = ""


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


@dataclass(frozen=True, slots=True)
class AllReplies:
    """What was heard to all questions that were asked."""

    heard: tuple[Replies, ...]
    proven: frozenset[str] = frozenset()
    """The routes whose turn was answered."""
    shaky: frozenset[str] = frozenset()
    """Deployments that failed while others of their group answered."""

    def of(self, route: Route) -> Replies | None:
        """What was heard to a route's question."""
        for one in self.heard:
            if any(member.id == route.id for member in one.question.routes):
                return one
        return None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What asking needs."""

    http: Http
    trust: Trust
    classify: Classify
    facts: Facts
    versions: Versions
    environment: Environment
    litellm: LiteLLMConfig | None
    endpoints: Endpoints


def replies_loader(classify: Classify) -> Callable[..., Replies | Unavailable]:
    """The loader of `Replies`, with the reader of error texts that it shares with `explain`."""

    def ask_turn(
        question: Question,
        alive: AliveProxy | Absent,
        served: ServedModels | Absent | Unavailable,
        http: Http,
        trust: Trust,
        installed: InstalledVersions,
        environment: Environment,
        litellm: LiteLLMConfig | Absent | Unavailable,
        endpoints: Endpoints,
        facts: Facts,
    ) -> Replies | Unavailable:
        del alive  # nothing is asked of what is no proxy
        config = litellm if isinstance(litellm, LiteLLMConfig) else None
        asking = _Asking(
            http, trust, classify, facts, installed.versions, environment, config, endpoints
        )
        refused = _refusal(question, served, asking)
        return refused if refused is not None else _ask(question, asking)

    return ask_turn


def all_replies(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to all questions, asked side by side."""
    calls = [partial(facts.get, Replies, one) for one in questions.every]
    side_by_side(calls, facts.seconds_left)
    return heard_so_far(questions, facts)


def heard_so_far(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to the questions that were asked; none is asked for this."""
    loaded = (facts.loaded(Replies, one) for one in questions.every)
    heard = tuple(one for one in loaded if isinstance(one, Replies))
    proven = {route.id for one in heard if one.passed for route in one.question.routes}
    shaky = {
        deployment.id
        for one in heard
        for failure in one.failures
        if failure.partial
        for deployment in failure.deployments
    }
    return AllReplies(heard, frozenset(proven), frozenset(shaky))


def running_versions(
    installed: InstalledVersions, questions: Questions | Absent | Unavailable, facts: Facts
) -> Versions:
    """The versions, with what the proxy has said of its own in a turn, if one was asked."""
    if isinstance(questions, Questions):
        for one in heard_so_far(questions, facts).heard:
            result = one.turn.result
            said = result.headers.get("x-litellm-version", "") if isinstance(result, Answer) else ""
            if release(said) is not None:
                found = Version(said, "x-litellm-version of the proxy")
                return replace(installed.versions, litellm=found)
    return installed.versions


def side_by_side(calls: Sequence[Callable[[], object]], seconds: float) -> list[object]:
    """The results of calls that wait for the network; None for one that came too late.

    The threads are daemons: one that hangs in a system call must not keep the process alive.
    """
    results: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        results[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(len(calls))]
    until = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return list(results)


def _refusal(
    question: Question, served: ServedModels | Absent | Unavailable, asking: _Asking
) -> Unavailable | None:
    """Why a question is not asked: a free probe has already found what stops it."""
    if isinstance(served, Unavailable) and (served.code is not None or _no_key(question)):
        return served
    if isinstance(served, ServedModels) and _is_missing(question, served, asking.litellm):
        return Unavailable(f'the proxy does not list "{question.model}"', "PX004")
    if question.reason:
        return Unavailable(question.reason)
    refused = asking.trust.refuses(question.url)
    if refused is not None:
        return Unavailable(refused)
    if question.resource is not None:
        withheld = asking.trust.withholds(question.url, question.resource.key or "")
        return Unavailable(withheld) if withheld else _blocked_resource(question.resource, asking)
    blockers = [_blocker(one, asking) for one in question.deployments]
    if blockers and all(one is not None for one in blockers):
        return blockers[0]
    return None


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
    wild = any("*" in one.group for one in config.serving(question.model))
    return not wild and question.model not in config.aliases


def _blocked_resource(resource: Resource, asking: _Asking) -> Unavailable | None:
    """Why a resource is not asked; what is only seen from here, or with a key from here, is open.

    The proxy may stand elsewhere, and have another key: its own turn decides then.
    """
    opened = asking.facts.get(azure.OpenResource, resource)
    if not isinstance(opened, Unavailable) or opened.code is None:
        return None
    if opened.code in ("AZ001", "AZ002", "AZ004") and not resource.here:
        return None
    if opened.code == "AZ003" and not _key_is_known(resource):
        return None
    return opened


def _key_is_known(resource: Resource) -> bool:
    """Whether the key that was tried is the one that is used, and not this shell's."""
    if resource.provider is not None:
        return True
    value = resource.deployments[0].api_key
    return value.variable is None or (value.seen is not None and value.seen.basis == "known")


def _blocker(deployment: Deployment, asking: _Asking) -> Unavailable | None:
    """What a free probe has found against a deployment for certain.

    An api-version that the list of models refuses is not: only the turn asks as LiteLLM asks.
    """
    resource = asking.endpoints.resource_of(deployment)
    if resource is None:
        return None
    blocked = _blocked_resource(resource, asking)
    if blocked is not None:
        return blocked
    listing = asking.facts.get(azure.DeploymentList, resource)
    if isinstance(listing, azure.DeploymentList) and azure.lacks_deployment(listing, deployment):
        return Unavailable(f"{resource.name} has no such deployment", "AZ101")
    return None


def _ask(question: Question, asking: _Asking) -> Replies | Unavailable:
    turn, waited = _asked_twice_at_most(question, asking)
    if asking.http.is_over(turn.result):
        return Unavailable("no answer before the run's time was over")
    blame = None if turn.passed else blame_of(turn, asking.classify, direct=_is_direct(question))
    replies = Replies(question, turn, blame, waited=waited)
    if question.proxy is not None and asking.litellm is not None:
        unsettled = blame is not None and blame.code in UNSETTLED
        if unsettled or len(question.deployments) > 1:
            replies = replace(replies, direct=_asked_directly(question, asking))
    return replace(replies, failures=tuple(_failures(replies)))


def _is_direct(question: Question) -> bool:
    return question.resource is not None


def _asked_twice_at_most(question: Question, asking: _Asking) -> tuple[Turn, float]:
    """The turn; once more where a rate limit or a cooldown will soon be over."""
    turn = _one_turn(question, asking)
    wait = _worth_waiting(turn, asking, direct=_is_direct(question))
    if wait is None:
        return turn, 0.0
    time.sleep(wait)
    return _one_turn(question, asking), wait


def _one_turn(question: Question, asking: _Asking) -> Turn:
    http = asking.http
    result = http.post(question.url, question.headers, question.body, read_seconds=TURN_SECONDS)
    turn = read_turn(result)
    http.spent.tokens(turn.prompt_tokens, turn.completion_tokens)
    return turn


def _worth_waiting(turn: Turn, asking: _Asking, *, direct: bool) -> float | None:
    """Seconds after which a 429 may be another answer; None where that is not worth it.

    LiteLLM's cooldown hides an earlier error. A rate limit that took long was waited out by
    LiteLLM itself.
    """
    if not isinstance(turn.result, Answer) or turn.result.status != 429:
        return None
    blame = blame_of(turn, asking.classify, direct=direct)
    said = turn.result.headers.get("retry-after", "")
    named = float(said) if said.isascii() and said.isdecimal() else None
    cooling = blame.code == "PX103"
    if not cooling and (named is None or turn.result.latency_ms > LONGEST_WAIT * 1000):
        return None
    wait = (named if named is not None else COOLDOWN_SECONDS) + 0.2
    return wait if wait <= LONGEST_WAIT and wait < asking.http.seconds_left - 1 else None


def _asked_directly(question: Question, asking: _Asking) -> tuple[Direct, ...]:
    """Each deployment of the group, asked as LiteLLM would ask it, side by side."""
    calls = [partial(_one_direct, one, question, asking) for one in question.deployments]
    found = side_by_side(calls, asking.http.seconds_left)
    return tuple(
        got if isinstance(got, Direct) else Direct(one, None, reason="no answer in time")
        for one, got in zip(question.deployments, found, strict=True)
    )


def _one_direct(deployment: Deployment, question: Question, asking: _Asking) -> Direct:
    blocked = _blocker(deployment, asking)
    if blocked is not None:
        return Direct(deployment, None, reason=blocked.reason)
    call = _call(deployment, question, asking)
    if isinstance(call, NoCall):
        return Direct(deployment, None, reason="LiteLLM would send nothing")
    key = deployment.api_key.resolved or ""
    refused = asking.trust.refuses(call.url) or asking.trust.withholds(call.url, key)
    if refused is not None or deployment.provider not in ("azure", "openai"):
        return Direct(deployment, None, reason=refused or "it is not on Azure")
    if not (key.isascii() and key.isprintable()):
        return Direct(deployment, None, reason="its key has characters that no header can hold")
    http = asking.http
    result = http.post(call.url, call.headers, call.body, read_seconds=DIRECT_SECONDS)
    if http.is_over(result):
        return Direct(deployment, None, reason="no answer before the run's time was over")
    turn = read_turn(result)
    http.spent.tokens(turn.prompt_tokens, turn.completion_tokens)
    blame = None if turn.passed else blame_of(turn, asking.classify, direct=True)
    return Direct(deployment, turn, blame)


def _call(deployment: Deployment, question: Question, asking: _Asking) -> Call | NoCall:
    version = asking.versions.value("litellm") or newest("litellm")
    one = configured(deployment)
    if question.api != "chat":
        body = {**question.body, "model": one.name}
        return addressed(one, body, version, responses=True)
    assert asking.litellm is not None
    dropping = drop_params(asking.litellm, deployment, asking.environment.proxy)
    return prepared(one, question.body, version, drop_params=dropping.on)


def _failures(replies: Replies) -> Iterator[Failure]:
    """What each check is told: what the proxy said, and what Azure said that explains it."""
    blame, members = replies.blame, replies.question.deployments
    failing = [one for one in replies.direct if one.blame is not None and one.turn is not None]
    explained = bool(failing) and blame is not None and blame.code in UNSETTLED
    for one in failing:
        assert one.blame is not None
        assert one.turn is not None
        network = one.blame.code in ("AZ001", "AZ002", "AZ004")
        if network and replies.passed:
            continue  # seen from here only: the proxy reaches it
        same = blame is not None and blame.code == one.blame.code
        yield Failure(
            one.blame.code,
            one.turn,
            (one.deployment,),
            dict(one.blame.captures),
            partial=replies.passed or len(failing) < len(members),
            direct=True,
            hidden_by=None if same or replies.passed else replies.turn,
        )
    told = {one.blame.code for one in failing if one.blame is not None}
    if blame is not None and blame.code not in told:
        swallowed = explained and blame.code in ("AZ001", "AZ002", "PX108")
        if not swallowed:
            direct = _is_direct(replies.question)
            yield Failure(blame.code, replies.turn, members, dict(blame.captures), direct=direct)
