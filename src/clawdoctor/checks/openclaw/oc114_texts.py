"""Rules for the texts that mean OC114, and what to do about each form of them."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

_REFUSED = (
    r"not (?:be )?(?:support|recogni[sz]|allow|valid|accept|permit|one of)|unsupported"
    r"|unrecogni[sz]ed"
    r"|invalid|unknown|unexpected|\bgot\b|reject|Input should|Extra (?:in|par)"
)

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "a server that speaks OpenAI's API",
        r"\bdeveloper\b",
        r"\brole\b",
        rf"{_REFUSED}|must be one of|Input tag|not support",
        alone=True,
        unless=r"not (?:allowed|permitted) to|role assignment",
        advice="role",
    ),
    rule("likely", "OpenClaw", r"\bsupportsDeveloperRole\b", advice="role"),
    rule(
        "certain",
        "a server that speaks OpenAI's API",
        r"\bstream_options\b|\bStream options can only\b",
        rf"{_REFUSED}|extra_forbidden|can only be defined",
        alone=True,
        advice="usage",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"Thinking level \W{0,2}\w{1,10}\W{0,2} is only supported for",
        advice="thinking",
    ),
)

ADVICE = {
    "role": Advice(
        "OpenClaw sends its instructions in the role developer, and the model "
        "does not know it. Say so in the model's entry of openclaw.json:",
        "compat: { supportsDeveloperRole: false },",
    ),
    "usage": Advice(
        "The server refuses stream_options, with which OpenClaw asks for token counts. Say so in "
        "the model's entry of openclaw.json (OpenClaw then has no token counts):",
        "compat: { supportsUsageInStreaming: false },",
    ),
    "thinking": Advice(
        "OpenClaw offers this thinking level for a few models only. Choose a lower one in the "
        "chat:",
        run=(),
        lines="/think high",
    ),
}
