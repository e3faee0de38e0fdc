"""The parts of a program's message about a failure: the vocabulary of the reader and the rules."""

from __future__ import annotations

from typing import Literal

from clawdoctor.deferred import dataclass

NetworkKind = Literal[
    "in-use",
    "unresolved",
    "plain",
    "tls",
    "proxied",
    "refused",
    "unreachable",
    "timeout",
    "reset",
    "other",
]
"""How a connection fails.

`plain` means that the client speaks TLS but the server plain HTTP, `proxied` that a forward proxy
rejects the connection, `other` that the text does not say how.
"""

HostKind = Literal["azure", "gateway", "own", "foreign", "public"]
"""The owner of a host.

Azure's model services, an Azure API gateway, the user (machine, network or containers), something
outside this chain, or somebody unknown.
"""

FileKind = Literal["litellm", "compose", "openclaw", "other"]
"""The program of a config file: LiteLLM, Docker Compose, OpenClaw, or something else."""

ParameterKind = Literal["telling", "plain", "other"]
"""How telling the name of a parameter is.

Only requests to models use it, other programs use it too, or it is not a parameter of such a
request.
"""

Speaker = Literal["openclaw", "litellm", "azure", "docker", "client"]
"""A program of this chain, or another client in OpenClaw's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A message of a program, in parts. A part that the message does not contain is empty.

    `forms` are the whole message without its wrapping: the cleanest first, the raw text last.
    `statuses` are the HTTP statuses, `codes` the values of `code` and `type`, `params` those of
    `param`, and `exceptions` the classes, all from the outermost to the innermost. `refused` is the
    parameter that it rejects, of the kind `refused_kind`. `network` says how a connection failed.
    `host` and `port` are those of the connection that failed, or of the URL that answered. `model`
    and `provider` are the first ones named, `module` is the missing Python module. `speakers` are
    the programs of this chain that the message or its prefix in a log names, or that write so:
    LiteLLM reports what Azure says. `others` are the programs and services outside this chain that
    it names, and `elsewhere` is whether another service of Azure speaks. `files` are the kinds of
    config files that it names, and `no_yaml` is whether it says that a text is not YAML.
    """

    forms: tuple[str, ...]
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    refused: str = ""
    refused_kind: ParameterKind | None = None
    network: NetworkKind | None = None
    host: str = ""
    port: str = ""
    host_kind: HostKind | None = None
    url: str = ""
    deployment: str = ""
    model: str = ""
    provider: str = ""
    module: str = ""
    api_version: str = ""
    retry_after: str = ""
    speakers: tuple[Speaker, ...] = ()
    others: frozenset[str] = frozenset()
    elsewhere: bool = False
    files: tuple[FileKind, ...] = ()
    no_yaml: bool = False

    @property
    def message(self) -> str:
        """The message in its cleanest form, on one line."""
        return self.forms[0] if self.forms else ""

    @property
    def refusal(self) -> frozenset[str]:
        """The name and the kind of the rejected parameter."""
        return frozenset(filter(None, (self.refused, self.refused_kind)))

    @property
    def captures(self) -> dict[str, str]:
        """The parts that a fix can refer to."""
        known = self.refused if self.refused_kind != "other" else ""
        named = {
            "parameter": known or next(iter(self.params), ""),
            "host": self.host,
            "port": self.port,
            "deployment": self.deployment,
            "model": self.model,
            "provider": self.provider,
            "module": self.module,
            "api_version": self.api_version,
            "retry_after": self.retry_after,
        }
        return {name: value for name, value in named.items() if value}
