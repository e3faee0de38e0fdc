"""The proxies on this machine that belong to this chain: LiteLLM processes and services.

A proxy belongs to it if it listens on the port of a baseUrl that an agent uses (or of
`--proxy-url`), or if it was started with the LiteLLM config of this run. All others are ignored:
their settings, environment and ports say nothing about this chain.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.compose import Compose, load_compose
from clawdoctor.chain.environment import Environment, openclaw_variables
from clawdoctor.chain.gateway import user_units
from clawdoctor.chain.litellm_file import find_litellm_config
from clawdoctor.chain.openclaw import load_openclaw_config
from clawdoctor.chain.openclaw_file import OpenClawFile, choose_openclaw_config, load_openclaw_file
from clawdoctor.chain.unit import ProxyUnits, proxy_process, read_agents, read_units
from clawdoctor.deferred import regex
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Process, Situation
from clawdoctor.source.read import Unreadable, read_text

_URL = regex(r"https?://[^\s\"'/]{1,253}")
_THIS_MACHINE = "host.docker.internal"


def processes_of_chain(situation: Situation) -> tuple[Process, ...]:
    """Return the LiteLLM processes that belong to this chain."""
    if not situation.processes:
        return ()
    compose = _compose(situation)
    ports, config = used_ports(situation, compose), _config(situation, compose)
    return tuple(
        process
        for process in situation.processes
        if process.ports & ports or runs_config(process, config)
    )


def runs_config(process: Process, path: str | None) -> bool:
    """Return whether a proxy was started with this config."""
    return _is_same_file(process.config_path, path)


def load_proxy_units(situation: Situation, compose: Compose | None) -> ProxyUnits:
    """Return the LiteLLM services of this chain. A service with its config comes first."""
    home = situation.home
    units = (
        *read_units(user_units(situation), "litellm", home),
        *read_agents(f"{home}/Library/LaunchAgents", "litellm", home),
    )
    starting = [(unit, process) for unit in units if (process := proxy_process(unit)) is not None]
    if not starting:
        return ProxyUnits(())
    ports, config = used_ports(situation, compose), _config(situation, compose)
    with_config = [u for u, process in starting if runs_config(process, config)]
    on_port = [u for u, process in starting if process.ports & ports and u not in with_config]
    return ProxyUnits((*with_config, *on_port))


def used_ports(situation: Situation, compose: Compose | None) -> frozenset[int]:
    """Return the ports on this machine that OpenClaw or `--proxy-url` sends requests to."""
    agent = compose.openclaw if compose is not None else None
    in_container = agent is not None and not agent.host_network
    urls = _used_urls(situation, compose)
    local = [url for url in urls if _names_this_machine(url, in_container=in_container)]
    if situation.proxy_url and _names_this_machine(situation.proxy_url):
        local.append(situation.proxy_url)
    return frozenset(port for url in local if (port := port_of(_with_scheme(url))) is not None)


def _names_this_machine(url: str, *, in_container: bool = False) -> bool:
    """Return whether a URL leads to this machine. In a container, localhost is the container."""
    host = host_of(_with_scheme(url))
    return host == _THIS_MACHINE or (is_loopback(host) and not in_container)


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _used_urls(situation: Situation, compose: Compose | None) -> Iterator[str]:
    """Yield the baseUrl of each provider that an agent uses, or of all if agents name none."""
    found = choose_openclaw_config(situation, compose)
    if isinstance(found, Absent):
        return
    file = load_openclaw_file(situation, found)
    if not isinstance(file, OpenClawFile):
        text = read_text(Path(found.path))
        yield from () if isinstance(text, Unreadable) else _URL.findall(text.content)
        return
    variables = openclaw_variables(situation, file, compose)
    config = load_openclaw_config(file, Environment(variables, variables))
    named = {ref.provider for ref in config.refs}
    named |= {model.partition("/")[0] for model in situation.models}
    for provider in config.providers:
        if provider.id in named or not named:
            yield provider.base_url.resolved or ""


def _compose(situation: Situation) -> Compose | None:
    compose = load_compose(situation)
    return compose if isinstance(compose, Compose) else None


def _config(situation: Situation, compose: Compose | None) -> str | None:
    """Return the LiteLLM config that this run reads, regardless of what runs on this machine."""
    found = find_litellm_config(replace(situation, processes=()), compose, None)
    return None if isinstance(found, Absent) else found.path


def _is_same_file(path: str | None, other: str | None) -> bool:
    if path is None or other is None:
        return False
    return path == other or os.path.realpath(path) == os.path.realpath(other)
