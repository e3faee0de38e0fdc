"""A variable that litellm_config.yaml refers to does not reach the proxy's container.

What it means
-------------
A container has only the variables that its service passes on. The config says os.environ/NAME,
and NAME is in neither `environment` nor `env_file` of the service, or Compose has no value for
it: LiteLLM uses nothing, and without a master key it does not start at all.

Why it happens
--------------
The variable is set in the shell, or in the .env beside the Compose file. Compose reads that file
to fill in ${NAME} in its own text; it does not hand it to the containers. ${NAME} works in the
Compose file only: in litellm_config.yaml the form is os.environ/NAME (LL102).

How to fix it
-------------
Pass the variable on:

    services:
      litellm:
        environment:
          - AZURE_OPENAI_API_KEY
          - LITELLM_MASTER_KEY

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

from clawdoctor.chain.advice import recreate_service
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.run.engine import CHAIN

MASTER_KEY = "LITELLM_MASTER_KEY"
_WEAK = "dangerously_permit_weak_or_unset_master_key"


def check(
    compose: Compose, litellm: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report each variable of the config that the service does not pass to its container."""
    service = compose.proxy
    if service is None or not _runs(service, litellm):
        return
    if not service.complete:
        yield Unknown("an env_file of the service cannot be read here")
        return
    for name, place, subjects, consequence in _required_variables(litellm, environment, versions):
        passed = service.environment.get(name)
        if passed is not None and passed.value is None and environment.ci:
            yield Unknown(f"{name} is not set on this CI machine; where Compose runs it may be")
        elif passed is None or not passed.value:
            yield _finding(name, place, subjects, consequence, compose, service)


def _runs(service: Service, litellm: LiteLLMConfig) -> bool:
    """Whether the service uses this config. True if the mount is unclear."""
    return service.config_path is None or service.config_path == litellm.path


def _required_variables(
    litellm: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[tuple[str, Place, tuple[str, ...], str]]:
    """Name, place, subjects and consequence of each variable without a value in the container."""
    references: dict[str, tuple[Place, list[Deployment]]] = {}
    for deployment in litellm.deployments:
        for setting, _ in deployment.params.children():
            pointer = f"{deployment.pointer}/litellm_params/{setting}"
            value = value_of(deployment.params, pointer, environment.proxy)
            if value.state == "unset" and value.variable and value.variable.isidentifier():
                place = litellm.place(pointer, "asked for here")
                references.setdefault(value.variable, (place, []))[1].append(deployment)
    for name, (place, deployments) in references.items():
        subjects = tuple(deployment.id for deployment in deployments)
        yield name, place, subjects, f"the container has no {name}"
    master = litellm.master_key
    if versions.effect("litellm", "master-key") != "required" or _permits_none(litellm):
        return
    variable = master.variable if master.state == "unset" else None
    if master.state == "missing" and not _is_set(environment, MASTER_KEY):
        variable = MASTER_KEY
    if variable:
        place = litellm.place(master.pointer, "the proxy wants a master key")
        yield variable, place, (CHAIN,), "the proxy does not start"


def _permits_none(litellm: LiteLLMConfig) -> bool:
    node = litellm.root.at(f"/general_settings/{_WEAK}")
    return node is not None and node.value is True


def _is_set(environment: Environment, name: str) -> bool:
    variable = environment.proxy.get(name)
    return variable is not None and bool(variable.value)


def _finding(
    name: str,
    place: Place,
    subjects: tuple[str, ...],
    consequence: str,
    compose: Compose,
    service: Service,
) -> Finding:
    passed = service.environment.get(name)
    if passed is None:
        message = f"{name} does not reach the container of {service.name}"
        detail = (
            "A container has only what its service passes on; the .env beside the Compose file "
            "fills in ${NAME} in that file and goes no further."
        )
        label = f"{name} is not passed on here"
        where = compose.place(f"{service.pointer}/environment/{name}", label)
    else:
        message = f"{name} reaches the container of {service.name} empty"
        detail = (
            "Compose takes the value from the shell that starts it, or from the .env beside the "
            "Compose file; it is in neither."
        )
        where = Place(passed.place.path, passed.place.pointer, passed.place.span, "not set here")
    return Finding(
        severity=Severity.ERROR if passed is None or not passed.from_shell else Severity.WARNING,
        message=message,
        detail=detail,
        place=where,
        consequence=consequence,
        related=(place,),
        fixes=(
            Fix(
                title=f"pass {name} on to the container",
                snippet=f"environment:\n  - {name}",
                actions=(
                    Step(f"set {name} in the shell or in the .env beside the Compose file"),
                    recreate_service(service.name),
                ),
            ),
        ),
        subjects=subjects,
    )


CHECK = Check(
    code="DK102",
    name="container-env-not-passed",
    stage="docker",
    scope="start",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("LL108",),
    texts=(
        signature(
            r"(?:The )?\"?(?P<variable>(?:LITELLM|AZURE|OPENAI"
            r"|OPENCLAW)_[A-Z0-9_]{1,60})\"? variable is not set\. Defaulting to a blank "
            r"string",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"required variable (?P<variable>(?:LITELLM|AZURE|OPENAI"
            r"|OPENCLAW)_[A-Z0-9_]{1,60}) is missing a value",
            "certain",
            "Docker Compose",
        ),
        signature(
            r"variable is not set\. Defaulting to a blank string",
            "possible",
            "Docker Compose",
        ),
        signature(
            r"env file (?P<path>\S{0,200}(?:litellm|openclaw)\S{0,100}) not found",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"env file .{1,200}? not found|Couldn't find env file"
            r"|open [^\s:]{0,200}\.env: no such file"
            r"|variable ['\"].{1,80}? contains whitespaces|poorly formatted environment"
            r"|in variable name ['\"]",
            "possible",
            "Docker Compose",
        ),
        signature(
            r"open [^\s:]{0,200}(?:litellm|openclaw)[^\s:]{0,60}\.env: no such file"
            r"|Couldn't find env file: \S{0,200}(?:litellm|openclaw)"
            r"|variable name ['\"](?:AZURE|LITELLM|OPENCLAW)|variable ['\"](?:AZURE|LITELLM"
            r"|OPENCLAW)\w{1,60}.{0,80}? contains whitespaces"
            r"|failed to read \S{0,200}(?:litellm|openclaw)\S{0,60}\.env: line \d",
            "likely",
            "Docker Compose",
        ),
        signature(
            r"couldn't find key (?P<variable>\w{1,80}) in (?:Secret|ConfigMap) \S{0,60}(?:litellm"
            r"|openclaw)",
            "likely",
            "Kubernetes",
        ),
    ),
)
