"""The proxy's container does not read your litellm_config.yaml.

What it means
-------------
The file on the host, the mount and the --config option do not match. LiteLLM then starts without
any model, or exits at once: the file is missing, or it is a folder ("IsADirectoryError: [Errno 21]
Is a directory: '/app/config.yaml'").

Why it happens
--------------
- The command has no --config, or the variable that should name the config is not called
  CONFIG_FILE_PATH. LiteLLM does not look for a config elsewhere.
- Nothing is mounted at the path that --config or the variable names.
- The file does not exist on the host. Docker then creates an empty folder with that name. The
  folder stays until you delete it.
- A whole folder is mounted over /app and hides the program itself.
- The options come after the string of `sh -c`, which runs that string alone.
- The command repeats the program. The image already starts litellm and appends the command to it.

How to fix it
-------------
Mount the file itself, and name it in the command:

    volumes:
      - ./litellm_config.yaml:/app/config.yaml:ro
    command: ["--config", "/app/config.yaml", "--port", "4000"]

If Docker has created a folder instead of the file, remove it first (rmdir litellm_config.yaml).

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
from collections.abc import Iterator

from clawdoctor.chain.advice import recreate_service
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.compose.command import SHELLS, arguments_of
from clawdoctor.chain.compose.meant_config import YAML, names_config
from clawdoctor.chain.compose.service import DEFAULT_CONFIG
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm_file import LiteLLMPath
from clawdoctor.check import Check
from clawdoctor.checks.docker.dk103_mount import (
    SERVES_NOTHING,
    Fault,
    hidden_program_fault,
    host_file,
    labelled,
    mount_fault,
)
from clawdoctor.checks.docker.dk103_texts import ADVICE, TEXTS
from clawdoctor.checks.docker.service_changes import mount_file, start_with
from clawdoctor.checks.docker.snippets import file_name, mount_snippet, words_snippet
from clawdoctor.finding import Finding, Fix, Severity, Step, Unknown
from clawdoctor.source.change import Append, Change, Quoted, Remove, Rename

_FROM_ELSEWHERE = ("LITELLM_CONFIG_BUCKET_NAME", "DATABASE_URL", "DATABASE_HOST", "WORKER_CONFIG")
"""With one of these variables, LiteLLM may load its models without a file."""
_VARIABLE = "CONFIG_FILE_PATH"
_ENV_FILE = "/app/.env"
"""The file of variables that LiteLLM reads in its image."""


def check(
    compose: Compose, environment: Environment, config: LiteLLMPath | None
) -> Iterator[Finding | Unknown]:
    """Report the first fault of the program, the option, the mount and the file on the host.

    `config` is the file that this run reads, which may be the file that the mount misses.
    """
    service = compose.proxy
    if service is None:
        return
    fault: Fault | Unknown | None = (
        hidden_program_fault(compose, service)
        or _missing_program_fault(compose, service)
        or _ignored_options_fault(compose, service)
        or _repeated_program_fault(compose, service)
    )
    if fault is None and service.config_option is None:
        fault = _missing_option_fault(compose, service, config)
    elif fault is None:
        fault = mount_fault(compose, service, environment, config)
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


def _missing_program_fault(compose: Compose, service: Service) -> Fault | None:
    if service.entrypoint != () or not service.command[:1] or service.command[0][:2] != "--":
        return None
    option = service.shown_command[0].partition("=")[0]
    entry = service.node.entry("entrypoint") if not service.by_hand else None
    return Fault(
        f"{service.name} has options but no program to run",
        "An empty entrypoint replaces the image's own, which starts LiteLLM. Docker says: exec: "
        f'"{option}": executable file not found in $PATH.',
        compose.place(f"{service.pointer}/entrypoint", "no program to start"),
        "the container has no program to run and does not start",
        Fix(
            title="remove the line `entrypoint`",
            applicability="safe" if entry is not None else "manual",
            changes=(Remove(service.node, entry),) if entry is not None else (),
            actions=(recreate_service(service),),
        ),
    )


def _ignored_options_fault(compose: Compose, service: Service) -> Fault | None:
    """Return the fault of `sh -c PROGRAM OPTION...`, where the shell runs only the first word."""
    ignored = [word for word in service.swallowed if word.startswith("-")]
    if not ignored or "litellm" not in map(posixpath.basename, service.shown_command[:3]):
        return None
    key = "entrypoint" if service.entrypoint else "command"
    run = " ".join(service.shown_command[: -len(service.swallowed)])
    # Docker appends the service's own command to the entrypoint.
    own = key == "entrypoint" and service.node.get("command") is not None
    words = service.shown_command[: -len(service.swallowed)] if own else service.shown_command
    names = " and ".join(word for word in ("--config", "--port") if word in ignored)
    return Fault(
        f"the service {service.name} starts LiteLLM without {names or 'its options'}, because "
        "sh -c ignores its other arguments",
        "sh -c runs only its first argument as the command. The others become $0, $1 and so on. "
        "LiteLLM starts without a config and on port 4000.",
        compose.place(f"{service.pointer}/{key}/-", f"sh -c runs only {run}"),
        "LiteLLM ignores its config and its port",
        Fix(
            title="start LiteLLM without a shell",
            applicability="manual" if service.by_hand else "unsafe",
            changes=start_with(service, key, words),
            snippet=words_snippet(service, key, words),
            actions=(recreate_service(service),),
        ),
    )


def _repeated_program_fault(compose: Compose, service: Service) -> Fault | None:
    """Return the fault of a command that repeats the program of the image's entrypoint."""
    words = arguments_of(service.node.get("command"))
    if not service.official or service.entrypoint is not None or not words:
        return None
    first = posixpath.basename(words[0])
    if first != "litellm" and first not in SHELLS:
        return None
    options = [word for word in service.shown_command if word != "litellm"]
    return Fault(
        f"the command of {service.name} starts with {first}, but the image already starts litellm",
        f"The image's entrypoint appends the command to litellm and runs litellm {first} ... "
        f'LiteLLM exits with "Unknown command: {first}".',
        compose.place(f"{service.pointer}/command", "these are arguments of litellm"),
        "the container's command is wrong, so the proxy does not start",
        Fix(
            title="keep only the options in the command",
            applicability="manual" if service.by_hand else "unsafe",
            changes=start_with(service, "command", options),
            snippet=words_snippet(service, "command", options),
            actions=(recreate_service(service),),
        ),
        severity=Severity.WARNING,
    )


