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
from clawdoctor.checks.proxy.px003_texts import TEXTS
from clawdoctor.checks.turn_finding import turn_finding
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.proxy import ModelsAnswer, ServedModels
from clawdoctor.probes.replies import Replies
from clawdoctor.run.needs import Unavailable
from clawdoctor.wire.question import Question

_KEY = "LITELLM_MASTER_KEY"
_WRONG = (
    'LiteLLM without a database says 400 "No connected db." to a key that it does not know; with '
    "one, 401. OpenClaw shows neither text."
)
_NONE = (
    "LiteLLM says 401 to a request without a key; 1.108 and older, installed with pip, say a plain "
    '500 "Internal Server Error". OpenClaw shows neither text.'
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
    texts=TEXTS,
)
