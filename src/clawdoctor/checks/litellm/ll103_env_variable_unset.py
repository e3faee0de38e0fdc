"""A variable that litellm_config.yaml refers to is unset, or its value is malformed.

What it means
-------------
The config says os.environ/NAME, and NAME has no value where the proxy runs. LiteLLM then uses no
value and does not warn at startup. If a key is missing, the error is "Missing credentials. Please
pass one of api_key, ...". If an api_base is missing, it is "Must provide one of the base_url or
azure_endpoint arguments". If a value has quotes around it or a trailing newline, LiteLLM uses them
as a part of the value. With quotes, Azure answers 401. With a newline in the key, LiteLLM 1.106 and
older say "Connection error.", and later versions say "Forbidden control character detected in
headers".

Why it happens
--------------
- You exported the variable in another terminal, or only for the interactive shell and not for the
  service.
- You pasted it with quotes into an env file whose reader treats quotes as a part of the value.
- It is only in a .env that LiteLLM does not read. LiteLLM reads the first .env in the folder of its
  own package or a parent folder. That is the .env next to the config only if the virtual
  environment is in that folder too. With LITELLM_MODE=PRODUCTION, LiteLLM reads no .env at all.
- It is only in the config's own environment_variables block. LiteLLM resolves references before it
  reads that block. Only variables that LiteLLM looks up by itself work there.
- A deployment has no api_key or api_base at all, and the variables that LiteLLM then tries
  (AZURE_API_KEY, AZURE_API_BASE and similar) are unset too.

How to fix it
-------------
Set the variable in the proxy's environment, and restart the proxy:

    set -a; . ./.env; set +a
    litellm --config litellm_config.yaml --port 4000

Versions
--------
All versions of LiteLLM up to 1.110.2, the newest version tested. If `model` is missing, LiteLLM
1.106.2, 1.108.7 and 1.110.2 do not start.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import COPY_ENDPOINT, set_for_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE, Value, value_of
from clawdoctor.chain.parameter import restart, where_set
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll103_absent import (
    AbsentSetting,
    absent_settings,
    is_given,
    sibling_value,
)
from clawdoctor.checks.litellm.ll103_texts import ADVICE, TEXTS
from clawdoctor.checks.litellm.ll103_unset import (
    set_title,
    set_where_it_starts,
    unmentioned_near,
    unset_message,
    unset_note,
)
from clawdoctor.checks.litellm.ll103_value import EFFECTS, find_deformed_value, find_reference_value
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put, put
from clawdoctor.source.secret import Secret
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests

_PARTS = {"api_key": "credential", "api_base": "url", "api_version": "api-version"}
"""The part of a request that each setting provides."""


def check(
    deployment: Deployment,
    litellm: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report each reference to a variable that is unset, empty, quoted or ends with a newline.

    Also report a key or an address that neither the deployment nor a variable provides.
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
            yield from find_deformed_value(name, value, litellm, environment)
            yield from find_reference_value(name, value, litellm, environment)


def _find_absent(
    setting: AbsentSetting,
    deployment: Deployment,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    """Report an address or a key that neither the deployment nor a variable provides."""
    scope, name = environment.proxy, setting.name
    consequence, portal = EFFECTS[name]
    sure = scope.basis == "known"
    if not sure and environment.ci:
        yield Unknown(f"none of {setting.listed} is set on this CI machine")
        return
    value = "https://<resource>.openai.azure.com"
    if name == "api_key":
        value = "os.environ/AZURE_OPENAI_API_KEY"
    sibling = sibling_value(name, deployment, litellm)
    empty = deployment.params.get(name) is not None
    what = f"give {name} a value" if empty else f"add {name} to the deployment"
    title = f"in litellm_config.yaml, {what}"
    step: tuple[Action, ...] = () if sibling is not None else (COPY_ENDPOINT,)
    if name == "api_key" and sibling is None:
        variable = value.removeprefix(REFERENCE)
        step = (set_for_proxy(variable, f"a key from {portal}", where_set(environment)),)
    yield Finding(
        severity=_severity(name, sure),
        message=f'{name} of "{deployment.group}" is empty, and no variable provides one'
        if empty
        else f'"{deployment.group}" has no {name}, and no variable provides one',
        detail=f"If a deployment does not set {name}, LiteLLM tries {setting.listed}. "
        f"None of them is set in {scope.source}."
        + ("" if sure else " There is nothing to do if the service that runs LiteLLM sets one."),
        place=litellm.place(f"{deployment.pointer}/litellm_params/{name}", f"no {name}"),
        consequence=consequence,
        fixes=(
            Fix(
                title=title,
                snippet=f"{name}: {value}",
                applicability="unsafe" if sibling is not None else "manual",
                changes=() if sibling is None else put(deployment.params, f"/{name}", sibling),
                actions=(*step, restart(litellm, environment)),
            ),
        ),
        assumed=True,
    )


def _fallback_variable(deployment: Deployment, name: str, requests: Requests) -> str | None:
    """Return the variable in which LiteLLM finds the setting by itself."""
    for made in requests.reaching(deployment) if deployment.provider == "azure" else ():
        for source in made.sources if isinstance(made, HopRequest) else ():
            if source.part == _PARTS.get(name) and source.place is None and source.variable:
                return source.variable.name
    return None


def _find_fallback(
    value: Value[str] | Value[Secret], other: str, litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Report a reference that has no effect because LiteLLM uses another variable."""
    variable, scope = value.variable or "", environment.proxy
    if not variable.isidentifier() or scope.container is not None:
        return
    yield Finding(
        severity=Severity.INFO,
        message=f"{variable} is not set in {scope.source}; LiteLLM uses {other} instead",
        detail=f"LiteLLM falls back to {other} if a deployment has no value.",
        place=litellm.place(value.pointer, f"LiteLLM uses {other}"),
        consequence="this is harmless if both should have the same value",
        fixes=(
            Fix(
                title=f"change the setting to {REFERENCE}{other}, or set {variable}",
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
        yield Unknown(f"{variable} is not set on this CI machine, but may be where the proxy runs")
        return
    consequence, portal = EFFECTS.get(name, ("a setting is missing", ""))
    state = "is empty" if value.found is not None else "is not set"
    detail = f"LiteLLM reads {variable} at startup. Without it, the setting has no value."
    if name == "model":
        detail = f"LiteLLM reads {variable} at startup, and exits if it finds no model."
    related: tuple[Place, ...] = ()
    unread = scope.unread.get(variable)
    if own is not None:
        detail = f"{detail} LiteLLM resolves references before it reads environment_variables."
        related = (
            litellm.place(f"/environment_variables/{variable}", "LiteLLM reads this too late"),
        )
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
    """Return a warning if the setting has a default or may be set elsewhere, else an error."""
    return Severity.ERROR if sure and name in EFFECTS else Severity.WARNING


def _near_fixes(
    value: Value[str] | Value[Secret], litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Fix]:
    """Yield a fix that refers to the only set variable with a similar name."""
    near = unmentioned_near(value.variable or "", litellm, environment.proxy)
    if len(near) == 1 and value.node is not None:
        yield Fix(
            title=f"set {value.pointer.rpartition('/')[2]} to {REFERENCE}{near[0]}",
            applicability="unsafe",
            changes=(Put(value.node, f"{REFERENCE}{near[0]}"),),
            actions=(
                Step(f"Or set {value.variable} {where_set(environment)}"),
                restart(litellm, environment),
            ),
        )


def _fix(variable: str, portal: str, litellm: LiteLLMConfig, environment: Environment) -> Fix:
    step = set_where_it_starts(variable, environment, portal)
    return Fix(
        title=set_title(variable, environment),
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
        "control-character",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
