"""The texts that mean AZ104, and what to do about each kind of them."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_NEVER = r"high demand|Metrics ?Advisor|UserByModel"
"""AZ111, and limits of other services."""
_OWN = (
    r"budget|Limit type:|Crossed TPM|Max parallel request|No deployments available|descriptor_key"
)
"""Limits of LiteLLM's own keys and teams, and its pauses."""

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        r"exceeded (?:the |your |its )?(?P<limit>token|call|request)s?(?: rate limit"
        r"|[- ]per[- ]minute|\b.{0,90}after 86400 s)",
        unless=_NEVER,
    ),
    rule(
        "certain",
        "Azure",
        r"(?:Rate|Token) limit is exceeded\. Try again in|DeploymentRatelimit-"
        r"|Out of call volume quota|default rate limit\b",
        unless=_NEVER,
    ),
    rule(
        "likely",
        "LiteLLM",
        "Azure(?:OpenAI)?(?:Exception|Error) (?:- )?(?:RateLimitError|429)"
        "|RateLimitError: AzureException",
        unless=_NEVER,
    ),
    rule(
        "likely",
        "Azure",
        r"\bazure|/openai/deployments/",
        unless="high demand|Metrics ?Adv|UserByModel|budget|Limit type:|Crossed TPM"
        "|Max parallel req|No deployments av|descriptor_key",
        status=429,
        alone=True,
    ),
    rule(
        "likely",
        "Azure",
        r"\bOpenAI:? 429|throttled|rate[- ]limit(?:ed)?\b",
        r"\bazure",
        unless=_OWN,
        alone=True,
    ),
    rule(
        "likely",
        "OpenClaw",
        r"API rate limit reached|request failed \(rate limited",
        unless="anthropic|claude|gemini|openrouter",
        advice="whose",
    ),
    rule(
        "possible",
        "OpenClaw or a client",
        r"returned HTTP 429|asking us to slow|possible rate limit\)|Rate-limited -"
        r"|processing too many requests|Retrying request to /",
        advice="whose",
    ),
    rule(
        "possible",
        "Azure or LiteLLM",
        r"\bRate limit (?:is |was )?(?:exceeded|reached|hit)|\bRateLimitError\b"
        r"|\brate[- _]limit",
        unless=_OWN,
        alone=True,
        advice="whose",
    ),
    rule("possible", "Azure or LiteLLM", unless=_OWN, status=429, alone=True, advice="whose"),
)

_PORTAL = (
    "Azure Portal > your Azure OpenAI resource > Model deployments > Edit > Tokens per Minute Rate "
    "Limit"
)

ADVICE: Mapping[str, Advice] = {
    "deployment": Advice(
        "Give the deployment <deployment> more tokens per minute; 60,000 carry a turn or two of "
        f"OpenClaw. {_PORTAL}. Or add a second deployment below the same model_name in "
        "litellm_config.yaml, and lower maxTokens in openclaw.json, which Azure counts in advance:",
        "maxTokens: 8192,",
        straight=Advice(
            "Give the deployment <deployment> more tokens per minute; 60,000 carry a turn or two "
            "of "
            f"OpenClaw. {_PORTAL}. Lower maxTokens in openclaw.json, which Azure counts in "
            f"advance:",
            "maxTokens: 8192,",
        ),
        when=r"Your requests to (?P<deployment>\S{1,64}) for (?P<model>\S{1,64}) in ",
    ),
    "whose": Advice(
        'See whose limit it is in the whole text. "exceeded token rate limit of your current ... '
        'pricing tier" is Azure\'s: more tokens per minute. "No deployments available" is a pause '
        "of "
        'LiteLLM\'s after another error. "Limit type:" or "Crossed TPM" is a limit that LiteLLM\'s '
        'own key or team has. "high demand" is the region\'s capacity: wait, or use another '
        "region.",
        run=(ASK_OPENCLAW.text,),
        straight=Advice(
            'See whose limit it is in the whole text. "exceeded token rate limit of your current '
            "... "
            'pricing tier" is your deployment\'s: give it more tokens per minute. "high demand" is '
            "the region's capacity: wait, or use another region.",
            run=(ASK_OPENCLAW.text,),
        ),
    ),
    "gateway": Advice(
        "A gateway in front of Azure has a limit of its own for each key, also for a day or a "
        "month: more tokens per minute at Azure do not help. Wait as long as the text says, or ask "
        "who runs the gateway for more.",
        when=r"\b(?:Day|Week|Month) limit: \d|Quota will be replenished",
    ),
    "never": Advice(
        "A wait of a day means that the request never fits: the deployment's tokens per minute are "
        "fewer than one turn of OpenClaw (12,000 to 31,000), or the subscription is a free one "
        f"without quota for the model. Give the deployment 60,000 or more: {_PORTAL}. Where no "
        "quota is left, use another region or the kind GlobalStandard.",
        run=("az cognitiveservices usage list -l <region> -o table",),
        when=r"retry after 86400 seconds",
    ),
    STRAIGHT: Advice(
        f"Give the deployment more tokens per minute; 60,000 carry a turn or two of OpenClaw. "
        f"{_PORTAL}. "
        "Lower maxTokens in openclaw.json, which Azure counts in advance:",
        "maxTokens: 8192,",
    ),
}
