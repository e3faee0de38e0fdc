"""Configs, environments and requests, with the settings that public configs use.

The weights follow 258 public litellm_config.yaml files with Azure models: an `api_base` by variable
and an `api_key` by variable are the rule, a third sets `api_version`, a tenth `drop_params`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import hypothesis
import yaml
from hypothesis import strategies as st

MASTER = "sk-master-7f3a9c51d2e8"
CONFIG = "litellm_config.yaml"
_HOST = "https://res-a.openai.azure.com"
_FILE_KEY = "file-key-0123456789abcdef"
VARIABLES: Mapping[str, str] = {
    "AZURE_API_KEY": "env-azure-api-key",
    "AZURE_OPENAI_API_KEY": "env-azure-openai-key",
    "OPENAI_API_KEY": "env-openai-key",
    "AZURE_API_BASE": "https://env-base.openai.azure.com",
    "AZURE_OPENAI_ENDPOINT": "https://env-endpoint.openai.azure.com/",
    "AZURE_API_VERSION": "2024-12-01-preview",
    "AZURE_OPENAI_API_VERSION": "2024-08-01-preview",
    "OPENAI_API_VERSION": "2024-07-01-preview",
    "AZURE_AD_TOKEN": "env-ad-token",
    "AZURE_OPENAI_AD_TOKEN": "env-openai-ad-token",
    "AZURE_TENANT_ID": "env-tenant",
    "AZURE_CLIENT_ID": "env-client",
    "AZURE_CLIENT_SECRET": "env-secret",
    "AZURE_SCOPE": "https://scope.example.test/.default",
    "MY_KEY": "my-key-value",
    "MY_BASE": "https://my-base.openai.azure.com",
    "MY_VERSION": "2024-10-21",
    "EMPTY": "",
    "LITELLM_DROP_PARAMS": "True",
    "LITELLM_ENVIRONMENT": "production",
}
_NAMES = (
    "gpt-4o",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-35-turbo",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5.4",
    "gpt-5-chat",
    "gpt-5.2-chat",
    "gpt-5-codex",
    "gpt-5.1-codex",
    "gpt-5-pro",
    "o1",
    "o3",
    "o3-mini",
    "o4-mini",
    "text-embedding-3-small",
    "text-embedding-3-large",
    "my-deployment",
    "prod-chat",
    "gpt-6",
)
_VERSIONS = (
    "2024-10-21",
    "2024-10-21",
    "2023-07-01-preview",
    "2023-05-15",
    "2024-08-01-preview",
    "2024-08-01-preview",
    "2025-01-01-preview",
    "2024-12-01-preview",
    "2025-03-01-preview",
    "2025-04-01-preview",
    "2024-02-01",
    "preview",
    "v1",
    "latest",
    "os.environ/MY_VERSION",
    "os.environ/AZURE_API_VERSION",
    "os.environ/UNSET_VERSION",
)
_BASES = (
    _HOST,
    f"{_HOST}/",
    "os.environ/AZURE_API_BASE",
    "os.environ/MY_BASE",
    "os.environ/AZURE_OPENAI_ENDPOINT",
    "os.environ/UNSET_BASE",
    f"{_HOST}/openai",
    f"{_HOST}/openai/v1",
    f"{_HOST}/openai/v1/",
    f"{_HOST}/openai/deployments/dep",
    f"{_HOST}/openai/deployments/dep/chat/completions?api-version=2025-01-01-preview",
    "https://res-c.cognitiveservices.azure.com/",
    "https://res-c.services.ai.azure.com",
    "https://res-c.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    "https://phi-x.eastus.models.ai.azure.com",
    "https://apim-x.azure-api.net/path",
    "res-a.openai.azure.com",
    "${MY_BASE}",
    "",
)


def _rarely(strategy: st.SearchStrategy[Any], one_in: int) -> st.SearchStrategy[Any]:
    """Draw a value once in `one_in` draws, and None otherwise."""
    return st.integers(0, one_in - 1).flatmap(
        lambda drawn: strategy if drawn == one_in - 1 else st.none()
    )


def _model() -> st.SearchStrategy[str]:
    prefix = st.sampled_from(
        ["azure/"] * 20
        + ["azure/responses/", "azure/o_series/", "azure/gpt5_series/", "azure_ai/", "openai/", ""]
        + ["azure_ai/responses/", "azure_text/"]
    )
    return st.builds(str.__add__, prefix, st.sampled_from(_NAMES))


def _key() -> st.SearchStrategy[Any]:
    return st.sampled_from(
        ["os.environ/AZURE_API_KEY"] * 6
        + ["os.environ/AZURE_OPENAI_API_KEY"] * 2
        + [_FILE_KEY] * 4
        + ["os.environ/MY_KEY", "os.environ/UNSET_KEY", "os.environ/EMPTY", "${MY_KEY}", "", None]
    )


_ENTRA: tuple[Mapping[str, Any], ...] = (
    {"azure_ad_token": "file-ad-token"},
    {"azure_ad_token": "os.environ/AZURE_AD_TOKEN"},
    {"azure_ad_token": "os.environ/UNSET_TOKEN"},
    {"tenant_id": "file-tenant", "client_id": "file-client", "client_secret": "file-secret"},
    {
        "tenant_id": "os.environ/AZURE_TENANT_ID",
        "client_id": "os.environ/AZURE_CLIENT_ID",
        "client_secret": "os.environ/AZURE_CLIENT_SECRET",
    },
    {"tenant_id": "file-tenant", "client_id": "file-client"},
)
_EXTRAS: tuple[Mapping[str, Any], ...] = (
    {"rpm": 10},
    {"tpm": 100000, "rpm": 6},
    {"drop_params": True},
    {"drop_params": True},
    {"drop_params": False},
    {"drop_params": "true"},
    {"stream_timeout": 30.0},
    {"timeout": 60},
    {"max_retries": 1},
    {"temperature": 0.2},
    {"max_tokens": 400},
    {"seed": 7},
    {"reasoning_effort": "low"},
    {"order": 1},
    {"order": 2},
    {"tags": ["paid"]},
    {"base_model": "azure/gpt-4o"},
    {"allowed_openai_params": ["reasoning_effort"]},
    {"allowed_openai_params": ["store", "tools"]},
    {"additional_drop_params": ["store"]},
    {"additional_drop_params": ["temperature", "reasoning_effort"]},
    {"extra_headers": {"x-team": "blue"}},
    {"headers": {"x-team": "red"}},
    {"extra_body": {"foo": 1}},
    {"input_cost_per_token": 0.000001},
    {"my_unknown_key": "x"},
    {"azure_deployment": "dep"},
    {"region_name": "eu"},
    {"organization": "org-1"},
    {"use_chat_completions_api": True},
    {"supports_system_message": False},
    {"base_url": "https://by-base-url.openai.azure.com"},
    {"azure_ad_token_provider": "x"},
    {"azure_ad_token": "oidc/google/https://x"},
    {"response_format": {"type": "json_object"}},
)
_INFO: tuple[Mapping[str, Any], ...] = (
    {"base_model": "azure/gpt-4o"},
    {"base_model": "azure/gpt-5"},
    {"base_model": "azure/gpt-5.4"},
    {"base_model": "azure/gpt-4o-mini"},
    {"base_model": "gpt-5.1-codex"},
    {"base_model": "o3-mini"},
    {"mode": "chat"},
    {"mode": "responses"},
    {"mode": "embedding"},
    {"id": "my-id"},
    {"supports_vision": True},
    {"supported_environments": ["production"]},
    {"supported_environments": ["staging"]},
)


@st.composite
def _deployment(draw: st.DrawFn, group: str) -> dict[str, Any]:
    params: dict[str, Any] = {"model": draw(_model())}
    base = draw(st.sampled_from([0] * 3 + list(range(len(_BASES)))))
    if draw(st.integers(0, 11)):
        params["api_base"] = _BASES[base]
    version = draw(_rarely(st.sampled_from([*_VERSIONS, datetime.date(2024, 6, 1)]), 2))
    if version is not None:
        params["api_version"] = version
    if draw(st.integers(0, 9)):
        params["api_key"] = draw(_key())
    if (entra := draw(_rarely(st.sampled_from(_ENTRA), 6))) is not None:
        params |= entra
        if draw(st.integers(0, 3)):
            params.pop("api_key", None)
    for extra in draw(st.lists(st.sampled_from(_EXTRAS), max_size=2)):
        params |= extra
    if (name := draw(_rarely(st.sampled_from(["shared", "shared", "absent"]), 15))) is not None:
        params["litellm_credential_name"] = name
        params.pop("api_key", None)
    entry: dict[str, Any] = {"model_name": group, "litellm_params": params}
    if (info := draw(_rarely(st.sampled_from(_INFO), 4))) is not None:
        entry["model_info"] = dict(info)
    return entry


_SETTINGS: tuple[Mapping[str, Any], ...] = (
    {"drop_params": True},
    {"drop_params": True},
    {"drop_params": False},
    {"num_retries": 2},
    {"request_timeout": 60},
    {"set_verbose": False},
    {"modify_params": True},
    {"enable_azure_ad_token_refresh": True},
    {"ssl_verify": False},
    {"fallbacks": [{"main": ["other"]}]},
    {"fallbacks": [{"main": "other"}]},
    {"default_fallbacks": ["other"]},
    {"default_fallbacks": "other"},
    {"context_window_fallbacks": [{"main": ["other"]}]},
    {"use_responses_api": True},
    {"telemetry": False},
    {"api_base": "https://of-settings.openai.azure.com"},
    {"headers": {"x-all": "1"}},
    {"success_callback": ["prometheus"], "cache": True},
)
_ROUTER: tuple[Mapping[str, Any], ...] = (
    {"routing_strategy": "simple-shuffle"},
    {"routing_strategy": "usage-based-routing-v2"},
    {"routing_strategy": "least-busy"},
    {"routing_strategy": "round-robin"},
    {"enable_pre_call_checks": True},
    {"model_group_alias": {"nick": "main"}},
    {"num_retries": 1, "timeout": 30},
    {"cooldown_time": 5, "allowed_fails": 2},
    {"fallbacks": [{"main": ["other"]}]},
    {"fallbacks": [{"main": "other"}]},
    {"optional_pre_call_checks": ["responses_api_deployment_check"]},
    {"default_litellm_params": {"drop_params": True}},
    {"fallbacks": [{"*": ["other"]}]},
)


@st.composite
def _config(draw: st.DrawFn) -> dict[str, Any]:
    groups = ["main", *draw(st.lists(st.sampled_from(["main", "other", "gpt-4o"]), max_size=2))]
    entries = [draw(_deployment(group)) for group in groups]
    if (wildcard := draw(_rarely(st.sampled_from(["azure/*", "*"]), 14))) is not None:
        entries.append(draw(_deployment(wildcard)))
        entries[-1]["litellm_params"]["model"] = "azure/*"
    config: dict[str, Any] = {"model_list": entries}
    if (settings := draw(_rarely(st.lists(st.sampled_from(_SETTINGS), max_size=2), 3))) is not None:
        config["litellm_settings"] = _merged(settings)
    if (router := draw(_rarely(st.lists(st.sampled_from(_ROUTER), max_size=2), 4))) is not None:
        config["router_settings"] = _merged(router)
    general = draw(_rarely(st.sampled_from(["os.environ/LITELLM_MASTER_KEY", MASTER, None]), 4))
    if general is not None:
        config["general_settings"] = {"master_key": general}
    if any("litellm_credential_name" in entry["litellm_params"] for entry in entries):
        values = {"api_key": draw(_key()), "api_base": draw(st.sampled_from(_BASES[:5]))}
        config["credential_list"] = [
            {"credential_name": "shared", "credential_values": values, "credential_info": {}}
        ]
    if draw(st.integers(0, 19)) == 19:
        config["environment_variables"] = {"MY_KEY": "from-the-file", "AZURE_API_KEY": "of-file"}
    return config


def _merged(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


_EMPTIED = ("AZURE_API_KEY", "AZURE_API_BASE", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN")


@st.composite
def _environ(draw: st.DrawFn) -> dict[str, str]:
    usual = ["AZURE_API_KEY", "AZURE_API_BASE", "MY_KEY", "MY_BASE", "MY_VERSION", "EMPTY"]
    chosen = {name for name in usual if draw(st.integers(0, 4))}
    chosen |= {name for name in VARIABLES if name not in usual and not draw(st.integers(0, 11))}
    found = {"LITELLM_MASTER_KEY": MASTER, **{name: VARIABLES[name] for name in sorted(chosen)}}
    if (empty := draw(_rarely(st.sampled_from(_EMPTIED), 10))) is not None:
        found[empty] = ""
    return found


_TOOL = {
    "type": "function",
    "function": {
        "name": "read",
        "description": "Read a file",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
_STRICT = {**_TOOL, "function": {**_TOOL["function"], "strict": False}}  # type: ignore[dict-item]
_MESSAGES: tuple[list[dict[str, Any]], ...] = (
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
)
_CHAT: tuple[Mapping[str, Any], ...] = (
    {"stream": True, "stream_options": {"include_usage": True}},
    {"stream": True},
    {"max_completion_tokens": 4096},
    {"max_tokens": 4096},
    {"store": False},
    {"tools": [_TOOL]},
    {"tools": [_STRICT], "tool_choice": "auto"},
    {"reasoning_effort": "medium"},
    {"reasoning_effort": "none", "tools": [_TOOL]},
    {"temperature": 0.7},
    {"temperature": 1},
    {"parallel_tool_calls": True, "tools": [_TOOL]},
    {"prompt_cache_key": "session-1"},
    {"prompt_cache_retention": "24h"},
    {"top_p": 0.5},
    {"metadata": {"a": "b"}},
    {"verbosity": "low"},
    {"user": "me"},
)
_RESPONSE_TOOL = {"type": "function", "name": "read", "parameters": {"type": "object"}}
_RESPONSES: tuple[Mapping[str, Any], ...] = (
    {"stream": True},
    {"store": False},
    {"max_output_tokens": 4096},
    {"tools": [_RESPONSE_TOOL], "tool_choice": "auto"},
    {"reasoning": {"effort": "medium", "summary": "auto"}},
    {"include": ["reasoning.encrypted_content"]},
    {"temperature": 0.7},
    {"prompt_cache_key": "session-1"},
    {"prompt_cache_retention": "24h"},
    {"parallel_tool_calls": True},
    {"instructions": "Be brief."},
)


@st.composite
def _request(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    path = draw(st.sampled_from(["chat/completions"] * 5 + ["responses"] * 2 + ["embeddings"]))
    body: dict[str, Any] = {"model": draw(st.sampled_from(names))}
    if path == "embeddings":
        body["input"] = draw(st.sampled_from(["hi", ["hi", "you"]]))
        body |= draw(st.sampled_from([{}, {"encoding_format": "float"}, {"dimensions": 256}]))
    elif path == "responses":
        body["input"] = draw(st.sampled_from(["hi", [{"role": "user", "content": "hi"}]]))
        body |= _merged(draw(st.lists(st.sampled_from(_RESPONSES), max_size=5)))
    else:
        body["messages"] = draw(st.sampled_from(_MESSAGES))
        body |= _merged(draw(st.lists(st.sampled_from(_CHAT), max_size=5)))
    return {"path": f"/v1/{path}", "body": body}


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Return a case with its config as data: `settings`, `environ` and `requests`."""
    config = draw(_config())
    groups = sorted({entry["model_name"] for entry in config["model_list"]} - {"*", "azure/*"})
    wildcard = any("*" in entry["model_name"] for entry in config["model_list"])
    aliases = config.get("router_settings", {}).get("model_group_alias", {})
    names = groups * 5 + ["azure/gpt-4o"] * 3 * wildcard + [*aliases] * 3
    names.append(draw(st.sampled_from(["unknown-model", *groups])))
    requests = draw(st.lists(_request(names), min_size=1, max_size=4))
    return {"settings": config, "environ": draw(_environ()), "requests": requests}


def drawn(seed: int, count: int) -> list[dict[str, Any]]:
    """Return different cases. The same seed gives the same cases."""
    found: list[dict[str, Any]] = []
    for part in range(count):
        for case in _drawn(f"{seed}-{part}"):
            if case not in found:
                found.append(case)
        if len(found) >= count:
            break
    return found[:count]


def _drawn(seed: str) -> list[dict[str, Any]]:
    """Return a few cases: hypothesis repeats parts of its cases when it draws many."""
    found: list[dict[str, Any]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=8,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(cases())
    def collect(case: dict[str, Any]) -> None:
        found.append(case)

    collect()
    return found


def as_files(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case as an oracle reads it: with a file in place of `settings`."""
    text = yaml.safe_dump(case["settings"], sort_keys=False)
    return {
        "files": {CONFIG: text, **case.get("files", {})},
        "environ": case["environ"],
        "requests": case["requests"],
    }
