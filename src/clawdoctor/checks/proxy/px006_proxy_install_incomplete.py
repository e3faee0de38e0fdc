"""LiteLLM's installation lacks a package that the proxy needs.

What it means
-------------
`litellm --config ...` exits at once because a Python package is missing: "Missing dependency No
module named 'backoff'. Run `pip install 'litellm[proxy]'`", "No module named 'proxy_server'", "a
database URL is set but the prisma CLI is neither on PATH nor importable as a package".

Why it happens
--------------
`pip install litellm` installs only the library. The proxy needs the extra `[proxy]`. zsh treats
litellm[proxy] without quotes as a pattern ("no matches found"). A database_url also needs prisma,
which is in the extra `[extra_proxy]`, not in `[proxy]`.

How to fix it
-------------
Install the proxy, with the quotes, into the environment that `litellm` comes from:

    pip install 'litellm[proxy]'
    pipx install 'litellm[proxy]'
    uv tool install 'litellm[proxy]'

Only if general_settings has a database_url, or DATABASE_URL is set:

    pip install 'litellm[proxy,extra_proxy]'

Then run `prisma generate` if LiteLLM requests it. If you need no database, remove database_url.
LiteLLM's Docker image contains all of these packages.

Versions
--------
All versions. The package in the text depends on the version: websockets in newer versions, backoff
or proxy_server in older ones. LiteLLM 1.106.0 and later have the text about the prisma CLI.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://github.com/BerriAI/litellm/issues/13827
https://github.com/BerriAI/litellm/issues/30425
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import (
    captured_value,
    restart_action,
    turn_finding,
    without_advice,
)
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question

_LIBRARY = (
    "`pip install litellm` installs only the library. If some packages are missing, plain chat "
    "works, but a request with tools, which OpenClaw sends, fails."
)
_PRISMA = (
    "LiteLLM needs prisma for its database. The package is in the extra `extra_proxy`, not in "
    "`proxy`."
)


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed because LiteLLM lacks a package."""

    for failure in replies.of("proxy-install-incomplete"):
        module = captured_value(failure, "module")
        named = f' "{module}"' if module else ""
        why, packages = _LIBRARY, ["litellm[proxy]"]
        if module == "prisma":
            why, packages = _PRISMA, ["litellm[proxy,extra_proxy]"]
        elif module.isidentifier():
            packages.append(module)
        installed = " and ".join(f"`{name}`" for name in packages)
        yield turn_finding(
            without_advice(failure) if module else failure,
            replies,
            configs,
            message=f"LiteLLM's installation lacks the Python package{named}",
            why=why,
            place=configs.of_route(question.routes[0], "baseUrl", "this proxy"),
            fix=Fix(
                f"on the machine that runs LiteLLM, install {installed}",
                actions=(
                    *(Command(f"pip install {shlex.quote(name)}") for name in packages),
                    *restart_action(configs, replies),
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
    advice={
        "again": Advice(
            "A part of LiteLLM itself is missing: the installation mixes several versions or "
            "was interrupted. Reinstall LiteLLM in one step where the proxy runs:",
            run=("pip install --upgrade --force-reinstall 'litellm[proxy]'",),
            when=r"named '?(?:proxy_server|litellm[._])",
        ),
        "prisma": Advice(
            "The config has a database, but the Python package prisma, which LiteLLM needs for "
            "it, is missing. Install prisma where the proxy runs, with the extra `extra_proxy`. "
            "If you need no virtual keys, delete database_url and unset DATABASE_URL instead.",
            run=("pip install 'litellm[proxy,extra_proxy]'",),
            when=(
                r"No module named .?prisma\b|the prisma CLI\b|directory: 'prisma'|prisma package"
                r"|module 'prisma'"
            ),
        ),
        "generate": Advice(
            "prisma is installed, but its client for LiteLLM's tables was never generated. "
            "Generate prisma's client once as the user that runs the proxy, and start the proxy "
            "again. If you need no virtual keys, delete database_url and unset DATABASE_URL "
            "instead.",
            run=(
                "prisma generate --schema \"$(python3 -c 'import litellm, os; "
                "print(os.path.dirname(litellm.__file__))')/proxy/schema.prisma\"",
            ),
            when=r"been generated yet|run .?prisma generate|attribute 'litellm_",
        ),
        "quotes": Advice(
            "zsh treats the brackets as a pattern. Put the name in quotes:",
            run=("pip install 'litellm[proxy]'",),
            when="no matches found",
        ),
        "path": Advice(
            "The shell cannot find the command: LiteLLM is not installed, its virtual "
            "environment is not active, or the folder of its scripts is not in PATH. Install "
            "LiteLLM so that the shell finds the command:",
            run=("pipx install 'litellm[proxy]'", "litellm --version"),
        ),
        "vault": Advice(
            "general_settings.key_management_system selects Azure Key Vault, but the client for "
            "it is missing. Install the client where the proxy runs, or delete "
            "key_management_system:",
            run=("pip install azure-identity azure-keyvault-secrets",),
            when=r"Key Vault: No module",
        ),
        "module": Advice(
            "litellm[proxy] does not include this package. Install the package into the "
            "environment that `litellm` comes from (PyPI may have it under another name), or "
            "delete the option or setting that needs it:",
            "pip install <module>",
            ("pip install 'litellm[proxy,extra_proxy]'",),
            when="named '?(?:hypercorn|granian|redis|google|azure|enterprise)|email-validator",
        ),
        "clash": Advice(
            "LiteLLM and one of its packages have incompatible versions, because another "
            "package in the same environment holds one of them back. Install LiteLLM in a "
            "separate environment:",
            run=(
                "python3 -m venv ~/litellm && ~/litellm/bin/pip install --upgrade 'litellm[proxy]'",
            ),
        ),
        "python": Advice(
            "This Python is too old for LiteLLM. Install LiteLLM with Python 3.10 to 3.13 in a "
            "separate environment:",
            run=("uv tool install --python 3.12 'litellm[proxy]'",),
            when=r"operand type\(s\) for \|: |requires a different Python",
        ),
        "old": Advice(
            "pip chose a version of LiteLLM that is too old to have this extra, usually because "
            "this Python is too old or too new for newer versions. Use Python 3.10 to 3.13:",
            run=("python3 --version", "pip install --upgrade 'litellm[proxy]'"),
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "but (?:neither )?(?:the )?(?P<module>prisma) |Failed to import Prisma"
            "|directory: 'prisma'|module 'prisma' has no",
        ),
        rule(
            "certain",
            "LiteLLM",
            "client hasn't been generated yet|(?:run .?|usually means .)prisma generate"
            "|'Prisma' object has no attribute 'litellm_",
            unless="@prisma/client",
        ),
        rule(
            "certain",
            "LiteLLM or the shell",
            r"No module named '?(?:proxy_server|litellm\.proxy|litellm_(?:enterprise|proxy_extras))"
            r"|no matches found: litellm\[",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"pip install '?litellm\[proxy|Missing dependency No module"
            r"|needs to be imported\. Run - |Key Vault: No module",
        ),
        rule(
            "likely",
            "the shell",
            r"\blitellm'?(?:: (?:command )?not found| is not recognized as)"
            r"|command not found: ?litellm\b",
            advice="path",
        ),
        rule(
            "likely",
            "LiteLLM",
            "named '?(?:fastapi|orjson|apscheduler|u(?:vicorn|vloop)|gunicorn|websockets|mcp"
            r"|jwt|nacl|yaml|rich|backoff|prisma)",
            by="litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"named '?(?:hypercorn|granian|redis|google\.cloud|azure|enterprise)"
            r"|email-validator is not",
            by="litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"cannot import name '\w{1,60}' from '(?:litellm\.|openai|fastapi"
            r"|pydantic|starlette|mcp)|operand type\(s\) for \|: ",
            by="litellm",
            advice="clash",
        ),
        rule("likely", "pip", r"litellm [\d.]{3,12} does not provide the extra", advice="old"),
        rule(
            "possible",
            "Python",
            "named '?(?:litellm|fastapi|apscheduler|uvicorn|websockets|prisma|backoff)"
            r"|python-multipart. to be|Missing boto3",
        ),
        rule(
            "possible",
            "LiteLLM",
            r"\blitellm\[(?:extra_)?proxy\]|missing apscheduler"
            r"|Could not find (?:a schema\.prisma|Prisma Schema)",
        ),
    ),
)
