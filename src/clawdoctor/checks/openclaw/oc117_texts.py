"""Rules for the texts that mean OC117, and what to do about each form of them."""

from __future__ import annotations

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain", "OpenClaw", r"increase .?agents\.defaults\.llm\.idleTimeoutSeconds", advice="old"
    ),
    rule(
        "certain",
        "OpenClaw",
        r"\b(?:LLM|model) idle timeout(?: \((?P<limit>\d{1,7})s)?|\[llm-idle-timeout\]"
        r"|\bidle-timeout[- ]c\w{3,6}-(?:break|run)",
        r"(?:^.{0,400}?\bprovider=(?P<provider>[\w-]{1,60}))?",
        unless=r"agents\.defaults\.llm\.",
        advice="idle",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"did not deliver a first event within \d{1,9} ?ms"
        r"|\[fetch-timeout\] .{0,200}/(?:chat/completions|responses)",
        advice="first",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"Request timed out before a response was generated\. Please try again, or increase",
        advice="run",
    ),
    rule(
        "possible",
        "OpenClaw",
        "agent run failed before|after repeated internal retries"
        "|LLM request failed with an unknown|went wrong while processing your",
        advice="before",
    ),
)

_MORE_TIME = (
    "Give the provider more time in openclaw.json (since 2026.5.19 it counts as it is), and see "
    "that "
    "agents.defaults.timeoutSeconds, if set, is larger. If every answer is that slow, lower the "
    "model's reasoning effort."
)
_TIMEOUT = 'models: { providers: { "<provider>": { timeoutSeconds: 600 } } },'

ADVICE = {
    "idle": Advice(
        f"OpenClaw itself stopped waiting; LiteLLM's request_timeout cannot help. {_MORE_TIME}",
        _TIMEOUT,
        ("openclaw gateway restart",),
        straight=Advice(
            f"OpenClaw itself stopped waiting. {_MORE_TIME}",
            _TIMEOUT,
            ("openclaw gateway restart",),
        ),
    ),
    "old": Advice(
        "This OpenClaw is older than 2026.4.26 and has its limit in another setting. Raise "
        "it, or set it to 0; after an update, use timeoutSeconds of the provider instead "
        "(newer versions refuse agents.defaults.llm).",
        "agents: { defaults: { llm: { idleTimeoutSeconds: 600 } } },",
        ("openclaw gateway restart",),
    ),
    "run": Advice(
        "The limit of the whole run is reached, not that of the provider. Raise it in "
        "openclaw.json; a longer task needs more than one answer's time.",
        "agents: { defaults: { timeoutSeconds: 1800 } },",
        ("openclaw gateway restart",),
    ),
    "first": Advice(
        "Azure accepted the request and sent nothing in time: the model thinks, or the "
        "deployment is overloaded. Give the provider more time, and lower the reasoning "
        "effort if it happens often. If other models of the resource are slow too, it is "
        "Azure.",
        _TIMEOUT,
        ("openclaw gateway restart",),
    ),
    "before": Advice(
        "OpenClaw says this for any failure, and the reason is in the log line before it: an "
        "idle timeout wants a larger timeoutSeconds; 401 or no key, the provider's apiKey; "
        "429 or "
        "5xx comes from Azure; 400 names a parameter. Paste that line into clawdoctor "
        "explain. If "
        "only one session fails and a new one (/new) answers, that session holds a broken "
        "turn: "
        "go on in the new one.",
        run=("openclaw logs --follow",),
    ),
    STRAIGHT: Advice(
        "Give the provider more time in openclaw.json, and see that "
        "agents.defaults.timeoutSeconds, if set, is larger:",
        _TIMEOUT,
        ("openclaw gateway restart",),
    ),
}
