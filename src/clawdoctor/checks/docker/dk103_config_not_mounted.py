"""The container does not read the litellm_config.yaml that it is meant to read.

What it means
-------------
The file on the host, the mount and the --config option do not lead to each other. LiteLLM then
starts without any model, or ends at once with "IsADirectoryError: /app/config.yaml" or a file that
is not found.

Why it happens
--------------
There is no --config in the command: a mounted file is read only if LiteLLM is told. Or the file
does not exist on the host: Docker then makes a folder of its name, which stays when the file is
written elsewhere. Or a whole folder is mounted over /app, which hides the program itself.

How to fix it
-------------
Mount the one file, and name it in the command:

    volumes:
      - ./litellm_config.yaml:/app/config.yaml:ro
    command: ["--config", "/app/config.yaml", "--port", "4000"]

If Docker has made a folder in place of the file, remove it first (rmdir litellm_config.yaml).

Versions
--------
All versions of Docker Compose and of LiteLLM's image.

References
----------
https://docs.litellm.ai/docs/proxy/deploy
https://github.com/BerriAI/litellm/issues/5739
https://github.com/BerriAI/litellm/issues/7649
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import recreate_service
from clawdoctor.chain.compose import Compose, Mount, Service
from clawdoctor.chain.compose.service import DEFAULT_CONFIG
from clawdoctor.chain.environment import Environment
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.finding import Command, Finding, Fix, Place, Severity, Step, Unknown

_FROM_ELSEWHERE = ("LITELLM_CONFIG_BUCKET_NAME", "DATABASE_URL", "DATABASE_HOST")
"""With one of these LiteLLM may have its models from somewhere else than a file."""

_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _Fault:
    message: str
    detail: str
    place: Place
    consequence: str
    fix: Fix
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR


def check(compose: Compose, environment: Environment) -> Iterator[Finding | Unknown]:
    """What hides the program, then the option, then the mount, then the file on the host."""
    service = compose.proxy
    if service is None:
        return
    fault: _Fault | Unknown | None = _hidden(service) or _no_program(compose, service)
    if fault is None and service.config_option is None:
        fault = _not_told(compose, service)
    elif fault is None:
        fault = _not_there(compose, service, environment)
    if isinstance(fault, Unknown):
        yield fault
    elif fault is not None:
        yield Finding(
            severity=fault.severity,
            message=fault.message,
            detail=fault.detail,
            place=fault.place,
            consequence=fault.consequence,
            related=fault.related,
            fixes=(fault.fix,),
        )


def _labelled(place: Place, label: str) -> Place:
    return Place(place.path, place.pointer, place.span, label)


def _hidden(service: Service) -> _Fault | None:
    mount = service.hides_app
    if mount is None or not service.official or service.entrypoint is not None:
        return None
    wanted = service.config_option or DEFAULT_CONFIG
    file = wanted if wanted.startswith("/app/") else DEFAULT_CONFIG
    return _Fault(
        f"a folder is mounted over /app of {service.name} and hides LiteLLM itself",
        "The image keeps its program in /app. What is mounted there takes its place: the container "
        'ends with "prod_entrypoint.sh: no such file or directory".',
        _labelled(mount.place, "hides the program"),
        "the container does not start",
        Fix(
            title="mount the file alone",
            snippet=f"volumes:\n  - {mount.written.rstrip('/')}{_rest(mount, file)}:{file}:ro",
            actions=(recreate_service(service.name),),
        ),
    )


def _no_program(compose: Compose, service: Service) -> _Fault | None:
    if service.entrypoint != () or not service.command[:1] or service.command[0][:2] != "--":
        return None
    return _Fault(
        f"{service.name} has options and no program to give them to",
        "An empty entrypoint takes away the image's own, which starts LiteLLM. Docker says: "
        f'exec: "{service.command[0].partition("=")[0]}": executable file not found in $PATH.',
        compose.place(f"{service.pointer}/entrypoint", "nothing is started"),
        "the container does not start",
        Fix(
            title="remove the line `entrypoint`",
            actions=(Step("remove the line `entrypoint`"), recreate_service(service.name)),
        ),
    )


def _not_told(compose: Compose, service: Service) -> _Fault | Unknown | None:
    """No --config: the image then starts LiteLLM without any file."""
    if service.builds or service.option("--model", "-m") is not None:
        return None
    if set(_FROM_ELSEWHERE) & set(service.environment):
        return None
    if not service.complete:
        return Unknown("an env_file of the service cannot be read here")
    started_by_us = [posixpath.basename(word) for word in service.command[:3]]
    first = service.command[0] if service.command else "-"
    own_start = first[:1] != "-" and not first.endswith(_YAML)
    if not service.official or (own_start and "litellm" not in started_by_us):
        return None
    mounted = next((m for m in service.mounts if m.target.endswith(_YAML)), None)
    target = mounted.target if mounted is not None else DEFAULT_CONFIG
    given = service.command[len(service.entrypoint or ()) :]
    words = [*(word for word in given if not word.endswith(_YAML)), "--config", target]
    listed = ", ".join(f'"{word}"' for word in words)
    snippet = f"command: [{listed}]"
    if mounted is None:
        snippet = f"volumes:\n  - ./litellm_config.yaml:{target}:ro\n{snippet}"
    # Without a file that is plainly meant, the models may come from where we do not look.
    sure = mounted is not None
    what = f"never reads {target}" if sure else "is given no config"
    return _Fault(
        f"{service.name} {what}: its command has no --config",
        "LiteLLM reads a config only where it is told to. Without one it starts, lists no models "
        "and answers every request with an error.",
        compose.place(f"{service.pointer}/command", "no --config here"),
        "the proxy serves no model",
        Fix(title="name the config", snippet=snippet, actions=(recreate_service(service.name),)),
        related=() if mounted is None else (_labelled(mounted.place, "mounted, and not read"),),
        severity=Severity.ERROR if sure else Severity.WARNING,
    )


def _not_there(
    compose: Compose, service: Service, environment: Environment
) -> _Fault | Unknown | None:
    wanted = service.config_option or DEFAULT_CONFIG
    absolute = wanted if wanted.startswith("/") else posixpath.normpath(f"/app/{wanted}")
    covering = [mount for mount in service.mounts if mount.covers(absolute)]
    mount = max(covering, key=lambda one: len(one.target), default=None)
    if mount is None:
        return _elsewhere(compose, service, absolute)
    if mount.source is None or service.config_path is None:
        return None
    if service.config_found == "missing" and environment.ci:
        return Unknown(f"{mount.written} is not on this CI machine; where Compose runs it may be")
    if service.config_found == "folder":
        return _folder(service, mount, absolute)
    return _missing(service, mount, absolute) if service.config_found == "missing" else None


def _elsewhere(compose: Compose, service: Service, wanted: str) -> _Fault | None:
    """Nothing is mounted where the option points. In another's image the file may be inside."""
    if not service.official or service.node.get("volumes_from") is not None:
        return None
    other = next((m for m in service.mounts if m.target.endswith(_YAML)), None)
    written = other.written if other is not None else "./litellm_config.yaml"
    where = compose.place(f"{service.pointer}/command", "nothing is mounted at this path")
    words = service.node.get("command")
    for index, item in enumerate(words.items if words is not None else ()):
        if str(item.value).endswith((wanted, posixpath.basename(wanted))):
            where = compose.place(f"{service.pointer}/command/{index}", where.label)
    at = f"; {other.written} is mounted at {other.target}" if other is not None else ""
    return _Fault(
        f"{service.name} is to read {wanted}, and nothing is mounted there{at}",
        "The option and the right side of the mount must be the same path. LiteLLM ends at once "
        "where it does not find the file.",
        where,
        "the proxy does not start",
        Fix(
            title="mount the file where --config looks",
            snippet=f"volumes:\n  - {written}:{wanted}:ro",
            actions=(recreate_service(service.name),),
        ),
        related=() if other is None else (_labelled(other.place, "mounted here instead"),),
        # The image brings a few examples of its own.
        severity=Severity.WARNING if other is None else Severity.ERROR,
    )


