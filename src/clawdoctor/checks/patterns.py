"""Parts of signatures that several checks use: hosts of this chain, and other programs."""

from __future__ import annotations

import re

AZURE_HOST = (
    r"(?<![\w-])[\w-]{1,64}\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure"
    r"|azure-api"
    r"|api\.cognitive\.microsoft)\.(?:com|us|net|cn)"
)
"""A host of Azure that serves models, or one of Azure's API gateways."""

_NAME = re.compile(r"\(\?P<\w+>")

_OTHERS = (
    # other providers and their hosts
    r"anthropic|claude|generativelanguage|googleapis|gemini|vertex|bedrock|amazonaws|openrouter"
    r"|api\.openai\.com|platform\.openai|api\.mistral|groq|deepseek|cohere|hugging ?face|ollama"
    r"|api\.x\.ai|moonshot|dashscope|minimax|nvidia|perplexity|together\.ai|replicate|elevenlabs"
    # chat programs
    r"|telegram|telegraf|grammy|telego|telebot|getupdates|discord|slack|whatsapp|baileys|feishu"
    r"|larksuite|dingtalk|imessage|matrix-js|mattermost|msteams|webhook"
    # package managers, version control, registries of images
    r"|npm err|npm error|npmjs|yarnpkg|pnpm|pypi|pythonhosted|/simple/|\bpip\b|pipx|conda|apt-get"
    r"|debian\.org|ubuntu\.com|\bbrew\b|crates\.io|rubygems|maven|gradle|github(?!\.com/berriai)"
    r"|gitlab|bitbucket"
    r"|\bgit\b|docker\.io|docker\.com|ghcr\.io(?!/berriai)|quay\.io|registry-1|kube|containerd"
    r"|podman|helm"
    r"|terraform|ansible|x509:"
    # other servers and tools
    r"|postgres|psql|psycopg|redis|mongo|mysql|mariadb|sqlite|kafka|rabbitmq|elastic|smtp|imap"
    r"|qdrant|weaviate|milvus|chromadb|neo4j|clickhouse|minio|etcd|mqtt|ldap|langfuse|opentelemetry"
    r"|otlp|searxng|home ?assistant"
    r"|\bssh\b|rsync|nginx|traefik|flask|django|jupyter|streamlit|gradio|http\.server|webpack|vite"
    r"|next\.js|playwright|puppeteer|chromium|chrome|selenium|cron job|grafana|prometheus|vpn"
    # neither LiteLLM nor OpenClaw uses requests, which logs HTTPSConnectionPool
    r"|httpsconnectionpool|curl: \(60?\)|\bwget\b|\bping\b|\bmount\b|\bntpd?\b|getent"
)

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
    return not_of(_OTHERS, text)


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
