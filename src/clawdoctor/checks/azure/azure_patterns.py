"""Parts of signatures that the checks of Azure share: parameters, hosts, and what is not ours."""

from __future__ import annotations

from clawdoctor.checks.patterns import not_of

AZURE_MODELS = (
    r"Azure ?(?:AI )?OpenAI|azure_openai|azure-openai|openai\.azure\.|cognitiveservices\.azure"
    r"|services\.ai\.azure|Azure(?:_?ai)?Exception|\bAOAI\b|\bazure/(?!ai/|core/|identity/|azapi"
    r"|azurerm|login|cli\b"
    r"|webapps|functions|setup|docker)[\w.-]{1,60}"
)
"""Words that show that a text is about models on Azure."""

AZURE_HOST_END = (
    r"\b(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure|api\.cognitive\.microsoft)"
    r"\.(?:com|us|cn)|\bazure-api\.net"
)
"""The end of an Azure host, whose beginning may be redacted."""

OTHER_AZURE_SERVICE = (
    r"contentunderstanding|formrecognizer|documentintelligence|speechtotext|\.speech\.|translator"
    r"|/vision/|/face/|/language/|(?<![\w.])api\.cognitive\.microsoft|search\.windows"
)
"""An Azure service other than the one that serves models."""

PARAMETER = (
    r"(?:stream_options(?:\.include_usage)?|include_usage|parallel_tool_calls|tool_choice"
    r"|max_(?:completion_|output_)?tokens|reasoning_effort|reasoning\.effort|response_format"
    r"|top_logprobs|logprobs|logit_bias|(?:presence|frequency)_penalty|prompt_cache_\w{1,20}"
    r"|function_call|service_tier|chat_template_kwargs|enable_thinking|safety_identifier"
    r"|extra_body|verbosity|top_k|top_p|min_p|web_search_options|drop_params?)"
)
"""A request parameter whose name hardly any other program uses."""

PLAIN_PARAMETER = (
    r"(?:store|tools?|functions?|temperature|stream|seed|messages?|model|stop|user|metadata|input"
    r"|role|reasoning|thinking|strict|n)"
)
"""A request parameter whose name is a plain word."""

_OTHER_PROVIDER = (
    r"anthropic|claude|bedrock|vertex|gemini|googleapis|CAPIError|kubectl|terraform|\bbicep|\bhelm"
    r"|graphql|telegram|discord|midjourney|github models"
)


def http_status(code: str) -> str:
    """A pattern for an HTTP status that is not part of a time, a version or an identifier."""
    return rf"(?<![\w.-])(?<!\d:){code}(?![\w+]|[.:-]\d)"


def azure_status(code: str) -> str:
    """A pattern for a status that a program reports next to the provider's name."""
    return r"provider:? ['\"]?azure\b.{0,60}?" + http_status(code)


def without_other_provider(text: str) -> str:
    """A pattern for `text` in a message that names no other provider."""
    return not_of(_OTHER_PROVIDER, text)
