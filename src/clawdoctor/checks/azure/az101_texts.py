"""Signatures of the error texts that mean AZ101."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import AZURE_MODELS, azure_status, http_status
from clawdoctor.checks.patterns import azure_answered, beside, near, not_of
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"\bDeploymentNotFound\b(?!.{0,40}Deployment \W{1,4}[\w.-]{1,80}\W{1,4} could "
        r"not be found)",
        "certain",
        "Azure",
    ),
    signature(
        r"API deployment for (?:this|the) resource does not exist"
        r"(?:.{0,300}?[Mm]odel [Gg]roup(?:=| ')(?P<model_group>[^\s']{1,80}))?",
        "certain",
        "Azure",
    ),
    signature(
        r"created the deployment within the last 5 minutes",
        "certain",
        "Azure",
    ),
    signature(
        r"code['\"]?: ?['\"]unknown_model['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"The selected model was not found by the provider\. Check the model id",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Model \"(?P<model>[^\"]{1,160})\" not found\. Fell back to \"",
        "possible",
        "OpenClaw",
    ),
    signature(
        azure_answered(r"404"),
        "possible",
        "Azure",
    ),
    signature(
        r"API deployment\b[^.]{0,80}?(?:does not|doesn't|did not) exist"
        r"|NotFoundError\b[^.]{0,20} The API deployment",
        "certain",
        "Azure",
    ),
    signature(
        not_of(
            r"template deployment|InvalidTemplate|Microsoft\.(?:Resources|Web)|kubectl"
            r"|namespace|deployments\.apps|resource group",
            near(
                rf"{AZURE_MODELS}|\bfoundry\b",
                r"deployment\b[^.{]{0,80}?(?:(?:does not|doesn't) exist|(?:not|could not be"
                r"|cannot be|can't be) found)",
                200,
            )
            + "|"
            + near(
                r"deployment\b[^.{]{0,80}?(?:(?:does not|doesn't) exist|(?:not|could not be"
                r"|cannot be|can't be) found)",
                rf"{AZURE_MODELS}|\bfoundry\b",
                120,
            ),
        ),
        "likely",
        "Azure",
    ),
    signature(
        r"Specified deployment could not be found",
        "likely",
        "Azure",
    ),
    signature(
        r"Azure(?:OpenAI)?(?:Exception|Error) (?:- )?NotFoundError"
        r"|NotFoundError: Azure(?:_ai)?Exception",
        "possible",
        "LiteLLM",
    ),
    signature(
        beside(AZURE_MODELS, http_status("404"), 250),
        "possible",
        "Azure",
    ),
    signature(
        near(r"no such (?:model )?deployment|deployment_not_found", r"\bazure|openai", 80),
        "likely",
        "Azure",
    ),
    signature(
        r"check (?:that |if )?you have a deployment\b",
        "likely",
        "a program that calls Azure",
    ),
    signature(
        azure_status("404"),
        "possible",
        "a program that calls Azure",
    ),
    signature(
        r"\bunknown_model\b",
        "likely",
        "Azure",
    ),
    signature(
        r"Must provide an 'engine' or 'deployment_id' parameter",
        "likely",
        "a program that calls Azure",
    ),
    signature(
        r"['\"]404['\"].{0,40}?\bUnknown model: (?P<model>[\w.-]{1,80})|\bunavailable_model\b",
        "likely",
        "Azure",
    ),
    signature(
        r"\binvalid_engine_error\b|Failed to resolve model info for",
        "likely",
        "Azure",
    ),
)
