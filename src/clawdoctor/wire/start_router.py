"""Settings of the router with which LiteLLM does not start: its groups and its alerts.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import no_attribute, python_type
from clawdoctor.wire.start_fault import Fault, key_of, kind_of

_ALERTS = "/router_settings/alerting_config"
_GROUPS = "/router_settings/routing_groups"
_KEYS = ("group_name", "models", "routing_strategy")
_SNIPPET = """\
routing_groups:
  - group_name: <name>
    models: [<model_name>]
    routing_strategy: simple-shuffle"""


def router_faults(config: LiteLLMConfig, version: str | None) -> Iterator[Fault]:
    """Yield the faults of routing groups and of alerts. A newer `version` may have other ones."""
    yield from _group_faults(config.root.at(_GROUPS), version)
    alerts = config.root.at(_ALERTS)
    if alerts is not None and alerts.kind != "null":
        yield Fault(
            pointer=key_of(_ALERTS),
            message="alerting_config does not work in router_settings",
            label="LiteLLM cannot read these settings from its config file",
            why="LiteLLM reads alerting_config as an object of its Python library, and exits with "
            "an AttributeError.",
            snippet='general_settings:\n  alerting: ["slack"]',
            step="remove alerting_config, or use general_settings.alerting",
            error=no_attribute(alerts, "alerting_threshold"),
        )


def _group_faults(groups: Node | None, version: str | None) -> Iterator[Fault]:
    if groups is None or not groups.python():
        return
    if groups.kind != "sequence":
        error = "TypeError: litellm.types.router.RoutingGroup() argument after ** must be a mapping"
        yield _fault(
            _GROUPS, f"routing_groups is {kind_of(groups)}, not a list", error, lenient=True
        )
        return
    for index, item in enumerate(groups.items):
        fault = _entry_fault(join_pointer(_GROUPS, index), item, version)
        if fault is not None:
            yield fault
            return
    owners: dict[str, str] = {}
    for index, item in enumerate(groups.items):
        models = item.get("models")
        for model in models.items if models is not None else ():
            name, group = str(model.value), item.text("group_name") or ""
            if owners.setdefault(name, group) != group:
                error = (
                    f"ValueError: routing_groups: model_name '{name}' appears in '{owners[name]}'"
                    f" and '{group}'"
                )
                message = f'two routing_groups contain the model "{name}"'
                yield _fault(join_pointer(_GROUPS, index), message, error)
                return


def _entry_fault(pointer: str, item: Node, version: str | None) -> Fault | None:
    if item.kind != "mapping":
        error = (
            "TypeError: litellm.types.router.RoutingGroup() argument after ** must be a mapping,"
            f" not {python_type(item)}"
        )
        message = f"an entry of routing_groups is {kind_of(item)}, not a mapping"
        return _fault(pointer, message, error)
    found = {key: item.get(key) for key in _KEYS}
    missing = [key for key, node in found.items() if node is None]
    kinds = {"models": "sequence"}
    wrong = [
        key
        for key, node in found.items()
        if node is not None and node.kind != kinds.get(key, "string")
    ]
    if missing or wrong:
        count = len(missing) + len(wrong)
        plural = "error" if count == 1 else "errors"
        named = missing[0] if missing else wrong[0]
        problem = f"has no {named}" if missing else f"has a {named} of the wrong type"
        error = f"ValidationError: {count} validation {plural} for RoutingGroup"
        return _fault(pointer, f"an entry of routing_groups {problem}", error)
    strategy = item.text("routing_strategy") or ""
    strategies = names_in("litellm_settings", "strategies")
    if litellm_standing(strategies, strategy, version) == "unknown":
        message = f'"{strategy}" in routing_groups is not a routing strategy'
        error = f"ValueError: Invalid routing_strategy: '{strategy}'"
        return _fault(f"{pointer}/routing_strategy", message, error)
    return None


def _fault(pointer: str, message: str, error: str, *, lenient: bool = False) -> Fault:
    return Fault(
        pointer=pointer,
        message=message,
        label="",
        why="LiteLLM checks the entries of routing_groups at startup, and exits with an error.",
        snippet=_SNIPPET,
        error=error,
        lenient=lenient,
    )
