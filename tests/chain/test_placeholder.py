import pytest

from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name

KEY = "8f3a1c9e77b24d5fa0c6e1d2b3948576"


@pytest.mark.parametrize(
    "text",
    [
        "${LITELLM_KEY}",
        "${litellm_key}",
        "$LITELLM_KEY",
        "$${LITELLM_KEY}",
        "${LITELLM_KEY:-sk-1234}",
        "${LITELLM_KEY-}",
        "${LITELLM_KEY:?set it}",
        "${A:-${B:-c}}",
        "os.environ/AZURE_API_KEY",
        "os.environ/azure_api_key",
        "os.environ/azure-openai-key",
        " os.environ/AZURE_API_KEY ",
        "os.environ.AZURE_API_KEY",
        "os.environ['AZURE_API_KEY']",
        'os.environ["AZURE_API_KEY"]',
        "os.environ/${AZURE_API_KEY}",
        'os.getenv("AZURE_API_KEY")',
        "{{AZURE_API_KEY}}",
        "{{ AZURE_API_KEY }}",
        "${{ secrets.AZURE_API_KEY }}",
        "env/AZURE_API_KEY",
        "env:AZURE_API_KEY",
        "__env__:AZURE_API_KEY",
        "${env:AZURE_API_KEY}",
        "$env:AZURE_API_KEY",
        "%AZURE_API_KEY%",
        "os.environ/AZURE_OPENAI_API_KEY_EAST_US_2",
    ],
)
def test_references(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$",
        "${}",
        "LITELLM_KEY",
        "$ecretPassw0rd",
        "${A}secret${B}",
        "${A:-x}secret{b}",
        "sk-${LITELLM_KEY}",
        "os.environ/",
        "os.environ/sk-1234",
        f"os.environ/a{KEY}",
        f"os.environ/{KEY}",
        f"os.environ/{KEY.upper()}",
        f"{{{{a{KEY}}}}}",
        "env/azure-key",
    ],
)
def test_no_references(text: str) -> None:
    assert not is_reference(text)


def test_variable_names() -> None:
    assert is_variable_name("LITELLM_KEY")
    assert not is_variable_name("LITELLM")
    assert not is_variable_name("litellm_key")
    assert not is_variable_name(KEY.upper())
    assert not is_variable_name("AKIAIOSFODNN7EXAMPLE")


@pytest.mark.parametrize(
    "text",
    [
        "your-litellm-key",
        "your_api_key",
        "your key",
        "Your-Key",
        "sk-your-key-here",
        "<your-key>",
        "<KEY>",
        "<redacted>",
        "changeme",
        "change-me",
        "CHANGE_ME",
        "REPLACE_ME",
        "replace-with-your-key",
        "insert-key-here",
        "api_key_here",
        "xxx",
        "xxxx",
        "XXXXXXXX",
        "xxxx-xxxx",
        "...",
        "sk-...",
        "sk-xxxx",
        "sk-ant-xxxx",
        "***",
        "TODO",
        "your-resource",
        "YOUR_RESOURCE_NAME",
        "your-gpt4o-mini-deployment",
        "azure/your-gpt5-codex-deployment",
        "azure/responses/your-deployment",
        "<deployment-name>",
        "azure/<deployment-name>",
        "{resource}",
        "RESOURCE_NAME",
        "DEPLOYMENT_NAME",
        "azure/DEPLOYMENT_NAME",
        "https://your-resource.openai.azure.com",
        "https://YOUR-RESOURCE-NAME.openai.azure.com/openai/v1",
        "https://<resource>.openai.azure.com",
        "https://<your-resource-name>.openai.azure.com/",
        "https://{resource}.openai.azure.com",
        "https://RESOURCE_NAME.openai.azure.com",
        "https://contoso-ai.openai.azure.com/openai/deployments/your-deployment",
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contoso-ai",
        "my-codex",
        "my-resource",
        "prod",
        "gpt-4o",
        "azure/gpt-4o",
        "yourself-prod",
        "youraccount",
        "example",
        "sk-1234",
        "xx",
        "LITELLM_KEY",
        "${RESOURCE}",
        "https://${RESOURCE}.openai.azure.com",
        "https://{{RESOURCE}}.openai.azure.com",
        "https://contoso-ai.openai.azure.com",
        "https://youraccount.openai.azure.com",
        f"sk-{KEY}",
        f"your-{KEY}",
        f"<{KEY}>",
        f"{{{KEY}}}",
        "sk-8f3a-your-1c9e77b2",
        "8f3a1c9e/your-key",
        "your-a1b2-c3d4-e5f6-a7b8",
        "Tr0ub4dor.your-dog",
        "p<a>q",
        "sk-...wxyz",
    ],
)
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_long_texts_take_no_time() -> None:
    for text in ("your-" + "a" * 50_000 + "!", "a-" * 30_000 + "!", "<" + "a " * 30_000):
        assert not is_placeholder(text)
        assert not is_reference("${A:-" + text)
