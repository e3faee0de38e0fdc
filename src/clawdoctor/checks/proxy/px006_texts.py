"""Signatures of the error texts that mean PX006."""

from __future__ import annotations

from clawdoctor.checks.patterns import near
from clawdoctor.errors.rule import Rule, signature

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
"""What Python says if a package that LiteLLM needs is missing."""

TEXTS: tuple[Rule, ...] = (
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
        r"database URL is set but the (?P<module>prisma) CLI is neither on PATH nor importable",
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
)
