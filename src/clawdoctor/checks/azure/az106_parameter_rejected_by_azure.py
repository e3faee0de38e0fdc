"""Azure refuses a parameter of the request.

What it means
-------------
Azure answers 400: a parameter is not one of this model's, has a value that it does not take, or is
unknown to this api-version; or the description of a tool is not valid. Key and deployment are
right. OpenClaw 2026.4.10 and later show only "provider rejected the request schema or tool
payload".

Why it happens
--------------
Reasoning models (gpt-5, o3, o4-mini) want max_completion_tokens in place of max_tokens and take no
temperature but 1. LiteLLM translates that only if it knows the model, and it goes by the
deployment's name. An old api-version does not know new parameters. A misspelt key below
litellm_params is sent to Azure as a parameter.

How to fix it
-------------
Say which model it is, and let LiteLLM leave out what that model does not take:

    litellm_settings:
      drop_params: true
    model_list:
      - model_name: my-model
        litellm_params:
          model: azure/my-deployment
          api_version: "2025-04-01-preview"
          additional_drop_params: ["temperature"]     # what the text names
        model_info:
          base_model: azure/gpt-5.2                   # the model behind the deployment

For `store`, the role developer, stream_options and reasoning_effort each model of openclaw.json has
a switch: compat: { supportsStore: false, supportsDeveloperRole: false,
supportsUsageInStreaming: false, supportsReasoningEffort: false }.

Versions
--------
drop_params drops only what LiteLLM knows; additional_drop_params drops anything. OpenClaw 2026.4.23
and older send `store`.

References
----------
https://docs.litellm.ai/docs/completion/drop_params
https://github.com/BerriAI/litellm/issues/13714
https://github.com/BerriAI/litellm/issues/13397
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.advice import ASK_OPENCLAW, CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.azure.az106_advice import ADVICE, SWITCHES
from clawdoctor.checks.azure.az106_texts import TEXTS
from clawdoctor.checks.turn_finding import (
    captured_value,
    deployment_named,
    failed_deployment,
    restart_action,
    turn_finding,
)
from clawdoctor.finding import Action, Finding, Fix, Step
from clawdoctor.knowledge import table
from clawdoctor.probes.replies import Failure, Replies

_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs")
_CONFIRMED = {
    "store": ("OC104",),
    **dict.fromkeys(("max_tokens", "temperature", "top_p"), ("LL110",)),
}
"""Findings that the files make likely, and a refusal by Azure confirms."""


_REASONING = frozenset(
    ("max_tokens", "temperature", "messages", "reasoning_effort", "parallel_tool_calls", "stop")
) | frozenset(name for family in table("litellm")["families"] for name in family["without"])
_ABOUT = {
    "OC104": frozenset({"store"}),
    "OC114": frozenset({"messages", "reasoning_effort"}),
    "LL110": _REASONING,
}
"""The parts of a request that each of these causes is about. `messages` have the role developer."""


def check(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn in which Azure refuses a parameter."""

    for failure in replies.of("parameter-rejected"):
        parameter, tool = captured_value(failure, "parameter"), captured_value(failure, "tool")
        name = deployment_named(failure, replies)
        part = f"parameter `{parameter}`" if parameter else "request"
        is_in_file = _is_set_in_file(failure, parameter)
        refusal = f"Azure refuses the tool `{tool}`" if tool else f"Azure refuses the {part}"
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'{refusal} for "{name}"',
            why=_why(parameter),
            confirms=(*_CONFIRMED.get(parameter, ()), *(("LL111",) if is_in_file else ())),
            not_caused_by=tuple(_unrelated(failure, "tools" if tool else parameter)),
            setting=parameter if is_in_file else "model",
            label="sent to Azure in every request" if is_in_file else "refuses it",
            fix=_fix(failure, parameter, (restart_action(configs, replies), CHECK_AGAIN)),
        )


def _unrelated(failure: Failure, part: str) -> Iterator[str]:
    """Yield the possible causes that are about other parts of the request than the refused one."""
    name = re.split(r"[.\[]", part)[0]
    if not name:
        return
    yield from (code for code, names in _ABOUT.items() if name not in names)
    deployment = failed_deployment(failure)
    if deployment is not None and not _is_set_in_file(failure, name):
        extra = deployment.params.get("extra_body")
        if extra is None or extra.get(name) is None:
            yield "LL111"


def _why(parameter: str) -> str:
    if parameter in SWITCHES:
        return (
            f"OpenClaw sends it; each model in openclaw.json has a switch: {SWITCHES[parameter]}."
        )
    if parameter in ("max_tokens", *_SAMPLING):
        return (
            "A reasoning model behind a deployment's own name: LiteLLM translates the request "
            "only where it knows the model, by the name or by base_model."
        )
    return (
        "Key and deployment are right: the request arrived, and this model or api-version "
        "does not take it."
    )


def _is_set_in_file(failure: Failure, parameter: str) -> bool:
    """Whether LiteLLM's file adds the parameter to every request."""
    deployment = failed_deployment(failure)
    if deployment is None or not parameter:
        return False
    return deployment.params.get(parameter) is not None


def _fix(failure: Failure, parameter: str, actions: tuple[Action, ...]) -> Fix:
    if parameter in SWITCHES:
        return Fix("switch it off", snippet=SWITCHES[parameter], actions=actions[1:])
    if _is_set_in_file(failure, parameter):
        return Fix(
            "take it out", actions=(Step(f"take {parameter} out of litellm_params"), *actions)
        )
    if failed_deployment(failure) is None or not parameter.isidentifier():
        return Fix("see the whole text", actions=(ASK_OPENCLAW, *actions))
    if parameter in ("max_tokens", *_SAMPLING):
        lines = "model_info:\n  base_model: azure/<the model behind the deployment>"
        return Fix("tell LiteLLM which model it is", snippet=lines, actions=actions)
    lines = f'litellm_params:\n  additional_drop_params: ["{parameter}"]'
    return Fix("leave it out on the way", snippet=lines, actions=actions)


CHECK = Check(
    code="AZ106",
    name="parameter-rejected-by-azure",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("parameter-rejected",),
    causes=("LL110", "LL111", "LL101", "LL107", "OC104", "OC114", "OC102", "PX005"),
    texts=TEXTS,
    advice=ADVICE,
)
