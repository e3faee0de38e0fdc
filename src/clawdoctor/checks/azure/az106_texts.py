"""Signatures of the error texts that mean AZ106."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import (
    AZURE_MODELS,
    PARAMETER,
    PLAIN_PARAMETER,
    http_status,
    without_other_provider,
)
from clawdoctor.checks.patterns import alone, azure_answered, beside, near, not_of
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"was provided without its required (?:(?:following|preceding)|['\"]\w{1,40}['\"]) item"
        r"|No tool call found "
        r"for "
        r"function call output",
        "certain",
        "Azure",
    ),
    signature(
        r"Invalid value: ['\"`](?P<value>[^'\"`]{0,60})['\"`][.,]{0,2} (?:Supported values are"
        r"|param:)",
        "likely",
        "Azure",
    ),
    signature(
        r"\b400:? (?:status code )?\(no body\)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Extra inputs are not permitted(?::|, field:) ['\"`]?(?P<parameter>[\w.\[\]]{1,60})"
        r"|loc['\"]: ?[\[(]['\"]body['\"],? ?[^\])]{1,80}[\])].{0,60}"
        r"Extra (?:inputs are|fields) not permitted|Validation error at #/\w",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`] (?:is|are) not supported (?:with"
        r"|for|by) this model",
        "certain",
        "Azure",
    ),
    signature(
        r"Unsupported parameter:? ?(?:['\"`]|(?=max_|temperature|top_|store\b|stream|reasoning"
        r"|tools?[_\[.]|tools\b|parallel|response_format|verbosity"
        r"|\w{1,80}['\"`]? is not supported with this))"
        r"(?P<parameter>[\w.\[\]]{1,80})['\"`]?(?: is not supported with this model)?",
        "certain",
        "Azure",
    ),
    signature(
        r"Unsupported value: ?['\"`]?(?P<parameter>[\w.\[\]]{1,80})['\"`]? does not "
        r"support (?P<value>.{1,40}?) with this model",
        "certain",
        "Azure",
    ),
    signature(
        r"(?<!CAPIError: 400 )Unrecognized request arguments? supplied: "
        r"(?P<parameter>(?!functions|function_call|tools|tool_choice|drop_?params?)"
        r"\w{1,60}(?:, \w{1,60}){0,10})",
        "certain",
        "Azure",
    ),
    signature(
        r"(?<!CAPIError: 400 )Unrecogni[sz]ed request arguments?(?: supplied)?"
        r"(?:: (?P<parameter>\w{1,60}(?:, \w{1,60}){0,10}))?",
        "likely",
        "Azure",
    ),
    signature(
        r"Unknown parameter: ?['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`]"
        r".{0,160}?(?:invalid_request_error|unknown_parameter)",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:Exception|BadRequestError|\b400\b).{0,160}?"
        r"Unknown parameter: ?['\"`](?P<parameter>[\w.\[\]]{1,80})['\"`]",
        "certain",
        "Azure",
    ),
    signature(
        r"Unknown[ _]parameter:? ?['\"`]?(?P<parameter>(?:max_|reasoning|store\b|stream|tool"
        r"|temperature|top_|text\b|input|messages|metadata|response_format|verbosity|parallel_"
        r"|include\b"
        r"|truncation|service_tier|prompt_cache|safety_identifier)[\w.\[\]]{0,70})",
        "certain",
        "Azure",
    ),
    signature(r"Unknown parameter: ?['\"`][\w.\[\]]{1,80}['\"`]", "possible", "Azure"),
    signature(
        r"Invalid schema for (?:function|response_format) ['\"`]?(?P<tool>[\w.-]{1,80})",
        "certain",
        "Azure",
    ),
    signature(
        r"Invalid ['\"](?P<parameter>(?:tools|messages|functions|input|metadata|stop"
        r"|max_)[\w.\[\]]{0,80})['\"]: (?:string|array|integer|empty|schema|object|expected"
        r"|Expected|too (?:many|few|long|short|large|big)|'[^']{0,200}'\. Expected)",
        "certain",
        "Azure",
    ),
    signature(
        r"Invalid (?:type|value) for ['\"](?P<parameter>[\w.\[\]]{1,80})['\"]: expected",
        "likely",
        "Azure",
    ),
    signature(
        r"Invalid parameter: ['\"](?P<parameter>[\w.\[\]]{1,80})['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"Item (?:with id )?['\"`]?(?P<item>(?:rs|msg|fc|ctc)_[\w.…]{1,80})['\"`]? (?:not found"
        r"|of type)|Duplicate item found with id"
        r"|Items are not persisted when .?store.? is set to false",
        "certain",
        "Azure",
    ),
    signature(
        r"must be followed by tool messages responding to each|must be a response to a "
        r"prec?eeding message with|No tool output found for function call",
        "likely",
        "Azure",
    ),
    signature(
        r"max_(?:completion_)?tokens is too large: (?P<requested>\d{1,9})\. This model "
        r"supports at most (?P<limit>\d{1,9})",
        "certain",
        "Azure",
    ),
    signature(
        r"configured maxTokens is (?P<requested>\d{1,9}), above the provider maximum of "
        r"(?P<limit>\d{1,9})",
        "likely",
        "OpenClaw",
    ),
    signature(
        not_of(
            r"organization must be verified",
            r"(?:code['\"]?: ?['\"]|invalid_request_error: |\b400 ['\"`]?)"
            r"(?:unsupported_parameter|unsupported_value|unknown_parameter"
            r"|invalid_function_parameters)\b",
        ),
        "likely",
        "Azure",
    ),
    signature(
        r"messages\[\d{1,4}\]\.role['\"]? does not support ['\"](?P<role>\w{1,20})",
        "likely",
        "Azure",
    ),
    signature(
        r"(?:LLM request failed: )?provider rejected the request schema or tool payload"
        r"|request failed \(request "
        r"format rejected",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"encrypted content (?:\S{1,200} )?could not be (?:verified|decrypted)"
        r"|invalid_encrypted_content|Encrypted content is not supported with this model",
        "likely",
        "Azure",
    ),
    signature(
        r"Missing required parameter: ['\"](?P<parameter>(?:tools|messages|functions|input"
        r"|model|text"
        r"|response_format|reasoning|tool_choice|max_)[\w.\[\]]{0,80})['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"['\"](?P<parameter>(?:stream|tool|parallel|top_|logprobs|response_"
        r"|store)\w{0,40})['\"] "
        r"(?:parameter )?is only allowed when ['\"]\w{1,40}['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"Previous response with id ['\"`]?resp_\w{1,200}['\"`]? not found"
        r"|previous_response_not_found",
        "likely",
        "Azure",
    ),
    signature(
        r"Could not finish the message because (?P<parameter>max_\w{1,30}) or model output "
        r"limit was",
        "likely",
        "Azure",
    ),
    signature(
        r"(?:is not of type ['\"]\w{1,20}['\"]|is too (?:short|long)|is not one of "
        r"\[[^\]]{1,300}\]|does not match '[^']{1,80}'|was unexpected\)|is a required property"
        r"|is not valid under any of the given schemas|is "
        r"(?:less|greater) than the m(?:in|ax)imum of [\d.-]{1,20}) - "
        r"['\"](?P<parameter>(?:messages"
        r"|tools?|functions?|tool_choice|response_format|stop|temperature|top_p|max_|n\b"
        r"|stream)"
        r"[\w.\[\]]{0,80})['\"]",
        "likely",
        "Azure",
    ),
    signature(
        r"['\"]messages['\"] must contain the word ['\"]json['\"]",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:BadRequestError: AzureException|Azure(?:OpenAI)?(?:Exception|Error) (?:- )?"
        r"BadRequestError)\b",
        "possible",
        "LiteLLM",
    ),
    signature(
        azure_answered(r"400"),
        "possible",
        "Azure",
    ),
    signature(
        r"Unsupported value: ['\"](?P<value>[^'\"]{1,40})['\"] is not supported with the "
        r"['\"][^'\"]{1,60}"
        r"['\"] model",
        "certain",
        "Azure",
    ),
    signature(
        r"\bunrecognized_request_argument\b",
        "likely",
        "Azure",
    ),
    signature(
        alone(
            r"\bstream(?:ing)?(?: requests?| responses?| mode)? (?:is|are) not (?:yet "
            r"|currently )?(?:allowed|supported|available|enabled)"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            near(
                r"ChatCompletionRequest|\bchat/completions",
                r"(?:Extra inputs are|extra fields) not permitted",
                200,
            )
            + rf"|\b{PARAMETER}\b['\"`\])]{{0,3}}[:,]? {{0,3}}(?:Extra inputs are|extra fields)"
            r" not permitted"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(r"Extra (?:inputs are|fields) not permitted"),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"['\"]loc['\"]: ?[\[(]['\"]body['\"], ?['\"](?:messages|tools|tool_choice|functions"
        r"|response_format|stream_options|max_\w{0,20}tokens|temperature"
        r"|reasoning\w{0,10})['\"]"
        r"|['\"]loc['\"]: ?[\[(]['\"]body['\"], ?['\"]input['\"], ?['\"](?:str|list)"
        r"|EasyInputMessageParam|ResponseOutputMessageParam|for ChatCompletionRequest",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Extra parameters \[(?P<parameter>[^\]]{1,120})\] are not allowed",
        "certain",
        "Azure",
    ),
    signature(
        near(
            r"Failed to deserialize the JSON body into the target type",
            r"messages|tools|tool_choice|role|response_format|stream|max_|temperature|input"
            r"|reasoning|thinking|model",
            80,
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            r"(?:unknown|unrecogni[sz]ed|unsupported|unexpected|unpermitted|disallowed|invalid)"
            r" (?:request |keyword )?(?:field|param(?:eter)?|property|argument|key|option)"
            rf"(?:s|\(s\))?\W{{0,6}}(?P<parameter>{PARAMETER})\b"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            r"(?:unknown|unrecogni[sz]ed|unsupported|unexpected) (?:request )?(?:field"
            r"|param(?:eter)?|property|argument|key)(?:s|\(s\))?\W{0,6}"
            rf"(?P<parameter>{PLAIN_PARAMETER})\b"
        ),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"unsupported request field(?:s|\(s\))",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Additional propert(?:y|ies) (?:is|are) not allowed \([^)]{0,120}?"
        rf"\b(?P<parameter>{PARAMETER}|store)\b"
        rf"|must NOT have additional properties.{{0,40}}?\b{PARAMETER}\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(r"chat/completions|/v1/responses", r"must NOT have additional properties", 200)
        + "|"
        + near(r"must NOT have additional properties", r"chat/completions|/v1/responses", 200),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Unrecognized field ['\"](?P<parameter>\w{1,60})['\"] \(class [\w.$]{1,120}Request\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\b(?:use|to|using) ['\"`]?max_completion_tokens['\"`]?\)? instead"
        r"|max_completion_tokens['\"`]? instead of ['\"`]?max_tokens"
        r"|(?P<parameter>max_tokens)['\"`]?[^.]{0,80}?(?:unsupported|not (?:be )?support)"
        r"[^{]{0,120}?max_completion_tokens",
        "certain",
        "Azure",
    ),
    signature(
        r"Only the default \(\S{1,12}\) value is supported|only the default value \(1\)"
        r"|does not support \S{1,40} with this model"
        rf"|\b{PARAMETER}['\"`] does not support ['\"`]",
        "likely",
        "Azure",
    ),
    signature(
        without_other_provider(
            rf"(?<![\w-])(?P<parameter>{PARAMETER})['\"`]?(?: parameter| option| value"
            r"| setting)? ?(?:is|are|was)(?: currently| yet)?(?: not|n't) (?:yet |a )?"
            r"(?:support\w{0,3}|allowed|permitted|recogni[sz]ed|accepted|valid)\b"
            r"|(?:does|do|did)(?: not|n't) (?:support|recogni[sz]e|accept|allow) (?:the )?"
            rf"(?:parameters? |option )?['\"`]?(?P<refused>{PARAMETER})\b"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            r"(?:does|do|did)(?: not|n't) (?:support|recogni[sz]e|accept|allow) (?:the )?"
            r"['\"`]?(?P<parameter>temperature|stop|seed|store|stream|tools)['\"`]? "
            r"(?:param(?:eter)?|option|argument|field)\b"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Stream[ _]options (?:can only|is only|are only)|not a supported stream option"
        r"|\bnot (?:be )?support\w{0,3} with the ['\"][^'\"]{1,60}['\"] model",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"['\"`]?\bdeveloper\b['\"`]?,? (?:is |was )?not (?:one of|in) ?\W"
        r"|\b(?:system|user|assistant)\b[^.]{0,120}?(?:received|but got|got|found)[: ]"
        r"{1,3}['\"`]?developer\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            r"\bdeveloper\b['\"`]? (?:message )?role\b[^.]{0,60}?(?:refused|reject|unsupported"
            r"|unknown|invalid|not (?:support|allowed(?! to)|recogni|accepted|valid)|\b4(?:00"
            r"|22)\b)"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Unexpected message role|Conversation roles must alternate|System role not supported"
        r"|Only user\b.{0,30}\broles are supported|Unknown role: |(?:unsupported|invalid"
        r"|unexpected) (?:message )?role\b",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"In context=\(|array schema missing items|object schema missing properties"
        r"|schema must be a JSON Schema of|schema must have type ['\"]object",
        "certain",
        "Azure",
    ),
    signature(
        r"(?:string|array) too (?:long|short)\. Expected an? (?:string|array) with (?:max"
        r"|min)imum length \d|empty string\. Expected a string|Invalid tool_choice\b"
        r"|Hosted tool ['\"]?\w{1,40}['\"]? is not supported",
        "likely",
        "Azure",
    ),
    signature(
        r"Invalid (?:tool|function) schema|Tool names must be unique|Duplicate function name"
        r"|does not support (?:tools|function call\w{0,3}|tool (?:use|call\w{0,3}))\b"
        r"|(?:tools?|tool (?:use|call\w{0,3})|function call\w{0,3})(?: is| are) not supported",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"When using .?tool_choice.?, .?tools.? must be set"
        r"|only named tools are supported|tool_choice\W{0,3} is only allowed when"
        r"|Too many inputs for model \w{1,40}\. The max number of inputs",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        without_other_provider(
            r"\b422:? status code|arguments? (?:are|is) not recogni[sz]ed"
            rf"|Unrecogni[sz]ed arguments?: {PARAMETER}|Invalid parameter\(?s?\)?: {PARAMETER}"
        ),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(r"\brole\b|'messages'|messages\[", r"Input should be '(?:user|system)'", 60),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        beside(AZURE_MODELS, http_status("400"), 250),
        "possible",
        "Azure",
    ),
    signature(
        without_other_provider(
            r"(?:param(?:eter)?s?|fields?|arguments?|properties) (?:is |are )?not supported"
            rf"\W{{0,6}}(?P<parameter>{PARAMETER})\b"
            rf"|(?<![\w-])(?P<named>{PARAMETER})['\"`]? (?:specified in the request (?:is|are)"
            r" not valid|['\"][\w-]{1,30}['\"] is not supported|must be)"
            rf"|Invalid value for ['\"`]?(?P<wrong>{PARAMETER})\b|beta-limitations"
            r"|response_format\b.{0,40} is unavailable|response_format\.type"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"cannot unmarshal \w{1,12} into Go struct field (?:\w{0,20}Message|\w{0,30}Completion"
        r"\w{0,20}|\w{0,20}Tool\w{0,20}|\w{0,30}Request)\.[\w.]{0,40}(?:messages|content|tools"
        r"|tool_choice|function|role|response_format|stop)\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Input should be '(?:system|user)'[^\]]{0,160}developer"
        r"|\bdeveloper messages? (?:is|are) not (?:support|allowed)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(r"litellm\.\w{0,30}Error|\b400\b", r"Unexpected message role|Unknown role", 160),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"JSON schema conversion failed|schema must have a ['\"]?type['\"]? key"
        r"|array schema missing"
        r"|should be non-empty - ['\"](?:tools|messages|functions)",
        "certain",
        "Azure",
    ),
    signature(
        r"system messages? (?:is|are) not supported|stream must be false|does not support "
        r"stream|Invalid JSON schema in tool|tools\.\d{1,4}\.|tool schema is (?:not valid"
        r"|invalid)|'\$\.tools' is invalid|tool_call_id\b.{0,40}not found|Tool call id was"
        r"|Message has tool role|Tool outputs? (?:is|are) missing|Invalid content type\. image"
        r"|messages\[\d{1,4}\]\.\w{1,30} must|\bmodel (?:does not|doesn't) support ['\"`]?"
        rf"(?:temperature|{PARAMETER})|The parameter is invalid\. Please check",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"provider rejected the (?:model or request format|conversation state)",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Message ordering conflict",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"^(?:.{0,200}\W)?System messages are not (?:allowed|supported)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"does not support ['\"](?:system|developer|user)['\"] with this model|\.\.\.\s?support"
        r" ['\"](?:system|developer)['\"] with this model",
        "certain",
        "Azure",
    ),
    signature(
        r"Incorrect role information",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"request payload is malformed or invalid\. Ensure it matches",
        "possible",
        "Azure",
    ),
    signature(
        r"[\"']path[\"']: ?\[[^\]]{0,60}[\"']function[\"'], ?[\"']parameters[\"']|field not"
        r" found or is not a dictionary in tool calls",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"extra_forbidden[\"'], ?[\"']loc[\"']: ?[\[(][\"']body[\"']",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        rf"Unsupported value:? ['\"`](?P<parameter>{PARAMETER})['\"`]",
        "likely",
        "Azure",
    ),
    signature(
        near(r"Responses API", r"\binput items?\b|\binput\[\d{1,4}\]|missing from input", 200),
        "likely",
        "Azure",
    ),
    signature(
        without_other_provider(r"model does not support specifying (?P<parameter>\w{1,40})"),
        "likely",
        "Azure",
    ),
    signature(
        r"--enable-auto-tool-choice",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"tools cannot be used with reasoning|cannot be used with reasoning\.effort|(?:logprobs"
        r"|best_of|echo|suffix)\b[^.]{0,60} parameters? (?:is|are) not available (?:on|for"
        r"|with)",
        "likely",
        "Azure",
    ),
    signature(
        without_other_provider(r"discriminator property .?role.? has invalid value"),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Previous response cannot be used for this organization|Zero Data Retention",
        "likely",
        "Azure",
    ),
    signature(
        r"not support\w{0,3} Max_?Tokens\b|use Max_?Completion_?Tokens",
        "likely",
        "Azure",
    ),
    signature(
        r"organization must be verified to (?:stream|use)",
        "possible",
        "OpenAI",
    ),
    signature(
        r"max_completion_tokens['\"`]? at the same time",
        "certain",
        "Azure",
    ),
    signature(
        r"'async for' requires an object with __aiter__",
        "possible",
        "a program that calls the model",
    ),
    signature(
        r"\bdoes not support thinking\b",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"only supports? stream mode",
        "likely",
        "a server that speaks OpenAI's API",
    ),
)
