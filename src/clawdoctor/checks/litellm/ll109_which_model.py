"""The model that a deployment serves, according to Azure and the two files."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import AzureModel, model_in_name, model_named

_DATE = regex(r"-\d{4}-\d{2}-\d{2}$")
Basis = Literal["azure", "base_model", "name", "part of the name", "group"]


@dataclass(frozen=True, slots=True)
class Guess:
    """A model, and the basis of the guess. The first three bases are almost certain."""

    model: AzureModel
    basis: Basis
    reason: str

    @property
    def sure(self) -> bool:
        """Return whether the model comes from Azure or the config, not from a chosen name."""
        return self.basis in ("azure", "base_model", "name")


def which_model(deployment: Deployment, listed: str | None = None) -> Guess | None:
    """Return the model by Azure's list, else by base_model, the deployment name or the group."""
    if listed is not None:
        known = model_named(without_date(listed.casefold()))
        reason = f"Azure lists {known.name} for this deployment" if known else ""
        return Guess(known, "azure", reason) if known else None
    written = base_model(deployment)
    if written is not None:
        known = model_named(without_date(written.rpartition("/")[2].casefold()))
        reason = f"According to base_model, this is {known.name}" if known else ""
        return Guess(known, "base_model", reason) if known else None
    return _by_names(deployment.name, bare_name(deployment), deployment.group)


@lru_cache(1024)
def _by_names(written: str, name: str, group: str) -> Guess | None:
    """Return the model by the deployment's name, with and without prefixes, or by its group."""
    if not is_placeholder(written) and not is_placeholder(name):
        known = model_named(without_date(name.casefold()))
        if known is not None:
            return Guess(known, "name", f"The deployment is named {known.name}")
        known = model_in_name(name)
        if known is not None:
            reason = f"According to the deployment name, this is {known.name}"
            return Guess(known, "part of the name", reason)
    known = model_named(without_date(group.rpartition("/")[2].casefold()))
    reason = f"According to model_name, this is {known.name}" if known else ""
    return Guess(known, "group", reason) if known else None


def base_model(deployment: Deployment) -> str | None:
    """Return the `base_model` from model_info or from litellm_params."""
    info = deployment.node.get("model_info")
    return (info.text("base_model") if info else None) or deployment.params.text("base_model")


def bare_name(deployment: Deployment) -> str:
    """Return the deployment name without LiteLLM's routing prefixes."""
    name = deployment.name
    for prefix in table("litellm")["routing_words"]["azure"]:
        name = name.removeprefix(f"{prefix}/")
    return name


def without_date(name: str) -> str:
    """Return a model name without the version at its end."""
    return _DATE.sub("", name)
