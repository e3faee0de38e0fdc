"""The proxy exits during startup.

What it means
-------------
LiteLLM exits during startup with status 1 (it cannot read its config) or 3 ("Application startup
failed. Exiting."). OpenClaw then says "connection refused". In Docker, the container restarts again
and again.

Why it happens
--------------
- The master key is missing or publicly known.
- The config is not YAML, is empty, or is not where --config points.
- Another program uses the port.
- The database does not answer.
- The container cannot run its command.

How to fix it
-------------
Read the last lines of output. The first error among them is the cause:

    litellm --config litellm_config.yaml --port 4000
    docker compose logs --tail 50 litellm

Pass them to clawdoctor:

    docker compose logs --tail 200 litellm 2>&1 | clawdoctor explain -

If the port is in use, find the program that uses it. Stop that program, or use another port and
write it in the baseUrl of openclaw.json too:

    lsof -i :4000

Versions
--------
LiteLLM 1.104.0 and later do not start without a master key. If port 4000 is in use, LiteLLM does
not fail: it listens on a random port and says so only in its log.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
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
    advice={
        "port": Advice(
            "Another program uses this port, often a second LiteLLM or an old container. Find "
            "and stop the program that uses the port, or start LiteLLM on another port and write "
            "that port in the baseUrl of openclaw.json too.",
            "litellm --config litellm_config.yaml --port 4010",
            ("lsof -i :4000", "docker ps --filter publish=4000"),
        ),
        "reserved": Advice(
            "Windows has reserved this port (Hyper-V and WSL do this), or the user may not open "
            "it: ports below 1024 need an administrator. Start LiteLLM on another port, and "
            "write that port in the baseUrl of openclaw.json too.",
            "netsh interface ipv4 show excludedportrange protocol=tcp\n"
            "litellm --config litellm_config.yaml --port 4010",
            when=r"permission denied|in a way forbidden",
        ),
        "address": Advice(
            "This machine does not have the address that LiteLLM should listen on. Remove "
            "--host, or set it to an address of this machine: 0.0.0.0 in a container, 127.0.0.1 "
            "outside.",
            run=("litellm --config litellm_config.yaml --host 127.0.0.1 --port 4000",),
            when=r"cannot assign requested address",
        ),
        "memory": Advice(
            "The system killed the proxy (SIGKILL), usually because it ran out of memory. Give "
            "the container or the unit more memory, such as 2 GB, and start one worker. docker "
            "inspect shows OOMKilled: true in that case. If it shows false, somebody stopped "
            "the proxy and it did not exit in time. If memory grows for days, make the worker "
            "restart after a number of requests.",
            "mem_limit: 2g                                   # Compose file, the proxy's service\n"
            'command: ["--config", "/app/config.yaml", "--num_workers", "1",\n'
            '          "--max_requests_before_restart", "10000"]',
            ("docker stats --no-stream",),
        ),
        "command": Advice(
            "LiteLLM rejects an option on its command line, which the text names. In a Compose "
            "file, write each word of `command` as a separate item, and do not repeat the command "
            "litellm itself:",
            'command: ["--config", "/app/config.yaml", "--port", "4000"]',
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"to bind on address \('(?P<host>[^']{1,60})', (?P<port>\d{1,5})\b",
            unless=r", (?:8188|7860|8501|8888|11434)\b",
            advice="port",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"\b4000\b.{0,90}in a way forbidden|in a way forbidden.{0,80}\b4000",
            advice="reserved",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"\[(?:Errno|WinError) (?:48|98|10048)\]",
            unless=r"', (?!4\d{3}|8000)\d{2,5}\b",
            alone=True,
            advice="port",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"\b(?P<port>4000)\b",
            "already (?:in use|allocated)|connection in use|EADDRINUSE",
            advice="port",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"exited (?:with code |\()137|OOMKilled|SIGKILL|9/KILL|OOM killer"
            r"|out of memory: Killed",
            by="litellm",
            advice="memory",
        ),
        rule(
            "likely",
            "LiteLLM",
            "Try 'litellm --help' for help|Usage: litellm |--validate_config requires"
            "|-ssl_certfile_path and|differ from --port",
            advice="command",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"litellm.{0,60}(?:exited with code [1-9]|is unhealthy|is restarting)"
            r"|proxy refused to start|import module .litellm\.",
            unless="code 137",
        ),
        rule(
            "possible",
            "LiteLLM",
            r"Application startup failed|proxy_cli\.py', line \d{1,5}, in run_server",
        ),
        rule(
            "possible",
            "LiteLLM",
            "sent SIGKILL! Perhaps out of memory|exited with code 137",
            advice="memory",
        ),
        rule(
            "possible",
            "LiteLLM",
            r"\b4000\b|WinError 10013",
            r"being used by|is taken|failed to bind|Can't connect to \(|in a way forbidden",
            advice="port",
        ),
    ),
)
