"""LiteLLM sends a reference such as ${NAME} as it stands, instead of the variable's value.

What it means
-------------
A value in litellm_config.yaml refers to an environment variable in a form that LiteLLM does not
know. LiteLLM takes it for the value itself: Azure gets the text "${AZURE_OPENAI_API_KEY}" as the
key and answers 401, or the api_base is no URL and all you see is "Connection error.".

Why it happens
--------------
LiteLLM reads the environment in one form only: the whole value is os.environ/NAME. The forms
${NAME} and $NAME work in docker-compose.yml, in a shell and (the first) in openclaw.json, so they
look right. Nothing warns at start.

How to fix it
-------------
Write the whole value as a reference:

    api_key: os.environ/AZURE_OPENAI_API_KEY

A value cannot be put together from parts. Instead of https://${RESOURCE}.openai.azure.com set a
variable that holds the whole URL and write os.environ/AZURE_API_BASE.

Versions
--------
All versions of LiteLLM up to 1.109.1.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import REFERENCE, Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.check import Check, signature
from clawdoctor.finding import Action, Applicability, Edit, Finding, Fix, Place, Severity
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.text import Span

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_WHOLE = re.compile(
    rf"""\s*(?:os\.environ/\s*)?(?:
        \$\{{(?:env:)?(?P<braced>{_NAME})(?P<default>:?[-?+=][^{{}}]*)?\}}
      | \$(?P<bare>[A-Z_][A-Z0-9_]*)
      | \$?\{{\{{\s*(?:(?:env|secrets|vars)\.)?(?P<handlebars>{_NAME})\s*\}}\}}
      | os\.env(?:iron(?:ment)?)?[.:=/\\]\s*(?P<dotted>{_NAME})
      | os\.environ\[["']?(?P<indexed>{_NAME})["']?\]
      | (?:os\.getenv|os\.environ\.get)[(/:]["']?(?P<called>{_NAME})["']?\)?
      | process\.env\.(?P<node>{_NAME})
      | (?:env|ENV|environ|__env__)[/:](?P<env>{_NAME})
      | %(?P<windows>[A-Z_][A-Z0-9_]*)%
      | (?i:os\.environ)/\s*(?P<path>{_NAME})
      | (?P<name>{_NAME})
    )\s*""",
    re.VERBOSE,
)
_PART = re.compile(rf"\$\{{{_NAME}[^{{}}]*\}}|(?<!^)os\.environ/{_NAME}")
_EXACT = re.compile(re.escape(REFERENCE) + r"[^\s${}\"']+")
"""What LiteLLM resolves. A secret manager's names may have dashes and slashes."""

_SECTIONS = (
    "general_settings",
    "router_settings",
    "litellm_settings",
    "environment_variables",
    "credential_list",
)
_DEEPEST = 6
_EFFECTS = {
    "api_key": ("not expanded here; {} answers 401", "{} would refuse the key"),
    "api_base": ('no URL: LiteLLM says "Connection error."', "LiteLLM cannot reach {}"),
    "base_url": ('no URL: LiteLLM says "Connection error."', "LiteLLM cannot reach {}"),
    "api_version": ("sent as the api-version; {} answers 404", "{} knows no such version"),
    "model": ("taken for a deployment's name; {} answers 404", "{} has no such deployment"),
    "master_key": ("the master key is now this very text", "the proxy would refuse the key"),
}
_NOUNS = {"api_key": "the key", "api_version": "the api-version", "model": "the model"}


@dataclass(frozen=True, slots=True)
class _Setting:
    """A string in a part of the config where LiteLLM resolves references, and whom it is about."""

    pointer: str
    name: str
    node: Node
    text: str
    deployment: Deployment | None


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Every string that LiteLLM would resolve and that looks like a reference of another form.

    What several deployments share through an anchor is one finding about all of them.
    """
    together: dict[Span, list[_Setting]] = {}
    for setting in _settings(config):
        if _is_missed(setting.text) or _is_bare_name(setting, environment):
            together.setdefault(setting.node.span, []).append(setting)
    for sharing in together.values():
        yield _finding(config, sharing, restart(config, environment))


def _settings(config: LiteLLMConfig) -> Iterator[_Setting]:
    for deployment in config.deployments:
        yield from _strings(f"{deployment.pointer}/litellm_params", deployment.params, deployment)
    for section in _SECTIONS:
        node = config.root.get(section)
        if node is not None:
            yield from _strings(f"/{section}", node, None)


def _strings(
    pointer: str, block: Node, deployment: Deployment | None, depth: int = 0
) -> Iterator[_Setting]:
    for name, node in block.children():
        below = join_pointer(pointer, name)
        if isinstance(node.value, str):
            yield _Setting(below, name, node, node.value, deployment)
        elif depth < _DEEPEST:
            yield from _strings(below, node, deployment, depth + 1)


def _is_missed(text: str) -> bool:
    if _EXACT.fullmatch(text):
        return False
    # A password may look a little like a reference, and must not be quoted as one.
    if _WHOLE.fullmatch(text):
        return is_reference(text) or text.strip().casefold().startswith(REFERENCE)
    return _PART.search(text) is not None


def _is_bare_name(setting: _Setting, environment: Environment) -> bool:
    """A variable's name in the place of a key: none of Azure's has such a form."""
    if setting.name != "api_key" or setting.deployment is None or is_placeholder(setting.text):
        return False
    known = environment.proxy.get(setting.text) is not None
    azure = _leads_to_azure(setting.deployment)
    return is_variable_name(setting.text) and (known or azure)


def _finding(config: LiteLLMConfig, sharing: list[_Setting], action: Action) -> Finding:
    first = sharing[0]
    who = "Azure" if first.deployment is None or _leads_to_azure(first.deployment) else "the model"
    label, consequence = _EFFECTS.get(first.name, ("not expanded here", "a setting is wrong"))
    if first.text.startswith(REFERENCE):
        label = "no variable has such a name: LiteLLM sends nothing"
    serious = first.name in _EFFECTS and (first.deployment or first.name == "master_key")
    return Finding(
        severity=Severity.ERROR if serious else Severity.WARNING,
        message=_message(first),
        detail="LiteLLM reads the environment only as os.environ/NAME, as the whole value. "
        "${NAME} works in docker-compose.yml and in openclaw.json, not in this file.",
        place=config.place(first.pointer, label.format(who)),
        consequence=consequence.format(who),
        related=tuple(
            Place(config.path, one.pointer, one.node.alias, "the same value, through this alias")
            for one in sharing
            if one.node.alias is not None
        ),
        fixes=(_fix(first, action),),
        subjects=tuple(one.deployment.id if one.deployment else CHAIN for one in sharing),
    )


def _leads_to_azure(deployment: Deployment) -> bool:
    return (deployment.provider or "").startswith("azure") or is_azure(deployment.host)


def _message(setting: _Setting) -> str:
    if setting.name == "master_key":
        return f'the master key is the text "{setting.text}" itself'
    if setting.deployment is None:
        return f'LiteLLM takes the text "{setting.text}" itself for {setting.name}'
    noun = _NOUNS.get(setting.name, setting.name)
    if setting.text.startswith(REFERENCE):
        return f'LiteLLM finds no variable for "{setting.text}" and sends no {noun.split()[-1]}'
    if not _leads_to_azure(setting.deployment):
        return f'LiteLLM sends the text "{setting.text}" as {noun}'
    return f'LiteLLM sends Azure the text "{setting.text}" as {noun}'


def _fix(setting: _Setting, action: Action) -> Fix:
    whole = _WHOLE.fullmatch(setting.text)
    if whole is None:
        variable = f"AZURE_{setting.name.upper()}" if setting.deployment else setting.name.upper()
        return Fix(
            title="put the whole value into one variable",
            snippet=f"{setting.name}: {REFERENCE}{variable}",
            actions=(set_for_proxy(variable, "the whole value"), action),
        )
    groups = whole.groupdict()
    # LiteLLM has no default values: without the variable there would be nothing.
    applicability: Applicability = "unsafe" if groups.pop("default") else "safe"
    text = REFERENCE + next(value for value in groups.values() if value)
    return Fix(
        title=f"write {text}",
        applicability=applicability,
        edits=(Edit(setting.node.span, text),),
        snippet=f"{setting.name}: {text}",
        actions=(action,),
    )


CHECK = Check(
    code="LL102",
    name="env-reference-not-expanded",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"(?:api[-_ ]?key|authorization|bearer|passed|token)\W{1,12}"
            r"(?P<reference>\$\{?(?-i:AZURE_[A-Z0-9_]{2,80})\}?)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"(?-i:\bapi[-_]key)\W{1,12}(?P<reference>\$\{?(?-i:[A-Z_][A-Z0-9_]{2,80})\}?)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"api-version=(?:%24%7B|\$\{|os\.environ/)(?P<variable>(?-i:[A-Z_][A-Z0-9_]{1,80}))",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"/deployments/\$?(?:%7B|\{)(?P<variable>(?-i:[A-Z_][A-Z0-9_]{1,80}))",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"/deployments/os\.environ/(?P<variable>\w{2,80})",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?P<reference>\$\{?(?-i:[A-Z_][A-Z0-9_]{2,80})\}?"
            r"|os\.environ[./]\w{2,80})/{1,2}openai/",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?:getaddrinfo|resolve|host|lookup)\b.{0,30}[ '\"]"
            r"(?P<reference>\$\{?(?-i:AZURE_[A-Z0-9_]{2,80})\}?)",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"AzureException.{0,40}Missing credentials\. Please pass one of",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"(?:Incorrect API key provided|bearer|invalid url|received api key"
            r"|subscription key)\W{1,12}(?P<reference>os\.env[i*]\S{0,80})"
            r"|https?://os\.environ/|(?:UnsupportedProtocol"
            r"|missing an 'http).{0,200}os\.environ/",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"\b(?P<reference>os\.environ/(?-i:[A-Z][A-Z0-9_]{2,80}))",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Invalid (?:port|URL|host)\W{1,4}(?P<reference>\$\{?(?-i:[A-Z_][A-Z0-9_]{2,80})\}?)",
            "certain",
            "LiteLLM",
        ),
    ),
)
