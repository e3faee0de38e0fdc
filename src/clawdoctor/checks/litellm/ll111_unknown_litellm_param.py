"""LiteLLM sends Azure a key from litellm_params or extra_body that Azure does not know.

What it means
-------------
LiteLLM treats an unknown key in litellm_params as a parameter of the model and adds it to the body
of each request. It does the same with everything in extra_body. Azure answers 400 "Unrecognized
request argument supplied". drop_params does not help, because it drops only parameters that LiteLLM
knows.

Why it happens
--------------
The key is misspelled (api_verison), comes from another client (azure_endpoint, reasoningSummary),
or belongs in model_info. The reverse also happens: LiteLLM ignores api_base, api_key and
api_version in model_info and reports no error.

How to fix it
-------------
Use LiteLLM's spelling of the key, or remove it:

    api_base: https://my-resource.openai.azure.com
    api_version: "2025-04-01-preview"

If something else needs the key in this place, let LiteLLM drop it before it sends the request:

    additional_drop_params: ["reasoningSummary"]

You can keep parameters of Azure's own API. LiteLLM forwards them unchanged.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. The known keys are those of these three versions.
LiteLLM 1.106 and older send Azure the keys for a model's capabilities, such as supports_vision.
Later versions ignore most of them and do not send them. A newer version may know more keys, so an
unlisted key causes only a warning if you run one. In requests to the Responses API, LiteLLM sends
the keys of extra_body, but not the unknown keys of litellm_params. If it converts a chat request to
a Responses request, it sends none of these keys.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/completion/provider_specific_params
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.litellm.ll111_model_info import ignored_in_model_info
from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.knowledge.litellm import capability_standing
from clawdoctor.knowledge.measured import Standing, names_in
from clawdoctor.source.change import Remove, Rename, move
from clawdoctor.source.node import Entry, Node, join_pointer
from clawdoctor.wire.request import HopRequest, Outcome
from clawdoctor.wire.requests import Requests

_PARAMS = "litellm_params"
_DROP_PARAMS = regex(r"drop[-_]?params?", re.IGNORECASE)
_FOUNDRY = ".services.ai."
"""A part of the host names at which Azure also serves models of other vendors."""
_ALIKE = 0.8  # below this ratio the key is another word, not a misspelling


@dataclass(frozen=True, slots=True)
class _Correction:
    """The intended key, or the block that it belongs in. `guessed` means by its spelling."""

    key: str = ""
    block: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whether unknown keys of litellm_params and extra_body are sent, and whether to Azure."""

    params: bool
    body: bool
    azure: bool


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    requests: Requests,
) -> Iterator[Finding]:
    """Report each key of an azure/ deployment that is unknown, or ignored where it is."""
    if deployment.provider != "azure":
        return
    reach = _reach(deployment, requests)
    action = restart(config, environment)
    yield from ignored_in_model_info(deployment, config, action)
    dropped = deployment.params.get("additional_drop_params")
    named = {str(item.value) for item in dropped.items} if dropped is not None else set()
    for entry in _effective(deployment.params):
        name = entry.name
        if entry.value.kind != "null" and name not in named and not _is_known(name, versions):
            yield _finding(deployment, config, versions, entry, reach, action)
    body = deployment.params.get("extra_body")
    known = table(_PARAMS)["body"]
    for entry in _effective(body) if body is not None and reach.body else ():
        assert body is not None
        null = entry.value.kind == "null"
        if null and not _is_sent(entry.name, requests.to(deployment, versions)):
            continue  # LiteLLM drops null for some models
        if entry.name not in named and entry.name not in known:
            yield _body_finding(deployment, config, body, entry, reach, action)


def _is_sent(name: str, outcomes: Iterable[Outcome]) -> bool:
    """Return whether one of the predicted requests contains a parameter."""
    return any(isinstance(made, HopRequest) and name in made.body for made in outcomes)


def _effective(block: Node) -> Iterator[Entry]:
    """Yield the entries of a mapping that count: the last of each name."""
    for name, _ in block.children() if block.kind == "mapping" else ():
        entry = block.entry(name)
        if entry is not None:
            yield entry


