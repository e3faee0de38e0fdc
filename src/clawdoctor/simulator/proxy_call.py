"""What LiteLLM makes of a turn before it asks Azure: the address, the key, the parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from clawdoctor.knowledge import Release, behaviour, release, table
from clawdoctor.knowledge.azure import lacks
from clawdoctor.simulator.azure_body import knows, reasons
from clawdoctor.simulator.message import Request, Response
from clawdoctor.simulator.proxy_answers import (
    Asked,
    failed,
    unsupported,
    unsupported_temperature,
)

_UNDATED_FALLBACK = Release((1, 109))
"""From here on a dated api-version that is too old for the Responses API is not sent to it."""
_SILENT = ("metadata", "prompt_cache_retention")
_REASONERS_ONLY = ("reasoning_effort", "safety_identifier", "service_tier", "verbosity")
_SAMPLING = ("top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs")
_BRIDGED_AS_IS = ("parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier")
_NO_KEY = (
    "Missing credentials. Please pass one of `api_key`, `azure_ad_token`,"
    " `azure_ad_token_provider`, or the `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN`"
    " environment variables."
)
_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)


@dataclass(frozen=True, slots=True)
class ProxyDeployment:
    """One entry of `model_list`, its values as LiteLLM has them after `os.environ/` is resolved."""

    model: str
    api_base: str | None
    api_key: str | None = field(default=None, repr=False)
    api_version: str | None = None
    drop_params: bool = False
    additional_drop_params: tuple[str, ...] = ()
    base_model: str | None = None
    mode: str | None = None

    @property
    def name(self) -> str:
        """The deployment's name: what is left of `model` without the words that steer LiteLLM."""
        return self.model.split("/")[-1]

    @property
    def provider(self) -> str:
        """`azure` or `openai`; anything else makes LiteLLM drop the entry."""
        return self.model.split("/")[0] if "/" in self.model else ""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to upstream, and whether it goes to the Responses API."""

    origin: str
    request: Request
    responses: bool


def prepared(
    deployment: ProxyDeployment, body: Mapping[str, Any], asked: Asked, *, drop_params: bool
) -> Call | Response:
    """The call for a turn on `/chat/completions`, or LiteLLM's own refusal."""
    drop = drop_params or deployment.drop_params
    bridged = _is_bridged(deployment, body)
    kept = {key: value for key, value in body.items() if key not in _SILENT}
    for name in deployment.additional_drop_params:
        kept.pop(name, None)
    family = _family(deployment)
    refused = _refused(deployment, kept, asked.version, family, bridged=bridged)
    if not drop and refused:
        return unsupported(refused, deployment.name, asked)
    hot = _temperature_refused(deployment, kept, family)
    if not drop and hot:
        named = deployment.base_model or deployment.name
        return unsupported_temperature(
            kept["temperature"], named, asked, o_series=family == "o-series"
        )
    for name in (*refused, *(("temperature",) if hot else ())):
        kept.pop(name)
    kept["model"] = deployment.name
    if family and "max_tokens" in kept:
        kept["max_completion_tokens"] = kept.pop("max_tokens")
    if bridged:
        return addressed(deployment, _as_responses(kept), asked, responses=True)
    if kept.get("stream") is True and "stream_options" not in kept:
        kept["stream_options"] = {"include_usage": True}  # for its own accounts
    if family != "o-series":
        kept["messages"] = _without_developer(kept.get("messages"))
    return addressed(deployment, kept, asked, responses=False)


def addressed(
    deployment: ProxyDeployment, body: Mapping[str, Any], asked: Asked, *, responses: bool
) -> Call | Response:
    """Where a body goes, and with which key. There is nothing to ask without a base."""
    error = "litellm.APIError: AzureException APIError - "
    if not deployment.api_base:
        return failed(500, error + _NO_BASE, asked)
    if not deployment.api_key and not responses:
        return failed(500, error + _NO_KEY, asked)
    base = urlsplit(deployment.api_base)
    key = deployment.api_key or ""
    folder = base.path.partition("/openai/deployments/")[0].rstrip("/")
    query: dict[str, str] = {}
    bearer = True
    if deployment.provider == "openai":
        path = f"{folder}/{'responses' if responses else 'chat/completions'}"
    elif responses:
        version = _responses_version(deployment, asked.version)
        undated = version in table("azure")["undated"]
        path = f"{folder}{'/openai/v1' if undated else '/openai'}/responses"
        query, bearer = {"api-version": version}, False
    else:
        version = deployment.api_version or _default_version(asked.version)
        if version in table("azure")["undated"]:
            folder = f"{folder}/" if folder else ""  # this slash is doubled by the real one, too
            path = f"{folder}/openai/v1/chat/completions"
        else:
            path = f"{folder}/openai/deployments/{deployment.name}/chat/completions"
            query, bearer = {"api-version": version}, False
    auth = {"authorization": f"Bearer {key}"} if bearer else {"api-key": key}
    headers = {"content-type": "application/json", "host": base.netloc, **(auth if key else {})}
    request = Request("POST", path, query, headers, json.dumps(body).encode())
    return Call(f"{base.scheme}://{base.netloc}", request, responses)


