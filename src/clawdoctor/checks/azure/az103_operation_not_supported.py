r"""The deployment's model does not support this operation.

What it means
-------------
Azure answers 400 OperationNotSupported, "The chatCompletion operation does not work with the
specified model". The key, the resource and the deployment are right. The text shows the model name,
not the deployment name.

Why it happens
--------------
Codex and pro models (gpt-5.2-codex, gpt-5-pro, o3-pro) support only the Responses API. Embedding,
image and speech models do not support chat. A retired model causes the same error. Claude on
Foundry supports only Anthropic's Messages API. There, Azure says "Requested API is currently not
supported".

How to fix it
-------------
For a codex or pro model, make LiteLLM use the Responses API, in litellm_config.yaml:

    model: azure/responses/<deployment>
    api_version: "2025-04-01-preview"

Or deploy a model that supports chat completions (gpt-5.2, gpt-4.1, gpt-4o-mini), and use that
deployment. See which model each deployment serves:

    az cognitiveservices account deployment list -n <resource> -g <group> \
      --query '[].[name, properties.model.name, properties.model.version]' -o table

Versions
--------
According to reports, Azure rejected gpt-5-codex over chat completions in October 2025, and has
rejected gpt-5.1-codex, which had worked before, since 2025-12-09.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
https://github.com/continuedev/continue/issues/9224
https://github.com/vanna-ai/vanna/issues/967
https://github.com/langchain-ai/langchain-azure/issues/228
https://github.com/langchain-ai/langchain/issues/35050
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.litellm import Deployment
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
from clawdoctor.finding import Action, Finding, Fix, Step
from clawdoctor.knowledge.azure import lacks, model_row, recommended_api_version
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that this kind of model does not support."""

    for failure in replies.of("operation-not-supported"):
        named = captured_value(failure, "model")
        model = named or deployment_named(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'the model "{model}" does not support chat completions',
            why=(
                "Codex and pro models support only the Responses API. Embedding and image "
                "models do not support chat. A retired model gives the same error."
            ),
            label=f"its model is {named}" if named else "does not support chat completions",
            fix=_fix(failure, question, named, restart_action(configs, replies)),
        )


def _fix(failure: Failure, question: Question, model: str, restart: tuple[Action, ...]) -> Fix:
    deployment = failed_deployment(failure)
    actions: tuple[Action, ...] = (*restart, CHECK_AGAIN)
    if model and "responses" not in model_row(model).get("endpoints", ()):
        snippet = "model: azure/<deployment of a chat model>" if deployment is not None else ""
        note = Step(
            f"If {model} supports the Responses API, try model: azure/responses/<deployment>"
        )
        title = "in litellm_config.yaml, set model to the deployment of a chat model"
        return Fix(title, snippet=snippet, actions=(note, *actions))
    if deployment is None:
        snippet = 'api: "openai-responses"' if question.resource is not None else ""
        title = "make LiteLLM use the Responses API for this model"
        if snippet:
            title = f"in openclaw.json, set the provider's {snippet.replace(': ', ' to ')}"
        return Fix(title, snippet=snippet, actions=actions)
    version = f'\napi_version: "{recommended_api_version()}"'
    snippet = f"model: azure/responses/{name_for_snippet(deployment)}" + (
        version if _is_too_old(deployment) else ""
    )
    changes = responses_route(deployment, newer=_is_too_old(deployment))
    return Fix(
        f"set model to azure/responses/{name_for_snippet(deployment)}",
        "unsafe" if changes else "manual",
        changes=changes,
        snippet=snippet,
        actions=actions,
    )


def _is_too_old(deployment: Deployment) -> bool:
    version = deployment.api_version.resolved
    return version is None or lacks(version, "responses")


_LIST = (
    "az cognitiveservices account deployment list -n <resource> -g <group> "
    "--query '[].[name, properties.model.name]' -o table"
)
_OTHERS = r"anthropic|claude|bedrock|vertex|gemini|CAPIError|github models"

_OPERATION = (
    r"(?P<operation>\w{1,40}) operation does(?: not|n't) work with (?:the specified model, )?"
    r"(?P<model>[\w.-]{0,80}\w)"
)

CHECK = Check(
    code="AZ103",
    name="operation-not-supported",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    owns=("operation-not-supported",),
    causes=("LL109", "LL105", "PX005"),
    texts=(
        rule("certain", "Azure", _OPERATION),
        rule(
            "certain",
            "Azure",
            r"OperationNotSupported\b|requested (?:operation is uns|API is currently not)"
            r"|unsupported_api_for|accessible via the /chat",
        ),
        rule(
            "certain",
            "Azure",
            "only (?:supported|available) (?:in|through) (?:the )?/?(?:v1/)?respon"
            "|endpoint /v1/chat|completions is not supported by",
            unless=_OTHERS,
        ),
        rule(
            "likely",
            "Azure",
            r"chat model and (?:thus )?not supported|contain audio|ing model cannot"
            r"|ith Responses|dings\.create\(\) got.{0,34}'mes",
            advice="other-model",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "A codex or pro model supports only the Responses API. In the provider in "
            "openclaw.json, make OpenClaw use the Responses API:",
            'api: "azure-openai-responses",',
        ),
        "messages": Advice(
            "The model does not support the API of this request. For Claude on Foundry, use "
            "azure_ai/ and a name with claude in it: Claude supports only Anthropic's Messages "
            "API. In litellm_config.yaml, write:",
            "model: azure_ai/<claude deployment>\n"
            "api_base: https://<resource>.services.ai.azure.com/anthropic",
            straight=Advice(
                "The model does not support the API of this request. For Claude on Foundry, use "
                "Anthropic's Messages API. In the provider in openclaw.json, end baseUrl in "
                "/anthropic, and write:",
                'api: "anthropic-messages",',
            ),
            when=r"Requested API is currently",
        ),
        "mode": Advice(
            "LiteLLM sends a chat request to an embedding model, usually as a health check. Say in "
            "litellm_config.yaml what the model is for, and restart the proxy:",
            "model_info:\n  mode: embedding",
            when=r"\.create\(\) got .{0,40}'messages'",
        ),
        "other-model": Advice(
            "In litellm_config.yaml, use the deployment of a chat model (gpt-5.2, gpt-4.1, "
            "gpt-4o-mini). This deployment has an embedding, image, speech or completion model, "
            "or you used the name of the wrong deployment. This command lists the model of each "
            "deployment:",
            "model: azure/<name of the deployment of a chat model>",
            run=(_LIST,),
            straight=Advice(
                "In openclaw.json, use the deployment of a chat model. This deployment has an "
                "embedding, image, speech or completion model:",
                'models: [{ id: "<name of the deployment of a chat model>", name: "<any name>" }],',
                run=(_LIST,),
            ),
            when=(
                r"\b(?:embeddings|completion|image\w{0,20}|audio\w{0,20}) operation"
                r"|model, [\w.-]{0,40}(?:embedding|dall-e|whisper|image)"
            ),
        ),
    },
)
