"""Commands to run next, and where Azure's portal shows the right values."""

from __future__ import annotations

import shlex

from clawdoctor.chain.compose import Compose

PORTAL_ENDPOINT = "Azure Portal > your Azure OpenAI resource > Overview > Endpoint"
PORTAL_DEPLOYMENTS = "Azure Portal > your Azure OpenAI resource > Model deployments > Name"
PORTAL_KEYS = "Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1"


def restart_proxy(config: str, compose: object = None) -> str:
    """Return the command that starts the proxy with a config or restarts its Compose service."""
    if isinstance(compose, Compose) and compose.proxy is not None:
        return f"docker compose up -d --force-recreate {shlex.quote(compose.proxy.name)}"
    return f"litellm --config {shlex.quote(config)} --port 4000"


def check_again(*codes: str) -> str:
    """Return the command that shows whether a fix worked."""
    return f"clawdoctor run --select {','.join(codes)}" if codes else "clawdoctor run"
