"""The names of settings and variables that belong to secrets."""

from __future__ import annotations

import pytest

from clawdoctor.redaction.secret_name import names_secret, resembles_secret

SECRET_NAMES = """
apiKey api_key api-key API_KEY apikey APIKey OPENAI_APIKEY LITELLM_MASTER_KEY master_key key
keys azure_ad_token client_secret botToken appToken token tokens x-api-key X-API-Key password
POSTGRES_PASSWORD authorization Authorization proxy-authorization subscription-key apiKey2
Ocp-Apim-Subscription-Key API_KEY_2 AZURE_API_KEY_EU litellm.api.key aws_secret_access_key
aws_access_key_id secret passwd SMTP_PASS GITHUB_PAT LITELLM_SALT_KEY primaryKey
LANGFUSE_PUBLIC_KEY accessTokens privateKey token_secret APIKEYs
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_secret_names_are_recognised(name: str) -> None:
    assert names_secret(name)


HARMLESS_NAMES = """
maxTokens max_tokens contextTokens context_tokens token_limit tokenLimit tokenizer
maxTokensField key_alias keyName key_name keyPath key_file token_url tokenUrl TOKEN_ENDPOINT
max_completion_tokens reserveTokens reserveTokensFloor input_cost_per_token keyboard keyword
output_cost_per_reasoning_token tokens_per_minute_limit promptCacheKey prompt_cache_key
key_management_system key_management_settings monkey hotkey model api_base apiVersion name
litellm_key_header_name secretRef pass_through_endpoints upperbound_key_generate_params
custom_key_generate public_key_ttl PWD JWT_PUBLIC_KEY_URL secretary keychain
"""


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_harmless_names_are_not_secret(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("api_keyy", "apiKye", "apikee", "aip_key", "maser_key", "pasword", "passwrod", "tokn"),
        *("secert", "autorization"),
    ],
)
def test_a_misspelt_name_of_a_secret_is_recognised(name: str) -> None:
    assert resembles_secret(name)


@pytest.mark.parametrize(
    "name",
    ["api_verison", "modle", "base_ur", "maxTokns", "drop_parms", "contextWindw", "note"],
)
def test_a_misspelt_harmless_name_is_not(name: str) -> None:
    assert not resembles_secret(name)
