"""A model's contextWindow is too small for OpenClaw, or larger than the model's own window.

What it means
-------------
OpenClaw plans its prompt with contextWindow. Its own instructions and tools need 12,000 to 31,000
tokens before your first message, depending on its version. A smaller window leaves no room for the
answer, or OpenClaw rejects the model. If contextWindow is larger than the model's own window,
OpenClaw does not shorten a long session in time, and Azure answers 400 context_length_exceeded
("Context overflow").

Why it happens
--------------
The number was copied from another model, or is the setting of a local server. A window that is
smaller than the model's is a choice, not a fault.

How to fix it
-------------
Set contextWindow to the context window of the deployment's model:

    contextWindow: 128000,

Versions
--------
OpenClaw 2026.4.27 and older reject windows below 16,000 tokens; 2026.4.29 and later reject windows
below 4,000. Between 4,000 tokens and the size of its prompt, 2026.9.6 sends the request, but leaves
room for only one token of the answer. The prompt has 11,800 tokens in 2026.1.30, 23,000 in
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

from clawdoctor.chain.advice import CHECK_AGAIN
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
    """Report limits that do not fit OpenClaw's prompt or the model's own limits."""
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
    """Return the prompt that leaves no room for an answer, in a version that may be running."""
    room = table("openclaw_prompt")["answer"]
    rows = behaviours("openclaw", "prompt")
    too_large = [row.effect for row in rows if size < int(row.effect) + room]
    judged = judge_versions(versions, "openclaw", "prompt", too_large)
    return judged.row if judged is not None else None


def _positive_setting(model: Model, key: str) -> tuple[Node | None, int]:
    """Return a setting and its value, or None and 0; OC003 reports numbers that are not above 0."""
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
    room = "no room" if below else "little or no room"
    why = f"OpenClaw sends about {int(prompt.effect):,} tokens of instructions and tools before "
    why += f"your first message ({prompt.says}). That leaves {room} for an answer"
    consequence = f'the contextWindow of "{model.id}" is too small for OpenClaw\'s prompt'
    least = behaviour("openclaw", "least-window", versions.value("openclaw"))
    if least is not None and size < int(least.effect):
        why, consequence = (
            least.says,
            "OpenClaw rejects the model because contextWindow is too small",
        )
    window = _window(behind) or needs["comfortable"]
    return Finding(
        severity=Severity.ERROR if below else Severity.WARNING,
        message=f'the contextWindow of "{model.id}" ({size:,}) is too small for OpenClaw\'s prompt',
        title="contextWindow is too small for OpenClaw's prompt",
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
        message=f'the contextWindow of "{model.id}" ({size:,}) exceeds the model\'s '
        f"{behind.context:,}",
        title="contextWindow exceeds the model's own window",
        detail=f"{behind.name} accepts {behind.context:,} tokens. OpenClaw goes by contextWindow "
        "when it shortens a session, so long sessions end with 400 context_length_exceeded. "
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
    # Older versions may request less than maxTokens, so a large value may be harmless.
    sure = versions.value("openclaw") in (None, newest("openclaw"))
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f'the maxTokens of "{model.id}" ({size:,}) exceeds the limit of '
        f"{behind.max_output:,}",
        title="maxTokens exceeds the model's output limit",
        detail=f"OpenClaw sends this limit with each request, but {behind.name} returns at most "
        f'{behind.max_output:,} tokens. Azure answers 400 "max_tokens is too large". '
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/{ANSWER}", f"at most {behind.max_output:,}"),
        consequence="Azure rejects every request because maxTokens is too large",
        fixes=(_fix(node, behind.max_output, known=True, key=ANSWER),),
        subjects=(route.id,),
    )


def _models_behind(route: Route) -> list[AzureModel]:
    """Return the models that the route may reach; empty if any of them is uncertain."""
    if route.target == "azure":
        direct = model_named(route.model_id)
        return [direct] if direct is not None else []
    guesses = [which_model(deployment) for deployment in route.deployments]
    models = [guess.model for guess in guesses if guess is not None and guess.sure]
    return models if len(models) == len(guesses) else []


def _smallest_window_model(route: Route) -> AzureModel | None:
    """Return the model with the smallest context window, or None if any window is unknown."""
    models = _models_behind(route)
    if any(model.context is None for model in models):
        return None
    return min(models, key=lambda model: model.context or 0, default=None)


def _shortest_output_model(route: Route) -> AzureModel | None:
    """Return the model with the smallest max_output: one deployment that rejects is enough."""
    known = [model for model in _models_behind(route) if model.max_output is not None]
    return min(known, key=lambda model: model.max_output or 0, default=None)


def _window(model: AzureModel | None) -> int | None:
    return model.context if model is not None else None


def _fix(node: Node, size: int, *, known: bool, key: str = KEY) -> Fix:
    return Fix(
        title=f"set {key} to {size}",
        applicability="safe" if known else "unsafe",
        snippet=f"{key}: {size},",
        actions=(CHECK_AGAIN,),
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
            "openclaw.json sets a window of <window> tokens for the model, and this OpenClaw "
            "rejects windows below <minimum>. Set contextWindow to the real window of the "
            "deployment's model. If the real window is that small, choose another model.",
            "contextWindow: 128000,",
        ),
        "low": Advice(
            "This is only a warning. OpenClaw runs, but its own prompt needs 12,000 to 31,000 of "
            "the <window> tokens. If the model has a larger window, set it in the model's entry. "
            "Otherwise use a model with a larger window.",
            "contextWindow: 128000,",
        ),
        "cap": Advice(
            "agents.defaults.contextTokens limits every model. Raise it, or remove it from "
            "openclaw.json. The contextWindow of the model is not at fault.",
            run=("openclaw config unset agents.defaults.contextTokens",),
        ),
        "server": Advice(
            "The server runs the model with a smaller window than the model supports, and "
            "truncates the prompt. Raise the window to 32768 or more where the server is started "
            "(Ollama: OLLAMA_CONTEXT_LENGTH, llama.cpp: -c, vLLM: --max-model-len), and set the "
            "same number in openclaw.json:",
            "contextWindow: 32768,",
        ),
        "overflow": Advice(
            "There are two possible causes. If the error appears only in a long session, start a "
            "new session with /new. If it appears with the first message, contextWindow is too "
            "small for OpenClaw's own prompt or larger than the model's window: set it to the "
            "model's real window.",
            "contextWindow: 128000,",
        ),
    },
)
