"""Find faults in the mounts of the proxy's config (part of DK103)."""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from pathlib import Path

from clawdoctor.chain.advice import recreate_service
from clawdoctor.chain.compose import Compose, Mount, Service
from clawdoctor.chain.compose.meant_config import YAML
from clawdoctor.chain.compose.service import DEFAULT_CONFIG, absolute_path
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm_file import LiteLLMPath
from clawdoctor.checks.docker.service_changes import mount_file, mount_instead
from clawdoctor.checks.docker.snippets import file_name, mount_snippet
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Applicability, Command, Fix, Place, Severity, Step, Unknown
from clawdoctor.source.change import Change
from clawdoctor.source.look import look

_VARIABLE = "CONFIG_FILE_PATH"
SERVES_NOTHING = "LiteLLM has no config, so the proxy serves no model"
_NO_CONFIG = "LiteLLM cannot find its config, so the proxy does not start"
_EXAMPLES = ("/app/proxy_server_config.yaml", "/app/dev_config.yaml")
"""Example configs that LiteLLM's images contain."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the proxy's mount or command: its texts, its place and its fix."""

    message: str
    detail: str
    place: Place
    consequence: str
    fix: Fix
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR


def labelled(place: Place, label: str) -> Place:
    """Return the same place with this label."""
    return Place(place.path, place.pointer, place.span, label)


def hidden_program_fault(compose: Compose, service: Service) -> Fault | None:
    """Return the fault of a folder that is mounted over /app, where the image keeps its program."""
    mount = service.hides_app
    if mount is None or not service.official or service.entrypoint is not None:
        return None
    wanted = service.config_option or DEFAULT_CONFIG
    file = wanted if wanted.startswith("/app/") else DEFAULT_CONFIG
    inside = _subpath(mount, file)
    if "$" in service.shown_config:
        file, inside = service.shown_config, ""
    source = f"{mount.written.rstrip('/')}{inside}"
    changes = _mount_changes(compose, service, mount, source, file) if inside else ()
    return Fault(
        f"a folder is mounted over /app of {service.name} and hides LiteLLM itself",
        "The image keeps its program in /app. The mounted folder replaces it, and the container "
        'exits with "prod_entrypoint.sh: no such file or directory".',
        labelled(mount.place, "hides the program"),
        "the mount hides LiteLLM, so the container does not start",
        Fix(
            title="mount only the file",
            applicability="unsafe" if changes else "manual",
            changes=changes,
            snippet=mount_snippet(service, f"{mount.written.rstrip('/')}{inside}", file),
            actions=(recreate_service(service),),
        ),
    )


_WRITERS = "tee|cp|mv|ln|curl|wget|envsubst|install"


def mount_fault(
    compose: Compose,
    service: Service,
    environment: Environment,
    config: LiteLLMPath | None,
) -> Fault | Unknown | None:
    """Return the fault of the mount that should put the config at the path of --config.

    Unknown on a CI machine, where the file on the host need not exist.
    """
    wanted = service.config_option or DEFAULT_CONFIG
    absolute = absolute_path(wanted, service.node.text("working_dir"))
    covering = [mount for mount in service.mounts if mount.covers(absolute)]
    mount = max(covering, key=lambda candidate: len(candidate.target), default=None)
    if mount is None and _is_written(service, absolute):
        return Unknown(f"{service.name} writes {absolute} itself at startup")
    if mount is None:
        return _unmounted_fault(compose, service, absolute, config)
    hidden = "$" in service.shown_config
    inside = "" if hidden or mount.target == absolute else _subpath(mount, absolute)
    name = f"{mount.written.rstrip('/')}{inside}" if inside else mount.written
    shown = service.shown_config if hidden else absolute
    if mount.source is None or service.config_path is None:
        return None
    if service.config_found == "missing" and environment.ci:
        return Unknown(
            f"{mount.written} is not on this CI machine; it may exist where Compose runs"
        )
    if service.config_found == "folder":
        return _folder_fault(service, mount, name, shown)
    if service.config_found != "missing":
        return None
    given = host_file(compose, config) if config is not None else None
    alone = mount.target == absolute
    changes = _mount_changes(compose, service, mount, given or "", shown) if given else ()
    return _missing_file_fault(service, mount, name, shown, changes, alone=alone, given=given)


def _is_written(service: Service, path: str) -> bool:
    """Return whether the shell command of a service writes or copies the config itself."""
    nodes = [service.node.get("entrypoint"), service.node.get("command")]
    found = [node for node in nodes if node is not None]
    texts = [str(item.value) for node in found for item in (node.items or (node,))]
    return (
        re.search(rf"(?:>|\b(?:{_WRITERS})\b)[^\n]*{re.escape(path)}", "\n".join(texts)) is not None
    )


def host_file(compose: Compose, config: LiteLLMPath | None) -> str:
    """Return the config that this run reads, relative to the Compose file, or the usual name."""
    if config is None or not look(os.path.isfile, config.path):
        return "./litellm_config.yaml"
    relative = os.path.relpath(config.path, Path(compose.path).parent)
    return relative if relative.startswith("..") else f"./{relative}"


