"""Whether LiteLLM starts with a config, and the deployments that then exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.dropped import Drop, drop_of, unknown_provider
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import LIST
from clawdoctor.chain.litellm_value import Value, value_of
from clawdoctor.chain.proxy_packages import NO_PACKAGES, ProxyPackages
from clawdoctor.chain.router import (
    BLOCKS,
    CHECKED_FALLBACKS,
    DEFAULT,
    FALLBACKS,
    written_fallbacks,
)
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Unknown
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import litellm_standing, may_be_listed, vendor_of
from clawdoctor.knowledge.measured import is_newer, names_in
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import MASTER_KEY, permits_no_key
from clawdoctor.wire.python_error import NO_MODULE, no_attribute
from clawdoctor.wire.request import Refused, Source
from clawdoctor.wire.resolved import served
from clawdoctor.wire.sending import is_number
from clawdoctor.wire.served import SHIPPED_LIST
from clawdoctor.wire.start_built import (
    CALLBACK_LISTS,
    GUARDRAILS,
    SETTINGS,
    old_guardrail_callbacks,
)
from clawdoctor.wire.start_callbacks import (
    CALLBACKS,
    INPUT,
    input_error,
    is_unknown_callback,
    known_callbacks,
    listed_callbacks,
)
from clawdoctor.wire.start_fault import STOPS
from clawdoctor.wire.start_jwt import JWT
from clawdoctor.wire.start_needs import Lack, lacks
from clawdoctor.wire.start_sections import start_faults
from clawdoctor.wire.start_settings import CONTENT_SAFETY_PARAMS
from clawdoctor.wire.start_variables import rejected_variables

_ROUTER_SECTIONS = (
    "/model_list",
    "/router_settings",
    *(f"/litellm_settings/{name}" for name in FALLBACKS),
)
"""The sections that LiteLLM checks while it builds its router."""
_LATE_SECTIONS = (
    "/guardrails",
    "/policies",
    LIST,
    "/mcp_servers",
    "/vector_store_registry",
    "/search_tools",
    "/assistant_settings",
    "/default_vertex_config",
    "/finetune_settings",
    "/files_settings",
    "/mcp_tools",
    "/agent_list",
    JWT,
)
"""The sections that LiteLLM checks after it has built its router, in order."""
_KEY = "/general_settings/master_key"
_SETTINGS = "/litellm_settings/"
_LACK_KINDS = {
    "variables": "callback-variable",
    "package": "callback-package",
    "license": "callback-license",
}
_PUBLIC_KEY = Secret("sk-1234")
_READ_WITH = {"cache_params": "cache", CONTENT_SAFETY_PARAMS: CALLBACKS.rpartition("/")[2]}
"""The settings that LiteLLM reads with another one, and this one."""


@dataclass(frozen=True, slots=True)
class Startup:
    """The result of a start: a refusal, or the deployments that exist and those that do not.

    `dropped` are the deployments that LiteLLM drops, with the reason. `unknown` says why the result
    is not known if no refusal is certain.
    """

    refused: Refused | None
    deployments: tuple[Deployment, ...] = ()
    dropped: tuple[tuple[Deployment, Drop], ...] = ()
    unknown: str = ""


def startup(
    config: LiteLLMConfig,
    environment: Environment,
    version: str,
    packages: ProxyPackages = NO_PACKAGES,
) -> Startup:
    """Return whether LiteLLM starts with a config, and with which deployments.

    The proxy's variables may be known or assumed. The Python packages are those of the install that
    runs the proxy, if they are known.
    """
    lacking = tuple(lacks(config, environment, version, packages))
    refused = next(_refusals(config, environment, version, lacking), None)
    if refused is not None:
        return Startup(refused)
    open_ = next((lack for lack in lacking if not lack.certain), None)
    found = drops(config, environment, version)
    kept = tuple(item for item in config.deployments if item.id not in found)
    lost = tuple((item, found[item.id]) for item in config.deployments if item.id in found)
    return Startup(None, kept, lost, unknown=_why_unknown(open_) if open_ is not None else "")


def _why_unknown(lack: Lack) -> str:
    """Return why it is not known whether LiteLLM starts without a requirement."""
    missing, named = lack.missing[0], f"the {lack.named.noun} {lack.named.name}"
    if lack.kind == "server":
        return f"LiteLLM requests a token from {missing} for {named} at startup"
    if lack.kind == "license" and lack.unknown:
        return f"only LiteLLM knows whether the licence for {named} is valid"
    if lack.kind == "package":
        missing = f"the Python package {table('start_needs')['packages'][missing]['pip']}"
    return f"LiteLLM may require {missing} for {named}"


def drops(config: LiteLLMConfig, environment: Environment, version: str) -> Mapping[str, Drop]:
    """Return the reasons why LiteLLM drops deployments, by their ids."""
    found = (
        (item.id, drop_at_start(config, item, environment, version)) for item in config.deployments
    )
    return {name: drop for name, drop in found if drop is not None}


def drop_at_start(
    config: LiteLLMConfig,
    deployment: Deployment,
    environment: Environment,
    version: str | None = None,
) -> Drop | None:
    """Return why LiteLLM drops a deployment at startup, or None, even if this is uncertain."""
    drop = drop_of(config, deployment, environment, version)
    if drop is not None and drop.sure and not (deployment.requested and drop.reason == "provider"):
        return drop
    if deployment.api_version.state == "not-a-string":
        return Drop("type", f"{deployment.pointer}/litellm_params/api_version", "text")
    key = deployment.params.get("api_key")
    if key is not None and not config.is_credential(key) and key.kind not in ("string", "null"):
        return Drop("type", f"{deployment.pointer}/litellm_params/api_key", "text")
    drop = provider_drop(config, deployment, environment, version)
    return drop if drop is not None and drop.sure else None


def provider_drop(
    config: LiteLLMConfig,
    deployment: Deployment,
    environment: Environment,
    version: str | None = None,
) -> Drop | None:
    """Return why LiteLLM drops a deployment because of its provider, or None."""
    pointer = f"{deployment.pointer}/litellm_params"
    if deployment.requested:  # at the start, LiteLLM checks only the wildcard
        own = next((item for item in config.deployments if item.id == deployment.entry_id), None)
        return provider_drop(config, own, environment, version) if own is not None else None
    unknown = next(unknown_provider(deployment, config, version), None)
    if unknown is not None:
        return unknown
    model = served(deployment, environment.proxy)
    if model.path[0] == "*":
        return Drop("provider", f"{pointer}/model")
    if not model.model:
        return Drop("provider", f"{pointer}/model")
    known = table("litellm_providers")
    named = model.path[0] or vendor_of(model.model)
    if not named and deployment.host not in known["hosts"] and model.model != "*":
        # The list that LiteLLM loads at startup may have the name, but not as an Azure model.
        azure = is_azure(deployment.host) or deployment.api_version.state != "missing"
        shipped = environment.proxy.get(SHIPPED_LIST)
        loads = shipped is None or not shipped.value.test(lambda text: text.lower() == "true")
        alike = loads and may_be_listed(model.model)
        sure = azure or not (alike or is_newer("litellm", version))
        return Drop("provider", f"{pointer}/model", sure=sure)
    return None


def _refusals(
    config: LiteLLMConfig, environment: Environment, version: str, lacking: tuple[Lack, ...]
) -> Iterator[Refused]:
    faults = [
        _refused("config", fault.error or fault.why, fault.pointer, config)
        for fault in start_faults(config, environment, version)
        if not isinstance(fault, Unknown) and fault.consequence == STOPS
        if not (fault.lenient and _takes_any_type(version))
    ]
    of_router = [fault for fault in faults if _is_in(fault, _ROUTER_SECTIONS)]
    late = [fault for fault in faults if _is_in(fault, _LATE_SECTIONS)]
    for rejected in rejected_variables(environment):
        source = Source("variable", rejected.variable.place, rejected.variable)
        yield Refused("litellm", "config", rejected.error, sources=(source,))
    callbacks = tuple(lack for lack in lacking if lack.named.listed not in (GUARDRAILS, SETTINGS))
    # LiteLLM reads litellm_settings before it builds its router from the other sections.
    early = [fault for fault in faults if fault not in (*of_router, *late)]
    early += _callback_refusals(config, version)
    if error := input_error(config, environment, version):
        early.append(_refused("callback", error, INPUT, config))
    early += _module_refusals(config)
    early += _lack_refusals(config, callbacks, late=False)
    yield from sorted(early, key=lambda refused: _turn(refused, config))
    yield from _key_type_refusals(config)
    yield from of_router
    yield from _unset_refusals(config, environment, version)
    yield from _timeout_refusals(config, environment)
    yield from _limit_refusals(config, version)
    yield from _fallback_refusals(config, version)
    yield from _strategy_refusals(config, environment, version)
    yield from _lack_refusals(config, _of(lacking, SETTINGS), late=False)
    for section in _LATE_SECTIONS:
        yield from (fault for fault in late if _is_in(fault, (section,)))
    yield from _lack_refusals(config, _of(lacking, GUARDRAILS), late=False)
    yield from _key_refusals(config, environment, version)
    in_order = [lack for key in CALLBACK_LISTS for lack in _of(lacking, key)]
    others = (lack for lack in lacking if lack not in in_order)
    yield from _lack_refusals(config, (*in_order, *others), late=True)


def _turn(refused: Refused, config: LiteLLMConfig) -> int:
    """Return when LiteLLM finds a fault. It reads litellm_settings key by key."""
    places = [source.place for source in refused.sources if source.place is not None]
    _, _, rest = places[0].pointer.partition(_SETTINGS) if places else ("", "", "")
    name = rest.partition("/")[0]
    block = config.root.get("litellm_settings")
    names = [key for key, _ in block.children()] if block is not None else []
    name = _READ_WITH.get(name, name)
    if name in names:
        return names.index(name)
    return -1 if refused.kind == "config" else len(names)


def _is_in(refused: Refused, sections: tuple[str, ...]) -> bool:
    """Whether a fault is in one of these sections."""
    places = [source.place for source in refused.sources if source.place is not None]
    return any(place.pointer.startswith(sections) for place in places)


def _of(lacking: tuple[Lack, ...], listed: str) -> tuple[Lack, ...]:
    return tuple(lack for lack in lacking if lack.named.listed == listed)


def _limit_refusals(config: LiteLLMConfig, version: str) -> Iterator[Refused]:
    """Yield the limits that are strings or negative. Older versions fail on the request."""
    for item in config.deployments if _takes_any_type(version) else ():
        node = item.params.get("max_parallel_requests")
        value = node.value if node is not None else None
        if isinstance(value, str) or (isinstance(value, (int, float)) and value < 0):
            text = (
                f"ValueError: the router config is invalid: deployment `{item.group}` has invalid"
                " litellm_params"
            )
            pointer = f"{item.pointer}/litellm_params/max_parallel_requests"
            yield _refused("config", text, pointer, config)


def _timeout_refusals(config: LiteLLMConfig, environment: Environment) -> Iterator[Refused]:
    """Yield a request_timeout that is not a number, which the router reads if it has a timeout."""
    pointer = "/litellm_settings/request_timeout"
    own = config.root.at("/router_settings/timeout")
    value = value_of(config.root.get("litellm_settings"), pointer, environment.proxy)
    if value.node is None or own is None or own.kind == "null":
        return
    text = ""
    if value.node.kind == "null" or _is_unset(value):
        text = "TypeError: float() argument must be a string or a real number, not 'NoneType'"
    elif value.resolved is not None and not is_number(value.resolved):
        text = f"ValueError: could not convert string to float: '{value.resolved}'"
    if text:
        yield _refused("timeout", text, pointer, config)


def _lack_refusals(
    config: LiteLLMConfig, lacking: tuple[Lack, ...], *, late: bool
) -> Iterator[Refused]:
    for lack in lacking:
        if lack.certain and lack.late == late:
            yield _refused(_LACK_KINDS[lack.kind], lack.error, lack.named.pointer, config)


def _takes_any_type(version: str) -> bool:
    """Whether this version starts with values of a type that others reject."""
    row = behaviour("litellm", "start-types", version)
    return row is not None and row.effect == "accepted"


def _unset_refusals(
    config: LiteLLMConfig, environment: Environment, version: str
) -> Iterator[Refused]:
    """Yield the names and models whose variable is not set. LiteLLM accepts an empty variable."""
    for item in config.deployments:
        name = value_of(item.node, f"{item.pointer}/model_name", environment.proxy)
        if _is_unset(name) and not _takes_any_type(version):
            text = "TypeError: sequence item 0: expected str instance, NoneType found"
            yield _refused("config", text, f"{item.pointer}/model_name", config)
        if _is_unset(item.model):
            text = "TypeError: argument of type 'NoneType' is not iterable"
            yield _refused("config", text, f"{item.pointer}/litellm_params/model", config)


def _fallback_refusals(config: LiteLLMConfig, version: str) -> Iterator[Refused]:
    """Yield the fallbacks that are strings although newer versions require a list."""
    row = behaviour("litellm", "fallback-text", version)
    if row is None or row.effect != "refused":
        return
    first, *others = CHECKED_FALLBACKS
    yield from _text_fallbacks(config, first)
    for block in BLOCKS:
        default = config.root.at(f"{block}/{DEFAULT}")
        if default is not None and default.kind == "string" and default.value:
            text = f"TypeError: {DEFAULT} must be a list of model names, got {default.value!r}"
            yield _refused("fallbacks", text, f"{block}/{DEFAULT}", config)
        if default is not None and default.python():
            break  # LiteLLM does not read the other section
    for name in others:
        yield from _text_fallbacks(config, name)


def _text_fallbacks(config: LiteLLMConfig, name: str) -> Iterator[Refused]:
    pointer, listed = written_fallbacks(config, name) or ("", None)
    for group, target in _named(listed):
        if target.kind != "sequence":
            text = (
                f"TypeError: Fallbacks for '{group}' must be a list of model names, got"
                f" '{target.python()}'. Use {{'{group}': ['{target.python()}']}}"
            )
            yield _refused("fallbacks", text, pointer, config)


def _named(listed: Node | None) -> Iterator[tuple[str, Node]]:
    for item in listed.items if listed is not None else ():
        if item.kind == "mapping":
            yield from item.children()


def _strategy_refusals(
    config: LiteLLMConfig, environment: Environment, version: str
) -> Iterator[Refused]:
    pointer = "/router_settings/routing_strategy"
    value = value_of(config.root.get("router_settings"), pointer, environment.proxy)
    unset = value.variable is not None and value.resolved is None
    if value.node is None or value.state == "missing" or unset:
        return  # with an unset variable the router has no strategy, and the proxy starts
    written = value.resolved or value.node.python()
    strategies = names_in("litellm_settings", "strategies")
    if litellm_standing(strategies, str(written), version) == "unknown":
        text = f"ValueError: Invalid routing_strategy: '{written}'"
        yield _refused("routing-strategy", text, pointer, config)


def _callback_refusals(config: LiteLLMConfig, version: str) -> Iterator[Refused]:
    """Yield the callbacks that this version does not know. A newer version may know them."""
    known = known_callbacks()
    for pointer, node in listed_callbacks(config.root.at(CALLBACKS), CALLBACKS):
        sure = litellm_standing(known, str(node.value), version) != "unseen"
        if sure and is_unknown_callback(str(node.value), config, version):
            yield _refused("callback", NO_MODULE, pointer, config)
    for named in old_guardrail_callbacks(config):
        if is_unknown_callback(named.name, config, version):
            yield _refused("callback", NO_MODULE, named.pointer, config)


def _module_refusals(config: LiteLLMConfig) -> Iterator[Refused]:
    """Yield the user's modules that LiteLLM cannot find."""
    for item in config.modules:
        if item.state == "no-file":
            text = f"ImportError: Could not import {item.name} from {item.module}"
            yield _refused("module", text, item.pointer, config)
        if item.state == "no-name":
            text = f"AttributeError: module '{item.module}' has no attribute '{item.name}'"
            yield _refused("module", text, item.pointer, config)


