"""LiteLLM refuses a parameter of the request, before Azure sees it.

What it means
-------------
The proxy answers 400 "litellm.UnsupportedParamsError: azure does not support parameters: [...]":
OpenClaw sent something that LiteLLM takes to be wrong for this model. Azure was never asked.
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

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check, signature
from clawdoctor.finding import Finding


def check(chain: Chain) -> Iterator[Finding]:  # noqa: ARG001
    """Recognised in texts; nothing in a file shows it."""
    yield from ()


CHECK = Check(
    code="PX101",
    name="parameter-rejected-by-litellm",
    stage="proxy",
    scope="request",
    run=check,
    documentation=__doc__,
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
            r"\bUnsupportedParamsError(?:: (?!litellm|\S{1,20} does not support "
            r"parameters)(?P<reason>.{1,120}))?",
            "certain",
            "LiteLLM",
        ),
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
    ),
)
