"""LiteLLM is installed without something that its proxy needs.

What it means
-------------
`litellm --config ...` ends at once, or goes on without its database, because a Python package is
missing: "Missing dependency No module named 'backoff'. Run `pip install 'litellm[proxy]'`", "No
module named 'proxy_server'", "No module named 'prisma'".

Why it happens
--------------
`pip install litellm` installs the library alone; the proxy needs the extra `[proxy]`. zsh takes
litellm[proxy] without quotes for a pattern ("no matches found"). A database_url needs prisma too,
which is in no extra, and what `prisma generate` makes.

How to fix it
-------------
Install the proxy, with the quotes, into the environment that `litellm` comes from:

    pip install 'litellm[proxy]'
    pipx install 'litellm[proxy]'
    uv tool install 'litellm[proxy]'

Only where general_settings has a database_url, or DATABASE_URL is set:

    pip install prisma && prisma generate

If you need no database, take database_url out. The image of LiteLLM for Docker has all of it.

Versions
--------
All versions. The name in the text changes: websockets in 1.106.2, backoff and proxy_server before.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://github.com/BerriAI/litellm/issues/13827
https://github.com/BerriAI/litellm/issues/30425
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.checks.turn_finding import again, captured, turn_finding
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies

CODE = "PX006"


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn on which LiteLLM stumbled over a package that is not installed."""

    for failure in replies.of("proxy-install-incomplete"):
        module = captured(failure, "module")
        named = f' "{module}"' if module else ""
        extra = (Command(f"pip install {module}"),) if module.isidentifier() else ()
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"LiteLLM lacks the Python package{named}",
            why="`pip install litellm` installs the library alone. Without some of its packages "
            "plain chat works, and a request with tools, as OpenClaw sends them, fails.",
            place=configs.of_route(question.routes[0], "baseUrl", "this proxy"),
            fix=Fix(
                "install the whole proxy where it runs",
                actions=(
                    Command("pip install 'litellm[proxy]'"),
                    *extra,
                    again(configs, replies),
                    check_again(CODE),
                ),
            ),
        )


_MISSING = (
    r"No module named ['\"]?(?P<module>(?:fastapi(?:_sso)?|pydantic(?:_settings"
    r"|_core)?|prisma|mcp|starlette|sse_starlette|redis|opentelemetry"
    r"|litellm_enterprise|enterprise|azure\.(?:identity|keyvault|core|storage)"
    r"|azure|rich|click|botocore|boto3|jwt|cryptography|orjson|websockets|yaml|a2a"
    r"|apscheduler|semantic_router|dotenv|nacl|aiohttp|prometheus_client|uvicorn"
    r"|uvloop|gunicorn|hypercorn|granian|backoff|aiodynamo|google\.(?:cloud|auth"
    r"|oauth2)|ddtrace|jsonschema|tomli(?:_w)?|tomlkit|InquirerPy|diskcache|appdirs"
    r"|gptcache|sentry_sdk|fastuuid|polars|rq|croniter|email_validator|multipart"
    r"|python_multipart|tenacity|tiktoken|tokenizers|httpx|openai|pyroscope|psutil"
    r"|importlib_metadata|numpy|httptools|restrictedpython|onelogin|mangum|posthog"
    r"|soundfile|expression|pkg_resources|detect_secrets|llm_guard|presidio\w{0,12}"
    r"|langfuse)(?:\.\w{1,40}){0,4})\b"
    r"|cannot import name ['\"]?\w{1,60}['\"]? from (?:partially initialized "
    r"module )?['\"](?:fastapi|openai|pydantic|starlette|uvicorn|prisma|mcp"
    r"|typing_extensions|httpx|tokenizers|redis)\b|(?:python-multipart"
    r"|email-validator)['\"]? (?:to be|is not|isn't|must be) installed"
    r"|object has no attribute ['\"](?:prisma|Prisma)\b"
)
"""What Python says of a package that LiteLLM needs."""

