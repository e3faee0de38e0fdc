"""The meaning of LiteLLM's config: deployments, groups and resolved values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.custom_module import CustomModule, custom_modules
from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.litellm_credential import value_pointers, with_credentials
from clawdoctor.chain.litellm_file import LiteLLMFile, holds_part
from clawdoctor.chain.litellm_value import Value, credential_of, value_of
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look
from clawdoctor.source.node import Node, Source, SyntaxFault, join_pointer, nearest_existing
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Span, Text
from clawdoctor.source.yaml import parse_yaml


@dataclass(frozen=True, slots=True)
class Deployment:
    """An entry of `model_list`: a model group's name, and where LiteLLM sends its requests.

    `provider` is the part of `model` before the first slash and `name` the rest: for azure, the
    name of the deployment. `requested` is set if the deployment of a wildcard serves one model;
    `model` then holds the name that LiteLLM requests for it.
    """

    id: str
    pointer: str
    node: Node
    params: Node
    group: str
    model: Value[str]
    api_base: Value[str]
    api_key: Value[Secret]
    api_version: Value[str]
    requested: str = ""

    @property
    def entry_id(self) -> str:
        """The id of the entry in the file: the wildcard's, if this serves one of its models."""
        return self.id.removesuffix(f" for {self.requested}") if self.requested else self.id

    @property
    def provider(self) -> str | None:
        """The provider prefix of `model`, or None."""
        head, slash, _ = (self.model.resolved or "").partition("/")
        return head if slash else None

    @property
    def name(self) -> str:
        """The part of `model` after the provider prefix: the name of the Azure deployment."""
        return (self.model.resolved or "").partition("/")[2]

    @property
    def host(self) -> str | None:
        """The host of `api_base`, in lower case."""
        return host_of(self.api_base.resolved or "")

    @property
    def shown_name(self) -> str:
        """The name as a report may quote it: the reference if a variable sets it."""
        return self.model.shown if self.model.hidden else self.name

    @property
    def shown_host(self) -> str:
        """The host as a report may quote it: the reference if a variable sets it."""
        return self.api_base.quoted(self.host or "")

    @property
    def label(self) -> str:
        """The deployment's name in the report: `azure/my-codex @ my-resource`."""
        where = self.shown_host if self.shown_host != self.host else self.host.partition(".")[0]
        model = self.model.shown or "?"
        return f"{model} @ {where}" if where else model


@dataclass(frozen=True, slots=True)
class LiteLLMConfig:
    """LiteLLM's config with its `include` files merged and its references resolved."""

    path: str
    root: Node
    texts: tuple[Text, ...] = field(repr=False)
    deployments: tuple[Deployment, ...]
    aliases: Mapping[str, str]
    master_key: Value[Secret]
    models_in_database: bool
    modules: tuple[CustomModule, ...] = ()
    """The user's Python modules that LiteLLM imports when it starts."""
    groups: Mapping[str, tuple[Deployment, ...]] = field(init=False, repr=False, compare=False)
    ids: Mapping[str, Deployment] = field(init=False, repr=False, compare=False)
    """The deployments by their `model_info.id`."""
    patterns: tuple[tuple[re.Pattern[str], tuple[Deployment, ...]], ...] = field(
        init=False, repr=False, compare=False
    )
    """The wildcards and their deployments, in the order that LiteLLM tries them."""
    _written: Mapping[tuple[str, Span], Deployment] = field(init=False, repr=False, compare=False)
    _credentials: Mapping[Span, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, list[Deployment]] = {}
        for deployment in self.deployments:
            groups.setdefault(deployment.group, []).append(deployment)
        by_name = {name: tuple(deployments) for name, deployments in groups.items()}
        wildcards = [(_pattern(name), members) for name, members in by_name.items() if "*" in name]
        wildcards.sort(key=lambda item: _specificity(item[0]), reverse=True)
        written: dict[tuple[str, Span], Deployment] = {}
        for deployment in self.deployments:
            for name, node in deployment.params.children():
                written.setdefault((name, node.span), deployment)
        object.__setattr__(self, "groups", by_name)
        object.__setattr__(self, "ids", dict(_ids(self.deployments)))
        object.__setattr__(self, "patterns", tuple(wildcards))
        object.__setattr__(self, "_written", written)
        object.__setattr__(self, "_credentials", value_pointers(self.root))

    def first_with(self, key: str, node: Node) -> Deployment | None:
        """Return the first deployment that has this parameter at the place of `node`."""
        return self._written.get((key, node.span))

    def is_credential(self, node: Node) -> bool:
        """Return whether a parameter's value comes from `credential_list`."""
        return node.span in self._credentials

    def place(self, pointer: str, label: str = "") -> Place:
        """Return the place of a pointer, or of the key of its nearest existing ancestor."""
        found, span = nearest_existing(self.root, pointer)
        if span is None:
            return Place(self.path, found, span, label)
        return Place(span.path, self._credentials.get(span, found), span, label)


