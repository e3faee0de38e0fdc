"""Settings that LiteLLM converts to objects of its own when it starts, and exits if it cannot.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import python_type
from clawdoctor.wire.resolved import DEFAULTS
from clawdoctor.wire.start_fault import Fault, key_of, kind_of, no_mapping

_STRATEGY = "/router_settings/routing_strategy"
_ARGUMENTS = f"{_STRATEGY}_args"
_MODULES = {
    "latency-based-routing": "lowest_latency",
    "usage-based-routing": "lowest_tpm_rpm",
    "usage-based-routing-v2": "lowest_tpm_rpm_v2",
}
"""The strategies that have arguments, with LiteLLM's modules."""
_NUMBERS = {"lowest_latency": ("ttl", "lowest_latency_buffer")}
_INTEGERS = {"lowest_latency": ("max_latency_list_size",)}
"""The arguments that are integers. Other strategies have only the integer `ttl`."""
_BUDGETS = "/router_settings/provider_budget_config"
_VERTEX = "default_vertex_config"
_GROUPS = "/litellm_settings/model_group_settings"
_FORWARDED = "forward_client_headers_to_llm_api"


def argument_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the faults of the strategy's arguments and of the settings of groups."""
    strategy, arguments = config.root.at(_STRATEGY), config.root.at(_ARGUMENTS)
    module = _MODULES.get(str(strategy.value)) if strategy is not None else None
    if module is not None and arguments is not None:
        yield from _strategy_faults(module, arguments)
    budgets = config.root.at(_BUDGETS)
    if budgets is not None and budgets.kind not in ("mapping", "null"):
        yield no_mapping(
            key_of(_BUDGETS),
            "provider_budget_config",
            budgets,
            "items",
            label="each provider is a key, with its budget under it",
            why="LiteLLM reads the budgets of the providers",
            snippet="provider_budget_config:\n  azure:\n    budget_limit: 100\n    time_period: 1d",
        )
    defaults = config.root.at(DEFAULTS)
    if defaults is not None and defaults.kind != "mapping" and defaults.python():
        yield no_mapping(
            key_of(DEFAULTS),
            "default_litellm_params",
            defaults,
            "get",
            label="must contain parameters",
            why="LiteLLM reads the parameters",
            snippet="default_litellm_params:\n  timeout: 60",
        )
    groups = config.root.at(_GROUPS)
    if groups is not None:
        yield from _group_faults(groups)
    vertex = config.root.get(_VERTEX)
    if vertex is not None and vertex.kind not in ("mapping", "null"):
        name = "litellm.types.passthrough_endpoints.vertex_ai.VertexPassThroughCredentials"
        yield _no_mapping(f"/{_VERTEX}", vertex, name, "  vertex_project: <project>")


def _strategy_faults(module: str, arguments: Node) -> Iterator[Fault]:
    if arguments.kind != "mapping":
        name = f"litellm.router_strategy.{module}.RoutingArgs"
        yield _no_mapping(_ARGUMENTS, arguments, name, "  ttl: 60", lenient=True)
        return
    numbers = _NUMBERS.get(module, ())
    integers = _INTEGERS.get(module, ("ttl",))
    for name, node in arguments.children():
        whole = name in integers
        if (whole or name in numbers) and not _fits(node, whole=whole):
            wanted = "an integer" if whole else "a number"
            yield Fault(
                pointer=join_pointer(_ARGUMENTS, name),
                message=f"{name} in routing_strategy_args is not {wanted}",
                label=f"must be {wanted}",
                why="LiteLLM checks it when it starts, and exits with a ValidationError.",
                snippet=f"{name}: 60",
                error="ValidationError: 1 validation error for RoutingArgs",
            )
            return


def _fits(node: Node, *, whole: bool) -> bool:
    """Whether LiteLLM can convert a value to a number, or to an integer if `whole`."""
    value = node.value
    if isinstance(value, str):
        with suppress(ValueError):
            return (int(value) if whole else float(value)) is not None
        return False
    return isinstance(value, int) or (isinstance(value, float) and (not whole or value % 1 == 0))


def _group_faults(groups: Node) -> Iterator[Fault]:
    example = f"  {_FORWARDED}: [<model_name>]"
    if groups.kind != "mapping":
        name = "litellm.types.router.ModelGroupSettings"
        yield _no_mapping(_GROUPS, groups, name, example)
        return
    listed = groups.get(_FORWARDED)
    if listed is None or listed.kind == "null":
        return
    wrong = [item for item in listed.items if not isinstance(item.value, str)]
    if listed.kind != "sequence" or wrong:
        count = max(1, len(wrong))
        plural = "error" if count == 1 else "errors"
        yield Fault(
            pointer=key_of(f"{_GROUPS}/{_FORWARDED}"),
            message=f"{_FORWARDED} in model_group_settings is not a list of model groups",
            label="must be a list of names",
            why="LiteLLM checks it when it starts, and exits with a ValidationError.",
            snippet=example.strip(),
            error=f"ValidationError: {count} validation {plural} for ModelGroupSettings",
        )


def _no_mapping(
    pointer: str, node: Node, called: str, example: str, *, lenient: bool = False
) -> Fault:
    name = pointer.rpartition("/")[2]
    return Fault(
        pointer=key_of(pointer),
        message=f"{name} is {kind_of(node)}, not a mapping",
        label="not a mapping",
        why="LiteLLM reads its keys when it starts, and exits with a TypeError.",
        snippet=f"{name}:\n{example}",
        error=f"TypeError: {called}() argument after ** must be a mapping, not {python_type(node)}",
        lenient=lenient,
    )
