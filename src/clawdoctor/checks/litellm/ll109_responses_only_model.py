"""LiteLLM does not use the Responses API for a model that needs it, or the api-version is too old.

What it means
-------------
Codex and pro models do not support chat completions: Azure answers 400 "The chatCompletion
operation does not work with the specified model". The newest models support them but reject tools
there, and OpenClaw sends tools with every request. If LiteLLM knows that a model needs the
Responses API, it calls that API instead. If api_version is older than that API, Azure answers 400
"Responses API is enabled only for api-version 2025-03-01-preview and later".

Why it happens
--------------
LiteLLM decides by the deployment name. If you chose your own name, LiteLLM cannot tell the model
from it. base_model sets prices and parameters, but does not change which API LiteLLM calls. For a
model with the provider openai/ at Azure's v1 URL, LiteLLM 1.106.2 and 1.108.7 call chat completions
even if the name is gpt-5.6-sol.

How to fix it
-------------
Set the API in litellm_config.yaml, with an api_version that supports it:

    model: azure/responses/my-codex
    api_version: "2025-04-01-preview"

mode: responses under model_info has the same effect. So does api: "openai-responses" in
openclaw.json. If model_info has another mode, LiteLLM 1.108 and older ignore responses/ in the
model.

Versions
--------
LiteLLM 1.108 and older call the Responses API with the api_version of the config. LiteLLM 1.109 and
later replace a plain date with api-version=preview. They do not replace a version that ends in
-preview.
An old preview version, such as 2025-02-01-preview, fails in all of them. If clawdoctor does not
know LiteLLM's version, it reports an old api_version only as a warning.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
https://github.com/BerriAI/litellm/issues/19510
https://github.com/Aider-AI/aider/issues/4029
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, parameter_place, restart, where_found
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_mode import mode_changes, mode_finding
from clawdoctor.checks.litellm.ll109_which_model import Guess, bare_name, which_model
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Applicability, Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import behaviour, behaviours, table
from clawdoctor.knowledge.azure import feature_since, lacks, recommended_api_version
from clawdoctor.probes.azure_deployments import ListedModel
from clawdoctor.source.change import Append, Put, Quoted, Value
from clawdoctor.wire.request import HopRequest, Outcome
from clawdoctor.wire.requests import Requests

_TITLE = "LiteLLM calls chat completions for models that need the Responses API"
_BY_NAME = (
    "LiteLLM uses chat completions for this deployment, because its name is not exactly the "
    "model's name and the config does not select the Responses API."
)
_BY_PROVIDER = (
    "LiteLLM uses chat completions for this openai/ model, because the config does not select the "
    "Responses API."
)
_REFUSED = "Azure would reject the model on chat completions"


@dataclass(frozen=True, slots=True)
class _Fault:
    """The fault, its parameter, and the guess that it is based on."""

    message: str
    key: str
    label: str
    why: str
    consequence: str
    severity: Severity
    guess: Guess | None = None


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    chain: Chain,
    environment: Environment,
    versions: Versions,
    listed: ListedModel,
    requests: Requests,
) -> Iterator[Finding]:
    """Report a deployment whose model does not support the API that LiteLLM calls."""
    if not _is_at_azure(deployment) or _is_unnamed(deployment.name):
        return
    action = restart(config, environment)
    finding = mode_finding(deployment, config, versions, requests, action)
    if finding is not None:
        yield finding
        return
    routes = chain.reaching(deployment, "chat")
    received = requests.received(deployment)
    by_responses = all(made.api == "responses" for made in received)
    if (received and by_responses) or requests.bridged(deployment, versions):
        fault = _old_version_fault(deployment, versions, requests)
    else:
        made = requests.reaching(deployment, versions)
        fault = _chat_fault(which_model(deployment, listed.name), routes, deployment, made)
    if fault is None:
        return
    yield Finding(
        severity=fault.severity,
        message=fault.message,
        title=_TITLE if fault.key == "model" else "",
        detail=fault.why,
        place=parameter_place(config, deployment, fault.key, fault.label),
        consequence=fault.consequence,
        related=(
            *alias_places(config, deployment, fault.key),
            *_base_model_places(config, deployment, fault.guess),
        ),
        fixes=(_fix(config, deployment, fault, action),),
        assumed=fault.severity is Severity.WARNING,
    )


def _is_at_azure(deployment: Deployment) -> bool:
    """Return whether LiteLLM calls Azure, also as an OpenAI server (the v1 API)."""
    provider = deployment.provider
    return provider == "azure" or (provider == "openai" and is_azure(deployment.host))


def _is_unnamed(name: str) -> bool:
    return not name or "*" in name or is_reference(name) or REFERENCE in name or "${" in name


def _sends_tools(routes: tuple[Route, ...]) -> bool:
    """Return whether a route sends tools. OpenClaw does unless a model's `compat` excludes them."""
    return any(_has_tools(route) for route in routes)


