"""A variable that litellm_config.yaml refers to does not reach the proxy's container.

What it means
-------------
A container gets only the variables that its service passes on. The config refers to
os.environ/NAME, but the service sets NAME in neither `environment` nor `env_file`, or Compose has
no value for it. LiteLLM then works without the value, and without a master key it does not start.

Why it happens
--------------
The variable is set only in the shell or in the .env next to the Compose file. Compose uses that
.env to fill in ${NAME} in the Compose file, but does not pass it to the containers. ${NAME} works
only in the Compose file. In litellm_config.yaml, write os.environ/NAME (LL102). Or the container
has the value under a similar name: it has AZURE_API_KEY_EAST, and the config refers to
AZURE_API_KEY.

How to fix it
-------------
Pass the variable on:

    services:
      litellm:
        environment:
          - AZURE_OPENAI_API_KEY
          - LITELLM_MASTER_KEY

For a container that docker run starts, add -e AZURE_OPENAI_API_KEY. If only the names differ, use
the same name in both files.

Versions
--------
All versions of Docker Compose. LiteLLM refuses to start without a master key since 1.104.0.

References
----------
https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import recreate_service
from clawdoctor.chain.compose import Compose, Passed, Service
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE, value_of
from clawdoctor.chain.near_variable import near_variables
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.docker.service_changes import pass_variable
from clawdoctor.checks.docker.snippets import environment_snippet, file_name
from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put

MASTER_KEY = "LITELLM_MASTER_KEY"
_NAME = regex(r"os\.environ/(\w+)")
_WEAK = "dangerously_permit_weak_or_unset_master_key"


@dataclass(frozen=True, slots=True)
class _Missing:
    """A variable without a value in the container, and the places that refer to it.

    `written` is False if LiteLLM reads the variable without a reference. The place is then that of
    the missing setting.
    """

    name: str
    places: tuple[Place, ...]
    subjects: tuple[str, ...]
    consequence: str
    written: bool = True


def check(
    compose: Compose, litellm: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report each variable of the config that the service does not pass to its container."""
    service = compose.proxy
    if service is None or not _runs(service, litellm):
        return
    if not service.complete:
        yield Unknown(f"clawdoctor cannot read all variables of {service.name}")
        return
    for missing in _required_variables(litellm, environment, versions):
        passed = service.environment.get(missing.name)
        if passed is not None and passed.value is None and environment.ci:
            yield Unknown(
                f"{missing.name} is not set on this CI machine; it may be set where the "
                "container starts"
            )
        elif passed is None or not passed.value:
            yield _finding(missing, compose, service, litellm)


def _runs(service: Service, litellm: LiteLLMConfig) -> bool:
    """Return whether the service uses this config. True if the mount is unclear."""
    return service.config_path is None or service.config_path == litellm.path


