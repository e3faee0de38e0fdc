"""The texts that mean AZ106, and the advice for each kind of them."""

from __future__ import annotations

from clawdoctor.errors.rule import Rule, rule

_AZURE, _SERVER = "Azure", "a server that speaks OpenAI's API"
_OTHERS = (
    r"anthropic|claude|bedrock|gemini|tool_use|cache_control|\.custom\.|CAPIError|kubectl|terraform"
)
_NAMED = (
    r"(?:(?:Unsupported|Unknown|Invalid) parameter: ?|Extra parameters \[)"
    r"['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`]"
)
_REQUEST = (
    r"\b(?:messages|tools?|tool_choice|role|response_format|stream\w{0,8}|max_\w{1,20}"
    r"|reasoning\w{0,7})\b"
)

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
        r"Unsupported (?:value|parameter)\W|Unknown parameter\W|not support specifying"
        r"|extra (?:inputs are|fields) not|extra_forb",
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
        r"(?:effort['\"]? does not support|Unsupported value:"
        r"|Invalid value:) '(?P<value>[a-z]{3,8})'",
        r"Supported values are: (?:'none', )?(?:'minimal', )?'(?P<supported>low|medium"
        r"|high)'.{0,60}",
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
        "certain",
        _AZURE,
        r"(?:tokens is too large: |configured maxTokens is )(?P<requested>\d{1,9})",
        r"(?:supports at most|provider maximum of) (?P<limit>\d{1,9})",
        advice="limit",
    ),
    rule(
        "certain",
        _AZURE,
        r"\b(?:use|using|to) ['\"`]?max_?completion_?tokens"
        r"|max_completion_tokens['\"` ]{1,2}at the same",
        advice="max_tokens",
    ),
    rule("likely", _AZURE, r"max_tokens or model output limit was reached", advice="raise"),
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
        r"|support)",
        alone=True,
        advice="stream",
    ),
)
_TOOLS = (
    rule(
        "certain",
        _AZURE,
        r"Invalid schema for (?:function|response_format) ['\"]?(?P<tool>[\w.-]{1,80})"
        r"|In context=\("
        r"|schema (?:missing|must )",
        advice="schema",
    ),
    rule(
        "certain",
        _AZURE,
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
        r"Invalid '(?P<parameter>[\w.\[\]]{1,80}name)': (?:string|empty)"
        r"|does not match '\^\[a-zA-Z0-9_",
        advice="tool-name",
    ),
    rule(
        "likely",
        _SERVER,
        r"(?:Invalid|unsupported) tool_choice\b|Invalid value for 'tool_choice'"
        r"|only named tools are",
        advice="tools",
    ),
    rule(
        "possible",
        _SERVER,
        r"--enable-auto-tool-choice|not support (?:tools|function call\w{0,3}|tool (?:use"
        r"|call\w{0,3}))\b",
        advice="tools",
    ),
    rule(
        "possible",
        _SERVER,
        r"(?:tool|function) schema|Tool names must|Duplicate function|\btools\.\d|'\$\.tools'"
        r"|in tool calls|\"function\", \"param",
        unless=_OTHERS,
        advice="schema",
    ),
)
_CONVERSATION = (
    rule(
        "certain",
        _AZURE,
        r"\b(?:rs|msg|fc|ctc|resp)_[\w.…]{1,99}['\"`\\]? not found"
        r"|provided without (?:its )?req|No tool call found|Duplicate item",
        advice="session",
    ),
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
        r"encrypted content\b.{0,200}could not be (?:verified|decr)|invalid_encrypted_cont",
        advice="encrypted",
    ),
    rule("likely", _AZURE, r"Encrypted content is not supported", advice="reasoning"),
    rule("likely", _AZURE, r"previous_response_not|Previous response cannot", advice="session"),
    rule(
        "possible",
        "OpenClaw or a server",
        r"tool_call_id\b.{0,40}not found|Tool call id was|has tool role|Tool outputs? are missing"
        r"|conversation state|ordering conf",
        advice="history",
    ),
)
_ROLES = (
    rule(
        "likely",
        _SERVER,
        r"\bdeveloper\b",
        r"assistant|\bmessages\b|message.role|developer mess|\bmsg\b"
        r"|(?:invalid|unsupported|unknown) role"
        r"|developer\W{1,3}is not supp",
        r"\bnot\b|invalid|unsupported|unknown|unexpected|must be|should be|supported values",
        alone=True,
        advice="role",
    ),
    rule(
        "certain",
        _AZURE,
        r"support ['\"](?P<value>system)['\"] with this model"
        r"|system messages (?:are )?not (?:allowed|supp)",
        advice="no-system",
    ),
    rule(
        "likely",
        _SERVER,
        r"discriminator property .?role|Incorrect role|Input should be '(?:user|system)"
        r"|Unexpected message role",
        advice="role",
    ),
    rule(
        "possible",
        _SERVER,
        r"unsupported role|roles must alternate|System role not|roles are supported|角色信息不正确",
        advice="role",
    ),
)
_FORM = (
    rule(
        "certain", _AZURE, r"['\"]messages['\"] must contain the word ['\"]json['\"]", advice="json"
    ),
    rule(
        "likely",
        _AZURE,
        r"(?:Invalid(?: type for| value for)?"
        r"|Missing required parameter:) ['\"](?P<parameter>\w[\w.\[\]]{1,80})['\"]",
        r"Invalid '(?:tools|messages|input|metadata|stop|max_)|(?:type|value"
        r"|parameter:?)(?: for)? ['\"]",
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
        r"\bloc['\"]: ?[\[(]['\"]body|to deserialize the JSON body|Validation error at #/"
        r"|into Go struct field",
        _REQUEST,
        unless=_OTHERS,
    ),
    rule(
        "likely",
        _SERVER,
        r"chat/completions|/v1/responses|ChatCompletionRequest|MessageParam\b|Responses API",
        r"must NOT have additional properties|not permitted|Field required"
        r"|missing from input items",
        alone=True,
    ),
    rule(
        "possible",
        _SERVER,
        r"'async for' requires an object|not support thinking|\b422:? status code"
        r"|organization must be veri"
        r"|only support stream",
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
        r"\b400:? (?:status code )?\(no body\)|AzureException.{0,20}BadRequestError"
        r"|BadRequestError: Azure",
        advice="log",
    ),
    rule(
        "possible", _AZURE, r"https?://\S{10,300}", status=400, by="azure", alone=True, advice="log"
    ),
)
TEXTS: tuple[Rule, ...] = (*_PARAMETERS, *_VALUES, *_TOOLS, *_CONVERSATION, *_ROLES, *_FORM)
