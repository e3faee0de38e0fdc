"""Which variables a user can have meant by the name of one that is not set."""

from __future__ import annotations

import pytest

from clawdoctor.chain.near_variable import near_variables


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("AZURE_LLM_API_KEY", "AZURE_LLM_API_KEY_EASTUS"),
        ("AZURE_LLM_API_KEY", "AZURE_LLM_API_KEY_EAST"),
        ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY"),
        ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY"),
        ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY"),
        ("AZURE_OPENAI_API_KEY", "AZURE_OPENAPI_API_KEY"),
        ("AZURE_API_KEY", "AZURE_APIKEY"),
        ("AZURE_API_KEY", "azure_api_key"),
        ("AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"),
        ("AZURE_API_BASE", "AZURE_BASE_URL"),
        ("AZURE_API_VERSION", "AZURE_OPENAI_API_VERSION"),
        ("LITELLM_API_KEY", "LITELLM_MASTER_KEY"),
        ("LITELLM_MASTER_KEY", "LITELLM_KEY"),
        ("LITELLM_MASTER_KEY", "LITELLM_MASTERKEY"),
        ("LITELLM_MASTER_KEY", "LITELM_MASTER_KEY"),
        ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_SECERT"),
    ],
)
def test_names_the_variable_that_was_meant(name: str, option: str) -> None:
    assert near_variables(name, [option, "PATH", "HOME", "DATABASE_URL"]) == (option,)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("AZURE_API_KEY", "AZURE_API_BASE"),
        ("AZURE_API_KEY", "AZURE_API_VERSION"),
        ("AZURE_API_KEY_EASTUS", "AZURE_API_KEY_WESTUS"),
        ("AZURE_API_KEY_1", "AZURE_API_KEY_2"),
        ("AZURE_KEY", "AZURE_STORAGE_KEY"),
        ("AZURE_API_KEY", "AZURE_SEARCH_KEY_VAULT_SAS"),
        ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"),
        ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"),
        ("OPENAI_API_KEY", "OPENROUTER_API_KEY"),
        ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"),
        ("LITELLM_MASTER_KEY", "LITELLM_SALT_KEY"),
        ("LITELLM_MASTER_KEY", "AZURE_API_KEY"),
        ("AZURE_CLIENT_ID", "AZURE_TENANT_ID"),
        ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
        ("AZURE_GPT4_API_KEY", "AZURE_EMBEDDING_API_KEY"),
        ("KEY", "HOME"),
        ("MY_KEY", "YOUR_HOST"),
        ("API_KEY", "SLACK_API_KEY"),
    ],
)
def test_names_nothing_that_was_not_meant(name: str, option: str) -> None:
    assert near_variables(name, [option]) == ()


def test_the_nearest_come_first() -> None:
    options = ["AZURE_OPENAI_API_KEY_EAST", "AZURE_APIKEY", "AZURE_OPENAI_API_KEY"]
    assert near_variables("AZURE_API_KEY", options) == ("AZURE_APIKEY", "AZURE_OPENAI_API_KEY")
