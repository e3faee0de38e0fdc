"""Docker Compose files and `docker run` lines: how the proxy and OpenClaw run in containers.

Compose replaces `${NAME}` in its own file with values from the shell and from the `.env` beside it.
A service has only the variables of its `environment` and `env_file`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from clawdoctor.chain.compose.agent import find_agent
from clawdoctor.chain.compose.docker_run import read_script
from clawdoctor.chain.compose.file_kind import kind_of
from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.compose.merge import extended, merged
from clawdoctor.chain.compose.mount import Mount
from clawdoctor.chain.compose.passed import Passed
from clawdoctor.chain.compose.port import Port, UnassignedPort
from clawdoctor.chain.compose.program import litellm_rank
from clawdoctor.chain.compose.service import Service, read_service
from clawdoctor.chain.dotenv import assignments
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look
from clawdoctor.source.node import Node, Source, SyntaxFault, join_pointer, nearest_existing
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_mend import mended

__all__ = [
    "FILE_NAMES",
    "Compose",
    "Mount",
    "Passed",
    "Port",
    "Service",
    "UnassignedPort",
    "interpolate",
    "load_compose",
]

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""The names that Compose looks for, in order."""

_OVERRIDES = (
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
)

_SERVICES = regex(r"^services\s*:", re.MULTILINE)
_PROGRAM = regex(r"litellm|openclaw|clawdbot", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Compose:
    """A Compose file that runs LiteLLM or OpenClaw, with its override file merged in.

    It may also be a script whose `docker run` lines start them. `proxy` runs LiteLLM. `openclaw`
    runs the OpenClaw whose config this run reads: OpenClaw in a container that reads another config
    does not count. `texts` holds every file that was read; the main one (`text`) comes first.
    `given` names the variables that have a value in the shell that starts the containers.
    """

    path: str
    root: Node
    text: Text
    services: tuple[Service, ...]
    proxy: Service | None
    texts: tuple[Text, ...] = ()
    openclaw: Service | None = None
    given: frozenset[str] = frozenset()

    @property
    def agent_is_alone(self) -> bool:
        """Whether OpenClaw runs in a container whose localhost is that container alone."""
        return self.openclaw is not None and self.is_alone(self.openclaw)

    def is_alone(self, service: Service) -> bool:
        """Return whether only this container uses its localhost: it shares no network namespace."""
        sharing = {f"service:{service.name}", f"container:{service.name}"}
        sharing |= {f"container:{name}" for name in service.hosts}
        shared = any(other.network_of in sharing for other in self.services)
        return not (shared or service.host_network or service.network_of)

    def place(self, pointer: str, label: str = "") -> Place:
        """Return the place of a pointer, or of the key of its nearest existing ancestor."""
        found, span = nearest_existing(self.root, pointer)
        return Place(span.path if span else self.path, found, span, label)


def load_compose(situation: Situation) -> Compose | Absent | Unavailable:
    """Load the named file, or the current folder's Compose file if it belongs to this chain."""
    path = _find(situation)
    if path is None:
        return Absent("there is no Compose file")
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Unavailable(text.message, Refusal("compose-syntax"), place=Place(path, ""))
    source = parse_yaml(text, tags="ignore")
    if situation.compose is not None and not _has_services(source, text):
        return _load_script(situation, text, source)
    if isinstance(source, SyntaxFault):
        return _unparsed(text, source, situation)
    if (misplaced := _not_a_mapping(source.root)) is not None and _PROGRAM.search(text.content):
        return Unavailable(misplaced.label, Refusal("compose-syntax"), place=misplaced)
    texts = [text]
    root = source.root
    override = _override_text(situation, path)
    if override is not None:
        override_source = parse_yaml(override, tags="ignore")
        if isinstance(override_source, SyntaxFault):
            return _unparsed(override, override_source, situation)
        texts.append(override)
        root = (
            merged(root, override_source.root) if override_source.root.kind == "mapping" else root
        )
    root = extended(root, lambda file, at: _open_file(file, at, texts))
    return _compose(situation, root, texts, _shell(situation, path))


def _compose(
    situation: Situation,
    root: Node,
    texts: list[Text],
    shell: Mapping[str, str],
    *,
    by_hand: bool = False,
) -> Compose | Absent:
    services = tuple(_services(root, shell, by_hand=by_hand))
    proxy = max(services, key=litellm_rank, default=None)
    if proxy is not None and not litellm_rank(proxy):
        proxy = None
    agent = find_agent(situation, tuple(s for s in services if s is not proxy))
    if proxy is None and agent is None:
        return Absent("no service of the Compose file runs LiteLLM or this OpenClaw")
    text = texts[0]
    given = frozenset(name for name, value in shell.items() if value)
    return Compose(text.path, root, text, services, proxy, tuple(texts), agent, given)


def _has_services(source: Source | SyntaxFault, text: Text) -> bool:
    """Return whether a file is, or tries to be, a Compose file."""
    if isinstance(source, SyntaxFault):
        return _SERVICES.search(text.content) is not None
    return source.root.get("services") is not None


def _load_script(
    situation: Situation, text: Text, source: Source | SyntaxFault
) -> Compose | Absent | Unavailable:
    """Load the `docker run` lines of a script that was given as the Compose file."""
    shell = {"HOME": situation.home, **_named_variables(situation), **situation.environ}
    root = read_script(text, situation.home)
    if root is not None:
        return _compose(situation, root, [text], shell, by_hand=True)
    kind = kind_of(text, source)
    return Unavailable(
        f"is {kind}; --compose takes a Compose file, or a script with docker run commands",
        Refusal("compose-syntax"),
        place=Place(text.path, ""),
    )


def _find(situation: Situation) -> str | None:
    if situation.compose is not None:
        return situation.path(situation.compose)
    paths = (situation.path(name) for name in FILE_NAMES)
    return next((path for path in paths if look(os.path.isfile, path)), None)


def _unparsed(text: Text, fault: SyntaxFault, situation: Situation) -> Absent | Unavailable:
    if situation.compose is None and not _PROGRAM.search(text.content):
        return Absent("the Compose file runs neither LiteLLM nor OpenClaw")
    place = Place(text.path, "", fault.span, fault.message)
    refusal = Refusal("compose-syntax")
    return Unavailable(fault.message, refusal, place=place, mends=mended(text, fault))


def _not_a_mapping(root: Node) -> Place | None:
    """Return the first place where Compose requires a mapping but finds another value."""
    services = root.get("services")
    if services is None or services.kind in ("mapping", "null"):
        wrong = [
            (join_pointer("/services", name), f"services.{name}")
            for name, node in (services.children() if services is not None else ())
            if node.kind != "mapping" and not name.startswith("x-")
        ]
    else:
        wrong = [("/services", "services")]
    for pointer, name in wrong[:1]:
        found, span = nearest_existing(root, f"{pointer}/-")
        return Place(root.span.path, found, span, f"{name} must be a mapping")
    return None


def _override_text(situation: Situation, path: str) -> Text | None:
    """Return the override file. Compose reads it only beside a file with a standard name."""
    if situation.compose is not None and Path(path).name not in FILE_NAMES:
        return None
    for name in _OVERRIDES:
        text = read_text(Path(path).parent / name)
        if isinstance(text, Text):
            return text
    return None


def _open_file(file: str, at: Node, texts: list[Text]) -> Node | None:
    """Read another Compose file. Its path is relative to the file that contains `at`."""
    text = read_text(Path(at.span.path).parent / file)
    source = parse_yaml(text, tags="ignore") if isinstance(text, Text) else None
    if not isinstance(source, Source) or not isinstance(text, Text):
        return None
    texts.append(text)
    return source.root


def _shell(situation: Situation, path: str) -> dict[str, str]:
    """Return the variables for interpolation: the `.env` file, overridden by the shell."""
    beside = _dot_env(Path(path).parent / ".env")
    named = _named_variables(situation)
    return {"HOME": situation.home, **beside, **named, **situation.environ}


def _named_variables(situation: Situation) -> dict[str, str]:
    if situation.env_file is None:
        return {}
    return _dot_env(Path(situation.path(situation.env_file)))


def _services(root: Node, shell: Mapping[str, str], *, by_hand: bool) -> list[Service]:
    services = root.get("services")
    return [
        read_service(root, name, node, join_pointer("/services", name), shell, by_hand=by_hand)
        for name, node in (services.children() if services is not None else ())
        if node.kind == "mapping"
    ]


def _dot_env(path: Path) -> dict[str, str]:
    """Return the variables of a `.env` file. A line can refer to the lines before it."""
    text = read_text(path)
    if isinstance(text, Unreadable):
        return {}
    found: dict[str, str] = {}
    for assignment in assignments(text):
        quote = (
            text.content[max(0, text.offset(assignment.span.start) - 1)] if assignment.value else ""
        )
        found[assignment.name] = (
            assignment.value if quote == "'" else interpolate(assignment.value, found)[0]
        )
    return found
