"""Models of the provider openai whose id begins with openai/: part of OC109."""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.chain.router import deployments_for
from clawdoctor.chain.sent_model import SentModel, is_refused_name, sent_model
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.checks.openclaw.oc109_undefined import consequence_of
from clawdoctor.finding import Finding, Fix, Step
from clawdoctor.source.change import Put


def refused_id(
    ref: ModelRef,
    chain: Chain,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig | None,
) -> Iterator[Finding]:
    """Report a ref for which OpenClaw finds an entry with a longer id, which it then rejects."""
    found = next(((p, target) for p, target in chain.providers if p.id == ref.provider), None)
    if found is None:
        return
    provider, target = found
    sent = sent_model(provider, ref.model, versions)
    judged = judge_versions(versions, "openclaw", "prefix-of-openai", ["refused"])
    if judged is None or sent.model is None or not is_refused_name(provider, sent, versions):
        return
    config = litellm if target == "proxy" else None
    yield Finding(
        severity=judged.severity,
        message=f'OpenClaw rejects "{ref.written}" because its id in models begins with '
        f'"{provider.id}/"',
        detail=f'OpenClaw stops with "Unable to materialize openai/{sent.name} for its prepared '
        f'api-key route." before it sends a request. {judged.row.says}; '
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(ref.pointer, f'OpenClaw looks for "{sent.name}"'),
        consequence=consequence_of(ref),
        subjects=tuple(r.id for r in chain.routes_of(provider) if ref in r.refs),
        related=(openclaw.place(f"{sent.model.pointer}/id", "OpenClaw finds this entry"),),
        fixes=tuple(_fixes(ref, provider, sent, versions, config, straight=target == "azure")),
    )


def _fixes(
    ref: ModelRef,
    provider: Provider,
    sent: SentModel,
    versions: Versions,
    litellm: LiteLLMConfig | None,
    *,
    straight: bool,
) -> Iterator[Fix]:
    """Yield the fixes that make both names equal, with the name that the next server knows.

    If that name is not clear, the fix is unsafe. Deployment names on Azure contain no slash.
    """
    model = sent.model
    assert model is not None
    knows_long = litellm is not None and bool(deployments_for(litellm, model.id))
    knows_short = straight or (litellm is not None and bool(deployments_for(litellm, sent.name)))
    if knows_short or not knows_long:
        text = json.dumps(sent.name, ensure_ascii=False)
        node = model.node.get("id")
        assert node is not None
        yield Fix(
            f"change the id in models to {text}, the name that OpenClaw looks for",
            applicability="safe" if knows_short else "unsafe",
            snippet=f"id: {text},",
            actions=(CHECK_AGAIN,),
            changes=(Put(node, sent.name),),
        )
    if knows_short:
        return
    finds_long = versions.effect("openclaw", "own-prefix") == "stripped"
    if finds_long and provider.api(None)[0] is not None:
        better = f"{provider.id}/{model.id}"
        text = json.dumps(better, ensure_ascii=False)
        yield Fix(
            f'change the agent\'s model to {text}, so that OpenClaw sends "{model.id}"',
            applicability="safe" if knows_long else "unsafe",
            snippet=text,
            actions=(CHECK_AGAIN,),
            changes=(Put(ref.node, better),),
        )
    elif knows_long:
        step = Step(
            f'Rename the provider, for example to "litellm", and change the agent\'s model to '
            f'"litellm/{model.id}"'
        )
        yield Fix(step.text, actions=(step, CHECK_AGAIN))
