"""The vocabulary of a trace: the request of each hop, as a report may show it.

`run/trace.py` makes a `Trace` from predicted requests, and redaction replaces its strings. Formats
only read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Input, InternalError, Place, Version
from clawdoctor.wire.request import Parameters, Sender

Program = Literal["openclaw", "litellm", "server"]
"""What sends a request. `server` is a server that is not known to be LiteLLM."""

Receiver = Literal["proxy", "azure", "server"]
"""Where a request goes. `server` is a server that is known to be neither LiteLLM nor Azure."""

Condition = Literal["", "if-litellm-started", "if-the-key-is-accepted", "if-the-first-fails"]
"""When a hop happens: always if it is empty."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one part of a request comes from.

    `part` is `url`, `api-version`, `credential`, `header NAME` or `parameter NAME`. `place` is the
    setting in a file. `variable` is the variable that gives the value; `set_in` is where it is set,
    and `set_by` is a noun for what sets it if that is not a file. `says` is a sentence for a value
    that comes from no file.
    """

    part: str
    place: Place | None = None
    variable: str | None = None
    set_in: Place | None = None
    set_by: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class TracedCredential:
    """The credential of a request, without its value.

    `scheme` precedes it in the header: `Bearer`. `variable` is the variable that holds it, if any.
    `shape` describes the form of a value that is known to clawdoctor. `overrides` are the settings
    that the credential overrides.
    """

    header: str
    description: str
    scheme: str = ""
    variable: str | None = None
    shape: str = ""
    source: Origin | None = None
    overrides: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedRefusal:
    """Why a hop sends nothing: who rejects the request, with which status and text.

    `code` is the check that reports the cause from the files, or None if no check does; `cause` is
    the message of that check, and `place` its location. `assumed` says that the refusal rests on
    clawdoctor's own environment, which the program may not have.
    """

    by: Sender
    text: str
    status: int | None = None
    code: str | None = None
    cause: str = ""
    place: Place | None = None
    assumed: bool = False
    parameters: tuple[str, ...] = ()
    sources: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What other versions send if the version is unknown: a URL, or the text of a refusal.

    The versions start at `since` and end before `before`; None leaves an end open. If the URL is
    the same, the credential differs.
    """

    since: str | None
    before: str | None
    url: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that cannot be used, or a wrong part of a request: the text and its check.

    `models` are the affected routes. It is empty if the fault affects all of them.
    """

    text: str
    code: str | None = None
    place: Place | None = None
    severity: Literal["error", "warning"] = "error"
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a route: the request that it sends, or the reason why it sends none.

    `deployment` is the LiteLLM deployment that sends the request, `group` its `model_name`, and
    `via` how LiteLLM finds it. `origin` is scheme, host and port, and `target` is path and query.
    `headers` are those that a config adds, with their values where these may be shown. The request
    is empty if `refusal` or `unpredicted` gives the reason. `faults` are what checks report about
    the request.
    """

    sender: Program
    receiver: Receiver
    condition: Condition = ""
    deployment: str | None = None
    group: str | None = None
    via: str | None = None
    method: str | None = None
    origin: str | None = None
    target: str | None = None
    model: str | None = None
    credential: TracedCredential | None = None
    parameters: Parameters = field(default_factory=Parameters)
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: TracedRefusal | None = None
    unpredicted: str | None = None
    sources: tuple[Origin, ...] = ()
    differences: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def url(self) -> str | None:
        """The whole URL, or None if there is no request."""
        return None if self.origin is None else f"{self.origin}{self.target}"


@dataclass(frozen=True, slots=True)
class TracedRoute:
    """The path of a model. `roles` says what uses it, and `used_by` names the settings."""

    model: str
    used_by: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    requests: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """The requests of some routes. No string in it contains a secret.

    `usage_error` says why there is nothing to trace. `faults` are the files that cannot be used.
    `problems` are the other faults of the chain and its requests, the worst first. `start` is why
    LiteLLM does not start; the hops after it then say `if-litellm-started`. `versions` are those
    found, and `assumed` those assumed for an unknown version. `notes` are sentences about what the
    trace leaves out. `knowledge` is the date of the tables about the programs.
    """

    version: str
    knowledge: str = ""
    exit_code: int = 0
    usage_error: str | None = None
    inputs: tuple[Input, ...] = ()
    versions: Mapping[str, Version | None] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    problems: tuple[Fault, ...] = ()
    start: TracedRefusal | None = None
    routes: tuple[TracedRoute, ...] = ()
    notes: tuple[str, ...] = ()
    internal_errors: tuple[InternalError, ...] = ()
