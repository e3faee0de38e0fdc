"""The vocabulary of the project as frozen dataclasses: findings, outcomes, fixes and the report.

A check yields a `Finding` with what it knows. Triage makes a `ReportedFinding` of it (code, routes,
cause); redaction replaces its strings; formats only read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from clawdoctor.source.text import Span

Stage = Literal["openclaw", "litellm", "docker", "proxy", "azure"]
STAGES: tuple[Stage, ...] = ("openclaw", "litellm", "docker", "proxy", "azure")
"""The hops of the chain, in the order data flows."""

Scope = Literal["start", "route", "request", "advice"]
SCOPES: tuple[Scope, ...] = ("start", "route", "request", "advice")
"""What a failing check breaks, worst first: `start` keeps a program from starting."""


class Severity(StrEnum):
    """How bad a finding is; see DESIGN for what each means on a used and an unused model."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error, growing as it gets milder."""
        return _SEVERITIES.index(self)

    def at_most(self, limit: Severity) -> Severity:
        """This severity, or `limit` where that is milder."""
        return max(self, limit, key=lambda severity: severity.rank)


_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Outcome(StrEnum):
    """What became of a check, worst first."""

    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    PASSED = "passed"
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return tuple(Outcome).index(self)


Applicability = Literal["safe", "unsafe", "manual"]
EvidenceKind = Literal["http", "env", "file", "dns", "version", "log"]
InputKind = Literal["openclaw", "litellm", "compose", "env", "log"]
Mode = Literal["offline", "free", "live"]
Verdict = Literal["answers", "degraded", "broken", "unknown"]
RouteStatus = Literal["ok", "degraded", "broken", "unknown"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line of a file as it may be shown: redacted, with the caret's columns moved along.

    `start` and `end` are columns of `text`, from 1, the end exclusive.
    """

    line: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a file. `span` is None for the root of a file, which has no caret.

    `label` is what stands beside the caret, or says why a related place matters.
    """

    path: str
    pointer: str
    span: Span | None = None
    label: str = ""
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen that supports a finding. `body` is a server's or a log's own text, cut."""

    kind: EvidenceKind
    summary: str
    status: int | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a span of a file by a text; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """One or more lines that can be pasted into a shell as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of prose that says what only a person can do."""

    text: str


Action = Command | Step


@dataclass(frozen=True, slots=True)
class Fix:
    """How to mend a finding.

    `safe` fixes do what the user meant; `unsafe` ones may change behaviour; `manual` ones need a
    value that only the user knows. `snippet` is what to write, ready to paste. `actions` follow
    it in this order: the user runs a `Command` in a shell and does what a `Step` says.
    """

    title: str
    applicability: Applicability = "manual"
    edits: tuple[Edit, ...] = ()
    snippet: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a check fails, as the check yields it.

    `message` is one line and specific. `title` is the line above several findings of the same
    kind that are shown as one block (`message` where it is empty). `detail` says why, with the
    version that makes it true. `consequence` is a clause for the verdict: "the proxy does not
    start". A check states the severity for a route in use; triage caps it. `subjects` are the ids
    of what fails; where they are empty, the engine writes the subject that the check ran on.
    `live`: an answer of the running chain shows it. `assumed`: the finding is milder than it would
    be, only because the environment seen here need not be the program's. A live finding confirms
    the assumed findings whose codes are in `confirms`, or all that can cause it. `hop` is the
    stage where the route fails, where that is not the check's own.
    """

    severity: Severity
    message: str
    detail: str = ""
    place: Place | None = None
    title: str = ""
    consequence: str = ""
    related: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()
    subjects: tuple[str, ...] = ()
    live: bool = False
    assumed: bool = False
    confirms: tuple[str, ...] | None = None
    hop: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFinding:
    """A finding as a report holds it: weighed, with its check, its routes and its cause.

    `id` is unique in its report ("f1"). `caused_by` is the id of the finding that this one is
    folded under, None for a root cause. The other fields mean what they mean in `Finding`.
    """

    id: str
    code: str
    name: str
    stage: Stage
    scope: Scope
    severity: Severity
    message: str
    detail: str
    place: Place | None
    title: str
    consequence: str
    related: tuple[Place, ...]
    evidence: tuple[Evidence, ...]
    fixes: tuple[Fix, ...]
    subjects: tuple[str, ...]
    routes: tuple[str, ...]
    hop: Stage
    caused_by: str | None

    @property
    def root_cause(self) -> bool:
        """Whether the finding is folded under no other."""
        return self.caused_by is None


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a check yields where it cannot find out. Never the same as passing."""

    reason: str


@dataclass(frozen=True, slots=True)
class SubjectOutcome:
    """What became of a check for one subject."""

    id: str
    outcome: Outcome
    reason: str = ""
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What became of a check: the worst of its subjects."""

    code: str
    name: str
    stage: Stage
    outcome: Outcome
    reason: str = ""
    blocked_by: tuple[str, ...] = ()
    duration_ms: int = 0
    subjects: tuple[SubjectOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class InternalError:
    """A defect of clawdoctor: what raised, and the error's type and place in our own code."""

    where: str
    error: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was looked for."""

    kind: InputKind
    path: str
    found: bool
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A program's version and where it was read. A lower bound can relieve, never aggravate."""

    value: str
    source: str
    lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What the run spent."""

    requests: int = 0
    billable_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """A deployment as the report names it."""

    model: str
    api_base: str | None
    api_version: str | None


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route as the report shows it.

    `broken_at` is the first stage that fails; `findings` are the ids of those about this route.
    """

    model: str
    used_by: tuple[str, ...]
    group: str | None
    deployments: tuple[DeploymentLine, ...]
    status: RouteStatus = "unknown"
    broken_at: Stage | None = None
    latency_ms: int | None = None
    findings: tuple[str, ...] = ()
    hops: tuple[tuple[Stage, Outcome], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a format may show. No string in it holds a secret."""

    version: str
    mode: Mode = "offline"
    exit_code: int = 0
    usage_error: str | None = None
    duration_ms: int = 0
    verdict: Verdict = "unknown"
    answers_with: str | None = None
    inputs: tuple[Input, ...] = ()
    versions: dict[str, Version | None] = field(
        default_factory=lambda: {"openclaw": None, "litellm": None}
    )
    cost: Cost = Cost()
    routes: tuple[RouteLine, ...] = ()
    findings: tuple[ReportedFinding, ...] = ()
    checks: tuple[CheckOutcome, ...] = ()
    suppressed: int = 0
    internal_errors: tuple[InternalError, ...] = ()
    asked: tuple[str, ...] = ()
    """Host and port of the proxies that were asked a turn, as the terminal names them."""
