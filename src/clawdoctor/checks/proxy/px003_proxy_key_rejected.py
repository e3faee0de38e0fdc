"""The running proxy does not let OpenClaw's key in.

What it means
-------------
The proxy answers, and refuses the key that OpenClaw sends. How it says so depends on the proxy: a
wrong key is 400 "No connected db." where there is no database, else 401; no key is 401, or a plain
500 "Internal Server Error" where LiteLLM was installed with pip.

Why it happens
--------------
OpenClaw's apiKey is not the proxy's master key, and no virtual key of it: it was changed in one
place, is still a placeholder, or the variable it refers to is not set where OpenClaw runs, so that
OpenClaw sends the reference itself.

How to fix it
-------------
Let both programs read the same variable:

    apiKey: "${LITELLM_MASTER_KEY}",                 # openclaw.json
    master_key: os.environ/LITELLM_MASTER_KEY        # litellm_config.yaml, general_settings

and set it in ~/.openclaw/.env and where the proxy starts.

Versions
--------
All versions. The texts are those of LiteLLM 1.106.2.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/issues/12273
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import RESTART_OPENCLAW, check_again, set_for_openclaw
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import alone, near
from clawdoctor.checks.turn_finding import turn_finding
from clawdoctor.finding import Command, Finding, Fix, Place, Severity, Unknown
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.proxy import ModelsAnswer, ServedModels
from clawdoctor.probes.replies import Replies
from clawdoctor.run.needs import Unavailable

CODE = "PX003"
_KEY = "LITELLM_MASTER_KEY"
_WRONG = (
    'LiteLLM without a database says 400 "No connected db." to a key that it does not know; with '
    "one, 401. OpenClaw shows neither text."
)
_NONE = (
    'LiteLLM says 401 to a request without a key, or a plain 500 "Internal Server Error". '
    "OpenClaw shows neither text."
)
_KNOWN = "<the master key that the proxy was started with, or a virtual key of it>"


def check(
    proxy: Proxy,
    models: ModelsAnswer,
    served: ServedModels | Unavailable,
    openclaw: OpenClawConfig | None,
) -> Iterator[Finding | Unknown]:
    """A proxy that refused the list of models for the key, or for the lack of one."""
    if not models.refused:
        if isinstance(served, Unavailable):
            yield Unknown(served.reason)
        return
    message = "the proxy refuses OpenClaw's key"
    label, why = "the proxy does not know this key", _WRONG
    if not models.with_key:
        message, label = "the proxy wants a key and OpenClaw sends none", "no apiKey"
        why = _NONE
    place: Place | None = None
    if proxy.provider is not None and openclaw is not None:
        place = openclaw.place(f"{proxy.provider.pointer}/apiKey", label)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=place,
        consequence=message,
        evidence=(http_evidence(models.result),),
        fixes=(_fix(proxy),),
    )


def _fix(proxy: Proxy) -> Fix:
    """One variable for both programs; where OpenClaw has one already, its value is at fault."""
    names = proxy.provider.api_key.variables if proxy.provider is not None else ()
    if names:
        return Fix(
            title=f"give {names[0]} the proxy's key",
            actions=(
                set_for_openclaw(names[0], _KNOWN),
                RESTART_OPENCLAW,
                check_again(CODE),
            ),
        )
    if proxy.provider is None:  # asked by --proxy-url alone: the key came from here
        return Fix(
            title="give the proxy's key", actions=(Command(f"export {_KEY}=..."), check_again(CODE))
        )
    return Fix(
        title="give OpenClaw the proxy's master key",
        snippet=f'apiKey: "${{{_KEY}}}",',
        actions=(set_for_openclaw(_KEY, _KNOWN), RESTART_OPENCLAW, check_again(CODE)),
    )


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn that the proxy refused for its key, though it may list its models."""
    for failure in replies.of("proxy-key-rejected"):
        proxy = question.proxy
        yield turn_finding(
            failure,
            replies,
            configs,
            message="the proxy refuses OpenClaw's key",
            why=_WRONG,
            place=configs.of_route(
                question.routes[0], "apiKey", "the proxy does not take this key"
            ),
            fix=_fix(proxy) if proxy is not None else Fix("use the proxy's key"),
        )


CHECK = Check(
    code=CODE,
    name="proxy-key-rejected",
    stage="proxy",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("proxy-key-rejected",),
    causes=("LL202", "OC108", "OC005", "OC003", "LL102", "LL103", "LL108", "DK102"),
    texts=(
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
    ),
)
