"""A model's contextWindow is too small for OpenClaw, or larger than what the model has.

What it means
-------------
OpenClaw plans its prompt by contextWindow. Its own instructions and tools take 12,000 to 31,000
tokens before you say a word, depending on its version: in a smaller window nothing is left for the
answer, or OpenClaw refuses the model. In a window larger than the model's, OpenClaw does not
shorten a long session in time, and Azure answers 400 context_length_exceeded ("Context overflow").

Why it happens
--------------
The number was copied from another model, or counts what a local server was given. A window that is
smaller than the model's is a choice and no fault.

How to fix it
-------------
Write what the model behind the deployment has:

    contextWindow: 128000,

Versions
--------
OpenClaw 2026.4.27 and older refuse windows below 16,000 tokens, 2026.4.29 and later below 4,000.
Between 4,000 tokens and the size of its prompt, 2026.9.6 sends the request, with room for one token
of an answer. The prompt takes 11,800 tokens in 2026.1.30, 23,000 in
2026.6.11, 31,300 in 2026.8.2 and 22,000 in 2026.9.6.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://github.com/openclaw/openclaw/issues/26277
https://github.com/openclaw/openclaw/issues/21653
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
from clawdoctor.chain.openclaw import Model, OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import Behaviour, behaviour, behaviours, newest, table
from clawdoctor.knowledge.azure import AzureModel, model_named
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node

KEY, ANSWER = "contextWindow", "maxTokens"


def check(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report numbers of a model that do not fit OpenClaw's prompt or the model's own limits."""
    if route.model is None or route.purpose != "chat":
        return
    node, size = _positive_setting(route.model, KEY)
    behind = _smallest_window_model(route)
    prompt = _prompt_without_room(size, versions) if node is not None else None
    if node is not None and prompt is not None:
        yield _too_small(route, route.model, node, size, behind, openclaw, versions, prompt)
    elif node is not None and behind is not None and size > (behind.context or size):
        yield _too_large(route, route.model, node, size, behind, openclaw, versions)
    node, size = _positive_setting(route.model, ANSWER)
    least = _shortest_output_model(route)
    if node is not None and least is not None and size > (least.max_output or size):
        yield _too_long(route, route.model, node, size, least, openclaw, versions)


def _prompt_without_room(size: int, versions: Versions) -> Behaviour | None:
    """The prompt of a version that may be running, beside which no answer fits; None if all fit."""
    room = table("openclaw_prompt")["answer"]
    rows = behaviours("openclaw", "prompt")
    too_large = [row.effect for row in rows if size < int(row.effect) + room]
    judged = judge_versions(versions, "openclaw", "prompt", too_large)
    return judged.row if judged is not None else None


def _positive_setting(model: Model, key: str) -> tuple[Node | None, int]:
    """A setting and its value, or None and 0; OC003 reports a number that is not above 0."""
    node = model.node.get(key)
    value = node.value if node is not None else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        return None, 0
    return node, int(value)


def _too_small(
    route: Route,
    model: Model,
    node: Node,
    size: int,
    behind: AzureModel | None,
    openclaw: OpenClawConfig,
    versions: Versions,
    prompt: Behaviour,
) -> Finding:
    needs = table("openclaw_prompt")
    below = size < needs["minimum"]
    room = "No answer fits" if below else "Little or no answer fits"
    why = f"OpenClaw sends about {int(prompt.effect):,} tokens of instructions and tools before "
    why += f"you say a word ({prompt.says}). {room} beside them"
    consequence = "OpenClaw's prompt leaves no room for an answer"
    least = behaviour("openclaw", "least-window", versions.value("openclaw"))
    if least is not None and size < int(least.effect):
        why, consequence = least.says, "OpenClaw refuses the model"
    window = _window(behind) or needs["comfortable"]
    return Finding(
        severity=Severity.ERROR if below else Severity.WARNING,
        message=f'contextWindow {size:,} of "{model.id}" is too small for OpenClaw\'s own prompt',
        title="contextWindow is too small for OpenClaw's own prompt",
        detail=f"{why}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/{KEY}", f"at least {needs['comfortable']:,}"),
        consequence=consequence,
        fixes=(_fix(node, window, known=_window(behind) is not None),),
        subjects=(route.id,),
    )


def _too_large(
    route: Route,
    model: Model,
    node: Node,
    size: int,
    behind: AzureModel,
    openclaw: OpenClawConfig,
    versions: Versions,
) -> Finding:
    assert behind.context is not None
    return Finding(
        severity=Severity.WARNING,
        message=f'contextWindow {size:,} of "{model.id}" is more than {behind.name} has',
        title="contextWindow is more than the model has",
        detail=f"{behind.name} takes {behind.context:,} tokens. OpenClaw shortens a session by "
        "this number, so a long one ends in 400 context_length_exceeded. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/{KEY}", f"{behind.name} has {behind.context:,}"),
        consequence="long sessions end in an error",
        fixes=(_fix(node, behind.context, known=True),),
        subjects=(route.id,),
    )