def _missing(service: Service, mount: Mount, wanted: str) -> _Fault:
    inside = mount.target != wanted
    name = mount.written if not inside else f"{mount.written.rstrip('/')}{_rest(mount, wanted)}"
    absolute = not mount.written.startswith(".")
    then = "LiteLLM ends at once: the file is not there."
    if not inside:
        then = "Docker makes a folder of that name, and LiteLLM ends with IsADirectoryError."
    return _Fault(
        f"{name} does not exist{' on this machine' if absolute else ''}",
        f"{service.name} is to read it as {wanted}. {then}",
        _labelled(mount.place, "no such file on the host" if not inside else "not in this folder"),
        "the proxy does not start",
        Fix(
            title="correct the path, or put the file there",
            actions=(
                Step("correct the path on the left of the mount, or put the file there"),
                Command("docker compose down"),
                recreate_service(service.name),
            ),
        ),
        severity=Severity.WARNING if absolute else Severity.ERROR,
    )


def _rest(mount: Mount, wanted: str) -> str:
    return wanted[len(mount.target.rstrip("/")) :]


def _folder(service: Service, mount: Mount, wanted: str) -> _Fault:
    name = mount.written if mount.target == wanted else mount.written + _rest(mount, wanted)
    return _Fault(
        f"{name} is a folder, and {service.name} is to read it as a file",
        "Docker makes a folder where the file that it is to mount does not exist, and the folder "
        f"stays. LiteLLM ends with IsADirectoryError: {wanted}.",
        _labelled(mount.place, "a folder on the host"),
        "the proxy does not start",
        Fix(
            title="put the file in its place",
            actions=(
                Command("docker compose down"),
                Command(f"rmdir {shlex.quote(name)}"),
                Step(f"write your config to {name}"),
                recreate_service(service.name),
            ),
        ),
    )


