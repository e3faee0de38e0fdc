"""Facts from a LiteLLM wheel: its providers, parameters, settings and requirements."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from refresh.python_source import Module, Sources, UnreadableError, functions, parameters

_WIRE = re.compile(r"\bwire\((?P<name>[^)]+)\)")
_REQUIREMENT = re.compile(r"^Requires-Dist: (?P<name>[\w.-]+)(?P<rest>.*)$", re.MULTILINE)
_GUARDRAILS = re.compile(
    r"litellm/proxy/guardrails/(?:guardrail_registry|guardrail_hooks/(\w+)/__init__)\.py"
)
_REQUIRED = ("httpx", "litellm-enterprise", "litellm-proxy", "litellm-proxy-extras", "openai")
"""The requirements that decide what LiteLLM sends, or whether its proxy can be installed."""


def parameter_names(sources: Sources) -> list[str]:
    """Return the keys of litellm_params that LiteLLM uses itself or sends with a request.

    Prices (names with "_cost") and LiteLLM's private keys (a leading "_") are left out.
    """
    types = sources.module("litellm.types.utils")
    _know_owned_names(sources)
    found = {
        *types.value("all_litellm_params"),
        *sources.module("litellm.types.router").fields("LiteLLM_Params"),
        *_completion_parameters(sources.module("litellm.main")),
    }
    found -= {"self"}
    return sorted(name for name in found if "_cost" not in name and not name.startswith("_"))


def _completion_parameters(main: Module) -> list[str]:
    found = [name for item in functions(main.tree, "completion") for name in parameters(item)]
    if "temperature" not in found:
        raise UnreadableError("completion() of LiteLLM has no parameter temperature")
    return found


def _know_owned_names(sources: Sources) -> None:
    """Compute OWNED_KWARG_NAMES, which LiteLLM computes from the fields of dataclasses."""
    try:
        module = sources.module("litellm.types.litellm_params")
        _, roots = module.definition("LITELLM_OWNED_ROOTS")
    except UnreadableError:
        return  # older versions list the names
    assert isinstance(roots, ast.Tuple)
    names: list[str] = []
    for root in roots.elts:
        for leaf in module.fields(ast.unparse(root)).values():
            _, node = module.class_of(leaf)
            names += [_wire_name(module, item) for item in node.body if _is_field(item)]
    module.preset("OWNED_KWARG_NAMES", names)


def _is_field(item: ast.stmt) -> bool:
    return isinstance(item, ast.AnnAssign)


def _wire_name(module: Module, item: ast.stmt) -> str:
    assert isinstance(item, ast.AnnAssign)
    renamed = _WIRE.search(ast.unparse(item.value)) if item.value is not None else None
    if renamed is None:
        return ast.unparse(item.target)
    return str(module.evaluate(ast.parse(renamed["name"], mode="eval").body))


def providers(sources: Sources) -> list[str]:
    """Return the words before a model's first slash that LiteLLM treats as a provider."""
    listed = json.loads(sources.package.read("litellm/llms/openai_like/providers.json"))
    return sorted({*sources.module("litellm.types.utils").members("LlmProviders"), *listed})


def hosts(sources: Sources) -> list[str]:
    """Return the hosts of api_base that tell LiteLLM the provider."""
    urls = sources.module("litellm.constants").value("openai_compatible_endpoints")
    found = {re.sub(r"^https?://", "", url).partition("/")[0] for url in urls}
    return sorted(host for host in found if "." in host)


def callbacks(sources: Sources) -> list[str]:
    """Return the callback names that LiteLLM accepts unchecked in place of a provider."""
    module = sources.module("litellm")
    _, node = module.definition("_custom_logger_compatible_callbacks_literal")
    assert isinstance(node, ast.Subscript)
    assert isinstance(node.slice, ast.Tuple)
    names = [module.evaluate(item) for item in node.slice.elts]
    return sorted({*names} - {*providers(sources)})


def router_settings(sources: Sources) -> list[str]:
    """Return the keys of router_settings. LiteLLM ignores every other key, with a warning."""
    constants = sources.module("litellm.constants")
    managed = _value_or(constants, "ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG")
    found = {*_router_parameters(sources)} - {*managed, "model_list"}
    return sorted(name for name in found if not name.startswith("_"))


