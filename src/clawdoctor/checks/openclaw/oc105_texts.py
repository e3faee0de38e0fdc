"""Rules for the texts that mean OC105, and what to do about each form of them."""

from __future__ import annotations

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "the proxy",
        r"(?<!/openai/deployments)(?P<path>(?:/v1|/chat/completions"
        r"|/responses)/(?:v1/)?(?:chat/completions|responses|models))\b",
        r"/v1/v1/|/(?:completions|responses)/(?:chat|responses)\b(?![\w/]{0,20}\?api-version)",
        unless=r"/openai/deployments/[\w.-]{1,64}/(?:chat|resp|v1)",
        advice="twice",
    ),
    rule("certain", "OpenClaw", r"\bmodel route baseUrl must be\b", advice="scheme"),
    rule(
        "likely",
        "OpenClaw",
        r"Request cannot be constructed from a URL that includes credentials",
        advice="login",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\bInvalid (?:base ?)?URL\b(?! \()|parse URL|no protocol: |unsupported protocol s"
        r"|relative URL without|No scheme supplied",
        r"[\w\]'}]/(?:chat/completions|responses|models|messages)\b"
        r"|provider '(?P<provider>[^']{1,80})' model '",
        unless=r"litellm\.|Exception - |requests\.exc",
        advice="scheme",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"\bInvalid (?:base ?)?URL\b(?! \()|unknown scheme",
        alone=True,
        advice="scheme",
    ),
    rule(
        "possible",
        "a server that speaks OpenAI's API",
        "Client sent an HTTP request to an HTTPS server",
        advice="https",
    ),
    rule("likely", "the proxy", r"\b404\b", "'detail': ?'Not Found'", advice="path"),
    rule(
        "likely",
        "a server that speaks OpenAI's API",
        r"(?:https?://[^/\s']{1,99}|\[GIN\].{0,99}'|(?:\. \(|URL:? \(?)(?:POST"
        r"|GET) )(?P<path>/(?:chat/\w{11}|responses|models))\b",
        r"(?:HTTP/[\d.]{1,3}'? ?|\| |\()40[45]\b|Unexpected endpoint|Invalid URL \("
        r"|Unknown request URL",
        advice="v1",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\bbase ?url\b",
        r"(?:without|missing|no|lacks?|append|add|needs?|omit\w{0,4}) (?:the |a )?'{0,2}/v1\b",
        advice="v1",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"(?:ed|got|with|is) (?:an? )?HTML (?:\w{1,10} )?(?:instead of|rather|not)"
        r"|\[model-fetch\] response .{0,200}Type=text/html",
        advice="html",
    ),
    rule(
        "possible",
        "a server that speaks OpenAI's API",
        r"\b40[45]\W{1,3}(?:Not F|page n|Method|status)|<title>(?:405|(?:404 )?Not F)"
        r"|'detail': ?'(?:Not F|Method)|\bHTTP 404\b",
        unless="azure",
        advice="several",
    ),
    rule(
        "possible",
        "a server that speaks OpenAI's API",
        r"incomplete terminal response|File Not Found', ?'type|CallError\]: Not Found",
        unless="azure",
        advice="several",
    ),
)

_CURL = ('curl -s http://localhost:4000/v1/models -H "Authorization: Bearer $LITELLM_MASTER_KEY"',)

_AZURE = Advice(
    "Straight to Azure, the baseUrl ends in /openai/v1, and OpenClaw adds the rest. The model is "
    "the "
    "name of a deployment:",
    'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
)

ADVICE = {
    "twice": Advice(
        "OpenClaw adds the path itself, and the baseUrl already has a part of it. Scheme, host, "
        "port and one /v1 are enough:",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "OpenClaw adds the path itself, and the baseUrl already has a part of it. Straight to "
            "Azure, the baseUrl ends in /openai/v1:",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "scheme": Advice(
        "The baseUrl is not a whole URL: http:// is missing, or it is a reference whose variable "
        "is not set (then write the URL itself, or set the variable in ~/.openclaw/.env).",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "The baseUrl is not a whole URL: https:// is missing, or it is a reference whose "
            "variable is not set (then write the URL itself, or set it in ~/.openclaw/.env).",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "login": Advice(
        "The baseUrl has a user's name or a password before its host (name:password@), and "
        "OpenClaw asks no such URL. Take it out: the key belongs into apiKey.",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "The baseUrl has a user's name or a password before its host (name:password@), and "
            "OpenClaw asks no such URL. Take it out: the key belongs into apiKey.",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "https": Advice(
        "The baseUrl says http://, but the port speaks https only. Write https, with the name "
        "that its certificate has:",
        'baseUrl: "https://<name of the proxy>/v1",',
        straight=_AZURE,
    ),
    "path": Advice(
        "The server is there and does not have the path. LiteLLM serves it with and without /v1, "
        "so the baseUrl has something else in its path (a UI, a whole request path); another "
        "server needs /v1. Scheme, host, port and /v1 are enough:",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    "v1": Advice(
        "This server is not LiteLLM, or sits in front of it, and serves <path> below /v1 only. "
        "Add /v1 to the baseUrl of the provider (in api_base of litellm_config.yaml, if it is "
        "LiteLLM that asks this server):",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "This server serves <path> below /v1 only. Add /v1 to the baseUrl of the provider:",
            'baseUrl: "http://localhost:4000/v1",',
        ),
    ),
    "html": Advice(
        "A web page answers at the baseUrl: the port of a UI, a login page or a gateway in front. "
        "Write the address of the API, with /v1; the command below must print JSON.",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    "several": Advice(
        "Something answers that does not have the path. Ask it for its models with the command "
        "below: JSON with your models means that the baseUrl has a wrong path or api is one that "
        "it does not serve; 404 or a page means that this is not the proxy, or that /v1 is "
        "missing; with 401 the path is right.",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    STRAIGHT: _AZURE,
}
