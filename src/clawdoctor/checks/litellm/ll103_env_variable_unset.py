"""A variable that litellm_config.yaml refers to is not set, or not set to what it should be.

What it means
-------------
The config says os.environ/NAME, and NAME has no value where the proxy runs. LiteLLM then uses
nothing, without a word at start: a missing key shows as "Missing credentials. Please pass one of
api_key, ...", a missing api_base as "Must provide one of the base_url or azure_endpoint
arguments". A value with quotes around it, or with a line end at its end, is used with them. With
quotes, Azure answers 401. With a line end in the key, LiteLLM up to 1.106 says "Connection error.",
later versions "Forbidden control character detected in headers".

Why it happens
--------------
The variable was exported in another terminal, or only for the interactive shell and not for the
service; or it was pasted with quotes into an env file that takes them for a part of the value.
Or it is only in a .env that LiteLLM does not read: LiteLLM reads the first .env in the folder of
its own package or a folder above, which is the .env beside the config only if the virtual
environment is in that folder too. With LITELLM_MODE=PRODUCTION it reads no .env at all.
Variables of the config's own environment_variables block come too late: LiteLLM resolves
references before it reads that block. Only names that it looks for by itself work there. Or a
deployment has no api_key or api_base at all, and none of the variables is set in which LiteLLM then
looks: AZURE_API_KEY, AZURE_API_BASE and their like.

How to fix it
-------------
Set the variable where the proxy starts, and restart the proxy:

    set -a; . ./.env; set +a
    litellm --config litellm_config.yaml --port 4000

Versions
--------
All versions of LiteLLM up to 1.110.2, the newest that was run. A missing `model` stops the start of
1.106.2, 1.108.7 and 1.110.2.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE, Value, value_of
from clawdoctor.chain.parameter import restart
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll103_absent import (
    AbsentSetting,
    absent_settings,
    is_given,
    sibling_value,
)
from clawdoctor.checks.litellm.ll103_texts import ADVICE, TEXTS
from clawdoctor.checks.litellm.ll103_unset import (
    set_where_it_starts,
    unmentioned_near,
    unset_message,
    unset_note,
)
from clawdoctor.checks.litellm.ll103_value import EFFECTS, find_deformed_value, find_reference_value
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put, put
from clawdoctor.source.secret import Secret
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests

_PARTS = {"api_key": "credential", "api_base": "url", "api_version": "api-version"}
"""The part of a request that each setting gives."""


def check(
    deployment: Deployment,
    litellm: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report each reference to a variable that is unset, empty, quoted or ends in a line end.

    Also report a key or an address that the deployment lacks and no variable holds.
    """
    for setting in absent_settings(deployment, litellm, environment, requests):
        yield from _find_absent(setting, deployment, litellm, environment)
    for name, _ in deployment.params.children():
        pointer = f"{deployment.pointer}/litellm_params/{name}"
        value = value_of(deployment.params, pointer, environment.proxy)
        if value.state == "unset" and (other := _fallback_variable(deployment, name, requests)):
            if other != value.variable:  # environment_variables of the config can set the variable
                yield from _find_fallback(value, other, litellm, environment)
        elif value.state == "unset" and not (
            name == "api_key" and is_given(name, deployment, litellm, requests)
        ):
            yield from _find_unset(name, value, litellm, environment)
        elif value.state == "from-env" and name in EFFECTS:
            yield from find_deformed_value(name, value, litellm)
            yield from find_reference_value(name, value, litellm, environment)


