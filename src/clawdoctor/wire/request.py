"""A predicted request: what a hop sends, where each part comes from, or why it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal
from urllib.parse import urlencode

from clawdoctor.chain.variables import Variable
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.source.secret import Secret

Sender = Literal["openclaw", "litellm"]
Api = Literal["chat", "responses", "embeddings", "other"]
"""The API of a request. `other` has no predicted body."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one part of a request comes from.

    `part` is `url`, `api-version`, `credential`, `header NAME` or `parameter NAME`. `place` is the
    setting in a file. `variable` is the variable that provides the value, with the place where it
    is set. `says` is a sentence for a value that is in no file: the default of a version.
    """

    part: str
    place: Place | None = None
    variable: Variable | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential of a request. `value` is None if it is not known here.

    `header` is the header that carries it. `name` is the variable that contains it, if any.
    `description` says what it is but never contains its value. `source` is where LiteLLM or
    OpenClaw reads it from, and `overrides` are the settings that it overrides.
    """

    header: str
    value: Secret | None
    description: str
    name: str | None = None
    source: Source | None = None
    overrides: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request and what the hop did with them.

    `sent` are the names in the body. `added` are those that the previous hop did not send,
    `dropped` those that it sent and this hop omits. `renamed` maps old names to new names.
    """

    sent: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HopRequest:
    """A request of one hop. `headers` contains all headers, including the credential's.

    `origin` is the scheme, host and port. `path` does not include the query string.
    """

    sender: Sender
    api: Api
    origin: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str | Secret] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    credential: Credential | None = None
    parameters: Parameters = field(default_factory=Parameters)
    sources: tuple[Source, ...] = ()
    method: str = "POST"

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.origin}{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Refused:
    """A hop that refuses to send anything: the status and the text of its answer.

    `kind` is a short name for the reason. `parameters` are the rejected parameters, if any.
    `sources` are the settings that cause the refusal.
    """

    by: Sender
    kind: str
    text: str
    status: int | None = None
    parameters: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpredicted:
    """A request that cannot be predicted, and the reason."""

    reason: str


Outcome = HopRequest | Refused | Unpredicted
