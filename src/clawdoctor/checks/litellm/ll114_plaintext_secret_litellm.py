"""litellm_config.yaml contains a key in plain text instead of a reference to the environment.

What it means
-------------
LiteLLM uses the key as written, so nothing is broken. But people commit a config, copy it into an
image or paste it into an issue, and the key goes with it.

Why it happens
--------------
It was the quickest way to try LiteLLM. Or os.environ/NAME did not work because the variable was not
set in the proxy's environment.

How to fix it
-------------
Refer to a variable:

    api_key: os.environ/AZURE_OPENAI_API_KEY

Set the variable in the proxy's environment: in the shell, or in the env_file of the Compose
service. Remove keys from environment_variables, because that block is in the file too. If you ever
shared the file, rotate the key in Azure: Keys and Endpoint > Regenerate.

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://learn.microsoft.com/azure/ai-services/rotate-keys
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, file_name, parameter_place, restart, where_set
from clawdoctor.chain.placeholder import is_placeholder, is_reference, is_variable_name
from clawdoctor.chain.shown import looks_like_key
from clawdoctor.check import Check
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.node import join_pointer

_SECRET = regex(
    r"(?:^|_)(?:key|secret|password|ad_token|access_token|session_token)(?:_?\d+)?$",
    re.IGNORECASE,
)
_MASTER_KEY = "LITELLM_MASTER_KEY"
_VARIABLES = "environment_variables"
_SECTIONS = ("general_settings", "litellm_settings", _VARIABLES)
_REAL = regex(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.~+/=-]{16,}")
"""A generated key: long, without spaces, with letters and digits."""

_DIGITS = 4
"""The least number of digits in a key. Words that people write instead of a key have fewer."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """The place of a key in the file, and its deployment."""

    name: str
    place: Place
    variable: str
    related: tuple[Place, ...] = ()
    subject: str = CHAIN


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Report every key of a deployment or of the proxy that the file contains in plain text."""
    file = file_name(config.path)
    for secret in _secrets(config):
        yield Finding(
            # The proxy's own key gives no access to a billed account.
            severity=Severity.INFO if secret.variable == _MASTER_KEY else Severity.WARNING,
            message=f"{file} contains {secret.name} in plain text",
            title=f"{file} contains keys in plain text",
            detail="LiteLLM accepts this, but everyone who sees the file in a repository, an image "
            "or a pasted config has the key.",
            place=secret.place,
            consequence="everyone who sees the file has the key",
            related=secret.related,
            fixes=(_fix(secret, restart(config, environment), where_set(environment)),),
            subjects=(secret.subject,),
        )


def _secrets(config: LiteLLMConfig) -> Iterator[_Secret]:
    for deployment in config.deployments:
        for name, node in deployment.params.children():
            if _SECRET.search(name) and _is_real(node.value):
                yield _Secret(
                    name,
                    parameter_place(config, deployment, name, "a key in plain text"),
                    _variable(deployment, name),
                    alias_places(config, deployment, name),
                    deployment.id,
                )
    for section in _SECTIONS:
        block = config.root.get(section)
        for name, node in block.children() if block is not None else ():
            shaped = section == _VARIABLES and looks_like_key(str(node.value))
            if shaped or (_SECRET.search(name) and _is_real(node.value)):
                place = config.place(join_pointer(f"/{section}", name), "a key in plain text")
                variable = name if is_variable_name(name) else f"LITELLM_{name.upper()}"
                yield _Secret(name, place, variable)


def _is_real(value: object) -> bool:
    """Return whether a text looks like a generated key."""
    if not isinstance(value, str) or value.startswith(REFERENCE):
        return False
    if is_reference(value) or is_placeholder(value) or is_variable_name(value):
        return False
    return bool(_REAL.fullmatch(value)) and sum(char.isdigit() for char in value) >= _DIGITS


def _variable(deployment: Deployment, name: str) -> str:
    provider = re.sub(r"\W", "_", deployment.provider or "openai").upper()
    if name != "api_key":
        return name.upper() if name.startswith(("azure", "aws")) else f"{provider}_{name.upper()}"
    return "AZURE_OPENAI_API_KEY" if provider == "AZURE" else f"{provider}_API_KEY"


def _fix(secret: _Secret, action: Action, where: str) -> Fix:
    if (secret.place.pointer or "").startswith(f"/{_VARIABLES}/"):
        return Fix(
            title=f"remove {secret.name} from {_VARIABLES}, and set {secret.variable} {where}",
            actions=(
                Step(f"Remove {secret.name} from {_VARIABLES}"),
                set_for_proxy(secret.variable, "this key", where),
                action,
            ),
        )
    return Fix(
        title=f"replace {secret.name} with {REFERENCE}{secret.variable}",
        snippet=f"{secret.name}: {REFERENCE}{secret.variable}",
        actions=(set_for_proxy(secret.variable, "this key", where), action),
    )


CHECK = Check(
    code="LL114",
    name="plaintext-secret-litellm",
    stage="litellm",
    scope="advice",
    run=check,
    documentation=__doc__,
)
