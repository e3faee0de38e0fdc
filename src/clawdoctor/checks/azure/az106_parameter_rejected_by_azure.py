"""Azure rejects a parameter in the request.

What it means
-------------
Azure answers 400: the model does not support a parameter or its value, the api-version does not
support the parameter, or the description of a tool is not valid. The key and the deployment are
right. OpenClaw 2026.4.10 and later show only "provider rejected the request schema or tool
payload".

Why it happens
--------------
Reasoning models (gpt-5, o3, o4-mini) require max_completion_tokens instead of max_tokens and accept
only temperature 1. LiteLLM translates these only if it recognises the model by the deployment's
name. An old api-version does not support new parameters. LiteLLM sends a misspelled key under
litellm_params to Azure as a parameter.

How to fix it
-------------
Say which model it is, and make LiteLLM drop the parameters that the model does not support:

    litellm_settings:
      drop_params: true
    model_list:
      - model_name: my-model
        litellm_params:
          model: azure/my-deployment
          api_version: "2025-04-01-preview"
          additional_drop_params: ["temperature"]     # the parameter in the error text
        model_info:
          base_model: azure/gpt-5.2                   # the deployment's model

For `store`, the role developer, stream_options and reasoning_effort, each model in openclaw.json
has a switch: compat: { supportsStore: false, supportsDeveloperRole: false,
supportsUsageInStreaming: false, supportsReasoningEffort: false }.

Versions
--------
drop_params drops only parameters that LiteLLM knows. additional_drop_params drops any parameter.
OpenClaw 2026.4.23 and older send `store` unless compat.supportsStore is false. Later versions send
it only to *.openai.azure.com and over the Responses APIs.

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
    without_advice,
)
from clawdoctor.finding import Action, Finding, Fix, Step
from clawdoctor.knowledge import table
from clawdoctor.probes.replies import Failure, Replies

_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs")
_CONFIRMED = {
    "store": ("OC104",),
    **dict.fromkeys(("max_tokens", "temperature", "top_p"), ("LL110",)),
}
"""The findings that files make likely and a refusal by Azure confirms."""


_REASONING = frozenset(
    ("max_tokens", "temperature", "messages", "reasoning_effort", "parallel_tool_calls", "stop")
) | frozenset(name for family in table("litellm")["families"] for name in family["without"])
_ABOUT = {
    "OC104": frozenset({"store"}),
    "OC114": frozenset({"messages", "reasoning_effort"}),
    "LL110": _REASONING,
}
"""The parts of a request that each of these causes affects. `messages` have the role developer."""


def check(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn in which Azure rejects a parameter."""

    for failure in replies.of("parameter-rejected"):
        parameter, tool = captured_value(failure, "parameter"), captured_value(failure, "tool")
        name = deployment_named(failure, replies)
        part = f"parameter `{parameter}`" if parameter else "request"
        is_in_file = _is_set_in_file(failure, parameter)
        switch = "" if is_in_file else SWITCHES.get(parameter, "")
        route, label = replies.question.routes[0], f"{switch} is missing"
        model = configs.of_route(route, "model", label) if switch else None
        refusal = f"Azure rejects the tool `{tool}`" if tool else f"Azure rejects the {part}"
        yield turn_finding(
            without_advice(failure) if model is not None else failure,
            replies,
            configs,
            message=f'{refusal} for "{name}"',
            why=_why(parameter),
            place=model,
            confirms=(*_CONFIRMED.get(parameter, ()), *(("LL111",) if is_in_file else ())),
            not_caused_by=tuple(_unrelated(failure, "tools" if tool else parameter)),
            setting=parameter if is_in_file else "model",
            label="LiteLLM sends this in every request" if is_in_file else "rejects the request",
            fix=_fix(failure, parameter, (*restart_action(configs, replies), CHECK_AGAIN)),
        )


def _unrelated(failure: Failure, part: str) -> Iterator[str]:
    """Yield the possible causes that concern other parts of the request than the rejected one."""
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
            "OpenClaw sends this parameter unless the model in openclaw.json has "
            f"`{SWITCHES[parameter]}`."
        )
    if parameter in ("max_tokens", *_SAMPLING):
        return (
            "The deployment serves a reasoning model under a custom name. LiteLLM translates "
            "the request only if it recognises the model by the deployment's name or by "
            "base_model."
        )
    return (
        "The key and the deployment are right: Azure received the request, and rejects only a "
        "part of it."
    )


def _is_set_in_file(failure: Failure, parameter: str) -> bool:
    """Return whether LiteLLM's file adds the parameter to every request."""
    deployment = failed_deployment(failure)
    if deployment is None or not parameter:
        return False
    return deployment.params.get(parameter) is not None


def _fix(failure: Failure, parameter: str, actions: tuple[Action, ...]) -> Fix:
    if _is_set_in_file(failure, parameter):
        return Fix(
            f"remove {parameter} from litellm_params in litellm_config.yaml",
            actions=(Step(f"Remove {parameter} from litellm_params"), *actions),
        )
    if parameter in SWITCHES:
        switch = SWITCHES[parameter]
        title = f"add {switch} to the model in openclaw.json"
        return Fix(title, snippet=switch, actions=(CHECK_AGAIN,))
    if failed_deployment(failure) is None or not parameter.isidentifier():
        return Fix("read the whole error text", actions=(ASK_OPENCLAW, *actions))
    if parameter in ("max_tokens", *_SAMPLING):
        lines = "model_info:\n  base_model: azure/<the model behind the deployment>"
        return Fix(
            "in litellm_config.yaml, set base_model to the model of this deployment",
            snippet=lines,
            actions=actions,
        )
    lines = f'litellm_params:\n  additional_drop_params: ["{parameter}"]'
    return Fix(
        f"in litellm_config.yaml, make LiteLLM drop {parameter}", snippet=lines, actions=actions
    )


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
