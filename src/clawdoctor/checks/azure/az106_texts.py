"""The texts that mean AZ106, and the advice for each kind of them."""

from __future__ import annotations

from clawdoctor.errors.rule import Rule, rule

_AZURE, _SERVER = "Azure", "a server that speaks OpenAI's API"
_OTHERS = (
    r"anthropic|claude|bedrock|gemini|tool_use|cache_control|\.custom\.|CAPIError|kubectl|terraform"
)

_NAMED = r"(?:Unsupported|Unknown|Invalid) parameter: ?['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`]"

_PARAMETERS = (
    rule("certain", _AZURE, _NAMED, refuses=("telling", "plain"), advice="parameter"),
    rule("likely", _AZURE, _NAMED, advice="parameter"),
    rule(
        "certain",
        _AZURE,
        r"Unrecogni[sz]ed request arguments? supplied: (?P<parameter>\w{1,60}(?:, \w{1,60}){0,10})",
        unless=r"CAPIError|supplied: (?:functions?|function_call|tools|tool_choice)\b",
        advice="parameter",
    ),
    rule(
        "likely",
        _AZURE,
        r"(?:Unsupported (?:value|parameter)|Unknown parameter)\W{1,4}\w{1,40}",
        refuses=("telling", "plain"),
        advice="parameter",
    ),
    rule(
        "likely", _AZURE, r"does not support specifying (?P<parameter>\w{1,40})", advice="parameter"
    ),
    rule("certain", _AZURE, r"Extra parameters \['(?P<parameter>\w{1,60})'", advice="parameter"),
    rule(
        "likely",
        _AZURE,
        r"\b(?:unsupported_parameter|unsupported_value|unknown_parameter"
        r"|invalid_function_parameters"
        r"|unrecognized_request_arg)",
        unless=r"organization must be verified",
        advice="parameter",
    ),
    rule("likely", _SERVER, refuses="telling", alone=True, advice="parameter"),
    rule(
        "likely",
        _SERVER,
        r"(?:extra (?:inputs are|fields) not permitted|extra_forbidden)",
        refuses=("telling", "plain"),
        unless=_OTHERS,
        advice="parameter",
    ),
    rule("possible", _SERVER, refuses="plain", unless=_OTHERS, advice="parameter"),
)
_VALUES = (
    rule(
        "certain",
        _AZURE,
        r"(?P<parameter>[\w.\[\]]{1,80})['\"]? does not support (?P<value>.{1,40}?) with this "
        r"model",
        unless=r"support ['\"]system",
        advice="parameter",
    ),
    rule(
        "likely",
        _AZURE,
        r"Only the default \(\S{1,12}\) value|beta-limitations",
        advice="temperature",
    ),
    rule(
        "certain",
        _AZURE,
        r"reasoning[._]effort['\"]? does not support (?P<value>.{1,40}?) with this model",
        r"Supported values are: (?:'none', )?(?:'minimal', )?'(?P<supported>\w{1,12})'",
        advice="effort",
    ),
    rule(
        "certain",
        _AZURE,
        r"'(?P<value>[^'\"]{1,40})['\"] is not supported with the ['\"][^'\"]{1,60}['\"] model",
        r"Supported values are: (?:'none', )?(?:'minimal', )?'(?P<supported>\w{1,12})'",
        advice="effort",
    ),
    rule(
        "likely",
        _AZURE,
        r"Invalid value: ['\"`](?P<value>[^'\"`]{0,60})['\"`][.,]{0,2} (?:Supported values are"
        r"|param:)",
        advice="parameter",
    ),
    rule(
        "likely",
        _AZURE,
        r"Invalid value: '(?P<value>none|minimal|low|medium|high|xhigh|max)'",
        r"Supported values are: (?:'none', )?(?:'minimal', )?'(?P<supported>\w{1,12})'",
        advice="effort",
    ),
    rule(
        "certain",
        _AZURE,
        r"max_(?:completion_)?tokens is too large: (?P<requested>\d{1,9})",
        r"supports at most (?P<limit>\d{1,9})",
        advice="limit",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"configured maxTokens is (?P<requested>\d{1,9}), above the provider maximum of "
        r"(?P<limit>\d{1,9})",
        advice="limit",
    ),
    rule(
        "certain",
        _AZURE,
        r"\b(?:use|using|to) ['\"`]?max_?completion_?tokens"
        r"|max_completion_tokens['\"` ]{1,2}at the same",
        advice="max_tokens",
    ),
    rule(
        "likely",
        _AZURE,
        r"max_tokens or model output limit was reached",
        advice="raise",
    ),
    rule(
        "certain",
        _AZURE,
        r"parameter: '(?P<parameter>[\w.]{1,60})'\. In the Responses API, this parameter has moved "
        r"to",
        advice="moved",
    ),
    rule(
        "likely",
        _SERVER,
        r"\bstream(?:ing)?(?: requests?| responses?| mode)? (?:is |are )?not (?:yet )?(?:allowed"
        r"|supported)",
        alone=True,
        advice="stream",
    ),
    rule(
        "likely",
        _SERVER,
        r"Stream[ _]options (?:can only|is only|are only)",
        advice="stream_options",
    ),
    rule("likely", _AZURE, r"cannot be used with reasoning", advice="effort"),
    rule("likely", _SERVER, r"only supports? stream mode", advice="stream"),
)
_TOOLS = (
    rule(
        "certain",
        _AZURE,
        r"Invalid schema for (?:function|response_format) ['\"]?(?P<tool>[\w.-]{1,80})",
        advice="schema",
    ),
    rule(
        "certain",
        _AZURE,
        r"In context=\(|(?:array|object) schema missing|schema must (?:be a JSON Schema|have )"
        r"|JSON schema conv",
        advice="schema",
    ),
    rule(
        "certain",
        _AZURE,
        r"'tools[\w.\[\]]{1,30}description|string too long.{0,20}Expected",
        r"string too long.{0,120}maximum length (?P<limit>\d{1,6})",
        r"['\"](?P<parameter>tools[\w.\[\]]{1,30}description)",
        advice="description",
    ),
    rule(
        "certain",
        _AZURE,
        r"Invalid 'tools': array too long. Expected an array with maximum length "
        r"(?P<limit>\d{1,6})",
        advice="many-tools",
    ),
    rule(
        "certain",
        _AZURE,
        r"Invalid '(?P<parameter>[\w.\[\]]{1,80}name)': (?:string does not match|empty string"
        r"|string too long)",
        advice="tool-name",
    ),
    rule(
        "certain",
        _AZURE,
        r"does not match '\^\[a-zA-Z0-9_",
        advice="tool-name",
    ),
    rule(
        "likely",
        _SERVER,
        r"(?:Invalid|unsupported) tool_choice\b|Invalid value for 'tool_choice'"
        r"|only named tools are supported",
        advice="tools",
    ),
    rule(
        "possible",
        _SERVER,
        r"--enable-auto-tool-choice|does not support (?:tools|function call\w{0,3}|tool (?:use"
        r"|call\w{0,3}))\b",
        advice="tools",
    ),
    rule(
        "likely",
        _SERVER,
        r"path['\"]: ?\[[^\]]{0,60}['\"]function['\"], ?['\"]parameters['\"]"
        r"|not a dictionary in tool calls",
        advice="schema",
    ),
    rule(
        "possible",
        _SERVER,
        r"Invalid (?:tool|function) schema|Tool names must be unique|Duplicate function name"
        r"|\btools\.\d{1,3}\.|'\$\.tools'",
        unless=_OTHERS,
        advice="schema",
    ),
)
_CONVERSATION = (
    rule(
        "certain",
        _AZURE,
        r"(?:provided without (?:its )?required|No tool call found for function call output)",
        advice="session",
    ),
    rule(
        "certain",
        _AZURE,
        r"\b(?P<item>(?:rs|msg|fc|ctc|resp)_[\w.…]{1,200})['\"`\\]? (?:not found|of type)"
        r"|Duplicate item found",
        advice="session",
    ),
    rule("likely", _AZURE, r"previous_response_not_found|Previous response", advice="session"),
    rule(
        "likely",
        _AZURE,
        r"must be followed by tool messages|must be a response to a prec"
        r"|No tool output found for function",
        advice="history",
    ),
    rule(
        "likely",
        _AZURE,
        r"encrypted content\b.{0,200}could not be (?:verified|decrypted)|invalid_encrypted_content",
        advice="encrypted",
    ),
    rule(
        "likely", _AZURE, r"Encrypted content is not supported with this model", advice="reasoning"
    ),
    rule(
        "possible",
        _SERVER,
        r"tool_call_id\b.{0,40}not found|Tool call id was|Message has tool role"
        r"|Tool outputs? (?:is|are) missing",
        advice="history",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"rejected the conversation state|Message ordering conflict",
        advice="history",
    ),
)
_ROLES = (
    rule(
        "certain",
        _AZURE,
        r"support ['\"](?P<value>system)['\"] with this model",
        advice="no-system",
    ),
    rule(
        "likely",
        _SERVER,
        r"\bdeveloper\b",
        r"assistant|\bmessages?\b|\bmsg\b|(?:invalid|unsupported|unknown|unexpected) role"
        r"|role\W{1,3}developer\W{1,3}is not supp",
        r"\bnot\b|invalid|unsupported|unknown|unexpected|must be|should be|supported values",
        alone=True,
        advice="role",
    ),
    rule(
        "likely",
        _SERVER,
        r"system messages? (?:is|are) not (?:allowed|supported)",
        advice="no-system",
    ),
    rule(
        "likely",
        _SERVER,
        r"discriminator property .?role|Incorrect role information|Input should be '(?:user"
        r"|system)'",
        advice="role",
    ),
    rule("likely", _SERVER, r"Unexpected message role", status=400, advice="role"),
    rule(
        "possible",
        _SERVER,
        r"Unexpected message role|unsupported role|roles must alternate|System role not"
        r"|roles are supported|角色信息不正确",
        advice="role",
    ),
)
_FORM = (
    rule(
        "certain",
        _AZURE,
        r"['\"]messages['\"] must contain the word ['\"]json['\"]",
        advice="json",
    ),
    rule(
        "certain",
        _AZURE,
        r"Invalid ['\"](?P<parameter>(?:tools|messages|functions|input|metadata|stop"
        r"|max_)[\w.\[\]]{0,80})['\"]: (?!schema)",
    ),
    rule(
        "likely",
        _AZURE,
        r"(?:Invalid (?:type|value) for|Missing required parameter:) "
        r"['\"](?P<parameter>[\w.\[\]]{1,80})['\"]",
    ),
    rule(
        "likely",
        _AZURE,
        r"(?:is not of type|is too (?:short|long)|is not one of|should be non-empty|was unexpected"
        r"|is a required)",
        r" - '(?P<parameter>(?:messages|tools?|response_format|stop|max_)[\w.\[\]]{0,80})'",
    ),
    rule(
        "likely",
        _SERVER,
        r"\bloc['\"]: ?[\[(]['\"]body['\"]|Failed to deserialize the JSON body"
        r"|Validation error at #/",
        r"\b(?:messages|tools?|tool_choice|role|response_format|stream\w{0,8}|max_\w{1,20}"
        r"|reasoning\w{0,7})\b",
        unless=_OTHERS,
    ),
    rule("likely", _AZURE, r"Responses API", r"\binput items?\b"),
    rule(
        "likely",
        _SERVER,
        r"into Go struct field \w{0,30}(?:Message|Completion|Request|Tool)\w{0,20}\.",
    ),
    rule(
        "likely",
        _SERVER,
        r"chat/completions|/v1/responses|ChatCompletionRequest|MessageParam\b",
        r"must NOT have additional properties|not permitted|Field required",
        alone=True,
    ),
    rule(
        "possible",
        _SERVER,
        r"'async for' requires an object|does not support thinking\b|\b422:? status code"
        r"|organization must be verified",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"(?:LLM request failed: )?provider rejected the request schema or tool payload"
        r"|\brequest format\b",
        advice="log",
    ),
    rule(
        "possible",
        _AZURE,
        r"\b400:? (?:status code )?\(no body\)|BadRequestError",
        by="litellm",
        advice="log",
    ),
    rule("possible", _AZURE, r"https?://\S{10,300}", status=400, by="azure", advice="log"),
)
TEXTS: tuple[Rule, ...] = (*_PARAMETERS, *_VALUES, *_TOOLS, *_CONVERSATION, *_ROLES, *_FORM)
