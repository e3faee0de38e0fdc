"""The texts that mean AZ006, and what to do about each kind of them."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_SECRET, _APP, _TENANT = (
    r"(?P<error>AADSTS(?:7000215|7000222|7000112|700027))\b",
    r"(?P<error>AADSTS(?:700016|500011|700038))\b",
    r"(?P<error>AADSTS(?:90002|900023))\b",
)
_UNAVAILABLE = (
    r"(?:Default|Environment|ManagedIdentity)(?:Azure)?Credential|CredentialUnavailableError"
)

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        r"Principal does not have access|lacks the required data action"
        r"|tenant \S{0,60} ?does not match resource|custom subdomain for t",
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
        r"|ManagedIdentity)(?:Azure)?Credential.{0,40}(?:failed|unavail)",
        advice="login",
    ),
    rule(
        "likely", "Entra ID", _UNAVAILABLE, r"litellm|\bopenai\b|cognitiveservices", advice="login"
    ),
    rule("likely", "LiteLLM", "is not a valid AzureCredentialType|Token Provider could not"),
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
_USE_KEY = "Or use a key: api_key in place of the identity in litellm_config.yaml."

ADVICE: Mapping[str, Advice] = {
    STRAIGHT: Advice(
        "Give the identity whose token OpenClaw sends the role on the resource, and wait five "
        "minutes; "
        "or use a key as apiKey in the provider in openclaw.json:",
        run=(_ASSIGN,),
    ),
    "credential-type": Advice(
        "This LiteLLM does not know the credential type <credential>: it is older than the "
        "setting, or "
        "azure-identity is not installed. Update LiteLLM (DefaultAzureCredential works in 1.106.2 "
        "and "
        "newer), or name a type that it knows where the proxy starts:",
        "AZURE_CREDENTIAL=ClientSecretCredential   # or ManagedIdentityCredential",
        run=('pip install -U "litellm[proxy]" azure-identity',),
        when=(
            r"'(?P<credential>\w{1,60})' is not a valid AzureCredentialType"
            r"|Token Provider could not"
        ),
    ),
    "tenant": Advice(
        "The token is of another tenant than the resource. Set the tenant of the resource where "
        "the "
        "proxy starts (Azure Portal > Microsoft Entra ID > Tenant ID), with an app of that tenant:",
        "tenant_id: os.environ/AZURE_TENANT_ID",
        run=(
            "az account show --query tenantId -o tsv   # after az login at the resource's account",
        ),
        when=r"tenant (?:\S{1,60} )?does not match resource",
    ),
    "subdomain": Advice(
        "The host of a region takes no identities. Use the resource's own host name, in "
        "litellm_config.yaml:",
        "api_base: https://<resource>.openai.azure.com",
        straight=Advice(
            "The host of a region takes no identities. Use the resource's own host name, in the "
            "provider in openclaw.json:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
        when=r"custom subdomain for token",
    ),
    "secret": Advice(
        "The app's secret is wrong or has expired (<error>). Make a new one (Azure Portal > App "
        "registrations > your app > Certificates & secrets), copy its value and not its ID to "
        f"AZURE_CLIENT_SECRET where the proxy starts, and look whether it logs in. {_USE_KEY}",
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:7000215|7000222|7000112|700027))\b",
    ),
    "app": Advice(
        "There is no such app in this tenant (<error>). Compare AZURE_CLIENT_ID and "
        "AZURE_TENANT_ID "
        "with Azure Portal > App registrations > your app > Overview, and look whether it logs in. "
        + _USE_KEY,
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:700016|500011|700038))\b",
    ),
    "no-tenant": Advice(
        "There is no such tenant (<error>). Set AZURE_TENANT_ID where the proxy starts to the "
        "tenant "
        f"of the resource: Azure Portal > Microsoft Entra ID > Tenant ID. {_USE_KEY}",
        run=(_LOGIN,),
        when=r"(?P<error>AADSTS(?:90002|900023))\b",
    ),
    "path": Advice(
        "With api_version preview, latest or v1, LiteLLM asks Azure at /openai/v1, and this "
        "request has no credential there. If api_key is meant, it is empty: set its variable "
        "where the proxy runs. If an identity is meant, LiteLLM 1.84.0 loses it on this path: "
        "update LiteLLM, or write a dated version:",
        'api_version: "2025-04-01-preview"',
    ),
    "login": Advice(
        "LiteLLM got no token. With a secret, AZURE_TENANT_ID, AZURE_CLIENT_ID and "
        "AZURE_CLIENT_SECRET must all be set where the proxy runs, in a container too. With a "
        "managed "
        "identity, the proxy must run on the machine in Azure that has it. If api_key was meant, "
        "it is "
        f"empty: LiteLLM tries an identity only then. {_USE_KEY}",
        run=(_LOGIN,),
    ),
}