def _reach(deployment: Deployment, requests: Requests) -> _Reach:
    apis = {made.api for made in requests.received(deployment)} or {"chat"}
    chat = bool(apis - {"responses"}) and not requests.bridged(deployment)
    # The user's own gateway may know more, as may other vendors' models on Azure's newer hosts.
    host = deployment.host
    azure = host is None or is_azure(host)
    if azure and _FOUNDRY in (host or "") and which_model(deployment) is None:
        azure = False
    return _Reach(params=chat, body=chat or "responses" in apis, azure=azure)


def _is_known(name: str, versions: Versions) -> bool:
    if name.startswith("_") or "_cost" in name or _DROP_PARAMS.search(name):
        return True  # prices for LiteLLM, or drop_params, which LL101 reports
    return name in table(_PARAMS)["also"] or _standing(name, versions) == "known"


def _standing(name: str, versions: Versions) -> Standing:
    capability = capability_standing(name, versions.judged_as())
    if capability != "unknown":
        return capability
    return versions.standing(names_in(_PARAMS, "known"), name)


def _finding(
    deployment: Deployment,
    config: LiteLLMConfig,
    versions: Versions,
    entry: Entry,
    reach: _Reach,
    action: Action,
) -> Finding:
    meant = _find_correction(entry.name)
    unsure = _standing(entry.name, versions) == "unseen" and (meant is None or meant.guessed)
    sent = "a key that it does not know" if unsure else f'"{entry.name}"'
    why = f"LiteLLM sends {sent} to Azure with every request, and Azure answers 400 "
    why += '"Unrecognized request argument supplied".'
    severity = Severity.ERROR if reach.azure else Severity.WARNING
    if not reach.params:
        severity = Severity.WARNING if meant else Severity.INFO
        why = "LiteLLM omits it from requests to the Responses API, so it has no effect."
    if meant is None or meant.guessed:
        why += versions.doubt(names_in(_PARAMS, "known"), entry.name)
    if unsure:
        severity = severity.at_most(Severity.WARNING)
    label = f"LiteLLM {'may' if unsure else 'does'} not know this key"
    if meant is not None:
        label = f"belongs in {meant.block}" if meant.block else f"did you mean {meant.key}?"
    place = parameter_place(config, deployment, entry.name, label)
    return Finding(
        severity=severity,
        message=f'LiteLLM may not know "{entry.name}" in litellm_params'
        if unsure
        else f'LiteLLM does not know "{entry.name}" in litellm_params',
        detail=why,
        place=replace(place, path=entry.key.span.path, span=entry.key.span),
        consequence=""
        if unsure
        else f'Azure rejects every request because litellm_params contains "{entry.name}"'
        if reach.params
        else "a setting has no effect",
        related=alias_places(config, deployment, entry.name),
        # If Azure rejects every request, another name cannot make anything worse.
        fixes=(_fix(deployment, entry, meant, action, safe=severity is Severity.ERROR),),
        # A gateway may accept it. A test message that fails shows that this gateway does not.
        assumed=reach.params and not reach.azure,
    )


def _body_finding(
    deployment: Deployment,
    config: LiteLLMConfig,
    body: Node,
    entry: Entry,
    reach: _Reach,
    action: Action,
) -> Finding:
    place = parameter_place(config, deployment, "extra_body", "Azure does not know this parameter")
    pointer = join_pointer(place.pointer or "", entry.name)
    steps = (
        Step(f"Remove {entry.name} from extra_body. Or keep it, and let LiteLLM drop it"),
        action,
    )
    return Finding(
        severity=Severity.ERROR if reach.azure else Severity.WARNING,
        message=f'extra_body contains "{entry.name}", which Azure does not know',
        detail="LiteLLM adds all of extra_body to the body of each request, including keys "
        'without a value. Azure answers 400 "Unrecognized request argument supplied".',
        place=replace(place, path=entry.key.span.path, pointer=pointer, span=entry.key.span),
        consequence=f'Azure rejects every request because of "{entry.name}"',
        related=alias_places(config, deployment, "extra_body"),
        assumed=not reach.azure,
        fixes=(
            Fix(
                title=f"remove {entry.name} from extra_body",
                applicability="unsafe",
                changes=(Remove(body, entry),),
                snippet=f'additional_drop_params: ["{entry.name}"]',
                actions=steps,
            ),
        ),
    )


