"""The services that run LiteLLM and OpenClaw: by command, image, build, files and name."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from clawdoctor.chain.compose.command import program_of
from clawdoctor.chain.compose.meant_config import lists_models
from clawdoctor.chain.compose.service import Service
from clawdoctor.deferred import regex

_LITELLM_IMAGES = ("litellm", "litellm-database", "litellm-non_root", "litellm-spend_logs")
_OPENCLAW = ("openclaw", "clawdbot", "moltbot")
_COMPANION = regex(
    r"postgres|redis|valkey|mysql|maria|mongo|nginx|caddy|traefik|envoy|haproxy|prometheus|grafana"
    r"|otel|jaeger|loki|cloudflared|tailscale|adminer|pgadmin|exporter|curl|busybox|alpine"
    r"|browser|chrom|sandbox|clickhouse|minio|watchtower|mock|sidecar|backup|migrat|webui|dashboard"
)
"""Images and names of programs that run beside another, often with its name: `litellm-db`."""
_ROLES = frozenset(
    {"proxy", "gateway", "server", "service", "svc", "app", "api", "router", "main", "agent", "bot"}
    | {"cli", "node", "prod", "dev", "local", "1", "2", "container"}
)
"""What can follow a program's name in the name of its service."""
_CERTAIN, _PROBABLE, _BY_NAME = 4, 3, 1


def litellm_rank(service: Service) -> int:
    """Return how certainly a service runs LiteLLM's proxy, or 0 without any sign of it."""
    program = program_of(service.command)
    if program == "litellm" or "litellm" in map(os.path.basename, service.command[:3]):
        return _CERTAIN
    if service.last_name in _LITELLM_IMAGES:
        return _CERTAIN
    if _builds(service, "litellm", _LITELLM_IMAGES):
        return _CERTAIN
    if service.option("--config", "-c") is not None and lists_models(service.config_path):
        return _PROBABLE
    image = (service.image or "").partition("@")[0]
    if "litellm" in service.last_name or "/litellm" in image:
        return 0 if _COMPANION.search(service.last_name) else _BY_NAME + 1
    return _BY_NAME if _is_named(service, ("litellm",)) else 0


def openclaw_rank(service: Service) -> int:
    """Return how certainly a service runs OpenClaw's gateway, or 0 without any sign of it."""
    rank = _openclaw_rank(service)
    words = {*service.command, *re.split(r"[-_]", service.name)}
    gateway = "gateway" in words
    helper = bool({"cli", "onboard", "setup", "configure", "doctor", "init"} & words)
    return 0 if not rank else 2 * rank + gateway - (helper and not gateway)


def _openclaw_rank(service: Service) -> int:
    if program_of(service.command) in _OPENCLAW or any(
        name in map(os.path.basename, service.command[:2]) for name in _OPENCLAW
    ):
        return _CERTAIN
    if service.last_name in _OPENCLAW:
        return _CERTAIN
    if _builds(service, "openclaw", _OPENCLAW):
        return _CERTAIN
    if any(name in service.last_name for name in _OPENCLAW):
        return 0 if _COMPANION.search(service.last_name) else _PROBABLE
    if any(mount.target.endswith(("/.openclaw", "/openclaw.json")) for mount in service.mounts):
        return 0 if _COMPANION.search(service.last_name) else _PROBABLE
    return _BY_NAME if _is_named(service, _OPENCLAW) else 0


def _builds(service: Service, package: str, images: Collection[str]) -> bool:
    """Return whether a service builds on a program's own image, or installs its package."""
    if service.build is None:
        return False
    base = service.build.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return base.casefold() in images or package in service.build.installed


def _is_named(service: Service, names: tuple[str, ...]) -> bool:
    """Return whether a service or its container is named after a program and runs no other."""
    if _COMPANION.search(service.last_name):
        return False
    for called in (service.name, service.node.text("container_name") or ""):
        words = re.split(r"[-_.]", called.casefold())
        found = [index for index, word in enumerate(words) if word in names]
        if found and _ROLES.issuperset(words[found[-1] + 1 :]):
            return True
    return False
