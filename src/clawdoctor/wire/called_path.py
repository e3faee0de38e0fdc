"""The provider and the name that LiteLLM uses for a deployment, and the URL that decides them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import is_openais
from clawdoctor.wire.azure_url import FOUNDRY_BASE
from clawdoctor.wire.prediction import StoppedError
from clawdoctor.wire.request import Refused, Unpredicted
from clawdoctor.wire.served import Picked, Sources, parameters, settings, text_of, variables
from clawdoctor.wire.supported import ChatProvider

_NO_PROVIDER = "LLM Provider NOT provided. Pass in the LLM provider you are trying to call."

_COMPATIBLE = "openai_compatible_providers"

_LISTING = "litellm_provider"

_OPENAI = "api.openai.com"


def openai_base(sources: Sources) -> Picked | None:
    """Return the URL that LiteLLM uses with the provider `openai`, or None."""
    return sources.first_of(
        *parameters("api_base", "base_url"),
        *settings("api_base"),
        *variables("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    )


def is_openai_itself(sources: Sources) -> bool:
    """Whether the provider `openai` sends a request to OpenAI: if no base says otherwise."""
    base = openai_base(sources)
    host = urlsplit(base.value).hostname or "" if base is not None else _OPENAI
    return f".{host}".endswith(f".{_OPENAI}")


def path_of(sources: Sources) -> tuple[ChatProvider, str]:
    """Return the provider that LiteLLM uses, and the model's name without the provider.

    LiteLLM treats an OpenAI model of the provider `azure_ai` as a model of the provider `azure`,
    unless its URL belongs to Foundry.
    """
    provider, name = sources.deployment.path
    match provider:
        case "azure" if name in table("litellm_providers")["azure_others"]:
            return "openai", sources.deployment.model
        case "azure" | "azure_text":
            return "azure", name
        case "openai":
            return provider, name
        case "azure_ai":
            base = sources.first_of(*parameters("api_base", "base_url"), *variables(FOUNDRY_BASE))
            plain = name.partition("/")[2] or name
            elsewhere = not is_foundry(base.value) if base else sources.is_empty(FOUNDRY_BASE)
            _check_listing(sources, elsewhere=elsewhere)
            if elsewhere and is_openais(plain):
                return "azure", name
            _check_compatible(sources)
            if re.search(table("litellm")["names"]["foundry_others"], name, re.IGNORECASE):
                raise StoppedError(Unpredicted("clawdoctor does not support this azure_ai model"))
            return "azure_ai", name
    if not provider:
        raise StoppedError(Unpredicted("clawdoctor does not support the provider of this model"))
    if provider not in table("litellm_providers")["providers"]:
        model = sources.deployment.model
        text = f"litellm.BadRequestError: {_NO_PROVIDER} You passed model={model}"
        raise StoppedError(Refused("litellm", "no-provider", text, 400))
    raise StoppedError(Unpredicted(f"clawdoctor does not support the provider {provider}"))


def _check_listing(sources: Sources, *, elsewhere: bool) -> None:
    """Raise StoppedError if `model_info` gives a Foundry model to a provider, except OpenAI."""
    chosen = text_of(sources.deployment.info.get(_LISTING))
    if chosen is not None and (elsewhere or chosen != "openai"):
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_LISTING}"))


def _check_compatible(sources: Sources) -> None:
    """Raise StoppedError if the config changes the providers that have OpenAI's API."""
    listed = sources.proxy.settings.get(_COMPATIBLE)
    if listed is not None and not (isinstance(listed, list) and "azure_ai" in listed):
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_COMPATIBLE}"))


def is_foundry(base: str) -> bool:
    """Whether a URL belongs to Foundry and is not that of an Azure OpenAI deployment."""
    parts = urlsplit(base)
    host = (parts.hostname or "").endswith(".services.ai.azure.com")
    return host and "/openai/deployments" not in parts.path


def given_foundry_base(sources: Sources) -> Picked | None:
    """Return the URL that the config or a variable sets for `azure_ai`, or None."""
    return sources.first_of(
        *parameters("api_base", "base_url"), *variables(FOUNDRY_BASE), *settings("api_base")
    )
