"""With reasoning, the model supports tools only through the Responses API.

What it means
-------------
Azure answers 400 "Function tools with reasoning_effort are not supported for ... in
/v1/chat/completions": this model reasons, and supports tools with reasoning only over the Responses
API. OpenClaw sends tools with every message, so every message fails, while a plain "hi" with curl
works.

Why it happens
--------------
gpt-5.4 and gpt-5.5 reject tools over chat completions if the request has a reasoning_effort other
than "none". gpt-5.6 and gpt-6 also reject them if the request has no reasoning_effort.

How to fix it
-------------
Make LiteLLM use the Responses API, in litellm_config.yaml:

    model: azure/responses/<deployment>
    api_version: "2025-04-01-preview"

Or make OpenClaw use it, in openclaw.json: api: "openai-responses". With LiteLLM, this needs the
same api_version. For gpt-5.4 and gpt-5.5, it is enough to stop sending an effort: set compat: {
supportsReasoningEffort: false } in the model.

Versions
--------
LiteLLM switches to the Responses API itself if it recognises the model by the deployment's name.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
https://github.com/openclaw/openclaw/issues/148358
https://github.com/maximhq/bifrost/issues/7275
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.azure.responses_route import responses_route
from clawdoctor.checks.turn_finding import (
    captured_value,
    deployment_named,
    failed_deployment,
    name_for_snippet,
    restart_action,
    turn_finding,
)
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix
from clawdoctor.knowledge.azure import lacks, recommended_api_version
from clawdoctor.probes.replies import Replies
from clawdoctor.source.change import Change


def check(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the model rejects because it has tools."""

    for failure in replies.of("tools-need-responses-api"):
        model = captured_value(failure, "model", deployment_named(failure, replies))
        deployment = failed_deployment(failure)
        changes: tuple[Change, ...] = ()
        if deployment is None:
            snippet = 'api: "openai-responses"'
            title = 'set the provider\'s api to "openai-responses" in openclaw.json'
        else:
            version = f'\napi_version: "{recommended_api_version()}"'
            old = lacks(deployment.api_version.resolved or "", "responses")
            changes = responses_route(deployment, newer=old)
            name = name_for_snippet(deployment)
            title = f"set model to azure/responses/{name}"
            snippet = f"model: azure/responses/{name}" + (version if old else "")
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'"{model}" supports tools only over the Responses API',
            why=(
                "The model supports tools with reasoning only over the Responses API. OpenClaw "
                'sends tools with every message, so every message fails, while a plain "hi" '
                "works."
            ),
            label="uses chat completions",
            fix=Fix(
                title,
                "unsafe" if changes else "manual",
                changes=changes,
                snippet=snippet,
                actions=(*restart_action(configs, replies), CHECK_AGAIN),
            ),
        )


CHECK = Check(
    code="AZ109",
    name="tools-need-responses-api",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("tools-need-responses-api",),
    causes=("LL109", "OC114", "PX005"),
    texts=(
        rule(
            "certain",
            "Azure",
            r"tools (?:together )?with reasoning[_ ]effort are not supported"
            r"(?: for (?P<model>(?!this )[\w.-]{1,80}))?",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "Make OpenClaw use the Responses API, in the provider in openclaw.json. For gpt-5.4 "
            "and gpt-5.5, it is enough to stop sending an effort: set compat: { "
            "supportsReasoningEffort: false } in the model.",
            'api: "azure-openai-responses",',
        ),
    },
)
