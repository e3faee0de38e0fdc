"""A whole chain on loopback: the files of a folder, a proxy that runs them, Azure behind it.

A scene is described by a table, as a TOML file has it:

    environ = {AZURE_OPENAI_API_KEY = "...", LITELLM_MASTER_KEY = "sk-..."}
    names_found = false          # no name is looked up here, not even one that always exists
    addresses = {"litellm.lan" = ["127.0.0.1"]}    # what other names lead to
    [proxy]                      # no proxy runs where this is missing
    at = "http://localhost:4000"
    version = "1.106.2"
    answers = "litellm"          # or "page": something else holds the port
    config = "running.yaml"      # the file it was started with, if not litellm_config.yaml
    master_key = "sk-..."        # if not the file's, or the environment's
    [azure.contoso-ai]           # https://contoso-ai.openai.azure.com, if there is no `at`
    key = "..."
    access = "open"
    deployments = {gpt52-prod = "gpt-5.2"}
    newer_versions = ["..."]     # api-versions that it takes besides those in the tables

Both take `outage = "timeout"` (see simulator.outage), and answers that are set: `scripted =
[{method = "GET", path = "/openai/models", refusal = "tokens_classic"}]`, or `status`, `body`,
`type` and `headers` for one that Azure does not give.

The real client asks the hosts that the files name; a transport leads it to the loopback sockets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_call import ProxyDeployment, configured
from clawdoctor.chain.situation import Situation
from clawdoctor.facts import Facts
from clawdoctor.knowledge import table
from clawdoctor.probes.http import Way
from clawdoctor.simulator import azure, proxy
from clawdoctor.simulator.azure import AzureDeployment, AzureResource, Scripted
from clawdoctor.simulator.azure_answers import refusal
from clawdoctor.simulator.message import Request, Response, network, text_response
from clawdoctor.simulator.outage import Outage, exception_of
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.simulator.serve import Handler, serving
from clawdoctor.wiring import SUBJECTS, loaders

if TYPE_CHECKING:
    import httpx

Table = Mapping[str, Any]
_PAGE = "<!DOCTYPE html><html><head><title>Vite + React</title></head><body></body></html>"


@dataclass(frozen=True, slots=True)
class Scene:
    """A chain that is up. `way` leads a client into it; `heard` is what each server was asked."""

    situation: Situation
    way: Way
    heard: Mapping[str, list[Request]] = field(default_factory=dict)


@contextmanager
def scene(description: Table, situation: Situation) -> Iterator[Scene]:
    """Serve what a description says, for the files that a situation finds."""
    with ExitStack() as stack:
        heard: dict[str, list[Request]] = {}
        azures = {row.get("at", _azure(name)): (name, row) for name, row in _rows(description)}
        resources = {at: azure.handler(_resource(*named)) for at, named in azures.items()}
        servers: dict[str, Handler] = dict(resources)
        outages = {at: row["outage"] for at, (_, row) in azures.items() if "outage" in row}
        running = description.get("proxy")
        if running is not None:
            at = running.get("at", "http://localhost:4000")
            servers[at] = _proxy_handler(running, situation, resources)
            outages |= {at: running["outage"]} if "outage" in running else {}
        lanes = {
            at: stack.enter_context(serving(handler, heard=heard.setdefault(at, [])))
            for at, handler in servers.items()
            if at not in outages
        }
        found = description.get("names_found", True)
        transport = _transport(lanes, outages)
        stack.callback(transport.close)
        known: Mapping[str, list[str]] = description.get("addresses", {})
        way = Way(lambda: transport, lambda _: found, lambda host: tuple(known.get(host, ())))
        yield Scene(situation, way, heard)


def _azure(name: str) -> str:
    return f"https://{name}.openai.azure.com"


def _rows(description: Table) -> Iterable[tuple[str, Table]]:
    rows: Mapping[str, Table] = description.get("azure", {})
    return rows.items()


def _resource(name: str, row: Table) -> AzureResource:
    return AzureResource(
        name,
        row.get("key", ""),
        {one: AzureDeployment(model) for one, model in row.get("deployments", {}).items()},
        access=row.get("access", "open"),
        lists_deployments=row.get("lists_deployments", True),
        api_versions=(*table("azure")["dated"], *row.get("newer_versions", ())),
        scripted=tuple(_scripted(row.get("scripted", ()))),
    )


def _scripted(rows: Iterable[Table]) -> Iterator[Scripted]:
    for row in rows:
        answer = refusal(row["refusal"]) if "refusal" in row else _answer(row)
        yield Scripted(row.get("method", "GET"), row["path"], answer, row.get("times"))


def _answer(row: Table) -> Response:
    kind = row.get("type", "text/plain")
    return text_response(row["status"], row.get("body", ""), row.get("headers"), kind=kind)


def _page(request: Request) -> Response:
    del request
    return text_response(404, _PAGE, {"server": "SimpleHTTP/0.6 Python/3.12"}, kind="text/html")


def _proxy_handler(running: Table, situation: Situation, behind: Mapping[str, Handler]) -> Handler:
    """What answers where the proxy is expected, the answers that are set first."""
    served: Handler = _page
    if running.get("answers") != "page" and "outage" not in running:
        served = proxy.handler(_proxy(running, situation), network(behind))
    scripted = tuple(_scripted(running.get("scripted", ())))

    def handle(request: Request) -> Response:
        fitting = next((one.response for one in scripted if one.fits(request)), None)
        return fitting or served(request)

    return handle


def _proxy(running: Table, situation: Situation) -> LiteLLMProxy:
    """The proxy as the file that it was started with makes it."""
    started = situation
    if "config" in running:
        started = replace(situation, litellm_config=running["config"])
    config = Facts(loaders(started), SUBJECTS).get(LiteLLMConfig)
    assert isinstance(config, LiteLLMConfig), "the proxy of a scene needs a config that it can read"
    groups: dict[str, tuple[ProxyDeployment, ...]] = {}
    for one in config.deployments:
        groups[one.group] = (*groups.get(one.group, ()), configured(one))
    for alias, target in config.aliases.items():
        node = config.root.at(f"/router_settings/model_group_alias/{alias}")
        if target in groups and node is not None and node.get("hidden") is None:
            groups[alias] = groups[target]
    drop = config.root.at("/litellm_settings/drop_params")
    return LiteLLMProxy(
        groups,
        version=running.get("version", "1.106.2"),
        master_key=running.get("master_key")
        or config.master_key.resolved
        or situation.environ.get("LITELLM_MASTER_KEY"),
        has_prisma=running.get("has_prisma", False),
        drop_params=drop is not None and drop.value is True,
    )


def _transport(lanes: Mapping[str, str], outages: Mapping[str, Outage]) -> httpx.BaseTransport:
    """Leads each origin to its loopback socket. Elsewhere nobody listens, and no name is found."""
    import httpx

    class Lanes(httpx.BaseTransport):
        def __init__(self) -> None:
            self._inner = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            url = request.url
            port = f":{url.port}" if url.port is not None else ""
            origin = f"{url.scheme}://{url.host}{port}"
            if origin in lanes:
                request.url = httpx.URL(lanes[origin]).copy_with(raw_path=url.raw_path)
                return self._inner.handle_request(request)
            nobody: Outage = "refused" if url.host in ("localhost", "127.0.0.1") else "dns"
            raise exception_of(outages.get(origin, nobody))

        def close(self) -> None:
            self._inner.close()

    return Lanes()


def installed(prefix: Path, versions: Mapping[str, str]) -> str:
    """A PATH on which programs of these versions are installed, as npm and pip leave them."""
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
