"""The request that LiteLLM sends upstream for a turn: its URL, key and parameters.

Measured on the requests of LiteLLM 1.106.2 and 1.109.1. A live run repeats a failed turn at Azure
with this request to find out which program is at fault. The simulated proxy sends it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.responses_bridge import as_responses
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.azure import lacks, model_row, reasons
from clawdoctor.knowledge.litellm import Family, family_of
from clawdoctor.source.secret import Secret

_SILENT = ("metadata", "prompt_cache_retention")
_REASONING_ONLY = ("reasoning_effort", "safety_identifier", "service_tier", "verbosity")
_SAMPLING = ("top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs")


@dataclass(frozen=True, slots=True)
class ProxyDeployment:
    """An entry of `model_list` after LiteLLM has resolved its `os.environ/` references."""

    model: str
    api_base: str | None
    api_key: Secret | None = None
    api_version: str | None = None
    drop_params: bool = False
    additional_drop_params: tuple[str, ...] = ()
    base_model: str | None = None
    mode: str | None = None

    @property
    def name(self) -> str:
        """The deployment's name: the last part of `model`, without LiteLLM's prefixes."""
        return self.model.split("/")[-1]

    @property
    def provider(self) -> str:
        """The provider prefix. LiteLLM drops an entry that is neither `azure` nor `openai`."""
        return self.model.split("/")[0] if "/" in self.model else ""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the upstream. `responses` means that it uses the Responses API."""

    origin: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str | Secret]
    body: Mapping[str, Any]
    responses: bool

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.origin}{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True)
class NoCall:
    """Why LiteLLM sends no request: parameters that it refuses, or a missing setting."""

    reason: Literal["parameters", "temperature", "no-base", "no-key"]
    parameters: tuple[str, ...] = ()
    family: str | None = None


def as_served(deployment: Deployment) -> ProxyDeployment:
    """Return a deployment as the running proxy has it, without the global settings."""
    info = deployment.node.get("model_info")
    extra = deployment.params.get("additional_drop_params")
    drops = deployment.params.get("drop_params")
    base_model = deployment.params.text("base_model")
    return ProxyDeployment(
        model=deployment.model.resolved or "",
        api_base=deployment.api_base.resolved,
        api_key=deployment.api_key.resolved,
        api_version=deployment.api_version.resolved,
        drop_params=drops is not None and drops.value in (True, "true"),
        additional_drop_params=tuple(
            str(item.value) for item in (extra.items if extra is not None else ())
        ),
        base_model=base_model or (info.text("base_model") if info is not None else None),
        mode=info.text("mode") if info is not None else None,
    )


def prepare_call(
    deployment: ProxyDeployment, body: Mapping[str, Any], version: str, *, drop_params: bool
) -> Call | NoCall:
    """Return LiteLLM's call for a turn on `/chat/completions`, or why it makes none."""
    drop = drop_params or deployment.drop_params
    bridged = _is_bridged(deployment, body)
    kept = {key: value for key, value in body.items() if key not in _SILENT}
    for name in deployment.additional_drop_params:
        kept.pop(name, None)
    family = family_of(deployment.base_model or deployment.model)
    family_name = family.name if family is not None else None
    refused = _refused(deployment, kept, version, family, bridged=bridged)
    if not drop and refused:
        return NoCall("parameters", tuple(refused), family_name)
    temperature_refused = _temperature_refused(deployment, kept, family)
    if not drop and temperature_refused:
        return NoCall("temperature", ("temperature",), family_name)
    for name in (*refused, *(("temperature",) if temperature_refused else ())):
        kept.pop(name)
    kept["model"] = deployment.name
    if family and "max_tokens" in kept:
        kept["max_completion_tokens"] = kept.pop("max_tokens")
    if bridged:
        return address_call(deployment, as_responses(kept), version, responses=True)
    if kept.get("stream") is True and "stream_options" not in kept:
        kept["stream_options"] = {"include_usage": True}  # for its own accounting
    if family is None or not family.developer_role:
        kept["messages"] = _without_developer(kept.get("messages"))
    return address_call(deployment, kept, version, responses=False)


