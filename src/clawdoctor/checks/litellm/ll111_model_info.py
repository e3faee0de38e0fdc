"""Parameters in model_info, where LiteLLM does not read them: part of LL111."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.finding import Action, Finding, Fix, Severity
from clawdoctor.knowledge import table
from clawdoctor.source.change import move
from clawdoctor.source.node import join_pointer


def ignored_in_model_info(
    deployment: Deployment, config: LiteLLMConfig, action: Action
) -> Iterator[Finding]:
    """Report each parameter of the request that only model_info sets."""
    info = deployment.node.get("model_info")
    credential = deployment.params.get("litellm_credential_name")
    for name in table("litellm_params")["ignored"]["model_info"]:
        entry = info.entry(name) if info is not None else None
        if entry is None or entry.value.kind == "null":
            continue
        if deployment.params.get(name) is not None or credential is not None:
            continue
        pointer = join_pointer("/model_info", name)
        place = config.place(f"{deployment.pointer}{pointer}", "belongs in litellm_params")
        yield Finding(
            severity=Severity.WARNING,
            message=f"LiteLLM ignores {name} in model_info",
            detail=f"LiteLLM reads {name} only from litellm_params. Without it, LiteLLM uses a "
            "variable or its default.",
            place=replace(place, path=entry.key.span.path, span=entry.key.span),
            consequence="a setting has no effect",
            fixes=(
                Fix(
                    title=f"move {name} to litellm_params",
                    applicability="safe",
                    changes=move(deployment.node, pointer, join_pointer("/litellm_params", name)),
                    snippet=f"litellm_params:\n  {name}: <the same value>",
                    actions=(action,),
                ),
            ),
        )
