"""Parts of signatures that checks share: hosts of this chain, and programs outside of it."""

from __future__ import annotations

import re

AZURE_HOST = (
    r"(?<![\w-])[\w-]{1,64}\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure"
    r"|azure-api"
    r"|api\.cognitive\.microsoft)\.(?:com|us|net|cn)"
)
"""A host of Azure that serves models, or a gateway of Azure before one."""

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
    # requests, which says HTTPSConnectionPool, is in neither LiteLLM nor OpenClaw
    r"|httpsconnectionpool|curl: \(60?\)|\bwget\b|\bping\b|\bmount\b|\bntpd?\b|getent"
)

FOREIGN_HOST = (
    r"(?:[\w.-]{0,80}(?:anthropic|openai\.com|googleapis|google|gemini|amazonaws|openrouter|mistral"
    r"|groq|deepseek|cohere|huggingface|ollama|telegram|discord|slack|whatsapp|feishu|larksuite"
    r"|dingtalk|npmjs|yarnpkg|pypi|pythonhosted|github|gitlab|docker\.(?:io|com)|ghcr\.io|quay\.io"
    r"|debian|ubuntu|nodejs\.org|clawhub|openclaw\.ai|sentry|postgres|redis|mongo|mysql|smtp|imap"
    r"|nvidia|perplexity|moonshot|dashscope|minimax|elevenlabs|brave|clawdbot)|(?:db|database)\b)"
)
"""The beginning of a host that is none of this chain."""

FOREIGN_PORT = (
    r"(?:22|25|53|80|443|465|587|1433|3306|5432|5672|6379|8086|9092|9200|9222|11211|27017|18789"
    r"|389|1883|2379|4222|4317|4318|5984|6333|6334|6443|7687|8123|8200|8500|9042|15672|19530)\b"
)
"""A port on which something else than a proxy or a model stands."""

OTHER_PROVIDER = (
    r"(?:Anthropic|Vertex\w{0,6}|Gemini|Bedrock|Groq|Ollama\w{0,6}|Mistral|Cohere|Deepseek"
    r"|Openrouter|Together\w{0,4}|Perplexity|Huggingface|XAI|Fireworks\w{0,4}|Nvidia\w{0,6}"
    r"|Sagemaker|Watsonx)\w{0,8}Exception"
)
"""LiteLLM's word for an error of a provider that is none of this chain."""


def alone(text: str) -> str:
    """A pattern: `text`, whose words any program may use, where no other program is named."""
    return not_of(_OTHERS, text)


def not_of(others: str, text: str) -> str:
    """A pattern: `text`, where `others` is not named.

    Anchored and bounded, so that it is tried once. That `text` is there is looked at first: it is
    cheaper.
    """
    there = _NAME.sub("(?:", text)
    return rf"^(?=.{{0,3000}}?(?:{there}))(?!.{{0,1500}}?(?:{others})).{{0,3000}}?(?:{text})"


def near(first: str, then: str, within: int) -> str:
    """A pattern: `then` at most `within` characters after `first`.

    A scan ends where `first` stands again, from where it is tried anew: so a text that is full of
    `first` costs no more than another one.
    """
    again = _NAME.sub("(?:", first)
    return rf"(?:{first})(?:(?!{again}).){{0,{within}}}?(?:{then})"


def beside(one: str, other: str, within: int) -> str:
    """A pattern: `other` at most `within` characters before or after `one`."""
    plain = _NAME.sub("(?:", one), _NAME.sub("(?:", other)
    return f"{near(one, other, within)}|{near(plain[1], plain[0], within)}"


def azure_answered(status: str) -> str:
    """A pattern: a line in which an HTTP client logs that a host of Azure gave this status."""
    url = (
        rf"https?://{AZURE_HOST}(?!/(?:sts|contentunderstanding|speech|tts|vision|face|language)/)"
    )
    return (
        rf"{url}[^\s\"']{{0,300}}['\"]? ['\"]?HTTP/[\d.]{{1,3}} (?:{status})\b"
        rf"|\b(?:{status})\b[\w :-]{{0,50}}['\"]? (?:for url:? )?['\"]?{url}"
    )
