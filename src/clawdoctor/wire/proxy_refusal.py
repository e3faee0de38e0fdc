"""The refusals of LiteLLM's proxy before its router chooses a deployment."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.router import MODEL_ALIASES, ONLY_MODEL, is_known, requested_name
from clawdoctor.source.node import Kind
from clawdoctor.wire.candidates import is_blocked
from clawdoctor.wire.group_members import has_wildcards, living_of
from clawdoctor.wire.proxy_key import ENFORCED, UNTAGGED, failed_route, failed_rule, is_on
from clawdoctor.wire.python_error import python_type
from clawdoctor.wire.request import HopRequest, Refused, Source

_NO_USER = "'user' param not passed in. 'enforce_user_param'="

_TAGS = f"Client-side 'metadata.tags' not allowed in request. '{UNTAGGED}'="

_ROUTES = "/general_settings/allowed_routes"
"""The setting that limits the paths that the proxy accepts."""

_TYPES: Mapping[str, tuple[Kind, ...]] = {
    "/general_settings/litellm_key_header_name": ("string",),
    "/general_settings/max_request_size_mb": ("number", "boolean"),
    MODEL_ALIASES: ("mapping",),
}
"""The settings that the proxy reads for each request, with the types that it can read."""

_REQUIRED = {"chat": "messages", "responses": "input", "embeddings": "input"}
"""The parameter that each kind of request requires."""


def refusal(
    request: HopRequest, config: LiteLLMConfig, environment: Environment, version: str | None = None
) -> Refused | None:
    """Return LiteLLM's refusal of the model in a request, before it chooses a deployment."""
    model = requested_model(request, config)
    for pointer, kinds in _TYPES.items():
        node = config.root.at(pointer)
        if node is not None and node.kind not in (*kinds, "null"):
            source = Source("setting", config.place(pointer))
            return Refused("litellm", "type", "Internal Server Error", 500, sources=(source,))
    only = config.root.at(ONLY_MODEL)
    if only is not None and only.kind in ("number", "boolean") and only.value:
        text = f"argument of type '{python_type(only)}' is not iterable"
        source = Source("model", config.place(ONLY_MODEL))
        return Refused("litellm", "type", text, 500, sources=(source,))
    routes = config.root.at(_ROUTES)
    listed = [item.value for item in routes.items] if routes is not None else []
    if routes is not None and routes.kind == "sequence" and request.path not in listed:
        status, text = failed_route(request.path, config, environment)
        source = Source("route", config.place(_ROUTES))
        return Refused("litellm", "route", text, status, sources=(source,))
    if "user" not in request.body and is_on(ENFORCED, config, environment):
        status, text = failed_rule(_NO_USER, config, environment)
        return Refused("litellm", "no-user", text, status, sources=_user_sources(config))
    if _has_metadata_tags(request) and is_on(UNTAGGED, config, environment):
        source = Source("parameter metadata", config.place(f"/general_settings/{UNTAGGED}"))
        return Refused("litellm", "tags", _TAGS, 400, sources=(source,))
    if not isinstance(model, str) or not model:
        text = f"{_route(request)}: Missing required parameter: 'model'."
        return Refused("litellm", "no-model", text, 400)
    needed = _REQUIRED.get(request.api)
    if needed is not None and request.body.get(needed) is None:
        text = f"{_route(request)}: Missing required parameter: '{needed}'."
        return Refused("litellm", f"no-{needed}", text, 400)
    if not _is_known(config, model, environment, version):
        text = (
            f"{_route(request)}: Invalid model name passed in model={model}. Call `/v1/models` to"
            " view available models for your key."
        )
        return Refused("litellm", "unknown-model", text, 400)
    living = living_of(config, model, environment, version)
    if living and all(map(is_blocked, living)):
        if model in config.ids and model not in config.groups:
            text = f"Model '{living[0].model.resolved}' is currently paused"
            return Refused("litellm", "blocked", text, 503)
        return Refused("litellm", "blocked", "litellm.PermissionDeniedError: Model is blocked", 403)
    return None


def _has_metadata_tags(request: HopRequest) -> bool:
    """Whether a request has tags in its metadata, into which the proxy also writes a header's.

    It writes those of a Responses request elsewhere.
    """
    metadata = request.body.get("metadata")
    if isinstance(metadata, Mapping) and "tags" in metadata:
        return True
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    tags = headers.get("x-litellm-tags", "").split(",")
    return request.api != "responses" and any(tag.strip() for tag in tags)


def _user_sources(config: LiteLLMConfig) -> tuple[Source, ...]:
    return (Source("parameter user", config.place(f"/general_settings/{ENFORCED}")),)


def requested_model(request: HopRequest, config: LiteLLMConfig) -> object:
    """Return the model that the proxy uses for a request, which its settings may replace."""
    named = request.body.get("model")
    return requested_name(config, named if isinstance(named, str) else "") or named


def _is_known(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether the proxy passes a model on to its router. A dropped wildcard has no effect."""
    if not is_known(config, model):
        return False
    group = config.groups.get(model)
    if group is not None and any(isinstance(_name(item), str) for item in group):
        return True  # LiteLLM keeps the names of the deployments that it drops, but not their ids
    if model in config.aliases:
        return True
    living = has_wildcards(config, environment, version)
    return living or bool(living_of(config, model, environment, version))


def _name(deployment: Deployment) -> object:
    name = deployment.node.get("model_name")
    return name.value if name is not None else None


def _route(request: HopRequest) -> str:
    return {"chat": "/chat/completions", "embeddings": "/embeddings"}.get(request.api, "/responses")
