"""Signatures of the error texts that mean AZ003."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import (
    AZURE_MODELS,
    OTHER_AZURE_SERVICE,
    azure_status,
    http_status,
)
from clawdoctor.checks.patterns import azure_answered, beside, near, not_of
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"(?:Access denied due to (?:an )?)?invalid subscription key(?: or wrong API endpoint)?"
        rf"(?!.{{0,200}}?(?:{OTHER_AZURE_SERVICE}))"
        r"(?:.{0,300}?[Mm]odel [Gg]roup(?:=| ')(?P<model_group>[^\s']{1,80}))?",
        "certain",
        "Azure",
    ),
    signature(
        r"Access token is missing, invalid|Unauthorized\. Access token is missing",
        "certain",
        "Azure",
    ),
    signature(
        r"Access denied due to (?:a )?missing (?:application credentials or "
        r")?subscription key",
        "certain",
        "Azure",
    ),
    signature(
        r"Azure(?:OpenAI)?(?:Exception|Error) (?:- )?AuthenticationError"
        r"|AuthenticationError: AzureException",
        "likely",
        "LiteLLM",
    ),
    signature(r"Missing credentials\. Please pass one of .{0,4}api_key", "likely", "LiteLLM"),
    signature(
        r"Your saved login looks expired or no longer works(?!.{0,120}No API key found for)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"request failed \(authentication (?:failed|was rejected), HTTP 401\)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"WWW-Authenticate: ?AzureApiManagementKey\b",
        "certain",
        "Azure",
    ),
    signature(
        r"Status: 401 \(\w{1,20}\).{0,400}?\bAzure\.AI\.(?:OpenAI|Inference)\b"
        r"|\bAzure\.AI\.(?:OpenAI|Inference)\b.{0,400}?Status: 401 \(",
        "likely",
        "Azure",
    ),
    signature(
        not_of(OTHER_AZURE_SERVICE, azure_answered(r"401")),
        "likely",
        "Azure",
    ),
    signature(
        near(r"\b401\b", r"\bAzureOpenAI\.\w|Azure\.AI\.OpenAI", 300)
        + r"|Azure ?OpenAI (?:API )?key is (?:incorrect|invalid|wrong|missing|not set)",
        "likely",
        "Azure",
    ),
    signature(
        r"(?:pass|provide) (?:an?|one of)(?: the)? ['\"`]?api_?key\b[^.]{0,60}azure_?ad_?token"
        r"|Azure ?OpenAI API key is missing",
        "likely",
        "a program that calls the model",
    ),
    signature(
        r"use a correct regional API endpoint|Make sure to include (?:an? )?subscription key"
        r"|subscription[ -]key\b[^.]{0,20} is (?:missing|invalid|required)"
        r"|missing subscription key",
        "likely",
        "Azure",
    ),
    signature(
        r"\bInvalidAuthenticationToken\b|Lifetime validation failed\. The token is expired",
        "possible",
        "Entra ID",
    ),
    signature(
        beside(AZURE_MODELS, http_status("401"), 250),
        "possible",
        "Azure",
    ),
    signature(
        azure_status("401"),
        "possible",
        "a program that calls Azure",
    ),
    signature(
        r"statusCode\W{1,4}401\b.{0,40}\bJWT\b",
        "likely",
        "a gateway of Azure",
    ),
    signature(
        r"\bJWT not present\b",
        "likely",
        "a gateway of Azure",
    ),
    signature(
        r"RESPONSE 401: 401 \w{1,40}",
        "possible",
        "Azure",
    ),
    signature(
        r"Azure\.RequestFailedException\b.{0,120}?Status: 401\b",
        "possible",
        "Azure",
    ),
)
