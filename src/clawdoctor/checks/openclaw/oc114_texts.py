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
        "likely",
        "a server that speaks OpenAI's API",
        r"\bstrict['\"`\])]{0,3} ?[:,-] ?.{0,20}Extra inputs|(?:property|parameter"
        r"|field) ['\"`]?strict['\"`]? (?:is )?"
        r"(?:uns|not)|function\.strict['\"`]",
        advice="strict",
    ),
    rule(
        "possible",
        "a server that speaks OpenAI's API",
        r"\brole\W{1,6}(?:Input should be|unsupported|ROLE_UN)|\bsystem role (?:is )?not supported"
        r"|Unexpected message role|\u89d2\u8272\u4fe1\u606f|unsupported role",
        advice="role",
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
    "strict": Advice(
        "The server refuses `strict` in the description of a tool. Say so in the model's entry of "
        "openclaw.json:",
        "compat: { supportsStrictMode: false },",
    ),
    "thinking": Advice(
        "OpenClaw offers this thinking level for a few models only. Choose a lower one in the "
        "chat:",
        run=(),
        lines="/think high",
    ),
}