def _router_parameters(sources: Sources) -> list[str]:
    """Return the parameters of Router, whose module varies by version."""
    for name in sources.package.names:
        module = re.fullmatch(r"litellm/(router\w*)\.py", name)
        if module is None:
            continue
        tree = sources.module(f"litellm.{module[1]}").tree
        for item in (*functions(tree, "_router_init"), *functions(tree, "__init__")):
            if {"model_list", "routing_strategy"} <= {*(names := parameters(item))}:
                return names
    raise UnreadableError(f"no parameters of Router in LiteLLM {sources.package.version}")


def _value_or(module: Module, name: str) -> list[str]:
    try:
        return list(module.value(name))
    except UnreadableError:
        return []


def general_settings(sources: Sources) -> list[str]:
    """Return the keys of general_settings that LiteLLM documents."""
    return sorted(sources.module("litellm.proxy._types").fields("ConfigGeneralSettings"))


def strategies(sources: Sources) -> list[str]:
    """Return the routing strategies that LiteLLM starts with."""
    module = sources.module("litellm.types.router")
    listed = _value_or(module, "VALID_ROUTING_STRATEGIES")
    if not listed:
        try:
            groups = sources.module("litellm.litellm_core_utils.routing_groups")
            listed = list(groups.value("VALID_ROUTING_STRATEGIES"))
        except UnreadableError:
            listed = _literal_strategies(sources)
    return sorted({*listed, *module.members("RoutingStrategy")})


def _literal_strategies(sources: Sources) -> list[str]:
    module = sources.module("litellm.types.litellm_params")
    _, node = module.definition("RoutingStrategyName")
    assert isinstance(node, ast.Subscript)
    return list(module.evaluate(node.slice))


def caches(sources: Sources) -> list[str]:
    """Return the kinds of cache that LiteLLM starts with."""
    return sorted(sources.module("litellm.types.caching").members("LiteLLMCacheType"))


def guardrails(sources: Sources) -> list[str]:
    """Return the names of the guardrails that LiteLLM has: a folder's own name without a list."""
    found: set[str] = set()
    for name in sources.package.names:
        folder = _GUARDRAILS.fullmatch(name)
        if folder is None:
            continue
        module = sources.module(
            name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        )
        try:
            found |= {*module.value("guardrail_initializer_registry")}
        except UnreadableError:
            if functions(module.tree, "initialize_guardrail"):
                found.add(folder[1])
    return sorted(found)


def defaults(sources: Sources) -> dict[str, str]:
    """Return the values that LiteLLM uses if nothing is configured."""
    return {"azure_api_version": sources.module("litellm").value("AZURE_DEFAULT_API_VERSION")}


def requirements(sources: Sources) -> dict[str, str]:
    """Return the version ranges of LiteLLM's dependencies, by name, including its proxy's."""
    name = next(name for name in sources.package.names if name.endswith(".dist-info/METADATA"))
    found: dict[str, str] = {}
    for row in _REQUIREMENT.finditer(sources.package.read(name)):
        versions, _, condition = row["rest"].partition(";")
        extra = re.search(r"extra == ['\"](\w+)['\"]", condition)
        if row["name"] in _REQUIRED and (extra is None or extra[1] == "proxy"):
            found[row["name"]] = re.sub(r"^\[\w+\]", "", versions.strip())
    return dict(sorted(found.items()))


def lists_of(sources: Sources) -> dict[str, dict[str, list[str]]]:
    """Return all lists of names, by table and section."""
    return {
        "litellm_params": {"known": parameter_names(sources)},
        "litellm_providers": {
            "providers": providers(sources),
            "hosts": hosts(sources),
            "callbacks": callbacks(sources),
        },
        "litellm_settings": {
            "strategies": strategies(sources),
            "caches": caches(sources),
            "guardrails": guardrails(sources),
            "router": router_settings(sources),
            "general": general_settings(sources),
        },
    }


def values_of(sources: Sources) -> dict[str, Any]:
    """Return the single values, by name."""
    return {
        **defaults(sources),
        **{f"requires.{name}": row for name, row in requirements(sources).items()},
    }
