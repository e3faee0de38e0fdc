"""LiteLLM rejects a parameter in the request before it reaches Azure.

What it means
-------------
The proxy answers 400 "litellm.UnsupportedParamsError: azure does not support parameters: [...]", or
"... doesn't support temperature=...", because OpenClaw sent a parameter that LiteLLM considers
unsupported by this model. LiteLLM sent nothing to Azure. OpenClaw 2026.4.10 and later show only
"provider rejected the request schema or tool payload".

Why it happens
--------------
LiteLLM checks each parameter against its own list, by the deployment's name. The list may be older
than the model (reasoning_effort, tool_choice for a new gpt-5), the name may not show which model it
is, or the model may really not support the parameter. For `store`, it was a bug in LiteLLM.

How to fix it
-------------
Make LiteLLM drop unsupported parameters, in litellm_config.yaml:

    litellm_settings:
      drop_params: true

If the model does support the parameter, pass it on instead, and say which model it is:

    litellm_params:
      model: azure/<deployment>
      allowed_openai_params: ["reasoning_effort"]
    model_info:
      base_model: azure/<the model behind it>

For `store`, also set compat: { supportsStore: false } in each model of openclaw.json. Restart the
proxy. If the text has "AzureException" before the error, Azure rejected the parameter: see AZ106.

Versions
--------
LiteLLM 1.81.1 to 1.81.13 reject `store` for every Azure model. OpenClaw 2026.4.23 and older send
it. drop_params drops only parameters that LiteLLM knows and considers unsupported.

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
from clawdoctor.chain.drop_params import GLOBAL
from clawdoctor.check import Check
from clawdoctor.checks.azure.az106_advice import SWITCHES
from clawdoctor.checks.turn_finding import captured_value, restart_action, turn_finding
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.source.change import put
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn in which LiteLLM rejects a parameter."""

    for failure in replies.of("parameter-rejected-by-litellm"):
        parameter = captured_value(failure, "parameter").strip("[]' ").replace("'", "")
        named = f" `{parameter}`" if parameter else " a parameter"
        switch = SWITCHES.get(parameter)
        place = (
            configs.litellm.place(GLOBAL, "drop_params would remove it")
            if configs.litellm is not None
            else None
        )
        changes = put(configs.litellm.root, GLOBAL, value=True) if configs.litellm else ()
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'LiteLLM rejects{named} for "{question.model}"',
            confirms=("LL101", "LL110", "OC104") if parameter == "store" else ("LL101", "LL110"),
            not_caused_by=("OC104",) if parameter and "store" not in parameter.split(", ") else (),
            why=(
                "LiteLLM considers it unsupported by this model and sends nothing to Azure. "
                'OpenClaw shows only "provider rejected the request schema or tool payload".'
            ),
            place=place,
            fix=Fix(
                "make LiteLLM drop the parameter",
                "safe" if changes else "manual",
                changes=changes,
                snippet="litellm_settings:\n  drop_params: true"
                + (f"\n# or in openclaw.json: {switch}" if switch else ""),
                actions=(*restart_action(configs, replies), CHECK_AGAIN),
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
    advice={
        "store": Advice(
            "LiteLLM 1.81.1 to 1.81.13 reject `store` for every Azure model. Upgrade LiteLLM. "
            "Until then, stop OpenClaw from sending it, in the model's entry of openclaw.json:",
            "compat: { supportsStore: false },",
            when=(
                r"parameters: ?(?P<parameter>[\[{]'store'[^\]}]{0,80}[\]}])(?:, for "
                r"model=(?P<deployment>[\w./:-]{0,98}\w))?"
            ),
        ),
        "cache": Advice(
            'OpenClaw sends prompt_cache_retention because of cacheRetention: "long", and '
            'LiteLLM 1.109 and later rejects it for this model. Set cacheRetention to "short" '
            "in openclaw.json, or make LiteLLM drop the parameter:",
            "litellm_settings:\n  drop_params: true",
            when=r"parameters: ?[\[{]'(?P<parameter>prompt_cache_retention)'",
        ),
        "value": Advice(
            "The model accepts only one value for <parameter>, and this request has another. "
            "Remove <parameter> from the settings of the agent or the program, or make LiteLLM "
            "drop it in litellm_config.yaml:",
            "litellm_settings:\n  drop_params: true",
        ),
        "one": Advice(
            "LiteLLM considers <parameter> unsupported by this model. If the model does not "
            "support it, make LiteLLM drop <parameter> (drop_params). If the model does support "
            "it, LiteLLM's list is older than the model, or the deployment's name does not show "
            "which model it is: pass it on. Then restart the proxy.",
            "litellm_settings:\n"
            "  drop_params: true\n"
            "# or in the model's entry of model_list:\n"
            "litellm_params:\n"
            '  allowed_openai_params: ["<parameter>"]\n'
            "model_info:\n"
            "  base_model: azure/<the model behind it>",
            when=r"parameters: ?[\[{]'(?P<parameter>\w{1,40})'[^,\]}]{0,99}[\]}]",
        ),
        "credentials": Advice(
            "A client sends <parameter> with its request, but the proxy does not let clients "
            "choose where it sends requests. Remove <parameter> from the client's settings. "
            "Allow it only if all clients are yours:",
            "general_settings:\n  allow_client_side_credentials: true",
        ),
        "enforced": Advice(
            "The proxy requires <parameter> in every request, and OpenClaw does not send it. "
            "Delete enforce_user_param or enforced_params from general_settings in "
            "litellm_config.yaml, and restart the proxy. A key can have enforced_params too "
            "(/key/info shows them).",
            when=(
                r"(?:'enforce_|pass param=)(?P<parameter>[\w.\[\]]{1,60}?)(?:_param'| in request)"
            ),
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"\bUnsupportedParamsError\b|does not support parameters: ?[\[{]",
            unless="api_version",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"support (?P<parameter>\w{1,40})=[^\s]{1,20}.{0,60}Only .{1,40} supported",
            advice="value",
        ),
        rule(
            "likely",
            "LiteLLM",
            "drop_params ?= ?True|allowed_openai_params="
            r"|'enforce_user_param'=|please pass param=\S{1,60} in request body",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"(?P<parameter>\w{1,40}) is not allowed in (?:the )?request body",
            "allow_client_side_credentials",
            advice="credentials",
        ),
    ),
)
