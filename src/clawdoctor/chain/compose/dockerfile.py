"""The Dockerfile of a service that is built: what it installs, sets, copies and starts."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from clawdoctor.chain.compose.command import split_words
from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.source.look import look
from clawdoctor.source.node import Node
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Span, Text

_COMMENT = regex(r"^[ \t]*#.*(?:\n|$)", re.MULTILINE)
_INSTRUCTION = regex(r"[ \t]*(?P<name>[A-Za-z]+)[ \t]+(?P<rest>(?:[^\n\\]|\\\n|\\.)*)")
_CONTINUED = regex(r"\\[ \t]*\n")
_INSTALLED = regex(
    r"\b(?P<name>litellm|openclaw)(?:\[[\w,.-]*\])?(?:(?:===?|@)\s*(?P<version>\d+(?:\.\d+){2}))?"
)
_INSTALLERS = regex(r"\b(?:pip3?|uv|pipx|npm|pnpm|yarn|bun)\b")


@dataclass(frozen=True, slots=True)
class Build:
    """A service's Dockerfile: the parts of its final stage that describe the container.

    `image` is the base image. `installed` holds the programs that it installs with a package
    manager, with the version if the file pins it. `copied` pairs a path of the build context with
    its path in the container. `environment` has the value and the place of each variable.
    """

    path: str
    image: str = ""
    installed: Mapping[str, str | None] = field(default_factory=dict)
    copied: tuple[tuple[str, str, Place], ...] = ()
    environment: Mapping[str, tuple[str, Place]] = field(default_factory=dict, repr=False)
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] = ()


@dataclass(slots=True)
class _Stage:
    image: str
    folder: str = "/"
    installed: dict[str, str | None] = field(default_factory=dict)
    copied: list[tuple[str, str, Place]] = field(default_factory=list)
    environment: dict[str, tuple[str, Place]] = field(default_factory=dict)
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] = ()


def read_build(node: Node, shell: Mapping[str, str]) -> tuple[Build, Text] | None:
    """Return the Dockerfile that a service's `build` names, or None if it is not readable."""
    build = node.get("build")
    if build is None:
        return None
    written = build.text("context") if build.kind == "mapping" else build.value
    context = interpolate(str(written or "."), shell)[0]
    folder = os.path.normpath(Path(build.span.path).parent / context)
    name = interpolate(build.text("dockerfile") or "Dockerfile", shell)[0]
    text = read_text(Path(folder) / name)
    if isinstance(text, Unreadable):
        return None
    arguments = dict(_build_arguments(build.get("args"), shell))
    stages = _stages(text, folder, arguments)
    target = build.text("target")
    stage = stages.get(target) if target else next(reversed(stages.values()), None)
    if stage is None:
        return None
    return Build(
        text.path,
        stage.image,
        stage.installed,
        tuple(stage.copied),
        stage.environment,
        stage.entrypoint,
        stage.command,
    ), text


def _build_arguments(node: Node | None, shell: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for entry in node.entries if node is not None else ():
        if entry.value.value is not None:
            yield entry.name, interpolate(str(entry.value.value), shell)[0]
    for item in node.items if node is not None else ():
        name, equals, value = str(item.value).partition("=")
        if equals:
            yield name, interpolate(value, shell)[0]


def _stages(text: Text, folder: str, given: Mapping[str, str]) -> dict[str, _Stage]:
    """Return the stages by name, or by number, in file order."""
    stages: dict[str, _Stage] = {}
    arguments = dict(given)
    stage = _Stage("")
    for name, rest, span in _instructions(text):
        if name == "ARG":
            argument, _, value = rest.partition("=")
            arguments.setdefault(argument.strip(), value.strip().strip("\"'"))
            continue
        if name == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            image = interpolate(words[0], arguments)[0] if words else ""
            stage = _copy_of(stages[image]) if image in stages else _Stage(image)
            stages[words[2] if len(words) > 2 else str(len(stages))] = stage
            continue
        known = {**arguments, **{key: value for key, (value, _) in stage.environment.items()}}
        _apply(stage, name, rest, Place(text.path, "", span), folder, known)
    return stages


def _copy_of(stage: _Stage) -> _Stage:
    return _Stage(
        stage.image,
        stage.folder,
        dict(stage.installed),
        list(stage.copied),
        dict(stage.environment),
        stage.entrypoint,
        stage.command,
    )


def _apply(
    stage: _Stage, name: str, rest: str, place: Place, folder: str, known: Mapping[str, str]
) -> None:
    """Apply an instruction to a stage."""
    match name:
        case "WORKDIR":
            stage.folder = os.path.join(stage.folder, interpolate(rest.strip(), known)[0])  # noqa: PTH118
        case "ENV":
            for variable, value in _assignments(rest):
                stage.environment[variable] = (interpolate(value, known)[0], place)
        case "COPY" | "ADD" if "--from" not in rest:
            words = [word for word in _words(rest) if not word.startswith("--")]
            for source in words[:-1]:
                target = os.path.join(stage.folder, words[-1])  # noqa: PTH118
                path = os.path.normpath(os.path.join(folder, source.lstrip("/")))  # noqa: PTH118
                if not look(os.path.isdir, path) and (
                    words[-1].endswith(("/", ".")) or len(words) > 2
                ):
                    target = os.path.join(target, os.path.basename(source))  # noqa: PTH118, PTH119
                stage.copied.append((path, os.path.normpath(target), place))
        case "RUN" if _INSTALLERS.search(rest):
            for found in _INSTALLED.finditer(rest):
                stage.installed[found["name"]] = found["version"]
        case "ENTRYPOINT":
            stage.entrypoint, stage.command = _command(rest), ()
        case "CMD":
            stage.command = _command(rest)
        case _:
            pass


def _command(rest: str) -> tuple[str, ...]:
    """Return the words of CMD or ENTRYPOINT. A shell runs a command without brackets."""
    words = _words(rest) if rest.lstrip().startswith("[") else ()
    return words if words or rest.strip() == "[]" else ("/bin/sh", "-c", rest.strip())


def _words(rest: str) -> tuple[str, ...]:
    if rest.lstrip().startswith("["):
        try:
            listed = json.loads(rest)
        except ValueError:
            return split_words(rest)
        return tuple(str(word) for word in listed)
    return split_words(rest)


def _assignments(rest: str) -> Iterator[tuple[str, str]]:
    first, _, value = rest.partition(" ")
    if "=" not in first:  # ENV NAME value
        yield first, value.strip()
        return
    try:
        words = shlex.split(rest)
    except ValueError:
        return
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            yield name, value


def _instructions(text: Text) -> Iterator[tuple[str, str, Span]]:
    content = _COMMENT.sub(lambda match: " " * (len(match[0]) - 1) + "\n", text.content)
    for match in _INSTRUCTION.finditer(content):
        rest = _CONTINUED.sub(" ", match["rest"]).strip()
        yield match["name"].upper(), rest, text.span(match.start("name"), match.end("rest"))
