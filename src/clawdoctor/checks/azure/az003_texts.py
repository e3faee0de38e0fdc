"""The error texts of AZ003, and the advice for each."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW, PROXY_SETTINGS
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "Azure",
        "invalid subscription key|Azure ?OpenAI API key is (?:incorrect|invalid|wrong)",
    ),
    rule(
        "certain",
        "Azure",
        "missing (?:application credentials or )?subscription key",
        unless="AzureApiManagementKey",
        advice="none",
    ),
    rule("certain", "Azure", "Access token is missing|Aad Token is expired", advice="token"),
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
        "Your saved login looks expired or no longer works|Model login (?:failed|expired) on the",
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
    rule("possible", "Azure", r"\bazure[\w ]{0,40}", unless="Bad credentials", status=401),
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
        f"Copy a key of the resource that baseUrl names ({_KEYS}). Set it where OpenClaw's "
        "gateway reads it (its .env file or env.vars), and restart the gateway. In the provider "
        "in openclaw.json, write:",
        _SET_KEY,
        run=("openclaw gateway restart",),
    ),
    "token": Advice(
        "Azure received a bearer token that Entra ID did not issue for this resource. If the "
        "config has azure_ad_token, let LiteLLM fetch the token (tenant_id, client_id, "
        "client_secret), or use a key instead. That token has expired or is for another "
        "audience. If the config has a key, LiteLLM sent it as a bearer token: the model needs "
        "the prefix azure/.",
        "model: azure/<name of the deployment>\napi_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "OpenClaw sent the key as a bearer token, which Azure accepts only under "
            "/openai/v1. In the provider in openclaw.json, write this baseUrl, or set api to "
            "azure-openai-responses:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "none": Advice(
        "No key reached Azure. Set api_key in litellm_config.yaml, and set its variable where "
        "the proxy runs: one of them is missing or empty. If api_base is a gateway (API "
        "Management), it may require the key in another header, such as "
        "Ocp-Apim-Subscription-Key, in extra_headers.",
        "api_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "No key reached Azure. Set apiKey in the provider in openclaw.json, and set its "
            "variable where OpenClaw's gateway reads it. A gateway (API Management) may require "
            "the key in another header, which you set in `headers`.",
            _SET_KEY,
        ),
    ),
    "unset": Advice(
        "The client has no key and sends nothing to Azure. Set the variable that api_key in "
        f"litellm_config.yaml refers to, in {PROXY_SETTINGS}, and restart the proxy:",
        "api_key: os.environ/AZURE_API_KEY",
        straight=Advice(
            "The client has no key. Set apiKey in the provider in openclaw.json, and set its "
            "variable where OpenClaw's gateway reads it:",
            _SET_KEY,
        ),
    ),
    "gateway": Advice(
        "An API gateway in front of Azure, not Azure itself, rejects the key. Get the "
        "gateway's own subscription key (header api-key or Ocp-Apim-Subscription-Key) or a "
        "token (JWT) from its owner, and add it to the deployment's litellm_params:",
        "extra_headers: { Ocp-Apim-Subscription-Key: os.environ/APIM_KEY }",
        straight=Advice(
            "An API gateway in front of Azure, not Azure itself, rejects the key. Get the "
            "gateway's own subscription key or a token (JWT) from its owner, and add it to the "
            "provider in openclaw.json:",
            'headers: { "Ocp-Apim-Subscription-Key": "${APIM_KEY}" },',
        ),
    ),
    "login": Advice(
        "OpenClaw received a 401. Do not log in again: a custom provider uses a key, not a "
        "login. Run the command and read the error. If it mentions Azure's subscription key, "
        "correct the key in litellm_config.yaml. If it mentions a LiteLLM key or token, correct "
        "apiKey in openclaw.json.",
        run=(ASK_OPENCLAW.text,),
        straight=Advice(
            "Azure rejects the key that OpenClaw sends. Do not log in again: a custom provider "
            f"uses a key, not a login. Copy a key of the resource ({_KEYS}) to where OpenClaw's "
            "gateway reads it, and restart the gateway:",
            _SET_KEY,
            run=("openclaw gateway restart",),
        ),
    ),
}
