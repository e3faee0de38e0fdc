"""Models that are not defined in models.providers: part of OC109."""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW, set_for_openclaw
from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig, Provider, resolve_ref
from clawdoctor.chain.route import Chain
from clawdoctor.chain.router import is_accepted
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.checks.openclaw.api_line import API
from clawdoctor.checks.openclaw.provider_key import key_variable
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Put, Rename, Value, put
from clawdoctor.source.node import Node, join_pointer

_ALIASES = "/agents/defaults/models"


def without_models(
    ref: ModelRef,
    openclaw: OpenClawConfig,
    versions: Versions,
    environment: Environment,
    litellm: LiteLLMConfig | None,
    url: str,
) -> Iterator[Finding]:
    """Report a provider without built-in models that is not configured."""
    name = (ref.provider or "").casefold()
    if name not in table("providers")["without_models"]["ids"]:
        return
    if is_refused(openclaw.root, join_pointer("/models/providers", ref.provider or "")):
        return  # OC003 reports a provider in a wrong place
    judged = judge_versions(
        versions, "openclaw", "provider-without-models", ["unknown-model"], ["not-seen"]
    )
    if judged is None:
        return
    stops = "stops" if judged.severity is Severity.ERROR else "may stop"
    yield Finding(
        severity=judged.severity,
        message=f'the provider of "{ref.written}" is not defined in models.providers',
        title=f'models.providers does not define "{ref.provider}"',
        detail=f'OpenClaw {stops} with "Unknown model: {ref.provider}/{ref.model}" before it sends '
        f"a request, because it has no built-in models for this provider. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(ref.pointer, f'"{ref.provider}" is not in models.providers'),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        fixes=(_define(ref, openclaw, environment, litellm, url),),
    )


def without_key(
    ref: ModelRef, openclaw: OpenClawConfig, environment: Environment, profiles: AuthProfiles | None
) -> Iterator[Finding]:
    """Report a built-in provider for which no key is found."""
    name = (ref.provider or "").casefold()
    names = table("providers")["keys"].get(name, ())
    if not names or not ref.primary or profiles is None or not profiles.complete:
        return
    if name in profiles.providers or any(environment.openclaw.get(key) for key in names):
        return
    yield Finding(
        severity=Severity.INFO,
        message=f'OpenClaw uses {name} directly for "{ref.written}", but no key was found',
        detail=f"models.providers does not define {name}, so OpenClaw uses its built-in provider, "
        f"at the provider's own address, with {names[0]}. There is nothing to do if the service "
        "that runs OpenClaw has that variable.",
        place=openclaw.place(ref.pointer, f'"{ref.provider}" is not in models.providers'),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        fixes=(
            Fix(
                f"put {names[0]} into ~/.openclaw/.env",
                actions=(set_for_openclaw(names[0], "<the key>"), RESTART_OPENCLAW, CHECK_AGAIN),
            ),
        ),
        assumed=True,
    )


def in_no_list(
    ref: ModelRef,
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | None,
    versions: Versions,
) -> Iterator[Finding]:
    """Report a model without a provider that no provider lists, or that several providers list.

    It is a warning if the proxy serves the name, because the proxy is then certainly meant.
    """
    if not chain.providers or "/" in ref.written or ref.written != ref.model:
        return
    proxies = chain.proxy_providers
    served = litellm is not None and is_accepted(litellm, ref.model)
    meant = f"{proxies[0].id}/{ref.model}" if served and len(proxies) == 1 else None
    row = behaviour("openclaw", "bare-model", versions.value("openclaw"))
    fix = Fix("put the provider before the model", snippet=f'"<provider>/{ref.model}"')
    if meant is not None:
        text = json.dumps(meant, ensure_ascii=False)
        changes = (Put(ref.node, meant),)
        title = f"change the model to {text}"
        fix = Fix(title, "unsafe", changes=changes, snippet=text, actions=(CHECK_AGAIN,))
    yield Finding(
        severity=Severity.INFO if meant is None else Severity.WARNING,
        message=f'the model "{ref.model}" names no provider, so OpenClaw uses a built-in provider',
        detail=f"{row.says if row else ''}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(ref.pointer, "the provider is missing"),
        consequence=consequence_of(ref),
        subjects=(ref.pointer,),
        fixes=(fix,),
        assumed=meant is not None,
    )


