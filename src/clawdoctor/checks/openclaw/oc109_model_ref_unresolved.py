"""An agent uses a model of a provider that is not defined.

What it means
-------------
The part of a model name before the first slash is the provider. If neither your configuration nor
OpenClaw itself defines this provider, the agent's turn ends with "Unknown model: ..." before
OpenClaw sends a request. For a name without a slash, OpenClaw searches the lists of all providers.
If no list contains the model, OpenClaw falls back to a built-in provider.

In the list of the provider openai, an id may itself begin with openai/. If the id is
openai/gpt-5.2, the agent must name the model openai/openai/gpt-5.2. If the agent names it
openai/gpt-5.2, OpenClaw 2026.8.1 and later stop with "Unable to materialize openai/gpt-5.2 for its
prepared api-key route."

Why it happens
--------------
The provider's name is misspelled or was changed in only one of the two places. Or the model was
only added to agents.defaults.models, which contains aliases and parameters, and before 2026.8.1
also the list of allowed models, but does not define models. Or OpenClaw knows only the name of the
provider: "litellm" has no address and no models until models.providers defines them.

How to fix it
-------------
Write the provider as in models.providers, followed by the model's id:

    model: { primary: "azure-openai/gpt-4o-mini" },

In the list of the provider openai, write each id without the prefix openai/. If the proxy's own
name for the model begins with openai/, keep that id, and repeat the prefix in the agent:
openai/openai/gpt-5.2.

A model that is missing from the provider's models is not an error: OpenClaw passes the id on, and
the proxy decides. But OpenClaw then does not know the model's context window or capabilities.

Versions
--------
All. clawdoctor does not report providers that OpenClaw or a plug-in defines; for openai without a
key, it adds a note. OpenClaw 2026.8.1 and later reject a listed id that begins with openai/ unless
the agent repeats that prefix. OpenClaw 2026.4.2 and older treat a primary model without a provider
as a model of Anthropic, and give a fallback without a provider the provider of the primary model.

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
"""The least similarity, from 0 to 1, at which a name counts as a misspelling of another."""


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
    """Report misspelled model refs, and models that a provider of the chain does not list."""
    generated = state is not None and any(path.endswith("models.json") for path in state.files)
    for ref in openclaw.refs:
        if ref.provider is None:
            misspelt = tuple(_without_provider(ref, chain, openclaw))
            yield from misspelt or in_no_list(ref, chain, openclaw, litellm, versions)
        elif openclaw.provider(ref.provider) is None:
            misspelt = tuple(_unknown_provider(ref, chain, openclaw))
            yield from misspelt
            if not misspelt and not generated:  # in older versions, it defines providers
                url = proxy_url(situation, compose)
                yield from without_models(ref, openclaw, versions, environment, litellm, url)
                yield from without_key(ref, openclaw, environment, profiles)
        else:
            yield from _bare(ref, openclaw, versions)
            refused = tuple(refused_id(ref, chain, openclaw, versions, litellm))
            yield from refused or _unlisted(ref, chain, openclaw, versions)
    yield from dead_aliases(chain, openclaw, litellm)


def _unknown_provider(ref: ModelRef, chain: Chain, openclaw: OpenClawConfig) -> Iterator[Finding]:
    """Report a misspelled provider; OpenClaw or a plug-in may define any other."""
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
        message=f'models.providers has no "{written}"; did you mean "{meant}"?',
        detail=f'OpenClaw stops with "Unknown model: {written}/{ref.model}" before it sends '
        f"a request. models.providers contains {_quoted_names(ours)}.",
        place=openclaw.place(ref.pointer, f'"{written}" is not in models.providers'),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        related=(openclaw.place(_provider_pointer(openclaw, meant), "this provider is defined"),),
        fixes=(_fix(ref, f"{meant}/{ref.model}"),),
    )


def _known_provider(ref: ModelRef, chain: Chain, openclaw: OpenClawConfig) -> Iterator[Finding]:
    """Report a built-in provider, for a model that another provider in the file lists."""
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
        message=f'OpenClaw treats "{ref.provider}" as the provider of "{ref.model}"; did you mean '
        f'"{better}"?',
        detail=f"The part before the first slash is the provider. The file does not define "
        f'"{ref.provider}", so OpenClaw uses its built-in provider, which has its own key and '
        f'address. "{meant}" lists this model.',
        place=openclaw.place(ref.pointer, f'"{ref.provider}" is not in models.providers'),
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
        detail="If a model has no provider, OpenClaw searches the models of all providers. It "
        "does not "
        "find this one, so it uses a built-in provider.",
        place=openclaw.place(ref.pointer, "not in the models of any provider"),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        fixes=(_fix(ref, f"{provider_of[meant]}/{meant}"),),
    )


def _bare(ref: ModelRef, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report a model without its provider, which older versions cannot find."""
    judged = judge_versions(versions, "openclaw", "bare-model", ["default-provider"])
    is_alias = ref.written.partition("/")[2] != "" or ref.written != ref.model
    if judged is None or is_alias:
        return
    better = f"{ref.provider}/{ref.model}"
    here = "OpenClaw's version is unknown"
    if versions.openclaw is not None:
        here = versions.stated("openclaw", "OpenClaw")
    yield Finding(
        severity=judged.severity,
        message=f'the model "{ref.model}" has no provider; write "{better}"',
        detail=f"{judged.row.says}; {here}. Newer versions find it among the models of "
        f'"{ref.provider}".',
        place=openclaw.place(ref.pointer, "the provider is missing"),
        consequence=consequence_of(ref),
        subjects=(better,),
        fixes=(_fix(ref, better),),
        assumed=judged.severity is Severity.WARNING,
    )


def _model_after_separator(written: str, provider_of: dict[str, str]) -> str | None:
    """Return the model in `provider:model`, which OpenClaw treats as a single name."""
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
        detail="OpenClaw passes the id on unchanged, and the proxy decides. OpenClaw does not know "
        "the model's context window or capabilities. "
        f"The provider lists {_quoted_names(listed)}.",
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
    """Return the fix that lists a model.

    It is safe if the proxy serves the model, because OpenClaw sends the same request as before.
    """
    name = json.dumps(model, ensure_ascii=False)
    models = provider.node.get("models")
    return Fix(
        title=f'add the model to the models of "{provider.id}"',
        applicability="safe" if served else "unsafe",
        snippet=f"{{ id: {name}, name: {name} }},",
        actions=(CHECK_AGAIN,),
        changes=(Append(models, {"id": model, "name": model}),) if models is not None else (),
    )


def _other_providers() -> frozenset[str]:
    """Return the built-in providers of OpenClaw, and those that are not part of the chain."""
    return frozenset(table("providers")["ids"]) | set(knowledge()["measured"]["bundledProviders"])


def _misspelt_option(word: str, options: dict[str, str] | list[str]) -> str | None:
    """Return the option that a word misspells: it is similar and has the same digits."""
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
        title=f"change the model to {text}",
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
