"""The texts that mean AZ003, and what to do about each kind of them."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

"""Services of Azure with keys of their own, which refuse them in the same words."""

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        "invalid subscription key|Azure ?OpenAI API key is (?:incorrect|invalid|wrong)",
    ),
    rule("certain", "Azure", "Access token is missing|Aad Token is expired", advice="token"),
    rule(
        "certain",
        "Azure",
        "missing (?:application credentials or )?subscription key",
        unless="AzureApiManagementKey",
        advice="none",
    ),
    rule(
        "likely",
        "a gateway of Azure",
        r"AzureApiManagementKey|\bJWT not present|\b401\b.{0,60}\bInvalid JWT",
        advice="gateway",
    ),
    rule(
        "likely",
        "LiteLLM",
        "Azure(?:OpenAI)?(?:Exception|Error) (?:- )?AuthenticationError"
        "|AuthenticationError: AzureException",
        unless="Key based",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"Missing credentials\. Please.{0,60}azure|(?:pass"
        r"|provide) .{0,20}api_?key\b.{0,40}azure_?ad_?token|AI API key is missing",
        advice="unset",
    ),
    rule(
        "likely",
        "OpenClaw",
        "Your saved login looks expired or no longer works",
        unless="No API key found for",
        advice="login",
    ),
    rule("likely", "Azure", status=401, host="azure"),
    rule(
        "likely",
        "Azure",
        r"AzureOpenAI\b|Azure\.AI\.(?:OpenAI|Inf)|RESPONSE 401: 401 PermissionDenied",
        status=401,
    ),
    rule("possible", "Azure", r"\bazure[\w ]{0,40}", status=401),
    rule(
        "possible",
        "Entra ID",
        r"\bInvalidAuthenticationToken\b|Lifetime validation failed\. The token",
        advice="token",
    ),
)

_KEYS = "Azure Portal > your Azure OpenAI resource > Keys and Endpoint"
_SET_KEY = 'apiKey: "${AZURE_OPENAI_API_KEY}",'

ADVICE: Mapping[str, Advice] = {
    STRAIGHT: Advice(
        f"Copy a key of the resource that baseUrl names ({_KEYS}), set it where OpenClaw's gateway "
        "reads it (its .env file or env.vars), and restart the gateway. The provider in "
        "openclaw.json:",
        _SET_KEY,
        run=("openclaw gateway restart",),
    ),
    "token": Advice(
        "Azure got a bearer token that Entra ID did not issue for this resource. If the config has "
        "azure_ad_token, that has expired or is for another audience: let LiteLLM fetch it "
        "(tenant_id, "
        "client_id, client_secret), or take it out and use a key. If it has a key, it was sent as "
        "a "
        "bearer token: the model needs the prefix azure/.",
        "model: azure/<name of the deployment>\napi_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "OpenClaw sent the key as a bearer token, which Azure takes only below /openai/v1. In "
            "the "
            "provider in openclaw.json, end baseUrl so, or use azure-openai-responses as api:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "none": Advice(
        "No key reached Azure. api_key in litellm_config.yaml is missing or empty: its variable is "
        "not "
        "set where the proxy runs. If api_base is a gateway (API Management), it may want the key "
        "in a "
        "header of its own, such as Ocp-Apim-Subscription-Key, in extra_headers.",
        "api_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "No key reached Azure. Set apiKey in the provider in openclaw.json, and its variable "
            "where "
            "OpenClaw's gateway reads it. A gateway (API Management) may want the key in a header "
            "of "
            "its own, in `headers`.",
            _SET_KEY,
        ),
    ),
    "unset": Advice(
        "The client has no key at all and asks Azure nothing. Set the variable that api_key in "
        "litellm_config.yaml names where the proxy starts, and restart it:",
        "api_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "The client has no key at all. Set apiKey in the provider in openclaw.json, and its "
            "variable where OpenClaw's gateway reads it:",
            _SET_KEY,
        ),
    ),
    "gateway": Advice(
        "An API gateway in front of Azure refuses the key, not Azure itself: it wants a "
        "subscription "
        "key of its own (header api-key or Ocp-Apim-Subscription-Key) or a token (JWT). Ask who "
        "runs "
        "it, and give it in the deployment's litellm_params:",
        "extra_headers: { Ocp-Apim-Subscription-Key: os.environ/APIM_KEY }",
        straight=Advice(
            "An API gateway in front of Azure refuses the key, not Azure itself: it wants a "
            "subscription key of its own or a token (JWT). Ask who runs it, and give it in the "
            "provider in openclaw.json:",
            'headers: { "Ocp-Apim-Subscription-Key": "${APIM_KEY}" },',
        ),
    ),
    "login": Advice(
        "OpenClaw got a 401: do not log in again, since a provider of your own has a key and no "
        "login. "
        "See whose 401 it is: a text that names Azure's subscription key means the key in "
        "litellm_config.yaml; one that names a LiteLLM key or token means apiKey in openclaw.json.",
        run=(ASK_OPENCLAW.text,),
        straight=Advice(
            "Azure refuses the key that OpenClaw sends: do not log in again, since a provider of "
            "your "
            f"own has a key and no login. Copy a key of the resource ({_KEYS}) to where OpenClaw's "
            "gateway reads it, and restart the gateway:",
            _SET_KEY,
            run=("openclaw gateway restart",),
        ),
    ),
}
