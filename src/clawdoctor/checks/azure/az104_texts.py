"""Signatures of the error texts that mean AZ104."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import (
    AZURE_MODELS,
    OTHER_AZURE_SERVICE,
    azure_status,
    http_status,
)
from clawdoctor.checks.patterns import alone, azure_answered, near, not_of
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"\bAPI rate limit reached\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"exceeded (?:the )?(?P<limit>token|call|request)s? rate limit (?:of|for) "
        r"your current(?:.{0,400}?retry after (?P<retry_after>\d{1,6}) second)?",
        "certain",
        "Azure",
    ),
    signature(
        r"Your requests to (?P<deployment>[^\s]{1,64}) for (?P<model>[^\s]{1,64}) in "
        r".{1,40} have exceeded the (?P<limit>token|call|request)(?:.{0,400}?retry "
        r"after (?P<retry_after>\d{1,6}) second)?",
        "certain",
        "Azure",
    ),
    signature(
        r"Requests to the (?P<operation>\w{1,60}) Operation under Azure OpenAI API "
        r"version (?P<api_version>[\w-]{2,30}) have exceeded (?:the )?(?P<limit>token"
        r"|call|request)(?:.{0,400}?retry after (?P<retry_after>\d{1,6}) second)?",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:Rate|Token) limit is exceeded\. Try again in (?P<retry_after>\d{1,6}) second",
        "certain",
        "Azure",
    ),
    signature(
        not_of(r"UserByModel|github", r"DeploymentRatelimit-(?:Token|Call)|\bRateLimitReached\b"),
        "certain",
        "Azure",
    ),
    signature(
        r"(?:Azure(?:OpenAI)?(?:Exception|Error) (?:- )?RateLimitError|RateLimitError: "
        r"AzureException)(?:.{0,300}?retry after (?P<retry_after>\d{1,6}) second)?",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"throttling_error",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"API rate limit reached\. Please try again later|request failed \(rate limited",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"aka\.ms/oai/quotaincrease",
        "likely",
        "Azure",
    ),
    signature(
        r"\b429\b[^{]{0,40}\{.{0,20}?['\"]code['\"]: ?['\"]429['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"Out of call volume quota",
        "likely",
        "Azure",
    ),
    signature(
        r"LiteLLM Rate Limit Handler|Crossed TPM / RPM|Max parallel request limit "
        r"reached|Hit \w{0,20} rate limit for model group",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"^(?:Error: )?(?:HTTP )?429:? Too Many Requests\.?$|\b429:? status code \(no body\)",
        "possible",
        "Azure or LiteLLM",
    ),
    signature(
        not_of(OTHER_AZURE_SERVICE, azure_answered(r"429")),
        "likely",
        "Azure",
    ),
    signature(
        alone(
            r"\bRate limit (?:is |was )?(?:exceeded|reached|hit)\b|\bRateLimitError\b"
            r"|\brate[- _]limit(?:ed|_exceeded)\b"
        ),
        "possible",
        "Azure or LiteLLM",
    ),
    signature(
        not_of(
            r"Metrics ?Advisor",
            r"exceeded (?:the |your )?(?:token|call)s? rate limit|current (?:AIServices|OpenAI"
            r"|CognitiveServices) S\d pricing tier|further increase the default rate limit"
            r"|exceeded the (?:token|call|request)s? (?:rate )?limit (?:of|for) your current",
        ),
        "likely",
        "Azure",
    ),
    signature(
        near(
            AZURE_MODELS,
            http_status("429") + r"|Too ?Many ?Requests|\bthrottl|retry after \d{1,6} second"
            r"|rate[- ]?limit(?:ed|ing)? (?:exceeded|reached|hit|error)",
            200,
        )
        + "|"
        + near(http_status("429") + "|Too ?Many ?Requests", AZURE_MODELS, 120),
        "likely",
        "Azure",
    ),
    signature(
        r"\[?openai\._base_client\W[^{]{0,120}/openai/deployments/"
        r"[^{]{0,200}\b429\b",
        "likely",
        "Azure",
    ),
    signature(
        r"last status: 429|x-ratelimit-remaining-(?:tokens|requests)\W{1,4}0\b"
        r"|processing too many requests|Retrying request to /\S{1,80} in \d",
        "possible",
        "Azure or LiteLLM",
    ),
    signature(
        near(
            r"\bazure\b",
            r"rate[- ]?limit(?:ed|s)? (?:is |was )?(?:reached|exceeded|hit)",
            80,
        )
        + r"|exceeded its (?:token|request)s?[- ]per[- ]minute quota"
        + "|"
        + near(r"Status: 429", r"Azure\.AI\.", 200),
        "likely",
        "Azure",
    ),
    signature(
        r"model provider returned HTTP 429|is asking us to slow down\b|timed out \(possible"
        r" rate limit\)",
        "possible",
        "OpenClaw",
    ),
    signature(
        azure_status("429"),
        "possible",
        "a program that calls Azure",
    ),
    signature(
        r"com\.azure\.\w.{0,120}?Status code 429",
        "likely",
        "Azure",
    ),
    signature(
        r"\bHTTP 429 \(too_many_requests",
        "likely",
        "Azure",
    ),
    signature(
        alone(r"\b429 Too Many Requests\b"),
        "possible",
        "Azure or LiteLLM",
    ),
)
