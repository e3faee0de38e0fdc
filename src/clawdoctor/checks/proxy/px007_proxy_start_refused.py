"""The proxy ends while it starts.

What it means
-------------
LiteLLM was started and is not there: it ended with status 1 (it could not read its config) or 3
("Application startup failed. Exiting."). OpenClaw then says "connection refused". In Docker the
container restarts again and again.

Why it happens
--------------
No master key, or one that everybody knows; a config that is no YAML, is empty, or is not where
--config points; a port that another program has; a database that does not answer; a command that
the container cannot run.

How to fix it
-------------
Read the last lines before the end; the first error among them is the cause:

    litellm --config litellm_config.yaml --port 4000
    docker compose logs --tail 50 litellm

and give them to clawdoctor:

    docker compose logs --tail 200 litellm 2>&1 | clawdoctor explain -

If the port is taken, see by whom, end it or take another port, and write that one in the baseUrl
of openclaw.json too:

    lsof -i :4000

Versions
--------
LiteLLM 1.104.0 and later do not start without a master key. On port 4000 LiteLLM does not fail if
it is taken: it listens on a random port and says so only in its log.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Finding


def check(chain: Chain) -> Iterator[Finding]:  # noqa: ARG001
    """Yield nothing: PX007 exists for error texts; LL003, LL108 and others find the causes."""
    yield from ()


CHECK = Check(
    code="PX007",
    name="proxy-start-refused",
    stage="proxy",
    scope="start",
    run=check,
    documentation=__doc__,
    causes=(
        "LL108",
        "LL002",
        "LL003",
        "DK103",
        "DK102",
        "PX006",
        "PX106",
    ),
    texts=(
        signature(
            r"LiteLLM proxy refused to start",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"error while attempting to bind on address \(['\"](?P<host>[^'\"]{1,60})['\"], "
            r"(?P<port>(?!8188|7860|8501|8888|11434)\d{1,5})\b",
            "certain",
            "LiteLLM",
        ),
        signature(
            alone(
                r"\[(?:Errno|WinError) (?:48|98|10048)\](?!.{0,80}', (?!4\d{3}|8000)\d{2,5}\b)"
                r".{0,120}(?:address already in use"
                r"|only one usage of each socket)"
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"EADDRINUSE.{0,60}:(?P<port>4000)\b|\bport (?P<taken>4000) (?:is )?already in "
            r"use",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm|proxy_server",
                r"Application startup failed\. Exiting",
                1500,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Application startup failed",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Try ['\"]litellm --help['\"] for help|Usage: litellm \[OPTIONS\]",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Path to config does not exist, 'os\.path|Exception while reading Config: "
            r"|Unable to load config from given source|Could not import module .?litellm\.proxy"
            r"|--ssl_certfile_path and --ssl_keyfile_path|--validate_config requires --config"
            r"|Connection in use: \(['\"](?P<host>[\d.]{1,40})['\"], (?P<port>4000)\)"
            r"|(?:WinError 10013|socket in a way forbidden).{0,200}\b4000\b"
            r"|\b4000\b.{0,200}(?:WinError 10013|socket in a way forbidden)|(?:address"
            r"|port) ['\"(]{0,2}(?:[\d.]{1,20}['\"]?, ?"
            r"|[\d.]{1,20}:)?4000\)? (?:is )?already in use",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Connection in use: \(['\"]|Can't connect to \(['\"][\d.]{1,40}['\"], \d{2,5}\)"
            r"|Error loading ASGI app|WinError 10013|error while attempting to bind",
            "possible",
            "LiteLLM",
        ),
        signature(
            near(
                r"\b(?:container )?[\w-]{0,30}litellm[\w-]{0,30}",
                r"exited with code [1-9]|is unhealthy|is restarting|crash-?loop"
                r"|CrashLoopBackOff|keeps restarting",
                60,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm",
                r"(?:address|port)\b.{0,20}\b(?:in use|taken|allocated)\b|failed to bind"
                r"|(?:listening|running) on port 4000",
                120,
            ),
            "likely",
            "LiteLLM",
        ),
    ),
)
