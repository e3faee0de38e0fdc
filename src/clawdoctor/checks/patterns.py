"""Parts of signatures that several checks use: hosts of this chain, and other programs."""

from __future__ import annotations

import re
from functools import cache

from clawdoctor.knowledge import table

AZURE_HOST = (
    r"(?<![\w-])[\w-]{1,64}\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure"
    r"|azure-api"
    r"|api\.cognitive\.microsoft)\.(?:com|us|net|cn)"
)
"""A host of Azure that serves models, or one of Azure's API gateways."""

_NAME = re.compile(r"\(\?P<\w+>")

FOREIGN_HOST = (
    r"(?:[\w.-]{0,80}(?:anthropic|openai\.com|googleapis|google|gemini|amazonaws|openrouter|mistral"
    r"|groq|deepseek|cohere|huggingface|ollama|telegram|discord|slack|whatsapp|feishu|larksuite"
    r"|dingtalk|npmjs|yarnpkg|pypi|pythonhosted|github|gitlab|docker\.(?:io|com)|ghcr\.io|quay\.io"
    r"|debian|ubuntu|nodejs\.org|clawhub|openclaw\.ai|sentry|postgres|redis|mongo|mysql|smtp|imap"
    r"|nvidia|perplexity|moonshot|dashscope|minimax|elevenlabs|brave|clawdbot)|(?:db|database)\b)"
)
"""The beginning of a host that does not belong to this chain."""

FOREIGN_PORT = (
    r"(?:22|25|53|80|443|465|587|1433|3306|5432|5672|6379|8086|9092|9200|9222|11211|27017|18789"
    r"|389|1883|2379|4222|4317|4318|5984|6333|6334|6443|7687|8123|8200|8500|9042|15672|19530)\b"
)
"""A port of another service than a proxy or a model."""

OTHER_PROVIDER = (
    r"(?:Anthropic|Vertex\w{0,6}|Gemini|Bedrock|Groq|Ollama\w{0,6}|Mistral|Cohere|Deepseek"
    r"|Openrouter|Together\w{0,4}|Perplexity|Huggingface|XAI|Fireworks\w{0,4}|Nvidia\w{0,6}"
    r"|Sagemaker|Watsonx)\w{0,8}Exception"
)
"""LiteLLM's exception for a provider that does not belong to this chain."""


def alone(text: str) -> str:
    """A pattern for `text`, which many programs print, in a log that names no other program."""
    return not_of(_others(), text)


@cache
def _others() -> str:
    """A pattern for the names of programs and services that do not belong to this chain."""
    return "|".join(name for names in table("other_programs").values() for name in names)


def not_of(others: str, text: str) -> str:
    """A pattern for `text` in a log without `others`.

    It is anchored and bounded, so the engine tries it once. It looks for `text` first, which is
    cheaper.
    """
    there = _NAME.sub("(?:", text)
    return rf"^(?=.{{0,3000}}?(?:{there}))(?!.{{0,1500}}?(?:{others})).{{0,3000}}?(?:{text})"


def near(first: str, then: str, within: int) -> str:
    """A pattern for `then` at most `within` characters after `first`.

    A scan ends at the next `first`, where the engine tries again. A text full of `first` thus
    costs as much as any other.
    """
    again = _NAME.sub("(?:", first)
    return rf"(?:{first})(?:(?!{again}).){{0,{within}}}?(?:{then})"


def beside(first: str, second: str, within: int) -> str:
    """A pattern for `second` at most `within` characters before or after `first`."""
    plain = _NAME.sub("(?:", first), _NAME.sub("(?:", second)
    return f"{near(first, second, within)}|{near(plain[1], plain[0], within)}"


def azure_answered(status: str) -> str:
    """A pattern for a line of an HTTP client that logs this status of a host of Azure."""
    url = (
        rf"https?://{AZURE_HOST}(?!/(?:sts|contentunderstanding|speech|tts|vision|face|language)/)"
    )
    return (
        rf"{url}[^\s\"']{{0,300}}['\"]? ['\"]?HTTP/[\d.]{{1,3}} (?:{status})\b"
        rf"|\b(?:{status})\b[\w :-]{{0,50}}['\"]? (?:for url:? )?['\"]?{url}"
    )
