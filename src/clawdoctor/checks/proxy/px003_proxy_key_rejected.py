"""The running proxy rejects OpenClaw's key.

What it means
-------------
The proxy answers but rejects the key that OpenClaw sends. For a wrong key, a proxy without a
database returns 400 "No connected db.", and a proxy with a database returns 401. For a missing key,
the proxy returns 401. LiteLLM 1.108 and older, installed with pip, return a plain 500 "Internal
Server Error" for a missing key.

Why it happens
--------------
OpenClaw's apiKey is neither the proxy's master key nor one of its virtual keys. The key was changed
in only one place, it is still a placeholder, or its variable is not set where OpenClaw runs, so
that OpenClaw sends the reference itself.

How to fix it
-------------
Let both programs read the same variable:

    apiKey: "${LITELLM_MASTER_KEY}",                 # openclaw.json
    master_key: os.environ/LITELLM_MASTER_KEY        # litellm_config.yaml, general_settings

Set the variable in ~/.openclaw/.env and in the proxy's environment.

Versions
--------
All versions. Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2.

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
    'Without a database, LiteLLM answers an unknown key with 400 "No connected db."; with a '
    "database, it answers with 401. OpenClaw may hide these texts."
)
_NONE = (
    "LiteLLM answers a request without a key with 401. LiteLLM 1.108 and older, installed with "
    'pip, answer with a plain 500 "Internal Server Error". OpenClaw may hide these texts.'
)
_KNOWN = "<the proxy's master key, or one of its virtual keys>"


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
        yield Unknown("clawdoctor found no OpenClaw config, so it does not know OpenClaw's key")
        return
    message = "the proxy rejects OpenClaw's key"
    label, why = "the proxy does not know this key", _WRONG
    if not models.with_key:
        message, label = "the proxy requires a key, but OpenClaw sends none", "no apiKey"
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
            title=f"in ~/.openclaw/.env, set {names[0]} to the proxy's key",
            actions=(
                set_for_openclaw(names[0], _KNOWN),
                RESTART_OPENCLAW,
                CHECK_AGAIN,
            ),
        )
    if proxy.provider is None:  # only --proxy-url is given: the key is from this environment
        return Fix(
            title=f"set {_KEY} to the proxy's key in this shell",
            actions=(Step(f"Set {_KEY} in this shell before you run clawdoctor"), CHECK_AGAIN),
        )
    return Fix(
        title=f'set apiKey to "${{{_KEY}}}" in openclaw.json',
        snippet=f'apiKey: "${{{_KEY}}}",',
        actions=(set_for_openclaw(_KEY, _KNOWN), RESTART_OPENCLAW, CHECK_AGAIN),
    )


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy rejected because of its key."""
    for failure in replies.of("proxy-key-rejected"):
        proxy = question.proxy
        yield turn_finding(
            without_advice(failure) if proxy is not None and _names_key(proxy) else failure,
            replies,
            configs,
            message="the proxy rejects OpenClaw's key",
            why=_WRONG,
            place=configs.of_route(question.routes[0], "apiKey", "the proxy rejects this key"),
            fix=_fix(proxy)
            if proxy is not None
            else Fix("in openclaw.json, set apiKey to the proxy's key"),
        )


