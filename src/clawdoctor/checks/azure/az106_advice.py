"""What to do about each kind of request that Azure refuses, for AZ106."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.advice import ASK_OPENCLAW
from clawdoctor.errors.advice import PARAMETER, STRAIGHT, Advice

_PARAMS = "`params` (agents.defaults.params, or below the model)"


SWITCHES = {
    "store": "compat: { supportsStore: false }",
    "stream_options": "compat: { supportsUsageInStreaming: false }",
    "reasoning_effort": "compat: { supportsReasoningEffort: false }",
    "max_completion_tokens": 'compat: { maxTokensField: "max_tokens" }',
    "prompt_cache_key": "compat: { supportsPromptCacheKey: false }",
    "prompt_cache_retention": "compat: { supportsLongCacheRetention: false }",
    "strict": "compat: { supportsStrictMode: false }",
}
"""The switch by which OpenClaw stops sending each parameter."""


def _switch(name: str) -> Advice:
    """The advice for a parameter that OpenClaw leaves out if the model's entry says so."""
    do = f"OpenClaw sends {name}. Switch it off in the model's entry of openclaw.json:"
    other = f'additional_drop_params: ["{name}"] in the deployment\'s litellm_params'
    return Advice(
        f"If another client sends {name}, drop it on the way: {other}. {do}",
        SWITCHES[name],
        straight=Advice(do, SWITCHES[name]),
    )


_SAMPLING = Advice(
    "A reasoning model takes no other <parameter> than its default. Say in litellm_config.yaml "
    "which "
    "model is behind the deployment, so that drop_params can leave it out, or name it:",
    "litellm_settings:\n  drop_params: true\nmodel_list:\n  - litellm_params:\n"
    '      additional_drop_params: ["<parameter>"]\n'
    "    model_info:\n      base_model: azure/gpt-5.2   # the model behind the deployment",
    straight=Advice(
        f"A reasoning model takes no other <parameter> than its default. Take it out of {_PARAMS} "
        f"in "
        "openclaw.json, or say in the model's entry that it takes none:",
        "compat: { supportsTemperature: false }",
    ),
)
_MAX_TOKENS = Advice(
    "A reasoning model wants max_completion_tokens. Say in litellm_config.yaml which model is "
    "behind "
    "the deployment; then LiteLLM translates max_tokens:",
    "model_info:\n  base_model: azure/gpt-5.2   # the model behind the deployment",
    straight=Advice(
        "A reasoning model wants max_completion_tokens. In the model's entry of openclaw.json:",
        'compat: { maxTokensField: "max_completion_tokens" }',
    ),
    when=r"\b(?:use|using|to) '?max_?completion_?tokens|max_completion_tokens[' ]{1,2}at the same",
)
_NO_TOOLS = Advice(
    "This model or its server takes no tools in this form. OpenClaw works only with models that "
    "call "
    "tools: choose another one. To try this one without, in its entry of openclaw.json:",
    "compat: { supportsTools: false }",
    when=(
        r"tool_choice\b|--enable-auto-tool|support (?:tools|function call|tool (?:use|call))"
        r"|only named tools"
    ),
)
_STREAM = Advice(
    "This deployment does not stream, as o1 did not in old versions. Deploy a newer model, or let "
    "LiteLLM answer in one piece by treating it as an o-series model:",
    "model: azure/o_series/<name of the deployment>",
    straight=Advice(
        "This deployment does not stream, and OpenClaw always streams. Deploy a newer model "
        "(gpt-5.2, "
        "gpt-4.1), or put LiteLLM in between, which can answer for it in one piece."
    ),
    when=r"\bstream(?:ing)?(?: \w{4,9})? (?:is |are )?not (?:yet )?(?:allowed|support)",
)
_ROLE = Advice(
    "This model does not know the role developer. Let OpenClaw send system in its place, in the "
    "model's entry of openclaw.json:",
    "compat: { supportsDeveloperRole: false }",
)
_NEW_SESSION = "Start a new session with /new in the chat. "

