"""Signatures of the error texts that mean OC109."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"Found agents\.defaults\.models\[\"(?P<model>[^\"]{1,160})\"\], but no "
        r"matching models\.providers",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Unknown model: (?!\S{1,200} \w{1,20} requires"
        r" authentication)\"?(?P<provider>[\w.-]{1,80})/(?P<model>[\w./:-]{1,120}[\w])",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Unable to materialize (?P<provider>openai)/(?P<model>\S{1,160}) for its prepared "
        r"\S{1,20} route",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Model \"(?P<model>[^\"/]{1,120})\" specified without provider(?:\. Falling "
        r"back to \"(?P<fallback>[^\"]{1,160})\")?",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Model ['\"`]?(?P<model>[\w.-]{1,80}/[\w./:-]{1,120})['\"`]? (?:is )?not "
        r"(?:found|defined|registered) in (?:models\.providers|the (?:model "
        r")?(?:registry|catalog))",
        "likely",
        "OpenClaw",
    ),
    # The result of such a fallback: no key is set for OpenClaw's own choice.
    signature(
        r"No API key found for provider \"(?P<provider>anthropic|openai)\"",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"(?P<model>[\w.-]{1,80}/[\w./:-]{1,120}) [ \w,-]{0,60}\bconfigured,missing\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?P<model>[\w.-]{1,80}/[\w./:-]{1,120}) \(model not found\)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Unknown model:? ['\"`](?P<provider>[\w.-]{1,80})/(?P<model>[\w./:-]{1,120}\w)['\"`]",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Found agents\.defaults\.models\[\"(?P<model>[^\"]{1,160})\"\]",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"no matching models\.providers\[|models\.providers\[[\"'][^\"']{1,80}[\"']\]\.mode"
        r"ls\[\] entry",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Model not found: (?P<model>\S{1,160}?)\. Update agents\.defaults\.model",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Model not found in catalog\. Run .?(?:openclaw|clawdbot) models list",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Model \"(?P<model>[^\"]{1,160})\" could not be resolved\. Falling back to",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Unrecognized model \"(?P<model>[^\"]{1,160})\"",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Stored model override (?P<model>\S{1,160}) is stale",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Invalid model reference(?:: | ?[\"'])|Cannot set model reference \"|Invalid model "
        r"reference or",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"No model (?:is )?configured for agent|No agent model is configured|default agent "
        r"has no "
        r"configured model",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Live model switch failed after \d{1,3} retries \((?P<model>[^)]{1,160})\)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bmodel\b.{0,120}?\b(?:not|isn't|no) (?:found|defined|registered|listed|declared"
        r"|configured"
        r"|present)? ?(?:in|under) (?:the |your )?(?:agent'?s? )?['\"`]?(?:prepared model "
        r"catalog"
        r"|models\.providers|openclaw\.json)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Unknown (?:model )?provider:? ['\"`]?(?P<provider>[\w-]{0,40}(?:litellm|azure"
        r"|custom-)[\w-]{0,60})(?!.{0,80}Loaded providers)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"\bmodel: (?P<provider>[\w-]{2,40})/(?P=provider)[:/]",
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(r"^(?:Error: |FailoverError: |⚠️ )?Unknown model: ['\"]?[\w.:-]{1,80}['\"]?[.!]?$"),
        "possible",
        "OpenClaw",
    ),
    signature(
        r"unknown provider ['\"]?(?P<provider>[\w.-]{1,60})['\"]? for model|references "
        r"provider .{1,80} "
        r"which is not|\bprovider\b.{0,80}\bnot (?:present |defined |found |configured "
        r"|listed )?in "
        r"models\.providers",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"agents\.defaults\.model|\bmodel (?:ref|id|reference)\b",
            r"(?:no|without (?:a |the )?|missing (?:a |the |its )?) ?provider(?: prefix)?\b",
            80,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Model ['\"`](?P<model>[\w.-]{1,60}/[\w./:-]{1,120})['\"`] not found(?!\. Fell back)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"not_found_error(?:: |['\"], ?['\"]message['\"]: ?['\"])model: "
        r"(?P<model>(?:gpt|o\d|azure|litellm)[\w./-]{0,80})",
        "likely",
        "Anthropic",
    ),
    signature(
        r"agent model: (?P<model>anthropic/(?!claude)[\w.:-]{1,80})|\bconfigured,missing\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"No models match pattern",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Unknown model: (?P<model>\S{1,200}) \w{1,20} requires authentication",
        "possible",
        "OpenClaw",
    ),
)
