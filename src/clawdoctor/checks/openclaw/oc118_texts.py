"""The rules that identify OC118 in texts, and the advice for each form."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        r"(?P<provider>[\w.-]{1,60}) embedding credentials are not configured"
        r"|(?:-compatible|litellm) embeddings failed: HTTP 401",
        advice="key",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"No API key found for provider .?openai\b",
        r"\bmemory\b|\bmemory_search\b|[Ee]mbedding|'results': ?\[\], ?'disabled'",
        advice="default",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"\b(?:openai[\w-]{0,40}|azure[\w-]{0,40}|litellm) embeddings failed: "
        r"(?:(?:HTTP )?40[45]\b.{0,60}|malformed)",
        advice="url",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"y (?:search is (?:unavailable [db]|enabled b)|index failed"
        r"|Search \(.{0,200}Embeddings: u)|ngs: missing |ding provider: ",
        unless="SQLite|quota|VRAM",
        advice="several",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"\bembeddings failed: |Memory search (?:is unav|did not f)"
        r"|memory_search\b.{0,20}'disabled': ?true|orted embedding",
        advice="several",
    ),
)

_BLOCK = (
    'memory: { search: { provider: "openai", model: "text-embedding-3-small",\n'
    '  remote: { baseUrl: "http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}" } } },'
)
_STRAIGHT_BLOCK = (
    'memory: { search: { provider: "openai", model: "<name of the deployment>",\n'
    '  remote: { baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",\n'
    '            apiKey: "${AZURE_OPENAI_API_KEY}" } } },'
)


def _with_block(do: str, straight: str, run: tuple[str, ...] = ()) -> Advice:
    """Return advice with the block that configures memory search, for the proxy and for Azure."""
    return Advice(do, _BLOCK, run, straight=Advice(straight, _STRAIGHT_BLOCK, run))


_WHY = (
    "The previous line in the log says why. For 401 or a missing key, check "
    "memory.search.remote.apiKey. For 404, check baseUrl. For a missing or unknown model, check "
    "model. For a wrong number of dimensions, run `openclaw memory index --force`. Chat is not "
    "affected. Write the whole block, or set memory.search.enabled to false:"
)
_KEY = "Memory search has its own endpoint and needs its own key for it:"

ADVICE = {
    "default": _with_block(
        "Memory search uses OpenAI by default, but there is no OpenAI key. Configure your own "
        "provider for it, with an embedding model that LiteLLM serves, or turn memory search off "
        "(memory.search.enabled: false). In older versions, the block is "
        "agents.defaults.memorySearch:",
        "Memory search uses OpenAI by default, but there is no OpenAI key. Configure your Azure "
        "resource for it, with the deployment of an embedding model, or turn memory search off "
        "(memory.search.enabled: false). In older versions, the block is "
        "agents.defaults.memorySearch:",
    ),
    "key": _with_block(_KEY, _KEY),
    "url": _with_block(
        "The endpoint of memory search does not serve embeddings. OpenClaw appends /embeddings to "
        "memory.search.remote.baseUrl. Use the proxy's /v1 and an embedding model in its "
        "model_list. The URL of an Azure deployment does not work, because OpenClaw adds no "
        "api-version.",
        "The endpoint of memory search does not serve embeddings. OpenClaw appends /embeddings to "
        "memory.search.remote.baseUrl, without an api-version. Use Azure's v1 API and the "
        "deployment of an embedding model:",
    ),
    "several": _with_block(_WHY, _WHY, ("openclaw memory status --deep",)),
}
