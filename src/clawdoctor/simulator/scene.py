"""A complete chain on loopback: the files of a folder, a proxy with these files, and Azure.

A table, usually from a TOML file, describes a scene:

    environ = {AZURE_OPENAI_API_KEY = "...", LITELLM_MASTER_KEY = "sk-..."}
    names_found = false          # no name lookup succeeds, not even of well-known names
    addresses = {"litellm.lan" = ["127.0.0.1"]}    # the addresses of other names
    [proxy]                      # without this table no proxy runs
    at = "http://localhost:4000"
    version = "1.106.2"
    answers = "litellm"          # or "page": another program uses the port
    config = "running.yaml"      # the file of the running proxy, if not litellm_config.yaml
    master_key = "sk-..."        # if not that of the file or the environment
    environ = {NAME = "..."}     # its own variables, where they differ
    [azure.contoso-ai]           # https://contoso-ai.openai.azure.com, unless `at` is given
    key = "..."
    access = "open"
    deployments = {gpt52-prod = "gpt-5.2"}
    newer_versions = ["..."]     # api-versions that it accepts besides those in the tables
    retires = {"gpt-5.2" = 2026-12-20}

A deployment can be a table too: `{model = "o3", thinks = 200}` (see AzureDeployment).

Proxy and Azure accept `outage = "timeout"` (see simulator.outage) and `scripted` answers (see
simulator.script). An outage of Azure affects the proxy too, unless `reached = "by the proxy"`.
Nothing in a scene waits: sleeping only advances its clock.

The real client uses the hosts in the files; a transport directs it to the loopback sockets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.router import fallbacks_of, is_accepted, own_deployments, requested_name
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.probes.client import Network
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation
from clawdoctor.simulator import azure, proxy, script
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request, Response, network, text_response
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.simulator.scripted import scripted_first
from clawdoctor.simulator.serve import Handler, serving
from clawdoctor.simulator.transport import Lanes, transport
from clawdoctor.source.secret import Secret
from clawdoctor.wire.resolved import proxy_settings, served
from clawdoctor.wire.served import ServedDeployment

Table = Mapping[str, Any]
_PAGE = "<!DOCTYPE html><html><head><title>Error response</title></head><body></body></html>"


@dataclass(frozen=True, slots=True)
class Scene:
    """A running chain. `network` connects a client to it; `requests` holds those of each server."""

    situation: Situation
    network: Network
    requests: Mapping[str, list[Request]] = field(default_factory=dict)


@contextmanager
def scene(description: Table, situation: Situation) -> Iterator[Scene]:
    """Run the servers of a description for the files that a situation finds."""
    with ExitStack() as stack:
        requests: dict[str, list[Request]] = {}
        azures = {row.get("at", _azure_url(name)): (name, row) for name, row in _rows(description)}
        resources = {origin: azure.handler(_resource(*named)) for origin, named in azures.items()}
        servers: dict[str, Handler] = dict(resources)
        rows = {origin: row for origin, (_, row) in azures.items()}
        clock = _Clock()
        running = description.get("proxy")
        if running is not None:
            proxy_origin = running.get("at", "http://localhost:4000")
            reachable = {
                origin: resources[origin] for origin, row in rows.items() if _is_reached(row)
            }
            servers[proxy_origin] = _proxy_handler(running, situation, reachable, clock)
            rows[proxy_origin] = running
        outages = {origin: row["outage"] for origin, row in rows.items() if "outage" in row}
        sockets = {
            origin: stack.enter_context(serving(handler, requests=requests.setdefault(origin, [])))
            for origin, handler in servers.items()
            if origin not in outages
        }
        cuts = {
            origin: tuple(script.outages(row.get("scripted", ()))) for origin, row in rows.items()
        }
        lanes = transport(Lanes(sockets, outages, cuts))
        stack.callback(lanes.close)
        found = description.get("names_found", True)
        known: Mapping[str, list[str]] = description.get("addresses", {})
        network = Network(
            lambda: lanes, lambda _: found, lambda host: tuple(known.get(host, ())), clock.sleep
        )
        yield Scene(situation, network, requests)


class _Clock:
    """The time in a scene, in seconds. Sleeping advances it without waiting."""

    def __init__(self) -> None:
        self._slept = 0.0

    def now(self) -> float:
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        self._slept += seconds


def _is_reached(row: Table) -> bool:
    return "outage" not in row or row.get("reached") == "by the proxy"


def _azure_url(name: str) -> str:
    return f"https://{name}.openai.azure.com"


def _rows(description: Table) -> Iterable[tuple[str, Table]]:
    rows: Mapping[str, Table] = description.get("azure", {})
    return rows.items()


def _resource(name: str, row: Table) -> AzureResource:
    return AzureResource(
        name,
        row.get("key", ""),
        {
            deployment: _deployment(model)
            for deployment, model in row.get("deployments", {}).items()
        },
        access=row.get("access", "open"),
        lists_deployments=row.get("lists_deployments", True),
        api_versions=(*table("azure")["dated"], *row.get("newer_versions", ())),
        scripted=tuple(script.scripted(row.get("scripted", ()))),
        retires={model: _unix(day) for model, day in row.get("retires", {}).items()},
    )


def _deployment(written: str | Table) -> AzureDeployment:
    if isinstance(written, str):
        return AzureDeployment(written)
    return AzureDeployment(**{**written, "blocks": tuple(written.get("blocks", ()))})


def _unix(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _page(request: Request) -> Response:
    del request
    return text_response(404, _PAGE, {"server": "SimpleHTTP/0.6 Python/3.12"}, kind="text/html")


def _proxy_handler(
    running: Table, situation: Situation, behind: Mapping[str, Handler], clock: _Clock
) -> Handler:
    """Return the handler at the proxy's address. Scripted answers come first."""
    served: Handler = _page
    if running.get("answers") != "page" and "outage" not in running:
        served = proxy.handler(_proxy(running, situation), network(behind), clock=clock.now)
    return scripted_first(tuple(script.scripted(running.get("scripted", ()))), served)


