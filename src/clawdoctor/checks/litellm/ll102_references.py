"""The references in litellm_config.yaml that LiteLLM does not resolve: part of LL102."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import Node, join_pointer

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
WHOLE = regex(
    rf"""\s*(?:os\.environ/\s*)?(?:
        \$\{{(?:env:)?(?P<braced>{_NAME})(?P<default>:?[-?+=][^{{}}]*)?\}}
      | \$(?P<bare>[A-Z_][A-Z0-9_]*)
      | \$?\{{\{{\s*(?:(?:env|secrets|vars)\.)?(?P<handlebars>{_NAME})\s*\}}\}}
      | os\.en[a-z]{{1,9}}\s*[.:=/\\]\s*(?P<dotted>{_NAME})
      | os\.environ\[["']?(?P<indexed>{_NAME})["']?\]
      | (?:os\.getenv|os\.environ\.get)[(/:]["']?(?P<called>{_NAME})["']?\)?
      | process\.env\.(?P<node>{_NAME})
      | (?:env|ENV|environ|__env__)(?:[/:]|\.(?=[A-Z][A-Z0-9_]+\s*$))(?P<env>{_NAME})
      | %(?P<windows>[A-Z_][A-Z0-9_]*)%
      | (?i:os\.environ)/\s*(?P<path>{_NAME})
      | (?P<name>{_NAME})
    )\s*""",
    re.VERBOSE,
)
_PART = regex(rf"\$\{{{_NAME}[^{{}}]*\}}|(?<!^)os\.environ/{_NAME}")
_NAMED = regex(rf"(?:\$\{{(?:env:)?|os\.environ/)(?P<name>{_NAME})")
_EXACT = regex(re.escape(REFERENCE) + r"[^\s${}\"']+")
"""The form that LiteLLM resolves. A secret manager's names may contain dashes and slashes."""

_SECTIONS = (
    "general_settings",
    "router_settings",
    "litellm_settings",
    "environment_variables",
    "credential_list",
)
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Setting:
    """A string in which LiteLLM resolves references, and the deployment that it belongs to."""

    pointer: str
    name: str
    node: Node
    text: str
    deployment: Deployment | None


def string_settings(config: LiteLLMConfig) -> Iterator[Setting]:
    """Yield every string in the parts of the config where LiteLLM resolves references."""
    for deployment in config.deployments:
        yield from _strings(f"{deployment.pointer}/litellm_params", deployment.params, deployment)
    for section in _SECTIONS:
        node = config.root.get(section)
        if node is not None:
            yield from _strings(f"/{section}", node, None)


def _strings(
    pointer: str, block: Node, deployment: Deployment | None, depth: int = 0
) -> Iterator[Setting]:
    for name, node in block.children():
        below = join_pointer(pointer, name)
        if isinstance(node.value, str):
            yield Setting(below, name, node, node.value, deployment)
        elif depth < _DEEPEST:
            yield from _strings(below, node, deployment, depth + 1)


def is_unresolved(text: str) -> bool:
    """Return whether a text looks like a reference in a form that LiteLLM does not resolve."""
    if _EXACT.fullmatch(text):
        return False
    # A password may resemble a reference. The report must not quote it.
    if WHOLE.fullmatch(text):
        return is_reference(text) or text.strip().casefold().startswith(REFERENCE)
    return _PART.search(text) is not None


def referenced_names(text: str) -> tuple[str, ...]:
    """Return the variables that a longer text refers to."""
    return tuple(dict.fromkeys(match["name"] for match in _NAMED.finditer(text)))


def is_bare_name(setting: Setting, environment: Environment) -> bool:
    """Return whether an api_key is the bare name of a variable. Azure keys never look like that."""
    if setting.name != "api_key" or setting.deployment is None or is_placeholder(setting.text):
        return False
    known = environment.proxy.get(setting.text) is not None
    azure = leads_to_azure(setting.deployment)
    return is_variable_name(setting.text) and (known or azure)


def leads_to_azure(deployment: Deployment) -> bool:
    """Return whether LiteLLM sends the requests of this deployment to Azure."""
    return (deployment.provider or "").startswith("azure") or is_azure(deployment.host)
