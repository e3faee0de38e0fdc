"""The hosts that clawdoctor may contact, and those that may receive a key.

A config in a pull request must not be able to send a variable of this machine anywhere. A host that
the user would not send the key to gets no name lookup and no connection.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, split, url_fault
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.chain.variable_name import names_address, names_key
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge.azure import is_api_version
from clawdoctor.run.situation import Situation
from clawdoctor.source.node import Node

_AZURE_KEY = regex(r"[0-9a-fA-F]{32}|[A-Za-z0-9]{84}")
_UNTOUCHED = "nothing was looked up"
_JUDGED = ("model", "api_base", "base_url", "api_key", "api_version", "azure_ad_token")
"""Parameters whose variables are judged elsewhere, with the URL, the key and the model."""
_JWT = regex(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


@dataclass(frozen=True, slots=True)
class Trust:
    """The trusted hosts besides loopback and Azure's own.

    `own_config` means that OpenClaw's config is the user's own file. Its variables may then go
    wherever it sends them. `uses` maps a variable of OpenClaw to those that Compose builds it from.
    """

    hosts: frozenset[str]
    own_config: bool = False
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def refuses(
        self, url: str, variables: Iterable[str] = (), *, openclaw: bool = False
    ) -> str | None:
        """Return why clawdoctor sends no request to a URL, or None if it may.

        `variables` are those whose values the URL contains. The reason contains none of these
        values. `openclaw` means that OpenClaw's config refers to them, not LiteLLM's.
        """
        fault = url_fault(url)
        if fault is not None:
            return f"{fault}; {_UNTOUCHED}"
        parts, host = split(url), host_of(url)
        if parts is None or host is None or parts.scheme not in ("http", "https"):
            return "it is not an http URL with a host"
        if host in self.hosts:
            return None
        names = tuple(variables)
        chosen = () if openclaw and self.own_config else self._all(names, openclaw=openclaw)
        other = next((name for name in chosen if not names_address(name)), None)
        if other is not None:
            return (
                f"its URL contains the value of {other}, which is not a variable for a host; "
                f"{_UNTOUCHED} (--trust-host allows it)"
            )
        if is_loopback(host) or is_azure(host):
            return None
        if names:
            return f"the host in {' and '.join(names)} is not trusted; name it with --trust-host"
        return f"{host} is not trusted; --trust-host {host} allows requests to it"

    def keeps(self, variables: Iterable[str], *, openclaw: bool) -> str | None:
        """Return why the values of variables are not sent as a key or in a header, or None.

        `openclaw` means that OpenClaw's config refers to them, not LiteLLM's.
        """
        if openclaw and self.own_config:
            return None
        names = self._all(tuple(variables), openclaw=openclaw)
        other = next((name for name in names if not names_key(name)), None)
        if other is None:
            return None
        return f"{other} is not a variable for a key of this chain; its value is not sent"

    def _all(self, names: tuple[str, ...], *, openclaw: bool) -> tuple[str, ...]:
        """Return variables and those that Compose builds them from. LiteLLM's include them."""
        used = [self.uses.get(name, ()) for name in names] if openclaw else []
        return (*names, *(name for group in used for name in group))

    def withholds_parameters(self, deployment: Deployment) -> str | None:
        """Return why the model or api-version of a deployment is not sent to Azure, or None."""
        version = deployment.api_version
        if version.variables and not is_api_version(version.resolved or "v1"):
            return f"the value of {version.variable} is not an api-version; it is not sent"
        other = next((n for n in deployment.model.variables if not names_address(n)), None)
        if other is not None:
            return f"{other} is not a variable for a model; it is not sent"
        for name, node in deployment.params.children():
            if name not in _JUDGED and _refers(node):
                return f"{name} contains the value of a variable; it is not sent"
        return None

    def withholds(self, url: str, key: str) -> str | None:
        """Return why a key is not sent to Azure or its simulation, or None if it may be."""
        host, parts = host_of(url), split(url)
        if is_loopback(host):
            return None
        if parts is None or parts.scheme != "https":
            return "clawdoctor sends a key to Azure only over https"
        if not looks_like_azure_key(key):
            return "the configured key does not look like an Azure key, so it was not sent"
        return None


def _refers(node: Node) -> bool:
    """Return whether a value of LiteLLM's config contains the value of a variable."""
    if isinstance(node.value, str):
        return node.value.startswith(REFERENCE)
    return any(_refers(child) for _, child in node.children())


def looks_like_azure_key(key: str) -> bool:
    """Return whether a text looks like an Azure key (32 hex or 84 alphanumeric digits) or a JWT."""
    return bool(_AZURE_KEY.fullmatch(key) or _JWT.fullmatch(key))


def load_trust(
    situation: Situation, openclaw: OpenClawConfig | None, environment: Environment | None
) -> Trust:
    """Return the hosts of `--proxy-url`, `--trust-host` and the user's own OpenClaw config.

    A file from an option or OPENCLAW_CONFIG_PATH may come from a pull request. A file in OpenClaw's
    default locations is the user's own.
    """
    hosts = {host.casefold() for host in situation.trusted_hosts}
    if situation.proxy_url is not None:
        hosts.add(host_of(situation.proxy_url) or "")
    own = openclaw is not None and openclaw.path in _own_paths(situation)
    if own and openclaw is not None:
        folder = os.path.dirname(openclaw.path)  # noqa: PTH120
        for provider in openclaw.providers:
            url = provider.base_url
            if all(_is_own(name, folder, environment) for name in url.variables):
                hosts.add(host_of(url.resolved or "") or "")
    values = environment.openclaw.values if environment is not None else {}
    uses = {name: variable.uses for name, variable in values.items() if variable.uses}
    return Trust(frozenset(hosts - {""}), own, uses)


def _is_own(name: str, folder: str, environment: Environment | None) -> bool:
    """Return whether a variable comes from this shell or the state folder, not from a project."""
    variable = environment.openclaw.get(name) if environment is not None else None
    if variable is None:
        return False
    place = variable.place
    return place is None or os.path.dirname(place.path) == folder  # noqa: PTH120


def _own_paths(situation: Situation) -> tuple[str, ...]:
    """Return the default locations of OpenClaw's config."""
    unnamed = {k: v for k, v in situation.environ.items() if k != "OPENCLAW_CONFIG_PATH"}
    return tuple(candidates(replace(situation, openclaw_config=None, environ=unnamed)))
