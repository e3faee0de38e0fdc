"""Health checks send paid requests to every model around the clock.

What it means
-------------
LiteLLM answers GET /health by calling each deployment. As a container's health check, it makes
these calls every few seconds, at your cost and against your rate limits. /health also needs the
master key. Without the key it returns an error, and the container never becomes healthy.

With `background_health_checks: true`, LiteLLM makes these calls itself, every 300 seconds unless
`health_check_interval` says otherwise, and answers /health from their results.

Why it happens
--------------
Most servers use /health for health checks. LiteLLM's counterpart is /health/liveliness, which is
free and needs no key.

How to fix it
-------------
Use /health/liveliness:

    healthcheck:
      test: ["CMD-SHELL", "python3 -c \\"import urllib.request as u; \\
        u.urlopen('http://localhost:4000/health/liveliness')\\""]

To exclude a deployment from LiteLLM's background checks:

    model_info:
      disable_background_health_check: true

Versions
--------
All versions of LiteLLM up to 1.110.2. The background checks were tested with 1.106.2, 1.108.7 and
1.110.2.

References
----------
https://docs.litellm.ai/docs/proxy/health
https://github.com/BerriAI/litellm/issues/9576
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import start_service
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.check import Check
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.probes.proxy import ALIVE_PATH
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node

_PAID = regex(r"(?<=[\w}\]])/health/?(?=$|[\s\"'?);|&\\])")
_FREE_URL = regex(rf"https?://[\w.:\-\[\]]+{ALIVE_PATH}")
_DEFAULT_INTERVAL = "30s"
_BACKGROUND = "/general_settings/background_health_checks"
_DEFAULT_SECONDS = 300


def check(compose: Compose | Absent, litellm: LiteLLMConfig | None) -> Iterator[Finding]:
    """Report background checks of deployments, or a health check that calls the paid route."""
    background = litellm.root.at(_BACKGROUND) if litellm is not None else None
    if litellm is not None and background is not None and background.value:
        yield from _background_findings(litellm)
        return  # LiteLLM answers /health from the results
    if isinstance(compose, Compose) and compose.proxy is not None:
        yield from _route_findings(compose, compose.proxy)


def _background_findings(litellm: LiteLLMConfig) -> Iterator[Finding]:
    interval = litellm.root.at("/general_settings/health_check_interval")
    seconds = _DEFAULT_SECONDS if interval is None else interval.value
    if not isinstance(seconds, int) or seconds <= 0:
        return  # LiteLLM then makes no checks
    checked = [deployment for deployment in litellm.deployments if _is_checked(deployment, litellm)]
    if not checked:
        return
    count = len(checked)
    yield Finding(
        severity=Severity.WARNING,
        message=(
            f"LiteLLM sends a paid request to {count} deployment{'s' if count > 1 else ''} "
            f"every {seconds} s as a background health check"
        ),
        detail=(
            "LiteLLM makes these calls from the moment it starts, even if nothing requests /health."
        ),
        place=litellm.place(_BACKGROUND, "calls every model"),
        consequence="health checks use up tokens and rate limits",
        fixes=(
            Fix(
                title="in litellm_config.yaml, exclude deployments from the background health "
                "checks",
                snippet="model_info:\n  disable_background_health_check: true",
                actions=(Step("Add these lines to each deployment that LiteLLM should not check"),),
            ),
        ),
    )


def _is_checked(deployment: Deployment, litellm: LiteLLMConfig) -> bool:
    disabled = litellm.root.at(f"{deployment.pointer}/model_info/disable_background_health_check")
    groups = litellm.root.at("/general_settings/background_health_check_model_groups")
    if groups is not None and groups.items:
        named = {item.value for item in groups.items}
        if deployment.group not in named:
            return False
    return disabled is None or not disabled.value


def _route_findings(compose: Compose, service: Service) -> Iterator[Finding]:
    block = service.node.get("healthcheck")
    test = block.get("test") if block is not None else None
    if block is None or test is None or _is_off(block, test):
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
            message=(
                f"the health check of {service.name} requests /health, which calls every model"
            ),
            detail=(
                f"Each check, every {often}, sends a paid request to each deployment. Without "
                f"the master key, it gets a 401 instead. {ALIVE_PATH} is free and needs no key."
            ),
            place=compose.place(pointer, "calls every model"),
            consequence="health checks use up tokens and rate limits",
            fixes=(
                Fix(
                    title=f"use {ALIVE_PATH}",
                    applicability="manual" if service.by_hand else "safe",
                    changes=() if service.by_hand else (Put(node, better),),
                    snippet=url[0] if url else ALIVE_PATH,
                    actions=(start_service(service),),
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
