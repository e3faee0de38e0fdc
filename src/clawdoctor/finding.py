"""The vocabulary of the project as frozen dataclasses: findings, outcomes, fixes and the report.

A check yields a `Finding`. Triage turns it into a `ReportedFinding` with a code, routes and a
cause. Redaction replaces its strings. Formats only read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.source.change import Change, Edit
from clawdoctor.source.text import Span

if TYPE_CHECKING:
    from clawdoctor.repair.summary import RepairSummary

Stage = Literal["openclaw", "litellm", "docker", "proxy", "azure"]
STAGES: tuple[Stage, ...] = ("openclaw", "litellm", "docker", "proxy", "azure")
"""The hops of the chain, in the order data flows."""

Scope = Literal["start", "route", "request", "advice"]
SCOPES: tuple[Scope, ...] = ("start", "route", "request", "advice")
"""What a failing check breaks, worst first: `start` keeps a program from starting."""


class Severity(StrEnum):
    """How bad a finding is. Triage lowers the severity for models that no agent uses."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error; a milder severity has a higher rank."""
        return _RANKS[self]

    def at_most(self, limit: Severity) -> Severity:
        """Return the milder of this severity and `limit`."""
        return max(self, limit, key=lambda severity: severity.rank)


class Outcome(StrEnum):
    """The result of a check, worst first."""

    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    PASSED = "passed"
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """0 for the worst outcome; a better one has a higher rank."""
        return _RANKS[self]


_RANKS: dict[str, int] = {
    level: rank for levels in (Severity, Outcome) for rank, level in enumerate(levels)
}


INTERRUPTED = 130
"""The exit code after Ctrl-C."""