def _define(
    ref: ModelRef,
    openclaw: OpenClawConfig,
    environment: Environment,
    litellm: LiteLLMConfig | None,
    url: str,
) -> Fix:
    """Return the fix that adds the provider to models.providers, with this chain's URL and key.

    Its model is the one that the agent uses, or the model of the proxy with the most similar name.
    """
    own = environment.openclaw.get("LITELLM_API_KEY") is not None
    key = "LITELLM_API_KEY" if own else key_variable("", "proxy", litellm)
    served = litellm is None or is_accepted(litellm, ref.model)
    names = list(litellm.groups) if litellm is not None else []
    close = nearest(ref.model, names) or (names if len(names) == 1 else ())
    model = ref.model if served or not close else close[0]
    provider = ref.provider or ""
    reference, written = f"${{{key}}}", json.dumps(model, ensure_ascii=False)
    entry: Value = {
        "baseUrl": url,
        "apiKey": reference,
        "api": API,
        "models": [{"id": model, "name": model}],
    }
    changes = put(openclaw.root, join_pointer("/models/providers", provider), entry)
    if model != ref.model:
        changes += (Put(ref.node, f"{provider}/{model}"),)
    title = f'add the provider "{provider}" to models.providers'
    listed = [f"{each.id}/{entry.id}" for each in openclaw.providers for entry in each.models]
    if listed and not (served or close):
        setting = ref.pointer.rpartition("/")[2]
        line = f'"{listed[0]}",' if setting.isdecimal() else f'{setting}: "{listed[0]}",'
        title = f'change the model to one that exists, such as "{listed[0]}"'
        return Fix(title, snippet=line, actions=(CHECK_AGAIN,))
    return Fix(
        title,
        "unsafe" if served or close else "manual",
        snippet=f'models: {{ providers: {{ "{provider}": {{\n'
        f'  baseUrl: "{url}",\n'
        f'  apiKey: "{reference}",\n'
        f'  api: "{API}",\n'
        f"  models: [{{ id: {written}, name: {written} }}],\n"
        "} } },",
        actions=(CHECK_AGAIN,),
        changes=changes if served or close else (),
    )


def consequence_of(ref: ModelRef) -> str:
    """Return the consequence of a model that OpenClaw does not know."""
    if ref.primary:
        return f'OpenClaw does not know the model "{ref.written}"'
    return f'OpenClaw does not know the fallback model "{ref.written}"'


def dead_aliases(
    chain: Chain, openclaw: OpenClawConfig, litellm: LiteLLMConfig | None
) -> Iterator[Finding]:
    """Report aliases of models that their provider does not list and no agent uses.

    OpenClaw starts anyway, and the alias fails when someone uses it.
    """
    block = openclaw.root.at(_ALIASES)
    used = {(ref.provider, ref.model) for ref in openclaw.refs}
    for written, node in block.children() if block is not None else ():
        name, model = resolve_ref(written, openclaw.providers)
        provider = next((p for p, _ in chain.providers if p.id == name), None)
        if node.text("alias") is None or provider is None or (name, model) in used or "*" in model:
            continue
        listed = [entry.id for entry in provider.models]
        if not listed or model in listed or (litellm is not None and is_accepted(litellm, model)):
            continue
        close = nearest(model, listed)
        guess = f'; did you mean "{provider.id}/{close[0]}"?' if close else ""
        title = f'use a model that "{provider.id}" lists'
        yield Finding(
            severity=Severity.INFO,
            message=f'the alias for "{written}" is for a model that "{provider.id}" does not list'
            f"{guess}",
            detail="OpenClaw starts anyway. When someone uses the alias, OpenClaw sends this name, "
            "and the proxy does not know it.",
            place=openclaw.place(f"{join_pointer(_ALIASES, written)}/", f"not in {provider.id}"),
            consequence="an alias never works",
            fixes=(_name_alias(title, provider, close, block, written),),
            subjects=(written,),
        )


def _name_alias(
    title: str, provider: Provider, close: tuple[str, ...], block: Node | None, written: str
) -> Fix:
    better = f"{provider.id}/{close[0]}" if close else ""
    entry = block.entry(written) if block is not None else None
    free = block is not None and block.get(better) is None
    return Fix(
        title,
        "unsafe" if close and free else "manual",
        snippet=json.dumps(better, ensure_ascii=False) if close else "",
        changes=(Rename(entry, better),) if close and free and entry is not None else (),
    )
