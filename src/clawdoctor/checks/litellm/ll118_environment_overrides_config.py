"""A variable of the proxy overrides the credential that litellm_config.yaml sets for a deployment.

What it means
-------------
The file sets an Entra ID token for a deployment, or the values that LiteLLM needs to get one.
LiteLLM also finds an API key in AZURE_API_KEY or AZURE_OPENAI_API_KEY. It sends that key instead,
although the file does not set it for this deployment. If the key belongs to another resource, Azure
answers 401. With newer versions, chat completions with a dated api-version fail before LiteLLM
sends anything: LiteLLM answers 500 "The `api_key`, `azure_ad_token` and `azure_ad_token_provider`
arguments are mutually exclusive".

Why it happens
--------------
LiteLLM tries these variables for every azure/ deployment without an api_key. A variable that you
set for another deployment or another program has this effect too. Or the deployment has both an
api_key and an azure_ad_token, but LiteLLM accepts only one of them.

How to fix it
-------------
Store the key in a variable with another name, and refer to it in the deployment that needs it:

    api_key: os.environ/AZURE_KEY_EAST

Then remove AZURE_API_KEY and AZURE_OPENAI_API_KEY from the proxy's environment. If a deployment has
both a key and a token, remove one of them.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. All of them send the key to the Responses API and
to the v1 API. For chat with a dated api-version, 1.106.2 sends the token. 1.108 and later use
version 3 of the openai package and reject the request. All of them prefer a key to an Entra ID
client secret.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import restart, where_set
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.wire.request import Credential, HopRequest, Refused, Source
from clawdoctor.wire.requests import Requests
from clawdoctor.wire.resolved import VARIABLES

_TITLE = "LiteLLM does not use the credential from the file"
_SECRETS = ("azure_ad_token", "client_secret", "azure_password")
_NO_SECRET = ("_ID", "_USERNAME")
"""The suffixes of variables that are only a part of a credential."""


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    requests: Requests,
    versions: Versions,
) -> Iterator[Finding]:
    """Report a deployment whose credential a variable overrides, or with two in conflict."""
    if requests.drop_of(deployment) is not None:
        return
    for outcome in requests.reaching(deployment, versions):
        if isinstance(outcome, Refused) and outcome.kind == "credentials":
            yield from _conflict(outcome, deployment, config, environment, versions)
            return
        if isinstance(outcome, HopRequest) and outcome.credential is not None:
            credential = outcome.credential
            lost = tuple(source for source in credential.overrides if _is_in_file(source))
            if lost and credential.source is not None and not _is_in_file(credential.source):
                yield _override(outcome, credential, lost, deployment, config, environment)
                return


def _is_in_file(source: Source) -> bool:
    """Return whether the file sets a credential for this deployment, or for all of them."""
    return source.place is not None and not (source.place.pointer or "").startswith(VARIABLES)


def _override(
    request: HopRequest,
    credential: Credential,
    lost: tuple[Source, ...],
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
) -> Finding:
    first = next((each for each in lost if _setting(each) in _SECRETS), lost[0])
    source, setting = credential.source, _setting(first)
    assert source is not None, "only a credential with a source overrides others"
    name, variable = _setting(source), source.variable
    assumed = variable is not None and variable.basis == "assumed"
    note = ""
    if variable is not None and variable.place is None:
        note = f" {name} is set in {variable.source}."
    if assumed:
        note += " There is nothing to do if the service that runs the proxy does not set it."
    return Finding(
        severity=Severity.WARNING,
        message=f'{name} overrides {setting} of "{deployment.group}"',
        title=_TITLE,
        detail=f"{_rule(request, setting)}{note}",
        place=_labelled(first, "LiteLLM does not use this"),
        consequence="Azure gets a different credential from the one in the file",
        related=_places(source),
        fixes=(_fix(name, config, environment),),
        assumed=assumed,
    )


def _rule(request: HopRequest, setting: str) -> str:
    """Return why LiteLLM prefers the variable."""
    token = setting == "azure_ad_token"
    if setting in ("api_key", "azure_key"):
        return "LiteLLM prefers an Entra ID token to a key, even if the token comes from variables."
    if token and request.api == "responses":
        return "For the Responses API, LiteLLM prefers a key to a token, even from a variable."
    if token:
        return "For Azure's v1 API, LiteLLM prefers a key to a token, even from a variable."
    return (
        "LiteLLM gets a token from Entra ID only if it finds no key in the file or in a variable."
    )


def _conflict(
    refused: Refused,
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
) -> Iterator[Finding]:
    judged = judge_versions(versions, "litellm", "openai-client", ("3",))
    if judged is None:
        return
    own = [source for source in refused.sources if _is_in_file(source)]
    others = [source for source in refused.sources if not _is_in_file(source)]
    if not own:
        return
    variables = [source.variable for source in refused.sources if source.variable is not None]
    assumed = any(variable.basis == "assumed" for variable in variables)
    names = dict.fromkeys(_setting(source) for source in own)
    named = " and ".join(names)
    found = [name for name in map(_setting, others) if not name.endswith(_NO_SECRET)]
    message = f'"{deployment.group}" has {named}, but LiteLLM accepts only one'
    if found:
        message = f'{found[0]} conflicts with {named} of "{deployment.group}"'
    labelled = (_labelled(source, "the other credential") for source in own[1:])
    yield Finding(
        severity=judged.severity.at_most(Severity.WARNING) if assumed else judged.severity,
        message=message,
        title="LiteLLM rejects a key together with a token",
        detail=f"{judged.row.says}. It answers every request with 500. "
        f"{versions.stated('litellm', 'LiteLLM')}.",
        place=_labelled(own[0], "only one credential is allowed"),
        consequence="a deployment has two credentials, and LiteLLM accepts only one",
        related=(
            *(place for place in labelled if place is not None),
            *(place for source in others for place in _places(source)),
        ),
        fixes=(
            _fix(found[0], config, environment)
            if found
            else Fix(
                title=f"in litellm_config.yaml, keep only one of {' and '.join(names)}",
                actions=(
                    Step(f"Remove {' or '.join(names)} from the deployment"),
                    restart(config, environment),
                ),
            ),
        ),
        assumed=assumed,
    )


def _setting(source: Source) -> str:
    """Return the name of a setting, or of the variable that LiteLLM finds by itself."""
    if _is_in_file(source) and source.place is not None:
        return (source.place.pointer or "").rpartition("/")[2]
    if source.variable is not None:
        return source.variable.name
    return (source.place.pointer or "").rpartition("/")[2] if source.place is not None else ""


def _labelled(source: Source, label: str) -> Place | None:
    return replace(source.place, label=label) if source.place is not None else None


def _places(source: Source) -> tuple[Place, ...]:
    """Return the place where a file sets the variable, if any."""
    place = source.place
    if place is None and source.variable is not None:
        place = source.variable.place
    return (replace(place, label="LiteLLM uses this"),) if place is not None else ()


def _fix(name: str, config: LiteLLMConfig, environment: Environment) -> Fix:
    where = where_set(environment, name)
    found = environment.proxy.get(name)
    in_file = found is not None and found.place is not None
    title = f"{where}, remove {name}" if in_file else f"unset {name} {where}"
    step = f"{title[:1].upper()}{title[1:]}"
    if name.endswith("_KEY"):
        step += ", or rename it and refer to the new name in the deployment that needs the key"
    return Fix(
        title=title,
        actions=(Step(step), restart(config, environment)),
    )


CHECK = Check(
    code="LL118",
    name="environment-overrides-config",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("credentials",),
    texts=(
        rule("certain", "LiteLLM", "azure_ad_token_provider.? arguments are mutually exclusive"),
    ),
)