def load_litellm_config(
    file: LiteLLMFile,
    environment: Environment,
    compose: Compose | None = None,
    situation: Situation | None = None,
) -> LiteLLMConfig | Unavailable:
    """Interpret the file. LL003 reports the faults that stop LiteLLM from loading it."""
    if file.root.kind != "mapping":
        what = "is empty" if file.root.kind == "null" else "is not a mapping of settings"
        reason = f"the file {what}: LiteLLM exits"
        return Unavailable(
            reason, Refusal("litellm-config-rejected"), place=Place(file.path, "", None, reason)
        )
    texts = [file.text]
    try:
        root = _with_includes(file.root, file.path, {file.path}, texts)
    except _IncludeError as broken:
        return Unavailable(
            broken.place.label, Refusal("litellm-config-rejected"), place=broken.place
        )
    variables = environment.proxy
    root = with_credentials(root, variables)
    if holds_part(file.text, file.root):
        situation = None  # the folder of a manifest is not the proxy's folder
    general = root.get("general_settings")
    return LiteLLMConfig(
        path=file.path,
        root=root,
        texts=tuple(texts),
        deployments=tuple(_deployments(root, variables)),
        aliases=dict(_aliases(root)),
        master_key=credential_of(general, "/general_settings/master_key", variables),
        models_in_database=_models_in_database(general, variables),
        modules=tuple(custom_modules(root, file.path, environment, compose, situation)),
    )


def _deployments(root: Node, variables: Variables) -> Iterator[Deployment]:
    listed = root.get("model_list")
    for index, node in enumerate(listed.items if listed is not None else ()):
        params = node.get("litellm_params")
        group = node.get("model_name")
        if params is None or params.kind != "mapping" or group is None or group.value is None:
            continue
        pointer = f"/model_list/{index}/litellm_params"
        base = "api_base" if params.get("api_base") is not None else "base_url"
        yield Deployment(
            id=f"model_list[{index}] {group.value}",
            pointer=f"/model_list/{index}",
            node=node,
            params=params,
            group=str(group.value),
            model=value_of(params, f"{pointer}/model", variables),
            api_base=value_of(
                params, f"{pointer}/{base if params.get(base) else 'api_base'}", variables
            ),
            api_key=credential_of(params, f"{pointer}/api_key", variables),
            api_version=value_of(params, f"{pointer}/api_version", variables),
        )


def _aliases(root: Node) -> Iterator[tuple[str, str]]:
    """Yield the aliases of groups and their targets. LiteLLM ignores an alias without a target."""
    block = root.at("/router_settings/model_group_alias")
    if block is None or block.kind != "mapping":
        return
    for name, node in block.children():
        target = node.value if node.kind != "mapping" else node.text("model")
        if isinstance(target, str) and target:
            yield name, target


def _ids(deployments: tuple[Deployment, ...]) -> Iterator[tuple[str, Deployment]]:
    for deployment in deployments:
        info = deployment.node.get("model_info")
        node = info.get("id") if info is not None else None
        if node is not None and node.value is not None:
            yield str(node.value), deployment


def _pattern(name: str) -> re.Pattern[str]:
    """Return LiteLLM's expression for a wildcard. It need not match to the end of a model name."""
    return re.compile(re.escape(name).replace(r"\*", "(.*)"))


def _specificity(pattern: re.Pattern[str]) -> tuple[int, int]:
    """Return LiteLLM's sort key: the length of an expression and its special characters."""
    text = pattern.pattern
    return len(text), sum(text.count(character) for character in r"*+?\^$|()")


def _models_in_database(general: Node | None, variables: Variables) -> bool:
    """Return whether the proxy can have models and keys in a database."""
    if value_of(general, "/general_settings/database_url", variables).resolved:
        return True
    return bool((variable := variables.get("DATABASE_URL")) and variable.value)


class _IncludeError(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__(place.label)
        self.place = place


def _with_includes(
    root: Node, path: str, visited: set[str], texts: list[Text], main: str | None = None
) -> Node:
    """Merge included files as LiteLLM does: lists are appended, other values override."""
    main = main or path
    include = root.get("include")
    if include is None or include.kind != "sequence":
        return root
    entries = {entry.name: entry for entry in root.entries}
    for index, item in enumerate(include.items):
        target = _included_path(str(item.value), path, main)
        if target in visited:
            continue
        visited.add(target)
        where = join_pointer("/include", index)
        text = read_text(Path(target))
        if isinstance(text, Unreadable):
            reason = f"the included file cannot be read ({text.message}): LiteLLM exits"
            raise _IncludeError(Place(path, where, item.span, reason))
        source = parse_yaml(text)
        if isinstance(source, Source) and source.root.kind == "null":
            continue  # an empty file adds nothing
        if isinstance(source, SyntaxFault) or source.root.kind != "mapping":
            reason = "the included file is not a YAML mapping: LiteLLM exits"
            raise _IncludeError(Place(path, where, item.span, reason))
        texts.append(text)
        for entry in _with_includes(source.root, target, visited, texts, main).entries:
            own = entries.get(entry.name)
            if own is not None and own.value.kind == entry.value.kind == "sequence":
                items = own.value.items + entry.value.items
                joined = Node("sequence", own.value.span, items=items)
                entries[entry.name] = type(entry)(own.name, own.key, joined)
            elif entry.name != "include":
                entries[entry.name] = entry
    return Node("mapping", root.span, entries=tuple(entries.values()))


def _included_path(name: str, declared_in: str, main: str) -> str:
    """Return the path beside the including file, else beside the main config."""
    beside = Path(declared_in).parent / name
    return str((beside if look(os.path.exists, beside) else Path(main).parent / name).resolve())