def _find_correction(name: str) -> _Correction | None:
    known = table(_PARAMS)
    for block, names in known["elsewhere"].items():
        if name in names:
            return _Correction(block=block)
    if name in known["meant"]:
        return _Correction(known["meant"][name])
    if name in known["known"]:
        return None  # another version of LiteLLM knows it
    near = nearest(name, known["known"])
    folded = name.casefold().replace("-", "_")
    if near and SequenceMatcher(None, folded, near[0]).ratio() >= _ALIKE:
        return _Correction(near[0], guessed=True)
    return None


def _fix(
    deployment: Deployment, entry: Entry, meant: _Correction | None, action: Action, *, safe: bool
) -> Fix:
    removed = (Remove(deployment.params, entry),)
    title = f"remove {entry.name} from litellm_params"
    if meant is None:
        step = Step(f"Remove {entry.name} from litellm_params")
        return Fix(title, "unsafe", changes=removed, actions=(step, action))
    if meant.block:
        at = join_pointer("", entry.name)
        return Fix(
            title=f"move {entry.name} from litellm_params to {meant.block}",
            applicability="safe" if safe else "unsafe",
            changes=move(deployment.node, f"/{_PARAMS}{at}", f"/{meant.block}{at}"),
            snippet=f"{meant.block}:\n  {entry.name}: <the same value>",
            actions=(Step(f"Put {meant.block} next to litellm_params, not inside it"), action),
        )
    if deployment.params.get(meant.key) is not None:
        step = Step(f"Remove {entry.name}, because {meant.key} is already set")
        return Fix(title, "unsafe", changes=removed, actions=(step, action))
    return Fix(
        title=f"rename {entry.name} to {meant.key}",
        applicability="safe" if safe else "unsafe",
        changes=(Rename(entry, meant.key),),
        snippet=f"{meant.key}: <the same value>",
        actions=(action,),
    )


CHECK = Check(
    code="LL111",
    name="unknown-litellm-param",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "added-parameter",
        "no-base",
        "no-key",
    ),
    texts=(
        rule(
            "certain",
            "Azure",
            r"Unrecognized request arguments? supplied: [\w, ]{0,90}?\b(?P<argument>"
            r"(?:api|azure|deployment|base)_\w{1,40}|[tr]pm)\b",
            advice="spelling",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"(?:Completions|Responses|OpenAI)\.\w{1,20}\(\) got an unexpected keyword argument"
            r" '(?P<argument>(?!proxies)\w{1,60})",
            advice="argument",
        ),
    ),
    advice={
        "spelling": Advice(
            "Azure does not know the parameter <argument>. LiteLLM does not know it either and"
            " forwards it. Use LiteLLM's spelling in litellm_params, or remove it:",
            'api_base: https://my-resource.openai.azure.com\napi_version: "2025-04-01-preview"',
        ),
        "argument": Advice(
            "LiteLLM uses OpenAI's client, which has no parameter <argument>. If litellm_params"
            " contains it, remove it or use LiteLLM's spelling (api_base, api_version). Instead of"
            " engine or deployment_id, put the deployment name after azure/. If litellm_params"
            " does not contain it, the program that calls the proxy sends it. Let LiteLLM drop it,"
            " or upgrade LiteLLM if it is a newer parameter of OpenAI's API.",
            'model: azure/<name of your deployment>\nadditional_drop_params: ["<argument>"]',
        ),
        STRAIGHT: Advice(
            "Remove <argument> from the model's entry or its params in openclaw.json. OpenClaw"
            " sends it to Azure, which does not know this parameter.",
        ),
    },
)
