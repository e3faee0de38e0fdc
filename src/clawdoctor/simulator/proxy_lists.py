"""The lists of a LiteLLM proxy: its model groups and their deployments, without keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge.azure import model_row
from clawdoctor.simulator.message import Response, json_response
from clawdoctor.wire.served import ServedDeployment

Groups = Mapping[str, tuple[ServedDeployment, ...]]

_MODELS = ("/v1/models", "/models")
_INFO = ("/v1/model/info", "/model/info")
PATHS = (*_MODELS, *_INFO)


def listed(groups: Groups, path: str) -> Response:
    """Return the response to one of `PATHS`, or to `/v1/models/NAME`."""
    if path in _INFO:
        rows = [
            _info(name, deployment)
            for name, deployments in _listed_groups(groups).items()
            for deployment in deployments
        ]
        return json_response(200, {"data": rows})
    shown = _listed_groups(groups)
    if path in _MODELS:
        models = [_model(name, "openai", shown) for name in shown]
        return json_response(200, {"data": models, "object": "list"})
    name = path.removeprefix("/v1/models/")
    if name not in shown:
        text = f"The model `{name}` does not exist or is not accessible"
        return json_response(404, {"detail": text})
    return json_response(200, _model(name, "azure", shown))


def is_loaded(deployment: ServedDeployment) -> bool:
    """Return whether the router keeps the entry at start. It drops entries without a provider."""
    return deployment.path[0] in ("azure", "openai", "azure_ai")


def _listed_groups(groups: Groups) -> Groups:
    """Return the groups that the lists show, with the entries that the router keeps.

    Measured on LiteLLM 1.106.2 and 1.108.7: a wildcard for all models of azure is listed as
    azure/Azure-LLM, with its own prefix. The simulated lists show no other wildcard.
    """
    shown: dict[str, tuple[ServedDeployment, ...]] = {}
    for group, deployments in groups.items():
        kept = tuple(filter(is_loaded, deployments))
        if "*" not in group:
            shown |= {group: kept} if kept else {}
            continue
        for member in kept:
            prefix, _, rest = (group if "/" in group else member.model).partition("/")
            if rest == "*" and member.model == "azure/*":
                name = f"{prefix}/Azure-LLM"
                shown[name] = (*shown.get(name, ()), replace(member, model=name))
    return shown


def _model(group: str, owner: str, groups: Groups) -> dict[str, Any]:
    row = {"id": group, "object": "model", "created": 1677610602, "owned_by": owner}
    limits = _limits(groups[group][0])
    shown = ("mode", "max_input_tokens", "max_output_tokens")
    return {**row, **{key: limits[key] for key in shown if limits[key] is not None}}


def _info(group: str, deployment: ServedDeployment) -> dict[str, Any]:
    params = {
        "api_base": deployment.api_base,
        "api_version": deployment.api_version,
        "drop_params": deployment.params.get("drop_params") or None,
        "use_in_pass_through": False,
        "use_litellm_proxy": False,
        "model": deployment.model,
    }
    base = {"base_model": deployment.base_model} if deployment.base_model else {}
    return {
        "model_name": group,
        "litellm_params": {key: value for key, value in params.items() if value is not None},
        "model_info": {
            "id": deployment_id(group, deployment),
            "db_model": False,
            **base,
            "key": deployment.base_model or deployment.model,
            **_limits(deployment),
        },
    }


def _limits(deployment: ServedDeployment) -> dict[str, Any]:
    """Return the limits in LiteLLM's model map for the model that it assumes."""
    known = model_row((deployment.base_model or deployment.name).split("/")[-1])
    mode = "responses" if known.get("endpoints") == ["responses"] else "chat"
    return {
        "mode": deployment.mode or (mode if known else None),
        "max_tokens": known.get("max_output"),
        "max_input_tokens": known.get("max_input") or known.get("context"),
        "max_output_tokens": known.get("max_output"),
    }


def deployment_id(group: str, deployment: ServedDeployment) -> str:
    """Return the id for the lists, the headers and the text of the cooldown."""
    parts = (group, deployment.model, deployment.api_base or "", deployment.api_version or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