def _key_type_refusals(config: LiteLLMConfig) -> Iterator[Refused]:
    """Yield a master key that is not a string. LiteLLM reads it before the models."""
    key = config.master_key
    if key.state == "not-a-string":
        text = no_attribute(key.node, "startswith") if key.node is not None else "AttributeError"
        yield _refused("master-key", text, _KEY, config)


def _key_refusals(
    config: LiteLLMConfig, environment: Environment, version: str
) -> Iterator[Refused]:
    key = config.master_key
    row = behaviour("litellm", "master-key", version)
    if row is None or row.effect != "required" or permits_no_key(config, environment):
        return
    if config.root.at("/general_settings/key_management_system") is not None:
        return
    head = "LiteLLM proxy refused to start: "
    variable = environment.proxy.get(MASTER_KEY)
    value = key.resolved
    if key.node is None:  # an empty setting overrides the variable
        own = config.root.at(f"/environment_variables/{MASTER_KEY}")
        general = config.root.get("general_settings")
        if own is not None and general is not None and general.entries:
            if own.value == "":
                yield _refused("master-key", f"{head}the master key is empty", _KEY, config)
            return
        value = variable.value if variable is not None else None
        missing = f"{head}no master key is set"
    else:
        unset = key.node.kind == "null" or _is_unset(key)
        missing = f"{head}{'no master key is set' if unset else 'the master key is empty'}"
    if value is None or not value.stripped():
        yield _refused("master-key", missing, _KEY, config)
    elif value.stripped() == _PUBLIC_KEY:
        text = f"{head}the master key is a publicly known default"
        yield _refused("master-key", text, _KEY, config)


def _is_unset(value: Value[str] | Value[Secret]) -> bool:
    """Whether a value is a reference to an unset variable. An empty variable is set."""
    return value.state == "unset" and value.found is None


def _refused(kind: str, text: str, pointer: str, config: LiteLLMConfig) -> Refused:
    return Refused("litellm", kind, text, sources=(Source("config", config.place(pointer)),))