def _unmounted_fault(
    compose: Compose, service: Service, wanted: str, config: LiteLLMPath | None
) -> Fault | None:
    """Return the fault of an option without a mount. Custom images may contain the file."""
    if not service.official or service.node.get("volumes_from") is not None:
        return None
    other = next((m for m in service.mounts if m.target.endswith(YAML)), None)
    written = other.written if other is not None else host_file(compose, config)
    place = compose.place(f"{service.pointer}/command", "nothing is mounted at this path")
    command = service.node.get("command")
    for index, item in enumerate(command.items if command is not None else ()):
        if str(item.value).endswith((wanted, posixpath.basename(wanted))):
            place = compose.place(f"{service.pointer}/command/{index}", place.label)
    at = f" {other.written} is mounted at {other.shown}." if other is not None else ""
    then, consequence = "exits at once", _NO_CONFIG
    if service.shown_config == f"${_VARIABLE}":
        then, consequence = "starts without any model", SERVES_NOTHING
        place = labelled(service.environment[_VARIABLE].place, place.label)
    in_image = _is_in_image(wanted)
    if "$" in service.shown_config:
        wanted = service.shown_config
    message = f"{service.name} needs {wanted}, but nothing is mounted there"
    if wanted == f"${_VARIABLE}":
        message = f"nothing is mounted in {service.name} at the path in {_VARIABLE}"
    return Fault(
        message,
        f"The path of the config must match the right side of the mount. LiteLLM {then} if it "
        f"cannot find the file.{at}",
        place,
        consequence,
        _mount_fix(compose, service, written, wanted, other),
        related=() if other is None else (labelled(other.place, "mounted here instead"),),
        severity=Severity.WARNING if in_image and other is None else Severity.ERROR,
    )


def _mount_changes(
    compose: Compose, service: Service, mount: Mount, source: str, target: str
) -> tuple[Change, ...]:
    """Return the changes that mount another file, or mount it elsewhere, with an existing entry."""
    if service.by_hand or "$" in target:
        return ()
    return mount_instead(compose, mount.place.pointer, source, target)


def _mount_fix(
    compose: Compose, service: Service, written: str, wanted: str, other: Mount | None
) -> Fix:
    """Return the fix: mount the file, or correct the variable if the report cannot quote it."""
    again = recreate_service(service)
    if wanted != f"${_VARIABLE}":
        snippet = mount_snippet(service, written, wanted)
        if other is not None:
            changes = _mount_changes(compose, service, other, written, wanted)
        else:
            changes = mount_file(service, written, wanted) if "$" not in wanted else ()
        safety: Applicability = "safe" if other is not None else "unsafe"
        return Fix(
            f"mount {written.removeprefix('./')} at {wanted}, the path that --config names",
            safety if changes else "manual",
            changes=changes,
            snippet=snippet,
            actions=(again,),
        )
    if other is None:
        title = f"mount {written} at the path that {_VARIABLE} names"
    else:
        title = f"set {_VARIABLE} to {other.shown}, where {other.written} is mounted"
    step = f"In {file_name(service)}, {title}"
    return Fix(step[:1].lower() + step[1:], actions=(Step(step), again))


def _is_in_image(path: str) -> bool:
    """Return whether the official image may contain this config, as one of LiteLLM's examples."""
    return path in _EXAMPLES or path.startswith("/app/litellm/") or "site-packages" in path


def _missing_file_fault(
    service: Service,
    mount: Mount,
    name: str,
    wanted: str,
    changes: tuple[Change, ...],
    *,
    alone: bool,
    given: str | None,
) -> Fault:
    absolute = not mount.written.startswith(".")
    then = "The file does not exist, and LiteLLM exits at once."
    if alone:
        then = "Docker creates a folder with that name, and LiteLLM exits with IsADirectoryError."
    fix = Fix(
        title="correct the path of the mount, or create the file",
        actions=(
            Step("Correct the path on the left of the mount, or create the file there"),
            *_down(service),
            recreate_service(service),
        ),
    )
    if given is not None and "$" not in wanted:
        fix = Fix(
            title=f"mount {given}",
            applicability="unsafe" if changes else "manual",
            changes=changes,
            snippet=mount_snippet(service, given, wanted),
            actions=(*_down(service), recreate_service(service)),
        )
    return Fault(
        f"{name} does not exist{' on this machine' if absolute else ''}",
        f"{service.name} reads it as {wanted}. {then}",
        labelled(mount.place, "no such file on the host" if alone else "not in this folder"),
        _NO_CONFIG,
        fix,
        severity=Severity.WARNING if absolute else Severity.ERROR,
    )


def _down(service: Service) -> tuple[Action, ...]:
    return () if service.by_hand else (Command("docker compose down"),)


def _subpath(mount: Mount, wanted: str) -> str:
    return wanted[len(mount.target.rstrip("/")) :]


def _folder_fault(service: Service, mount: Mount, name: str, wanted: str) -> Fault:
    remove: Action = Command(f"rmdir {shlex.quote(name)}")
    if "$" in name:  # only Compose knows the value
        remove = Step(f"Remove the folder {name}")
    return Fault(
        f"{name} is a folder, but {service.name} needs a file",
        "If the file does not exist when Docker mounts it, Docker creates a folder with its "
        f"name, and the folder stays. LiteLLM exits with IsADirectoryError: {wanted}.",
        labelled(mount.place, "a folder on the host"),
        _NO_CONFIG,
        Fix(
            title=f"delete the folder {name}, and save your LiteLLM config as {name}",
            actions=(
                *_down(service),
                remove,
                Step(f"Save your LiteLLM config as {name}"),
                recreate_service(service),
            ),
        ),
    )
