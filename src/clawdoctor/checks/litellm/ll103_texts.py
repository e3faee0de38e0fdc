"""What LL103 is recognised by, and what to do about each form of it."""

from __future__ import annotations

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule

TEXTS = (
    rule(
        "likely",
        "LiteLLM",
        r"Missing credentials\. Please pass one of|Must provide one of the .?base_url"
        "|str or bytes, not <class 'None",
    ),
    rule("likely", "LiteLLM", "The api_key client option must be set", "azure|litellm/"),
    rule(
        "likely",
        "a program that calls Azure",
        r"\b(?P<variable>(?-i:AZURE_(?:OPENAI_)?(?:API_(?:KEY|BASE|VERSION)|ENDPOINT)))\b",
        r"KeyError|(?:not|are) set\b|is set in the env|is missing|variable \w{3,40} not found"
        "|variable or pass|set '|set api_key|set (?:the )?AZ",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"azure (?:openai )?(?:api )?(?:key|base|instance name|client)\b.{0,24} "
        "(?:not found|not init|required)|to azure but no key",
    ),
    rule(
        "likely",
        "a program that calls Azure",
        r"Did not find (?:azure_)?openai_api_|provide either api_key, ad_|KeyCredential\.\.ctor"
        r"|'openai\.api_key = |by Azure AD",
    ),
    rule(
        "certain",
        "LiteLLM",
        "Illegal header value|Forbidden control character detected in"
        "|AzureException.{0,40} - /%22https|non-printable ASCII",
        alone=True,
        advice="ends",
    ),
    rule(
        "possible",
        "OpenAI",
        "You didn't provide an API key|Missing required Azure OpenAI configuration",
    ),
)

ADVICE = {
    "ends": Advice(
        "The key or the URL is empty, or has a quotation mark, a space or a line end at an end:"
        " %22 is a quotation mark. docker run --env-file passes quotes on as they are, Windows"
        " ends its lines with one more character, and echo adds a line end to a secret (printf"
        " does not). Show the last characters where the proxy runs: $ must follow them at once."
        " Write the value anew and start the proxy anew.",
        "AZURE_API_BASE=https://my-resource.openai.azure.com        # no quotes in an env file",
        run=('printf "%s" "$AZURE_API_KEY" | tail -c 3 | cat -A',),
    ),
    STRAIGHT: Advice(
        "Set the key where OpenClaw's gateway reads it, name it in the provider, and restart the"
        " gateway. A variable that is exported in a shell does not reach a gateway that runs as a"
        " service.",
        "AZURE_OPENAI_API_KEY=...                       # ~/.openclaw/.env\n"
        'apiKey: "${AZURE_OPENAI_API_KEY}",             # openclaw.json, models.providers.<id>',
        run=("openclaw gateway restart",),
    ),
}