def _names_key(proxy: Proxy) -> bool:
    """Return whether OpenClaw's key refers to a variable, which only this check's fix can name."""
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
            "Azure, or the server at the baseUrl, rejects the apiKey of openclaw.json. In "
            "~/.openclaw/.env, set the variable that apiKey refers to. Use a key of the "
            "resource that the baseUrl names. Then restart the gateway.",
        ),
        "master": Advice(
            "This proxy has no database, so it accepts only its master key, and OpenClaw sends "
            "another key. In ~/.openclaw/.env, set the variable that apiKey refers to. Use the "
            "proxy's master key. Then restart the gateway. Virtual keys need a database_url in "
            "general_settings.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            ("openclaw gateway restart",),
            when=r"No connected db\b",
        ),
        "unknown": Advice(
            "The proxy received a key that is neither its master key nor a virtual key in its "
            "database. If the text contains a Key Hash, compare this hash with the hash of the "
            "key that you expect. If they match, the proxy uses another database or master key: "
            "restart it with the right one. If they differ, OpenClaw sends a different key: "
            "correct it in ~/.openclaw/.env, or create a new key, and restart the gateway.",
            run=('printf %s "$LITELLM_MASTER_KEY" | sha256sum',),
        ),
        "shape": Advice(
            "OpenClaw sends a value that is not a LiteLLM key: LiteLLM's keys start with sk-. "
            "In ~/.openclaw/.env, set the variable that apiKey refers to, to the proxy's "
            "master key or a virtual key. Then restart the gateway. The text shows the value "
            "after Received= (a placeholder, a reference to an unset variable, or Azure's "
            "key).",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"Virtual Key expected",
        ),
        "none": Advice(
            "This request has no key. If OpenClaw sent the request, set the provider's apiKey, "
            "or its variable in ~/.openclaw/.env: one of them is missing or empty. If the "
            "proxy's log shows GET /health, a health probe of Docker or Kubernetes sent it: make "
            "the probe request /health/liveliness, which needs no key.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"No api key passed|Passed in:\W{0,6}$",
        ),
        "probe": Advice(
            "A health probe requests /health, which needs a key and calls every model. In the "
            "Compose file or the manifest, make the probe request /health/liveliness or "
            "/health/readiness.",
            'test: ["CMD", "python3", "-c", "import urllib.request as u; '
            "u.urlopen('http://localhost:4000/health/liveliness')\"]",
        ),
        "malformed": Advice(
            "The Authorization header is not `Bearer <key>`: the key is empty, or somebody "
            "wrote the header by hand. Set the provider's apiKey in openclaw.json, remove "
            "Authorization from its headers, and restart the gateway. If your own client sent "
            "the request, it must put the word Bearer before the key.",
            'apiKey: "${LITELLM_MASTER_KEY}",',
            when=r"Malformed API Key",
        ),
        "expired": Advice(
            "The key has expired. Extend the key, or create a new key and put that in "
            "~/.openclaw/.env.",
            run=(
                f"{POST} http://localhost:4000/key/update "
                '-d "{\\"key\\":\\"$LITELLM_API_KEY\\",\\"duration\\":\\"90d\\"}"',
            ),
            when=r"Expired Key|expired_key",
        ),
        "blocked": Advice(
            "An administrator of the proxy has blocked this key or its team. Ask the "
            "administrator for the reason, and unblock the key or the team. To unblock a team, "
            "call /team/unblock with its team_id.",
            run=(
                f"{POST} http://localhost:4000/key/unblock "
                '-d "{\\"key\\":\\"$LITELLM_API_KEY\\"}"',
            ),
            when=r"/unblock",
        ),
        "owner": Advice(
            "The key belongs to a <owner> that is not in the proxy's database. Create the "
            "<owner> again in the proxy's admin UI (/ui), or give OpenClaw a new key without a "
            "<owner>. Somebody deleted it, or the proxy uses a different database than before.",
            when=(
                r"(?P<owner>team|user|organization) (?:'.{1,60}' )?(?:doesn't exist in db"
                r"|no longer exists)"
            ),
        ),
        "route": Advice(
            "The proxy accepts the key, but the key may not call this route. For a chat with "
            "OpenClaw, create a key without allowed_routes, or add llm_api_routes to them. "
            "Administration (/key, /team, /model, /config) needs the master key.",
            when=(
                r"allowed to (?:access|call)\b.{0,20}\broute|proxy admin can be used"
                r"|forbidden: Route"
            ),
        ),
        "tools": Advice(
            "The proxy accepts the key, but its metadata or its team's metadata has allowed_tools, "
            "which does not contain <tool>. Ask the proxy's administrator to add the tools that "
            "the text names, or turn them off in openclaw.json:",
            'tools: { deny: ["<tool>"] },',
            when=r"Tool\(s\) \W{1,4}(?P<tool>[\w.-]{1,80}).{0,200} are not in the allowed tools",
        ),
        "issuer": Advice(
            "The proxy received a login token (JWT), and JWT_PUBLIC_KEY_URL does not lead to the "
            "key that signed it. For OpenClaw, use the master key or a virtual key instead. To use "
            "the token, set JWT_PUBLIC_KEY_URL to the jwks_uri of the server that issued it:",
            "JWT_PUBLIC_KEY_URL=https://login.microsoftonline.com/<tenant>/discovery/v2.0/keys",
            when=r"No matching public key found",
        ),
        "header": Advice(
            "Because of general_settings.litellm_key_header_name, the proxy expects its key in a "
            "header that OpenClaw does not send. In litellm_config.yaml, delete "
            "general_settings.litellm_key_header_name and restart the proxy. Or add the header "
            "to the provider in openclaw.json:",
            'headers: { "x-litellm-api-key": "Bearer ${LITELLM_MASTER_KEY}" },',
            when=r"No LiteLLM Virtual Key pass",
        ),
        "address": Advice(
            "general_settings.allowed_ips in litellm_config.yaml does not contain <address>, the "
            "address from which the request came. Add <address> to allowed_ips, or delete that "
            "line, and restart the proxy. In Docker, the address is that of OpenClaw's container "
            "or of the network's gateway.",
            'general_settings:\n  allowed_ips: ["<address>"]',
            when=r"forbidden: IP address (?P<address>[\da-fA-F.:]{2,45})",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"Virtual Key expected|Malformed API Key passed|No api key passed in\b"
            r"|Passed in:\W{0,6}$|Expired Key\. |\bexpired_key\b",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"No connected db\b|is blocked. Update via ./(?:(?:key|team)/unblock|project/update)"
            r"|in the allowed tools list",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"proxy server token|token_not_found|not found in db\. |invalid user key"
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
            r"allowed to (?:access this |call )(?:this |openai )?route(?:s,|[.,=])"
            r"|proxy admin can be used|Access forbidden: [RI]",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"(?-i:\bAuthentication Error, )|\bauth_error\b|No matching public key found",
            unless=r"budget|\bDB\b|database|access model",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"request unauthorized|your saved login|Authentication failed (?:at|for|\(provider)"
            r"|reason=auth\b|^\W{0,3}No API key prov",
        ),
        rule(
            "possible",
            "LiteLLM",
            r"/health\b.{0,20}401|401.{0,50}/health\b",
            status=401,
            advice="probe",
        ),
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
