"""Memory search: the embedding model that OpenClaw requests, as set in openclaw.json.

Newer versions read the global `memory.search` and that of an agent; older versions read
`agents.defaults.memorySearch` and the `memorySearch` of an agent. An agent inherits what it does
not set. Measured on OpenClaw 2026.9.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Variables
from clawdoctor.chain.openclaw_setting import Setting, credential, setting
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.secret import Secret

OPENAI = "openai"
"""The default provider. `auto` means the same."""
COMPATIBLE = "openai-compatible"
_SHARED = ("/memory/search", "/agents/defaults/memorySearch", "/memorySearch")
_OF_AGENT = ("/memory/search", "/memorySearch")
_DECISIVE = ("/provider", "/model", "/remote/baseUrl")
_BUILT_IN = "memory-core"


@dataclass(frozen=True, slots=True)
class MemorySearch:
    """The embeddings that memory search requests, for one agent or for all.

    `pointer` is where its model is set, or would be. `written` is the model as written there, empty
    if it comes from another place. `model` is the name that OpenClaw sends. Without `base_url`,
    OpenClaw uses the provider's.
    """

    pointer: str
    node: Node
    written: str
    provider: str
    model: str
    base_url: Setting[str]
    api_key: Setting[Secret]
    remotes: tuple[tuple[str, Node], ...] = ()
    """The `remote` blocks with their pointers, the agent's own first."""
    dimensions: int | None = None
    input_type: str = ""
    """The input type that the server gets for a query, or empty."""

    @property
    def prefixed(self) -> bool:
        """Whether the model begins with `openai/`, which versions of OpenClaw treat differently."""
        return self.provider.casefold() == OPENAI and self.model.startswith(f"{OPENAI}/")


def memory_searches(root: Node, variables: Variables) -> tuple[MemorySearch, ...]:
    """Return each memory search that is configured, on, and uses OpenAI's embeddings API.

    Memory search is on by default. A file that does not configure it is left out: without a key,
    OpenClaw then searches by keywords.
    """
    found = (_search(blocks, variables) for blocks in _scopes(root)) if _is_built_in(root) else ()
    return tuple(search for search in found if search is not None)


def searches_by_default(root: Node) -> bool:
    """Return whether memory search is on without a provider, a model or an address in the file."""
    blocks = [block for blocks in _scopes(root) for block in blocks]
    enabled = _first(tuple(blocks), "/enabled")
    off = enabled is not None and enabled[1].value is False
    return _is_built_in(root) and not off and not _is_set(*blocks)


def _is_built_in(root: Node) -> bool:
    """Return whether OpenClaw's own memory plug-in is on."""
    backend, plugin = root.at("/memory/backend"), root.at("/plugins/slots/memory")
    if backend is not None and backend.value not in (None, "builtin"):
        return False
    if plugin is not None and plugin.value not in (None, _BUILT_IN):
        return False
    switches = ("/plugins/enabled", f"/plugins/entries/{_BUILT_IN}/enabled")
    return not any((node := root.at(switch)) and node.value is False for switch in switches)


def _scopes(root: Node) -> Iterator[tuple[tuple[str, Node], ...]]:
    """Yield the blocks for all agents, and those of each agent with its own settings."""
    shared = next(((at, node) for at in _SHARED if (node := _mapping(root, at))), None)
    common = (shared,) if shared is not None else ()
    if common:
        yield common
    yield from ((own, *common) for own in _of_agents(root) if _is_set(own))


def _is_set(*blocks: tuple[str, Node]) -> bool:
    return any(_first(blocks, key) is not None for key in _DECISIVE)


def _mapping(root: Node, pointer: str) -> Node | None:
    node = root.at(pointer)
    return node if node is not None and node.kind == "mapping" else None


def _of_agents(root: Node) -> Iterator[tuple[str, Node]]:
    for block in ("/agents/entries", "/agents/list"):
        agents = root.at(block)
        for name, agent in agents.children() if agents is not None else ():
            for place in _OF_AGENT:
                node = _mapping(agent, place)
                if node is not None:
                    yield f"{join_pointer(block, name)}{place}", node


def _search(blocks: tuple[tuple[str, Node], ...], variables: Variables) -> MemorySearch | None:
    """Return the search for an agent's block and the shared block, or the shared block alone."""
    pointer, own = blocks[0]
    enabled = _first(blocks, "/enabled")
    if enabled is not None and enabled[1].value is False:
        return None
    if not _is_set(*blocks):
        return None
    provider = _text(blocks, "/provider")
    provider = OPENAI if provider in ("", "auto") else provider
    if provider.casefold() in table("providers")["embeddings"]["others"]:
        return None
    model = _model(_text(blocks, "/model"), provider)
    if not model:
        return None  # OpenClaw sends no request
    node = own.get("model")
    remotes = [(at, remote) for at, block in blocks if (remote := _mapping(block, "/remote"))]
    return MemorySearch(
        pointer=f"{pointer}/model",
        node=node or own,
        written=str(node.value).strip() if node is not None else "",
        provider=provider,
        model=model,
        base_url=_remote_url(remotes, variables),
        api_key=_remote_key(remotes, variables),
        remotes=tuple(remotes),
        dimensions=_number(blocks, "/outputDimensionality"),
        input_type=_text(blocks, "/queryInputType") or _text(blocks, "/inputType"),
    )


def _first(blocks: tuple[tuple[str, Node], ...], key: str) -> tuple[str, Node] | None:
    """Return the agent's setting, else the shared one, with its pointer."""
    for pointer, block in blocks:
        node = block.at(key)
        if node is not None and node.kind != "null":
            return f"{pointer}{key}", node
    return None


def _text(blocks: tuple[tuple[str, Node], ...], key: str) -> str:
    found = _first(blocks, key)
    value = found[1].value if found is not None else None
    return value.strip() if isinstance(value, str) else ""


def _number(blocks: tuple[tuple[str, Node], ...], key: str) -> int | None:
    found = _first(blocks, key)
    value = found[1].value if found is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _model(written: str, provider: str) -> str:
    """Return the name that OpenClaw sends: a provider other than OpenAI loses its prefix."""
    if provider.casefold() == OPENAI:
        return written or str(table("providers")["embeddings"]["default_model"])
    for prefix in (provider, provider.casefold(), COMPATIBLE):
        if written.startswith(f"{prefix}/"):
            return written[len(prefix) + 1 :]
    return written


def _remote_url(remotes: list[tuple[str, Node]], variables: Variables) -> Setting[str]:
    found = [setting(node, f"{at}/remote/baseUrl", variables) for at, node in remotes]
    missing: Setting[str] = Setting("", None, "missing")
    return next((url for url in found if url.state != "missing" and url.written != ""), missing)


def _remote_key(remotes: list[tuple[str, Node]], variables: Variables) -> Setting[Secret]:
    found = [credential(node, f"{at}/remote/apiKey", variables) for at, node in remotes]
    missing: Setting[Secret] = Setting("", None, "missing")
    return next((key for key in found if key.state != "missing"), missing)
