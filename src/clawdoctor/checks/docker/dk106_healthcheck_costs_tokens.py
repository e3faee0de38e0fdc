"""The container's health check asks /health, which sends a paid request to every model.

What it means
-------------
GET /health of LiteLLM makes a call to each deployment to see whether it answers. As a container's
health check it does so every few seconds, day and night, at your cost and against your rate limits.
It wants the master key too: without it the answer is 401, and a check that looks at the answer
never finds the container healthy.

Why it happens
--------------
/health is what most servers use for this. LiteLLM's counterpart is /health/liveliness: free, and
open without a key.

How to fix it
-------------
Ask /health/liveliness:

    healthcheck:
      test: ["CMD-SHELL", "python3 -c \\"import urllib.request as u; \\
        u.urlopen('http://localhost:4000/health/liveliness')\\""]

Versions
--------
All versions of LiteLLM up to 1.109.1.

References
----------
https://docs.litellm.ai/docs/proxy/health
https://github.com/BerriAI/litellm/issues/9576
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from clawdoctor.chain.advice import start_service
from clawdoctor.chain.compose import Compose
from clawdoctor.check import Check
from clawdoctor.finding import Edit, Finding, Fix, Severity
from clawdoctor.probes.proxy import ALIVE_PATH
from clawdoctor.source.node import Node

_PAID = re.compile(r"(?<=[\w}\]])/health/?(?=$|[\s\"'?);|&\\])")
_FREE_URL = re.compile(rf"https?://[\w.:\-\[\]]+{ALIVE_PATH}")
_DEFAULT_INTERVAL = "30s"


def check(compose: Compose) -> Iterator[Finding]:
    """Report a health check of the proxy that calls its paid /health route."""
    service = compose.proxy
    block = service.node.get("healthcheck") if service is not None else None
    test = block.get("test") if block is not None else None
    if service is None or block is None or test is None or _is_off(block, test):
        return
    for pointer, node in _strings(f"{service.pointer}/healthcheck/test", test):
        match = _PAID.search(str(node.value))
        if match is None:
            continue
        better = _PAID.sub(ALIVE_PATH, str(node.value))
        url = _FREE_URL.search(better)  # the rest of the command can contain a key
        interval = block.get("interval")
        often = interval.value if interval is not None else _DEFAULT_INTERVAL
        yield Finding(
            severity=Severity.WARNING,
            message=f"the health check of {service.name} asks /health, which calls every model",
            detail=f"Each check, every {often}, is a paid request to each deployment. Without the "
            f"master key it is a 401 instead. {ALIVE_PATH} is free and needs no key.",
            place=compose.place(pointer, "calls every model"),
            consequence="health checks use up tokens and rate limits",
            fixes=(
                Fix(
                    title=f"ask {ALIVE_PATH}",
                    applicability="safe",
                    edits=(Edit(node.span, json.dumps(better, ensure_ascii=False)),),
                    snippet=url[0] if url else ALIVE_PATH,
                    actions=(start_service(service.name),),
                ),
            ),
        )
        return


def _is_off(block: Node, test: Node) -> bool:
    disable = block.get("disable")
    off = test.items and test.items[0].value == "NONE"
    return bool(off) or (disable is not None and disable.value is True)


def _strings(pointer: str, test: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(test.value, str):
        yield pointer, test
    for index, item in enumerate(test.items):
        if isinstance(item.value, str):
            yield f"{pointer}/{index}", item


CHECK = Check(
    code="DK106",
    name="healthcheck-costs-tokens",
    stage="docker",
    scope="advice",
    run=check,
    documentation=__doc__,
)