def _too_long(
    route: Route,
    model: Model,
    node: Node,
    size: int,
    behind: AzureModel,
    openclaw: OpenClawConfig,
    versions: Versions,
) -> Finding:
    assert behind.max_output is not None
    # Older versions may request less than maxTokens, so that a large value does no harm.
    sure = versions.value("openclaw") in (None, newest("openclaw"))
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f'maxTokens {size:,} of "{model.id}" is more than {behind.name} writes',
        title="maxTokens is more than the model writes",
        detail=f"OpenClaw asks for this many tokens in each request, and {behind.name} writes "
        f'{behind.max_output:,} at most: Azure answers 400 "max_tokens is too large". '
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/{ANSWER}", f"at most {behind.max_output:,}"),
        consequence="Azure refuses every request for so long an answer",
        fixes=(_fix(node, behind.max_output, known=True, key=ANSWER),),
        subjects=(route.id,),
    )


def _models_behind(route: Route) -> list[AzureModel]:
    """The models that the route may reach; empty if any of them is uncertain."""
    if route.target == "azure":
        direct = model_named(route.model_id)
        return [direct] if direct is not None else []
    guesses = [which_model(deployment) for deployment in route.deployments]
    models = [guess.model for guess in guesses if guess is not None and guess.sure]
    return models if len(models) == len(guesses) else []


def _smallest_window_model(route: Route) -> AzureModel | None:
    """The model with the smallest context window; None if any window is unknown."""
    models = _models_behind(route)
    if any(model.context is None for model in models):
        return None
    return min(models, key=lambda model: model.context or 0, default=None)


def _shortest_output_model(route: Route) -> AzureModel | None:
    """The model with the smallest max_output: a single deployment that refuses is enough."""
    known = [model for model in _models_behind(route) if model.max_output is not None]
    return min(known, key=lambda model: model.max_output or 0, default=None)


def _window(model: AzureModel | None) -> int | None:
    return model.context if model is not None else None


def _fix(node: Node, size: int, *, known: bool, key: str = KEY) -> Fix:
    return Fix(
        title=f"write {key}: {size}",
        applicability="safe" if known else "unsafe",
        snippet=f"{key}: {size},",
        actions=(RESTART_OPENCLAW, CHECK_AGAIN),
        changes=(Put(node, size),),
    )


CHECK = Check(
    code="OC111",
    name="context-window",
    stage="openclaw",
    scope="request",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"context window too small(?:\): (?P<model>\S{1,160}) ctx=| \()(?P<window>\d{1,9})",
            r"(?:Minimum is |\(min=)(?P<minimum>\d{1,9})",
            advice="small",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\blow context window\b(?:: (?P<model>\S{1,160}) ctx=(?P<window>\d{1,9}))?",
            advice="low",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"context ?window\b",
            r"(?:too (?:small|low)|below|less than|under|smaller than|blocked)\b",
            r"minimum|at least|\b16[,.]?000\b|\b16k\b|openclaw|\b4,?096\b|\b8,?192\b",
            unless="context window too small [(]",
            advice="small",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"OpenClaw is capped by agents\.defaults\.contextTokens",
            advice="cap",
        ),
        rule(
            "likely",
            "a local server",
            r"local/self-hosted runs work best at"
            r"|truncating input prompt\W{1,3}limit=(?P<window>\d{1,9})",
            advice="server",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"context ?window\b.{0,40}\btoo (?:small|low)\b"
            r"|Context overflow\b.{1,4}prompt (?:is )?too large",
            advice="overflow",
        ),
    ),
    advice={
        "small": Advice(
            "openclaw.json gives the model a window of <window> tokens, and this OpenClaw refuses "
            "it below <minimum>. Write what the model behind the deployment really has; if it has "
            "no more, choose another model.",
            "contextWindow: 128000,",
            ("openclaw gateway restart",),
        ),
        "low": Advice(
            "A warning: OpenClaw runs, but its own prompt takes 12,000 to 31,000 of the <window> "
            "tokens. If the model has more, write that in its entry; otherwise use a larger model.",
            "contextWindow: 128000,",
        ),
        "cap": Advice(
            "agents.defaults.contextTokens limits every model. Raise it or take it out of "
            "openclaw.json; contextWindow of the model is not at fault.",
            run=("openclaw config unset agents.defaults.contextTokens",),
        ),
        "server": Advice(
            "The server gives the model a smaller window than it could have, and cuts the prompt. "
            "Raise it where the server is started (Ollama: OLLAMA_CONTEXT_LENGTH, llama.cpp: -c, "
            "vLLM: --max-model-len) to 32768 or more, and write the same number in openclaw.json:",
            "contextWindow: 32768,",
        ),
        "overflow": Advice(
            "Two causes. If it comes in a long session only, start a new one with /new; if it "
            "comes with the first message, the window is too small for OpenClaw's own prompt or "
            "openclaw.json says more than the model has: write the model's number.",
            "contextWindow: 128000,",
        ),
    },
)
