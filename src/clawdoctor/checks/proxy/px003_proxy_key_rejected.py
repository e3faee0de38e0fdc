"""The running proxy does not let OpenClaw's key in.

What it means
-------------
The proxy answers, and refuses the key that OpenClaw sends. How it says so depends on the proxy: a
wrong key is 400 "No connected db." where there is no database, else 401; no key is 401. LiteLLM
1.108 and older answer a plain 500 "Internal Server Error" to no key if they were installed with
pip.

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
All versions. Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/issues/12273
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW, set_for_openclaw
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.checks.proxy.admin import POST
from clawdoctor.checks.turn_finding import turn_finding, without_advice
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.proxy import ModelsAnswer, ServedModels
from clawdoctor.probes.replies import Replies
from clawdoctor.run.needs import Unavailable
from clawdoctor.wire.question import Question

_KEY = "LITELLM_MASTER_KEY"
_WRONG = (
    'LiteLLM without a database says 400 "No connected db." to a key that it does not know; with '
    "one, 401. OpenClaw may hide these texts."
)
_NONE = (
    "LiteLLM says 401 to a request without a key; 1.108 and older, installed with pip, say a plain "
    '500 "Internal Server Error". OpenClaw may hide these texts.'
)
_KNOWN = "<the master key that the proxy was started with, or a virtual key of it>"


def check(
    proxy: Proxy,
    models: ModelsAnswer,
    served: ServedModels | Unavailable,
    openclaw: OpenClawConfig | None,
) -> Iterator[Finding | Unknown]:
    """Report a proxy that refuses to list its models because of the key, or without one."""
    if not models.refused:
        if isinstance(served, Unavailable):
            yield Unknown(served.reason)
        return
    if proxy.provider is None and not models.with_key:
        yield Unknown("no OpenClaw config was found, so its key is not known here")
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
    """Use one variable for both programs; if OpenClaw already has one, correct its value."""
    names = proxy.provider.api_key.variables if proxy.provider is not None else ()
    if names:
        return Fix(
            title=f"give {names[0]} the proxy's key",
            actions=(
                set_for_openclaw(names[0], _KNOWN),
                RESTART_OPENCLAW,
                CHECK_AGAIN,
            ),
        )
    if proxy.provider is None:  # only --proxy-url is given: the key is from this environment
        return Fix(
            title="give the proxy's key",
            actions=(Step(f"export {_KEY}=... before you run clawdoctor"), CHECK_AGAIN),
        )
    return Fix(
        title="give OpenClaw the proxy's master key",
        snippet=f'apiKey: "${{{_KEY}}}",',
        actions=(set_for_openclaw(_KEY, _KNOWN), RESTART_OPENCLAW, CHECK_AGAIN),
    )


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy refused because of its key."""
    for failure in replies.of("proxy-key-rejected"):
        proxy = question.proxy
        yield turn_finding(
            without_advice(failure) if proxy is not None and _names_key(proxy) else failure,
            replies,
            configs,
            message="the proxy refuses OpenClaw's key",
            why=_WRONG,
            place=configs.of_route(
                question.routes[0], "apiKey", "the proxy does not take this key"
            ),
            fix=_fix(proxy) if proxy is not None else Fix("use the proxy's key"),
        )


def _names_key(proxy: Proxy) -> bool:
    """Whether OpenClaw's key has a variable: then the fix can name it, and no advice can."""
    return proxy.provider is not None and bool(proxy.provider.api_key.variables)


