"""The advice for each kind of request that Azure rejects, for AZ106."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW
from clawdoctor.errors.advice import PARAMETER, STRAIGHT, Advice

_PARAMS = "`params` (agents.defaults.params, or under the model)"


SWITCHES = {
    "store": "compat: { supportsStore: false }",
    "stream_options": "compat: { supportsUsageInStreaming: false }",
    "reasoning_effort": "compat: { supportsReasoningEffort: false }",
    "max_completion_tokens": 'compat: { maxTokensField: "max_tokens" }',
    "prompt_cache_key": "compat: { supportsPromptCacheKey: false }",
    "prompt_cache_retention": "compat: { supportsLongCacheRetention: false }",
    "strict": "compat: { supportsStrictMode: false }",
}
"""The switch that makes OpenClaw stop sending each parameter."""


def _switch(name: str) -> Advice:
    """Return the advice for a parameter that a switch in the model's entry turns off."""
    do = f"In openclaw.json, make OpenClaw stop sending {name}, in the model's entry"
    other = f'additional_drop_params: ["{name}"] in the deployment\'s litellm_params'
    return Advice(
        f"{do}. If another client sends it, make LiteLLM drop it: {other}.",
        SWITCHES[name],
        straight=Advice(f"{do}:", SWITCHES[name]),
    )


_SAMPLING = Advice(
    "A reasoning model accepts only the default for <parameter>. In litellm_config.yaml, say "
    "which model the deployment serves, so that drop_params can drop the parameter, or name the "
    "parameter yourself:",
    "litellm_settings:\n  drop_params: true\nmodel_list:\n  - litellm_params:\n"
    '      additional_drop_params: ["<parameter>"]\n'
    "    model_info:\n      base_model: azure/gpt-5.2   # the deployment's model",
    straight=Advice(
        "A reasoning model accepts only the default for <parameter>. Remove <parameter> from "
        f"{_PARAMS} in openclaw.json, or turn it off in the model's entry:",
        "compat: { supportsTemperature: false }",
    ),
)
_MAX_TOKENS = Advice(
    "A reasoning model requires max_completion_tokens. In litellm_config.yaml, say which model "
    "the deployment serves. LiteLLM then translates max_tokens:",
    "model_info:\n  base_model: azure/gpt-5.2   # the deployment's model",
    straight=Advice(
        "A reasoning model requires max_completion_tokens. In the model's entry of "
        "openclaw.json, write:",
        'compat: { maxTokensField: "max_completion_tokens" }',
    ),
    when=r"\b(?:use|using|to) '?max_?completion_?tokens|max_completion_tokens[' ]{1,2}at the same",
)
_NO_TOOLS = Advice(
    "This model or its server does not support tools in this form. Choose another model, because "
    "OpenClaw works only with models that call tools. To try this model without tools, write in "
    "the model's entry of openclaw.json:",
    "compat: { supportsTools: false }",
    when=(
        r"tool_choice\b|--enable-auto-tool|support (?:tools|function call|tool (?:use|call))"
        r"|only named tools"
    ),
)
_STREAM = Advice(
    "This deployment does not support streaming, like o1 in old versions. Deploy a newer model, "
    "or make LiteLLM treat it as an o-series model, so that LiteLLM requests the whole answer "
    "at once:",
    "model: azure/o_series/<name of the deployment>",
    straight=Advice(
        "This deployment does not support streaming, and OpenClaw always streams. Deploy a "
        "newer model (gpt-5.2, gpt-4.1), or put LiteLLM in between, which can request the whole "
        "answer at once."
    ),
    when=r"\bstream(?:ing)?(?: \w{4,9})? (?:is |are )?not (?:yet )?(?:allowed|support)",
)
_ROLE = Advice(
    "This model does not support the role developer. Make OpenClaw send the role system "
    "instead, in the model's entry of openclaw.json:",
    "compat: { supportsDeveloperRole: false }",
)


def _schema(when: str) -> Advice:
    """Return the advice for messages about the schema of a tool."""
    return Advice(
        "Azure considers the schema of a tool (`<tool>`) invalid. Upgrade the program that "
        "provides the tool (MCP server, plug-in, OpenClaw). Until then, turn the tool off in "
        "openclaw.json:",
        'tools: { deny: ["<tool>"] },',
        when=when,
    )


_NEW_SESSION = "Start a new session with /new in the chat. "

