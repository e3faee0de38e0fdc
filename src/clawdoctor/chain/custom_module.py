"""The user's Python modules that litellm_config.yaml names, and whether LiteLLM finds them.

LiteLLM imports `custom_callbacks.handler` when it starts: from custom_callbacks.py beside its
config, else as Python does, which also searches the working folder. Read in LiteLLM 1.106.2,
1.108.7 and 1.110.2 (proxy/types_utils/utils.py, proxy/proxy_cli.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.compose.mount import innermost, path_kind
from clawdoctor.chain.compose.service import DEFAULT_CONFIG, absolute_path
from clawdoctor.chain.environment import Environment
from clawdoctor.deferred import dataclass, regex
from clawdoctor.run.situation import Situation
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.read import Unreadable, read_text

if TYPE_CHECKING:
    import ast

_SETTINGS = "/litellm_settings"
_LISTS = ("callbacks", "success_callback", "failure_callback", "audit_log_callbacks")
FUNCTIONS = (
    "/litellm_settings/post_call_rules",
    "/general_settings/custom_auth",
    "/general_settings/custom_key_generate",
    "/general_settings/custom_key_update",
    "/general_settings/custom_sso",
    "/general_settings/custom_ui_sso_sign_in_handler",
)
"""The settings that name a function in a module, and nothing else."""
_REFERENCE = regex(r"(?:[A-Za-z_]\w{0,60}\.){1,8}[A-Za-z_]\w{0,60}", re.ASCII)
_OWN = "litellm"

State = Literal["found", "no-file", "no-name", "unknown"]


@dataclass(frozen=True, slots=True)
class CustomModule:
    """A user's module that LiteLLM imports when it starts.

    `state` is `no-file` if the module's file is missing, and `no-name` if the file does not define
    the name. `reason` says why it is `unknown`. `file` is the module's file, such as auth.py,
    relative to the config, and `name` what LiteLLM imports from it. A report may quote `file` if
    `quotable`: someone may have written a key in place of a module. `beside` is the path on this
    host of that file beside the config, and `is_beside` says whether it exists. `service` is the
    proxy's container, and `target` the file's path in it.
    """

    pointer: str
    node: Node
    state: State
    file: str
    name: str
    quotable: bool
    beside: str
    is_beside: bool
    service: Service | None = None
    target: str = ""
    reason: str = ""

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return str(self.node.value).rpartition(".")[0]


def custom_modules(
    root: Node,
    path: str,
    environment: Environment,
    compose: Compose | None,
    situation: Situation | None,
) -> Iterator[CustomModule]:
    """Yield the modules that a config names. `path` is the config's path on this host."""
    service = compose.proxy if compose is not None else None
    if service is not None and service.config_path not in (None, path):
        service = None
    search = environment.proxy.get("PYTHONPATH")
    elsewhere = search is not None and bool(search.value)
    for pointer, node in _references(root):
        written = str(node.value)
        if not _REFERENCE.fullmatch(written):
            continue  # a built-in callback, an address, or a fault that LL003 reports
        *parts, name = written.split(".")
        file = "/".join(parts) + ".py"
        beside = os.path.normpath(Path(path).parent / file)
        package = "/".join((*parts, "__init__.py"))
        targets = _targets(service, file, package) if service is not None else ()
        mounts = [innermost(service.mounts, target) for target in targets] if service else []
        if service is not None:
            pairs = zip(mounts, targets, strict=True)
            paths = [mount.host_path(target) for mount, target in pairs if mount is not None]
        else:
            own = (situation.path(file), situation.path(package)) if situation is not None else ()
            paths = [beside, *own]
        state, reason = _state(parts, name, [path for path in paths if path is not None])
        if state == "no-file":
            volume = any(mount is not None and mount.source is None for mount in mounts)
            reason = _doubt(service, situation, elsewhere=elsewhere, volume=volume)
            state = "unknown" if reason else state
        yield CustomModule(
            pointer=pointer,
            node=node,
            state=state,
            file=file,
            name=name,
            quotable=_is_quotable(written),
            beside=beside,
            is_beside=path_kind(beside) == "file",
            service=service,
            target=targets[0] if targets else "",
            reason=reason,
        )


def _is_quotable(written: str) -> bool:
    from clawdoctor.redaction.value import hidden_in_value  # few configs name a module

    return not hidden_in_value("callback", written)


def _references(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield each setting that can name a module, with its pointer."""
    pointers = [f"{_SETTINGS}/callbacks", *FUNCTIONS]
    for name in _LISTS:
        listed = root.at(f"{_SETTINGS}/{name}")
        pointers += [join_pointer(f"{_SETTINGS}/{name}", index) for index in _indexes(listed)]
    handlers = f"{_SETTINGS}/custom_provider_map"
    pointers += [f"{handlers}/{index}/custom_handler" for index in _indexes(root.at(handlers))]
    for index in _indexes(root.get("guardrails")):
        pointers.append(f"/guardrails/{index}/litellm_params/guardrail")
    for pointer in pointers:
        node = root.at(pointer)
        if node is not None and isinstance(node.value, str):
            yield pointer, node


def _indexes(listed: Node | None) -> range:
    return range(len(listed.items) if listed is not None else 0)


def _targets(service: Service, file: str, package: str) -> tuple[str, ...]:
    """Return the paths in the container where LiteLLM looks for a module, the best first."""
    folder = service.node.text("working_dir")
    config = absolute_path(service.config_option or DEFAULT_CONFIG, folder)
    beside = os.path.normpath(Path(config).parent / file)
    return beside, absolute_path(file, folder), absolute_path(package, folder)


def _state(parts: list[str], name: str, paths: list[str]) -> tuple[State, str]:
    """Return the state that the first existing file gives, and why it is unknown."""
    file = next((path for path in paths if path_kind(path) == "file"), None)
    if file is not None:
        names = _names_in(file)
        if names is None:
            return "unknown", "clawdoctor cannot tell what its file defines"
        return ("found" if name in names else "no-name"), ""
    if parts[0] == _OWN:
        return "unknown", "it is part of LiteLLM"
    folders = (Path(path).parents[len(parts) - 2] for path in paths)
    if len(parts) > 1 and not any(path_kind(str(folder)) == "folder" for folder in folders):
        return "unknown", "it may be in an installed package"
    return "no-file", ""


def _doubt(
    service: Service | None, situation: Situation | None, *, elsewhere: bool, volume: bool
) -> str:
    """Return why a missing file may still exist where LiteLLM looks, or ""."""
    if situation is None:
        return "the folder in which the proxy starts is not known"
    if elsewhere:
        return "PYTHONPATH can lead LiteLLM to another folder"
    if service is not None and service.config_path is None:
        return f"clawdoctor does not know which config {service.name} reads"
    if service is not None and volume:
        return f"a volume of {service.name} may contain its file"
    if service is not None and not service.official:
        return f"the image of {service.name} may contain its file"
    return ""


def _names_in(path: str) -> frozenset[str] | None:
    """Return the names that a Python file defines, or None if its source does not show all."""
    import ast

    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return None
    try:
        tree = ast.parse(text.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    for node in _top_level(tree):
        match node:
            case (
                ast.ImportFrom(names=[ast.alias(name="*")])
                | ast.Name(id="globals" | "locals" | "vars" | "setattr" | "exec")
            ):
                return None
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Import() | ast.ImportFrom():
                names |= {item.asname or item.name.partition(".")[0] for item in node.names}
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
    return None if "__getattr__" in names else frozenset(names)


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a module, except those in its functions and classes."""
    import ast

    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