def _find_absent(
    setting: AbsentSetting,
    deployment: Deployment,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    """Find an address or a key that neither the deployment nor a variable gives."""
    scope, name = environment.proxy, setting.name
    consequence, portal = EFFECTS[name]
    sure = scope.basis == "known"
    if not sure and environment.ci:
        yield Unknown(f"neither {setting.listed} is set on this CI machine")
        return
    value = "https://<resource>.openai.azure.com"
    if name == "api_key":
        value = "os.environ/AZURE_OPENAI_API_KEY"
    sibling = sibling_value(name, deployment, litellm)
    yield Finding(
        severity=_severity(name, sure),
        message=f'"{deployment.group}" has no {name}, and neither {setting.listed} is set in '
        f"{scope.source}",
        detail="LiteLLM looks into these variables where a deployment has none of its own."
        + ("" if sure else " There is nothing to do if the service that runs it sets one."),
        place=litellm.place(f"{deployment.pointer}/litellm_params/{name}", f"no {name}"),
        consequence=consequence,
        fixes=(
            Fix(
                title=f"write {name}",
                snippet=f"{name}: {value}",
                applicability="unsafe" if sibling is not None else "manual",
                changes=() if sibling is None else put(deployment.params, f"/{name}", sibling),
                actions=(Step(portal), restart(litellm, environment)),
            ),
        ),
        assumed=True,
    )


def _fallback_variable(deployment: Deployment, name: str, requests: Requests) -> str | None:
    """The variable in which LiteLLM finds the setting by itself."""
    for made in requests.reaching(deployment) if deployment.provider == "azure" else ():
        for source in made.sources if isinstance(made, HopRequest) else ():
            if source.part == _PARTS.get(name) and source.place is None and source.variable:
                return source.variable.name
    return None


def _find_fallback(
    value: Value[str] | Value[Secret], other: str, litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Find a reference that has no effect because LiteLLM uses another variable."""
    variable, scope = value.variable or "", environment.proxy
    if not variable.isidentifier() or scope.container is not None:
        return
    yield Finding(
        severity=Severity.INFO,
        message=f"{variable} is not set in {scope.source}; LiteLLM takes {other} instead",
        detail=f"LiteLLM looks into {other} by itself where a deployment has no value of its own.",
        place=litellm.place(value.pointer, f"{other} is used"),
        consequence="nothing changes as long as both are meant to be the same",
        fixes=(
            Fix(
                title=f"write the variable that is set, or set {variable}",
                applicability="unsafe",
                changes=() if value.node is None else (Put(value.node, f"{REFERENCE}{other}"),),
                snippet=f"{value.pointer.rpartition('/')[2]}: os.environ/{other}",
                actions=(restart(litellm, environment),),
            ),
        ),
    )


def _find_unset(
    name: str, value: Value[str] | Value[Secret], litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Finding | Unknown]:
    variable, scope = value.variable or "", environment.proxy
    if not variable.isidentifier() or scope.container is not None:
        return  # LL102 reports a wrong form; DK102 a variable that does not reach the container
    sure = scope.basis == "known"
    own = litellm.root.at(f"/environment_variables/{variable}")
    if not sure and own is None and environment.ci:
        yield Unknown(f"{variable} is not set on this CI machine; where the proxy runs it may be")
        return
    consequence, portal = EFFECTS.get(name, ("a setting is missing", ""))
    state = "is empty" if value.found is not None else "is not set"
    detail = f"LiteLLM reads {variable} when it starts and uses nothing where it is missing."
    if name == "model":
        detail = f"LiteLLM reads {variable} when it starts, and exits without a model."
    related: tuple[Place, ...] = ()
    unread = scope.unread.get(variable)
    if own is not None:
        detail = f"{detail} It resolves references before it reads environment_variables."
        related = (litellm.place(f"/environment_variables/{variable}", "this comes too late"),)
    elif unread is not None and unread.place is not None:
        related = (unread.place,)
    if own is None:
        detail += unset_note(variable, litellm, scope)
    yield Finding(
        severity=_severity(name, sure or own is not None),
        message=unset_message(variable, value.found is not None, scope),
        detail=detail,
        place=litellm.place(value.pointer, f"{state} in {scope.source}"),
        consequence=consequence,
        related=related,
        fixes=(
            *_near_fixes(value, litellm, environment),
            _fix(variable, portal, litellm, environment),
        ),
        subjects=(CHAIN,) if name == "model" else (),
        assumed=name in EFFECTS,
    )


def _severity(name: str, sure: bool) -> Severity:
    """A warning for a setting with a default, or one that may be set elsewhere. Else an error."""
    return Severity.ERROR if sure and name in EFFECTS else Severity.WARNING


def _near_fixes(
    value: Value[str] | Value[Secret], litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Fix]:
    """Yield the fix that refers to the only variable of nearly this name that is set."""
    near = unmentioned_near(value.variable or "", litellm, environment.proxy)
    if len(near) == 1 and value.node is not None:
        yield Fix(
            title=f"refer to {near[0]}",
            applicability="unsafe",
            changes=(Put(value.node, f"{REFERENCE}{near[0]}"),),
            actions=(
                Step(f"or set {value.variable} where the proxy starts"),
                restart(litellm, environment),
            ),
        )


def _fix(variable: str, portal: str, litellm: LiteLLMConfig, environment: Environment) -> Fix:
    step = set_where_it_starts(variable, environment.proxy, portal)
    return Fix(
        title=f"set {variable} where the proxy starts",
        actions=(step, restart(litellm, environment)),
    )


CHECK = Check(
    code="LL103",
    name="env-variable-unset",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "no-base",
        "no-key",
        "no-client",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
