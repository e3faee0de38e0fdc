"""Faults of the scheme or the host of an Azure `api_base`: part of LL106."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from urllib.parse import SplitResult

from clawdoctor.chain.azure_host import SUFFIXES, is_azure
from clawdoctor.checks.litellm.ll106_path import BaseFault
from clawdoctor.deferred import regex
from clawdoctor.finding import Severity
from clawdoctor.knowledge.azure import is_sample_value
from clawdoctor.knowledge.did_you_mean import nearest

_ANY_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*):/{1,2}")
_HOST = regex(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*", re.ASCII)
_ALIKE = 0.93
"""The similarity, from 0 to 1, above which a domain counts as a misspelling of another."""
_NEAR_COM = ("co", "cm", "om")
NO_CONNECTION = "LiteLLM cannot connect to the configured api_base"


def domain_fault(host: str, parts: SplitResult) -> BaseFault | None:
    """Return the fault of a domain that differs from an Azure domain by a letter or two."""
    name, _, domain = host.partition(".")
    meant = next(iter(nearest(domain, [suffix[1:] for suffix in SUFFIXES])), None)
    if meant is None or _is_other_cloud(domain, meant):
        return None
    if SequenceMatcher(None, domain, meant).ratio() < _ALIKE:
        return None
    return BaseFault(
        message=f'"{domain}" is not an Azure domain; did you mean "{meant}"?',
        label=f"Azure's domain is {meant}",
        why='LiteLLM cannot find this host and answers 500 "Connection error.".',
        consequence=NO_CONNECTION,
        base=parts._replace(netloc=f"{name}.{meant}").geturl(),
        applicability="unsafe",
        general=f'api_base is not on an Azure domain; did you mean "{meant}"?',
    )


def _is_other_cloud(domain: str, known: str) -> bool:
    """Return whether a domain is Azure's in another country. China has its own cloud."""
    rest, _, country = domain.rpartition(".")
    return len(country) == 2 and country not in _NEAR_COM and rest == known.rpartition(".")[0]


def missing_scheme_fault(text: str) -> BaseFault | None:
    """Return the fault of an address without http:// or https://, such as a host name."""
    written = _ANY_SCHEME.match(text)
    rest = text[written.end() :] if written else text.lstrip("/")
    host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0]
    if _HOST.fullmatch(host) is None:
        return None
    base = f"https://{host}"
    azure = is_azure(host.casefold())
    if not azure:
        named = "." not in host and "/" not in rest and not is_sample_value(host)
        base = f"https://{host}{SUFFIXES[0]}" if named else ""
    return BaseFault(
        message="api_base does not start with https://",
        label=f"{written[1]}: is not https:" if written else "https:// is missing",
        why="LiteLLM uses the value unchanged, sends Azure nothing and answers 500.",
        consequence=NO_CONNECTION,
        base=base,
        applicability="safe" if azure else "unsafe",
    )


def plain_http_fault(parts: SplitResult) -> BaseFault | None:
    """Return the fault of an address that does not start with https://."""
    if parts.scheme.casefold() == "https":
        return None
    return BaseFault(
        message="api_base starts with http://, but Azure requires https://",
        label="use https://",
        why="Azure's endpoints use https. Over http, the key crosses the network in plain text.",
        consequence="the key crosses the network in plain text",
        base=parts._replace(scheme="https").geturl(),
        severity=Severity.WARNING,  # not tested on Azure itself
    )