def _proxy(running: Table, situation: Situation) -> LiteLLMProxy:
    """Return the proxy with the file that it was started with."""
    environ = {**situation.environ, **running.get("environ", {})}
    started = replace(situation, environ=environ)
    if "config" in running:
        started = replace(started, litellm_config=running["config"])
    facts = Facts(loaders(started), SUBJECTS)
    config, environment = facts.get(LiteLLMConfig), facts.get(Environment)
    assert isinstance(config, LiteLLMConfig), "the proxy of a scene needs a config that it can read"
    assert isinstance(environment, Environment)
    groups: dict[str, tuple[ServedDeployment, ...]] = {}
    for deployment in config.deployments:
        groups[deployment.group] = (
            *groups.get(deployment.group, ()),
            served(deployment, environment.proxy),
        )
    for alias, target in config.aliases.items():
        node = config.root.at(f"/router_settings/model_group_alias/{alias}")
        if target in groups and node is not None and node.get("hidden") is None:
            groups[alias] = groups[target]
    version = running.get("version", "1.106.2")
    shared = proxy_settings(config, environment, version)
    return LiteLLMProxy(
        groups,
        version=version,
        master_key=running.get("master_key")
        or _revealed(config.master_key.resolved)
        or environ.get("LITELLM_MASTER_KEY"),
        has_prisma=running.get("has_prisma", False),
        drop_params=shared.drop_params,
        settings=shared.settings,
        variables=shared.variables,
        route=lambda name: _routed(config, environment, name),
        fallbacks=lambda name: fallbacks_of(config, name),
    )


def _revealed(key: Secret | None) -> str | None:
    return key.reveal() if key is not None else None


def _routed(
    config: LiteLLMConfig, environment: Environment, name: str
) -> tuple[ServedDeployment, ...] | None:
    """Return the deployments of a name that is not a group, or None if LiteLLM does not know it."""
    if not is_accepted(config, name):
        return None
    found = own_deployments(config, requested_name(config, name))
    return tuple(served(item, environment.proxy) for item in found)


def installed(prefix: Path, versions: Mapping[str, str]) -> str:
    """Install stubs of programs the way npm and pip do, and return the PATH to them."""
    programs = prefix / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    if "openclaw" in versions:
        package = prefix / "lib/node_modules/openclaw"
        package.mkdir(parents=True)
        (package / "package.json").write_text(
            json.dumps({"name": "openclaw", "version": versions["openclaw"]})
        )
        (package / "openclaw.mjs").write_text("")
        (package / "openclaw.mjs").chmod(0o755)
        (programs / "openclaw").symlink_to(package / "openclaw.mjs")
    if "litellm" in versions:
        packages = prefix / "lib/python3.11/site-packages"
        (packages / f"litellm-{versions['litellm']}.dist-info").mkdir(parents=True)
        (programs / "litellm").write_text("")
        (programs / "litellm").chmod(0o755)
    return str(programs)
