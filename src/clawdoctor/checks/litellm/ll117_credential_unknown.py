"""A deployment refers to a credential that is not in credential_list.

What it means
-------------
LiteLLM takes api_base, api_key and other parameters from the entry of credential_list whose
credential_name matches litellm_credential_name. If no entry matches, LiteLLM logs one line and
continues without the credential. A deployment without its own key then uses AZURE_OPENAI_API_KEY or
AZURE_API_KEY of the proxy's environment. Without them, it fails with 500 "Missing credentials".

Why it happens
--------------
One of the two names is misspelled, or the entry was renamed.

How to fix it
-------------
Use the same name in both places:

    model_list:
      - model_name: gpt-5.2
        litellm_params:
          model: azure/gpt-5.2
          litellm_credential_name: prod_azure
    credential_list:
      - credential_name: prod_azure
        credential_values:
          api_key: os.environ/AZURE_API_KEY
          api_base: https://my-resource.openai.azure.com
        credential_info: {}

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/ui_credentials
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY, credential_pointers
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.shown import looks_like_key
from clawdoctor.check import Check
from clawdoctor.deferred import regex
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Change, Put

_NAME = regex(r"[\w.-]{1,60}")


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Iterator[Finding | Unknown]:
    """Report a litellm_credential_name that no entry of credential_list has."""
    value = value_of(deployment.params, f"/{KEY}", environment.proxy)
    pointers = credential_pointers(config.root)
    name = value.resolved
    if name is None or name in pointers:
        return
    if config.models_in_database:
        yield Unknown("the proxy's database may contain credentials that the file does not")
        return
    meant = next(iter(nearest(name, tuple(pointers))), None)
    hint = f'; did you mean "{meant}"?' if meant else ""
    shown = _NAME.fullmatch(name) and not looks_like_key(name) and not value.hidden
    noun = f'"{name}"' if shown else value.named
    missing = f"credential_list has no credential {noun}"
    own = deployment.params.get("api_key") is not None
    assumed = value.found is not None and value.found.basis == "assumed"
    changes: tuple[Change, ...] = ()
    if meant is not None and value.state == "written" and value.node is not None:
        changes = (Put(value.node, meant),)
    yield Finding(
        severity=Severity.WARNING if own or assumed else Severity.ERROR,
        message=f"{missing}{hint}",
        detail="LiteLLM reports this only in its log, and sends the request without the credential."
        + (
            ""
            if own
            else " The deployment has no key of its own, so LiteLLM uses AZURE_OPENAI_API_KEY or "
            "AZURE_API_KEY of its environment, or answers 500."
        ),
        place=parameter_place(config, deployment, KEY, "no credential_name matches this"),
        consequence="a setting has no effect" if own else missing,
        related=(
            *((_name_place(config, pointers[meant]),) if meant is not None else ()),
            *alias_places(config, deployment, KEY),
        ),
        fixes=(
            Fix(
                title=f"change {KEY} to {meant}"
                if meant
                else f"in litellm_config.yaml, add {noun} to credential_list",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=f"{KEY}: {meant}" if meant else "",
                actions=(
                    *(
                        ()
                        if meant
                        else (
                            Step(f"Add {noun} to credential_list. Or use an existing credential"),
                        )
                    ),
                    restart(config, environment),
                ),
            ),
        ),
        assumed=assumed,
    )


def _name_place(config: LiteLLMConfig, pointer: str) -> Place:
    return config.place(f"{pointer}/credential_name", "this is the credential's name")


CHECK = Check(
    code="LL117",
    name="credential-unknown",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    predicts=(
        "no-base",
        "no-key",
    ),
    causes=("LL003",),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"(?:credential_name=|Credential ')(?P<credential>[^\s']{1,80})'? "
            "(?:matched none|not found in credential_list)",
        ),
    ),
)
