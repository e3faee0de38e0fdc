"""Docker Compose files, as far as they decide how the proxy runs.

Compose replaces `${NAME}` in its own file with values from the shell and from the `.env` beside it.
A service has only the variables of its `environment` and `env_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.compose.merge import extended, merged
from clawdoctor.chain.compose.mount import Mount
from clawdoctor.chain.compose.passed import Passed
from clawdoctor.chain.compose.port import Port, UnassignedPort
from clawdoctor.chain.compose.service import Service, litellm_rank, read_service
from clawdoctor.chain.dotenv import assignments
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import Situation
from clawdoctor.source.node import Node, Source, SyntaxFault, join_pointer, nearest_existing
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

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
"""The names that Compose looks for, in its order."""

_OVERRIDES = (
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
)


@dataclass(frozen=True, slots=True)
class Compose:
    """A Compose file that runs a LiteLLM proxy, with its override file merged in.

    `texts` holds every file that was read; the main one (`text`) comes first.
    """

    path: str
    root: Node
    text: Text
    services: tuple[Service, ...]
    proxy: Service | None
    texts: tuple[Text, ...] = ()

    def place(self, pointer: str, label: str = "") -> Place:
        """Return the place of a pointer, or of the key of its nearest existing ancestor."""
        found, span = nearest_existing(self.root, pointer)
        return Place(span.path if span else self.path, found, span, label)

    def openclaw(self) -> Service | None:
        """Return the service that runs OpenClaw, or None if no service of this file does."""
        for service in self.services:
            image = (service.image or "").partition("@")[0].rpartition("/")[2]
            runs = "openclaw" in image.partition(":")[0] or "openclaw" in service.command[:2]
            if runs or (service.builds and "openclaw" in service.name):
                return service
        return None


def load_compose(situation: Situation) -> Compose | Absent | Unavailable:
    """Load the named Compose file, or that of the current folder if it runs LiteLLM."""
    path = _find(situation)
    if path is None:
        return Absent("there is no Compose file")
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Unavailable(text.message, Refusal("compose-syntax"), place=Place(path, ""))
    source = parse_yaml(text, tags="ignore")
    if isinstance(source, SyntaxFault):
        return _unparsed(text, source, situation)
    if (misplaced := _not_a_mapping(source.root)) is not None and "litellm" in text.content:
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
    shell = _shell(situation, path)
    services = tuple(_services(root, shell))
    proxy = max(services, key=litellm_rank, default=None)
    if proxy is None or not litellm_rank(proxy):
        return Absent("no service of the Compose file runs LiteLLM")
    return Compose(path, root, text, services, proxy, tuple(texts))


def _find(situation: Situation) -> str | None:
    if situation.compose is not None:
        return situation.path(situation.compose)
    paths = (situation.path(name) for name in FILE_NAMES)
    return next((path for path in paths if Path(path).is_file()), None)


def _unparsed(text: Text, fault: SyntaxFault, situation: Situation) -> Absent | Unavailable:
    if situation.compose is None and "litellm" not in text.content:
        return Absent("the Compose file here does not run LiteLLM")
    place = Place(text.path, "", fault.span, fault.message)
    return Unavailable(fault.message, Refusal("compose-syntax"), place=place)


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
    """Return the override file. Compose reads one only beside a file with a standard name."""
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
    layers = [{"HOME": situation.home}, _dot_env(Path(path).parent / ".env")]
    if situation.env_file is not None:
        layers.append(_dot_env(Path(situation.path(situation.env_file))))
    return {name: value for layer in (*layers, situation.environ) for name, value in layer.items()}


def _services(root: Node, shell: Mapping[str, str]) -> list[Service]:
    services = root.get("services")
    return [
        read_service(root, name, node, join_pointer("/services", name), shell)
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
