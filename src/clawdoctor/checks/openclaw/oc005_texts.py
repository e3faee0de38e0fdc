"""Signatures of the error texts that mean OC005."""

from __future__ import annotations

import re

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature
from clawdoctor.knowledge import table

_OTHERS = "|".join(re.escape(provider) for provider in table("providers")["ids"]) + (
    "|elevenlabs|brave|tavily|firecrawl|deepgram|serper|serpapi|exa|fal|runway|inworld|gradium|comfy"
)

TEXTS: tuple[Rule, ...] = (
    signature(
        r"SecretRef\w{0,20}Error\b|secret reference .{1,80}(?:not|could not be) resolved",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?:Missing|\*{3}) env var[^\"]{0,20}\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\""
        r"(?: referenced)? at (?:config path: )?(?P<path>[\w.-]{1,200})",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?:Missing|\*{3}) env var[^\"]{0,20}\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\""
        r"(?: at (?P<path>[\w.-]{1,200}))? \W{1,3} feature using this value",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"MissingEnvVarError",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"failed to resolve secrets from the active gateway snapshot",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?:unresolved|could not resolve|failed to resolve) SecretRef"
        r"(?: \"(?P<reference>[\w:./-]{1,120})\")?",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"SecretRef\b.{0,80}(?:unresolved|not resolved|could not be resolved|unavailable)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Environment variable (?:\"(?P<variable>[A-Z_][A-Z0-9_]{0,80})\"|[A-Z0-9_]{0,60}(?:KEY"
        r"|TOKEN|SECRET|PASSWORD)) is missing or empty",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Secret provider \"(?P<provider>[\w-]{1,60})\" is not configured",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"No API key (?:found |resolved |configured )?for provider:? "
        rf"\"?(?!(?:{_OTHERS})(?:[\"\s.,;:]|$))(?P<provider>[\w./-]{{0,80}}\w)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"No API key (?:found |resolved |configured )?for provider:? "
        r"\"?(?P<provider>(?!anthropic|openai\b)[\w./-]{0,80}\w)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Received(?: API Key)? ?[=:] ?['\"]?(?P<reference>os\.environ/\w{1,80}"
        r"|\$\{?\w{1,80}(?::-[^}]{0,80})?\}?)",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"(?:Authorization|Bearer)\W{1,4}(?:Bearer )?(?P<reference>"
        r"\$\{(?:LITELLM|AZURE|OPENCLAW"
        r"|PROXY)\w{0,80}(?::-[^}]{0,80})?\}|os\.environ/\w{1,80})",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Provider [\"']?(?P<provider>[\w-]{1,60})[\"']?(?: failed validation)?: "
        r"[\"']?apiKey[\"']? is required when defining custom models",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"LLM error: Authorization Not Found",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"['\"]?apiKey['\"]? is required when defining custom models",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"SECRET_SURFACE_UNAVAILABLE|secret reference was not materialized",
        "certain",
        "OpenClaw",
    ),
    signature(
        alone(
            r"(?-i:\b[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{2,60})\W{1,3}(?:is|was) (?:missing or empty"
            r"|missing|not set|unset|empty|undefined)"
        ),
        "possible",
        "OpenClaw",
    ),
    signature(
        r"\bauth_unavailable\b",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Missing API key for the selected provider on the gateway",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Missing API key for provider ['\"](?P<provider>[\w.-]{1,60})['\"]\. (?:Configure"
        r"|Run)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"No (?:API keys?|auth) (?:found |resolved |configured |available )?for (?:the "
        r")?(?:provider:? "
        r"|model:? )?['\"<`]?(?P<provider>[\w-]{0,40}(?:litellm|azure|custom-|proxy"
        r"|foundry)[\w./-]{0,60}\b)",
        "likely",
        "OpenClaw",
    ),
    signature(
        rf"No (?:API keys|auth) configured for provider "
        rf"\"?(?!(?:{_OTHERS})(?:[\"\s.,;:]|$))(?P<provider>[\w./-]{{0,80}}\w)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"No API key for provider:? <\w{1,20}>",
        "likely",
        "OpenClaw",
    ),
    signature(
        alone(
            r"No API keys? (?:(?:was |is )?(?:found|resolved|configured|set|available) )?for "
            r"(?:the |this "
            r"|that |your )?(?:provider|model)\b"
        ),
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(r"No API key (?:found )?for \"?[\w-]{1,60}(?:/[\w./:-]{1,80})?\"?(?=$|[\s.,;:])"),
        "possible",
        "OpenClaw",
    ),
    signature(
        rf"Missing auth\W{{1,6}}(?!(?:{_OTHERS})\b)(?P<provider>[\w-]{{1,60}})\b.{{0,20}}Run "
        rf".?(?:openclaw|clawdbot) (?:configure|models)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bProviderAuthError\b|missingProvidersInUse\W{1,5}[\w\"']",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"is not allowlisted in secrets\.providers|required secrets are unavailable",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Secret reference (?:\"(?P<reference>[^\"]{1,120})\" (?:resolve[ds]? to|is)|id is "
        r"empty"
        r"|(?:id|provider) must match)|\b(?:Env|File|Exec|Store) secret reference id must",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Secret provider \"(?P<provider>[\w-]{1,60})\" (?:has source|exceeded maxRefs|plugin "
        r"integration)",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"\b(?:Exec|File) provider \"(?P<provider>[\w-]{1,60})\" (?:produced no output for"
        r"|timed out after|exited with|returned)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"SecretRef\b.{0,80}\b(?:resolved to (?:a non-string|an empty)|is invalid|did not "
        r"resolve"
        r"|resolution failed|is not allowed)",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"is unresolved in the active runtime snapshot|configured as a secret reference but is "
        r"unavailable|\bsecret ref(?:erence)? (?:could not|couldn't|cannot) be resolved",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"secret ref is configured on an inactive surface|secrets\.resolve unavailable",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Secret sentinel \S{1,80} is not registered|redaction placeholder",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bsecretref-(?:managed|env)\b|__OPENCLAW_REDACTED__",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Per-entry apiKey \"[^\"]{1,120}\"|Configured API key (?:could not be resolved"
        r"|references an incompatible)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Auth reason \[(?:missing_credential|unresolved_ref)\]",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"gateway does not support (?:secrets\.resolve|command-scoped secret)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?:Provider credentials are missing or unresolved|configured credential could not be "
        r"resolved|Auth profile credentials are missing)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"API key (?:provided|passed)[:=] ?['\"]?(?P<reference>\$\{?[A-Z][\w*]{1,80}\}?"
        r"|os\.environ\S{0,80}|\$\*|(?-i:[A-Z]{2,20}_[A-Z_*]{0,60}(?:KEY|TOKEN))"
        r"|secretref\S{0,40}"
        r"|__\w{0,20}\*\S{0,40})",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Azure OpenAI API key is required\. Set AZURE_OPENAI_API_KEY",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"OpenAI API key is required\. Set OPENAI_API_KEY",
        "possible",
        "OpenClaw",
    ),
    # What a provider says to a literal reference, and to many other wrong keys.
    signature(
        r"^\W{0,3}(?:Returns:? )?\W{0,3}(?:HTTP )?401:? (?:Unauthorized:? )?(?:Incorrect"
        r"|Invalid)"
        r" API Key(?: provided)?\W{0,4}$",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"(?:Authorization|Bearer)\W{1,4}(?:Bearer )?(?P<reference>\$\{env:\w{1,80}\}"
        r"|__env__:?\w{0,80}"
        r"|env:(?-i:[A-Z])\w{1,80})",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"\bapi ?key\b",
            r"(?:\$\{|\benv:|__env__)\S{1,80} .{0,40}\bliteral(?:ly)?\b"
            r"|\bliteral\b.{0,20}(?:\$\{"
            r"|\benv:|__env__)",
            120,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bSECRETS_(?:RELOADER|GATEWAY)_\w{3,30}|secrets\.resolve failed"
        r"|\bsecrets\.degraded\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"feature using this value will be unavailable",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?P<reference>\$\{?(?-i:[A-Z_][A-Z0-9_]{2,80})\}?)['\"`]{0,2} (?:is |was |being"
        r" )?(?:sent|passed|used|taken) (?:literally|verbatim|as[- ]is)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"^(?:HTTP )?401:? (?:Incorrect|Invalid) (?:token|authentication|credentials?)\.?$",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"^[\w ]{0,20}:? ?`?401:? (?:Incorrect|Invalid) API key"
        r" provided(?!.{0,120}platform\.openai)",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"No auth configured for provider ['\"]?(?P<provider>[\w.-]{1,80})",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?P<variable>(?-i:[A-Z][A-Z0-9_]{1,60}_(?:KEY|TOKEN))) environment variable is"
        r" (?:missing|not set|required|empty)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"No credentials found for profile|\bJSON pointer segment\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Failed to load environment files",
        "possible",
        "systemd",
    ),
)