def _has_tools(route: Route) -> bool:
    node = route.model.node.at("/compat/supportsTools") if route.model else None
    return node is None or node.value is not False


def _old_version_fault(
    deployment: Deployment, versions: Versions, requests: Requests
) -> _Fault | None:
    """Return the fault of an api-version that is older than the Responses API."""
    api_version = deployment.api_version.resolved if deployment.provider == "azure" else None
    if api_version is None or not lacks(api_version, "responses"):
        return None
    row = behaviour("litellm", "responses-api-version", versions.value("litellm"))
    assert row is not None, "the rows of responses-api-version leave a version out"
    severity, unless, why = Severity.ERROR, "", row.says
    if api_version not in requests.api_versions(deployment, versions):
        if versions.known("litellm"):
            return None
        unless = f", unless LiteLLM is {row.since} or later"
        why = behaviours("litellm", "responses-api-version")[0].says
        severity = Severity.WARNING
    elif row.effect != "configured":
        why = f"{row.says}. They do not replace a version that ends in -preview, such as this one"
    if not versions.known("litellm"):
        severity = Severity.WARNING
    variable = deployment.api_version.found
    if variable is not None and variable.basis == "assumed":
        severity = severity.at_most(Severity.WARNING)
    since = feature_since("responses")
    return _Fault(
        message=f"api-version {api_version} is too old for the Responses API{unless}",
        key="api_version",
        label=f"Responses requires {since} or later",
        why=f"{why}. Azure answers 400 to versions before {since}. {_running(versions)}.",
        consequence="Azure would reject the api-version",
        severity=severity,
    )


def _running(versions: Versions) -> str:
    if versions.of("litellm") is None:
        return "clawdoctor does not know which version of LiteLLM runs"
    return versions.stated("litellm", "LiteLLM")


def _chat_fault(
    guess: Guess | None,
    routes: tuple[Route, ...],
    deployment: Deployment,
    made: tuple[Outcome, ...],
) -> _Fault | None:
    if guess is None or not guess.model.endpoints:
        return None
    decides = _BY_NAME if deployment.provider == "azure" else _BY_PROVIDER
    if "chat/completions" not in guess.model.endpoints:
        return _no_chat_fault(guess, decides)
    return _no_tools_fault(guess, routes, decides, with_effort=_has_effort(made))


def _no_chat_fault(guess: Guess, decides: str) -> _Fault:
    name = guess.model.name
    return _Fault(
        message=f"LiteLLM calls chat completions, which {name} does not support"
        if guess.sure
        else f"the deployment looks like {name}, which does not support chat completions",
        key="model",
        label=f"{name} supports only the Responses API",
        why=f"{_explain_guess(guess)} {decides} Azure answers 400 OperationNotSupported.",
        consequence=_REFUSED,
        severity=Severity.ERROR if guess.sure else Severity.WARNING,
        guess=guess,
    )


def _explain_guess(guess: Guess) -> str:
    if guess.sure:
        return f"{guess.reason}."
    return f"{guess.reason}, but only Azure knows for certain."


def _has_effort(made: tuple[Outcome, ...]) -> bool:
    """Return whether LiteLLM sends a request that sets a reasoning effort."""
    efforts = (m.body.get("reasoning_effort") for m in made if isinstance(m, HopRequest))
    return any(effort not in (None, "none") for effort in efforts)


def _no_tools_fault(
    guess: Guess, routes: tuple[Route, ...], decides: str, *, with_effort: bool
) -> _Fault | None:
    """Return the fault of a model that rejects OpenClaw's tools on chat completions."""
    name = guess.model.name
    row = table("models")["models"][name]
    if row["tools_on_chat"] == "yes" or not _sends_tools(routes):
        return None
    if row["tools_on_chat"] == "without-effort" and not with_effort:
        return None
    limited = row["tools_on_chat"] in ("without-reasoning", "without-effort")
    certain = guess.sure and not limited and row["confidence"] == "docs"
    return _Fault(
        message=f"{name} rejects tools with reasoning on chat completions"
        if limited
        else f"{name} rejects tools on chat completions",
        key="model",
        label="OpenClaw sends tools with every request",
        why=f"{_explain_guess(guess)} {decides}",
        consequence="Azure may reject OpenClaw's tools",
        severity=Severity.ERROR if certain else Severity.WARNING,
        guess=guess,
    )


