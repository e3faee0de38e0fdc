"""Why LiteLLM drops a deployment when it starts.

Measured on LiteLLM 1.106.2 and 1.108.7. LiteLLM logs an error and continues with the other
deployments. The group keeps its name, and requests for it get "There are no healthy deployments for
this model".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.node import Node, join_pointer

Reason = Literal["type", "environments", "variable", "environment", "provider"]

_NAME = regex(r"[\w.-]+", re.ASCII)
_LETTERS = regex("[^a-z]")
_TIERS = ("free", "paid")
_WORDS = ("true", "false", "yes", "no", "y", "n", "on", "off", "t", "f", "1", "0")


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a deployment is missing after the start, and the pointer of the fault.

    `type`: a value does not fit its setting, which requires `wanted`. `environments`: the list of
    environments itself is invalid. `variable`: LITELLM_ENVIRONMENT is unset. `environment`:
    LITELLM_ENVIRONMENT names an environment that the deployment does not list. `provider`: LiteLLM
    does not know the provider `wanted`; this is not `sure` if no table covers the version, because
    a newer version may know the provider.
    """

    reason: Reason
    pointer: str
    wanted: str = ""
    variable: Variable | None = None
    sure: bool = True


def drop_of(
    config: LiteLLMConfig,
    deployment: Deployment,
    environment: Environment,
    version: str | None = None,
) -> Drop | None:
    """Return why LiteLLM drops a deployment, or None. LL105 and LL107 report other reasons.

    A `version` of None means any version.
    """
    return next(_drops(config, deployment, environment, version), None)


def _drops(
    config: LiteLLMConfig, deployment: Deployment, environment: Environment, version: str | None
) -> Iterator[Drop]:
    known = table("litellm_params")
    pointer = f"{deployment.pointer}/litellm_params"
    own = deployment.params
    name, info = deployment.node.get("model_name"), deployment.node.get("model_info")
    row = behaviour("litellm", "start-types", version)
    is_wrong = name is not None and name.value is not None and not isinstance(name.value, str)
    if is_wrong and has_own_id(info) and row and row.effect == "refused":
        yield Drop("type", f"{deployment.pointer}/model_name", "text")
    yield from _mistyped(own, pointer, known["types"], config, environment)
    if info is not None and info.kind == "mapping":
        pointer = f"{deployment.pointer}/model_info"
        yield from _mistyped(info, pointer, known["info_types"], config, environment)
        yield from _inactive(info, pointer, config, environment)
    yield from unknown_provider(deployment, config, version)


def has_own_id(info: Node | None) -> bool:
    """Return whether a model_info has an id. Without one, LiteLLM joins the name into an id."""
    own = info.get("id") if info is not None and info.kind == "mapping" else None
    return own is not None and own.kind != "null"


def _mistyped(
    block: Node,
    pointer: str,
    types: dict[str, list[str]],
    config: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Drop]:
    for kind, names in types.items():
        for name in names:
            node = block.get(name)
            if node is None or node.kind == "null" or config.is_credential(node):
                continue  # LiteLLM reads a credential's values for each request, not at start
            variable = None
            value = node.value
            if isinstance(value, str) and value.startswith(REFERENCE):
                variable = environment.proxy.get(value.removeprefix(REFERENCE))
                if variable is None or not variable.value:
                    continue
                value = variable.value.reveal()
            if not _fits(kind, node, value):
                yield Drop("type", join_pointer(pointer, name), kind, variable)


def _fits(kind: str, node: Node, value: object) -> bool:
    """Return whether a setting of this type accepts a value. A container's `value` is None."""
    if kind in ("list", "mapping"):
        return node.kind == ("sequence" if kind == "list" else "mapping")
    if kind == "time" and node.kind == "date":
        return True
    if node.kind in ("sequence", "mapping", "date", "other"):
        return kind == "atom" and node.kind == "date"
    if kind == "time":
        return not isinstance(value, bool) and _is_time(value)
    if kind == "tier":
        return value in _TIERS
    if kind == "text":
        return isinstance(value, str)
    if kind in ("scalar", "atom") or isinstance(value, bool):
        return True
    if kind == "switch":
        return value in (0, 1) or (isinstance(value, str) and value.casefold() in _WORDS)
    number = _number(value)
    return number is not None and (kind == "number" or number == int(number))


def _is_time(value: object) -> bool:
    if _number(value) is not None:
        return True
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _inactive(
    info: Node, pointer: str, config: LiteLLMConfig, environment: Environment
) -> Iterator[Drop]:
    known = table("litellm_params")["environments"]
    supported = info.get("supported_environments")
    if supported is None or supported.kind == "null":
        return
    pointer = f"{pointer}/supported_environments"
    names = [item.value for item in supported.items]
    written = config.root.at(f"/environment_variables/{known['variable']}")
    variable = environment.proxy.get(known["variable"])
    current = written.value if written is not None else None
    if current is None and variable is not None and variable.value:
        current = variable.value.reveal()
    else:
        variable = None
    if supported.kind != "sequence" or any(name not in known["names"] for name in names):
        yield Drop("environments", pointer, ", ".join(known["names"]))
    elif current is None:
        yield Drop("variable", pointer, known["variable"])
    elif current not in known["names"] or current not in names:
        yield Drop("environment", pointer, known["variable"], variable)


def unknown_provider(
    deployment: Deployment, config: LiteLLMConfig, version: str | None = None
) -> Iterator[Drop]:
    """Yield why LiteLLM does not know the provider that a deployment names."""
    known = table("litellm_providers")
    text = deployment.model.resolved or ""
    head, slash, _ = text.partition("/")
    chosen = deployment.params.text("custom_llm_provider")
    if chosen is None and (not slash or deployment.host in known["hosts"] or "*" in head):
        return
    provider = chosen or head
    custom = config.root.at("/litellm_settings/custom_provider_map")
    own = [item.text("provider") for item in (custom.items if custom is not None else ())]
    standing = litellm_standing(names_in("litellm_providers", "providers"), provider, version)
    if provider.startswith(REFERENCE) or standing == "known" or provider in own:
        return
    if chosen is None and head in known["callbacks"]:
        return
    key = "custom_llm_provider" if chosen is not None else "model"
    pointer = f"{deployment.pointer}/litellm_params/{key}"
    sure = standing == "unknown" or is_never_a_provider(provider)
    yield Drop("provider", pointer, provider, sure=sure)


def is_never_a_provider(text: str) -> bool:
    """Return whether no version of LiteLLM has such a provider: a misspelled azure, or a URL."""
    letters = _LETTERS.sub("", text.casefold())
    return letters in table("litellm_providers")["never"] or not _NAME.fullmatch(text)
