"""The parameters of a chat that LiteLLM sends to Azure, renames, drops or rejects.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2. LiteLLM compares the parameters
that it knows with a list for the model, which it identifies by its name or by `base_model`. It
sends all others unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import names_like
from clawdoctor.knowledge.measured import names_in
from clawdoctor.wire.nested_drops import without_parts
from clawdoctor.wire.supported import Model, mapped_by, refuses_effort, supported_by

_EFFORT = "reasoning_effort"
_OWN_PREFIXES = ("_",)
_TOOLS_SINCE = ("2023", "12", "01")
_NO_REQUIRED = ("2024", "05")
_JSON_SINCE = (2024, 8)
_JSON_TOOL = "json_tool_call"


@dataclass(frozen=True, slots=True)
class Mapped:
    """The parameters that LiteLLM sends, and what it renames and drops."""

    sent: Mapping[str, Any] = field(repr=False)
    renamed: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The parameters that LiteLLM rejects, and its error text."""

    kind: str
    parameters: tuple[str, ...]
    text: str


class RefusalError(Exception):
    """LiteLLM rejects a parameter."""

    def __init__(self, refused: Unsupported) -> None:
        super().__init__(refused.kind)
        self.refused = refused


def map_parameters(
    body: Mapping[str, Any],
    model: Model,
    litellm: str,
    *,
    drop: bool,
    named: tuple[str, ...] = (),
    allowed: tuple[str, ...] = (),
) -> Mapped | Unsupported:
    """Return the parameters that LiteLLM sends for a chat's body, or those that it rejects.

    `named` comes from `additional_drop_params`, and `allowed` from `allowed_openai_params`.
    Messages and model are not parameters.
    """
    known = tuple(table("litellm_request")["known"])
    given = given_parameters(body, litellm, named)
    try:
        _check(given, model, litellm, drop=drop, allowed=allowed)
        sent, renamed = _mapped(given, model, litellm, drop=drop)
    except RefusalError as refusal:
        return refusal.refused
    for name in allowed:
        if name in given and name not in sent and name not in renamed:
            sent[name] = given[name]
    sent |= _own(body, known, litellm, named)
    sent = without_parts(sent, named)
    gone = [name for name in body if name not in sent and name not in renamed]
    return Mapped(sent, renamed, tuple(gone))


def given_parameters(
    body: Mapping[str, Any], litellm: str, named: tuple[str, ...]
) -> dict[str, Any]:
    """Return the parameters of a chat that LiteLLM compares with its lists, without `named`."""
    unread = () if _compares(litellm, "prompt-cache-retention") else ("prompt_cache_retention",)
    return {
        name: body[name]
        for name in table("litellm_request")["known"]
        if body.get(name) is not None and name not in (*named, *unread)
    }


def is_sent_as_is(name: str, litellm: str) -> bool:
    """Whether a version of LiteLLM sends a key because it is not a setting that it knows."""
    if name in table("litellm_request")["sent"]:
        return True
    names = names_in("litellm_params", "known")
    known = name in table("litellm_params")["known"]
    if name in names.ever:
        known = names.standing(name, litellm) == "known"
    return not known and "_cost" not in name and not name.startswith(_OWN_PREFIXES)


def _compares(litellm: str, topic: str) -> bool:
    """Whether a version of LiteLLM compares the parameter of a topic with its lists."""
    row = behaviour("litellm", topic, litellm)
    return row is not None and row.effect == "compared"


def _own(
    body: Mapping[str, Any], known: tuple[str, ...], litellm: str, named: tuple[str, ...]
) -> dict[str, Any]:
    """Return what LiteLLM sends without a check: unknown parameters and `extra_body`."""
    reserved = ("model", "messages", "extra_body", *known)
    found = {
        name: value
        for name, value in body.items()
        if name not in reserved and value is not None and is_sent_as_is(name, litellm)
    }
    if "extra_body" in named:
        return {}
    extra = body.get("extra_body")
    if isinstance(extra, Mapping):
        found = {**extra, **found}
    return {name: value for name, value in found.items() if name not in (*named, "model")}


def _check(
    given: dict[str, Any], model: Model, litellm: str, *, drop: bool, allowed: tuple[str, ...]
) -> None:
    supported = (*supported_by(model, litellm), *allowed, *table("litellm_request")["unchecked"])
    unfit = [
        name
        for name, value in given.items()
        if name not in supported and not (name == "n" and value == 1)
    ]
    if not unfit:
        return
    if not drop:
        text = unsupported_text(unfit, model.provider, model.name)
        raise RefusalError(Unsupported("parameters", tuple(unfit), text))
    for name in unfit:
        del given[name]


def unsupported_text(names: list[str], provider: str, name: str) -> str:
    """Return LiteLLM's error about parameters that it does not send to a model."""
    return (
        f"{provider} does not support parameters: {names}, for model={name}. To drop"
        " these, set `litellm.drop_params=True` or for proxy:\n\n`litellm_settings:\n drop_params:"
        " true`\n. \n If you want to use these params dynamically send"
        f" allowed_openai_params={names} in your request."
    )


