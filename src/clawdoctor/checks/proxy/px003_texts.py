"""Signatures of the error texts that mean PX003."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"\b401:? status code \(no body\)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"(?-i:\bAuthentication Error, [A-Z])(?!.{0,60}Budget)",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"No connected db\b|no_db_connection",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"LiteLLM Virtual Key expected(?:\. Received=(?P<received_key>[^\s,]{1,80}))?",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Invalid proxy server token passed",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"token_not_found_in_db|Unable to find token in cache or .?LiteLLM_Verification",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Authentication Error,? (?:- )?(?:No api key passed in|Malformed API Key "
        r"passed in|Expired Key|Invalid token passed|Invalid API key|API key is|Key is "
        r"blocked|invalid user key)",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Exception: No api key passed in\.",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Malformed API Key passed in|Key is blocked\. Update via ./key/unblock|Expired "
        r"Key\. Key Expiry time",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"assert api_key\.startswith\(\"sk-\"\)",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"litellm_?proxyException - Authentication Error",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"type['\"]?: ?['\"](?:expired_key|auth_error)['\"](?!.{0,120}Budget)",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"['\"]detail['\"]: ?['\"]invalid user key['\"]",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"request failed \(authentication (?:failed|was rejected), HTTP 401\)"
        r"|Authentication failed\. Your provider token may have expired",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"^(?:Error: )?(?:(?:HTTP )?500:? )?\"?Internal Server Error\"?\.{0,2}$",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"\"POST (?:/v1)?/(?:chat/completions|responses) HTTP/[\d.]{1,3}\" 401 Unauthorized"
        r"|\b401\b[\w :]{0,40}['\"]? (?:for url:? )?['\"]?https?://(?:localhost"
        r"|127\.0\.0\.1|litellm[\w-]{0,30}"
        r"|host\.docker\.internal):\d{2,5}/",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"user_api_key_auth\(\): Exception occured",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"All models failed \(\d{1,3}\): .{0,400}?\(auth\)",
        "possible",
        "OpenClaw",
    ),
    signature(
        alone(r"\"(?:GET|POST) /\S{0,200} HTTP/[\d.]{1,3}\" 401 Unauthorized"),
        "possible",
        "LiteLLM",
    ),
    signature(
        r"invalid user key - (?:token|user key) does not exist"
        r"|Key doesn't exist in (?:db\. key|cache \+ check)|No LiteLLM Virtual Key pass"
        r"|Create (?:key|team|user) via .?/(?:key|team|user)/"
        r"|user not allowed to access this (?:OpenAI routes|route(?:\. Route|, role))"
        r"|Virtual key is not allowed to call this route|Only allowed to call routes:"
        r"|Only proxy admins? can be used to generate|Update via ./(?:key|team"
        r"|project)/(?:unblock|update)|is only for MASTER KEY"
        r"|Route=\S{1,120} is an admin only route|Key Hash \(Token\) ?="
        r"|Invalid API key, no token associated|Authentication Error, (?:user|key|team"
        r"|organization) (?!.{0,60}budget)|\bvalid_token_dict\b|Key Expiry time",
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"\blite_?llm\b",
            r"virtual key (?:is |was |has )?(?:expected|required|invalid|expired|blocked"
            r"|unknown|not (?:found|valid))|(?:invalid|expired|unknown|missing) virtual key"
            r"|master key (?:is )?(?:wrong|invalid|mismatch|does not match|doesn't match)",
            200,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"virtual key (?:is |was |has )?(?:expected|required|invalid|expired|blocked"
            r"|unknown|not (?:found|valid))|(?:invalid|expired|unknown|missing) virtual key",
            r"\blite_?llm\b",
            200,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        r"expected to start with ['\"]?sk-"
        r"|Access forbidden: IP address .{1,60}? not allowed"
        r"|Invalid Authorization header format|virtual key (?:expected|required|invalid"
        r"|expired)|\bexpired_key\b|Malformed API key",
        "possible",
        "LiteLLM",
    ),
    signature(
        near(
            r"litellm[- _](?:proxy|server|gateway)|litellm (?:returns|returned|says|answers"
            r"|gives|responds)|(?:from|by|to) (?:the )?litellm\b",
            r"\b401\b(?!.{0,80}(?:Azure|[a-z]Exception))|unauthori[sz]ed(?!.{0,80}(?:Azure"
            r"|[a-z]Exception))|invalid (?:api )?(?:key|token)",
            160,
        ),
        "possible",
        "LiteLLM",
    ),
    signature(
        r"not allowed to access this route\. Route=|not allowed to call route ?="
        r"|Access forbidden: Route \S{1,120} not allowed|enforce_rbac is set to"
        r"|Token must belong to a proxy admin|Only master key can be used to generate"
        r"|Organization doesn't exist in db|Invalid proxy server token"
        r"|No api key passed in\b|Checked team_id field|Invalid hash key\. Hash key",
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"virtual key|\blite_?llm\b(?!\.\w{3,40})(?!.{0,120}[a-z]Exception)",
            r"(?:invalid|expired|unknown|missing|wrong|blocked"
            r"|bad) (?:\w{1,12} ){0,2}(?:key|token)\b|\b(?:key"
            r"|token)\b[\w ]{0,24}\b(?:invalid|expired|blocked|revoked|unknown|rejected"
            r"|not valid|not found|does not exist|doesn't exist)\b",
            120,
        ),
        "possible",
        "LiteLLM",
    ),
    signature(
        near(
            r"(?:invalid|expired|unknown|missing|wrong|blocked"
            r"|bad) (?:\w{1,12} ){0,2}(?:key|token)\b|\b(?:key"
            r"|token)\b[\w ]{0,24}\b(?:invalid|expired|blocked|revoked|unknown|rejected"
            r"|not valid|not found|does not exist|doesn't exist)\b",
            r"virtual key|(?:by|from|in|of|for) (?:the )?litellm\b|\bUser Key ?=",
            120,
        ),
        "possible",
        "LiteLLM",
    ),
    signature(
        r"starts? ?with\W{1,4}sk-|\bKey is blocked\b|(?:valid|proxy|virtual"
        r"|master) key (?:must|has to|should) (?:start|begin)",
        "possible",
        "LiteLLM",
    ),
    signature(
        near(
            r"\blite_?llm\b(?!\.\w{3,40})(?!.{0,160}[a-z]Exception)",
            r"\b401\b|\bunauthori[sz]ed\b",
            100,
        ),
        "possible",
        "LiteLLM",
    ),
    signature(
        r"LLM request unauthorized|Authentication failed at the provider\b|Authentication"
        r" failed for \"(?P<provider>[\w.-]{1,60})\"\. Credentials may have expired"
        r"|Authentication failed \(provider returned HTTP 401\)|isn't accepting your saved"
        r" login",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"\bplease auth(?:enticate)? first\b",
        "possible",
        "a gateway",
    ),
    signature(
        alone(r"Request failed with status code 401\b"),
        "possible",
        "a program that calls the model",
    ),
)
