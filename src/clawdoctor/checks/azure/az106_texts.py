"""The error texts of AZ106, and the name of the advice for each."""

from __future__ import annotations

from clawdoctor.errors.advice import PARAMETER
from clawdoctor.errors.rule import Rule, rule

_AZURE, _SERVER = "Azure", "a server that speaks OpenAI's API"
_OTHERS = (
    r"anthropic|claude|bedrock|gemini|tool_use|cache_control|\.custom\.|CAPIError|kubectl|terraform"
)
_NAMED = (
    r"(?:(?:(?:Unsupported|Unknown|Invalid) parameter: ?|Extra p\w{9} \[)'"
    r"|guments? supplied: )(?P<parameter>[\w.\[\]]{1,80})"
)
_REQUEST = (
    r"\b(?:messages|tools?|tool_choice|role|response_format|stream\w{0,8}|max_\w{1,20}"
    r"|reasoning\w{0,7})\b"
)

_PARAMETERS = (
    rule(
        "certain",
        _AZURE,
        _NAMED,
        unless=r"CAPIError|supplied: (?:functions?|function_call|tools|tool_choice)\b",
        refuses=("telling", "plain"),
    ),
    rule("likely", _AZURE, _NAMED),
    rule(
        "likely",
        _AZURE,
        r"\b(?:unsupported_(?:parameter|value)|unknown_parameter|invalid_function_parameters"
        r"|unrecognized_request_argument)",
        unless=r"organization must be verified",
        advice=PARAMETER,
    ),
    rule("likely", _SERVER, refuses="telling", alone=True),
    rule(
        "likely",
        _SERVER,
        r"(?:Unsupported|Unknown) (?:value|parameter)\W|specifying|extra (?:inputs are|fields) not"
        r"|extra_forbidden",
        refuses=("telling", "plain"),
        unless=_OTHERS,
    ),
    rule("possible", _SERVER, refuses="plain", unless=_OTHERS),
)
_VALUES = (
    rule(
        "certain",
        _AZURE,
        r"(?P<parameter>[\w.\[\]]{1,80})'? does not support (?P<value>.{1,40}?) with this model",
    ),
    rule(
        "likely",
        _AZURE,
        r"Only the default \(\S{1,12}\) value|beta-limitations|tokens or model output limit was",
        advice="temperature",
    ),
    rule(
        "likely",
        _AZURE,
        "(?:Invalid|Unsupported) value: '(?P<value>[^']{0,60})'.{1,90}?(?:d values|param:)",
        advice=PARAMETER,
    ),
    rule(
        "certain",
        _AZURE,
        r"tokens is too large: \d|configured maxTokens is \d|max number of inputs"
        r"|system messages .{0,4}not (?:allowed|supported)",
    ),
    rule(
        "certain",
        _AZURE,
        r"\b(?:use|using|to) '?max_?completion_?tokens|_tokens[' ]{1,2}at the same time",
    ),
    rule(
        "likely",
        _AZURE,
        r"Invalid image\b|Image URL domain|image_url is only supported|Unsupported image\b"
        r"|ImageFetchError|invalid_image_",
        unless=_OTHERS,
        alone=True,
    ),
    rule(
        "likely",
        _SERVER,
        r"\bstream(?:ing)?(?: requests?| responses?| mode)? (?:is |are )?not (?:yet )?(?:allowed"
        r"|support)",
        alone=True,
    ),
)
_TOOLS = (
    rule(
        "certain",
        _AZURE,
        r"Invalid schema for (?:function|response_format)|In context=\(|schema (?:missing|must )"
        r"|must contain the word ",
    ),
    rule(
        "certain",
        _AZURE,
        r"(?:string|array) too \w{4,5}(?:.{0,40} length (?P<limit>\d{1,6}))?"
        r"|Invalid '[\w.\[\]]{1,80}name': "
        r"|match '\^\[a-zA-Z0-9_",
        r"\btools?\b|\bmax_|\bname\b|a-zA-Z0-9_",
    ),
    rule(
        "likely",
        _SERVER,
        r"(?:Invalid|unsupported) tool_choice\b|Invalid value for 'tool_choice'"
        r"|only named tools are",
    ),
    rule(
        "possible",
        _SERVER,
        r"--enable-auto-tool-choice|not support (?:tools|function call|tool (?:use|call))",
    ),
    rule(
        "possible",
        _SERVER,
        r"(?:tool|function|ing JSON) schema|Tool names must|Duplicate func"
        r"|\btools\.\d|'\$\.tools'"
        "|in tool calls|'function', 'para",
        unless=_OTHERS,
        advice="schema",
    ),
)
_CONVERSATION = (
    rule(
        "certain",
        _AZURE,
        r"\b(?:rs|msg|fc|ctc|resp)_[\w.…]{1,99}['\\]? not found"
        r"|ided without (?:its )?required|No tool call found|Duplicate item",
        advice="session",
    ),
    rule(
        "likely",
        _AZURE,
        r"must be followed by tool messages|must be a response to a prece\w{4,5} |No tool output "
        r"found for",
        advice="history",
    ),
    rule(
        "likely",
        _AZURE,
        r"encrypted content\b.{0,200}could not be (?:verified|decrypted)|invalid_encrypted_content"
        r"|Encrypted content is not",
    ),
    rule(
        "likely",
        _AZURE,
        r"previous_response_not|Previous response cannot|response id is not associated",
        advice="session",
    ),
    rule(
        "possible",
        "OpenClaw or a server",
        r"tool_call_id\b.{0,40}not found|Tool call id was|has tool role"
        r"|Tool outputs? are missing"
        r"|conversation state|ordering conf",
        advice="history",
    ),
    rule(
        "possible",
        "OpenClaw",
        "Session history (?:looks|or replay)|rejected a session transcript"
        "|Reasoning is (?:req|mand)",
        advice="history",
    ),
)
_ROLES = (
    rule(
        "likely",
        _SERVER,
        r"\bdeveloper\b",
        r"assistant|\bmessages\b|message.role|developer mess|\bmsg\b"
        r"|(?:invalid|unsupported|unknown) role|developer\W{1,3}is not",
        r"\bnot\b|invalid|unsupported|unknown|unexpected|must be|should be|supported values",
        alone=True,
        advice="role",
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
        r"unsupported role|roles must alternate|after role '|System role not"
        r"|roles are supported|角色信息不正确",
        advice="role",
    ),
)
_FORM = (
    rule(
        "likely",
        _AZURE,
        r"(?:Invalid(?: type for| value for| value:)?"
        r"|Missing required parameter:) '(?P<parameter>\w[\w.\[\]]{1,80})'",
        r"Invalid '(?:tools|messages|input|metadata|stop|max_)|(?:type|value"
        r"|parameter:?)(?: for)? '|value: '(?:tools|input)[.\[]",
    ),
    rule(
        "likely",
        _AZURE,
        r"(?:is not of type|is too (?:short|long)|is not one of|should be non-empty|was unexpected"
        r"|is a required)",
        r" - ['\"](?P<parameter>(?:messages|tools?|functions?|response_format|stop|max_)"
        r"[\w.\[\]]{0,80})",
    ),
    rule(
        "likely",
        _SERVER,
        r"\bloc': ?[\[(]'body|to deserialize the JSON body|Validation error at #/"
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
        r"'async for' requires|not support thinking|\b422:? status code"
        r"|organization must be verified"
        r"|only support stream",
    ),
    rule("likely", _SERVER, "'(?:input|messages)' is a required property"),
    rule("possible", _SERVER, r"\bcontent must be (?:a )?str|Last message must have role"),
    rule(
        "likely",
        _SERVER,
        r"(?:parse|compil\w{1,3}) (?:the )?grammar|grammar error|Unrecognized schema"
        r"|schema conversion",
        unless=_OTHERS,
        advice="schema",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"provider rejected the request schema or tool payload|\brequest format\b|reason=format"
        r"|request failed \(HTTP 4(?:00|22)",
        advice="log",
    ),
    rule(
        "possible",
        _AZURE,
        r"\b400:? (?:status code )?\(no body\)|AzureException.{0,20}BadRequestError"
        r"|BadRequestError: Azure|Unsupported data type",
        advice="log",
    ),
    rule(
        "possible",
        _AZURE,
        r"\bazure|Received Model Group|\bLiteLLM\b",
        status=(400, 422, 431),
        alone=True,
        advice="log",
    ),
)
TEXTS: tuple[Rule, ...] = (*_PARAMETERS, *_VALUES, *_TOOLS, *_CONVERSATION, *_ROLES, *_FORM)
