"""A key in a setting that is not for secrets, for example if it is swapped with `api_base`."""

from __future__ import annotations

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.shown import describe, looks_like_key
from clawdoctor.finding import Action, Fix, Step
from clawdoctor.knowledge.azure import is_api_version


def misplaced_key(deployment: Deployment, value: Value[str], text: str) -> str | None:
    """Return a message about a key in the wrong setting, or None if `text` is not a key."""
    if not looks_like_key(text):
        return None
    setting = value.pointer.rpartition("/")[2]
    swapped = f"; {setting} and api_key look swapped" if looks_swapped(deployment, setting) else ""
    return f"{value.named} contains {describe(text)}{swapped}"


def looks_swapped(deployment: Deployment, setting: str) -> bool:
    """Return whether the api_key contains the value that belongs in this setting."""
    key = deployment.api_key.resolved
    return key is not None and key.test(_FORMS[setting])


def swap_fix(deployment: Deployment, value: Value[str], noun: str, action: Action) -> Fix:
    """Return the fix for a setting that is swapped with api_key. `noun` is the right value."""
    setting = value.pointer.rpartition("/")[2]
    key = deployment.api_key.variable or "api_key"
    step = Step(f"Put the {noun} in {value.variable or setting}, and the key in {key}")
    return Fix(title=f"in litellm_config.yaml, swap {setting} and api_key", actions=(step, action))


def _is_url(text: str) -> bool:
    return "://" in text


_FORMS = {
    "api_base": _is_url,
    "base_url": _is_url,
    "api_version": is_api_version,
    "model": lambda text: text.startswith(("azure/", "openai/")),
}
