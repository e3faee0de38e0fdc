"""The rules that identify OC117 in texts, and the advice for each form."""

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
        r"deliver a first event within \d{1,9} ?ms|call_without_progress"
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
        r"job execution timed out|(?:agent|openclaw)\b.{0,30} timed out after"
        "|Subagent run timed|runTimeoutSec",
        unless="github|pytest",
        advice="run",
    ),
    rule(
        "possible",
        "OpenClaw",
        "run failed before|repeated internal retries"
        "|failed with an unknown e|wrong while processing your|stopped making pro",
        advice="before",
    ),
)

_MORE_TIME = (
    "Give the provider more time in openclaw.json (OpenClaw 2026.5.12 to 2026.5.18 limit the "
    "value to 120 seconds). If agents.defaults.timeoutSeconds is set, make sure that it is larger. "
    "If every answer is that slow, lower the model's reasoning effort."
)
_TIMEOUT = 'models: { providers: { "<provider>": { timeoutSeconds: 600 } } },'

ADVICE = {
    "idle": Advice(
        f"OpenClaw itself stopped waiting. LiteLLM's request_timeout cannot help. {_MORE_TIME}",
        _TIMEOUT,
        straight=Advice(
            f"OpenClaw itself stopped waiting. {_MORE_TIME}",
            _TIMEOUT,
        ),
    ),
    "old": Advice(
        "This OpenClaw is older than 2026.4.26 and uses another setting for its limit. Raise that "
        "setting, or set it to 0. After an update, use timeoutSeconds of the provider instead "
        "(newer versions reject agents.defaults.llm).",
        "agents: { defaults: { llm: { idleTimeoutSeconds: 600 } } },",
    ),
    "run": Advice(
        "The run reached the limit for the whole run, not the provider's limit. Raise it in "
        "openclaw.json. A longer task needs more time than a single answer.",
        "agents: { defaults: { timeoutSeconds: 1800 } },",
    ),
    "first": Advice(
        "Azure accepted the request but sent nothing in time. The model is reasoning, or the "
        "deployment is overloaded. Give the provider more time, and lower the reasoning effort if "
        "this happens often. If other models of the resource are slow too, the cause is Azure.",
        _TIMEOUT,
    ),
    "before": Advice(
        "OpenClaw shows this text for any failure. The reason is in the log line before it. For an "
        "idle timeout, raise timeoutSeconds. For 401 or a missing key, check the provider's "
        "apiKey. A 429 or 5xx comes from Azure, and a 400 names a parameter. Paste that line into "
        "clawdoctor explain. If only one session fails and a new session (/new) works, the old "
        "session contains a broken turn: continue in the new session.",
        run=("openclaw logs --follow",),
    ),
    STRAIGHT: Advice(
        "Give the provider more time in openclaw.json. If agents.defaults.timeoutSeconds is set, "
        "make sure that it is larger:",
        _TIMEOUT,
    ),
}
