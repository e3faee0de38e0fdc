"""Signatures of the error texts that mean OC105."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"\b404:? status code \(no body\)"
        r"|^(?:Error: |run error: )?405:? Method Not Allowed\.?$",
        "possible",
        "the proxy",
    ),
    signature(
        r"(?<!/openai/deployments)(?P<path>/(?:chat/completions|responses)/(?:chat/completions"
        r"|responses))\b(?!\?api-version)",
        "certain",
        "the proxy",
    ),
    signature(
        r"(?P<path>/v1/v1/(?:chat/completions|responses|models))\b",
        "certain",
        "the proxy",
    ),
    signature(
        r"provider \"(?P<provider>[^\"]{1,80})\" model \"(?P<model>[^\"]{1,120})\": "
        r"Invalid URL\b",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Failed to parse URL from (?P<url>[^\s'\"]{0,160}/(?:chat/completions"
        r"|responses|models|messages))",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"\b404\b",
            r"\{[\"']detail[\"']: ?[\"']Not Found[\"']\}",
            400,
        ),
        "likely",
        "the proxy",
    ),
    signature(
        r"[\"']detail[\"']: ?[\"'](?:Not Found|Method Not Allowed)[\"']",
        "possible",
        "the proxy",
    ),
    signature(
        r"ended with an incomplete terminal response",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Unexpected endpoint or method\. \((?:POST|GET) (?P<path>/(?:chat/completions"
        r"|responses|models))\)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"https?://[^/\s\"']{1,120}/(?:chat/completions|responses"
        r"|models)['\"]?,? ['\"]?HTTP/[\d.]{1,3} (?:404|405)\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"^(?!.{0,1500}?azure)"
        + alone(
            r"(?<!\d\" )\b404:? (?:Not Found|page not found)\b|\bHTTP (?:error )?404\b"
            r"|(?:completions|responses|models|messages)\S{0,40} HTTP/[\d.]{1,3}\"? (?:404"
            r"|405)\b"
            r"|status(?: code)?:? 404\b"
        ),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"(?:returned|received|got|responded with|is) (?:an? )?HTML (?:page |document "
        r"|response )?"
        r"(?:instead of|rather than|not) (?:an? |the )?(?:API|JSON|model|stream)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\[model-fetch\] response .{0,200}contentType=text/html",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"<title>(?:404 )?Not Found</title>|<title>405 ",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\b404 page not found\b(?!.{0,200}(?:traefik|kube))",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"ERR_INVALID_URL\b.{0,120}(?:/v1|:4000|chat/completions|litellm)|unknown scheme",
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(r"\bInvalid (?:base ?)?URL\b(?! \()"),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Client sent an HTTP request to an HTTPS server",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(
            r"\bbase ?url\b",
            r"(?:without|missing|no|lacks?|append|add|needs?|omit\w{0,4}) (?:the |a |an "
            r")?(?:trailing "
            r"|`|'|\"){0,2}/v1\b",
            120,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Invalid URL \((?:POST|GET) (?P<path>/(?:chat/completions|responses|models))\)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Unknown request URL: (?:POST|GET) (?P<path>/(?:chat/completions|responses|models))",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"https?://[^/\s\"'`]{1,120}/(?:chat/completions|responses|models)['\"`]? ?\(404\)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"['\"]File Not Found['\"], ?['\"]type['\"]: ?['\"]not_found_error",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\bAI_APICallError\]?: Not Found",
        "possible",
        "a program that calls the model",
    ),
    signature(
        r"\[GIN\].{0,80}\| 404 \|.{0,80}\"(?P<path>/(?:chat/completions|responses|models))\"",
        "likely",
        "a server that speaks OpenAI's API",
    ),
)