def _mapped(
    given: dict[str, Any], model: Model, litellm: str, *, drop: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the parameters in the form for this family of models, and the renamed ones."""
    renamed: dict[str, str] = {}
    family = model.family
    if "max_tokens" in given and (
        family is not None or (model.provider == "azure" and names_like(model.judged, "renamed"))
    ):
        limit = given.pop("max_tokens")
        given.setdefault("max_completion_tokens", limit)
        renamed["max_tokens"] = "max_completion_tokens"
    if family is None:
        if model.provider == "azure":
            _check_version(given, model.api_version)
            _check_tool_choice(given, model, drop=drop)
            _check_format(given, model)
    elif family.name == "efforts" and not names_like(model.judged, "search"):
        _check_effort(given, model, drop=drop)
    elif family.name == "o-series":
        _check_o_temperature(given, drop=drop)
    # LiteLLM checks a deployment by its name and base_model, then sends what base_model supports.
    taken = mapped_by(model, litellm)
    sent = {name: value for name, value in given.items() if name in taken}
    return sent, renamed


def _check_effort(given: dict[str, Any], model: Model, *, drop: bool) -> None:
    """Apply LiteLLM's rules for efforts and dependent parameters of a reasoning model."""
    row = model.row
    written = given.get(_EFFORT)
    effort = written.get("effort") if isinstance(written, Mapping) else written
    if isinstance(written, Mapping) and effort is not None:
        given[_EFFORT] = effort
    if isinstance(effort, str) and refuses_effort(model, effort):
        if not drop:
            text = (
                f"{_EFFORT}={effort} is not supported for {model.judged}. To drop unsupported"
                " params set `litellm.drop_params = True`"
            )
            raise RefusalError(Unsupported("effort", (_EFFORT,), text))
        del given[_EFFORT]
        effort = None
    silent = "none" in row.supports and (effort == "none" if effort is not None else row.silent)
    _check_sampling(given, model, effort, silent=silent, drop=drop)
    value = given.get("temperature")
    if value is not None and value != 1 and not silent:
        if not drop:
            text = (
                f"{model.judged} doesn't support temperature={value} while reasoning is active."
                " Only temperature=1 is supported unless reasoning_effort resolves to 'none',"
                " either set explicitly on the request or declared as the model's"
                " default_reasoning_effort. To drop unsupported params set"
                " `litellm.drop_params = True`"
            )
            raise RefusalError(Unsupported("temperature", ("temperature",), text))
        del given["temperature"]


def _check_sampling(
    given: dict[str, Any], model: Model, effort: object, *, silent: bool, drop: bool
) -> None:
    row = model.row
    unfit = [name for name in table("litellm_request")["sampling"] if name in given]
    if not unfit or silent or "none" not in row.supports:
        return
    if not drop:
        text = (
            f"{model.judged} only supports logprobs, top_p, top_logprobs when reasoning_effort"
            " resolves to 'none', either set explicitly on the request or declared as the model's"
            f" default_reasoning_effort. Current reasoning_effort={effort!r}. To drop unsupported"
            " params set `litellm.drop_params = True`"
        )
        raise RefusalError(Unsupported("sampling", tuple(unfit), text))
    for name in unfit:
        del given[name]


def _check_o_temperature(given: dict[str, Any], *, drop: bool) -> None:
    value = given.get("temperature")
    if value is None or value == 1:
        return
    if not drop:
        text = (
            f"O-series models don't support temperature={value}. Only temperature=1 is supported."
            " To drop unsupported openai params from the call, set `litellm.drop_params = True`"
        )
        raise RefusalError(Unsupported("temperature", ("temperature",), text))
    del given["temperature"]


def _check_tool_choice(given: dict[str, Any], model: Model, *, drop: bool) -> None:
    """Apply LiteLLM's restrictions on `tool_choice` for the api-version, compared as text."""
    value, version = given.get("tool_choice"), model.api_version
    parts = (*version.split("-")[:3],)
    if "tool_choice" not in given or len(parts) < len(_TOOLS_SINCE):
        return
    year, month, _ = parts
    if parts < _TOOLS_SINCE:
        text = (
            f"Azure does not support 'tool_choice', for api_version={version}. Bump your API"
            " version to '2023-12-01-preview' or later. This parameter requires"
            f" 'api_version=\"2023-12-01-preview\"' or later."
        )
    elif value == "required" and year == _NO_REQUIRED[0] and month <= _NO_REQUIRED[1]:
        text = (
            f"Azure does not support '{value}' as a tool_choice param, for api_version={version}."
            " To drop 'tool_choice=required' for calls with this Azure API version, set"
            " `litellm.drop_params=True` or for proxy:\n\n`litellm_settings:\n drop_params: true`"
        )
    else:
        return
    if not drop:
        raise RefusalError(Unsupported("tool-choice", ("tool_choice",), text))
    del given["tool_choice"]


def _check_format(given: dict[str, Any], model: Model) -> None:
    """Turn a schema in `response_format` into a tool if LiteLLM finds the api-version too old."""
    written = given.get("response_format")
    month = _month(model.api_version)
    old = month is not None and month < _JSON_SINCE
    if not isinstance(written, Mapping) or not (old or names_like(model.judged, "no_schemas")):
        return
    del given["response_format"]
    schema = written.get("response_schema") or (written.get("json_schema") or {}).get("schema")
    if schema:
        tool = {"name": _JSON_TOOL, "parameters": schema}
        given["tools"] = [{"type": "function", "function": tool}, *given.get("tools", ())]
        given.setdefault("tool_choice", {"type": "function", "function": {"name": _JSON_TOOL}})


def _check_version(given: Mapping[str, Any], version: str) -> None:
    """Reject an api-version without a year if a format depends on it."""
    year, *rest = version.split("-")
    if len(rest) < 2 or not isinstance(given.get("response_format"), Mapping):
        return
    if not re.fullmatch(r"\d+", year):
        text = f"invalid literal for int() with base 10: '{year}'"
        raise RefusalError(Unsupported("api-version", (), text))


def _month(version: str) -> tuple[int, int] | None:
    found = re.match(r"(\d{4})-(\d+)-", version)
    return (int(found[1]), int(found[2])) if found else None
