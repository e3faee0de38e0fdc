"""Faults of the cache in litellm_settings with which LiteLLM does not start.

Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2: LiteLLM creates the cache at startup.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.parameter import where_set
from clawdoctor.chain.shown import quoted_name
from clawdoctor.finding import Unknown
from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.did_you_mean import misspells, nearest
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node
from clawdoctor.wire.python_error import not_iterable
from clawdoctor.wire.start_fault import STOPS, Fault, key_of, kind_of
from clawdoctor.wire.start_redis import given_url, url_fault

PARAMS = "/litellm_settings/cache_params"
_TABLE = "litellm_settings"
_REDIS = ("host", "url", "redis_startup_nodes", "startup_nodes", "sentinel_nodes")
_REDIS_VARIABLES = ("REDIS_HOST", "REDIS_URL", "REDIS_CLUSTER_NODES", "REDIS_SENTINEL_NODES")
_SEMANTIC = {"host": "REDIS_HOST", "port": "REDIS_PORT", "password": "REDIS_PASSWORD"}
"""What a semantic Redis cache requires without redis_url, and the variables that provide it."""
_REQUIRED = {
    "redis-semantic": (
        ("similarity_threshold", "ValueError: similarity_threshold must be provided, passed None"),
    ),
    "qdrant-semantic": (
        ("qdrant_collection_name", "Exception: collection_name must be provided, passed None"),
        ("similarity_threshold", "Exception: similarity_threshold must be provided, passed None"),
    ),
    "azure-blob": (("azure_account_url", "ValueError: Account URL must be a string."),),
}
"""The settings that each cache type requires, and how LiteLLM exits without them."""
_EXAMPLES = {
    "similarity_threshold": "0.8",
    "qdrant_collection_name": "<collection>",
    "azure_account_url": "https://<account>.blob.core.windows.net",
}
_S3 = ("s3_aws_access_key_id", "s3_aws_secret_access_key")


def cache_kind(config: LiteLLMConfig, environment: Environment) -> str | None:
    """Return the type of the cache that LiteLLM creates at startup, or None without a cache."""
    block = config.root.get("litellm_settings")
    cache = block.get("cache") if block is not None else None
    if block is None or cache is None or cache.value is not True:
        return None
    params = block.get("cache_params")
    value = value_of(params, f"{PARAMS}/type", environment.proxy)
    chosen = value.resolved
    if value.node is not None and value.state == "not-a-string":
        chosen = str(value.node.python())
    elif value.state == "unset":
        chosen = "None"
    return chosen or ("local" if params is not None and params.entries else "redis")


def cache_faults(
    config: LiteLLMConfig, environment: Environment, version: str | None = None
) -> Iterator[Fault | Unknown]:
    """Yield the faults of a cache that LiteLLM cannot create with its settings and variables."""
    kind = cache_kind(config, environment)
    if kind is None:
        return
    params = config.root.at(PARAMS)
    if params is not None and params.python() in ([], ""):
        params = None  # LiteLLM takes both for no settings
    if params is not None and params.kind != "mapping":
        yield Fault(
            pointer=PARAMS,
            message=f"cache_params is {kind_of(params)}, not a mapping",
            label="not a mapping",
            why="LiteLLM reads the keys at startup, and exits with an error.",
            snippet="cache_params:\n  type: local",
            error=_params_error(params),
        )
        return
    standing = litellm_standing(names_in(_TABLE, "caches"), kind, version)
    if standing != "known":
        node = params.get("type") if params is not None else None
        yield _unknown_kind(f"{PARAMS}/type", node, kind, version, sure=standing == "unknown")
        return
    for setting, error in _REQUIRED.get(kind, ()):
        if not _is_given(params, setting, environment):
            yield Fault(
                pointer=_pointer(params),
                message=f"the cache type {kind} requires {setting}",
                label=f"no {setting}",
                why="LiteLLM creates its cache at startup, and exits with an error.",
                snippet=f"cache_params:\n  type: {kind}\n  {setting}: {_EXAMPLES[setting]}",
                error=error,
            )
            return
    if kind in ("redis", "redis-semantic"):
        yield from _redis_faults(kind, params, config, environment)
    elif kind == "s3":
        yield from _s3_faults(params, config, environment)


def _redis_faults(
    kind: str, params: Node | None, config: LiteLLMConfig, environment: Environment
) -> Iterator[Fault | Unknown]:
    if kind == "redis":
        if (fault := _redis_url_fault(params, environment)) is not None:
            yield fault
            return
        given = any(_is_given(params, name, environment) for name in _REDIS)
        if not given and not any(_is_set(name, config, environment) for name in _REDIS_VARIABLES):
            error = "ValueError: Either 'host' or 'url' must be specified for redis."
            yield _redis_fault(kind, "host", params, error, environment)
        return
    if _is_given(params, "redis_url", environment):
        return
    for setting, variable in _SEMANTIC.items():
        given = _is_given(params, setting, environment)
        if not given and not _is_set(variable, config, environment):
            error = f"ValueError: Missing required Redis configuration: {variable}."
            yield _redis_fault(kind, setting, params, error, environment)
            return


def _redis_url_fault(params: Node | None, environment: Environment) -> Fault | None:
    """Return the fault of the URL of a Redis cache: its own, else that of a variable."""
    pointer, name = key_of(f"{PARAMS}/url"), "url"
    given = given_url(params, f"{PARAMS}/url", environment)
    if given is None and not any(_is_given(params, key, environment) for key in _REDIS):
        variables = [environment.proxy.get(key) for key in ("REDIS_HOST", "REDIS_URL")]
        if variables[0] is None and variables[1] is not None:
            pointer, name = _pointer(params), "REDIS_URL"
            given = variables[1].value.reveal()
    return url_fault(pointer, name, given) if given is not None else None


def _redis_fault(
    kind: str, setting: str, params: Node | None, error: str, environment: Environment
) -> Fault | Unknown:
    scope = environment.proxy
    variable, other = f"REDIS_{setting.upper()}", "url" if kind == "redis" else "redis_url"
    sure = scope.basis == "known"
    if not sure and environment.ci:
        return Unknown(f"{variable} is not set on this CI machine, but may be on the proxy's host")
    what = "its host" if setting == "host" else f"its {setting}"
    return Fault(
        pointer=_pointer(params),
        message=f"the cache uses Redis, but neither cache_params nor {variable} in "
        f"{scope.source} sets {what}",
        label=f"no {setting} or {other}",
        why="LiteLLM connects to its cache at startup. Without a host and port or a URL, it exits "
        "with a ValueError."
        + ("" if sure else " There is nothing to do if the service that runs LiteLLM sets it."),
        snippet=f"cache_params:\n  type: {kind}\n  host: os.environ/REDIS_HOST\n"
        "  port: os.environ/REDIS_PORT"
        + ("" if kind == "redis" else "\n  password: os.environ/REDIS_PASSWORD"),
        sure=sure,
        error=error,
    )


def _s3_faults(
    params: Node | None, config: LiteLLMConfig, environment: Environment
) -> Iterator[Fault | Unknown]:
    """Yield the fault of half an AWS key, which botocore rejects."""
    scope = environment.proxy
    given = [name for name in _S3 if _is_given(params, name, environment)]
    if len(given) == 2:
        return
    if not given and (
        not _is_set("AWS_ACCESS_KEY_ID", config, environment)
        or _is_set("AWS_SECRET_ACCESS_KEY", config, environment)
        or _is_set("AWS_PROFILE", config, environment)
    ):
        return
    missing = next(name for name in reversed(_S3) if name not in given)
    name, basis = missing.removeprefix("s3_"), "explicit"
    if not given:
        name, basis = "AWS_SECRET_ACCESS_KEY", "env"
    value = value_of(params, f"{PARAMS}/{missing}", scope)
    sure = scope.basis == "known" or (bool(given) and value.variable is None)
    if not sure and environment.ci:
        yield Unknown(f"{value.variable or name} is not set on this CI machine")
        return
    half = given[0] if given else "AWS_ACCESS_KEY_ID"
    unset = value.variable or ("" if given else name)
    reason = f": {value.variable} is not set in {scope.source}" if value.variable else ""
    yield Fault(
        pointer=value.pointer if value.node is not None and given else _pointer(params),
        message=f"the S3 cache has {half} without "
        f"{missing if given else 'AWS_SECRET_ACCESS_KEY'}{reason}",
        label="the other half of the key is missing",
        why="LiteLLM connects to its cache at startup. Without both halves of the key, it exits "
        "with a PartialCredentialsError."
        + ("" if sure else " There is nothing to do if the service that runs LiteLLM sets it."),
        snippet=""
        if unset
        else "cache_params:\n  s3_aws_access_key_id: os.environ/AWS_ACCESS_KEY_ID\n"
        "  s3_aws_secret_access_key: os.environ/AWS_SECRET_ACCESS_KEY",
        step=f"set {unset} {where_set(environment, unset)}" if unset else "",
        sure=sure,
        error=f"PartialCredentialsError: Partial credentials found in {basis}, missing: {name}",
    )


def _unknown_kind(
    pointer: str, node: Node | None, chosen: str, version: str | None, *, sure: bool
) -> Fault:
    row = behaviour("litellm", "cache-kind", version)
    named = row is not None and row.effect == "named"
    written = chosen if chosen.isdigit() or chosen == "None" else repr(chosen)
    kinds = names_in(_TABLE, "caches")
    meant = nearest(chosen, kinds.ever - {chosen})
    misspelt = chosen not in kinds.ever and misspells(chosen, kinds.ever)
    doubt = "" if misspelt else f" {kinds.known_by(chosen, 'LiteLLM')}"
    return Fault(
        pointer=pointer,
        message=f"LiteLLM {'does' if sure else 'may'} not support the cache type "
        f"{quoted_name(chosen)}".rstrip(),
        label=f"did you mean {meant[0]}?" if meant else f"one of {', '.join(sorted(kinds.ever))}",
        why=f"LiteLLM creates its cache at startup, and exits with an error.{doubt}",
        snippet=f"type: {meant[0] if meant else 'local'}",
        changes=(Put(node, meant[0]),) if meant and node is not None else (),
        step=f"change the cache type to {meant[0]}"
        if meant
        else "use a cache type that LiteLLM supports, such as local",
        guessed=True,
        consequence=STOPS if sure else "",
        sure=sure,
        error=f"ValueError: Unsupported cache type {written}"
        if named
        else "AttributeError: 'Cache' object has no attribute 'cache'",
    )


def _params_error(params: Node) -> str:
    first = params.items[0].value if params.items else params.value
    if isinstance(first, str):
        length = len(first) if params.kind == "sequence" else 1
        return (
            f"ValueError: dictionary update sequence element #0 has length {length}; 2 is required"
        )
    return not_iterable(params)


def _pointer(params: Node | None) -> str:
    return key_of(PARAMS) if params is not None else "/litellm_settings/cache"


def _is_given(params: Node | None, setting: str, environment: Environment) -> bool:
    """Return whether a setting has a value. A file's own environment_variables can provide it."""
    value = value_of(params, f"{PARAMS}/{setting}", environment.proxy)
    if value.state == "not-a-string":
        return value.node is not None and (bool(value.node.items) or value.node.value is not None)
    return value.resolved is not None


def _is_set(name: str, config: LiteLLMConfig, environment: Environment) -> bool:
    own = config.root.get("environment_variables")
    return bool(environment.proxy.get(name) or (own is not None and own.get(name)))
