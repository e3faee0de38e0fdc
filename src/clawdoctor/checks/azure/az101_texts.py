"""The error texts of AZ101, and the advice for each."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_ELSEWHERE = (
    r"template deployment|InvalidTemplate|Microsoft\.(?:Resources|Web)|kube|namespace"
    r"|resource group"
    r"|DeploymentNotFound"
)

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        r"\bDeploymentNotFound\b|API deployment\b[^.]{0,80}?(?:not|n't) exist"
        r"|created the deployment within the last 5 min",
        unless=r"Deployment \W{1,4}[\w.-]{1,80}\W{1,4} could not be found",
    ),
    rule(
        "likely",
        "Azure",
        r"\bdeployment\b[^.{]{0,80}?(?:(?:does not|doesn't|did not) exist|(?:not|could not be"
        r"|cannot be|can't be) found)",
        r"\b(?:azure|foundry)",
        unless=_ELSEWHERE,
    ),
    rule(
        "likely",
        "Azure",
        r"\bunknown_model\b|\bunavailable_model\b|404'.{0,40}Unknown model: "
        r"|invalid_engine_error",
        advice="foundry",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"check (?:that |if )?you have a deployment\b|Must provide an 'engine' or 'deployment_id"
        r"|Azure deployment name is required",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"model was not found by the provider|reason=model_not_found"
        r"|\bModel '(?P<model>[^']{1,80})' not found\. Fell back",
    ),
    rule(
        "possible",
        "Azure",
        r"\bazure|Received Model Group",
        status=404,
        alone=True,
        advice="bare",
    ),
)

_LIST = (
    "az cognitiveservices account deployment list -n <resource> -g <group> "
    "--query '[].[name, properties.model.name]' -o table"
)

ADVICE: Mapping[str, Advice] = {
    "bare": Advice(
        "Azure answers 404, and only the body of the answer says why. If the body says "
        "DeploymentNotFound, compare the name after azure/ with the list of deployments. If it "
        "says Resource not found, the path or api_version is wrong.",
        run=(_LIST,),
        straight=Advice(
            "Azure answers 404, and only the body of the answer says why. If the body says "
            "DeploymentNotFound, compare the model's id with the list of deployments. If it says "
            "Resource not found, baseUrl does not end in /openai/v1.",
            run=(_LIST,),
        ),
    ),
    STRAIGHT: Advice(
        "The model's id in openclaw.json must be the name of a deployment of the resource that "
        "baseUrl names. Copy the deployment's name from Azure Portal > your Azure OpenAI "
        "resource > Model deployments > Name.",
        'models: [{ id: "<name of the deployment>", name: "<any name>" }],',
        run=(_LIST,),
    ),
    "foundry": Advice(
        "This resource has no deployment with that name, which the text calls an unknown model. "
        "Copy the name from Azure AI Foundry > Models + endpoints > Name, and write it after "
        "the prefix in litellm_config.yaml, with the same upper and lower case:",
        "model: azure/<name of the deployment>",
        run=(_LIST,),
        straight=Advice(
            "This resource has no deployment with that name, which the text calls an unknown "
            "model. Copy the name (Azure AI Foundry > Models + endpoints > Name) to the model's "
            "id in openclaw.json:",
            'models: [{ id: "<name of the deployment>", name: "<any name>" }],',
            run=(_LIST,),
        ),
    ),
}
