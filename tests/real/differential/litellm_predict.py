"""What clawdoctor predicts for a case of the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.proxy_packages import ProxyPackages
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm import Upstream, upstream
from clawdoctor.wire.request import Api, HopRequest
from clawdoctor.wire.startup import Startup, startup

CONFIG = "litellm_config.yaml"
BARE = ProxyPackages("/opt/litellm", complete=True, sure=True)
"""What `pip install 'litellm[proxy]'` gives: none of the packages that callbacks need."""
_APIS: Mapping[str, Api] = {
    "/chat/completions": "chat",
    "/responses": "responses",
    "/embeddings": "embeddings",
}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What clawdoctor predicts: the start, and what becomes of each request.

    `unavailable` is set if clawdoctor cannot interpret the config. It then predicts no start.
    """

    unavailable: str | None
    startup: Startup | None = None
    requests: tuple[Upstream, ...] = ()


def predict(case: Mapping[str, Any], version: str, folder: Path) -> Prediction:
    """Return what clawdoctor predicts for a case of the oracle. `folder` takes the case's files."""
    for path, text in case["files"].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    situation = Situation(
        cwd=str(folder),
        home=str(folder / "home"),
        environ={
            "PATH": "/nonexistent",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # as the oracle sets it
            **case["environ"],
        },
        litellm_config=CONFIG,
    )
    facts = Facts(loaders(situation), SUBJECTS, depth="offline")
    config, environment = facts.get(LiteLLMConfig), facts.get(Environment)
    if not isinstance(config, LiteLLMConfig):
        return Prediction(config.reason if isinstance(config, Unavailable) else "absent")
    assert isinstance(environment, Environment)
    requests = tuple(
        upstream(_hop(request), config, environment, version) for request in case["requests"]
    )
    return Prediction(None, startup(config, environment, version, BARE), requests)


def _hop(request: Mapping[str, Any]) -> HopRequest:
    return HopRequest(
        sender="openclaw",
        api=_APIS.get(request["path"].removeprefix("/v1"), "other"),
        origin="http://127.0.0.1:4000",
        path=request["path"],
        query={},
        headers={"authorization": Secret("Bearer of-the-caller"), **request.get("headers", {})},
        body=request["body"],
    )
