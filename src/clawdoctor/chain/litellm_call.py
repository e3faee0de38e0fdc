"""What LiteLLM makes of a turn before it asks upstream: the address, the key, the parameters.

Measured on LiteLLM 1.106.2 and 1.109.1 (the requests that they sent). The live turn asks Azure in
the same way, to find whose fault a failure is; the simulated proxy does what this says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.responses_bridge import as_responses
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.azure import knows, lacks, reasons
from clawdoctor.knowledge.litellm import Family, family_of

_SILENT = ("metadata", "prompt_cache_retention")
_REASONERS_ONLY = ("reasoning_effort", "safety_identifier", "service_tier", "verbosity")
_SAMPLING = ("top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs")


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
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any]
    responses: bool

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True)
class NoCall:
    """Why LiteLLM sends nothing: parameters that it refuses itself, or what its config lacks."""

    reason: Literal["parameters", "temperature", "no-base", "no-key"]
    parameters: tuple[str, ...] = ()
    family: str | None = None


def configured(one: Deployment) -> ProxyDeployment:
    """A deployment of the file as the running proxy has it, without what holds for all of them."""
    info = one.node.get("model_info")
    extra = one.params.get("additional_drop_params")
    dropping = one.params.get("drop_params")
    own = one.params.text("base_model")
    return ProxyDeployment(
        model=one.model.resolved or "",
        api_base=one.api_base.resolved,
        api_key=one.api_key.resolved,
        api_version=one.api_version.resolved,
        drop_params=dropping is not None and dropping.value in (True, "true"),
        additional_drop_params=tuple(
            str(item.value) for item in (extra.items if extra is not None else ())
        ),
        base_model=own or (info.text("base_model") if info is not None else None),
        mode=info.text("mode") if info is not None else None,
    )


def prepared(
    deployment: ProxyDeployment, body: Mapping[str, Any], version: str, *, drop_params: bool
) -> Call | NoCall:
    """The call for a turn on `/chat/completions`, or why LiteLLM of a version makes none."""
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
    hot = _temperature_refused(deployment, kept, family)
    if not drop and hot:
        return NoCall("temperature", ("temperature",), family_name)
    for name in (*refused, *(("temperature",) if hot else ())):
        kept.pop(name)
    kept["model"] = deployment.name
    if family and "max_tokens" in kept:
        kept["max_completion_tokens"] = kept.pop("max_tokens")
    if bridged:
        return addressed(deployment, as_responses(kept), version, responses=True)
    if kept.get("stream") is True and "stream_options" not in kept:
        kept["stream_options"] = {"include_usage": True}  # for its own accounts
    if family is None or not family.developer_role:
        kept["messages"] = _without_developer(kept.get("messages"))
    return addressed(deployment, kept, version, responses=False)


def addressed(
    deployment: ProxyDeployment, body: Mapping[str, Any], litellm: str, *, responses: bool
) -> Call | NoCall:
    """Where a body goes, and with which key. There is nothing to ask without a base."""
    if not deployment.api_base:
        return NoCall("no-base")
    if not deployment.api_key and not responses:
        return NoCall("no-key")
    base = urlsplit(deployment.api_base)
    key = deployment.api_key or ""
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
            folder = f"{folder}/" if folder else ""  # this slash is doubled by the real one, too
            path = f"{folder}/openai/v1/chat/completions"
        else:
            path = f"{folder}/openai/deployments/{deployment.name}/chat/completions"
            query, bearer = {"api-version": version}, False
    auth = {"authorization": f"Bearer {key}"} if bearer else {"api-key": key}
    headers = {"content-type": "application/json", **(auth if key else {})}
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


def _refused(
    deployment: ProxyDeployment,
    body: Mapping[str, Any],
    litellm: str,
    family: Family | None,
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
    else:
        unfit |= {*family.refuses}
        if reasons(_named(deployment), body.get("reasoning_effort")):
            unfit |= {*_SAMPLING}
    return [name for name in body if name in unfit]


def _temperature_refused(
    deployment: ProxyDeployment, body: Mapping[str, Any], family: Family | None
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