ADVICE: Mapping[str, Advice] = {
    STRAIGHT: Advice(
        "Azure refuses a part of the request. Take the parameter that the text names out of "
        f"{_PARAMS} in openclaw.json. For those that OpenClaw sends by itself, the model's entry "
        f"has "
        "switches:",
        "compat: { supportsStore: false, supportsDeveloperRole: false,\n"
        "          supportsUsageInStreaming: false, supportsReasoningEffort: false }",
    ),
    PARAMETER: Advice(
        "The model or this api-version does not take <parameter>. Take it out where it is set: in "
        "litellm_params or extra_body in litellm_config.yaml, or in `params` in openclaw.json. If "
        "another client sends it, drop it on the way, in the deployment's litellm_params:",
        'additional_drop_params: ["<parameter>"]',
        straight=Advice(
            f"The model or this api-version does not take <parameter>. Take it out of {_PARAMS} in "
            "openclaw.json, with extra_body there."
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
        "This model or api-version is older than max_completion_tokens. Use a newer api_version in "
        "litellm_config.yaml (2025-04-01-preview), or let OpenClaw send max_tokens, in the model's "
        "entry of openclaw.json:",
        SWITCHES["max_completion_tokens"],
        straight=Advice(
            "This model or api-version is older than max_completion_tokens. In the model's entry "
            "of "
            "openclaw.json:",
            SWITCHES["max_completion_tokens"],
        ),
    ),
    "choice-alone": Advice(
        "A client sends tool_choice without tools. Drop it on the way, in the deployment's "
        "litellm_params:",
        'additional_drop_params: ["tool_choice"]',
        straight=Advice("A client sends tool_choice without tools: let it send neither."),
        when=r"only allowed when '?tools",
    ),
    "clash": Advice(
        "Two tools have the same name, or one has the name of a tool of Azure's own (<tool>). "
        "Rename yours where it comes from (MCP server, plug-in, skill). Until then, switch it off "
        "in openclaw.json:",
        'tools: { deny: ["<tool>"] },',
        when=(
            r"(?:namespace|name|tool|function)s? '?(?P<tool>[\w.-]{1,64})'? "
            "(?:collides|already exists|is dup)"
        ),
    ),
    "chunk": Advice(
        "One text is longer than the embedding model takes at a time (<limit> tokens). Let the "
        "client that makes the index cut it into smaller pieces.",
        when=r"'input\[\d{1,4}\]': maximum input length is (?P<limit>\d{1,6})",
    ),
    **dict.fromkeys(("tools", "tool_choice", "functions", "function_call"), _NO_TOOLS),
    "role": _ROLE,
    "no-system": Advice(
        "This model takes no system message (o1-mini, o1-preview), and OpenClaw sends one with "
        "each "
        "turn. Deploy another model (gpt-5.2, gpt-5-mini) and name its deployment.",
        when="support '(?P<value>system)' with this model|system messages (?:are )?not",
    ),
    "stream": _STREAM,
    "effort": Advice(
        "This model does not take the effort <value>. Choose one that it takes, in openclaw.json:",
        'agents: { defaults: { thinkingDefault: "<supported>" } },',
        when=(
            r"'(?P<value>[a-z]{3,8})'.{1,90}? values are: (?:'none', )?(?:'minimal', "
            r")?'(?P<supported>low|medium|high)'"
        ),
    ),
    "limit": Advice(
        "The model writes at most <limit> tokens. Set that in the model's entry of openclaw.json, "
        "and "
        "take a larger max_tokens out of litellm_config.yaml:",
        "maxTokens: <limit>,",
        straight=Advice(
            "The model writes at most <limit> tokens. Set that in the model's entry of "
            "openclaw.json:",
            "maxTokens: <limit>,",
        ),
        when=(
            r"(?:too large: |maxTokens is )(?P<requested>\d{1,9})\b.{0,200}(?:at most"
            r"|maximum of) (?P<limit>\d{1,9})"
        ),
    ),
    "raise": Advice(
        "The limit was used up before there was an answer: reasoning counts against it, too. Raise "
        "it in the model's entry of openclaw.json:",
        "maxTokens: 16384,",
    ),
    "moved": Advice(
        "A request in the form of chat completions reaches the Responses API. End api_base in "
        "litellm_config.yaml after the host, without /responses, and let LiteLLM call Responses:",
        "model: azure/responses/<name of the deployment>",
        straight=Advice(
            "A request in the form of chat completions reaches the Responses API. Let OpenClaw "
            "call "
            "it, and end baseUrl before /responses, in the provider in openclaw.json:",
            'api: "azure-openai-responses",',
        ),
        when=r"In the Responses API, this parameter has moved to",
    ),
    "description": Advice(
        "The description of one tool (<parameter>, counted from 0) is longer than <limit> "
        "characters. "
        "Shorten it where the tool comes from: the MCP server, the plug-in or the skill. Until "
        "then, "
        "switch that tool off in openclaw.json:",
        'tools: { deny: ["<name of the tool>"] },',
        when=r"(?P<parameter>tools[\w.\[\]]{1,30}description)",
    ),
    "many-tools": Advice(
        "Azure takes at most <limit> tools with a request. Switch off MCP servers and plug-ins "
        "that "
        "you do not use, or single tools in openclaw.json:",
        'tools: { deny: ["<name of a tool>"] },',
        when=r"'tools': array too long",
    ),
    "tool-name": Advice(
        "A tool, or a call to one in the conversation (<parameter>, counted from 0), has a name "
        "that is empty, longer than 64 characters, or contains more than letters, digits, _ and -. "
        "Start a new session with /new; if it comes again, update OpenClaw, and rename the tool or "
        'switch its MCP server off. With a model that reasons, api: "openai-responses" in '
        "openclaw.json avoids empty names.",
        when=r"Invalid '(?P<parameter>[\w.\[\]]{1,80}name)': |does not match '\^\[a-zA-Z0-9_",
    ),
    "schema": Advice(
        "The schema of one tool (`<tool>`) is not valid for Azure. Update what brings the tool "
        "(MCP "
        "server, plug-in, OpenClaw); until then, switch it off in openclaw.json:",
        'tools: { deny: ["<tool>"] },',
        when=(
            r"schema for (?:function|response_format) '?(?P<tool>[\w.-]{1,80})|In context=\("
            r"|schema (?:miss|must)"
        ),
    ),
    "session": Advice(
        _NEW_SESSION + "What the conversation refers to is not stored at this resource: reasoning "
        "items and previous responses are known only to the resource that made them, and only with "
        "store: true. If it comes again in new sessions, let each model_name have deployments of "
        "one "
        "resource, or keep a conversation at its deployment, in litellm_config.yaml:",
        'router_settings:\n  optional_pre_call_checks: ["encrypted_content_affinity"]',
        straight=Advice(
            _NEW_SESSION + "What the conversation refers to is not stored at this resource, or the "
            "model was changed in the middle. If it comes again in new sessions, update OpenClaw."
        ),
    ),
    "history": Advice(
        _NEW_SESSION
        + "The conversation has a call of a tool without its answer, or the reverse: a "
        "turn was stopped in the middle, or compaction cut it. If it comes again in new sessions, "
        "update OpenClaw.",
        when=(
            r"tool_call_id\b|tool messages|Tool outputs? are|No tool output|ordering conflict"
            r"|tool role|conversation state"
        ),
    ),
    "encrypted": Advice(
        "Only the resource that encrypted a conversation's reasoning can read it. If the "
        "model_name "
        "has deployments of several resources or keys, keep each conversation at its own, in "
        "litellm_config.yaml; if you changed the resource or the key, /new is enough:",
        'router_settings:\n  optional_pre_call_checks: ["encrypted_content_affinity"]',
        straight=Advice(
            _NEW_SESSION
            + "Only the resource that encrypted a conversation's reasoning can read it: "
            "the baseUrl, the key or the model was changed since."
        ),
        when=r"could not be (?:verified|decrypted)|invalid_encrypted_content",
    ),
    "reasoning": Advice(
        "OpenClaw asks for encrypted reasoning, and this model does not reason. In the model's "
        "entry "
        "of openclaw.json:",
        "reasoning: false,",
        when=r"Encrypted content is not supported",
    ),
    "json": Advice(
        "A client asks for response_format json_object, and its prompt does not say so: write the "
        'word "json" into the prompt, or take response_format out. OpenClaw does not send it.',
        when="must contain the word 'json'",
    ),
    "item": Advice(
        _NEW_SESSION + "The conversation contains something that Azure does not take in this form "
        "(<parameter>, counted from 0): an answer of another model, resource or version. If it "
        "comes again at once, update OpenClaw, or let it use Chat Completions, which knows no such "
        "items:",
        'api: "openai-completions",',
        when=(
            r"'(?P<parameter>input\[\d{1,4}\][\w.\[\]]{1,60})|parameter: '(?P<other>messages\[)"
            r"|alue: ''.{1,40}'(?:message|apply_)"
        ),
    ),
    "log": Advice(
        "This text hides the reason that Azure gives. See it, and give it to `clawdoctor explain`:",
        run=(ASK_OPENCLAW.text,),
    ),
}