Applicability = Literal["safe", "unsafe", "manual"]
EvidenceKind = Literal["http", "env", "file", "dns", "version", "log"]
InputKind = Literal["openclaw", "litellm", "compose", "env", "log", "clawdoctor"]
Mode = Literal["offline", "free", "live"]
Verdict = Literal["answers", "degraded", "broken", "unknown"]
RouteStatus = Literal["ok", "degraded", "broken", "unknown"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One redacted line of a file, with the columns of its caret.

    `start` and `end` are columns of `text`. They count from 1; the end is exclusive.
    """

    line: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file. `span` is None for the root of a file, which has no caret.

    `label` is the text beside the caret. For a related place it says why the place matters.
    """

    path: str
    pointer: str
    span: Span | None = None
    label: str = ""
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An observation that supports a finding. `body` is a shortened text of a server or a log."""

    kind: EvidenceKind
    summary: str
    status: int | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One or more lines that can be pasted into a shell as they are.

    `first` is what a person has to do before it, as one line of prose. `restarts` names the program
    that the command restarts.
    """

    text: str
    first: str = field(default="", compare=False)
    restarts: str = field(default="", compare=False)

    @property
    def keeps_terminal(self) -> bool:
        """Whether the command runs until the user stops it, such as LiteLLM in a terminal."""
        return self.text.splitlines()[-1].split("; ")[-1].startswith("litellm --config ")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of prose about something that only a person can do.

    `assignment` is "NAME=value" if the step sets a variable for OpenClaw: OpenClaw in a container
    gets it elsewhere. `sets` is the name of the variable that the step sets for any program.
    `restarts` names the program that the step restarts.
    """

    text: str
    assignment: str = ""
    sets: str = field(default="", compare=False)
    restarts: str = field(default="", compare=False)


Action = Command | Step

IN_ANOTHER_TERMINAL = Step("In another terminal:")


def prose_of(action: Action) -> str:
    """Return what a person has to do: a step, or what comes before a command (may be empty)."""
    return action.text if isinstance(action, Step) else action.first


def in_terminals(actions: Iterable[Action]) -> Iterator[Action]:
    """Yield actions, with a step before a command that needs another terminal."""
    taken = False
    for action in actions:
        if taken and isinstance(action, Command):
            yield IN_ANOTHER_TERMINAL
            taken = False
        yield action
        taken = taken or (isinstance(action, Command) and action.keeps_terminal)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a unified diff, without its line end."""

    kind: Literal["file", "hunk", "same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """How to fix a finding.

    `safe` fixes do what the user meant; `unsafe` ones may change behaviour; `manual` ones need a
    value that only the user knows. `snippet` is what to write, ready to paste. `actions` follow
    it in this order: the user runs a `Command` in a shell and does what a `Step` says. A check
    says in `changes` what to change; the run turns them into `edits`, in the style of the file.
    `diff` shows the lines that the edits change; it is empty if they cannot be shown.
    """

    title: str
    applicability: Applicability = "manual"
    edits: tuple[Edit, ...] = ()
    snippet: str = ""
    actions: tuple[Action, ...] = ()
    changes: tuple[Change, ...] = ()
    diff: tuple[DiffLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a check fails, as the check yields it.

    `message` is one specific line. `title` heads the block that shows several findings of the same
    kind; if it is empty, `message` does. `detail` says why, with the version that makes it true.
    `consequence` is a clause for the verdict: "the proxy does not start". A check states the
    severity for a route in use; triage caps it. `subjects` are the ids of what fails; if there are
    none, the engine adds the subject of the check. `live` says that an answer of the running chain
    shows the finding. `assumed` says that the finding is milder only because the program may have a
    different environment from clawdoctor. `allows_start` says that the program starts despite a
    fault that a check with the scope `start` reports. A live finding confirms the assumed findings
    whose codes are in `confirms`, or, if that is None, all that can cause it. `not_caused_by` are
    codes that can cause findings of the check, but not this one. `hop` is the stage where the route
    fails if that is not the stage of the check.
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
    allows_start: bool = False
    confirms: tuple[str, ...] | None = None
    not_caused_by: tuple[str, ...] = ()
    hop: Stage | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: a comment in its file, at `place`, or the baseline.

    `justification` is the reason that the comment gives.
    """

    kind: Literal["inline", "baseline"]
    justification: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about how the run was set up, and the place that it is about."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFinding:
    """A finding in a report: with the severity, check, routes and cause that triage sets.

    `id` is unique in its report ("f1"). `caused_by` is the id of the finding that hides this
    one, or None for a root cause. `found_severity` is the severity that triage sets, if a config
    file sets another one. The other fields have the same meaning as in `Finding`.
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
    suppression: Suppression | None = None
    found_severity: Severity | None = None

    @property
    def kind(self) -> tuple[str, str]:
        """The code, and the title or message: findings that share both form one block."""
        return self.code, self.title or self.message

    @property
    def root_cause(self) -> bool:
        """Whether no other finding causes this one."""
        return self.caused_by is None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The result of a check that cannot find out. This is not the same as passing."""

    reason: str


@dataclass(frozen=True, slots=True)
class SubjectOutcome:
    """The result of a check for one subject."""

    id: str
    outcome: Outcome
    reason: str = ""
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The result of a check: the worst result of its subjects."""

    code: str
    name: str
    stage: Stage
    outcome: Outcome
    reason: str = ""
    blocked_by: tuple[str, ...] = ()
    duration_ms: int = 0
    subjects: tuple[SubjectOutcome, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the check looked at everything, so that it has no other findings."""
        done = (Outcome.PASSED, Outcome.FAILED)
        rest = (*done, Outcome.NOT_APPLICABLE)
        return self.outcome in done and all(each.outcome in rest for each in self.subjects)


@dataclass(frozen=True, slots=True)
class InternalError:
    """A bug in clawdoctor: what raised the error, its type, and its place in our code."""

    where: str
    error: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the run looked for."""

    kind: InputKind
    path: str
    found: bool
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A program's version and its source. A lower bound can only make findings milder."""

    value: str
    source: str
    lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests and tokens that the run spent."""

    requests: int = 0
    billable_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """A deployment in the report."""

    model: str
    api_base: str | None
    api_version: str | None


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route in the report.

    `broken_at` is the first stage that fails. `findings` are the ids of the findings about this
    route. `server` is the host and port of a server that is not known to be LiteLLM, where the
    route ends. `embeds` says that only memory search uses the route, for embeddings, not for
    messages.
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
    server: str = ""
    embeds: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a format may show. No string in it contains a secret."""

    version: str
    knowledge: str = ""
    """The date of the tables about OpenClaw and LiteLLM; empty if no check needed them."""
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
    newest: dict[str, str] = field(default_factory=dict)
    """The newest version in the tables, for each program that is newer."""
    cost: Cost = Cost()
    routes: tuple[RouteLine, ...] = ()
    findings: tuple[ReportedFinding, ...] = ()
    checks: tuple[CheckOutcome, ...] = ()
    suppressed: tuple[ReportedFinding, ...] = ()
    """The findings that do not count. The verdict and the routes include them."""
    notes: tuple[Note, ...] = ()
    """What is wrong with the comments or files that suppress findings."""
    internal_errors: tuple[InternalError, ...] = ()
    left_out: tuple[str, ...] = ()
    """The codes of the checks that the selection leaves out."""
    available_checks: int = 0
    """The number of checks that a run without a selection has."""
    narrowed: bool = False
    """Whether the selection leaves out a check that can find more than a note."""
    half: InputKind | None = None
    """The only config that was found, if the chain has another one."""
    fail_on: Severity = Severity.ERROR
    """The mildest severity that makes the run fail."""
    strict: bool = False
    """Whether an unknown check makes the run fail."""
    exit_reason: str = ""
    """Why the exit code is 1 although there is no error, with the option responsible."""
    unchecked_providers: tuple[str, ...] = ()
    """The providers outside this chain whose models agents use."""
    proxies: tuple[str, ...] = ()
    """The host and port of each proxy that a live run sends test messages to."""
    options: str = ""
    """The options that name files, which the next run needs too."""
    repair: RepairSummary | None = None
    """What --fix did to the files, or what --diff would do."""
