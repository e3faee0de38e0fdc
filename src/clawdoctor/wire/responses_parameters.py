"""The parameters of a Responses request that LiteLLM sends, drops or rejects.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import (
    ListedModel,
    is_catalogued,
    is_read_as_another,
    listed_model,
    names_like,
    reasons,
    with_efforts,
)
from clawdoctor.wire.nested_drops import without_parts
from clawdoctor.wire.parameters import Mapped, Unsupported
from clawdoctor.wire.supported import ChatProvider, looked_up

_OBFUSCATION = "include_obfuscation"
"""The only option of a stream that the Responses API has."""


def map_responses(
    body: Mapping[str, Any],
    name: str,
    provider: ChatProvider,
    *,
    drop: bool,
    named: tuple[str, ...] = (),
    allowed: tuple[str, ...] = (),
    listed: bool = True,
    declared: object = None,
    list_version: str | None = None,
    efforts: Mapping[str, bool] | None = None,
) -> Mapped | Unsupported:
    """Return the parameters of a Responses request that LiteLLM sends.

    `declared` is supports_reasoning of the deployment's model_info. `list_version` is the version
    whose own list of models LiteLLM uses, if it downloads none. `efforts` are those that the
    deployment's model_info declares.
    """
    known = table("litellm_request")
    given = {
        key: value
        for key, value in body.items()
        if key in known["responses"] and value is not None and key not in named
    }
    given = without_parts(given, named)
    limit = given.get("max_output_tokens")
    if isinstance(limit, int) and not (provider == "azure" and _is_o_series(name)):
        given["max_output_tokens"] = max(limit, known["least_output_tokens"])
    options = given.pop("stream_options", None)
    hides = options.get(_OBFUSCATION) if isinstance(options, Mapping) else None
    if isinstance(hides, bool):
        given["stream_options"] = {_OBFUSCATION: hides}
    unfit = [key for key in _unfit(name, provider) if key in given and key not in allowed]
    if unfit and not drop:
        values = {key: given[key] for key in unfit}
        text = (
            f"LlmProviders.{provider.upper()} does not support parameters: {values}, for"
            f" model={name}. To drop these, set `litellm.drop_params=True` or for proxy:\n\n"
            "`litellm_settings:\n drop_params: true`\n"
        )
        return Unsupported("parameters", tuple(unfit), text)
    if "temperature" in unfit:
        del given["temperature"]  # LiteLLM sends the other one, dropping or not
    refused = _check_effort(given, name, provider, drop=drop, declared=declared) if listed else None
    if refused is not None:
        return refused
    row = listed_model(looked_up(name), provider, list_version) if listed else ListedModel()
    row = with_efforts(row, efforts or {})
    refused = _check_reasoning(given, name, row, drop=drop)
    if refused is not None:
        return refused
    if isinstance(given.get("tools"), list) and provider != "openai":
        given["tools"] = [_unnested(tool) for tool in given["tools"]]
    kept = (*given, "input", "model")
    return Mapped(given, {}, tuple(key for key in body if key not in kept))


def _unfit(name: str, provider: ChatProvider) -> tuple[str, ...]:
    """Return the parameters that LiteLLM does not send to the Responses API of a model."""
    if provider == "openai":
        return ()
    fixed = provider == "azure" and _is_o_series(name)
    return (*(["temperature"] if fixed else []), "context_management")


def _is_o_series(name: str) -> bool:
    plain = name.lower()
    listed = reasons(name.removeprefix("azure/"))
    return "o_series" in plain or (listed and "gpt" not in plain)


def _check_effort(
    given: dict[str, Any], name: str, provider: ChatProvider, *, drop: bool, declared: object
) -> Unsupported | None:
    """Apply the rule that only OpenAI models in LiteLLM's list support an effort."""
    reasoning = given.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, Mapping) else None
    plain = name.rpartition("/")[2].lower()
    known = reasons(plain) or names_like(plain, "reasoning_family")
    if isinstance(declared, bool):
        known = declared
    listed = is_catalogued(plain) or plain == name.lower()
    if is_read_as_another(plain):  # LiteLLM finds only the name of Azure
        listed = name.startswith("azure/")
    if provider != "openai" or effort is None or known or not listed:
        return None
    if drop:
        del given["reasoning"]
        return None
    text = (
        f"{name} doesn't support `reasoning.effort` (its model cost map entry lacks"
        " `supports_reasoning`). To drop unsupported params set `litellm.drop_params = True`"
    )
    return Unsupported("effort", ("reasoning",), text)


def _check_reasoning(
    given: dict[str, Any], name: str, row: ListedModel, *, drop: bool
) -> Unsupported | None:
    reasons = names_like(name, "reasons") or names_like(name, "named_efforts")
    if not reasons or "o_series" in name:
        return None
    reasoning = given.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, Mapping) else None
    never = table("litellm_request")["efforts"]["never_refused"]
    if isinstance(effort, str) and effort in row.refuses and effort not in never:
        if not drop:
            text = (
                f"reasoning.effort={effort} is not supported for {name}. To drop unsupported params"
                " set `litellm.drop_params = True`"
            )
            return Unsupported("effort", ("reasoning",), text)
        rest = {key: value for key, value in dict(reasoning or {}).items() if key != "effort"}
        effort = None
        given.pop("reasoning")
        if rest:
            given["reasoning"] = rest
    silent = "none" in row.supports and (effort == "none" if effort is not None else row.silent)
    value = given.get("temperature")
    if value is not None and value != 1 and not silent:
        if not drop:
            text = (
                f"{name} doesn't support temperature={value} while reasoning is active. Only"
                " temperature=1 is supported unless reasoning.effort resolves to 'none', either set"
                " explicitly on the request or declared as the model's default_reasoning_effort. To"
                " drop unsupported params set `litellm.drop_params = True`"
            )
            return Unsupported("temperature", ("temperature",), text)
        del given["temperature"]
    if "top_p" in given and not silent:
        if not drop:
            text = (
                f"{name} only supports top_p when reasoning.effort resolves to 'none', either set"
                " explicitly on the request or declared as the model's default_reasoning_effort. To"
                " drop unsupported params set `litellm.drop_params = True`"
            )
            return Unsupported("sampling", ("top_p",), text)
        del given["top_p"]
    return None


def _unnested(tool: Any) -> Any:
    if not isinstance(tool, Mapping) or "function" not in tool:
        return tool
    return {**{key: value for key, value in tool.items() if key != "function"}, **tool["function"]}