def _base_model_places(
    config: LiteLLMConfig, deployment: Deployment, guess: Guess | None
) -> tuple[Place, ...]:
    """Return the place of base_model if the guess comes from it."""
    if guess is None or guess.basis != "base_model":
        return ()
    for block in ("model_info", "litellm_params"):
        node = deployment.node.get(block)
        if node is not None and node.text("base_model"):
            pointer = f"{deployment.pointer}/{block}/base_model"
            return (config.place(pointer, "mode does not change which API LiteLLM calls"),)
    return ()


def _fix(config: LiteLLMConfig, deployment: Deployment, fault: _Fault, action: Action) -> Fix:
    """Return the fix: the API in the model, and an api-version that supports it."""
    version = recommended_api_version()
    variable = deployment.api_version.variable
    if fault.key == "api_version" and variable is not None:
        where = where_found(deployment.api_version)
        return Fix(
            title=f"{where}, set {variable} to {version}",
            actions=(set_for_proxy(variable, version, where), action),
        )
    name = "<deployment>" if deployment.model.hidden else bare_name(deployment)
    if fault.guess and deployment.requested:
        return _entry_fix(config, deployment, name, action)
    wanted = {"model": f"{deployment.provider}/responses/{name}"} if fault.guess else {}
    if lacks(deployment.api_version.resolved or "", "responses"):
        wanted["api_version"] = version
    values = {"model": deployment.model, "api_version": deployment.api_version}
    written = all(values[key].state == "written" for key in wanted)
    modes = mode_changes(deployment) if fault.guess and written else ()
    return Fix(
        title=f"change {' and '.join(f'{key} to {text}' for key, text in wanted.items())}",
        applicability=_applicability(config, deployment, fault, tuple(wanted)),
        changes=(
            *(
                Put(node, text if key == "model" else Quoted(text))
                for key, text in wanted.items()
                if written and (node := values[key].node) is not None
            ),
            *modes,
        ),
        snippet="\n".join(
            f"{key}: {text}" if key == "model" else f'{key}: "{text}"'
            for key, text in wanted.items()
        ),
        actions=(action,),
    )


def _entry_fix(config: LiteLLMConfig, deployment: Deployment, name: str, action: Action) -> Fix:
    """Return the fix for one model of a wildcard: a separate entry. The others do not change."""
    listed = config.root.get("model_list")
    params: dict[str, Value] = dict(deployment.params.children())
    params["model"] = model = f"{deployment.provider}/responses/{name}"
    snippet = f"- model_name: {deployment.requested}\n  litellm_params:\n    model: {model}"
    if deployment.provider == "azure":
        params["api_version"] = Quoted(recommended_api_version())
        snippet += f'\n    api_version: "{recommended_api_version()}"'
    entry: dict[str, Value] = {"model_name": deployment.requested, "litellm_params": params}
    known = listed is not None and not deployment.model.hidden
    copy = Step(f'Copy api_base and api_key from the entry "{deployment.group}"')
    return Fix(
        title="add a separate entry for this model",
        applicability="unsafe" if known else "manual",
        changes=(Append(listed, entry),) if listed is not None and known else (),
        snippet=snippet,
        actions=(action,) if known else (copy, action),
    )


def _applicability(
    config: LiteLLMConfig, deployment: Deployment, fault: _Fault, keys: tuple[str, ...]
) -> Applicability:
    """Return safe if the model is certain and no other deployment shares the lines."""
    shared = any(
        other is not deployment
        and (node := other.params.get(key)) is not None
        and (own := deployment.params.get(key)) is not None
        and node.span == own.span
        for other in config.deployments
        for key in keys
    )
    sure = fault.guess is None or fault.severity is Severity.ERROR
    return "safe" if sure and not shared else "unsafe"


CHECK = Check(
    code="LL109",
    name="responses-only-model",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("api-version",),
    causes=("OC101",),
)
