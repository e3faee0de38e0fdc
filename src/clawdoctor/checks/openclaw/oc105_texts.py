"""The rules that identify OC105 in texts, and the advice for each form."""

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
        r"\bInvalid (?:base ?)?URL\b(?! \()|parse URL|no protocol: |unsupported protocol"
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
        r"(?:ed|got|with|is) (?:an? )?HTML (?:\w{1,10} ){0,2}(?:instead|rather|not)"
        r"|\[model-f.{0,220}Type=text/html|or JSON; got",
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
        r"incomplete terminal response|File Not Found', ?'type|CallError\]: Not Found"
        r"|failed with status (?:code )?40[45]",
        unless="azure",
        advice="several",
    ),
)

_CURL = ('curl -s http://localhost:4000/v1/models -H "Authorization: Bearer $LITELLM_MASTER_KEY"',)

_AZURE = Advice(
    "For Azure without a proxy, the baseUrl ends in /openai/v1, and OpenClaw appends the rest. The "
    "model id is the deployment name:",
    'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
)

ADVICE = {
    "twice": Advice(
        "OpenClaw appends the path itself, but the baseUrl already contains a part of it. Scheme, "
        "host, port and one /v1 are enough:",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "OpenClaw appends the path itself, but the baseUrl already contains a part of it. For "
            "Azure without a proxy, the baseUrl ends in /openai/v1:",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "scheme": Advice(
        "The baseUrl is not a complete URL. Add http:// if it is missing. If the baseUrl is a "
        "reference to an unset variable, write the URL itself, or set the variable in "
        "~/.openclaw/.env.",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "The baseUrl is not a complete URL. Add https:// if it is missing. If the baseUrl is a "
            "reference to an unset variable, write the URL itself, or set the variable in "
            "~/.openclaw/.env.",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "login": Advice(
        "The baseUrl contains a user name or a password before its host (name:password@), and "
        "OpenClaw does not send requests to such a URL. Remove these credentials; the key belongs "
        "in apiKey.",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "The baseUrl contains a user name or a password before its host (name:password@), and "
            "OpenClaw does not send requests to such a URL. Remove these credentials; the key "
            "belongs in apiKey.",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    ),
    "https": Advice(
        "The baseUrl uses http://, but the port serves only https. Use https with the host name in "
        "the certificate:",
        'baseUrl: "https://<name of the proxy>/v1",',
        straight=_AZURE,
    ),
    "path": Advice(
        "The server answers, but does not have the path. LiteLLM serves it with and without /v1, "
        "so the path of the baseUrl contains something else (a UI, a whole request path). Other "
        "servers need /v1. Scheme, host, port and /v1 are enough:",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    "v1": Advice(
        "This server is not LiteLLM, or is in front of LiteLLM, and serves <path> only under /v1. "
        "Add /v1 to the baseUrl of the provider. If LiteLLM sends its requests to this server, add "
        "/v1 to api_base in litellm_config.yaml instead:",
        'baseUrl: "http://localhost:4000/v1",',
        straight=Advice(
            "This server serves <path> only under /v1. Add /v1 to the baseUrl of the provider:",
            'baseUrl: "http://localhost:4000/v1",',
        ),
    ),
    "html": Advice(
        "The baseUrl leads to a web page: the port of a UI, a login page or a gateway in front. "
        "Set it to the URL of the API, with /v1. The command below must print JSON.",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    "several": Advice(
        "A server answers that does not have the path. List its models with the command below. If "
        "it prints JSON with your models, the baseUrl has a wrong path, or the server does not "
        "serve the api. If it prints 404 or a web page, this server is not the proxy, or /v1 is "
        "missing. If it prints 401, the path is right.",
        'baseUrl: "http://localhost:4000/v1",',
        _CURL,
        straight=_AZURE,
    ),
    STRAIGHT: _AZURE,
}
