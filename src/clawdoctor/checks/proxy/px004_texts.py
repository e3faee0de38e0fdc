"""Signatures of the error texts that mean PX004."""

from __future__ import annotations

from clawdoctor.checks.patterns import near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"Call .?/v1/models.? to view available models for your key",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"Invalid model name passed in(?: "
        r"model=(?!None\b)(?P<model>[^\s'\"`]{1,120}?)(?=\.?(?:[\s'\"`]|$)))?",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"You passed in model=(?P<model>[^\s'\"`]{1,120}?)\. There (?:are no healthy "
        r"deployments|is no .model_name. with this string)",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"no healthy deployments? (?:for|found for) (?:this model"
        r"|(?P<model>[^\s'\"`]{1,120}))|There is no .model_name. with this string",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"(?:key|team|user|token|project|org) not allowed to access "
        r"model(?:.{0,600}?Tried to access (?P<model>[^\s'\"`]{1,120}))?",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"(?:key|team|user|project|org)_model_access_denied|ProxyModelNotFoundError",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"requested model ['\"](?P<model>[^'\"]{1,120})['\"] is not available for this "
        r"API key",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"The model `(?P<model>[^`]{1,120})` does not exist or is not accessible",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"The selected model was not found by the provider\. Check the model id|request "
        r"failed \(model not found",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Model \"(?P<model>[^\"]{1,160})\" not found\. Fell back to "
        r"\"(?P<fallback>[^\"]{1,160})\"",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"\b400, message=['\"]Bad Request['\"], url=['\"]\S{0,200}litellm",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"Valid models for team are"
        r"|not allowed to call model ?= ?(?P<model>[\w./:-]{1,120})|Allowed (?:team"
        r"|member) models ?=|does not exist in Model ID (?:List|map)"
        r"|Make sure you passed models in your config\.yaml"
        r"|Team member not allowed to access model",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"ha(?:s|ve) access to the requested model: |(?:LLM Model List"
        r"|LLM Router) (?:is )?not loaded in|No model list passed, models"
        r"|Model ['\"]\S{1,80}['\"] (?:is currently paused and cannot accept requests"
        r"|not found in router configuration)|There is no .?.?model_name.?.? with this"
        r"|model parameter is required but was None"
        r"|to view (?:the )?(?:available )?models (?:available )?(?:for your key|to you)\b",
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"\blite_?llm(?: router| proxy|'s)?\b",
            r"invalid model name|no healthy deployments?",
            120,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"no healthy deployments?",
            r"\blite_?llm\b",
            120,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        r"No models available\.|No (?:healthy )?deployments? found|Model Name invalid - "
        r"|Could not map model ?=|^(?:\w{1,30}: )?Model is blocked|invalid model name"
        r"|no healthy deployments?",
        "possible",
        "LiteLLM",
    ),
    signature(
        near(
            r"litellm[- _](?:proxy|server|gateway)|litellm (?:returns|returned|says"
            r"|answers)",
            r"invalid model name|unknown model|no healthy deployments?"
            r"|model (?:\S{1,80} )?(?:was |is )?not (?:found|served|available|configured)"
            r"|model (?:\S{1,80} )?does ?n[o']t exist",
            160,
        ),
        "possible",
        "LiteLLM",
    ),
    signature(
        r"Personal key model access|Allowed user models ?=",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"Model list not initialized|(?:key|team|user|token)\b.{0,30}(?:does not|doesn't"
        r"|no) have access to (?:the |this )?model|not in the list of models"
        r"|models for your key|(?:key|team|user) (?:is )?not allowed to (?:access|use"
        r"|call) (?:the |this )?model",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"configured model is unavailable from the provider|can't find the model you're using"
        r" right now",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"\b404:? Model not found\b",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"['\"]detail['\"]: ?['\"]Model not found['\"]|\"POST (?:/v1)?/(?:chat/completions"
        r"|responses) HTTP/[\d.]{1,3}\" 400 Bad Request",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"Model id = (?P<model>\S{1,80}) not found on litellm proxy",
        "certain",
        "LiteLLM",
    ),
)
