"""The hosts that clawdoctor may contact, and those that may receive a key.

A config in a pull request must not be able to send a variable of this machine anywhere. A host to
which the user would not send the key gets no name lookup and no connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, split
from clawdoctor.chain.openclaw_file import OpenClawFile, candidates
from clawdoctor.run.situation import Situation

_AZURE_KEY = re.compile(r"[0-9a-fA-F]{32}|[A-Za-z0-9]{84}")
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


@dataclass(frozen=True, slots=True)
class Trust:
    """The trusted hosts besides loopback and Azure's own."""

    hosts: frozenset[str]

    def refuses(self, url: str) -> str | None:
        """Return why clawdoctor sends no request to a URL, or None if it may."""
        host = host_of(url)
        if host is None:
            return "it is no URL that can be asked"
        if is_loopback(host) or is_azure(host) or host in self.hosts:
            return None
        return f"{host} is not trusted; to let clawdoctor ask it: --trust-host {host}"

    def withholds(self, url: str, key: str) -> str | None:
        """Return why a key is not sent to Azure or its simulation, or None if it may be."""
        host, parts = host_of(url), split(url)
        if is_loopback(host):
            return None
        if parts is None or parts.scheme != "https":
            return "a key goes to Azure over https only"
        if not looks_like_azure_key(key):
            return "what is configured as the key has not the shape of an Azure key; not sent"
        return None


def looks_like_azure_key(key: str) -> bool:
    """Whether a text looks like an Azure key (32 hex or 84 alphanumeric digits) or a JWT."""
    return bool(_AZURE_KEY.fullmatch(key) or _JWT.fullmatch(key))


def load_trust(situation: Situation, openclaw: OpenClawFile | None) -> Trust:
    """Return the hosts of `--proxy-url`, `--trust-host` and the user's own OpenClaw config.

    A file named by option or by OPENCLAW_CONFIG_PATH can come from a pull request. A file in
    OpenClaw's default locations is the user's own.
    """
    hosts = {host.casefold() for host in situation.trusted_hosts}
    if situation.proxy_url is not None:
        hosts.add(host_of(situation.proxy_url) or "")
    if openclaw is not None and openclaw.path in _own_paths(situation):
        providers = openclaw.root.at("/models/providers")
        for _, node in providers.children() if providers is not None else ():
            hosts.add(host_of(node.text("baseUrl") or "") or "")
    return Trust(frozenset(hosts - {""}))


def _own_paths(situation: Situation) -> tuple[str, ...]:
    """Return the default locations of OpenClaw's config."""
    unnamed = {k: v for k, v in situation.environ.items() if k != "OPENCLAW_CONFIG_PATH"}
    return tuple(candidates(replace(situation, openclaw_config=None, environ=unnamed)))