CHECK = Check(
    code="DK103",
    name="config-not-mounted",
    stage="docker",
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"exec:? \"(?P<option>--(?:config|port|host)\b[^\"]{0,100})\": stat "
            r"[^:]{1,120}: no such file",
            "certain",
            "Docker",
        ),
        signature(
            r"\[Errno 21\] Is a directory: ['\"](?P<path>(?:/app/[^'\"/]{1,100}"
            r"|[^'\"]{0,200}(?:litellm|proxy)[^'\"]{0,100})\.ya?ml)['\"]",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"exec:? (?:line \d{1,3}: )?\"?(?P<option>--(?:config|port|host|detailed_debug|debug"
            r"|num_workers))[^\":]{0,100}\"?: (?:executable file not found|no such file|not found)",
            "certain",
            "Docker",
        ),
        signature(
            r"(?:prod_)?entrypoint\.sh\"?: (?:no such file or directory|not found"
            r"|permission denied)",
            "certain",
            "Docker",
        ),
        signature(
            near(
                r"/app/(?:\w{0,20}_)?config\.ya?ml|litellm[\w-]{0,40}\.ya?ml"
                r"|/litellm/[\w./-]{1,60}\.ya?ml",
                r"Are you trying to mount a directory onto a file|not a directory",
                400,
            ),
            "likely",
            "Docker",
        ),
        signature(
            r"bind source path does not exist: (?P<path>\S{1,200}\.ya?ml)",
            "certain",
            "Docker",
        ),
        signature(
            r"(?:Config file not found|No such file or directory|Permission denied): "
            r"['\"]?(?P<path>/app/\S{0,200}?\.ya?ml)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"exec:? \"?litellm\"?: executable file not found",
            "likely",
            "Docker",
        ),
        signature(
            r"No such option: (?P<option>--(?:config|port|host)\b[^\s\'\"]{0,120}\.ya?ml)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"can't open file ['\"](?P<path>/app/(?:litellm|docker)/[^'\"]{1,160})['\"]",
            "certain",
            "LiteLLM",
        ),
        signature(
            near(r"litellm", r"\bconfig\.ya?ml\W{1,12}(?:is )?a directory\b", 300),
            "likely",
            "Docker",
        ),
        signature(
            r"(?:executable file .?)?\bdocker/(?:prod_entrypoint|entrypoint"
            r"|build_admin_ui)\.sh\b.{0,4}:? ?not found",
            "likely",
            "Docker",
        ),
        signature(
            r"unexpected extra arguments? \((?P<argument>[^)]{0,80}litellm[^)]{0,80})\)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Is a directory:? ['\"]?(?P<path>(?:/app/(?:\w{0,20}_)?config"
            r"|[^\s'\"]{0,120}litellm[^\s'\"/]{0,40}|[^\s'\"]{0,120}\b(?:proxy_server"
            r"|proxy)_config)\.ya?ml)|(?P<file>/app/(?:\w{0,20}_)?config\.ya?ml"
            r"|litellm[\w-]{0,40}\.ya?ml"
            r"|proxy_(?:server_)?config\.ya?ml)\W{1,6}(?:is )?(?:mounted as )?(?:an? "
            r")?(?:empty )?(?:directory|folder)\b|(?:sh|bash|ash): (?:\d{1,4}: "
            r"|line \d{1,4}: )?(?:exec: )?--(?:config|port|detailed_debug"
            r"|num_workers)\b[^:]{0,100}: (?:not found|command not found|No such file)"
            r"|executable file .--(?:config|port|detailed_debug)[^'\"`]{0,100}. not found"
            r"|statfs (?P<mount>[^:]{0,200}litellm[^:]{0,80}): no such file"
            r"|open (?P<unreadable>[^\s:]{0,200}litellm[^\s:/]{0,60}\.ya?ml): permission denied",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm",
                r"\bconfig\.ya?ml\b[^.]{0,60}(?:is |as |was |became "
                r"|turned into )(?:an? )?(?:empty )?(?:directory|folder)\b"
                r"|error while creating mount source path|invalid volume specification"
                r"|invalid characters for a local volume name|invalid mount path"
                r"|open /app/config\.ya?ml: permission denied",
                300,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"invalid volume specification|invalid characters for a local volume name"
                r"|invalid mount path|/app/config\.ya?ml: permission denied"
                r"|error while creating mount source path",
                r"litellm",
                300,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Is a directory:? ['\"]?(?P<path>[^'\"\s]{1,200}\.ya?ml)"
            r"|(?P<file>\b[\w-]{1,60}\.ya?ml)\W{1,6}(?:is )?an? (?:empty )?directory\b"
            r"|mount a directory onto a file|statfs [^:]{1,200}: no such file"
            r"|error while creating mount source path|invalid volume specification"
            r"|invalid characters for a local volume name|Program Files/Git/"
            r"|the working directory .{1,120} is invalid|config\.ya?ml\b[^.]{0,60}(?:is "
            r"|as )(?:an? )?(?:empty )?(?:directory|folder)|mount point is not a directory"
            r"|/app/config\.ya?ml.{0,20}(?:does not exist|permission denied)",
            "possible",
            "Docker",
        ),
        signature(
            r"\bapp/config\.ya?ml\W{1,6}not a directory"
            r"|IsADirectoryError\b.{0,40}/app/\S{0,80}config\.ya?ml"
            r"|configmap ['\"][\w-]{0,40}litellm[\w-]{0,40}['\"] not found"
            r"|path \S{0,200}litellm\S{0,80} is not shared from the host",
            "likely",
            "Docker",
        ),
        signature(
            r"is not shared from the host|read-only file system|Got unexpected extra argument"
            r"|No such option: --(?:config|port|host)\b|\.ya?ml\W{1,6}not a directory"
            r"|IsADirectoryError\b.{0,60}\.ya?ml",
            "possible",
            "Docker",
        ),
        signature(
            r"error mounting ['\"](?P<source>[^'\"]{0,200}litellm[^'\"]{0,120})['\"]"
            r"|(?:no such file|not found"
            r"|does not exist)[^/]{0,40}['\" ](?P<absent>(?:/app/(?:\w{0,20}_)?config"
            r"|[^'\"\s]{0,100}\bproxy_server_config)\.ya?ml)"
            r"|(?P<gone>\bproxy_server_config\.ya?ml)['\"]?:? (?:no such file|not found"
            r"|does not exist)",
            "likely",
            "Docker",
        ),
        signature(
            r"error mounting ['\"][^'\"]{1,200}\.ya?ml",
            "possible",
            "Docker",
        ),
        signature(
            r"exec:? \"litellm [^\"]{1,160}\": (?:stat|executable|no such)",
            "certain",
            "Docker",
        ),
        signature(
            r"failed to create subPath directory for volumeMount \"[^\"]{0,40}(?:litellm|config)",
            "likely",
            "Kubernetes",
        ),
        signature(
            r"unknown flag: --(?:config|detailed_debug|num_workers)\b",
            "likely",
            "Docker",
        ),
        signature(
            r"['\"]/app/litellm/[^'\"]{1,120}['\"] does not exist",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Cannot find module ['\"]/app/|Invalid value for ['\"]--(?:port|num_workers)['\"]",
            "possible",
            "Docker",
        ),
        signature(
            r"hostPath type check failed: (?P<path>\S{0,160}(?:litellm|config)\S{0,40}\.ya?ml)",
            "likely",
            "Kubernetes",
        ),
        signature(
            r"No such option: (?P<option>--(?:detailed-debug|num-workers|config[-=]\w{0,20}))",
            "likely",
            "LiteLLM",
        ),
    ),
)
