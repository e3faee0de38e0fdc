"""The meaning of OpenClaw's config: providers, their models, and the models that agents use.

Measured on OpenClaw 2026.9.6 (and, for `agents.list`, on the versions before it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.memory_search import MemorySearch, memory_searches
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.openclaw_setting import Setting, credential, setting
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.source.node import Node, join_pointer, nearest_existing
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Text


@dataclass(frozen=True, slots=True)
class Model:
    """An entry of a provider's `models`."""

    id: str
    pointer: str
    node: Node

    @property
    def supports_store(self) -> bool | None:
        """`compat.supportsStore`, or None if it is not set."""
        compat = self.node.get("compat")
        node = compat.get("supportsStore") if compat is not None else None
        return node.value if node is not None and isinstance(node.value, bool) else None


@dataclass(frozen=True, slots=True)
class Provider:
    """An entry of `models.providers`."""

    id: str
    pointer: str
    node: Node
    base_url: Setting[str]
    api_key: Setting[Secret]
    models: tuple[Model, ...]
    headers: Mapping[str, Secret] = field(default_factory=dict)

    def model(self, id: str) -> Model | None:  # noqa: A002
        """Return the entry of a model id, or None. OpenClaw sends unlisted ids too."""
        return next((model for model in self.models if model.id == id), None)

    def api(self, model: Model | None) -> tuple[str | None, str]:
        """Return the `api` of a model, which defaults to the provider's, and its pointer."""
        if model is not None and (own := model.node.text("api")) is not None:
            return own, f"{model.pointer}/api"
        return self.node.text("api"), f"{self.pointer}/api"


Purpose = Literal["chat", "embedding"]
"""The use of a model: an agent's answers, or the embeddings of memory search."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model that an agent or memory search names.

    `provider` is None if no provider lists the model. `own_key` says that memory search sends a
    different key from the provider's, and `prefixed` that its model begins with `openai/`, which
    older versions remove.
    """

    written: str
    pointer: str
    node: Node
    provider: str | None
    model: str
    purpose: Purpose = "chat"
    own_key: bool = False
    prefixed: bool = False

    @property
    def primary(self) -> bool:
        """Whether this is the agent's first choice, not a fallback."""
        return "/fallbacks/" not in self.pointer

    @property
    def choices(self) -> str:
        """The pointer of the setting with the primary and its fallbacks."""
        return self.pointer.removesuffix("/primary").partition("/fallbacks/")[0]


@dataclass(frozen=True, slots=True)
class OpenClawConfig:
    """OpenClaw's config with references resolved. `refs` are the models that agents name."""

    path: str
    root: Node
    texts: tuple[Text, ...] = field(repr=False)
    providers: tuple[Provider, ...]
    refs: tuple[ModelRef, ...]
    memory_searches: tuple[MemorySearch, ...] = ()

    def provider(self, id: str) -> Provider | None:  # noqa: A002
        """Return the provider with an id. OpenClaw ignores its case."""
        wanted = id.casefold()
        return next((p for p in self.providers if p.id.casefold() == wanted), None)

    def place(self, pointer: str, label: str = "") -> Place:
        """Return the place of a pointer, or of the key of its nearest existing ancestor."""
        found, span = nearest_existing(self.root, pointer)
        return Place(span.path if span else self.path, found, span, label)


def load_openclaw_config(file: OpenClawFile, environment: Environment) -> OpenClawConfig:
    """Interpret the file. Values of the wrong type are left out: OC003 reports them."""
    providers = tuple(_providers(file.root, environment.openclaw))
    refs = tuple(_refs(file.root, providers))
    searches = memory_searches(file.root, environment.openclaw)
    return OpenClawConfig(file.path, file.root, file.texts, providers, refs, searches)


def _providers(root: Node, variables: Variables) -> Iterator[Provider]:
    block = root.at("/models/providers")
    for name, node in block.children() if block is not None and block.kind == "mapping" else ():
        if node.kind != "mapping":
            continue
        pointer = join_pointer("/models/providers", name)
        yield Provider(
            id=name,
            pointer=pointer,
            node=node,
            base_url=setting(node, f"{pointer}/baseUrl", variables),
            api_key=credential(node, f"{pointer}/apiKey", variables),
            models=tuple(_models(node, pointer)),
            headers=dict(_headers(node, pointer, variables)),
        )


def _headers(provider: Node, pointer: str, variables: Variables) -> Iterator[tuple[str, Secret]]:
    """Yield the provider's configured headers with known values."""
    for path in ("headers", "request/headers"):
        block = provider.at(f"/{path}")
        for name, _ in block.children() if block is not None and block.kind == "mapping" else ():
            assert block is not None
            header = credential(block, join_pointer(f"{pointer}/{path}", name), variables)
            value = (header.resolved or Secret("")).stripped()
            fits = value.test(str.isascii) and value.test(str.isprintable)
            if value and not header.unset and fits:
                yield name, value


def _models(provider: Node, pointer: str) -> Iterator[Model]:
    models = provider.get("models")
    for index, node in enumerate(models.items if models is not None else ()):
        name = node.text("id") if node.kind == "mapping" else None
        if name:
            yield Model(name, f"{pointer}/models/{index}", node)


def _refs(root: Node, providers: tuple[Provider, ...]) -> Iterator[ModelRef]:
    aliases = dict(_aliases(root))
    for pointer, node in _agent_models(root):
        for where, ref in _written_refs(pointer, node):
            written = str(ref.value).strip()
            provider, model = resolve_ref(aliases.get(written.casefold(), written), providers)
            yield ModelRef(written, where, ref, provider, model)


def _agent_models(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield each agent's `model`: in the defaults, the entries, and the older list."""
    defaults = root.at("/agents/defaults/model")
    if defaults is not None:
        yield "/agents/defaults/model", defaults
    for block in ("/agents/entries", "/agents/list"):
        agents = root.at(block)
        for name, agent in agents.children() if agents is not None else ():
            model = agent.get("model")
            if model is not None:
                yield f"{join_pointer(block, name)}/model", model


def _written_refs(pointer: str, node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node.value, str):
        yield pointer, node
        return
    primary = node.get("primary")
    if primary is not None and isinstance(primary.value, str):
        yield f"{pointer}/primary", primary
    fallbacks = node.get("fallbacks")
    for index, item in enumerate(fallbacks.items if fallbacks is not None else ()):
        if isinstance(item.value, str):
            yield f"{pointer}/fallbacks/{index}", item


def _aliases(root: Node) -> Iterator[tuple[str, str]]:
    models = root.at("/agents/defaults/models")
    for ref, node in models.children() if models is not None else ():
        alias = node.text("alias")
        if alias:
            yield alias.strip().casefold(), ref


def resolve_ref(ref: str, providers: tuple[Provider, ...]) -> tuple[str | None, str]:
    """Return the provider id and the model of a ref, which is split at the first slash.

    A ref without a slash belongs to the provider that lists the model, if exactly one does.
    """
    provider, slash, model = ref.partition("/")
    if slash:
        known = next((p.id for p in providers if p.id.casefold() == provider.casefold()), None)
        return known or provider, model
    listing = [p.id for p in providers if p.model(ref) is not None]
    return (listing[0] if len(listing) == 1 else None), ref
