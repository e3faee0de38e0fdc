"""The rules that identify OC114 in texts, and the advice for each form."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "a server that speaks OpenAI's API",
        r"\bdeveloper\b",
        r"\brole\b",
        r"not (?:be )?(?:supp|recog|allow|accept|perm)|unsupp|unrecog|valid|unknown|unexp"
        r"|\bgot\b|reject|Input |Extra [ip]|one of",
        unless="not (?:allowed|permitted) to|role assignment",
        alone=True,
        advice="role",
    ),
    rule("likely", "OpenClaw", r"\bsupportsDeveloperRole\b", advice="role"),
    rule(
        "certain",
        "a server that speaks OpenAI's API",
        r"\bstream_options\b|\bStream options can only\b",
        r"not (?:be )?(?:supp|recog|allow|accept|permit)|unsupp|unrecog|valid|unknown|unexp"
        r"|\bgot\b|reject|Extra|only be defined",
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
        "OpenClaw sends its instructions with the role developer, but the model does not support "
        "this role. Turn it off in the model's entry in openclaw.json:",
        "compat: { supportsDeveloperRole: false },",
    ),
    "usage": Advice(
        "The server rejects stream_options, which OpenClaw uses to request token counts. Turn it "
        "off in the model's entry in openclaw.json (OpenClaw then has no token counts):",
        "compat: { supportsUsageInStreaming: false },",
    ),
    "thinking": Advice(
        "OpenClaw supports this thinking level for only a few models. Choose a lower level in the "
        "chat:",
        run=(),
        lines="/think high",
    ),
}
