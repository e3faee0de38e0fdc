"""The findings about guardrails that LiteLLM skips at startup: part of LL121."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.shown import quoted_name
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.change import Change, Put
from clawdoctor.source.node import join_pointer
from clawdoctor.wire.start_built import GUARDRAILS, wrong_setting

_SNIPPETS = {"mode": "mode: pre_call", "default_on": "default_on: true"}


def left_out_guardrails(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding]:
    """Report each guardrail that LiteLLM skips at startup, so that requests go unchecked."""
    section = config.root.get(GUARDRAILS)
    known = names_in("litellm_settings", GUARDRAILS)
    for index, item in enumerate(section.items if section is not None else ()):
        params = item.get("litellm_params") if item.kind == "mapping" else None
        if params is None or params.kind != "mapping":
            continue
        block = f"/{GUARDRAILS}/{index}/litellm_params"
        guardrail = value_of(params, f"{block}/guardrail", environment.proxy)
        name, wrong = guardrail.resolved, wrong_setting(params, environment)
        if guardrail.state in ("from-env", "unset"):
            continue  # the name is in a variable
        shown = quoted_name(item.text("guardrail_name") or "")
        this = f"the guardrail {shown}" if shown else "a guardrail"
        if wrong:
            missing = params.get(wrong) is None
            yield _finding(
                config,
                join_pointer(block, wrong),
                f"{this} has {'no' if missing else 'an invalid'} {wrong}",
                f"LiteLLM needs {wrong}" if missing else f"LiteLLM cannot read this {wrong}",
                _SNIPPETS[wrong],
            )
        elif name is None or ("." not in name and versions.standing(known, name) != "known"):
            sure = name is None or versions.standing(known, name) == "unknown"
            meant = next(iter(nearest(name or "", known.ever)), None)
            label = f"did you mean {meant}?" if meant else "not a guardrail of any known version"
            node = guardrail.node
            yield _finding(
                config,
                guardrail.pointer,
                f"LiteLLM {'does' if sure else 'may'} not know the type of {this}"
                if name
                else f"{this} has no type in litellm_params",
                label if name else "LiteLLM needs a name",
                f"guardrail: {meant or '<name of a guardrail that LiteLLM has>'}",
                versions.doubt(known, name) if name else "",
                (Put(node, meant),) if meant and node is not None else (),
                sure=sure,
            )


def _finding(
    config: LiteLLMConfig,
    pointer: str,
    problem: str,
    label: str,
    snippet: str,
    doubt: str = "",
    changes: tuple[Change, ...] = (),
    *,
    sure: bool = True,
) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=f"{problem}, so LiteLLM {'skips' if sure else 'may skip'} it",
        title="LiteLLM skips these guardrails",
        detail="LiteLLM logs an error (Skipping guardrail) and starts. It does not apply this "
        f"guardrail to any request.{doubt}",
        place=config.place(pointer, label),
        consequence="the guardrail does not check any request" if sure else "",
        fixes=(
            Fix(
                title=f"write {snippet} in the guardrail's litellm_params",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=snippet,
                actions=(CHECK_AGAIN,),
            ),
        ),
        allows_start=True,
    )
