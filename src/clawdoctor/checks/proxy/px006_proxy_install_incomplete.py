"""LiteLLM is installed without something that its proxy needs.

What it means
-------------
`litellm --config ...` ends at once because a Python package is missing: "Missing dependency No
module named 'backoff'. Run `pip install 'litellm[proxy]'`", "No module named 'proxy_server'", "a
database URL is set but the prisma CLI is neither on PATH nor importable as a package".

Why it happens
--------------
`pip install litellm` installs the library alone; the proxy needs the extra `[proxy]`. zsh takes
litellm[proxy] without quotes for a pattern ("no matches found"). A database_url needs prisma too,
which is in the extra `[extra_proxy]` and not in `[proxy]`.

How to fix it
-------------
Install the proxy, with the quotes, into the environment that `litellm` comes from:

    pip install 'litellm[proxy]'
    pipx install 'litellm[proxy]'
    uv tool install 'litellm[proxy]'

Only where general_settings has a database_url, or DATABASE_URL is set:

    pip install 'litellm[proxy,extra_proxy]'

and `prisma generate`, if LiteLLM then asks for it. If you need no database, take database_url out.
The image of LiteLLM for Docker has all of it.

Versions
--------
All versions. The name in the text changes: websockets in 1.106.2 and 1.108.7, backoff and
proxy_server before.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://github.com/BerriAI/litellm/issues/13827
https://github.com/BerriAI/litellm/issues/30425
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.proxy.px006_texts import TEXTS
from clawdoctor.checks.turn_finding import captured_value, restart_action, turn_finding
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question

_LIBRARY = (
    "`pip install litellm` installs the library alone. Without some of its packages plain chat "
    "works, and a request with tools, as OpenClaw sends them, fails."
)
_PRISMA = (
    "LiteLLM needs prisma for its database. The package is in the extra `extra_proxy` and not in "
    "`proxy`."
)


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed because LiteLLM lacks a package."""

    for failure in replies.of("proxy-install-incomplete"):
        module = captured_value(failure, "module")
        named = f' "{module}"' if module else ""
        why, command = _LIBRARY, "pip install 'litellm[proxy]'"
        extra: tuple[Command, ...] = ()
        if module == "prisma":
            why, command = _PRISMA, "pip install 'litellm[proxy,extra_proxy]'"
        elif module.isidentifier():
            extra = (Command(f"pip install {module}"),)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"LiteLLM lacks the Python package{named}",
            why=why,
            place=configs.of_route(question.routes[0], "baseUrl", "this proxy"),
            fix=Fix(
                "install the whole proxy where it runs",
                actions=(
                    Command(command),
                    *extra,
                    restart_action(configs, replies),
                    CHECK_AGAIN,
                ),
            ),
        )


CHECK = Check(
    code="PX006",
    name="proxy-install-incomplete",
    stage="proxy",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("proxy-install-incomplete",),
    texts=TEXTS,
)
