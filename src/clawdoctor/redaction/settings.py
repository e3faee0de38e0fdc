"""The settings whose values a report may show, each with the shape that its value must have.

Every other setting is hidden: an unknown name may be a misspelled `api_key`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Literal

from clawdoctor.deferred import regex
from clawdoctor.knowledge import table

Shape = Literal[
    "name",
    "text",
    "url",
    "api-version",
    "word",
    "callback",
    "path",
    "command",
    "image",
    "ports",
    "duration",
]
"""The shape of a harmless setting's value."""

_SETTINGS: dict[Shape, str] = {
    # Names of models, deployments, groups, providers, agents, services and files of the chain.
    "name": """
        model model_name base_model id primary fallback fallbacks default_fallbacks
        context_window_fallbacks content_policy_fallbacks model_group_alias model_alias_map models
        provider providers litellm_credential_name credential_name credentialName profile
        agentId custom_llm_provider azure_deployment deployment deployment_id service services
        network_mode container_name depends_on target_model region_name aws_region_name deployments
        allowed_model_region tag tags access_groups model_access_groups subagents heartbeat
        imageModel imageGenerationModel utilityModel summaryModel embeddingModel
        custom_auth custom_sso custom_handler custom_key_generate extra_hosts
    """,
    "text": "name alias displayName",
    "url": """
        api_base base_url baseUrl baseURL endpoint azure_endpoint url remoteUrl proxy_base_url host
        hostname
    """,
    "api-version": "api_version apiVersion api-version default_azure_api_version",
    "word": """
        api mode authMode method type input output kind source bind routing_strategy
        reasoning_effort reasoningEffort verbosity thinking thinkingDefault thinkingLevel
        thinkingFormat maxTokensField level logLevel log_level effort summary reasoningSummary role
        restart condition driver protocol transport status state
        optional_pre_call_checks supported_environments modalities supported_openai_params
        additional_drop_params allowed_openai_params drop_params litellm_provider
        redis_type cache_type policy strategy scope profiles toolProfile reasoning strict
        supportsStore stream streaming response_format service_tier default enabled
        lastRunCommand lastRunMode lastRunVersion lastTouchedVersion version platform
        pull_policy required rate_limiter auth
    """,
    "callback": """
        callbacks success_callback failure_callback input_callback service_callback
        audit_log_callbacks post_call_rules guardrail
    """,
    "path": """
        include $include env_file file path config workspace agentDir dir folder volumes source
        target build context dockerfile working_dir extends ssl_certificate cert ca bundle
    """,
    "command": "command entrypoint test healthcheck args",
    "image": "image",
    "ports": "ports expose port",
    "duration": """
        timeout request_timeout stream_timeout interval start_period cooldown_time budget_duration
        ttl timeoutSeconds idleTimeout lastRunAt lastTouchedAt
    """,
}
_INHERITING = frozenset(
    {"fallbacks", "default_fallbacks", "context_window_fallbacks", "content_policy_fallbacks"}
    | {"model_group_alias", "model_alias_map"}
)
"""The settings that contain names at any depth: `fallbacks: [{gpt-5.2: [gpt-4o]}]`."""
_SWITCHES = frozenset(
    {"PORT", "LITELLM_PORT", "LITELLM_MODE", "LITELLM_LOG", "LITELLM_DROP_PARAMS", "NUM_WORKERS"}
    | {"STORE_MODEL_IN_DB", "LITELLM_LOCAL_MODEL_COST_MAP", "OPENCLAW_GATEWAY_PORT", "LOG_LEVEL"}
    | {"DETAILED_DEBUG", "DEBUG", "SET_VERBOSE", "NODE_ENV", "TZ", "DISABLE_SCHEMA_UPDATE"}
)
"""Variables that turn something on or off; their values are short words and numbers."""
_PUBLIC_HEADERS = frozenset(
    {"accept", "api-version", "content-type", "anthropic-version", "openai-beta", "user-agent"}
)


@cache
def known_words() -> frozenset[str]:
    """Return the words that settings of the chain have as values, in lower case."""
    return frozenset(" ".join(table("setting_words")["words"]).casefold().split())


_VERSION = regex(r"v?\d{1,4}(?:\.\d{1,6}){0,3}(?:-[a-z]{1,10}(?:\.\d{1,3})?)?", re.IGNORECASE)


@lru_cache(maxsize=2048)
def is_known_word(word: str) -> bool:
    """Return True for a word that a setting can have, a misspelling of it, and a version."""
    if word.casefold() in known_words() or _VERSION.fullmatch(word):
        return True
    near = get_close_matches(word.casefold(), known_words(), 1, 0.8) if len(word) < 40 else []
    return bool(near) or word == "*"


def _folded(name: str) -> str:
    return re.sub(r"[-_]", "", name).casefold()


_SHAPES: dict[str, Shape] = {
    _folded(name): shape for shape, names in _SETTINGS.items() for name in names.split()
}
_EXACT = {name for names in _SETTINGS.values() for name in names.split()} | {
    re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
    for names in _SETTINGS.values()
    for name in names.split()
}


def shape_of(name: str) -> Shape | None:
    """Return the shape of a harmless setting's value, or None if the setting is unknown.

    The name must be spelled as one of the programs spells it: `modle` and `Model` are unknown.
    """
    return _SHAPES[_folded(name)] if name in _EXACT else None


def is_inheriting(name: str) -> bool:
    """Return whether everything in a setting has the same shape, regardless of its keys."""
    return name in _INHERITING


def is_switch(variable: str) -> bool:
    """Return whether a variable is only a switch, so that a word or a number may be shown."""
    return variable in _SWITCHES


def is_public_header(name: str) -> bool:
    """Return whether a header contains no credential."""
    return name.casefold() in _PUBLIC_HEADERS