def _required_variables(
    litellm: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[_Missing]:
    references: dict[str, list[tuple[Place, Deployment]]] = {}
    for deployment in litellm.deployments:
        for setting, _ in deployment.params.children():
            pointer = f"{deployment.pointer}/litellm_params/{setting}"
            value = value_of(deployment.params, pointer, environment.proxy)
            if value.state == "unset" and value.variable and value.variable.isidentifier():
                place = litellm.place(pointer, "referenced here")
                references.setdefault(value.variable, []).append((place, deployment))
    for name, found in references.items():
        places = tuple({place.span: place for place, _ in found}.values())
        subjects = tuple(deployment.id for _, deployment in found)
        yield _Missing(name, places, subjects, f"the container has no {name}")
    master = litellm.master_key
    if versions.effect("litellm", "master-key") != "required" or _permits_none(litellm):
        return
    variable = master.variable if master.state == "unset" else None
    if master.state == "missing" and not _is_set(environment, MASTER_KEY):
        variable = MASTER_KEY
    if variable:
        place = litellm.place(master.pointer, "the proxy requires a master key")
        written = master.state == "unset"
        yield _Missing(
            variable,
            (place,),
            (CHAIN,),
            "the container has no master key, so the proxy does not start",
            written,
        )


def _permits_none(litellm: LiteLLMConfig) -> bool:
    node = litellm.root.at(f"/general_settings/{_WEAK}")
    return node is not None and node.value is True


def _is_set(environment: Environment, name: str) -> bool:
    variable = environment.proxy.get(name)
    return variable is not None and bool(variable.value)


def _meant(name: str, service: Service, litellm: LiteLLMConfig) -> tuple[Passed, ...]:
    """Return the variables of the container that the config may mean by this name.

    A variable that the config refers to elsewhere is not one of them.
    """
    known = {word for text in litellm.texts for word in _NAME.findall(text.content)}
    options = {
        passed.name: passed
        for passed in service.environment.values()
        if passed.value and passed.name not in known
    }
    return tuple(options[option] for option in near_variables(name, options))


def _finding(
    missing: _Missing, compose: Compose, service: Service, litellm: LiteLLMConfig
) -> Finding:
    name, meant = missing.name, _meant(missing.name, service, litellm)
    passed = service.environment.get(name)
    severity = Severity.ERROR
    fix = _pass_on(name, service, is_given=name in compose.given)
    message = f"{name} does not reach the container {service.name}"
    if passed is None and meant:
        near = " and ".join(other.name for other in meant)
        detail = (
            f"The config refers to {name}, and {file_name(service)} sets "
            f"{near}. LiteLLM needs the same name in both."
        )
        first = meant[0].place
        where = replace(first, label=f"the config refers to {name}")
        fix = _rename(missing, meant, service, litellm)
    elif passed is None:
        detail = (
            "A container gets only the variables that its service passes on. Compose fills in "
            "${NAME} in its file from the .env next to it, but does not pass that .env to "
            "containers."
        )
        if service.by_hand:
            detail = (
                "A container gets only the variables that its docker run line passes with -e "
                "and --env-file, not the other variables of the shell."
            )
        label = f"does not pass {name} on"
        where = compose.place(f"{service.pointer}/environment/{name}", label)
    else:
        message = f"{name} is empty in the container {service.name}"
        detail = (
            "Compose takes the value from the shell that starts it, or from the .env next to "
            "the Compose file. Neither has it."
        )
        if service.by_hand:
            detail = (
                "docker run takes the value from the shell that starts it, and this shell does "
                "not have it."
            )
        where = Place(passed.place.path, passed.place.pointer, passed.place.span, "not set here")
        severity = Severity.WARNING if passed.from_shell else Severity.ERROR
    return Finding(
        severity=severity,
        message=message,
        detail=detail,
        place=where,
        consequence=missing.consequence,
        related=missing.places[:1],
        fixes=(fix,),
        subjects=missing.subjects,
    )


def _pass_on(name: str, service: Service, *, is_given: bool) -> Fix:
    """Return the fix that passes a variable on. It must have a value where Docker starts."""
    where = "the shell"
    if not service.by_hand:
        where = "the shell or in the .env next to the Compose file"
    passes = name in service.environment
    changes = () if passes else pass_variable(service, name)
    value = () if is_given else (Step(f"Set {name} in {where}"),)
    return Fix(
        title=f"set {name} in {where}" if passes and value else f"pass {name} on to the container",
        applicability="safe" if changes else "manual",
        changes=changes,
        snippet="" if passes and value else environment_snippet(service, name),
        actions=(*value, recreate_service(service)),
    )


def _rename(
    missing: _Missing, meant: tuple[Passed, ...], service: Service, litellm: LiteLLMConfig
) -> Fix:
    """Return the fix that refers to the container's variable. The user may rename it instead."""
    near = meant[0].name
    reference = f"{REFERENCE}{near}"
    key = missing.places[0].pointer.rpartition("/")[2]
    sure = missing.written and len(meant) == 1
    nodes = [litellm.root.at(place.pointer) for place in missing.places] if sure else []
    changes = tuple(Put(node, reference) for node in nodes if node is not None)
    return Fix(
        title=f"in litellm_config.yaml, change {key} to {reference}",
        applicability="unsafe" if changes else "manual",
        changes=changes,
        snippet=f"{key}: {reference}",
        actions=(
            Step(f"Or rename {near} to {missing.name} in {file_name(service)}"),
            recreate_service(service),
        ),
    )


CHECK = Check(
    code="DK102",
    name="container-env-not-passed",
    stage="docker",
    scope="start",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("no-key", "no-base", "no-client"),
    causes=("LL108",),
    texts=(
        rule(
            "certain",
            "Docker Compose",
            r"(?P<variable>(?:LITELLM|AZURE|OPENAI|OPENCLAW)_\w{1,60})'? "
            r"(?:variable is not set\. Defaulting|is missing a value)",
            advice="blank",
        ),
        rule(
            "likely",
            "Docker",
            r"\benv file|\.env:",
            "not found|no such file|find env file",
            "litellm|openclaw|clawdbot",
            advice="file",
        ),
        rule(
            "likely",
            "Kubernetes",
            r"couldn't find key (?P<variable>\w{1,80}) in (?:Secret|ConfigMap)",
            by=("litellm", "openclaw"),
            advice="secret",
        ),
    ),
    advice={
        "blank": Advice(
            "Compose fills in ${<variable>} from the shell that starts it and from the .env next"
            " to the Compose file. Neither has <variable>. A file that env_file names counts"
            " only inside the container. Add the variable to that .env, or name the file when"
            " you run Compose:",
            "<variable>=...                     # .env next to docker-compose.yml",
            run=("docker compose --env-file .env up -d", "docker compose config"),
        ),
        "file": Advice(
            "Create the env file that the text names, or correct its path. The path is relative"
            " to the folder of the Compose file, or, with docker run, to the current folder. If"
            " the file is optional, write:",
            "env_file:\n  - path: .env\n    required: false",
        ),
        "secret": Advice(
            "The Secret or ConfigMap has no key <variable>. Add it, or correct the key in the"
            " Deployment's env, and restart the pod. To see the keys:",
            run=("kubectl describe secret <name of the secret>",),
        ),
        STRAIGHT: Advice(
            "Pass the variable on to OpenClaw's service and recreate the container:",
            "services:\n  openclaw-gateway:\n    environment:\n      - AZURE_OPENAI_API_KEY",
            run=("docker compose up -d",),
        ),
    },
)
