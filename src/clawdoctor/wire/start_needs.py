"""What callbacks and guardrails require before LiteLLM starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.proxy_packages import ProxyPackages
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import newest, release, table
from clawdoctor.knowledge.measured import is_newer
from clawdoctor.wire.start_built import GUARDRAILS, Named, built, has_mode
from clawdoctor.wire.start_callbacks import own_callback

LICENSE = "LITELLM_LICENSE"


@dataclass(frozen=True, slots=True)
class Lack:
    """A missing requirement of a callback or guardrail: LiteLLM exits with `error` at the start.

    `missing` has the variables or settings, the Python module, or the server from which LiteLLM
    requests a token. `unknown` means that it is not known whether the module is missing, the
    licence is invalid or the server refuses. `sure` means that the install without it runs the
    proxy. `measured` means that this version was read, or is between two that were.
    """

    named: Named
    kind: Literal["variables", "package", "license", "server"]
    missing: tuple[str, ...]
    error: str
    unknown: bool = False
    measured: bool = True
    sure: bool = True

    @property
    def late(self) -> bool:
        """Whether LiteLLM finds it only after it has checked the master key."""
        return "Could not build" in self.error

    @property
    def certain(self) -> bool:
        """Whether it is known that LiteLLM does not start, as far as its variables are known."""
        return self.measured and self.sure and not self.unknown


def lacks(
    config: LiteLLMConfig,
    environment: Environment,
    version: str | None,
    packages: ProxyPackages,
) -> Iterator[Lack]:
    """Yield the missing requirements of callbacks and guardrails, in LiteLLM's order.

    A `version` of None means the newest in the tables.
    """
    running = version or newest("litellm")
    for named in built(config, environment):
        if named.listed != GUARDRAILS and _is_own(named.name, config):
            continue
        for row in table("start_needs")["rows"]:
            if row.get("after_mode") and not has_mode(named, environment):
                continue
            if _is_in(named, row) and named.listed in row["in"] and _covers(row, running):
                yield from _lacks(named, row, config, environment, running, packages)


def _is_in(named: Named, row: Mapping[str, Any]) -> bool:
    """Whether a row applies to a name. LiteLLM also finds some names inside others."""
    if named.listed == row.get("within"):
        return any(name in named.name for name in row["names"])
    return named.name in row["names"]


def _is_own(name: str, config: LiteLLMConfig) -> bool:
    """Whether LiteLLM builds nothing else for a callback that callback_settings defines."""
    own = own_callback(name, config)
    return own == "complete" or (own is not None and name in table("callbacks")["lists"]["generic"])


def _lacks(
    named: Named,
    row: Mapping[str, Any],
    config: LiteLLMConfig,
    environment: Environment,
    version: str,
    packages: ProxyPackages,
) -> Iterator[Lack]:
    error, measured = row["error"].replace("{name}", named.name), _is_measured(version)
    if "package" in row:
        presence = packages.presence(row["package"])
        empty, when = row.get("empty", False), row.get("when", ())
        built = all(is_set(name, config, environment, empty=empty) for name in when)
        if presence == "present" or not built:
            return
        unknown, sure = presence == "unknown", packages.sure
        yield Lack(named, "package", (row["package"],), error, unknown, measured, sure)
    elif "license" in row:
        unknown = is_set(LICENSE, config, environment)
        yield Lack(named, "license", (LICENSE,), error, unknown, measured)
    elif not _has_own_host(row, named, environment):
        unmet = [
            need for need in row["needs"] if not _is_met(need, row, named, config, environment)
        ]
        missing = tuple((need.get("variables") or need["settings"])[0] for need in unmet)
        if missing:
            text = error.replace("{variable}", missing[0])
            yield Lack(named, "variables", missing, text, measured=measured)
        elif "server" in row:
            yield Lack(named, "server", (row["server"],), row["refused"], True, measured)


def _has_own_host(row: Mapping[str, Any], named: Named, environment: Environment) -> bool:
    """Whether a guardrail uses the user's own host and so does not need what the row requires."""
    public = row.get("public")
    if public is None:
        return False
    written = value_of(named.settings, f"/{public['setting']}", environment.proxy).resolved
    variable = environment.proxy.get(public["variable"])
    if not written and variable is not None:
        written = variable.value.reveal()
    if not written:
        return False
    try:
        host = urlsplit(written).hostname
    except ValueError:
        return True
    return host is None or not host.endswith(public["host"])


def _is_met(
    need: Mapping[str, Any],
    row: Mapping[str, Any],
    named: Named,
    config: LiteLLMConfig,
    environment: Environment,
) -> bool:
    empty = row.get("empty", False)
    if any(is_set(name, config, environment, empty=empty) for name in need.get("variables", ())):
        return True
    for name in need.get("settings", ()):
        value = value_of(named.settings, f"/{name}", environment.proxy)
        if value.resolved is not None or value.state == "not-a-string":
            return True
    return False


def is_set(
    name: str, config: LiteLLMConfig, environment: Environment, *, empty: bool = False
) -> bool:
    """Whether a variable is set. The file's own environment_variables count."""
    variable = environment.proxy.get(name)
    own = config.root.get("environment_variables")
    written = own.get(name) if own is not None and own.kind == "mapping" else None
    return (variable is not None and (empty or bool(variable.value))) or written is not None


def _covers(row: Mapping[str, Any], version: str) -> bool:
    since, running = release(row.get("since", "")), release(version)
    return since is None or running is None or running >= since


def _is_measured(version: str) -> bool:
    oldest, running = release(table("start_needs")["oldest"]), release(version)
    known = running is not None and oldest is not None and running >= oldest
    return known and not is_newer("litellm", version)
