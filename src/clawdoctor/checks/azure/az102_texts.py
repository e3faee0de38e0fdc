"""Signatures of the error texts that mean AZ102."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import AZURE_MODELS
from clawdoctor.checks.patterns import azure_answered, near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"api[- ]version ['\"](?P<api_version>[\w-]{1,40})['\"] is (?:not supported"
        r"|invalid(?! for Microsoft)|not valid|unknown)",
        "likely",
        "Azure",
    ),
    signature(
        r"API version (?:is )?not supported|(?:unsupported|invalid) api[- ]version"
        r"|resource does not support the API version",
        "certain",
        "Azure",
    ),
    signature(
        r"api-version query parameter is not allowed",
        "certain",
        "Azure",
    ),
    signature(
        r"Missing required query parameter: api-version",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:is|are) enabled only for api[- ]versions? (?P<api_version>[\w-]{2,30}) and "
        r"later",
        "certain",
        "Azure",
    ),
    signature(
        r"['\"]?code['\"]?: ?['\"]404['\"].{0,60}Resource not found|Resource not "
        r"found['\"].{0,40}['\"]?code['\"]?: ?['\"]404['\"]",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:AzureException|OpenAIException|AzureOpenAIError)[\w :-]{0,60}Resource not "
        r"found",
        "likely",
        "Azure",
    ),
    signature(
        r"\b404\b[):\"', -]{1,4}(?:Not Found:? )?(?:Error: )?Resource not found(?! "
        r"\(resource=)",
        "likely",
        "Azure",
    ),
    signature(
        r"(?:NotFoundError|openai\.\w{1,30}Error)[:\w -]{0,60}Resource not found",
        "likely",
        "Azure",
    ),
    signature(
        r"^(?:Error: )?Resource not found\.?$",
        "possible",
        "Azure",
    ),
    signature(
        azure_answered(r"404"),
        "possible",
        "Azure",
    ),
    signature(
        r"\{ ?['\"]statusCode['\"]: ?404, ?['\"]message['\"]: ?['\"]Resource not found['\"] ?\}"
        r"|Resource not found\W{1,8}code['\"]?: ?['\"]?404",
        "likely",
        "Azure",
    ),
    signature(
        near(AZURE_MODELS, r"Resource not found(?! \(resource=)", 200)
        + "|"
        + near(r"Resource not found(?! \(resource=)", AZURE_MODELS, 120),
        "likely",
        "Azure",
    ),
    signature(
        r"enabled only for api[- ]?version",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:requires?|needs?|only (?:available |supported |enabled )?(?:in|on|for|from|with))"
        r" (?:the |an? )?(?:newer )?api[- ]?versions? .{0,8}20\d\d-\d\d-\d\d"
        r"|not (?:supported|available) (?:in|by|with|for) (?:this |the )?api[- ]?version\b(?!"
        r" [<=>])",
        "likely",
        "Azure",
    ),
    signature(
        r"api-version\b(?: query parameter)?[^.]{0,30} is required",
        "possible",
        "Azure",
    ),
    signature(r"\bResource not found\b", "possible", "Azure"),
    signature(
        r"\bapi[- ]version\b[^.]{0,60}?(?:is deprecated|not supported|unsupported|too old"
        r"|invalid)",
        "possible",
        "Azure",
    ),
    signature(
        near(r"Azure\.RequestFailedException|com\.azure\.", r"Resource not found", 120),
        "likely",
        "Azure",
    ),
    signature(
        r"does not support the API version|\bUnsupportedApiVersion\b",
        "certain",
        "Azure",
    ),
)
