"""Signatures of the error texts that mean PX104."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone
from clawdoctor.errors.rule import Rule, signature

TEXTS: tuple[Rule, ...] = (
    signature(
        r"peer closed connection without sending complete message body"
        r"|incomplete chunked read|Response payload is not completed",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Stream ended before a finish_reason was received",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"incomplete turn detected",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"empty response (?:detected|retries exhausted): .{0,200}provider="
        r"(?!anthropic|google|gemini|bedrock|ollama|openrouter|xai|groq|mistral|moonshot)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"non_deliverable_terminal_turn",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Agent couldn't generate a response",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"No text output returned for provider \"(?P<provider>[^\"]{1,80})\" model "
        r"\"(?P<model>[^\"]{1,120})\"\.(?:\W|$)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Stream ended without finish_reason",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Unexpected (?:string )?response from Azure",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"provider returned an invalid streaming response",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"incomplete-turn error|reasoning-only retries exhausted|reasoning-only (?:turn"
        r"|response) detected",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bAIMessage\b.{0,120}input_value=None",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"No generations found in stream|\bchoices\[0\].{0,60}(?:list index out of range"
        r"|None\b|undefined|not subscriptable)|(?:list index out of range"
        r"|not subscriptable).{0,120}\bchoices\b|No (?:object|output|content"
        r"|text) generated\b|model did not return (?:a|any) (?:response|output|content"
        r"|text)|(?:returned|received|got|with|an?) (?:an? )?empty (?:response|completion"
        r"|answer|content|reply|message|output)|None or empty|empty or invalid response"
        r"|response (?:was|is|came back|comes back) (?:empty|blank)"
        r"|['\"]?choices['\"]?: ?\[\]|did not provide any assistant messages"
        r"|returned no (?:content|text|output|choices|response)|(?:without"
        r"|no) (?:any )?(?:visible )?(?:content|text output|output text)\b.{0,40}(?:stream"
        r"|response|model)|(?:stream|response)[\w ]{0,20} (?:without|had no"
        r"|has no) (?:any )?content|MidStreamFallbackError|Not enough data (?:for"
        r"|to) satisfy|empty content\b|AI_No\w{1,20}GeneratedError"
        r"|completion_tokens['\"]?[=:] ?0\b",
        "possible",
        "a client",
    ),
    signature(
        r"role['\"]?[:=] ?['\"]assistant['\"], ?['\"]?content['\"]?[:=] ?(?:null|None|''"
        r"|\"\"|\[\])|\bcontent=(?:''|None), (?:refusal|role)|\bcontent\b (?:is|was"
        r"|=) (?:None|null|empty)\b.{0,120}finish_reason",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Empty or invalid response from LLM endpoint|OpenAIException - Empty response"
        r"|Empty response received from LLM\. Check your provider",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"(?:empty|blank) (?:\w{1,12} ){0,2}(?:content|reply|response|output|answer|message"
        r"|completion)\b|(?:produced|returned|returns|gave|generated|yielded) (?:no|nothing"
        r"|None|blank|empty)\b|\bchoices (?:is|was|are|were) (?:an? )?empty"
        r"|\bcontent\b (?:is|was|==?) ?(?:null|None|empty|blank|''|\"\")"
        r"|before any (?:token|output|content)|\bcontent=(?:''|None|\"\")(?:,|\)|$)"
        r"|No content in (?:the )?(?:response|message)|Response is empty"
        r"|role['\"]: ?['\"]assistant['\"], ?['\"]content['\"]: ?['\"]{2}"
        r"|['\"]choices['\"]: ?\[\]",
        "possible",
        "a client",
    ),
    signature(
        r"no usable output|empty stream|has no (?:usable )?(?:output|content)\b"
        r"|\bEmpty\w{0,20}(?:Output|Response|Completion|Content)\w{0,10}(?:Error"
        r"|Exception)\b|(?:no|without) (?:a )?finish_reason",
        "possible",
        "a client",
    ),
    signature(
        r"finished the turn, but it did not produce a visible reply|stream ended before a"
        r" terminal response event",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"^\W{0,3}No reply from agent\W{0,3}$|\bNo reply from agent\.",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"dispatch complete \(queuedFinal=false, replies=0\)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"[\"']status[\"']: ?[\"']completed[\"'], ?[\"']output[\"']: ?\[\]|\btextChars=0\b",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        alone(r"stream disconnected before completion"),
        "possible",
        "a program that calls the model",
    ),
    signature(
        r"\bResponse contained no choices\b",
        "likely",
        "a program that calls the model",
    ),
    signature(
        r"(?<!stopReason=stop )\bpayloads=0\b",
        "possible",
        "OpenClaw",
    ),
    signature(
        r"null value for .?choices|\bLLMNoResponseError\b|No generation chunks were returned",
        "likely",
        "a program that calls the model",
    ),
    signature(
        r"finish_reason['\"]: ?['\"]length['\"].{0,120}?['\"]content['\"]: ?['\"]{2}",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\bLengthFinishReasonError\b",
        "likely",
        "a program that calls the model",
    ),
    signature(
        r"^\W{0,3}no output\W{0,3}$|'NoneType' object has no attribute '(?:strip|content"
        r"|choices|startswith)'",
        "possible",
        "a program that calls the model",
    ),
)
