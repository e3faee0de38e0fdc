"""The error texts of AZ104, and the advice for each."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_NEVER = r"high demand|Metrics ?Advisor|UserByModel"
"""Texts of AZ111, and of the limits of other services."""
_OWN = (
    r"budget|Limit type:|Crossed TPM|Max parallel request|No deployments available|descriptor_key"
)
"""Texts of the limits of LiteLLM's own keys and teams, and of its pauses."""

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
        unless="high demand|Metrics ?Advisor|UserByModel|budget|Limit type:|Crossed TPM"
        "|Max parallel|No deployments|descriptor_key",
        status=429,
        alone=True,
    ),
    rule(
        "likely",
        "Azure",
        r"\bOpenAI:? 429|throttled|(?:rate[- ]|request )limit(?:ed)?\b",
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
        r"|processing too many|Retrying request to /",
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
    "in Azure Portal > your Azure OpenAI resource > Model deployments > Manage Deployments > "
    "Edit > Tokens per Minute Rate Limit"
)

ADVICE: Mapping[str, Advice] = {
    "deployment": Advice(
        f"Give the deployment <deployment> more tokens per minute {_PORTAL}: 60,000 allow one or "
        "two OpenClaw messages. Or add a second deployment under the same model_name in "
        "litellm_config.yaml, and lower maxTokens in openclaw.json, which Azure counts in "
        "advance:",
        "maxTokens: 8192,",
        straight=Advice(
            f"Give the deployment <deployment> more tokens per minute {_PORTAL}: 60,000 allow "
            "one or two OpenClaw messages. Lower maxTokens in openclaw.json, which Azure counts "
            "in advance:",
            "maxTokens: 8192,",
        ),
        when=r"Your requests to (?P<deployment>\S{1,64}) for (?P<model>\S{1,64}) in ",
    ),
    "whose": Advice(
        'Read the whole error text: it shows whose limit this is. "exceeded token rate limit of '
        'your current ... pricing tier" is Azure\'s limit: raise the tokens per minute. "No '
        'deployments available" is a pause by LiteLLM after another error. "Limit type:" or '
        '"Crossed TPM" is the limit of a key or team in LiteLLM. "high demand" is the region\'s '
        "capacity: wait, or use another region.",
        run=(ASK_OPENCLAW.text,),
        straight=Advice(
            'Read the whole error text: it shows whose limit this is. "exceeded token rate limit '
            "of your current ... pricing tier\" is your deployment's limit: give it more tokens "
            'per minute. "high demand" is the region\'s capacity: wait, or use another region.',
            run=(ASK_OPENCLAW.text,),
        ),
    ),
    "gateway": Advice(
        "A gateway in front of Azure has its own limit for each key, sometimes for a day or a "
        "month. Wait as long as the text says, or ask the gateway's owner to raise the limit. "
        "More tokens per minute in Azure do not help.",
        when=r"\b(?:Day|Week|Month) limit: \d|Quota will be replenished|\.azure-api\.net\b",
    ),
    "provisioned": Advice(
        "The deployment's provisioned throughput is used up, so more tokens per minute do not "
        "help. Add units (PTU) to the deployment, turn on spillover to a standard deployment in "
        "Azure Portal, or add a standard deployment under the same model_name in "
        "litellm_config.yaml:",
        "- model_name: my-model   # the same name\n  litellm_params:\n"
        "    model: azure/<a standard deployment>",
        straight=Advice(
            "The deployment's provisioned throughput is used up, so more tokens per minute do not "
            "help. Add units (PTU) to the deployment, or turn on spillover to a standard "
            "deployment in Azure Portal.",
        ),
        when=r"provisioned[- ](?:throughput|managed|utilization)",
    ),
    "never": Advice(
        "Raise the deployment's Tokens per Minute limit to 60,000 or more, or lower maxTokens in "
        "openclaw.json. A wait of a day means that the request never fits. The deployment allows "
        "fewer tokens per minute than one OpenClaw message needs (12,000 to 31,000), or the "
        "subscription is a free one without quota for the model. If no quota is left, use another "
        "region or the deployment type GlobalStandard. This command lists the quota of a region.",
        run=("az cognitiveservices usage list -l <region> -o table",),
        when=r"retry after 86400 seconds",
    ),
    STRAIGHT: Advice(
        f"Give the deployment more tokens per minute {_PORTAL}: 60,000 allow one or two OpenClaw "
        "messages. Lower maxTokens in openclaw.json, which Azure counts in advance:",
        "maxTokens: 8192,",
    ),
}