def address_call(
    deployment: ProxyDeployment, body: Mapping[str, Any], litellm: str, *, responses: bool
) -> Call | NoCall:
    """Return the call with URL and key for a body, or why LiteLLM makes none."""
    if not deployment.api_base:
        return NoCall("no-base")
    if not deployment.api_key and not responses:
        return NoCall("no-key")
    base = urlsplit(deployment.api_base)
    folder = base.path.partition("/openai/deployments/")[0].rstrip("/")
    query: dict[str, str] = {}
    bearer = True
    if deployment.provider == "openai":
        path = f"{folder}/{'responses' if responses else 'chat/completions'}"
    elif responses:
        version = _responses_version(deployment, litellm)
        undated = version in table("azure")["undated"]
        path = f"{folder}{'/openai/v1' if undated else '/openai'}/responses"
        query, bearer = {"api-version": version}, False
    else:
        version = deployment.api_version or _default_version(litellm)
        if version in table("azure")["undated"]:
            folder = f"{folder}/" if folder else ""  # LiteLLM doubles this slash too
            path = f"{folder}/openai/v1/chat/completions"
        else:
            path = f"{folder}/openai/deployments/{deployment.name}/chat/completions"
            query, bearer = {"api-version": version}, False
    headers: dict[str, str | Secret] = {"content-type": "application/json"}
    if key := deployment.api_key:
        if bearer:
            headers["authorization"] = Secret(f"Bearer {key.reveal()}")
        else:
            headers["api-key"] = key
    return Call(f"{base.scheme}://{base.netloc}", path, query, headers, body, responses)


def _default_version(litellm: str) -> str:
    row = behaviour("litellm", "default-api-version", litellm)
    assert row is not None
    return row.effect


def _responses_version(deployment: ProxyDeployment, litellm: str) -> str:
    version = deployment.api_version or "preview"
    row = behaviour("litellm", "responses-api-version", litellm)
    replaces = row is not None and row.effect == "preview"
    return "preview" if replaces and lacks(version, "responses") else version


def _is_bridged(deployment: ProxyDeployment, body: Mapping[str, Any]) -> bool:
    """Whether LiteLLM sends a chat to the Responses API, by its config or the deployment's name.

    The running proxy (1.106.2) does not consider `base_model` here.
    """
    if "/responses/" in deployment.model or deployment.mode == "responses":
        return True
    known = model_row(deployment.name)
    if known.get("endpoints") == ["responses"]:
        return True
    refuses_tools = known.get("tools_on_chat", "yes") != "yes"
    return (
        deployment.provider == "azure"
        and refuses_tools
        and bool(body.get("tools"))
        and (body.get("reasoning_effort") != "none" or known["tools_on_chat"] == "none")
    )


def _refused(
    deployment: ProxyDeployment,
    body: Mapping[str, Any],
    litellm: str,
    family: Family | None,
    *,
    bridged: bool,
) -> list[str]:
    """Return the parameters that this version of LiteLLM refuses for such a model."""
    unfit = {"thinking"}
    if deployment.provider == "azure":
        row = behaviour("litellm", "store", litellm)
        unfit |= {"store"} if row is not None and row.effect == "refused" else set()
    if family is None:
        unfit |= {*_REASONING_ONLY} - ({"reasoning_effort"} if bridged else set())
    else:
        unfit |= {*family.refuses}
        if reasons(_model_name(deployment), body.get("reasoning_effort")):
            unfit |= {*_SAMPLING}
    return [name for name in body if name in unfit]


def _temperature_refused(
    deployment: ProxyDeployment, body: Mapping[str, Any], family: Family | None
) -> bool:
    return (
        family is not None
        and body.get("temperature") not in (None, 1)
        and reasons(_model_name(deployment), body.get("reasoning_effort"))
    )


def _model_name(deployment: ProxyDeployment) -> str:
    return (deployment.base_model or deployment.name).split("/")[-1]


def _without_developer(messages: Any) -> Any:
    if not isinstance(messages, list):
        return messages
    return [
        {**message, "role": "system"}
        if isinstance(message, dict) and message.get("role") == "developer"
        else message
        for message in messages
    ]
