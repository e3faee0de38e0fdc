import ast
from pathlib import Path
from typing import Any

import pytest

import clawdoctor
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.shown import (
    describe,
    is_harmless,
    is_harmless_part,
    looks_like_key,
    show_credential,
)
from clawdoctor.source.secret import HIDDEN, Secret

HEX = "8f3a2b1c9d4e5f60718293a4b5c6d7e8"
JWT = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln"


@pytest.mark.parametrize(
    "text",
    [
        "contoso.openai.azure.com",
        "https://contoso.openai.azure.com",
        "https://Contoso.openai.azure.com/",
        "https://contoso.openai.azure.com/openai/v1/chat/completions",
        "https://contoso.openai.azure.us:443/openai/deployments",
        "http://localhost:4000/v1",
        "127.0.0.1:4000",
        "http://[::1]:4000",
        "2024-10-21",
        "2025-04-01-preview",
        "v1",
        "preview",
        "latest",
        "gpt-4o",
        "azure/gpt-4o",
        "openai/GPT-4o",
    ],
)
def test_a_value_that_can_be_no_secret(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEX,
        "hunter2",
        f"https://{HEX}.openai.azure.com",
        "https://user@contoso.openai.azure.com",
        "https://user:pass@contoso.openai.azure.com",
        "https://contoso.openai.azure.com?code=1",
        "https://contoso.openai.azure.com#a",
        "https://contoso.openai.azure.com/hunter2",
        "https://contoso.openai.azure.com/openai/deployments/hunter2",
        "https://contoso.openai.azure.com\\@evil.example",
        "https://contoso.openai.azure.com.evil.example",
        "https://evil.example",
        "ftp://contoso.openai.azure.com",
        "contoso.azure-api.net",
        "localhost.evil.example",
        " contoso.openai.azure.com",
        "contoso.openai.azure.com\n",
        "2024-10-21-hunter2",
        "v1hunter2",
        "azure/azure/gpt-4o",
        "azure/my-gpt-4o",
        "gpt-4o-hunter2",
        "٢٠٢٤-10-21",
    ],
)
def test_a_value_that_can_be_a_secret(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        ("https://a.openai.azure.com", "https://a.openai.azure.com/openai/deployments/b", True),
        ("https://a.openai.azure.com", "A.openai.azure.com/x", True),
        ("https://hunter2.openai.azure.com", "hunter2", False),
        ("https://a.openai.azure.com", "https://xa.openai.azure.com", False),
        ("https://a.openai.azure.com/x", "https://a.openai.azure.com/x", False),
        ("2024-10-21", "api-version=2024-10-21", True),
        ("hunter2", "hunter2", False),
    ],
)
def test_a_part_of_a_value(part: str, whole: str, shown: bool) -> None:
    assert is_harmless_part(part, whole) is shown


@pytest.mark.parametrize(
    ("text", "description", "key"),
    [
        (HEX, "32 hexadecimal digits, as in an Azure key", True),
        (f" {HEX}\n", "32 hexadecimal digits, as in an Azure key", True),
        ("aB3" * 28, "84 letters and digits, as in an Azure key", True),
        (
            "sk-5b1f7c20e94d4a8f",
            "a value that starts with sk-, as OpenAI and LiteLLM keys do",
            True,
        ),
        (JWT, "a JWT", True),
        ("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "a GUID", False),
        ("https://hunter2.example/x", "a URL", False),
        ("hunter2", "7 characters", False),
        ("x", "1 character", False),
        (" ", "nothing", False),
        ("sk-gpt-prod", "11 characters", False),
        ("my-gpt4o-deployment-in-east-us-2", "32 characters", False),
    ],
)
def test_a_description_does_not_quote(text: str, description: str, key: bool) -> None:
    assert describe(text) == describe(Secret(text)) == description
    assert looks_like_key(text) is key


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (None, ""),
        ("", ""),
        ("os.environ/KEY", "os.environ/KEY"),
        ("${KEY}", "${KEY}"),
        ("$KEY", "$KEY"),
        ("LITELLM_KEY", "LITELLM_KEY"),
        ("your-litellm-key", "your-litellm-key"),
        ("${KEY:-hunter2}", f"${{KEY:-{HIDDEN}}}"),
        ("${KEY-${OTHER:-hunter2}}", f"${{KEY-{HIDDEN}}}"),
        ("os.environ/sk-5b1f7c20e94d4a8f", HIDDEN),
        ("x-${KEY}", HIDDEN),
        ("hunter2", HIDDEN),
    ],
)
def test_a_credential_is_hidden_unless_it_is_a_reference(written: str | None, shown: str) -> None:
    assert show_credential(written) == shown
    assert show_credential(Secret(written or "")) == shown


