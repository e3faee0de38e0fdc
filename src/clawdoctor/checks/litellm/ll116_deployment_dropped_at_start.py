"""LiteLLM drops a deployment of litellm_config.yaml at startup.

What it means
-------------
The proxy starts, but the deployment does not exist. LiteLLM's log still lists the model under "Set
models", but /v1/models does not. A request for it gets 400 "You passed in model=... There are no
healthy deployments for this model". LiteLLM gives the reason only in its log, in a line with "Error
creating deployment", or with "Ignoring deployment ... as it is not active for environment ..." if
LITELLM_ENVIRONMENT names another environment.

Why it happens
--------------
LiteLLM checks each deployment separately. It drops a deployment in these cases:

- LiteLLM does not know the provider.
- A value has the wrong type (`rpm: fast`).
- The deployment has supported_environments, but LITELLM_ENVIRONMENT is unset or names another
  environment. The only valid environments are development, staging and production.

A deployment with `blocked: true` in its model_info exists, but LiteLLM sends nothing to it. If all
deployments of a model are blocked, the proxy answers 403 "Model is blocked".

How to fix it
-------------
Use a provider that LiteLLM knows. For your own server with OpenAI's API, use openai/ or
hosted_vllm/:

    model: openai/llama3
    api_base: http://localhost:8080/v1

Set the environment where the proxy runs, or remove supported_environments:

    LITELLM_ENVIRONMENT=production

Remove `blocked: true` from a model that the agent uses.

LL105 reports a missing or wrong azure/ prefix, LL107 an api_version that is not a string.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. clawdoctor knows the providers that these three
versions support. If you run a newer version, or a version between these three, and it may know the
provider, the finding is only a warning. The same applies to another environment if you run a newer
version.

References
----------
https://docs.litellm.ai/docs/providers
https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.dropped import Drop, unknown_provider
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, restart, where_set
from clawdoctor.chain.router import fallbacks_of, own_deployments
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll105_model import DROPPED, key_fault, model_fault
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.knowledge.measured import looked_at, names_in
from clawdoctor.source.change import Change, Put, Quoted, Remove
from clawdoctor.source.node import split_pointer
from clawdoctor.wire.candidates import is_blocked
from clawdoctor.wire.requests import Requests

_PROVIDERS = "litellm_providers"
_NUMBER = regex(r"\d{1,3}(?:[ ,_]\d{3})+", re.ASCII)
"""A number with separators between the thousands."""
_TITLE = "LiteLLM drops these deployments at startup"
_TYPES = {
    "text": "a string",
    "integer": "a whole number",
    "number": "a number",
    "switch": "true or false",
    "list": "a list",
    "mapping": "keys and values",
    "scalar": "a number of seconds",
    "time": "a date",
    "tier": "free or paid",
    "atom": "a string",
}
_EXAMPLES = {
    "text": "<string>",
    "integer": "100",
    "number": "0.5",
    "switch": "true",
    "list": "[<value>]",
    "mapping": "{ <key>: <value> }",
    "scalar": "60",
    "time": "2026-01-31T00:00:00Z",
    "tier": "paid",
    "atom": "<string>",
}


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    requests: Requests,
) -> Iterator[Finding | Unknown]:
    """Report a deployment that does not exist after LiteLLM starts."""
    drop = requests.drop_of(deployment)
    if drop is None and is_blocked(deployment):
        yield from _blocked(deployment, config, environment, requests)
        return
    if drop is None or drop.reason == "provider":
        drop = _provider_drop(deployment, config, versions)
    if drop is None or _is_reported_elsewhere(deployment, config, environment, versions, drop):
        return
    assumed = drop.variable is not None and drop.variable.basis == "assumed"
    severity = Severity.WARNING if assumed else Severity.ERROR
    why = ""
    if drop.reason == "variable" and environment.proxy.basis == "assumed":
        if environment.ci:
            yield Unknown(f"{drop.wanted} is not set on this CI machine")
            return
        assumed, severity = True, Severity.WARNING
        why = " There is nothing to do if the proxy's own environment sets it."
    if drop.reason == "provider":
        why = versions.doubt(names_in(_PROVIDERS, "providers"), drop.wanted)
    if drop.reason == "environments" and (
        versions.judged_as() is None or "litellm" in versions.newer()
    ):
        drop = replace(drop, sure=False)
        why = f" A newer LiteLLM may know others. {versions.stated('litellm', 'LiteLLM')}."
    if drop.reason == "environments":
        why = f" LiteLLM accepts only a list of these environments: {drop.wanted}.{why}"
    if not drop.sure:
        severity, assumed = Severity.WARNING, True
    others = _others(config, deployment, requests)
    if others:
        severity = severity.at_most(Severity.WARNING)
    yield Finding(
        severity=severity,
        message=_message(deployment, drop, environment),
        title=_TITLE,
        detail=_outcome(drop, others) + why,
        place=config.place(drop.pointer, _label(drop)),
        consequence=DROPPED if drop.sure else "",
        related=alias_places(config, deployment, drop.pointer.rpartition("/")[2]),
        fixes=(_fix(deployment, config, drop, environment),),
        assumed=assumed,
    )


def _blocked(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment, requests: Requests
) -> Iterator[Finding]:
    """Report a blocked deployment if nothing answers instead."""
    if _others(config, deployment, requests):
        return
    pointer = f"{deployment.pointer}/model_info"
    block = config.root.at(pointer)
    entry = block.entry("blocked") if block is not None else None
    yield Finding(
        severity=Severity.ERROR,
        message=f'"{deployment.group}" is blocked in its model_info',
        title="These deployments are blocked in their model_info",
        detail="If all deployments of a model are blocked, the proxy answers 403 "
        '"Model is blocked".',
        place=config.place(f"{pointer}/blocked", "LiteLLM sends nothing to this deployment"),
        consequence=f'"{deployment.group}" is blocked in its model_info',
        fixes=(
            Fix(
                "remove blocked: true",
                "unsafe",
                changes=(Remove(block, entry),) if block and entry else (),
                actions=(restart(config, environment),),
            ),
        ),
    )


def _is_reported_elsewhere(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    drop: Drop,
) -> bool:
    """Return whether LL105 reports the model, LL107 the api-version, or LL115 the key."""
    if drop.reason == "type":
        return drop.pointer.endswith(("/api_version", "/api_key"))
    text = deployment.model.resolved or ""
    version = versions.judged_as()
    found = key_fault(deployment, text) or model_fault(
        deployment, config, environment, text, version
    )
    return drop.reason == "provider" and (not drop.wanted or found is not None)


def _provider_drop(
    deployment: Deployment, config: LiteLLMConfig, versions: Versions
) -> Drop | None:
    """Return the drop if a version that may be running does not know the provider."""
    version = versions.value("litellm")
    drop = next(unknown_provider(deployment, config, versions.judged_as()), None)
    if drop is not None or versions.known("litellm"):
        return drop
    oldest = version or looked_at(_PROVIDERS)[0]
    drop = next(unknown_provider(deployment, config, oldest), None)
    return replace(drop, sure=False) if drop is not None else None


def _outcome(drop: Drop, others: str) -> str:
    if not drop.sure and drop.reason == "environments":
        newest = looked_at(_PROVIDERS)[-1]
        return f"LiteLLM {newest} and older drop a deployment with any other environment."
    if not drop.sure:
        return "LiteLLM drops a deployment if it does not know the provider."
    if others:
        return f"LiteLLM answers requests with {others} instead."
    return 'The proxy then answers "There are no healthy deployments for this model".'


def _others(config: LiteLLMConfig, deployment: Deployment, requests: Requests) -> str:
    """Return what answers instead of the deployment: others of its group, or a fallback."""
    asked = deployment.requested or deployment.group
    members = own_deployments(config, asked)
    if any(m.id != deployment.id and _answers(m, requests) for m in members):
        return "the model's other deployments"
    for name in fallbacks_of(config, asked):
        if any(_answers(m, requests) for m in own_deployments(config, name)):
            return f'the fallback "{name}"'
    return ""


def _answers(deployment: Deployment, requests: Requests) -> bool:
    return requests.drop_of(deployment) is None and not is_blocked(deployment)


def _message(deployment: Deployment, drop: Drop, environment: Environment) -> str:
    name = drop.pointer.rpartition("/")[2]
    if drop.reason == "provider":
        noun = f'the provider "{drop.wanted}"'
        if deployment.model.hidden and name == "model":
            noun = f"the provider in {deployment.model.named}"
        if not drop.sure:
            return f"LiteLLM may not know {noun}"
        return f"LiteLLM does not know {noun} and drops the deployment"
    drops = f'LiteLLM drops "{deployment.group}" because'
    if drop.reason == "variable":
        return f"{drops} {drop.wanted} is not set in {environment.proxy.source}"
    if drop.reason == "environment":
        return f"{drops} {drop.wanted} matches none of its {name}"
    if drop.reason == "environments":
        drops = drops if drop.sure else f'LiteLLM may drop "{deployment.group}" because'
        return f"{drops} {name} is invalid"
    return f"{drops} {name} is not {_TYPES[drop.wanted]}"


def _label(drop: Drop) -> str:
    if drop.reason == "type":
        return f"must be {_TYPES[drop.wanted]}"
    if drop.reason == "provider" and not drop.sure:
        return "not every version of LiteLLM knows this provider"
    unsure = "not every version of LiteLLM knows this environment"
    return {
        "provider": "LiteLLM does not know this provider",
        "environments": "not a list of known environments" if drop.sure else unsure,
    }.get(drop.reason, f"requires {drop.wanted}")


def _meant_environments(config: LiteLLMConfig, drop: Drop) -> Iterator[str]:
    """Yield the known environments whose names begin like those in the file."""
    node, known = config.root.at(drop.pointer), drop.wanted.split(", ")
    for item in node.items if node is not None else ():
        start = str(item.value)[:3].casefold()
        yield from (name for name in known if start and name.startswith(start))


def _fix(
    deployment: Deployment, config: LiteLLMConfig, drop: Drop, environment: Environment
) -> Fix:
    action = restart(config, environment)
    if drop.reason == "provider":
        known: tuple[str, ...] = table(_PROVIDERS)["providers"]
        near = nearest(drop.wanted, (name for name in known if name != drop.wanted))
        if drop.wanted in known:  # another version knows it
            near = ()
        written = deployment.model.node if deployment.model.state == "written" else None
        guess = near if written is not None and drop.pointer.endswith("/model") else ()
        title = "use a provider that LiteLLM knows"
        steps: tuple[Action, ...] = ()
        if near:
            title = f"set model to {near[0]}/{deployment.name}"
        elif since := names_in(_PROVIDERS, "providers").since.get(drop.wanted):
            title = f"update LiteLLM to {since} or later"
            steps += (Step(f"Update LiteLLM to {since} or later, if it is older"),)
            if not near and not deployment.model.hidden:
                other = f"model: openai/{deployment.name}"
                steps += (Step(f"Or, if the server has OpenAI's API, write {other}"),)
        return Fix(
            title=title,
            applicability="unsafe" if guess else "manual",
            changes=(Put(written, f"{near[0]}/{deployment.name}"),) if written and guess else (),
            snippet=""
            if near or deployment.model.hidden or steps
            else f"model: openai/{deployment.name}  # for a server with OpenAI's API",
            actions=(*steps, action),
        )
    if drop.reason == "variable" or drop.reason == "environment":
        where = where_set(environment, drop.wanted)
        node = config.root.at(drop.pointer)
        names = [str(item.value) for item in node.items] if node is not None else []
        value = names[0] if names else "production"
        return Fix(
            title=f"{where}, set {drop.wanted} to {value}",
            actions=(set_for_proxy(drop.wanted, value, where), action),
        )
    if drop.reason == "environments":
        meant = ", ".join(_meant_environments(config, drop)) or drop.wanted
        name = drop.pointer.rpartition("/")[2]
        snippet = f"{name}: [{meant}]"
        title = f"set {name} to [{meant}]"
        if meant == drop.wanted:
            title = f"use only the environments {drop.wanted}"
        return Fix(title=title, snippet=snippet, actions=(action,))
    if drop.variable is not None:
        form, name = _TYPES[drop.wanted], drop.variable.name
        where = where_set(environment, name)
        return Fix(
            title=f"set {name} to {form}", actions=(set_for_proxy(name, form, where), action)
        )
    key = drop.pointer.rpartition("/")[2]
    changes = _converted(config, drop)
    if changes:
        title = f"change {key} to {_TYPES[drop.wanted]}"
        return Fix(title, "safe", changes=changes, actions=(action,))
    step = Step(f"Or remove the line with {key}")
    title, snippet = f"set {key} to {_TYPES[drop.wanted]}", f"{key}: {_EXAMPLES[drop.wanted]}"
    return Fix(title, snippet=snippet, actions=(step, action))


def _converted(config: LiteLLMConfig, drop: Drop) -> tuple[Change, ...]:
    """Return the changes that convert a value to the type that LiteLLM requires, if it is clear."""
    block, _, key = drop.pointer.rpartition("/")
    parent = config.root.at(block)
    entry = parent.entry(split_pointer(f"/{key}")[-1]) if parent is not None else None
    if parent is None or entry is None:
        return ()
    node, value = entry.value, entry.value.value
    if value == "":
        return (Remove(parent, entry),)
    text = next(text for text in config.texts if text.path == node.span.path)
    if drop.wanted == "text" and node.kind in ("number", "boolean", "date"):
        return (Put(node, Quoted(text.slice(node.span))),)
    if drop.wanted == "list" and node.kind == "string":
        return (Put(node, [node]),)
    number = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if drop.wanted in ("integer", "number") and number is not None:
        return (Put(node, int(re.sub("[ ,_]", "", number[0]))),)
    return ()


CHECK = Check(
    code="LL116",
    name="deployment-dropped-at-start",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    predicts=(
        "dropped",
        "no-deployments",
        "blocked",
    ),
    causes=("LL003",),
    texts=(
        rule("likely", "LiteLLM", "Error creating deployment: .{0,300}ignoring and continuing"),
        rule(
            "certain",
            "LiteLLM",
            r"supported_environments'? (?:for model but|must be)|LITELLM_ENVIRONMENT must be"
            r"|(?P<group>\S{1,80}) as it is not active",
            advice="environment",
        ),
    ),
    advice={
        "environment": Advice(
            "The deployment is only for some environments, and the proxy has no environment or"
            " another one. Set LITELLM_ENVIRONMENT to production, staging or development where the"
            " proxy runs. Or add the proxy's environment to supported_environments of the"
            " deployment, or remove supported_environments:",
            'model_info:\n  supported_environments: ["production"]',
        ),
    },
)
