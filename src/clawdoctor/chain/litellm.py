"""The meaning of LiteLLM's config: deployments, groups and resolved values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Environment, Variables
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.litellm_value import Value, credential_of, value_of
from clawdoctor.finding import Place
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.source.node import Node, Source, SyntaxFault, join_pointer, nearest_existing
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Span, Text
from clawdoctor.source.yaml import parse_yaml


@dataclass(frozen=True, slots=True)
class Deployment:
    """One entry of `model_list`: a model group's name, and where LiteLLM sends its requests.

    `provider` is the part of `model` before the first slash and `name` the rest: for azure, the
    name of the deployment.
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
        """The name as a report may quote it: the reference if a variable hides it."""
        return self.model.shown if self.model.hidden else self.name

    @property
    def shown_host(self) -> str:
        """The host as a report may quote it: the reference if a variable hides it."""
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
    _groups: Mapping[str, tuple[Deployment, ...]] = field(init=False, repr=False, compare=False)
    _wildcards: tuple[tuple[re.Pattern[str], Deployment], ...] = field(
        init=False, repr=False, compare=False
    )

    _written: Mapping[tuple[str, Span], Deployment] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, list[Deployment]] = {}
        for deployment in self.deployments:
            groups.setdefault(deployment.group, []).append(deployment)
        by_name = {name: tuple(deployments) for name, deployments in groups.items()}
        wildcards = (
            (re.compile(translate(d.group)), d) for d in self.deployments if "*" in d.group
        )
        object.__setattr__(self, "_groups", by_name)
        object.__setattr__(self, "_wildcards", tuple(wildcards))
        written: dict[tuple[str, Span], Deployment] = {}
        for deployment in self.deployments:
            for name, node in deployment.params.children():
                written.setdefault((name, node.span), deployment)
        object.__setattr__(self, "_written", written)

    def first_with(self, key: str, node: Node) -> Deployment | None:
        """Return the first deployment whose parameter is written where `node` is."""
        return self._written.get((key, node.span))

    def place(self, pointer: str, label: str = "") -> Place:
        """Return the place of a pointer, or of the key of its nearest existing ancestor."""
        found, span = nearest_existing(self.root, pointer)
        return Place(span.path if span else self.path, found, span, label)

    def serving(self, model: str) -> tuple[Deployment, ...]:
        """Return the deployments for a request for `model`: its group's, or matching wildcards."""
        model = self.aliases.get(model, model)
        exact = self._groups.get(model)
        if exact is not None:
            return exact
        return tuple(d for pattern, d in self._wildcards if pattern.match(model))

    def serves(self, model: str) -> bool:
        """Whether a group or an alias matches a request for `model`."""
        return bool(self.serving(model)) or model in self.aliases


def load_litellm_config(file: LiteLLMFile, environment: Environment) -> LiteLLMConfig | Unavailable:
    """Interpret the file. LL003 owns the faults that stop LiteLLM from loading it."""
    if file.root.kind != "mapping":
        what = "is empty" if file.root.kind == "null" else "holds no mapping of settings"
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
    general = root.get("general_settings")
    return LiteLLMConfig(
        path=file.path,
        root=root,
        texts=tuple(texts),
        deployments=tuple(_deployments(root, variables)),
        aliases=dict(_aliases(root)),
        master_key=credential_of(general, "/general_settings/master_key", variables),
        models_in_database=_models_in_database(general, variables),
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
    """Yield the other names under which LiteLLM serves a group."""
    for pointer in ("/router_settings/model_group_alias", "/litellm_settings/model_alias_map"):
        block = root.at(pointer)
        for name, node in block.children() if block is not None else ():
            target = node.value if node.kind != "mapping" else node.text("model")
            yield name, str(target)


def _models_in_database(general: Node | None, variables: Variables) -> bool:
    """Whether the proxy can have models and keys in a database."""
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
            reason = f"the included file cannot be read, {text.message}: LiteLLM exits"
            raise _IncludeError(Place(path, where, item.span, reason))
        source = parse_yaml(text)
        if isinstance(source, Source) and source.root.kind == "null":
            continue  # an empty file adds nothing
        if isinstance(source, SyntaxFault) or source.root.kind != "mapping":
            reason = "the included file is no YAML mapping: LiteLLM exits"
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
    """Return the path beside the including file or, if there is none, beside the main config."""
    beside = Path(declared_in).parent / name
    return str((beside if beside.exists() else Path(main).parent / name).resolve())
