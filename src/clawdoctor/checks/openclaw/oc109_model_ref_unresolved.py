"""An agent names a model of a provider that is defined nowhere.

What it means
-------------
OpenClaw looks for the provider before the first slash. If neither your configuration nor OpenClaw
itself has one of that name, the agent's turn ends with "Unknown model: ..." before anything is
sent. A name without a slash is looked for in the lists of all providers; if none has it, OpenClaw
falls back to a provider of its own.

Of its provider openai, OpenClaw 2026.8.1 and later also refuse a listed model whose id begins with
openai/, if the agent names it without that: "Unable to materialize openai/gpt-5.2 for its prepared
api-key route."

Why it happens
--------------
The provider's name is misspelt or was changed in one of the two places, or the model was only
added to agents.defaults.models, which holds aliases and parameters and defines no model. Or the
provider is one that OpenClaw knows by name only: "litellm" has no address and no models until
models.providers gives them.

How to fix it
-------------
Write the provider as models.providers has it, then the model's id:

    model: { primary: "azure-openai/gpt-4o-mini" },

Write the id of a model of openai without openai/. If the proxy knows the model as openai/gpt-5.2,
the agent's model is openai/openai/gpt-5.2.

A model that is missing in the provider's models is no error: OpenClaw passes the id on and the
proxy decides. It then knows neither its context window nor what it can do.

Versions
--------
All. Providers that OpenClaw or a plug-in brings along are left alone; for openai without a key
there is a note. OpenClaw 2026.8.1 and newer refuse an id that begins with openai/.
OpenClaw 2026.4.2 and older treat a model without a provider as Anthropic's.

References
----------
https://docs.openclaw.ai/concepts/models
https://github.com/openclaw/openclaw/issues/80089
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.agent_state import AgentState
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.chain.schema import knowledge
from clawdoctor.chain.sent_model import sent_model
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.api_line import proxy_url
from clawdoctor.checks.openclaw.oc109_prefix import refused_id
from clawdoctor.checks.openclaw.oc109_texts import ADVICE, TEXTS
from clawdoctor.checks.openclaw.oc109_undefined import (
    consequence_of,
    dead_aliases,
    in_no_list,
    without_key,
    without_models,
)
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Append, Put

_CLOSE = 0.75
"""The similarity, from 0 to 1, from which a name counts as a misspelling of another."""


def check(
    chain: Chain,
    openclaw: OpenClawConfig,
    versions: Versions,
    state: AgentState | None,
    situation: Situation,
    environment: Environment,
    litellm: LiteLLMConfig | None,
    profiles: AuthProfiles | None,
    compose: Compose | None,
) -> Iterator[Finding]:
    """Report misspelt model refs, and models that a provider of the chain does not list."""
    generated = state is not None and any(path.endswith("models.json") for path in state.files)
    for ref in openclaw.refs:
        if ref.provider is None:
            misspelt = tuple(_without_provider(ref, chain, openclaw))
            yield from misspelt or in_no_list(ref, chain, openclaw, litellm, versions)
        elif openclaw.provider(ref.provider) is None:
            misspelt = tuple(_unknown_provider(ref, chain, openclaw))
            yield from misspelt
            if not misspelt and not generated:  # such a file of older versions defines providers
                url = proxy_url(situation, compose)
                yield from without_models(ref, openclaw, versions, environment, litellm, url)
                yield from without_key(ref, openclaw, environment, profiles)
        else:
            yield from _bare(ref, openclaw, versions)
            refused = tuple(refused_id(ref, chain, openclaw, versions, litellm))
            yield from refused or _unlisted(ref, chain, openclaw, versions)
    yield from dead_aliases(chain, openclaw, litellm)


def _unknown_provider(ref: ModelRef, chain: Chain, openclaw: OpenClawConfig) -> Iterator[Finding]:
    """Report a misspelt provider; OpenClaw or a plug-in may define any other."""
    written = ref.provider or ""
    if written.casefold() in _other_providers():
        yield from _known_provider(ref, chain, openclaw)
        return
    ours = [provider.id for provider, _ in chain.providers]
    listing = [provider.id for provider, _ in chain.providers if provider.model(ref.model)]
    meant = _misspelt_option(written, ours) or (listing[0] if len(listing) == 1 else None)
    if meant is None:
        return
    yield Finding(
        severity=Severity.ERROR,
        message=f'no provider is called "{written}"; did you mean "{meant}"?',
        detail=f'OpenClaw stops with "Unknown model: {written}/{ref.model}" before it sends '
        f"anything. models.providers has {_quoted_names(ours)}.",
        place=openclaw.place(ref.pointer, f'no provider "{written}" in models.providers'),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        related=(
            openclaw.place(_provider_pointer(openclaw, meant), "the provider that is defined"),
        ),
        fixes=(_fix(ref, f"{meant}/{ref.model}"),),
    )


def _known_provider(ref: ModelRef, chain: Chain, openclaw: OpenClawConfig) -> Iterator[Finding]:
    """Report a provider that OpenClaw knows, for a model that another one of the file lists."""
    whole = [p.id for p, _ in chain.providers if p.model(ref.written) is not None]
    same = [p.id for p, _ in chain.providers if p.model(ref.model) is not None]
    if (ref.provider or "").casefold() not in table("providers")["local"]:
        same = []  # a public service can have a model of the same name
    better = f"{whole[0]}/{ref.written}" if whole else f"{same[0]}/{ref.model}" if same else None
    if better is None or len(whole or same) != 1:
        return
    meant = (whole or same)[0]
    yield Finding(
        severity=Severity.WARNING,
        message=f'OpenClaw reads "{ref.provider}" as the provider; did you mean "{better}"?',
        detail=f"The part before the first slash names the provider. The file defines no "
        f'"{ref.provider}", so OpenClaw uses the one that it brings along, with a key and an '
        f'address of its own. "{meant}" lists this model.',
        place=openclaw.place(ref.pointer, f'no provider "{ref.provider}" in models.providers'),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        related=(
            openclaw.place(_provider_pointer(openclaw, meant), "this provider lists the model"),
        ),
        fixes=(replace(_fix(ref, better), applicability="unsafe"),),
    )


def _without_provider(ref: ModelRef, chain: Chain, openclaw: OpenClawConfig) -> Iterator[Finding]:
    """Report a model without a provider that no provider lists, if it resembles one."""
    provider_of = {
        model.id: provider.id for provider, _ in chain.providers for model in provider.models
    }
    if ref.model in provider_of or "/" in ref.written:
        return
    meant = _model_after_separator(ref.model, provider_of) or _misspelt_option(
        ref.model, provider_of
    )
    if meant is None:
        return
    yield Finding(
        severity=Severity.ERROR,
        message=f'no provider lists the model "{ref.model}"; did you mean "{meant}"?',
        detail="A model without a provider is looked for in the providers' lists. OpenClaw does "
        "not find this one and falls back to a provider of its own.",
        place=openclaw.place(ref.pointer, "in no provider's models"),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        fixes=(_fix(ref, f"{provider_of[meant]}/{meant}"),),
    )


def _bare(ref: ModelRef, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report a model without its provider where older versions do not look for it."""
    judged = judge_versions(versions, "openclaw", "bare-model", ["default-provider"])
    is_alias = ref.written.partition("/")[2] != "" or ref.written != ref.model
    if judged is None or is_alias:
        return
    better = f"{ref.provider}/{ref.model}"
    here = "which one runs here is not known"
    if versions.openclaw is not None:
        here = versions.stated("openclaw", "OpenClaw")
    yield Finding(
        severity=judged.severity,
        message=f'the model "{ref.model}" has no provider; write "{better}"',
        detail=f'{judged.row.says}; {here}. Newer ones find it in the list of "{ref.provider}".',
        place=openclaw.place(ref.pointer, "no provider before it"),
        consequence=consequence_of(ref),
        subjects=(better,),
        fixes=(_fix(ref, better),),
        assumed=judged.severity is Severity.WARNING,
    )


