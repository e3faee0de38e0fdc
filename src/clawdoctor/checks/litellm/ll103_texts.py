"""The texts that identify LL103, and the advice for each form of it."""

from __future__ import annotations

from clawdoctor.chain.advice import PROXY_SETTINGS
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule

TEXTS = (
    rule(
        "likely",
        "LiteLLM",
        r"Please pass one of .?api_key|one of the .?base_url"
        r"|either api_key, azure_ad|str or bytes, not <class|key provided: None",
        advice="deployment",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"AzureException.{0,12} - .{0,40}(?:'NoneType'|\bNone: None|not NoneType)",
        advice="deployment",
    ),
    rule(
        "likely",
        "LiteLLM",
        "The api_key client option must be set|api_base is required for Azure AI",
        "azure|litellm/",
        unless="AzureException",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"\b(?P<variable>(?-i:AZURE_(?:OPENAI_)?(?:API_(?:KEY|BASE|VERSION)|ENDPOINT)|AZURE_KEY_VAULT_URI))\b",
        r"KeyE|(?<!\d )(?:not|are) (?:set|found|defined)|is set in|missing\b(?! c)|requir|or pas"
        r"|(?:set|fine) (?:'|api_|the AZ|AZ)",
        advice="unset",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"azure (?:openai )?(?:api )?(?:key|base|instance name"
        r"|client)\b.{0,24} (?:not (?:found|init)|required)|to azure but no",
        unless="AZURE_API_KEY",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"Did not find (?:azure_)?openai_api_|provide either api_key, ad_"
        r"|KeyCredential\.\.ctor|'openai\.api_key = |by Azure AD",
    ),
    rule(
        "certain",
        "LiteLLM",
        r"Illegal header|control character detected|AzureException.{0,40} - (?:/%22https|'\w{5,7}'"
        " codec can)|non-printable ASCII",
        alone=True,
        advice="ends",
    ),
    rule(
        "possible",
        "OpenAI",
        "You didn't provide an API key|Missing required Azure OpenAI configuration",
    ),
)

_GATEWAY = Advice(
    "Set the key where OpenClaw's gateway reads it, refer to it in the provider, and restart the"
    " gateway. A variable that you export in a shell does not reach a gateway that runs as a"
    " service.",
    "AZURE_OPENAI_API_KEY=...                       # ~/.openclaw/.env\n"
    'apiKey: "${AZURE_OPENAI_API_KEY}",             # openclaw.json, models.providers.<id>',
    run=("openclaw gateway restart",),
)

ADVICE = {
    "deployment": Advice(
        "LiteLLM has no key or no address for the deployment. If api_key or api_base is missing"
        " in its litellm_params, LiteLLM looks for AZURE_API_KEY and AZURE_API_BASE. If they"
        " refer to variables, one of those variables is unset or empty where the proxy runs. Check"
        " which variables the proxy has. If the deployment should use an Entra identity, LiteLLM"
        " found none: AZURE_CLIENT_ID and similar variables are unset, or"
        " enable_azure_ad_token_refresh is missing.",
        "api_base: os.environ/AZURE_API_BASE\napi_key: os.environ/AZURE_API_KEY",
        run=("docker compose exec litellm env | cut -d= -f1 | grep AZURE",),
        straight=_GATEWAY,
    ),
    "unset": Advice(
        f"Set <variable> for the proxy, in {PROXY_SETTINGS}, and restart the proxy. A variable"
        " from another shell does not reach the proxy.",
        "<variable>=...",
        straight=_GATEWAY,
    ),
    "ends": Advice(
        "The key or the URL is empty, or starts or ends with a quotation mark, a space or a newline"
        " (%22 is a quotation mark). docker run --env-file keeps quotes, Windows line endings add a"
        " carriage return, and echo adds a newline to a secret (printf does not). Show the last"
        " character where the proxy runs: it must be a letter or a digit. Set the value again,"
        " without quotes in an env file, and restart the proxy.",
        "AZURE_API_BASE=https://my-resource.openai.azure.com",
        run=('printf "%s" "$AZURE_OPENAI_API_KEY" | tail -c 1 | od -c',),
    ),
    STRAIGHT: _GATEWAY,
}