ADVICE: Mapping[str, Advice] = {
    STRAIGHT: Advice(
        "Azure rejects a part of the request. Remove the parameter that the text names from "
        f"{_PARAMS} in openclaw.json. For parameters that OpenClaw sends itself, use switches "
        "in the model's entry:",
        "compat: { supportsStore: false, supportsDeveloperRole: false,\n"
        "          supportsUsageInStreaming: false, supportsReasoningEffort: false }",
    ),
    PARAMETER: Advice(
        "The model or this api-version does not support <parameter>. Remove <parameter> where it "
        "is set: in litellm_params or extra_body in litellm_config.yaml, or in `params` in "
        "openclaw.json. If another client sends it, make LiteLLM drop it, in the deployment's "
        "litellm_params:",
        'additional_drop_params: ["<parameter>"]',
        straight=Advice(
            "The model or this api-version does not support <parameter>. Remove <parameter> "
            f"from {_PARAMS} in openclaw.json, and from extra_body there."
        ),
    ),
    **dict.fromkeys(
        (
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logprobs",
            "top_logprobs",
            "logit_bias",
        ),
        _SAMPLING,
    ),
    "max_tokens": _MAX_TOKENS,
    **{name: _switch(name) for name in SWITCHES},
    "max_completion_tokens": Advice(
        "This model or api-version is older than max_completion_tokens. Use a newer api_version "
        "in litellm_config.yaml (2025-04-01-preview), or make OpenClaw send max_tokens, in the "
        "model's entry of openclaw.json:",
        SWITCHES["max_completion_tokens"],
        straight=Advice(
            "This model or api-version is older than max_completion_tokens. In the model's "
            "entry of openclaw.json, write:",
            SWITCHES["max_completion_tokens"],
        ),
    ),
    "choice-alone": Advice(
        "A client sends tool_choice without tools. In the deployment's litellm_params, make "
        "LiteLLM drop tool_choice:",
        'additional_drop_params: ["tool_choice"]',
        straight=Advice(
            "A client sends tool_choice without tools. Configure the client to send neither."
        ),
        when=r"only allowed when '?tools",
    ),
    "clash": Advice(
        "Two tools have the same name, or a tool has the name of one of Azure's own tools "
        "(<tool>). Rename the tool in the MCP server, plug-in or skill that provides it. Until "
        "then, turn the tool off in openclaw.json:",
        'tools: { deny: ["<tool>"] },',
        when=(
            r"(?:namespace|name|tool|function)s? '?(?P<tool>[\w.-]{1,64})'? "
            "(?:collides|already exists|is dup)"
        ),
    ),
    "chunk": Advice(
        "A text is longer than the embedding model's limit (<limit> tokens). Make the client "
        "that builds the index split long texts into smaller pieces.",
        when=r"'input\[\d{1,4}\]': maximum input length is (?P<limit>\d{1,6})",
    ),
    "batch": Advice(
        "A client sends more texts in one embeddings request than the model accepts (<limit>). "
        "Make the client send at most <limit> at a time, or deploy text-embedding-3-small, which "
        "accepts 2,048.",
        when=r"max number of inputs is (?P<limit>\d{1,5})",
    ),
    "image": Advice(
        _NEW_SESSION
        + (
            "Azure rejects an image in the conversation: it is too large or damaged, it is not a "
            "PNG, JPEG, GIF or WEBP file, or Azure may not fetch its URL. Send it again as a "
            "small PNG or JPEG file. If the model cannot read images, write in its entry of "
            "openclaw.json:"
        ),
        'input: ["text"],',
        when=(
            r"Invalid image\b|Image URL domain|image_url is only supported|Unsupported image\b"
            r"|ImageFetchError|invalid_image_"
        ),
    ),
    **dict.fromkeys(("tools", "tool_choice", "functions", "function_call"), _NO_TOOLS),
    "role": _ROLE,
    "no-system": Advice(
        "This model does not support system messages (o1-mini, o1-preview), and OpenClaw sends a "
        "system message with every request. Deploy a newer model (gpt-5.2, gpt-5-mini), and use "
        "that deployment.",
        when="support '(?P<value>system)' with this model|system messages (?:are )?not",
    ),
    "stream": _STREAM,
    "effort": Advice(
        "This model does not support the effort <value>. Choose a supported effort in "
        "openclaw.json:",
        'agents: { defaults: { thinkingDefault: "<supported>" } },',
        when=(
            r"'(?P<value>[a-z]{3,8})'.{1,90}? values are: (?:'none', )?(?:'minimal', "
            r")?'(?P<supported>low|medium|high)'"
        ),
    ),
    "new-effort": Advice(
        "The program that reads the model's answer does not know the effort in it. Upgrade "
        "LiteLLM together with its package openai, or set an effort that it knows, in "
        "openclaw.json:",
        'agents: { defaults: { thinkingDefault: "low" } },',
        when=r"reasoning\.effort\W{1,4}Input should be ",
    ),
    "limit": Advice(
        "The model writes at most <limit> tokens. In the model's entry of openclaw.json, set "
        "maxTokens to <limit>, and remove a larger max_tokens from litellm_config.yaml:",
        "maxTokens: <limit>,",
        straight=Advice(
            "The model writes at most <limit> tokens. In the model's entry of openclaw.json, set "
            "maxTokens to <limit>:",
            "maxTokens: <limit>,",
        ),
        when=(
            r"(?:too large: |maxTokens is )(?P<requested>\d{1,9})\b.{0,200}(?:at most"
            r"|maximum of) (?P<limit>\d{1,9})"
        ),
    ),
    "raise": Advice(
        "The model reached its output limit before it wrote an answer, because reasoning also "
        "counts against the limit. Raise the limit in the model's entry of openclaw.json:",
        "maxTokens: 16384,",
        when="tokens or model output limit was",
    ),
    "moved": Advice(
        "A chat completions request reaches the Responses API. In litellm_config.yaml, end "
        "api_base after the host, without /responses, and make LiteLLM use the Responses API:",
        "model: azure/responses/<name of the deployment>",
        straight=Advice(
            "A chat completions request reaches the Responses API. In the provider in "
            "openclaw.json, end baseUrl before /responses, and make OpenClaw use the Responses "
            "API:",
            'api: "azure-openai-responses",',
        ),
        when=r"In the Responses API, this parameter has moved to",
    ),
    "other-body": Advice(
        "The body of the request belongs to another API than its path: Chat Completions sends "
        "messages, the Responses API and embeddings send input. Set the API of the client and the "
        "path of the URL to the same one. For OpenClaw with chat models of LiteLLM, write in the "
        "provider:",
        'api: "openai-completions",',
        when=r"'(?:input|messages)' is a required property",
    ),
    "description": Advice(
        "The description of a tool (<parameter>, counted from 0) is longer than <limit> "
        "characters. Shorten the description in the MCP server, plug-in or skill that provides "
        "the tool. Until then, turn the tool off in openclaw.json:",
        'tools: { deny: ["<name of the tool>"] },',
        when=r"(?P<parameter>tools[\w.\[\]]{1,30}description)",
    ),
    "many-tools": Advice(
        "Azure accepts at most <limit> tools in a request. Turn off MCP servers and plug-ins "
        "that you do not use, or individual tools in openclaw.json:",
        'tools: { deny: ["<name of a tool>"] },',
        when=r"'tools': array too long",
    ),
    "tool-name": Advice(
        "A tool, or a call to one in the conversation (<parameter>, counted from 0), has a name "
        "that is empty, is longer than 64 characters, or contains characters other than "
        "letters, digits, _ and -. Start a new session with /new. If the error returns, upgrade "
        "OpenClaw, and rename the tool or turn its MCP server off. With a reasoning model, api: "
        '"openai-responses" in openclaw.json avoids empty names.',
        when=r"Invalid '(?P<parameter>[\w.\[\]]{1,80}name)': |does not match '\^\[a-zA-Z0-9_",
    ),
    "schema": _schema(
        r"schema for (?:function|response_format) '?(?P<tool>[\w.-]{1,80})|In context=\("
        r"|schema (?:miss|must)"
    ),
    "schema-error": _schema(
        r"\Wparameters\W is a required prop|validating JSON Schema|input_schema: "
    ),
    "session": Advice(
        _NEW_SESSION
        + (
            "The conversation refers to items that this resource does not store. Only the "
            "resource that created reasoning items and previous responses knows them, and only "
            "with store: true. If the error returns in new sessions, use deployments of one "
            "resource for each model_name, or keep each conversation on its deployment, in "
            "litellm_config.yaml:"
        ),
        'router_settings:\n  optional_pre_call_checks: ["encrypted_content_affinity"]',
        straight=Advice(
            _NEW_SESSION
            + (
                "The conversation refers to items that this resource does not store, or the "
                "model changed during the conversation. If the error returns in new sessions, "
                "upgrade OpenClaw."
            )
        ),
    ),
    "history": Advice(
        _NEW_SESSION
        + (
            "The conversation contains a tool call without its result, or a result without its "
            "call, because a message was interrupted or compaction cut it. If the error returns "
            "in new sessions, upgrade OpenClaw."
        ),
        when=(
            r"tool_call_id\b|tool messages|tool outputs? (?:are|found)|ordering conf"
            r"|tool role|role 'tool|conversation state"
        ),
    ),
    "think": Advice(
        "This model cannot answer without reasoning. Choose a level in the chat, such as "
        "/think low, or set it in openclaw.json:",
        'agents: { defaults: { thinkingDefault: "low" } },',
        when=r"Reasoning is (?:required|mandatory)",
    ),
    "encrypted": Advice(
        "Only the resource that encrypted a conversation's reasoning can read it. If you "
        "changed the resource or the key, start a new session with /new. If the model_name has "
        "deployments of several resources or keys, keep each conversation on its deployment, in "
        "litellm_config.yaml:",
        'router_settings:\n  optional_pre_call_checks: ["encrypted_content_affinity"]',
        straight=Advice(
            _NEW_SESSION
            + (
                "Only the resource that encrypted a conversation's reasoning can read it. The "
                "baseUrl, the key or the model has changed since."
            )
        ),
        when=r"could not be (?:verified|decrypted)|invalid_encrypted_content",
    ),
    "reasoning": Advice(
        "OpenClaw requests encrypted reasoning, but this model does not reason. In the model's "
        "entry of openclaw.json, write:",
        "reasoning: false,",
        when=r"Encrypted content is not supported",
    ),
    "json": Advice(
        "A client requests response_format json_object, but its prompt does not contain the "
        'word "json". Add the word to the prompt, or remove response_format. OpenClaw does not '
        "send it.",
        when="must contain the word 'json'",
    ),
    "item": Advice(
        _NEW_SESSION
        + (
            "The conversation contains an item that Azure does not accept in this form "
            "(<parameter>, counted from 0): an answer of another model, resource or version. If "
            "the error returns at once, upgrade OpenClaw, or make it use Chat Completions, "
            "which has no such items:"
        ),
        'api: "openai-completions",',
        when=(
            r"'(?P<parameter>input\[\d{1,4}\][\w.\[\]]{1,60})|(?:er:|lid) '(?P<other>messages\[)"
            r"|alue: ''.{1,40}'(?:message|apply_)"
        ),
    ),
    "untranslated": Advice(
        "Claude received tools in OpenAI's form, because nothing translated the request. Upgrade "
        "LiteLLM, which translates requests for azure_ai/ if the name contains claude. In "
        "litellm_config.yaml, write:",
        "model: azure_ai/<claude deployment>\n"
        "api_base: https://<resource>.services.ai.azure.com/anthropic",
        straight=Advice(
            "Claude received tools in OpenAI's form. In the provider in openclaw.json, end baseUrl "
            "in /anthropic, and write:",
            'api: "anthropic-messages",',
        ),
        when=r"Input tag 'function'",
    ),
    "form": Advice(
        "The server does not accept <parameter> in the form in which a client sends it. Upgrade "
        "the client. If <parameter> is a part of the conversation (messages or input), start a "
        "new session with /new. If LiteLLM calls a model on Foundry that is not OpenAI's, such as "
        "Cohere's, use the prefix azure_ai/, so that LiteLLM translates the request:",
        "model: azure_ai/<name of the deployment>",
        straight=Advice(
            "The server does not accept <parameter> in the form in which a client sends it. "
            "Upgrade the client. If <parameter> is a part of the conversation (messages or "
            "input), start a new session with /new."
        ),
        when=(
            r"Input should be a valid |expected an? \w{1,12}, .{0,4}got |required property"
            r"|(?:not of|lid) type\b|must be a string\b"
        ),
    ),
    "headers": Advice(
        "The request has too many headers, or too long ones: Azure accepts up to 10 of your own. "
        "Remove extra_headers from litellm_config.yaml, and do not let LiteLLM pass on the "
        "client's headers:",
        "general_settings:\n  forward_client_headers_to_llm_api: false",
        straight=Advice(
            "The request has too many headers, or too long ones: Azure accepts up to 10 of your "
            "own. Remove `headers` that you do not need from the provider in openclaw.json.",
        ),
        when=r"status\W{1,4}431\b|HTTP 431\b|Header Fields Too",
    ),
    "log": Advice(
        "Look in the log of the program that shows this text for Azure's whole answer, and pass it "
        "to `clawdoctor explain`. In OpenClaw, this command shows it:",
        run=(ASK_OPENCLAW.text,),
    ),
}
