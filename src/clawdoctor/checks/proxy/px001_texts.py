"""Signatures of the error texts that mean PX001."""

from __future__ import annotations

from clawdoctor.checks.patterns import AZURE_HOST, FOREIGN_HOST, FOREIGN_PORT, alone, beside, near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"APIConnectionError: Connection error\b",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"provider[ =][^ ]{1,80} (?:model \S{1,120}:? )?50[234] (?:<html|Bad Gateway"
        r"|Service (?:Temporarily )?Unavailable|Gateway Time-?out)",
        "likely",
        "a gateway",
    ),
    signature(
        r"code=(?:ENOTFOUND|EAI_AGAIN)\b.{0,80}?message=getaddrinfo \w{1,12} "
        r"(?P<host>(?![\w-]{1,64}\.(?:openai|cognitiveservices"
        r"|services\.ai)\.azure)[\w.-]{1,100})",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"connection refused by the provider endpoint",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"causeCode=(?:ECONNREFUSED|ERR_SSL_WRONG_VERSION_NUMBER)",
        "certain",
        "OpenClaw",
    ),
    signature(
        alone(
            rf"connect ECONNREFUSED (?P<host>[\w.-]{{1,80}}"
            rf"|\[?[0-9a-f:]{{2,40}}\]?):(?!{FOREIGN_PORT})(?P<port>\d{{2,5}})"
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"chat/completions|/v1/models|baseUrl|provider=|litellm|LLM request",
            rf"ECONNREFUSED(?! \S{{1,60}}:{FOREIGN_PORT})(?: "
            rf"(?P<address>[\w.:\[\]-]{{3,60}}))?",
            300,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"(?P<host>localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0"
            r"|host\.docker\.internal|litellm)['\"]?(?:,? port[ =]|:)(?P<port>4000)\b",
            r"refused|couldn't connect|could not connect|unable to connect|failed to "
            r"connect|fetch failed|ECONNRESET|timed out",
            200,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?:refused|couldn't connect|could not connect|unable to connect|failed to "
        r"connect|fetch failed|ECONNRESET)\b.{0,80}?(?P<host>localhost|127\.0\.0\.1"
        r"|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|litellm)(?: port "
        r"|:)(?P<port>4000)\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?:ENOTFOUND|EAI_AGAIN|resolve host:?|lookup) "
        r"(?P<host>litellm[\w-]{0,40})(?![\w.-])",
        "certain",
        "OpenClaw",
    ),
    signature(
        rf"DNS lookup for the provider endpoint failed(?!.{{0,300}}ENOTFOUND {FOREIGN_HOST})"
        r"|causeCode=(?:ENOTFOUND|EAI_AGAIN)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"the provider endpoint is unreachable from this host|causeCode=(?:EHOSTUNREACH"
        r"|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ECONNRESET)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"TLS certificate validation rejected the provider endpoint|request failed "
        r"\(TLS certificate error",
        "likely",
        "OpenClaw",
    ),
    signature(
        alone(
            r"(?:ERR_SSL_WRONG_VERSION_NUMBER|SSL routines:[\w:]{0,40}wrong version "
            r"number|ERR_SSL_PACKET_LENGTH_TOO_LONG)"
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"LLM request failed: (?:network connection error|network connection was "
        r"interrupted|proxy or tunnel configuration)",
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(
            rf"(?:getaddrinfo )?\b(?:ENOTFOUND|EAI_AGAIN)\b(?! (?:{FOREIGN_HOST}"
            rf"|{AZURE_HOST}))(?: (?P<host>[\w.-]{{1,100}}))?"
        ),
        "possible",
        "network",
    ),
    signature(
        alone(
            r"(?:\[Errno (?:61|111|10061)\]|Connection refused|ECONNREFUSED(?! "
            rf"\S{{1,60}}:{FOREIGN_PORT}))"
        ),
        "possible",
        "network",
    ),
    signature(
        r"^(?:\w{0,20}Error: )?(?:APIConnectionError: )?Connection error\.{0,2}$",
        "possible",
        "OpenClaw",
    ),
    signature(
        near(
            r"(?:host\.docker\.internal|litellm[\w-]{0,30}|chat/completions|/v1/|LLM|model)",
            rf"(?:\[?(?:Errno|WinError) (?:61|111|10061)\]?|actively refused it|[Cc]onnection"
            rf" refused"
            rf"|ECONNREFUSED|Couldn't connect to server)(?! \S{{1,60}}:{FOREIGN_PORT})",
            400,
        ),
        "possible",
        "network",
    ),
    signature(
        r"curl: \(7\) Failed to connect to (?P<host>host\.docker\.internal|litellm[\w-]{0,30})",
        "likely",
        "network",
    ),
    signature(
        alone(r"actively refused it|All connection attempts failed|Couldn't connect to server"),
        "possible",
        "network",
    ),
    signature(
        alone(r"(?:[:=] ?|^)['\"]?Connection error\.(?:\W|$)"),
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(
            r"(?:resolve host|not known|lookup|ENOTFOUND"
            r"|EAI_AGAIN)\W{0,4}host\.docker\.internal"
        ),
        "likely",
        "network",
    ),
    signature(
        r"(?:resolve host|not known|lookup|ENOTFOUND"
        r"|EAI_AGAIN)\W{0,4}host\.docker\.internal",
        "possible",
        "network",
    ),
    signature(
        beside(
            r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal"
            r"|\blitellm[\w-]{0,30})(?::|['\"],? port[ =:]{0,2}|['\"], ?| port )4000\b"
            r"|\blitellm[\w-]{0,30}:\d{2,5}/|\b(?:\d{1,3}\.){3}\d{1,3}:4000\b",
            r"(?:connect\w{0,6}|actively|:\d{2,5}) refused|refused (?:the |a )?connect"
            r"|timed out|couldn't connect|could(?: not|n't) (?:connect|reach|resolve)"
            r"|unable to (?:connect|reach)|failed to (?:connect|fetch|open)|Network Problem"
            r"|Empty reply|reset by peer|socket hang up|Max retries exceeded"
            r"|Connection error|ERR_CONNECTION|Bad Gateway|no route to host"
            r"|Connect call failed|not reachable|unreachable|ETIMEDOUT|ECONNREFUSED"
            r"|TLS handshake|EHOSTUNREACH|connection failure",
            200,
        ),
        "likely",
        "network",
    ),
    signature(
        r"Could(?: not|n't) (?:connect|reach) (?:to )?(?:the )?(?:LiteLLM"
        r"|openai-compatible) (?:proxy|server)|Fail(?:ed|ure) to fetch models from LiteLLM",
        "likely",
        "network",
    ),
    signature(
        near(
            r"litellm|chat/completions|/v1/(?:models|responses)|LLM (?:API|provider|server"
            r"|request)|connect to API",
            r"(?:connect\w{0,6}|actively|:\d{2,5}) refused|refused (?:the |a )?connect"
            r"|couldn't connect|could(?: not|n't) (?:connect|reach|resolve)"
            r"|unable to (?:connect|reach)|failed to (?:connect|fetch|open)|Network Problem"
            r"|Empty reply|reset by peer|socket hang up|Max retries exceeded"
            r"|Connection error|ERR_CONNECTION|Bad Gateway|no route to host"
            r"|Connect call failed|not reachable|unreachable|ETIMEDOUT|ECONNREFUSED"
            r"|TLS handshake|EHOSTUNREACH|connection failure|fetch failed"
            r"|Connection ?Refused|Win ?error 100\d\d|ECONNRESET|EPIPE|SSL_Connect",
            200,
        ),
        "possible",
        "network",
    ),
    signature(
        near(
            r"(?:ECONNRESET|reset by peer|socket hang up|Bad Gateway|Connection ?Refused"
            r"|Network Problem|Service Unavailable)\b",
            r"litellm|chat/completions|/v1/(?:models|responses)|LLM\b",
            200,
        ),
        "possible",
        "network",
    ),
    signature(
        r"javax\.net\.ssl\.SSL\w{0,20}Exception|SSLHandshakeException",
        "possible",
        "network",
    ),
    signature(
        near(
            r"litellm",
            r"name resolution|Name or service not known|nodename nor servname|DNSError",
            400,
        ),
        "possible",
        "network",
    ),
    signature(
        r"provider reported a network error|Provider finish_reason: network_error",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"(?:connect(?:ing|ion)?|reach(?:ing)?)\b[^.]{0,60}? https?://(?P<host>localhost"
        r"|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(?!:?(?:18789|9222))",
        "possible",
        "a program that calls the model",
    ),
    signature(
        alone(r"request was made but no response was received"),
        "possible",
        "a program that calls the model",
    ),
    signature(
        r"Cannot connect to host (?P<host>host\.docker\.internal|litellm[\w-]{0,30}"
        r"|172\.17\.0\.1):(?P<port>\d{2,5})",
        "likely",
        "network",
    ),
    signature(
        r"error sending request for url \(?(?P<url>https?://[^\s)]{1,160}/(?:chat/completions"
        r"|responses|models))",
        "likely",
        "a program that calls the model",
    ),
    signature(
        alone(r"error sending request for url"),
        "possible",
        "a program that calls the model",
    ),
    signature(
        r"HTTPConnectionPool\(host=['\"](?P<host>localhost"
        r"|127\.0\.0\.1)['\"], port=(?P<port>\d{2,5})\).{0,120}?/(?:v1|openai|api)/",
        "possible",
        "a program that calls the model",
    ),
    signature(
        alone(
            r"Die Verbindung mit dem Remoteserver kann nicht|Verbindung verweigert|Unable to"
            r" connect to the remote server"
        ),
        "possible",
        ".NET",
    ),
    signature(
        alone(r"Recv failure: Connection reset by peer"),
        "possible",
        "curl",
    ),
)
