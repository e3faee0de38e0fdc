"""Both configs at once, for who has to say where a setting is, whichever file it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from clawdoctor.chain.advice import RESTART_OPENCLAW
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig, Value
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.parameter import parameter_place, restart
from clawdoctor.chain.route import Route
from clawdoctor.finding import Action, Place
from clawdoctor.run.needs import Absent, Unavailable

_OPENCLAW_NAMES = {"api_base": "baseUrl", "api_key": "apiKey"}


@dataclass(frozen=True, slots=True)
class Configs:
    """What could be read of the two files."""

    litellm: LiteLLMConfig | None
    openclaw: OpenClawConfig | None
    environment: Environment

    def of_deployment(self, deployment: Deployment, setting: str, label: str = "") -> Place:
        """Where a parameter of `litellm_params` stands."""
        assert self.litellm is not None
        return parameter_place(self.litellm, deployment, setting, label)

    def of_route(self, route: Route, setting: str, label: str = "") -> Place | None:
        """Where a route's model, or a setting of its provider, stands in OpenClaw's file."""
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
        """A setting of the resource's first deployment, and the same one of the others."""
        if resource.provider is not None and self.openclaw is not None:
            name = _OPENCLAW_NAMES.get(setting, setting)
            return self.openclaw.place(f"{resource.provider.pointer}/{name}", label), ()
        places = [
            self.of_deployment(deployment, setting, label if index == 0 else "the same")
            for index, deployment in enumerate(resource.deployments)
        ]
        if not places:
            return None, ()
        rest = {(one.path, one.span): one for one in places[1:] if one.span != places[0].span}
        return places[0], tuple(rest.values())

    def key_of(self, resource: Resource) -> Value | Setting:
        """The key's setting, as the file that holds it has it."""
        if resource.provider is not None:
            return resource.provider.api_key
        return resource.deployments[0].api_key

    def restart(self, resource: Resource | None = None) -> Action:
        """What makes a changed file count."""
        if resource is not None and resource.provider is not None:
            return RESTART_OPENCLAW
        return restart(self.litellm, self.environment)


def load_configs(
    litellm: LiteLLMConfig | Absent,
    openclaw: OpenClawConfig | Absent | Unavailable,
    environment: Environment,
) -> Configs:
    """The two files; one that OpenClaw could not read is as if it were not there."""
    return Configs(
        litellm if isinstance(litellm, LiteLLMConfig) else None,
        openclaw if isinstance(openclaw, OpenClawConfig) else None,
        environment,
    )
