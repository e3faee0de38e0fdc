"""Azure limits the rate of requests.

What it means
-------------
Azure itself answers 429: more tokens or requests a minute than the deployment, or the subscription,
is given. (A 429 "No deployments available" comes from LiteLLM and hides an earlier error.)

Why it happens
--------------
One turn of OpenClaw is some 22,000 tokens before the user says a word, and Azure counts the prompt
and max_tokens together when a request arrives: a small quota carries a turn or two a minute, or
none at all. "Please retry after 86400 seconds" means that it never fits.

How to fix it
-------------
Give the deployment more: Azure Portal > your Azure OpenAI resource > Model deployments > Edit >
Tokens per Minute Rate Limit. Or add a second deployment under the same model_name, so that LiteLLM
has somewhere to go, and lower maxTokens in openclaw.json.

Versions
--------
All versions. LiteLLM tries a 429 twice more by itself, which takes 20 seconds.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
https://docs.litellm.ai/docs/proxy/load_balancing
"""

from __future__ import annotations

import re

from clawdoctor.chain.advice import check_again
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import (
    AZURE_MODELS,
    OTHER_AZURE_SERVICE,
    azure_status,
    http_status,
)
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.checks.patterns import alone, azure_answered, near, not_of
from clawdoctor.checks.turn_finding import the_deployment
from clawdoctor.finding import Command, Fix, Step
from clawdoctor.probes.http import Answer

_QUOTA = Step(
    "Azure Portal > your resource > Model deployments > Edit > Tokens per Minute Rate Limit"
)
_LIMITS = ("token rate limit", "call rate limit", "request rate limit")
_WAIT = re.compile(r"retry after (\d{1,6}) second", re.IGNORECASE)
_BY_CALLS = "The calls a minute follow from the tokens a minute that the deployment is given."
_BY_TOKENS = (
    "One turn of OpenClaw is some 22,000 tokens before the user says a word, and Azure counts "
    "max_tokens on top of it."
)
_NEVER = 3600
"""Seconds. Azure counts by the minute: who is asked to wait for hours asks for too much."""


def _describe(refused: ByProbe | ByTurn) -> Description:
    result = refused.result
    assert isinstance(result, Answer)
    limit = next((limit for limit in _LIMITS if limit in result.body), "rate limit")
    wait = _wait(result)
    why = _BY_CALLS if limit == "call rate limit" else _BY_TOKENS
    if wait is not None and wait >= _NEVER:
        why += " So long a wait means that it never fits: only a larger quota helps."
    if isinstance(refused, ByTurn):
        question = refused.replies.question
        name, setting = f"the {the_deployment(refused.failure, refused.replies)}", "model"
        group = question.model if question.proxy is not None else None
        unit, command = "s", Command(f"sleep {min(wait or 60, 60)}; clawdoctor run")
    else:
        deployments = refused.resource.deployments
        name, setting = refused.name, "api_base"
        group = deployments[0].group if deployments else None
        unit = "second" if wait == 1 else "seconds"
        command = check_again()
        if wait and wait < _NEVER:
            command = Command(f"sleep {wait}; clawdoctor run")
    reached = f"{name} has reached its {limit}"
    after = f", and asks to wait {wait} {unit}" if wait is not None else ""
    second = "  litellm_params:\n    model: azure/<another deployment>"
    return Description(
        message=reached + after,
        why=why,
        setting=setting,
        label=f"{limit} reached",
        fix=Fix(
            title="raise the quota, or add a second deployment",
            snippet=f"- model_name: {group}   # a second one\n{second}" if group else "",
            actions=(_QUOTA, command),
        ),
        consequence=reached if isinstance(refused, ByProbe) else "",
    )


def _wait(result: Answer) -> int | None:
    """The seconds that Azure asks to wait, by its header or by its words."""
    header = result.headers.get("retry-after", "")
    said = _WAIT.search(result.body)
    if header.isascii() and header.isdecimal():
        return int(header)
    return int(said[1]) if said else None


REFUSAL = ResourceRefusal("rate-limited", _describe)


CHECK = Check(
    code="AZ104",
    name="rate-limited",
    stage="azure",
    scope="request",
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    texts=(
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
            not_of(
                r"UserByModel|github", r"DeploymentRatelimit-(?:Token|Call)|\bRateLimitReached\b"
            ),
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
    ),
)
