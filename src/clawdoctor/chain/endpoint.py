"""The endpoints of the chain: OpenClaw's proxies, and the Azure resources.

URLs are as seen from this host: the name of a Compose service is mapped to the port that the
service publishes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from clawdoctor.chain.azure_host import host_of, is_azure, split
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.shown import is_harmless
from clawdoctor.deferred import dataclass
from clawdoctor.source.secret import Secret


@dataclass(frozen=True, slots=True)
class Proxy:
    """A LiteLLM proxy as an OpenClaw provider uses it.

    `url` is its address from this host, without a path such as /v1. It is None if the address is
    unknown, and `reason` says why. `key` is the key that OpenClaw sends, if known, and `key_header`
    the header that the proxy reads it from. `key_reason` says why the key is not known.
    """

    id: str
    provider: Provider | None
    url: str | None
    reason: str
    key: Secret | None = None
    in_container: bool = False
    key_header: str = "Authorization"
    key_reason: str = ""
    key_variables: tuple[str, ...] = ()
    """The variables whose values are part of `key`."""
    suffix: str = "/v1"
    """The rest of OpenClaw's baseUrl after `url`: /v1, or nothing."""
    named: bool = False
    """Whether the user set the URL with --proxy-url."""
    url_variables: tuple[str, ...] = ()
    """The variables whose values are part of `url`."""
    expected: bool = True
    """Whether LiteLLM is expected to answer here, not another server of the user."""

    @property
    def noun(self) -> str:
        """The noun for it in a report."""
        return "proxy" if self.expected else "server"

    @property
    def address(self) -> str:
        """The host and port as a report may quote them."""
        parts = split(self.url or "")
        return self.quoted(parts.netloc) if parts is not None else "the baseUrl"

    def quoted(self, part: str) -> str:
        """Return a part of the URL if a report may quote it, else the baseUrl as written."""
        if self.provider is None or self.named or is_harmless(part):
            return part
        return self.provider.base_url.quoted(part)


@dataclass(frozen=True, slots=True)
class Resource:
    """An Azure resource as deployments use it: the origin of `api_base`, and a key.

    `setting` gives the key that is sent, which can be a variable even if the deployments have their
    own key. `reason` says why no key is available for probes, if known.

    `provider` is set if OpenClaw sends requests to Azure directly. The resource then has no
    deployments.

    `here` means that the program that calls Azure runs on this host outside a container, so that a
    network failure from here affects it too.
    """

    id: str
    origin: str
    deployments: tuple[Deployment, ...]
    setting: Value[Secret] | Setting[Secret]
    key: Secret | None = None
    here: bool = False
    provider: Provider | None = None
    reason: str = ""
    reference: str = ""
    """The text that a report shows in place of the host, if a variable hides it."""

    @property
    def shown_host(self) -> str:
        """The host name as a report may quote it."""
        return self.reference or self.host

    @property
    def host(self) -> str:
        """The host name."""
        return host_of(self.origin) or self.origin

    @property
    def url_variables(self) -> tuple[str, ...]:
        """The variables whose values are part of `origin`; empty if a deployment writes it out."""
        if self.provider is not None:
            return self.provider.base_url.variables
        bases = [deployment.api_base.variables for deployment in self.deployments]
        return () if () in bases else tuple(dict.fromkeys(name for base in bases for name in base))

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The variables whose values are part of `key`."""
        return self.setting.variables

    @property
    def name(self) -> str:
        """The first label of an Azure host, or the whole host if it is not Azure's."""
        if self.reference:
            return self.reference
        return self.host.partition(".")[0] if is_azure(self.host) else self.host


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All endpoints of the chain."""

    proxies: tuple[Proxy, ...]
    resources: tuple[Resource, ...]
    _by_subject: Mapping[tuple[str, str], Proxy | Resource] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Index the endpoints: a check looks up the endpoints of thousands of subjects."""
        found: dict[tuple[str, str], Proxy | Resource] = {}
        for proxy in self.proxies:
            if proxy.provider is not None:
                found.setdefault(("proxy", proxy.provider.id), proxy)
        for resource in self.resources:
            if resource.provider is not None:
                found.setdefault(("direct", resource.provider.id), resource)
            for deployment in resource.deployments:
                found.setdefault(("deployment", deployment.id), resource)
        object.__setattr__(self, "_by_subject", found)

    def resource_of(self, deployment: Deployment) -> Resource | None:
        """Return the resource of a deployment, or None if it is unknown."""
        found = self._by_subject.get(("deployment", deployment.id))
        return found if isinstance(found, Resource) else None

    def resource_for(self, provider: Provider) -> Resource | None:
        """Return the resource that OpenClaw calls directly through a provider."""
        found = self._by_subject.get(("direct", provider.id))
        return found if isinstance(found, Resource) else None

    def proxy_of(self, provider: Provider) -> Proxy | None:
        """Return the proxy that a provider leads to."""
        found = self._by_subject.get(("proxy", provider.id))
        return found if isinstance(found, Proxy) else None