CHECK = Check(
    code="PX006",
    name="proxy-install-incomplete",
    stage="proxy",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("proxy-install-incomplete",),
    texts=(
        signature(
            r"cannot import name ['\"]\w{1,60}['\"] from ['\"]litellm\.proxy",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Missing dependency No module named ['\"](?P<module>[\w.]{1,60})['\"]",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"pip install ['\"]?litellm\[proxy\]",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"No module named ['\"]?(?P<module>proxy_server|litellm\.proxy[\w.]{0,60}"
            r"|litellm_proxy_extras|litellm_enterprise)\b",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Failed to import Prisma client",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"client hasn't been generated yet, you must run .?prisma generate",
            "certain",
            "LiteLLM",
        ),
        signature(
            r".?prisma generate.? (?:hasn't been run|has not been run)|run .?prisma "
            r"generate.? to generate the Prisma client",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?:no matches found|not a valid identifier|bad pattern)\W{1,3}litellm\[proxy\]",
            "certain",
            "the shell",
        ),
        signature(
            near(
                r"litellm",
                r"No module named ['\"](?P<module>backoff|enterprise|websockets|apscheduler|fastapi"
                r"|fastapi_sso|orjson|uvicorn|gunicorn|mcp|prisma|cryptography|boto3|polars"
                r"|rq|croniter|email_validator|multipart|jwt|nacl|yaml|rich|pyroscope)['\"]",
                600,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"No module named ['\"](?P<module>backoff|enterprise|websockets|apscheduler|fastapi"
            r"|fastapi_sso|orjson|uvicorn|gunicorn|mcp|prisma|cryptography|boto3|polars|rq"
            r"|croniter|email_validator|multipart|jwt|nacl|yaml|rich"
            r"|pyroscope)['\"].{0,600}litellm",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"\blitellm: (?:command )?not found|command not found: litellm\b"
            r"|['\"]litellm['\"] is not recognized as an internal",
            "likely",
            "the shell",
        ),
        signature(
            r"No module named ['\"](?P<module>backoff|prisma)['\"]",
            "possible",
            "Python",
        ),
        signature(
            r"Error when loading keys from Azure Key Vault: No module named "
            r"['\"](?P<module>[\w.]{1,60})['\"]",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"get_flat_dependant",
            "possible",
            "Python",
        ),
        signature(
            near(
                r"(?<![/-])\blitellm\b(?!\.[A-Z]|\.exceptions)|litellm[/\\]",
                _MISSING,
                1200,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                _MISSING,
                r"(?<![/-])\blitellm\b(?!\.[A-Z]|\.exceptions)|litellm[/\\]",
                1200,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Uvicorn needs to be imported|The term ['\"]?litellm['\"]? is not recognized"
            r"|satisfies the requirement litellm\["
            r"|litellm[\w. -]{0,30}does not provide the extra|Failed to import proxy extras",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"No module named ['\"]?(?P<module>(?:fastapi(?:_sso)?|pydantic(?:_settings|_core)?"
            r"|prisma|mcp|starlette|sse_starlette|redis|opentelemetry|litellm_enterprise"
            r"|enterprise|azure\.(?:identity|keyvault|core|storage)|azure|rich|click|botocore"
            r"|boto3|jwt|cryptography|orjson|websockets|yaml|a2a|apscheduler|semantic_router"
            r"|dotenv|nacl|aiohttp|prometheus_client|uvicorn|uvloop|gunicorn|hypercorn|granian"
            r"|backoff|aiodynamo|google\.(?:cloud|auth|oauth2)|ddtrace|jsonschema|tomli(?:_w)?"
            r"|tomlkit|InquirerPy|diskcache|appdirs|gptcache|sentry_sdk|fastuuid|polars|rq"
            r"|croniter|email_validator|multipart|python_multipart|tenacity|tiktoken|tokenizers"
            r"|httpx|openai|pyroscope|psutil|importlib_metadata|numpy|httptools"
            r"|restrictedpython|onelogin|mangum|posthog|soundfile|expression|pkg_resources"
            r"|detect_secrets|llm_guard|presidio\w{0,12}|langfuse)(?:\.\w{1,40}){0,4}"
            r"|litellm)\b"
            r"|cannot import name ['\"]?\w{1,60}['\"]? from (?:partially initialized module "
            r")?['\"](?:fastapi|openai|starlette|uvicorn|prisma|mcp|litellm)\b"
            r"|(?:python-multipart|email-validator)['\"]? (?:to be|is not) installed"
            r"|Missing boto3|Run ['\"`]pip install (?:boto3|prisma|uvicorn|fastapi)"
            r"|\bprisma generate\b",
            "possible",
            "Python",
        ),
        signature(
            r"(?:^"
            r"|\s)import prisma\b(?: #.{0,40})? ModuleNotFoundError: No module named "
            r"['\"](?P<module>prisma)['\"]",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blitellm[/\\]proxy\b|\blitellm\.proxy\b|in run_server\b|litellm\[\d{1,9}\]:"
                r"|bin/litellm\b",
                r"No module named ['\"]?(?P<module>[\w.]{1,60})",
                1500,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"No module named ['\"]?(?P<module>[\w.]{1,60})",
                r"\blitellm[/\\]proxy\b|in run_server\b|bin/litellm\b",
                1500,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"module ['\"]prisma['\"] has no attribute"
            r"|needs? (?:to )?(?:pip )?install ['\"]?litellm\[proxy\]",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"litellm\[(?:proxy|extra_proxy)\]|\bproxy extras?\b|missing apscheduler",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"No such file or directory: ['\"](?P<module>prisma)['\"]",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"needs to be imported\. Run - .?pip install",
            "likely",
            "LiteLLM",
        ),
    ),
)
