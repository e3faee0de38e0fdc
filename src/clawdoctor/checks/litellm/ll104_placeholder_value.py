"""A value in litellm_config.yaml is still a placeholder from an example.

What it means
-------------
You copied the config from a guide and did not replace all of its values with your own:
your-resource, your-gpt4o-deployment, <your-key>. LiteLLM accepts them at startup, but the first
request fails. Azure has no such resource or deployment, or it rejects the key.

Why it happens
--------------
Guides show values that every reader must replace, and often repeat a value in several places. A
name such as my-resource may be somebody's real resource, so clawdoctor only warns about it.

How to fix it
-------------
Fill in your own values:

    api_base: https://<resource>.openai.azure.com   # Overview > Endpoint in Azure Portal
    model: azure/<name of the deployment>           # not the model name
    api_key: os.environ/AZURE_OPENAI_API_KEY        # set to KEY 1 of Keys and Endpoint

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from clawdoctor.chain.advice import PORTAL_DEPLOYMENTS, PORTAL_ENDPOINT, PORTAL_KEYS, set_for_proxy
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, file_name, parameter_place, restart, where_set
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll103_absent import sibling_value
from clawdoctor.deferred import dataclass
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.knowledge.azure import (
    is_sample_resource,
    is_sample_value,
    recommended_api_version,
)
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put, Quoted
from clawdoctor.source.node import Node
from clawdoctor.wire.proxy_key import MASTER_KEY

_TITLE = "the config still contains placeholders"
_PORTAL = {
    "model": f"azure/<name>, with the deployment's name from {PORTAL_DEPLOYMENTS}",
    "api_base": f"the URL from {PORTAL_ENDPOINT}",
    "base_url": f"the URL from {PORTAL_ENDPOINT}",
    "api_key": f"the key from {PORTAL_KEYS}",
}
_LABELS = {
    "model": "use the name in Azure Portal > Model deployments",
    "api_base": "use the URL in Azure Portal > Overview > Endpoint",
    "base_url": "use the URL in Azure Portal > Overview > Endpoint",
    "api_key": "use the key in Azure Portal > Keys and Endpoint > KEY 1",
}
_CONSEQUENCES = {
    "model": "the deployment name is still a placeholder",
    "api_base": "the resource name is still a placeholder",
    "base_url": "the resource name is still a placeholder",
    "api_key": "the Azure key is still a placeholder",
    "api_version": "the api-version is still a placeholder",
}

_AZURE = ("azure", "azure_ai")
_KEY_VARIABLES = ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY")
_SAMPLED = ("api_base", "base_url", "api_key", "api_version", "azure_ad_token")


@dataclass(frozen=True, slots=True)
class _Placeholder:
    """A parameter with a placeholder as its value, in the config or in its variable.

    `text` is the value in the config. `sample` is the sample resource from a documentation page
    that an address contains, or an empty string.
    """

    deployment: Deployment
    key: str
    text: str
    variable: Variable | None
    sample: str = ""

    @property
    def is_azure(self) -> bool:
        return (self.deployment.provider or "azure").startswith("azure")


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Report each placeholder in a deployment or in the master key."""
    placeholders = [
        placeholder
        for deployment in config.deployments
        for placeholder in _find_placeholders(deployment, environment)
    ]
    fix = _fix(placeholders, restart(config, environment))
    for placeholder in placeholders:
        written = _written(placeholder, config, environment)
        node = placeholder.deployment.params.get(placeholder.key)
        if written is None or node is None:
            yield _finding(config, placeholder, fix)
            continue
        title = f"set {placeholder.key} to {written}"
        value = Quoted(written) if placeholder.key == "api_version" else written
        changes = (Put(node, value),)
        own = replace(fix, title=title, applicability="unsafe", changes=changes)
        yield _finding(config, placeholder, own)
    master = config.master_key
    if master.state == "written" and master.written and master.written.test(is_placeholder):
        yield Finding(
            severity=Severity.WARNING,  # LiteLLM accepts it, but others can guess it
            message=f'master_key is still the placeholder "{master.shown}"',
            title=_TITLE,
            detail="LiteLLM uses the placeholder as its key, and everyone who has read the guide "
            "knows it.",
            place=config.place(master.pointer, "put your own key here"),
            consequence="anyone can guess the proxy's key",
            fixes=(_master_key_fix(master.node, config, environment),),
            subjects=(CHAIN,),
        )


def _find_placeholders(deployment: Deployment, environment: Environment) -> Iterator[_Placeholder]:
    for key, node in deployment.params.children():
        if not isinstance(node.value, str):
            continue
        if not node.value.startswith(REFERENCE):
            if is_placeholder(node.value) or _is_sample(deployment, key, node.value):
                yield _Placeholder(deployment, key, node.value, None)
            elif sample := _sample_resource(deployment, key):
                yield _Placeholder(deployment, key, node.value, None, sample)
            continue
        variable = environment.proxy.get(node.value.removeprefix(REFERENCE))
        if variable is None:
            continue
        sampled = variable.value.test(partial(_is_sample, deployment, key))
        if sampled or variable.value.test(is_placeholder):
            yield _Placeholder(deployment, key, node.value, variable)
        elif sample := _sample_resource(deployment, key):
            yield _Placeholder(deployment, key, node.value, variable, sample)


def _is_sample(deployment: Deployment, key: str, text: str) -> bool:
    """Return whether guides use a value as a sample. A deployment can have any name."""
    return deployment.provider in _AZURE and key in _SAMPLED and is_sample_value(text)


