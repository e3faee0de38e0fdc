"""The loaders of facts from files and the environment. They open no socket."""

from __future__ import annotations

from functools import cache

from clawdoctor.chain.agent_state import AgentState, load_agent_state
from clawdoctor.chain.auth_profile import AuthProfiles, load_auth_profiles
from clawdoctor.chain.compose import Compose, load_compose
from clawdoctor.chain.configs import Configs, load_configs
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment, load_environment
from clawdoctor.chain.litellm import LiteLLMConfig, load_litellm_config
from clawdoctor.chain.litellm_file import (
    LiteLLMFile,
    LiteLLMPath,
    find_litellm_config,
    load_litellm_file,
)
from clawdoctor.chain.log_file import LogFile, LogLines, load_log_file, load_log_lines
from clawdoctor.chain.openclaw import OpenClawConfig, load_openclaw_config
from clawdoctor.chain.openclaw_file import (
    OpenClawFile,
    OpenClawPath,
    choose_openclaw_config,
    load_openclaw_file,
)
from clawdoctor.chain.pins import Pins, load_pins
from clawdoctor.chain.processes import load_proxy_units
from clawdoctor.chain.proxy_packages import ProxyPackages, load_proxy_packages
from clawdoctor.chain.route import Chain, load_chain
from clawdoctor.chain.trust import Trust, load_trust
from clawdoctor.chain.unit import ProxyUnits
from clawdoctor.chain.versions import InstalledVersions, load_installed
from clawdoctor.run.facts import Loader
from clawdoctor.run.situation import Clock, Situation
from clawdoctor.wire.endpoints import load_endpoints
from clawdoctor.wire.requests import Requests, load_requests


def file_loaders(situation: Situation) -> tuple[Loader, ...]:
    """Return the loaders of facts from a situation's files and environment."""

    def load_situation() -> Situation:
        return situation

    def load_clock() -> Clock:
        return Clock(situation.now)

    return (Loader(Situation, load_situation), Loader(Clock, load_clock), *_common_loaders())


@cache
def _common_loaders() -> tuple[Loader, ...]:
    """Return the loaders that are the same in all runs: they depend only on other facts."""
    return (
        Loader(OpenClawPath, choose_openclaw_config),
        Loader(
            OpenClawFile,
            load_openclaw_file,
            refusals=("openclaw-config-syntax", "openclaw-include-broken"),
        ),
        Loader(OpenClawConfig, load_openclaw_config),
        Loader(AgentState, load_agent_state),
        Loader(AuthProfiles, load_auth_profiles),
        Loader(Compose, load_compose, refusals=("compose-syntax",)),
        Loader(ProxyUnits, load_proxy_units),
        Loader(LiteLLMPath, find_litellm_config),
        Loader(LiteLLMFile, load_litellm_file, refusals=("litellm-config-syntax",)),
        Loader(LiteLLMConfig, load_litellm_config, refusals=("litellm-config-rejected",)),
        Loader(Pins, load_pins),
        Loader(LogFile, load_log_file),
        Loader(LogLines, load_log_lines),
        Loader(Environment, load_environment),
        Loader(InstalledVersions, load_installed),
        Loader(ProxyPackages, load_proxy_packages),
        Loader(Chain, load_chain),
        Loader(Trust, load_trust),
        Loader(Requests, load_requests),
        Loader(Endpoints, load_endpoints),
        Loader(Configs, load_configs),
    )
