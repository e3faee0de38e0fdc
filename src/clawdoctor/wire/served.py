"""A deployment in the running LiteLLM, and the values that LiteLLM uses for a request.

Every value comes from a parameter of the deployment, a setting of litellm_settings, a variable, or
a default of the version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import Any, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import is_openais, is_responses_key, noted_key
from clawdoctor.source.secret import Secret

SHIPPED_LIST = "LITELLM_LOCAL_MODEL_COST_MAP"
"""The variable that makes LiteLLM use its own list of models instead of downloading one."""
YES = ("true", "1", "yes", "on", "y", "t")
"""The strings that LiteLLM accepts as true."""
_EFFORTS = ("none", "minimal", "xhigh")
"""The efforts that `model_info` can declare."""
OriginKind = Literal["parameter", "setting", "variable", "default"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: the kind of source, and the name of the value there.

    `name` is a key of `litellm_params` or of `litellm_settings`, a variable, or a topic of
    knowledge/versions.toml.
    """

    kind: OriginKind
    name: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A value and its origin."""

    value: str = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True)
class ServedDeployment:
    """An entry of `model_list` after LiteLLM has resolved its references.

    `params` are all other parameters of `litellm_params`, in which a string can be a Secret. `info`
    is its `model_info`. LiteLLM notes the models of a config at startup. `noted` is False for
    a model that matches a wildcard, and for one that LiteLLM notes under another name.
    """

    model: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    info: Mapping[str, Any] = field(default_factory=dict, repr=False)
    noted: bool = True

    @property
    def base_model(self) -> str | None:
        """The model behind the deployment's name, as the config gives it."""
        return text_of(self.params.get("base_model")) or text_of(self.info.get("base_model"))

    @property
    def mode(self) -> str | None:
        """The mode in `model_info`."""
        return text_of(self.info.get("mode"))

    @property
    def efforts(self) -> Mapping[str, bool]:
        """The reasoning efforts that `model_info` declares, which LiteLLM notes at startup."""
        if not self.noted:
            return {}
        declared = {
            effort: self.info.get(f"supports_{effort}_reasoning_effort") for effort in _EFFORTS
        }
        return {effort: fits for effort, fits in declared.items() if isinstance(fits, bool)}

    @property
    def api_base(self) -> str | None:
        """The base URL that the deployment itself sets."""
        return text_of(self.params.get("api_base")) or text_of(self.params.get("base_url"))

    @property
    def api_version(self) -> str | None:
        """The api-version that the deployment itself sets."""
        return text_of(self.params.get("api_version"))

    @property
    def becomes_chat(self) -> bool:
        """Whether LiteLLM converts Responses requests for the deployment to chats."""
        chosen = self.params.get("use_chat_completions_api")
        return chosen is True or (isinstance(chosen, str) and chosen.lower() in YES)

    @property
    def path(self) -> tuple[str, str]:
        """The provider and the model's name without it. The provider is empty if unknown."""
        chosen = text_of(self.params.get("custom_llm_provider"))
        head, slash, rest = self.model.partition("/")
        if chosen and (head != chosen or not slash):
            return chosen, self.model
        if slash:
            return head, rest
        return ("openai" if self.model == "*" or is_openais(self.model) else ""), self.model

    def is_listed(self, provider: str) -> bool:
        """Whether LiteLLM finds a model in its list, for which `model_info` can set the provider.

        A Foundry model may also be an OpenAI model.
        """
        if provider not in ("openai", self.path[0]):
            return True  # LiteLLM notes the model under the provider in its name
        chosen = text_of(self.info.get("litellm_provider"))
        return chosen in (None, provider) or (provider, chosen) == ("azure_ai", "openai")

    @property
    def noted_as(self) -> str:
        """The provider and the name with which LiteLLM notes what the config says of a model."""
        chosen = text_of(self.params.get("custom_llm_provider"))
        return self.model if not chosen or self.names_provider_twice else f"{chosen}/{self.model}"

    @property
    def names_provider_twice(self) -> bool:
        """Whether `model` repeats `custom_llm_provider`. LiteLLM then notes another model."""
        chosen = text_of(self.params.get("custom_llm_provider"))
        return chosen is not None and self.model.startswith(f"{chosen}/")

    @property
    def name(self) -> str:
        """The deployment name on Azure, without LiteLLM's prefixes."""
        _, name = self.path
        for word in table("litellm")["routing_words"]["azure"]:
            name = name.replace(f"{word}/", "")
        return name


def with_defaults(deployment: ServedDeployment, proxy: ProxySettings) -> ServedDeployment:
    """Return a deployment with the router's defaults, which override its own parameters."""
    own = ("metadata", "model")  # the router's own parameters, and those that it has already chosen
    defaults = {
        name: value
        for name, value in proxy.defaults.items()
        if value is not None and name not in own
    }
    return replace(deployment, params={**deployment.params, **defaults}) if defaults else deployment


def as_used(deployment: ServedDeployment, proxy: ProxySettings, api: str) -> ServedDeployment:
    """Return a deployment as LiteLLM uses it for an API. Only chats use `base_url`."""
    whole = with_defaults(deployment, proxy)
    if api == "chat":
        names = proxy.settings.get("model_alias_map")
        other = names.get(whole.model) if isinstance(names, Mapping) else None
        return in_chat(replace(whole, model=other) if isinstance(other, str) else whole)
    if whole.becomes_chat:
        return whole
    params = {name: value for name, value in whole.params.items() if name != "base_url"}
    return replace(whole, params=params)