CHECK = Check(
    code="PX003",
    name="proxy-key-rejected",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("proxy-key-rejected",),
    causes=("LL202", "OC108", "OC005", "OC003", "LL102", "LL103", "LL108", "DK102"),
    advice={
        STRAIGHT: Advice(
            "Azure, or whatever answers at the baseUrl, rejects the apiKey of openclaw.json. Write "
            "a key of the very resource that the baseUrl names into the variable that apiKey "
            "refers to, in ~/.openclaw/.env, and restart the gateway.",
        ),
        "master": Advice(
            "This proxy has no database, so it knows no key but its master key, and OpenClaw sends "
            "another one. Give the variable that apiKey refers to the value of the proxy's master "
            "key, in ~/.openclaw/.env, and restart the gateway. Virtual keys need a database_url "
            "in general_settings.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            ("openclaw gateway restart",),
        ),
        "unknown": Advice(
            "The key that arrives is neither the proxy's master key nor a virtual key in its "
            "database. If the text names a Key Hash, compare it with the hash of the key that you "
            "mean. If they are the same, the proxy has another database or master key: restart it "
            "with the right one. If not, OpenClaw sends another key: correct it in "
            "~/.openclaw/.env, or create a new key, and restart the gateway.",
            run=('printf %s "$LITELLM_MASTER_KEY" | sha256sum',),
        ),
        "shape": Advice(
            "OpenClaw sends something that is no key of LiteLLM: those begin with sk-. It is the "
            "value after Received= (a placeholder, an unset variable's reference or Azure's key). "
            "Write the proxy's master key, or a virtual key, into the variable that apiKey refers "
            "to, in ~/.openclaw/.env, and restart the gateway.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"Virtual Key expected",
        ),
        "none": Advice(
            "This request brings no key. If OpenClaw sent it, its provider has no apiKey, or the "
            "variable is empty where the gateway runs: set it in ~/.openclaw/.env. If the proxy's "
            "log shows GET /health, a health probe of Docker or Kubernetes sent it: let it ask "
            "/health/liveliness, which needs no key.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"No api key passed|Passed in:\W{0,6}$",
        ),
        "probe": Advice(
            "A health probe asks /health, which needs a key and calls every model. Let it ask "
            "/health/liveliness, or /health/readiness, in the compose file or the manifest.",
            'test: ["CMD", "python3", "-c", "import urllib.request as u; '
            "u.urlopen('http://localhost:4000/health/liveliness')\"]",
        ),
        "malformed": Advice(
            "The Authorization header is not `Bearer <key>`: the key is empty, or a header was "
            "written by hand. Set apiKey of the provider in openclaw.json, take Authorization out "
            "of its headers, and restart the gateway. A client of yours must write the word "
            "Bearer.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"Malformed API Key",
        ),
        "expired": Advice(
            "The key is right and its time is over. Prolong it, or create a new one and write it "
            "into ~/.openclaw/.env.",
            run=(
                f"{POST} http://localhost:4000/key/update "
                '-d "{\\"key\\":\\"$LITELLM_API_KEY\\",\\"duration\\":\\"90d\\"}"',
            ),
            when=r"Expired Key|expired_key",
        ),
        "blocked": Advice(
            "An administrator of the proxy has blocked this key or its team. Ask why, then unblock "
            "it (a team: /team/unblock with its team_id).",
            run=(
                f"{POST} http://localhost:4000/key/unblock "
                '-d "{\\"key\\":\\"$LITELLM_API_KEY\\"}"',
            ),
            when=r"/unblock",
        ),
        "owner": Advice(
            "The key belongs to a <owner> that the proxy's database does not have: it was deleted, "
            "or the proxy has another database than before. Create it again on the proxy's web "
            "page (/ui), or give OpenClaw a new key without it.",
            when=(
                r"(?P<owner>team|user|organization) (?:'.{1,60}' )?(?:doesn't exist in db"
                r"|no longer exists)"
            ),
        ),
        "route": Advice(
            "The key is accepted, and may not call this route. Administration (/key, /team, "
            "/model, /config) needs the master key. A chat with OpenClaw needs a key whose "
            "allowed_routes include llm_api_routes: create one without allowed_routes.",
            when=(
                r"allowed to (?:access|call)\b.{0,20}\broute|proxy admin can be used"
                r"|forbidden: Route"
            ),
        ),
        "header": Advice(
            "general_settings.litellm_key_header_name makes the proxy expect its key in another "
            "header than OpenClaw sends. Delete that line and restart the proxy, or send the "
            "header from the provider in openclaw.json:",
            'headers: { "x-litellm-api-key": "Bearer ${LITELLM_MASTER_KEY}" },',
            when=r"No LiteLLM Virtual Key pass",
        ),
    },
    texts=(
        rule("certain", "LiteLLM", r"No connected db\b", advice="master"),
        rule(
            "certain",
            "LiteLLM",
            r"Virtual Key expected|Malformed API Key passed|No api key passed in\b"
            r"|Passed in:\W{0,6}$|Expired Key\. |\bexpired_key\b",
        ),
        rule("certain", "LiteLLM", "is blocked. Update via ./(?:key|team)/unblock"),
        rule(
            "certain",
            "LiteLLM",
            r"Invalid proxy server token|token_not_found_in_db|not found in db\. Create"
            "|invalid user key"
            r"|exist in cache \+|Key not found in database",
            advice="unknown",
        ),
        rule(
            "likely",
            "LiteLLM",
            "(?:team|user|organization) (?:'.{1,60}' )?(?:doesn't exist in db|no longer exists)"
            "|No LiteLLM Virtual Key pass",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"allowed to (?:access this |call )(?:this |openai )?route(?:s,|\.|=)"
            r"|proxy admin can be used|Access forbidden: Route ",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"(?-i:\bAuthentication Error, )|\bauth_error\b",
            unless=r"budget|\bDB\b|database|access model",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"request unauthorized|your saved login|Authentication failed (?:at|for|\(provider)"
            r"|reason=auth\b",
        ),
        rule("possible", "LiteLLM", "GET /health .{0,20}401", status=401, advice="probe"),
        rule(
            "possible",
            "a server",
            "HTTP|status|auth|api.?key",
            unless="azure",
            status=401,
            alone=True,
        ),
        rule(
            "possible",
            "LiteLLM",
            r"user_api_key_auth\(\): Exception|starts? with\W{1,3}sk-|\bKey is (?:blocked|expired)"
            r"|Invalid Authorization|auth first",
        ),
        rule(
            "possible",
            "LiteLLM",
            r"^\W{0,3}(?:Error: )?(?:HTTP )?(?:500\W{0,2})?Internal Server Error\W{0,3}$",
        ),
    ),
)
