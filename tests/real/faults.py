"""The faults of the live chain, and the first finding that clawdoctor must report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from clawdoctor.finding import Severity
from real.groups import AGAIN
from real.live import WRONG_KEY, Edits, RunSettings

How = Literal["simulated", "stand-in", "no files", "newest"]
HOWS: tuple[How, ...] = ("simulated", "stand-in", "no files")
PARAMS = "litellm_config.yaml/model_list/0/litellm_params"
FIRST = f"{PARAMS}/model"
MEMBER = "litellm_config.yaml/model_list/1/litellm_params/model"
MODEL = "openclaw.json/models/providers/azure-openai/models/0/id"
PROVIDER = "openclaw.json/models/providers/azure-openai"
COMPAT = "compat: { supportsStore: false }"
DEFAULTS = "agents: { defaults: {"
KEY = "${LITELLM_MASTER_KEY}"
RESPONSES: Edits = (('"openai-completions"', '"openai-responses"'),)


@dataclass(frozen=True, slots=True)
class Fault:
    """A model group with a fault, and the first finding about it.

    `at` is a parameter of the first deployment, or a pointer into a file. `folded` are the codes of
    the findings that the first one causes. `code_without_files` is the code that clawdoctor finds
    without LiteLLM's file, or None if it is the same. `only` lists the ways to run this fault: not
    every Azure can show it.
    """

    group: str
    code: str
    at: str
    folded: tuple[str, ...] = ()
    code_without_files: str | None = None
    at_without_files: str = MODEL
    openclaw: Edits = ()
    only: tuple[How, ...] = HOWS
    process_visible: bool = True


STAND_IN: tuple[How, ...] = ("stand-in", "no files")
FAULTS = {
    "wrong name": Fault("wrong-name", "AZ101", "model"),
    "wrong name, not listed": Fault("wrong-name-not-listed", "AZ101", "model"),
    "wrong name, Responses API": Fault(
        "wrong-name-on-responses", "AZ101", "model", openclaw=RESPONSES
    ),
    "all of a group": Fault("missing-everywhere", "AZ101", "model"),
    "wrong name, hidden by a cooldown": Fault("cooled", "AZ101", "model"),
    "key refused": Fault("refused", "AZ003", "api_key"),
    "key refused, hidden by a cooldown": Fault(
        "cooled-by-key", "AZ003", "api_key", process_visible=False
    ),
    "key of OpenAI": Fault("openai-key", "AZ003", "api_key"),
    "variable not set": Fault("no-variable", "LL103", "api_key", ("AZ003",), "AZ003"),
    "variable not expanded": Fault("not-expanded", "LL102", "api_key", ("AZ003",), "AZ003"),
    "quotes in the variable": Fault("quoted", "LL103", "api_key", ("AZ003",), "AZ003"),
    "line end in the variable": Fault("ended", "LL103", "api_key", ("AZ002", "AZ003"), "AZ002"),
    "firewall": Fault("firewalled", "AZ004", "api_base"),
    "private endpoint": Fault("private", "AZ004", "api_base"),
    "no keys allowed": Fault("keyless", "AZ005", "api_key"),
    "resource blocked": Fault("blocked", "AZ112", "api_base"),
    "api-version not known": Fault("old-version", "AZ102", "api_version"),
    "api-version too old for Responses": Fault(
        "old-for-responses", "LL109", "api_version", ("AZ102",), "AZ102"
    ),
    "api-version too old for the model": Fault("old-for-model", "AZ102", "api_version"),
    "codex on chat completions": Fault("codex", "AZ103", "model"),
    "codex on chat completions, listed": Fault(
        "codex-listed", "LL109", "model", ("AZ103",), "AZ103"
    ),
    "tools with reasoning": Fault("no-tools", "AZ109", "model"),
    "max_tokens to a reasoner": Fault(
        "reasoner",
        "AZ106",
        "model",
        openclaw=((COMPAT, 'compat: { supportsStore: false, maxTokensField: "max_tokens" }'),),
    ),
    "temperature to a reasoner": Fault(
        "reasoner",
        "AZ106",
        "model",
        openclaw=((DEFAULTS, f"{DEFAULTS} params: {{ temperature: 0.2 }},"),),
    ),
    "misspelt parameter": Fault("misspelt", "LL111", "api_verson", ("AZ106",), "AZ106"),
    "misspelt parameter, a date": Fault(
        "misspelt-date", "LL111", "api_verson", ("PX108",), "PX108"
    ),
    "tokens a minute": Fault("limited", "AZ104", "model"),
    "tokens a day": Fault("limited-for-a-day", "AZ104", "model"),
    "calls a minute": Fault("limited-in-calls", "AZ104", "model", only=STAND_IN),
    "calls a minute, new words": Fault("limited-in-new-words", "AZ104", "model", only=STAND_IN),
    "high demand": Fault("overloaded", "AZ111", "model", only=STAND_IN),
    "500": Fault("failing", "AZ111", "model"),
    "503 in HTML": Fault("unavailable", "AZ111", "model", only=STAND_IN),
    "408": Fault("timed-out", "AZ111", "model", only=STAND_IN),
    "no answer": Fault("hanging", "AZ002", "api_base", ("PX107",), "PX107"),
    "reset": Fault("resetting", "AZ002", "api_base"),
    "reset behind the headers": Fault("cut-off", "PX104", "api_base", only=STAND_IN),
    "refused connection": Fault("no-listener", "AZ002", "api_base"),
    "no such host": Fault("no-host", "AZ001", "api_base", (), "AZ002"),
    "TLS to a plain port": Fault("tls", "AZ002", "api_base"),
    "portal": Fault("portal", "PX104", "api_base"),
    "page": Fault("page-on-turn", "PX104", "api_base"),
    "truncated stream": Fault("breaking-off", "PX104", "api_base"),
    "no content": Fault("empty", "PX104", "api_base"),
    "prompt filtered": Fault("prompt-filtered", "AZ107", "model"),
    "answer filtered": Fault("answer-filtered", "AZ107", "model", only=STAND_IN),
    "context": Fault("too-long", "AZ108", "model"),
    "date without quotes": Fault("dropped", "LL107", "api_version", ("PX004",), "PX004"),
    "model not served": Fault("god", "LL201", MODEL, ("PX004",), "PX004"),
    "wrong proxy key": Fault(
        "good",
        "LL202",
        f"{PROVIDER}/apiKey",
        ("PX003",),
        "PX003",
        f"{PROVIDER}/apiKey",
        ((KEY, WRONG_KEY),),
    ),
    "no proxy key": Fault(
        "good",
        "LL202",
        PROVIDER,
        ("PX003",),
        "PX003",
        PROVIDER,
        ((f'        apiKey: "{KEY}",\n', ""),),
    ),
}

HEALTHY: Mapping[str, RunSettings] = {
    "chat completions": RunSettings(("good",)),
    "a second model": RunSettings(("second",)),
    "both": RunSettings(("good", "second")),
    "Responses API": RunSettings(("on-responses",), openclaw=RESPONSES),
    "Responses API, bridged by LiteLLM": RunSettings(("on-responses",)),
    "Responses API to a chat deployment": RunSettings(("codex",), openclaw=RESPONSES),
    "Azure's v1 API": RunSettings(("on-v1",)),
    "reasoner": RunSettings(("reasoner",)),
    "too few tokens to end": RunSettings(("exhausted",)),
}
ODD = ("tiny", "commented", "crlf", "not-done", "nulls", "old-http", "packed", "shouted")
"""The same answer in unusual forms."""
THROUGH_STAND_IN = ("tool-call", "thoughts")

WITH_NEWEST = (
    "wrong name, not listed",
    "key refused, hidden by a cooldown",
    "variable not set",
    "firewall",
    "api-version too old for Responses",
    "codex on chat completions",
    "tools with reasoning",
    "misspelt parameter",
    "tokens a minute",
    "503 in HTML",
    "408",
    "reset",
    "no such host",
    "page",
    "truncated stream",
    "no content",
    "prompt filtered",
    "date without quotes",
    "wrong proxy key",
    "chat completions",
    "Responses API",
    "Azure's v1 API",
    "nulls",
    "packed",
    "one of two",
    "fallback of LiteLLM",
    "another config runs",
)
"""The cases that also run with the newest LiteLLM."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """A partly broken chain: its first finding, if any, and the model that answers."""

    settings: RunSettings
    answers_with: str | None
    code: str | None
    at: str = ""
    severity: Severity = Severity.WARNING
    verdict: str = "degraded"


OTHERS = """      anthropic: {
        baseUrl: "CANARY",
        apiKey: "sk-ant-4f0c99d1",
        api: "anthropic-messages",
        models: [{ id: "claude-opus-5", name: "Claude" }],
      },
      ollama: {
        baseUrl: "CANARY",
        apiKey: "ollama-4f0c99d1",
        api: "ollama",
        models: [{ id: "llama4", name: "Llama" }],
      },
      "azure-openai": {
"""
ERROR = Severity.ERROR
MIXED: Mapping[str, Mixed] = {
    "one of two, listed as missing": Mixed(RunSettings(("balanced",)), "balanced", "AZ101", MEMBER),
    "one of two": Mixed(RunSettings(("balanced-unlisted",)), "balanced-unlisted", "AZ101", MEMBER),
    "fallback of OpenClaw": Mixed(
        RunSettings(("wrong-name", "good")), "good", "AZ101", FIRST, ERROR
    ),
    "fallback of OpenClaw, not served": Mixed(
        RunSettings(("god", "good")), "good", "LL201", MODEL, ERROR
    ),
    "fallback of OpenClaw that is broken": Mixed(
        RunSettings(("good", "wrong-name")), "good", "AZ101", MEMBER, ERROR
    ),
    "fallback of OpenClaw that shares the key": Mixed(
        RunSettings(("refused", "good")), None, "AZ003", f"{PARAMS}/api_key", ERROR, "broken"
    ),
    "fallback of LiteLLM": Mixed(
        RunSettings(("with-fallback",), beside=("good",)), "with-fallback", "AZ111", FIRST
    ),
    "another config runs": Mixed(
        RunSettings(("good",), litellm=(("azure/gpt-4o-mini", "azure/assistant-prod"),)),
        "good",
        "PX005",
        FIRST,
        verdict="answers",
    ),
    "other providers beside it": Mixed(
        RunSettings(("good",), (('      "azure-openai": {\n', OTHERS),)),
        "good",
        None,
        verdict="answers",
    ),
}


def runs() -> dict[tuple[str, How], RunSettings]:
    """Return all runs, by the name of the case and the way to run it."""
    found: dict[tuple[str, How], RunSettings] = {}
    for name, fault in FAULTS.items():
        for how in fault.only:
            settings = RunSettings(
                (fault.group,), fault.openclaw, process_visible=fault.process_visible
            )
            found[name, how] = _without_files(settings) if how == "no files" else settings
    odd = {name: RunSettings((name,)) for name in (*ODD, *THROUGH_STAND_IN)}
    for how in HOWS:
        for name, settings in ({**HEALTHY} if how == "simulated" else {**HEALTHY, **odd}).items():
            found[name, how] = _without_files(settings) if how == "no files" else settings
    found |= {(name, "stand-in"): mixed.settings for name, mixed in MIXED.items()}
    return found | {(name, "newest"): found[name, "stand-in"] for name in WITH_NEWEST}


def _without_files(settings: RunSettings) -> RunSettings:
    groups = tuple(f"{group}{AGAIN}" for group in settings.groups)
    return replace(settings, groups=groups, files_visible=False)