def _deployment(here: Any, **environ: str) -> Deployment:
    here.write(
        "project/litellm_config.yaml",
        "model_list:\n  - model_name: g\n    litellm_params:\n      model: os.environ/MODEL\n"
        "      api_base: os.environ/AZURE_BASE\n      api_key: os.environ/KEY\n",
    )
    found = here.fact(LiteLLMConfig, environ)
    assert isinstance(found, LiteLLMConfig)
    return found.deployments[0]


def test_a_deployment_is_called_by_its_reference(here: Any) -> None:
    hidden = _deployment(here, MODEL="azure/hunter2", AZURE_BASE="https://corp.example/hunter2")
    assert hidden.label == "os.environ/MODEL @ os.environ/AZURE_BASE"
    assert (hidden.name, hidden.shown_name) == ("hunter2", "os.environ/MODEL")
    assert "hunter2" not in repr((hidden.model, hidden.api_base, hidden.api_key))


def test_a_deployment_with_harmless_values_is_called_by_them(here: Any) -> None:
    base = "https://contoso.openai.azure.com/openai/deployments/hunter2"
    shown = _deployment(here, MODEL="azure/gpt-4o", AZURE_BASE=base)
    assert shown.label == "azure/gpt-4o @ contoso"
    assert shown.api_base.shown == "os.environ/AZURE_BASE"


@pytest.mark.parametrize(
    ("written", "environ", "shown"),
    [
        ("http://localhost:4000/v1", {}, "http://localhost:4000/v1"),
        ("${A}", {"A": "http://localhost:4000/v1"}, "http://localhost:4000/v1"),
        (
            "https://${AZURE_HOST}/openai",
            {"AZURE_HOST": "x.openai.azure.com"},
            "https://x.openai.azure.com/openai",
        ),
        ("https://${A}/openai", {"A": "hunter2.openai.azure.com"}, "https://${A}/openai"),
        ("https://${A}.openai.azure.com", {"A": "hunter2"}, "https://${A}.openai.azure.com"),
        ("http://${A}:${B}", {"A": "localhost", "B": "1234"}, "http://${A}:${B}"),
        ("${A}", {}, "${A}"),
    ],
)
def test_a_url_of_openclaw(here: Any, written: str, environ: dict[str, str], shown: str) -> None:
    config = '{models: {providers: {p: {baseUrl: "%s", apiKey: "hunter2", models: []}}}}'
    here.write("home/.openclaw/openclaw.json", config % written)
    provider = here.fact(OpenClawConfig, environ).providers[0]
    assert provider.base_url.shown == shown
    assert provider.api_key.shown == HIDDEN


def test_only_what_sends_resolves_or_removes_a_secret_reveals_it() -> None:
    package = Path(clawdoctor.__file__).parent
    revealing = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }
    allowed = {"chain", "probes", "redaction", "simulator", "wire"}
    assert revealing - allowed <= {"run"}
    in_run = {p.name for p in (package / "run").glob("*.py") if ".reveal" in p.read_text("utf-8")}
    assert in_run <= {"exposure.py"}
