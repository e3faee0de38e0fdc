"""Azure refuses a parameter of the request.

What it means
-------------
Azure answers 400: a parameter is not one of this model's, has a value that it does not take, or is
unknown to this api-version; or the description of a tool is not valid. Key and deployment are
right. OpenClaw shows only "provider rejected the request schema or tool payload".

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

from collections.abc import Iterator

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check, signature
from clawdoctor.finding import Finding


def check(chain: Chain) -> Iterator[Finding]:  # noqa: ARG001
    """Recognised in texts; nothing in a file shows it."""
    yield from ()


CHECK = Check(
    code="AZ106",
    name="parameter-rejected-by-azure",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    causes=(
        "LL110",
        "LL111",
        "LL101",
        "LL107",
        "OC104",
        "OC114",
        "OC102",
    ),
    texts=(
        signature(
            r"Unsupported parameter: ?['\"`]?(?P<parameter>[\w.\[\]]{1,80})['\"`]? is not "
            r"supported with this model",
            "certain",
            "Azure",
        ),
        signature(
            r"Unsupported value: ?['\"`]?(?P<parameter>[\w.\[\]]{1,80})['\"`]? does not support "
            r"(?P<value>.{1,40}?) with this model",
            "certain",
            "Azure",
        ),
        signature(
            r"Unrecognized request arguments? supplied: "
            r"(?P<parameter>\w{1,60}(?:, \w{1,60}){0,10})",
            "certain",
            "Azure",
        ),
        signature(
            r"Unknown parameter: ?['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`]", "certain", "Azure"
        ),
        signature(r"Invalid schema for function ['\"`]?(?P<tool>[\w.-]{1,80})", "certain", "Azure"),
    ),
)