def with_all_headers(deployment: ServedDeployment) -> ServedDeployment:
    """Return a deployment whose extra_headers include its headers."""
    own, extra = (deployment.params.get(key) for key in ("headers", "extra_headers"))
    if not own or not isinstance(own, Mapping) or not isinstance(extra, Mapping | None):
        return deployment
    params = {**deployment.params, "extra_headers": {**own, **(extra or {})}}
    return replace(deployment, params=params)


def in_chat(deployment: ServedDeployment) -> ServedDeployment:
    """Return a deployment as a chat uses it.

    `base_url` then overrides `api_base`, and `deployment_id` overrides the model.
    """
    params = dict(deployment.params)
    if text_of(params.get("base_url")):
        params.pop("api_base", None)
    name = text_of(params.get("deployment_id"))
    if name is None:
        return replace(deployment, params=params)
    params.pop("custom_llm_provider", None)
    info = {key: value for key, value in deployment.info.items() if key != "mode"}
    return ServedDeployment(f"azure/{name}", params, info)


def served_deployment(
    model: str,
    api_base: str | None = None,
    api_key: Secret | None = None,
    api_version: str | None = None,
    *,
    base_model: str | None = None,
    mode: str | None = None,
    **params: Any,
) -> ServedDeployment:
    """Return a deployment from plain values. `params` are its other parameters."""
    own = {"api_base": api_base, "api_key": api_key, "api_version": api_version, **params}
    info = {"base_model": base_model, "mode": mode}
    return ServedDeployment(model, _given(own), _given(info))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """The settings that apply to every deployment of a proxy.

    `settings` are the values of `litellm_settings`, `variables` the proxy's environment,
    `modes` the modes that deployments declare for their models, and `defaults` the parameters of
    `router_settings.default_litellm_params`. `usage` is the value of
    `general_settings.always_include_stream_usage`, with which the proxy requests token counts for
    streamed chats: None for the default. `router` are the values of `router_settings`.
    """

    version: str
    drop_params: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    modes: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict, repr=False)
    usage: bool | None = None
    router: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def list_version(self) -> str | None:
        """The version whose own list of models LiteLLM uses, or None if it downloads the newest."""
        shipped = self.variables.get(SHIPPED_LIST)
        ships = shipped is not None and shipped.test(lambda text: text.lower() == "true")
        return self.version if ships else None


def modes_of(declared: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Return the mode that LiteLLM notes for each model: the last mode, but `responses` stays.

    The keys are those of LiteLLM's list, so that a mode applies to every name of the same model.
    """
    found: dict[str, str] = {}
    others = table("litellm_models")["noted_under"]
    for model, mode in declared:
        noted = found.get(model, "responses" if is_responses_key(model) else None)
        if mode and (noted, mode) != ("responses", "chat"):
            for name in (model, model.replace("responses/", "")):
                found[others.get(name) or noted_key(name)] = mode
    return found


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources from which LiteLLM reads the values of one deployment."""

    deployment: ServedDeployment
    proxy: ProxySettings

    def parameter(self, name: str) -> Picked | None:
        """Return a parameter of the deployment, or None if it is missing or empty."""
        return _picked(self.deployment.params.get(name), Origin("parameter", name))

    def setting(self, name: str) -> Picked | None:
        """Return a value of `litellm_settings`."""
        return _picked(self.proxy.settings.get(name), Origin("setting", name))

    def variable(self, name: str) -> Picked | None:
        """Return a variable of the proxy. LiteLLM does not treat true and false as strings."""
        found = _picked(self.proxy.variables.get(name), Origin("variable", name))
        return None if found is not None and found.value.lower() in ("true", "false") else found

    def is_empty(self, name: str) -> bool:
        """Whether a variable is set to an empty string, which some of LiteLLM's code accepts."""
        value = self.proxy.variables.get(name)
        return value is not None and not value

    def all_of(self, *names: Origin) -> Iterator[Picked]:
        """Yield the values that are set, in order. LiteLLM uses the first one."""
        for origin in names:
            match origin.kind:
                case "parameter":
                    found = self.parameter(origin.name)
                case "setting":
                    found = self.setting(origin.name)
                case _:
                    found = self.variable(origin.name)
            if found is not None:
                yield found

    def first_of(self, *names: Origin) -> Picked | None:
        """Return the first value that is set."""
        return next(self.all_of(*names), None)


@cache
def parameters(*names: str) -> tuple[Origin, ...]:
    """Return parameters of the deployment as origins."""
    return tuple(Origin("parameter", name) for name in names)


@cache
def settings(*names: str) -> tuple[Origin, ...]:
    """Return values of `litellm_settings` as origins."""
    return tuple(Origin("setting", name) for name in names)


@cache
def variables(*names: str) -> tuple[Origin, ...]:
    """Return variables as origins."""
    return tuple(Origin("variable", name) for name in names)


def text_of(value: object) -> str | None:
    """Return a value if it is a string and not empty."""
    if isinstance(value, Secret):
        value = value.reveal()
    return value if isinstance(value, str) and value else None


def _picked(value: object, origin: Origin) -> Picked | None:
    text = text_of(value)
    return Picked(text, origin) if text is not None else None
