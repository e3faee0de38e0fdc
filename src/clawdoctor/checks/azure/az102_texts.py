"""The error texts of AZ102, and the advice for each."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        r"api=azure-openai-responses\b",
        "API version not supported",
        advice="openclaw",
    ),
    rule(
        "certain",
        "Azure",
        r"enabled only for api[- ]?versions?(?: (?P<api_version>\d[\w-]{2,30}))?",
        advice="newer",
    ),
    rule(
        "likely",
        "Azure",
        r"(?:requires?|needs?|only available in) (?:the "
        r"|an? )?api[- ]?version (?P<api_version>20[\w-]{8,20})",
        advice="newer",
    ),
    rule(
        "certain",
        "Azure",
        r"API[- ]version (?:'(?P<api_version>[\w-]{1,40})' )?(?:is )?not supported"
        r"|(?:unsupported|invalid) ?api ?version\b",
        unless=r"Microsoft\.|/ not supported",
    ),
    rule(
        "certain",
        "Azure",
        "api-version query parameter is not allowed|Missing required query parameter: api-version"
        "|(?:not|n't) accept api-version",
    ),
    rule(
        "possible",
        "Azure",
        r"api[- ]version\b[^.]{0,60}?(?:is (?:deprecated|required)|too old|invalid)"
        r"|Resource not found|Found from \S{9,90}/openai/",
    ),
    rule("likely", "Azure", r"Resource not found(?! \(resource=)", status=404, alone=True),
    rule("likely", "Azure", r"Resource not found(?! \(resource=)", r"\bazure", alone=True),
)

ADVICE: Mapping[str, Advice] = {
    "openclaw": Advice(
        "OpenClaw itself calls Azure here, with an api-version that this path does not support. "
        "Set the api-version for the process that runs OpenClaw's gateway, or upgrade OpenClaw:",
        "AZURE_OPENAI_API_VERSION=preview",
    ),
    STRAIGHT: Advice(
        "Azure does not support this path or its api-version. In the provider in "
        "openclaw.json, end baseUrl in /openai/v1, which needs no api-version, and remove "
        "?api-version= and /deployments/... from it:",
        'baseUrl: "https://<resource>.openai.azure.com/openai/v1",\napi: "openai-completions",',
    ),
    "newer": Advice(
        "The request needs api-version <api_version> or newer. In litellm_config.yaml, write:",
        'api_version: "2025-04-01-preview"',
        straight=Advice(
            "The request needs api-version <api_version> or newer. In the provider in "
            "openclaw.json, write this baseUrl, which supports everything without "
            "?api-version=:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "undated": Advice(
        "The route /openai/v1 does not accept a dated api-version. In litellm_config.yaml, "
        "remove /openai/v1 from api_base, or write:",
        'api_version: "v1"',
        straight=Advice(
            "The route /openai/v1 does not accept an api-version. In the provider in "
            "openclaw.json, remove ?api-version=... from baseUrl, and api-version from "
            "`headers`.",
        ),
        when=r"api-version query parameter is not|(?:not|n't) accept api-version",
    ),
    "gateway": Advice(
        "API Management has no operation at this path. Compare the URL in the text with the "
        "suffix and the operations of the API in Azure Portal > API Management > APIs. LiteLLM "
        "appends /openai/deployments/<name>/chat/completions to api_base:",
        "api_base: https://<gateway>.azure-api.net/<suffix of the API, without /openai>",
        straight=Advice(
            "API Management has no operation at this path. Compare the URL in the text with the "
            "suffix and the operations of the API in Azure Portal > API Management > APIs. "
            "OpenClaw appends /chat/completions or /responses to baseUrl.",
        ),
        when=r"\.azure-api\.net\b",
    ),
    "missing": Advice(
        "No api-version reaches Azure, but Azure's dated routes require one. In "
        "litellm_config.yaml, use the prefix azure/ and an api_version in quotes:",
        'model: azure/<name of the deployment>\napi_version: "2025-04-01-preview"',
        straight=Advice(
            "No api-version reaches Azure, but Azure's dated routes require one. In the "
            "provider in openclaw.json, use the route without a date:",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
        when=r"query parameter: api-version|api-version\b[^.]{0,60} is required",
    ),
}
