"""The API and the URL of a provider that leads to the proxy."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.compose import Compose
from clawdoctor.finding import Applicability, Fix
from clawdoctor.run.situation import DEFAULT_PORT, Situation
from clawdoctor.source.change import put
from clawdoctor.source.node import Node

API = "openai-completions"


def declare_api(provider: Node, applicability: Applicability = "safe") -> Fix:
    """Return the fix that sets the API of every LiteLLM proxy, if the provider has no `api`."""
    missing = provider.get("api") is None
    return Fix(
        title=f'add api: "{API}" to the provider',
        applicability=applicability if missing else "manual",
        snippet=f'api: "{API}",',
        actions=(CHECK_AGAIN,),
        changes=put(provider, "/api", API) if missing else (),
    )


def proxy_url(situation: Situation, compose: Compose | None) -> str:
    """Return the base URL where the proxy of this chain probably listens."""
    if situation.proxy_url:
        return f"{situation.proxy_url.rstrip('/').removesuffix('/v1')}/v1"
    service = compose.proxy if compose is not None else None
    published = [port.host for port in service.ports if port.host] if service is not None else []
    return f"http://localhost:{published[0] if published else DEFAULT_PORT}/v1"
