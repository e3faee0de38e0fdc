"""Both configs, for checks that report the place of a setting in either file."""

from __future__ import annotations

from clawdoctor.chain.advice import RESTART_OPENCLAW
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.parameter import parameter_place, restart
from clawdoctor.chain.route import Route
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Place
from clawdoctor.run.needs import Absent
from clawdoctor.source.secret import Secret

_OPENCLAW_NAMES = {"api_base": "baseUrl", "api_key": "apiKey"}


@dataclass(frozen=True, slots=True)
class Configs:
    """The configs that are readable."""

    litellm: LiteLLMConfig | None
    openclaw: OpenClawConfig | None
    environment: Environment

    def of_deployment(self, deployment: Deployment, setting: str, label: str = "") -> Place:
        """Return the place of a parameter of `litellm_params`."""
        assert self.litellm is not None
        return parameter_place(self.litellm, deployment, setting, label)

    def of_route(self, route: Route, setting: str, label: str = "") -> Place | None:
        """Return the place in OpenClaw's file of a route's model or a setting of its provider."""
        if self.openclaw is None:
            return None
        if setting != "model":
            return self.openclaw.place(f"{route.provider.pointer}/{setting}", label)
        if route.model is not None:
            return self.openclaw.place(f"{route.model.pointer}/id", label)
        return self.openclaw.place(route.refs[0].pointer if route.refs else "", label)

    def of_resource(
        self, resource: Resource, setting: str, label: str
    ) -> tuple[Place | None, tuple[Place, ...]]:
        """Return the place of a setting in the resource's first deployment, and in the others."""
        if resource.provider is not None and self.openclaw is not None:
            name = _OPENCLAW_NAMES.get(setting, setting)
            return self.openclaw.place(f"{resource.provider.pointer}/{name}", label), ()
        places = [
            self.of_deployment(deployment, setting, label if index == 0 else "the same")
            for index, deployment in enumerate(resource.deployments)
        ]
        if not places:
            return None, ()
        rest = {
            (place.path, place.span): place for place in places[1:] if place.span != places[0].span
        }
        return places[0], tuple(rest.values())

    def key_of(self, resource: Resource) -> Value[Secret] | Setting[Secret]:
        """Return the setting that holds the resource's key."""
        return resource.setting

    def restart(self, resource: Resource | None = None) -> Action:
        """Return the action that applies a changed file."""
        if resource is not None and resource.provider is not None:
            return RESTART_OPENCLAW
        return restart(self.litellm, self.environment)


def load_configs(
    litellm: LiteLLMConfig | Absent,
    openclaw: OpenClawConfig | None,
    environment: Environment,
) -> Configs:
    """Combine the two configs. An unreadable config counts as absent."""
    return Configs(
        None if isinstance(litellm, Absent) else litellm,
        openclaw,
        environment,
    )