def _sample_resource(deployment: Deployment, key: str) -> str:
    """Return the documentation's sample resource in an address, or an empty string."""
    if key != deployment.api_base.pointer.rpartition("/")[2] or not is_azure(deployment.host):
        return ""
    name = (deployment.host or "").partition(".")[0]
    return name if is_sample_resource(name) else ""


def _finding(config: LiteLLMConfig, placeholder: _Placeholder, fix: Fix) -> Finding:
    variable, deployment = placeholder.variable, placeholder.deployment
    label = _LABELS.get(placeholder.key, "") if placeholder.is_azure else ""
    place = parameter_place(
        config, deployment, placeholder.key, label or "replace this with your own value"
    )
    if variable is not None and variable.place is not None:
        place = replace(variable.place, label=place.label)
    message = f'{placeholder.key} is still the placeholder "{placeholder.text}"'
    if is_sample_value(placeholder.text):
        message = f"{placeholder.key} is still the sample value of a guide"
    if variable is not None:
        message = f"{variable.name}, used as {placeholder.key}, is still set to a placeholder"
    detail = (
        "The value was copied from a guide and never replaced. LiteLLM accepts it at startup, "
        "but the first request fails."
    )
    if placeholder.sample:
        named = f"{variable.name}, used as {placeholder.key}," if variable else placeholder.key
        message = f'{named} points to "{placeholder.sample}", a sample resource from guides'
        detail = (
            "Guides use this name, and your requests go to whoever owns that resource. There is "
            "nothing to do if it is yours."
        )
    assumed = variable is not None and variable.basis == "assumed"
    return Finding(
        severity=Severity.WARNING if assumed or placeholder.sample else Severity.ERROR,
        message=message,
        title=_TITLE,
        detail=detail,
        place=place,
        consequence=_CONSEQUENCES.get(placeholder.key, "a setting is wrong"),
        related=alias_places(config, deployment, placeholder.key),
        fixes=(fix,),
        subjects=(deployment.id,),
    )


def _fix(placeholders: list[_Placeholder], action: Action) -> Fix:
    """Return one fix for all placeholders, because the report shows them together."""
    keys = dict.fromkeys(placeholder.key for placeholder in placeholders)
    where = [Step(f"Set {key} to {_PORTAL[key]}") for key in keys if key in _PORTAL]
    return Fix(title=_title(placeholders), actions=(*where, action))


def _title(placeholders: list[_Placeholder]) -> str:
    keys = {placeholder.key for placeholder in placeholders}
    variables = {placeholder.variable for placeholder in placeholders}
    if len(keys) != 1:
        return "in litellm_config.yaml, replace the placeholders with your own values"
    key, variable = keys.pop(), variables.pop()
    if variable is None or variables:
        return f"in litellm_config.yaml, replace {key} with your own value"
    noun = "key" if key == "api_key" else "value"
    place = variable.place
    where = file_name(place.path) if place is not None else "the proxy's environment"
    return f"in {where}, set {variable.name} to your own {noun}"


def _written(
    placeholder: _Placeholder, config: LiteLLMConfig, environment: Environment
) -> str | None:
    """Return a reference to the key's variable, or an api-version. Only the user knows the rest."""
    deployment, key = placeholder.deployment, placeholder.key
    if placeholder.variable is not None or not placeholder.is_azure:
        return None
    if key == "api_version":
        return recommended_api_version()
    if key != "api_key":
        return None
    known = (name for name in _KEY_VARIABLES if environment.proxy.get(name) is not None)
    sibling = sibling_value(key, deployment, config)
    name = next(known, _KEY_VARIABLES[0])
    return f"{REFERENCE}{name}" if sibling is None else str(sibling.value)


def _master_key_fix(node: Node | None, config: LiteLLMConfig, environment: Environment) -> Fix:
    return Fix(
        title="replace master_key with your own key"
        if node is None
        else f"set master_key to {REFERENCE}{MASTER_KEY}",
        applicability="manual" if node is None else "unsafe",
        changes=() if node is None else (Put(node, f"{REFERENCE}{MASTER_KEY}"),),
        snippet="master_key: os.environ/LITELLM_MASTER_KEY",
        actions=(
            set_for_proxy("LITELLM_MASTER_KEY", "your own key", where_set(environment)),
            Step("Create the key with: echo sk-$(openssl rand -hex 24)"),
            Step('Use the same key for OpenClaw: apiKey: "${LITELLM_MASTER_KEY}"'),
            restart(config, environment),
        ),
    )


CHECK = Check(
    code="LL104",
    name="placeholder-value",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("literal-key",),
    texts=(
        rule(
            "likely",
            "LiteLLM",
            r"/deployments/(?P<value>(?:%3C|<)?your[-_][\w-]{1,60})",
            advice="deployment",
        ),
    ),
    advice={
        "deployment": Advice(
            "Replace <value> with the name of your deployment. You find it in Azure Portal > your"
            " Azure OpenAI resource > Model deployments. It may differ from the model name.",
            "model: azure/<name of your deployment>",
            straight=Advice(
                "In openclaw.json, replace the model's id <value> with the name of your deployment."
                " You find it in Azure Portal > your Azure OpenAI resource > Model deployments.",
                '{ id: "<name of your deployment>", name: "GPT" }',
            ),
        ),
        STRAIGHT: Advice(
            "Put the name of your resource in baseUrl in openclaw.json. You find the full endpoint"
            " in Azure Portal > your Azure OpenAI resource > Keys and Endpoint.",
            'baseUrl: "https://<name of your resource>.openai.azure.com/openai/v1",',
        ),
    },
)
