"""LiteLLM refuses a parameter of the request, before Azure sees it.

What it means
-------------
The proxy answers 400 "litellm.UnsupportedParamsError: azure does not support parameters: [...]", or
"... doesn't support temperature=...": OpenClaw sent something that LiteLLM takes to be wrong for
this model. Azure was never asked.
OpenClaw shows only "provider rejected the request schema or tool payload".

Why it happens
--------------
LiteLLM checks each parameter against its own list, by the deployment's name. The list may be older
than the model (reasoning_effort, tool_choice for a new gpt-5), the name may say nothing about the
model, or the parameter may really be none of this model's. For `store` it was a fault of LiteLLM.

How to fix it
-------------
Let LiteLLM leave out what it does not know, in litellm_config.yaml:

    litellm_settings:
      drop_params: true

Where the model does take the parameter, pass it on instead, and say which model it is:

    litellm_params:
      model: azure/<deployment>
      allowed_openai_params: ["reasoning_effort"]
    model_info:
      base_model: azure/<the model behind it>

For `store`, also in each model of openclaw.json: compat: { supportsStore: false }. Restart the
proxy. If the text has "AzureException" before the refusal, Azure said it: that is AZ106.

Versions
--------
`store` is refused by LiteLLM 1.81.1 to 1.81.13, for every Azure model. OpenClaw 2026.4.23 and older
send it. drop_params drops only what LiteLLM knows and takes to be unsupported.

References
----------
https://docs.litellm.ai/docs/completion/drop_params
https://github.com/BerriAI/litellm/issues/13515
https://github.com/BerriAI/litellm/issues/14704
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.azure.az106_advice import SWITCHES
from clawdoctor.checks.patterns import near
from clawdoctor.checks.turn_finding import captured_value, restart_action, turn_finding
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn in which LiteLLM refuses a parameter."""

    for failure in replies.of("parameter-rejected-by-litellm"):
        parameter = captured_value(failure, "parameter").strip("[]' ").replace("'", "")
        named = f" `{parameter}`" if parameter else " a parameter"
        switch = SWITCHES.get(parameter)
        place = (
            configs.litellm.place("/litellm_settings/drop_params", "drop_params would leave it out")
            if configs.litellm is not None
            else None
        )
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'LiteLLM refuses{named} for "{question.model}"',
            confirms=("LL101", "LL110", "OC104") if parameter == "store" else ("LL101", "LL110"),
            why="LiteLLM takes it to be wrong for this model, and asks Azure nothing. OpenClaw "
            'shows only "provider rejected the request schema or tool payload".',
            place=place,
            fix=Fix(
                "let LiteLLM leave it out",
                snippet="litellm_settings:\n  drop_params: true"
                + (f"\n# or in openclaw.json: {switch}" if switch else ""),
                actions=(restart_action(configs, replies), CHECK_AGAIN),
            ),
        )


CHECK = Check(
    code="PX101",
    name="parameter-rejected-by-litellm",
    stage="proxy",
    scope="request",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    owns=("parameter-rejected-by-litellm",),
    causes=(
        "LL101",
        "OC104",
        "OC114",
        "LL110",
    ),
    texts=(
        signature(
            r"does not support parameters: ?(?P<parameter>[\[{][^\]}]{1,200}[\]}])(?:, ?for "
            r"model ?= ?(?P<deployment>[\w./:-]{0,120}\w))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"\bUnsupportedParamsError\b.{0,160}?(?:do|does)(?:n't| not) support "
            r"(?!parameters)(?P<parameter>\w{1,40})=(?P<value>[^\s,]{1,20})",
            "certain",
            "LiteLLM",
        ),
        signature(r"\bUnsupportedParamsError\b(?!.{0,200}\bapi_version)", "certain", "LiteLLM"),
        signature(
            r"(?:models?|gpt-5[\w.-]{0,40}|O-series models) (?:\([^)]{0,60}\) )?(?:do"
            r"|does)(?:n't| not) support "
            r"(?P<parameter>\w{1,40})=(?P<value>[^\s.]{1,20}(?:\.\d)?).{0,60}Only",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"drop_params ?= ?True. or for proxy|send allowed_openai_params=",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"provider rejected the request schema or tool payload|request failed \(request "
            r"format rejected",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Setting [`'\"]?(?P<parameter>[\w/ ,\[\]'\"]{1,80}?)[`'\"]? is not supported (?:by"
            r"|for) .{1,100}?To drop it from the call"
            r"|reasoning_effort='?\w{1,10}'? is only supported for"
            r"|litellm\.add_function_to_prompt"
            r"|Parameter (?P<name>\w{1,40}) is not supported for model .{1,80}?Supported "
            r"parameters are",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blite_?llm\b",
                r"unsupported (?:openai )?params?\b.{0,80}drop_params|does(?: not"
                r"|n't) support (?:the )?param(?:eter)?s?\b.{0,80}drop_params",
                160,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"is not allowed in (?:the )?request body\b.{0,80}(?:Enable with|litellm|proxy)"
            r"|allow_client_side_credentials|BadRequest please pass param=",
            "likely",
            "LiteLLM",
        ),
    ),
)
