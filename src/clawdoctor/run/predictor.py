"""The facts that a chain's hops depend on, collected once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import start_arguments
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.proxy_packages import NO_PACKAGES, ProxyPackages
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import newest
from clawdoctor.run.engine import CHAIN
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Absent, Lack
from clawdoctor.run.shown_request import Showing, shown_refusal
from clawdoctor.run.situation import Situation
from clawdoctor.run.trace_findings import Findings
from clawdoctor.traced import TracedRefusal
from clawdoctor.wire.request import Outcome, Refused, Source
from clawdoctor.wire.requests import Requests
from clawdoctor.wire.resolved import proxy_settings
from clawdoctor.wire.served import ProxySettings
from clawdoctor.wire.startup import drops, startup

_OF_VARIABLES = ("missing", "unset", "from-env")


@dataclass(frozen=True, slots=True)
class Predictor:
    """Everything that the hops of a chain depend on.

    `litellm` is LiteLLM's config or the reason why it is unknown. `start` is why LiteLLM does not
    start, or None, and `start_unknown` why that is unknown. `dropped` are the deployments that
    LiteLLM drops at startup, by id. `settings` returns LiteLLM's settings in a version and an
    environment. `sent` are OpenClaw's requests by route. With `compares`, each hop says what other
    versions send.
    """

    openclaw: OpenClawConfig | None
    litellm: LiteLLMConfig | Lack
    environment: Environment
    versions: Versions
    arguments: tuple[str, ...]
    start: TracedRefusal | None
    dropped: Mapping[str, Refused]
    profiles: AuthProfiles
    showing: Showing
    settings: Callable[[str, Environment], ProxySettings]
    sent: Mapping[str, Outcome] = field(default_factory=dict, repr=False)
    compares: bool = True
    start_unknown: str = ""

    @property
    def litellm_version(self) -> str:
        """The version of LiteLLM, or else the newest known version."""
        return self.versions.value("litellm") or newest("litellm")


def predictor(situation: Situation, facts: Facts, findings: Findings) -> Predictor:
    """Return everything that the hops of a chain depend on."""
    environment = facts.known(Environment)
    assert environment is not None, "every situation has one"
    litellm = facts.get(LiteLLMConfig)
    config = litellm if isinstance(litellm, LiteLLMConfig) else None
    compose = facts.known(Compose) or Absent()
    arguments = start_arguments(situation, compose, config)
    found = Predictor(
        openclaw=facts.known(OpenClawConfig),
        litellm=litellm,
        environment=environment,
        versions=facts.known(Versions) or Versions(None, None),
        arguments=arguments,
        start=None,
        dropped={},
        profiles=facts.known(AuthProfiles) or AuthProfiles(frozenset()),
        showing=Showing(findings, ids=frozenset({CHAIN}), config=config),
        settings=_settings(config, arguments),
        sent=(facts.known(Requests) or Requests()).sent,
    )
    if config is None:
        return found
    packages = facts.known(ProxyPackages) or NO_PACKAGES
    started = startup(config, environment, found.litellm_version, packages)
    lost = drops(config, environment, found.litellm_version)
    dropped = {
        deployment.id: Refused(
            "litellm",
            "dropped",
            "LiteLLM drops this deployment at startup",
            sources=(Source("deployment", config.place(drop.pointer), drop.variable),),
        )
        for deployment in config.deployments
        if (drop := lost.get(deployment.id)) is not None
    }
    refused = started.refused
    if refused is None:
        return replace(found, dropped=dropped, start_unknown=started.unknown)
    start = shown_refusal(refused, "litellm", found.showing)
    # An invalid key in the file itself is invalid in every environment.
    by_variable = refused.kind in ("callback-variable", "callback-license") or (
        refused.kind == "master-key" and config.master_key.state in _OF_VARIABLES
    )
    assumed = by_variable and environment.proxy.basis == "assumed"
    return replace(found, start=replace(start, assumed=assumed), dropped=dropped)


def _settings(
    config: LiteLLMConfig | None, arguments: tuple[str, ...]
) -> Callable[[str, Environment], ProxySettings]:
    """Return a function that builds the settings of each version and environment once."""
    made: dict[tuple[str, frozenset[str]], ProxySettings] = {}

    def settings(version: str, environment: Environment) -> ProxySettings:
        key = (version, frozenset(environment.proxy.values))
        if key not in made:
            assert config is not None, "only its deployments send something"
            made[key] = proxy_settings(config, environment, version, arguments)
        return made[key]

    return settings
