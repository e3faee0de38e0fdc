"""Hand-made traces and requests for the tests of `trace`."""

from __future__ import annotations

from clawdoctor.chain.variables import Variable
from clawdoctor.finding import Input, Place, Version
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Position, Span
from clawdoctor.traced import (
    Difference,
    Hop,
    Origin,
    Trace,
    TracedCredential,
    TracedRefusal,
    TracedRoute,
)
from clawdoctor.wire.request import Credential, HopRequest, Parameters, Source

KEY = "8f3a1c9e77b24d5fa0c6e1d2b3948576"


def place(path: str, pointer: str, line: int) -> Place:
    """Return a place in a file."""
    return Place(path, pointer, Span(path, Position(line, 5), Position(line, 20)))


def variable(name: str, value: str, line: int = 0) -> Variable:
    """Return a variable of a `.env` file, or without a line of this shell."""
    where = place(".env", "", line) if line else None
    source = ".env" if line else "this shell"
    return Variable(name, Secret(value), source, "known", where)


def azure_request(**changes: object) -> HopRequest:
    """Return a request of LiteLLM for chat completions."""
    found = variable("AZURE_API_KEY", KEY)
    credential = Credential(
        "api-key",
        Secret(KEY),
        "AZURE_API_KEY of the proxy's environment",
        name=found.name,
        source=Source("credential", variable=found),
        overrides=(Source("credential", place("c.yaml", "/m/azure_ad_token", 9)),),
    )
    fields: dict[str, object] = {
        "sender": "litellm",
        "api": "chat",
        "origin": "https://contoso.openai.azure.com",
        "path": "/openai/deployments/my-gpt4o/chat/completions",
        "query": {"api-version": "2024-10-21"},
        "headers": {"api-key": Secret(KEY), "X-Team": "a", "Content-Type": "application/json"},
        "body": {"model": "my-gpt4o", "messages": [], "stream": True},
        "credential": credential,
        "parameters": Parameters(("model", "messages", "stream"), dropped=("store",)),
        "sources": (
            Source("url", place("c.yaml", "/m/api_base", 5)),
            Source("api-version", place("c.yaml", "/m/api_version", 7)),
        ),
    }
    return HopRequest(**{**fields, **changes})  # type: ignore[arg-type]


OPENCLAW_HOP = Hop(
    "openclaw",
    "proxy",
    method="POST",
    origin="http://localhost:4000",
    target="/v1/chat/completions",
    model="gpt-5.2",
    credential=TracedCredential(
        "Authorization",
        "LITELLM_MASTER_KEY",
        "Bearer",
        "LITELLM_MASTER_KEY",
        source=Origin(
            "credential",
            place("openclaw.json", "/models/providers/azure-openai/apiKey", 7),
            "LITELLM_MASTER_KEY",
            place("/home/me/.openclaw/.env", "", 2),
        ),
    ),
    parameters=Parameters(("model", "messages", "stream", "tools", "max_completion_tokens")),
    sources=(Origin("url", place("openclaw.json", "/models/providers/azure-openai/baseUrl", 5)),),
)
LITELLM_HOP = Hop(
    "litellm",
    "azure",
    deployment="azure/my-gpt52",
    group="gpt-5.2",
    via="group",
    method="POST",
    origin="https://contoso-ai.openai.azure.com",
    target="/openai/responses?api-version=2025-04-01-preview",
    model="my-gpt52",
    credential=TracedCredential(
        "api-key",
        "AZURE_API_KEY",
        "",
        "AZURE_API_KEY",
        "32 hexadecimal digits, as in an Azure key",
        Origin("credential", variable="AZURE_API_KEY", set_by="this shell"),
        (Origin("credential", place("litellm_config.yaml", "/m/0/azure_ad_token", 9)),),
    ),
    parameters=Parameters(
        ("model", "input", "stream"),
        added=("input",),
        renamed={"max_completion_tokens": "max_output_tokens"},
        dropped=("store",),
    ),
    headers={"X-Team": "", "api-version": "2024-10-21"},
    sources=(
        Origin("url", place("litellm_config.yaml", "/m/0/api_base", 5)),
        Origin("api-version", place("litellm_config.yaml", "/m/0/api_version", 7)),
        Origin("header X-Team", place("litellm_config.yaml", "/m/0/extra_headers", 8)),
        Origin("parameter user", says="LiteLLM adds it since 1.106.0"),
    ),
    differences=(
        Difference(
            None,
            "1.104.0",
            "https://contoso-ai.openai.azure.com/openai/responses?api-version=preview",
        ),
        Difference("1.108.0", None, refusal="no master key"),
    ),
)
REFUSED_HOP = Hop(
    "litellm",
    "azure",
    "if-the-first-fails",
    deployment="azure/my-gpt4o",
    group="gpt-4o",
    via="fallback",
    refusal=TracedRefusal(
        "litellm",
        "azure does not support parameters: ['store'], for model=my-gpt4o",
        400,
        "LL101",
        "drop_params is not set",
        place("litellm_config.yaml", "/litellm_settings", 12),
        False,
        ("store",),
        (Origin("parameter store", place("openclaw.json", "/models/compat", 16)),),
    ),
)
TRACE = Trace(
    "0.1.0",
    inputs=(
        Input("openclaw", "openclaw.json", True),
        Input("litellm", "litellm_config.yaml", True),
    ),
    versions={"openclaw": Version("2026.9.6", "package.json"), "litellm": None},
    assumed={"litellm": "1.109.1"},
    routes=(
        TracedRoute(
            "azure-openai/gpt-5.2",
            ("/agents/defaults/model/primary",),
            ("primary",),
            (OPENCLAW_HOP, LITELLM_HOP, REFUSED_HOP),
        ),
        TracedRoute(
            "other/x",
            roles=("fallback",),
            requests=(OPENCLAW_HOP, Hop("server", "server", unpredicted="It is not LiteLLM.")),
        ),
    ),
    notes=("Not traced: anthropic.",),
)
