"""Routes: the path of each OpenClaw model through LiteLLM to its Azure deployments.

A user's server that is not known to be LiteLLM ends a route. Providers of public services have no
routes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from clawdoctor.chain.azure_host import host_of, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.memory_search import OPENAI, MemorySearch
from clawdoctor.chain.openclaw import Model, ModelRef, OpenClawConfig, Provider, Purpose
from clawdoctor.chain.router import deployments_for
from clawdoctor.chain.sent_model import SentModel, sent_model
from clawdoctor.chain.target import OPENAI_APIS, Target, chain_providers, proxy_ports
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.deferred import dataclass
from clawdoctor.run.situation import Situation
from clawdoctor.run.triage import Usage


@dataclass(frozen=True, slots=True)
class Route:
    """The path of an OpenClaw model. It is in use if an agent or memory search names it.

    `model` is None if the provider does not list the id. `deployments` is empty if the proxy's
    config is unknown or has no such group.
    """

    id: str
    provider: Provider
    model_id: str
    model: Model | None
    target: Target
    refs: tuple[ModelRef, ...]
    deployments: tuple[Deployment, ...]

    @property
    def listed(self) -> str:
        """The id of the model in openclaw.json. `model_id` is the name in a request."""
        return self.id.removeprefix(f"{self.provider.id}/")

    @property
    def used_by(self) -> tuple[str, ...]:
        """The pointers of the settings that name the model."""
        return tuple(ref.pointer for ref in self.refs)

    @property
    def purpose(self) -> Purpose:
        """`embedding` if only memory search names the model."""
        searched = bool(self.refs) and all(ref.purpose == "embedding" for ref in self.refs)
        return "embedding" if searched else "chat"

    @property
    def name_pointer(self) -> str:
        """Where openclaw.json sets the name that the next program receives."""
        if self.model is not None and self.purpose == "chat":
            return f"{self.model.pointer}/id"
        return self.refs[0].pointer if self.refs else ""


@dataclass(frozen=True, slots=True)
class Group:
    """The deployments of a `model_name`."""

    id: str
    name: str
    deployments: tuple[Deployment, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The routes through both configs. `providers` lists those that lead to a target."""

    providers: tuple[tuple[Provider, Target], ...]
    routes: tuple[Route, ...]
    groups: tuple[Group, ...]
    deployments: tuple[Deployment, ...] = ()
    """The deployments of LiteLLM's file, with one per requested model for a wildcard."""
    usage: Mapping[str, Usage] = field(default_factory=dict)
    subject_routes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    chat_routes: tuple[Route, ...] = field(init=False, repr=False, compare=False)
    """The routes without those of memory search."""
    _by_provider: Mapping[str, list[Route]] = field(init=False, repr=False, compare=False)
    _by_deployment: Mapping[str, list[Route]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_provider: dict[str, list[Route]] = {}
        by_deployment: dict[str, list[Route]] = {}
        for route in self.routes:
            by_provider.setdefault(route.provider.id, []).append(route)
            for name in dict.fromkeys(deployment.id for deployment in route.deployments):
                by_deployment.setdefault(name, []).append(route)
        object.__setattr__(self, "_by_provider", by_provider)
        object.__setattr__(self, "_by_deployment", by_deployment)
        chat = tuple(route for route in self.routes if route.purpose == "chat")
        object.__setattr__(self, "chat_routes", chat)

    def reaching(self, deployment: Deployment, purpose: Purpose) -> tuple[Route, ...]:
        """Return the routes of one purpose that reach a deployment."""
        return tuple(
            route
            for route in self._by_deployment.get(deployment.id, ())
            if route.purpose == purpose and deployment in route.deployments
        )

    def embeds_only(self, deployment: Deployment) -> bool:
        """Return whether only memory search reaches a deployment."""
        searched = bool(self.reaching(deployment, "embedding"))
        return searched and not self.reaching(deployment, "chat")

    @property
    def proxy_providers(self) -> tuple[Provider, ...]:
        """The providers that lead to the proxy."""
        return tuple(provider for provider, target in self.providers if target == "proxy")

    @property
    def servers(self) -> tuple[tuple[Provider, Target], ...]:
        """The providers that lead to the proxy or to another server, with that target."""
        return tuple(item for item in self.providers if item[1] != "azure")

    def routes_of(self, provider: Provider) -> tuple[Route, ...]:
        """Return the routes through a provider."""
        return tuple(self._by_provider.get(provider.id, ()))

    def alternatives(self, route: Route) -> frozenset[str]:
        """Return the other models of a provider that an agent tries before or after a route's."""
        choices = {ref.choices for ref in route.refs}
        return frozenset(
            other.model_id
            for other in self.routes_of(route.provider)
            if other.id != route.id and not choices.isdisjoint(ref.choices for ref in other.refs)
        )


def load_chain(
    situation: Situation,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig | None,
    compose: Compose | None,
    installed: InstalledVersions,
) -> Chain:
    """Return the routes. The part for a missing config is empty."""
    ports = proxy_ports(situation, compose)
    groups = tuple(_groups(litellm))
    providers = tuple(chain_providers(openclaw, litellm, situation, ports))
    routes = tuple(_routes(openclaw, providers, litellm, situation.models, installed.versions))
    return Chain(
        providers=providers,
        routes=routes,
        groups=groups,
        deployments=tuple(_deployments(litellm, routes)),
        usage=dict(_usage(openclaw, routes, groups)),
        subject_routes=dict(_subject_routes(openclaw, routes, groups)),
    )


def _groups(config: LiteLLMConfig | None) -> Iterator[Group]:
    members: dict[str, list[Deployment]] = {}
    for deployment in config.deployments if config is not None else ():
        members.setdefault(deployment.group, []).append(deployment)
    for name, deployments in members.items():
        yield Group(f"group {name}", name, tuple(deployments))


def _deployments(config: LiteLLMConfig | None, routes: tuple[Route, ...]) -> Iterator[Deployment]:
    """Yield each deployment, and for a wildcard the deployments that serve the routes' models."""
    serving: dict[str, dict[str, Deployment]] = {}
    for route in routes:
        for deployment in route.deployments:
            if deployment.requested:
                serving.setdefault(deployment.pointer, {}).setdefault(deployment.id, deployment)
    for entry in config.deployments if config is not None else ():
        yield from serving.get(entry.pointer, {entry.id: entry}).values()


def _routes(
    config: OpenClawConfig | None,
    providers: tuple[tuple[Provider, Target], ...],
    proxy: LiteLLMConfig | None,
    named_by_option: tuple[str, ...],
    versions: Versions,
) -> Iterator[Route]:
    refs_to: dict[str | None, list[ModelRef]] = {}
    searches = config.memory_searches if config is not None else ()
    for ref in (*(config.refs if config is not None else ()), *_memory_refs(searches, providers)):
        refs_to.setdefault(ref.provider, []).append(ref)
    for provider, target in providers:
        refs: dict[str, list[ModelRef]] = {model.id: [] for model in provider.models}
        for ref in refs_to.get(provider.id, ()):
            refs.setdefault(_listed(provider, ref.model, versions), []).append(ref)
        for written in named_by_option:
            name, _, model = written.partition("/")
            if name == provider.id and model:
                refs.setdefault(model, [])
        entries = (
            sent_model(provider, listed, versions).model for listed, named in refs.items() if named
        )
        taken = {model.id for model in entries if model is not None}
        for listed, named in refs.items():
            if not named and listed in taken and f"{provider.id}/{listed}" not in named_by_option:
                continue  # an agent uses this entry under another name
            config_there = proxy if target == "proxy" else None
            sent, reached = _reached(provider, listed, config_there, versions)
            yield Route(
                id=f"{provider.id}/{listed}",
                provider=provider,
                model_id=sent.name,
                model=sent.model,
                target=target,
                refs=tuple(named),
                deployments=reached,
            )


def _listed(provider: Provider, written: str, versions: Versions) -> str:
    """Return the listed id that a ref means, or the ref if OpenClaw sends a different name."""
    sent = sent_model(provider, written, versions)
    model = sent.model
    same = model is not None and sent_model(provider, model.id, versions) == sent
    return model.id if model is not None and same else written


def _reached(
    provider: Provider, listed: str, proxy: LiteLLMConfig | None, versions: Versions
) -> tuple[SentModel, tuple[Deployment, ...]]:
    """Return the model and the name that a request has, and the deployments that it reaches.

    An unknown version may send the id as written, which counts if the proxy has it.
    """
    sent = sent_model(provider, listed, versions)
    found = deployments_for(proxy, sent.name) if proxy is not None else ()
    if sent.name == listed or found or proxy is None or versions.openclaw is not None:
        return sent, found
    written = deployments_for(proxy, listed)
    return (replace(sent, name=listed), written) if written else (sent, found)


def _memory_refs(
    searches: tuple[MemorySearch, ...], providers: tuple[tuple[Provider, Target], ...]
) -> Iterator[ModelRef]:
    """Yield a ref for each memory search that leads to a provider of the chain."""
    for search in searches:
        for provider, target in providers:
            if _searches_at(search, provider, target):
                key = search.api_key
                yield ModelRef(
                    search.written,
                    search.pointer,
                    search.node,
                    provider.id,
                    search.model,
                    "embedding",
                    own_key=key.state != "missing" and key.resolved != provider.api_key.resolved,
                    prefixed=search.prefixed,
                )
                break


def _searches_at(search: MemorySearch, provider: Provider, target: Target) -> bool:
    """Return whether memory search sends its requests where a provider leads."""
    if search.base_url.state == "missing":
        known = (
            provider.api(None)[0] in (None, *OPENAI_APIS) or search.provider.casefold() == OPENAI
        )
        return known and provider.id.casefold() == search.provider.casefold()
    if search.base_url.unset or target == "azure":
        return False
    parts = split(search.base_url.resolved or "")
    if parts is None or parts.path.rstrip("/") not in ("", "/v1"):
        return False  # LiteLLM passes requests to other paths through
    address = _address(search.base_url.resolved)
    return address is not None and address == _address(provider.base_url.resolved)


def _address(url: str | None) -> tuple[str, int | None] | None:
    """Return the host and port of a URL. All names of this machine are equal."""
    host = host_of(url or "")
    if host is None:
        return None
    return ("localhost" if is_loopback(host) else host), port_of(url or "")


def _usage(
    config: OpenClawConfig | None, routes: tuple[Route, ...], groups: tuple[Group, ...]
) -> Iterator[tuple[str, Usage]]:
    """Yield the usage of each route, deployment and group, by id.

    Routes that agents or memory search name are in use, or all if agents name no model. Without
    OpenClaw's config every group counts as used, because only the proxy is checked.
    """
    no_refs = config is None or not config.refs
    reached: dict[str, Usage] = {}
    for route in routes:
        usage: Usage = "used" if route.refs or no_refs else "configured"
        yield route.id, usage
        for deployment in route.deployments:
            for name in (deployment.id, deployment.entry_id):
                if reached.get(name) != "used":
                    reached[name] = usage
    yield from reached.items()
    rest: Usage = "unreached" if config is not None and routes else "used"
    for group in groups:
        members: list[Usage] = [reached.get(d.id, rest) for d in group.deployments]
        for deployment, usage in zip(group.deployments, members, strict=True):
            yield deployment.id, usage
        order: tuple[Usage, ...] = ("used", "configured", "unreached")
        yield group.id, min(members, key=order.index)


def _subject_routes(
    config: OpenClawConfig | None, routes: tuple[Route, ...], groups: tuple[Group, ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    for ref in config.refs if config is not None else ():
        if not ref.primary:  # a broken fallback breaks no other route
            yield ref.pointer, frozenset()
    for search in config.memory_searches if config is not None else ():
        yield search.pointer, frozenset()  # nor does memory search
    for route in routes:
        yield route.id, frozenset({route.id})
    passing_through: dict[str, set[str]] = {}
    for route in routes:
        for deployment in route.deployments:
            for name in (deployment.id, deployment.entry_id):
                passing_through.setdefault(name, set()).add(route.id)
    for name, through_it in passing_through.items():
        yield name, frozenset(through_it)
    for group in groups:
        through: set[str] = set()
        for deployment in group.deployments:
            passing = frozenset(passing_through.get(deployment.id, ()))
            through |= passing
            yield deployment.id, passing
        yield group.id, frozenset(through)
