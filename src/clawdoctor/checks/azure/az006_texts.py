"""The error texts of AZ006, and the advice for each."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import PROXY_SETTINGS
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_SECRET, _APP, _TENANT = (
    r"(?P<error>AADSTS(?:7000215|7000222|7000112|700027))\b",
    r"(?P<error>AADSTS(?:700016|500011|700038))\b",
    r"(?P<error>AADSTS(?:90002|900023))\b",
)
_UNAVAILABLE = r"(?:Default|Environment|ManagedIdentity)(?:Azure)?Credential|CredentialUnavailable"

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        r"Principal does not have access|lacks the required data"
        r"|tenant \S{0,60} ?does not match resource|custom subdomain for",
        unless="AIServices/agents",
    ),
    rule(
        "certain",
        "Entra ID",
        r"(?P<error>AADSTS(?:70\d{5}|700016|500011|700038|700027|90002\d?))\b",
        "litellm|openai|cognitiveservices|azure_ad_token|AzureException",
        advice="login",
    ),
    rule(
        "possible",
        "Entra ID",
        r"(?P<error>AADSTS\d{4,9})|(?:Default|Environment"
        r"|ManagedIdentity)(?:Azure)?Credential.{0,40}(?:failed|unavailable)",
        advice="login",
    ),
    rule(
        "likely", "Entra ID", _UNAVAILABLE, r"litellm|\bopenai\b|cognitiveservices", advice="login"
    ),
    rule(
        "likely",
        "LiteLLM",
        r"is not a valid AzureCredentialType|Token Provider could not|client_secret must be prov"
        r"|AZURE_TENANT_ID must be",
        advice="login",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"get Azure AD token|Azure AD token (?:must|access_token|expires_in)"
        r"|managed identity token|token for \S{0,12}cognitives",
        advice="login",
    ),
    rule(
        "likely",
        "LiteLLM",
        "AzureException",
        "The api_key client option must be set",
        advice="path",
    ),
)

_ASSIGN = (
    'az role assignment create --role "Cognitive Services OpenAI User" --assignee <client id> '
    "--scope $(az cognitiveservices account show -n <resource> -g <group> --query id -o tsv)"
)
_LOGIN = (
    'az login --service-principal -u $AZURE_CLIENT_ID -p "$AZURE_CLIENT_SECRET" '
    "--tenant $AZURE_TENANT_ID"
)
_USE_KEY = "Or use a key: replace the identity with api_key in litellm_config.yaml."

ADVICE: Mapping[str, Advice] = {
    STRAIGHT: Advice(
        "OpenClaw sends the token of an identity. With this command, give the identity the role "
        "on the resource, and wait five minutes. Or set apiKey in the provider in openclaw.json "
        "to a key.",
        run=(_ASSIGN,),
    ),
    "credential-type": Advice(
        "This LiteLLM does not know the credential type <credential>: it is older than the "
        "setting, or azure-identity is not installed. Upgrade LiteLLM (DefaultAzureCredential "
        "works in 1.106.2 and newer). Or set a type that it knows for the proxy (in "
        f"{PROXY_SETTINGS}):",
        "AZURE_CREDENTIAL=ClientSecretCredential   # or ManagedIdentityCredential",
        run=('pip install -U "litellm[proxy]" azure-identity',),
        when=(
            r"'(?P<credential>\w{1,60})' is not a valid AzureCredentialType"
            r"|Token Provider could not"
        ),
    ),
    "tenant": Advice(
        "Set AZURE_TENANT_ID to the resource's tenant ID. To find it, open Azure Portal > "
        "Microsoft Entra ID > Tenant ID. Set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to an app "
        f"that is registered in that tenant. All three belong in {PROXY_SETTINGS}:",
        "tenant_id: os.environ/AZURE_TENANT_ID",
        run=("az account show --query tenantId -o tsv   # log in with the resource's account",),
        when=r"tenant (?:\S{1,60} )?does not match resource",
    ),
    "subdomain": Advice(
        "A regional host does not accept identities. In litellm_config.yaml, use the resource's "
        "own host name:",
        "api_base: https://<resource>.openai.azure.com",
        straight=Advice(
            "A regional host does not accept identities. In the provider in openclaw.json, use "
            "the resource's own host name:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
        when=r"custom subdomain for",
    ),
    "secret": Advice(
        "The app's secret is wrong or has expired (<error>). Create a new secret (Azure Portal "
        "> App registrations > your app > Certificates & secrets). Set AZURE_CLIENT_SECRET to its "
        f"value, not its ID, in {PROXY_SETTINGS}, and test the login. {_USE_KEY}",
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:7000215|7000222|7000112|700027))\b",
    ),
    "app": Advice(
        "The app does not exist in this tenant (<error>). Compare AZURE_CLIENT_ID and "
        "AZURE_TENANT_ID with Azure Portal > App registrations > your app > Overview, and test "
        "the login. " + _USE_KEY,
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:700016|500011|700038))\b",
    ),
    "no-tenant": Advice(
        "The tenant does not exist (<error>). Set AZURE_TENANT_ID to the resource's tenant (Azure "
        f"Portal > Microsoft Entra ID > Tenant ID), in {PROXY_SETTINGS}. {_USE_KEY}",
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:90002|900023))\b",
    ),
    "path": Advice(
        "With api_version preview, latest or v1, LiteLLM uses the path /openai/v1, and this "
        "request has no credential there. If you use api_key, it is empty: set its variable "
        "where the proxy runs. If you use an identity, LiteLLM 1.84.0 loses it on this path: "
        "upgrade LiteLLM, or write a dated version:",
        'api_version: "2025-04-01-preview"',
    ),
    "login": Advice(
        "LiteLLM did not get a token. With a secret, set AZURE_TENANT_ID, AZURE_CLIENT_ID and "
        "AZURE_CLIENT_SECRET where the proxy runs, even in a container. With a managed "
        "identity, run the proxy on the Azure machine that has the identity. If you meant to "
        f"use api_key, it is empty: only then does LiteLLM try an identity. {_USE_KEY}",
        run=(_LOGIN,),
    ),
}