def _missing_option_fault(
    compose: Compose, service: Service, config: LiteLLMPath | None
) -> Fault | Unknown | None:
    """Return the fault of a command without --config, which starts LiteLLM without a file."""
    if service.builds or service.option("--model", "-m") is not None:
        return None
    if set(_FROM_ELSEWHERE) & set(service.environment):
        return None
    started_by_us = [posixpath.basename(argument) for argument in service.command[:3]]
    first = service.command[0] if service.command else "-"
    own_start = first[:1] != "-" and not first.endswith(YAML)
    if not service.official or (own_start and "litellm" not in started_by_us):
        return None
    if not service.complete or any(mount.target == _ENV_FILE for mount in service.mounts):
        return Unknown(f"clawdoctor cannot read all variables of {service.name}")
    meant = service.meant_config
    related = () if meant is None else (labelled(meant.mount.place, "mounted but not read"),)
    source = host_file(compose, config) if meant is None else None
    place = compose.place(f"{service.pointer}/command", "no --config here")
    target = meant.shown if meant is not None else DEFAULT_CONFIG
    problem = f"never reads {target}" if meant is not None else "has no config"
    message = f"{service.name} {problem}: its command has no --config"
    fix = _name_config(service, target, source)
    misnamed = next(filter(names_config, service.environment.values()), None)
    if misnamed is not None:
        message = (
            f"{service.name} has no config: LiteLLM does not read the variable {misnamed.name}"
        )
        place = labelled(misnamed.place, f"LiteLLM reads {_VARIABLE} instead")
        fix = _rename_variable(service, misnamed.name, source)
    return Fault(
        message,
        f"LiteLLM reads a config only if --config or {_VARIABLE} names it. Without a config it "
        "starts, lists no models and answers every request with an error.",
        place,
        SERVES_NOTHING,
        fix,
        related=related,
    )


def _rename_variable(service: Service, name: str, source: str | None) -> Fix:
    """Return the fix for a misnamed variable that should name the config."""
    rename = Step(f"Rename {name} to {_VARIABLE} in {file_name(service)}")
    mount = (Step(f"Mount {source} at that path"),) if source is not None else ()
    listed = service.node.get("environment") if not service.by_hand else None
    entry = listed.entry(name) if listed is not None and listed.kind == "mapping" else None
    title = f"rename {name} to {_VARIABLE} in {file_name(service)}"
    if entry is not None and source is None and entry.key.span != entry.value.span:
        renamed = (Rename(entry, _VARIABLE),)
        return Fix(title, "unsafe", changes=renamed, actions=(recreate_service(service),))
    return Fix(title, actions=(rename, *mount, recreate_service(service)))


def _name_config(service: Service, target: str, source: str | None) -> Fix:
    """Return the fix: the option, and the mount of `source` if there is none."""
    given = service.shown_command[len(service.entrypoint or ()) :]
    options = [argument for argument in given if not argument.endswith(YAML)]
    snippet = words_snippet(service, "command", [*options, "--config", target])
    named = _option_changes(service, [*options, "--config", target], given)
    if source is None:
        return Fix(
            "pass the config with --config",
            "safe" if named else "manual",
            changes=named,
            snippet=snippet,
            actions=(recreate_service(service),),
        )
    mounted = mount_file(service, source, target)
    return Fix(
        title="mount the config and pass it with --config",
        applicability="unsafe" if named and mounted else "manual",
        changes=(*named, *mounted) if named and mounted else (),
        snippet=f"{mount_snippet(service, source, target)}\n{snippet}",
        actions=(recreate_service(service),),
    )


def _option_changes(
    service: Service, words: list[str], given: tuple[str, ...]
) -> tuple[Change, ...]:
    """Return the changes that add the last two words to the command, which may be missing."""
    listed = None if service.by_hand else service.node.get("command")
    added = words[len(given) :]
    if listed is not None and len(added) == 2 and len(listed.items) == len(given) > 0:
        return tuple(Append(listed, Quoted(word)) for word in added)
    return start_with(service, "command", words)


CHECK = Check(
    code="DK103",
    name="config-not-mounted",
    stage="docker",
    scope="start",
    run=check,
    documentation=__doc__,
    texts=TEXTS,
    advice=ADVICE,
)