def _model_after_separator(written: str, provider_of: dict[str, str]) -> str | None:
    """The model in `provider:model`, which OpenClaw reads as a single name."""
    for model, provider in provider_of.items():
        folded = written.casefold()
        if re.fullmatch(rf"{re.escape(provider.casefold())}[:.|\\@]{{1,2}}", folded[: -len(model)]):
            return model if folded.endswith(model.casefold()) else None
    return None


def _unlisted(
    ref: ModelRef, chain: Chain, openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """Report a model that its provider does not list; an empty list allows all models."""
    provider = next((p for p, _ in chain.providers if p.id == ref.provider), None)
    if provider is None or not provider.models:
        return
    if sent_model(provider, ref.model, versions).model is not None:
        return
    listed = [model.id for model in provider.models]
    here = f"{provider.id}/{ref.model}"
    served = any(r.deployments for r in chain.routes_of(provider) if r.id == here)
    close = () if served else nearest(ref.model, listed)
    guess = f'; did you mean "{close[0]}"?' if close else ""
    yield Finding(
        severity=Severity.INFO,
        message=f'"{provider.id}" does not list the model "{ref.model}"{guess}',
        detail="OpenClaw passes the id on as it is, and the proxy decides. OpenClaw knows neither "
        f"its context window nor what it can do. Listed are {_quoted_names(listed)}.",
        place=openclaw.place(ref.pointer, f"not in the models of {provider.id}"),
        consequence="OpenClaw does not know the model",
        subjects=(here,),
        fixes=(
            replace(_fix(ref, f"{provider.id}/{close[0]}"), applicability="unsafe")
            if close
            else _list_model(ref.model, provider, served=served),
        ),
    )


def _list_model(model: str, provider: Provider, *, served: bool) -> Fix:
    """List a model. Safe if the proxy serves it: OpenClaw sends the same request as before."""
    name = json.dumps(model, ensure_ascii=False)
    models = provider.node.get("models")
    return Fix(
        title=f'list it in the models of "{provider.id}"',
        applicability="safe" if served else "unsafe",
        snippet=f"{{ id: {name}, name: {name} }},",
        actions=(CHECK_AGAIN,),
        changes=(Append(models, {"id": model, "name": model}),) if models is not None else (),
    )


def _other_providers() -> frozenset[str]:
    """Providers that OpenClaw knows without configuration, or that are not part of the chain."""
    return frozenset(table("providers")["ids"]) | set(knowledge()["measured"]["bundledProviders"])


def _misspelt_option(word: str, options: dict[str, str] | list[str]) -> str | None:
    """The option that a word misspells: similar, and with the same digits."""
    for option in nearest(word, options):
        ratio = SequenceMatcher(None, word.casefold(), option.casefold()).ratio()
        if ratio >= _CLOSE and re.findall(r"\d", word) == re.findall(r"\d", option):
            return option
    return None


def _quoted_names(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _provider_pointer(openclaw: OpenClawConfig, provider: str) -> str:
    defined = openclaw.provider(provider)
    # A missing pointer resolves to its nearest ancestor's key: the provider's name alone.
    return f"{defined.pointer}/" if defined is not None else "/models/providers"


def _fix(ref: ModelRef, better: str) -> Fix:
    text = json.dumps(better, ensure_ascii=False)
    return Fix(
        title=f"write {text}",
        applicability="safe",
        snippet=text,
        actions=(CHECK_AGAIN,),
        changes=(Put(ref.node, better),),
    )


CHECK = Check(
    code="OC109",
    name="model-ref-unresolved",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    predicts=("other-id",),
    texts=TEXTS,
    advice=ADVICE,
)