def _default_version(litellm: str) -> str:
    row = behaviour("litellm", "default-api-version", litellm)
    assert row is not None
    return row.effect


def _responses_version(deployment: ProxyDeployment, litellm: str) -> str:
    version = deployment.api_version or "preview"
    mine = release(litellm)
    newer = mine is not None and mine >= _UNDATED_FALLBACK
    return "preview" if newer and lacks(version, "responses") else version


def _is_bridged(deployment: ProxyDeployment, body: Mapping[str, Any]) -> bool:
    """Whether a chat goes to the Responses API: asked for, or known from the deployment's name.

    `base_model` does not decide it in the running proxy (1.106.2).
    """
    if "/responses/" in deployment.model or deployment.mode == "responses":
        return True
    known = knows(deployment.name)
    if known.get("endpoints") == ["responses"]:
        return True
    refuses_tools = known.get("tools_on_chat", "yes") != "yes"
    return (
        deployment.provider == "azure"
        and refuses_tools
        and bool(body.get("tools"))
        and (body.get("reasoning_effort") != "none" or known["tools_on_chat"] == "none")
    )


def _family(deployment: ProxyDeployment) -> Literal["gpt-5", "o-series"] | None:
    """What LiteLLM takes a deployment for, by parts of its name, of the base_model's first."""
    name = deployment.base_model or deployment.model
    if "gpt5_series/" in name or ("gpt-5" in name and "-chat" not in name):
        return "gpt-5"
    last = name.split("/")[-1]
    if "o_series/" in name or any(mark in last for mark in ("o1", "o3", "o4")):
        return "o-series"
    return None


def _refused(
    deployment: ProxyDeployment,
    body: Mapping[str, Any],
    litellm: str,
    family: str | None,
    *,
    bridged: bool,
) -> list[str]:
    """The parameters that this LiteLLM does not let through to such a model."""
    unfit = {"thinking"}
    if deployment.provider == "azure":
        row = behaviour("litellm", "store", litellm)
        unfit |= {"store"} if row is not None and row.effect == "refused" else set()
    if family is None:
        unfit |= {*_REASONERS_ONLY} - ({"reasoning_effort"} if bridged else set())
    elif reasons(_named(deployment), body.get("reasoning_effort")):
        unfit |= {*_SAMPLING}
    if family == "o-series":
        unfit |= {"verbosity"}
    return [name for name in body if name in unfit]


def _temperature_refused(
    deployment: ProxyDeployment, body: Mapping[str, Any], family: str | None
) -> bool:
    return (
        family is not None
        and body.get("temperature") not in (None, 1)
        and reasons(_named(deployment), body.get("reasoning_effort"))
    )


def _named(deployment: ProxyDeployment) -> str:
    return (deployment.base_model or deployment.name).split("/")[-1]


def _without_developer(messages: Any) -> Any:
    if not isinstance(messages, list):
        return messages
    return [
        {**one, "role": "system"}
        if isinstance(one, dict) and one.get("role") == "developer"
        else one
        for one in messages
    ]


def _as_responses(body: Mapping[str, Any]) -> dict[str, Any]:
    """A chat's body for the Responses API; what the bridge does not know is left behind."""
    messages = [one for one in body.get("messages") or () if isinstance(one, dict)]
    told = [str(m.get("content")) for m in messages if m.get("role") in ("system", "developer")]
    asked = [m for m in messages if m.get("role") not in ("system", "developer")]
    bridged: dict[str, Any] = {
        "model": body["model"],
        "input": [
            {"type": "message", "role": m.get("role"), "content": _parts(m.get("content"))}
            for m in asked
        ],
    }
    if told:
        bridged["instructions"] = " ".join(told)
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    if limit is not None:
        bridged["max_output_tokens"] = limit
    if "reasoning_effort" in body:
        bridged["reasoning"] = {"effort": body["reasoning_effort"]}
    if "verbosity" in body:
        bridged["text"] = {"verbosity": body["verbosity"]}
    if body.get("tools"):
        bridged["tools"] = [_flat(tool) for tool in body["tools"]]
    same = (*_BRIDGED_AS_IS, "store", "stream", "temperature", "tool_choice", "top_p", "user")
    return bridged | {name: body[name] for name in same if name in body}


def _parts(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "input_text", "text": content}]
    return content


def _flat(tool: Mapping[str, Any]) -> dict[str, Any]:
    inner = tool.get("function")
    if not isinstance(inner, dict):
        return dict(tool)
    return {"type": tool.get("type"), "strict": None, "description": None, **inner}
