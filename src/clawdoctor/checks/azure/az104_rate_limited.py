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
from collections.abc import Iterator

from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import AZURE, OTHER_SERVICE, by_azure, status
from clawdoctor.checks.patterns import alone, azure_answered, near, not_of
from clawdoctor.checks.turn_finding import the_deployment, turn_finding
from clawdoctor.finding import Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.replies import Replies
from clawdoctor.run.facts import Unavailable

CODE = "AZ104"
_QUOTA = "# Azure Portal > your resource > Model deployments > Edit > Tokens per Minute Rate Limit"
_LIMITS = ("token rate limit", "call rate limit", "request rate limit")
_WAIT = re.compile(r"retry after (\d{1,6}) second", re.IGNORECASE)
_BY_CALLS = "The calls a minute follow from the tokens a minute that the deployment is given."
_BY_TOKENS = (
    "One turn of OpenClaw is some 22,000 tokens before the user says a word, and Azure counts "
    "max_tokens on top of it."
)
_NEVER = 3600
"""Seconds. Azure counts by the minute: who is asked to wait for hours asks for too much."""


def check(
    resource: Resource,
    answer: ResourceAnswer,
    opened: OpenResource | Unavailable,
    configs: Configs,
) -> Iterator[Finding | Unknown]:
    """A resource that answered 429 itself."""
    result = answer.result
    if answer.kind != "rate-limited" or not isinstance(result, Answer):
        if isinstance(opened, Unavailable):
            yield Unknown(opened.reason)
        return
    limit = next((one for one in _LIMITS if one in result.body), "rate limit")
    wait = _wait(result)
    seconds = "second" if wait == 1 else "seconds"
    after = f", and asks to wait {wait} {seconds}" if wait is not None else ""
    why = _BY_CALLS if limit == "call rate limit" else _BY_TOKENS
    if wait is not None and wait >= _NEVER:
        why += " So long a wait means that it never fits: only a larger quota helps."
    place, related = configs.of_resource(resource, "api_base", f"{limit} reached")
    again = f"sleep {wait}; clawdoctor run" if wait and wait < _NEVER else "clawdoctor run"
    yield Finding(
        severity=Severity.ERROR,
        message=f"{resource.name} has reached its {limit}{after}",
        detail=why,
        place=place,
        consequence=f"{resource.name} has reached its {limit}",
        related=related,
        evidence=(http_evidence(result),),
        fixes=(
            Fix(
                title="raise the quota, or add a second deployment",
                snippet=_second(resource),
                commands=(_QUOTA, again),
            ),
        ),
    )


def _second(resource: Resource) -> str:
    if not resource.deployments:
        return ""
    return (
        f"- model_name: {resource.deployments[0].group}   # a second one\n"
        "  litellm_params:\n    model: azure/<another deployment>"
    )


def _wait(result: Answer) -> int | None:
    """The seconds that Azure asks to wait, by its header or by its words."""
    header = result.headers.get("retry-after", "")
    said = _WAIT.search(result.body)
    if header.isascii() and header.isdecimal():
        return int(header)
    return int(said[1]) if said else None


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn to which Azure answered 429, also after the time that it asks to wait."""
    for failure in replies.of("rate-limited"):
        result = failure.turn.result
        assert isinstance(result, Answer)
        limit = next((one for one in _LIMITS if one in result.body), "rate limit")
        wait = _wait(result)
        after = f", and asks to wait {wait} s" if wait is not None else ""
        why = _BY_CALLS if limit == "call rate limit" else _BY_TOKENS
        if wait is not None and wait >= _NEVER:
            why += " So long a wait means that it never fits: only a larger quota helps."
        snippet = (
            f"- model_name: {question.model}   # a second one\n"
            "  litellm_params:\n    model: azure/<another deployment>"
        )
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"the {the_deployment(failure, replies)} has reached its {limit}{after}",
            why=why,
            label=f"{limit} reached",
            fix=Fix(
                title="raise the quota, or add a second deployment",
                snippet=snippet if question.proxy is not None else "",
                commands=(_QUOTA, f"sleep {min(wait or 60, 60)}; clawdoctor run"),
            ),
        )


CHECK = Check(
    code=CODE,
    name="rate-limited",
    stage="azure",
    scope="request",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("rate-limited",),
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
            not_of(OTHER_SERVICE, azure_answered(r"429")),
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
                AZURE,
                status("429") + r"|Too ?Many ?Requests|\bthrottl|retry after \d{1,6} second"
                r"|rate[- ]?limit(?:ed|ing)? (?:exceeded|reached|hit|error)",
                200,
            )
            + "|"
            + near(status("429") + "|Too ?Many ?Requests", AZURE, 120),
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
            by_azure("429"),
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
