"""Signatures of the error texts that mean OC114."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature

_REFUSED = (
    r"(?:not (?:be )?(?:supported|recogni[sz]ed|allowed|valid|accepted|permitted|known)|unsupported"
    r"|unrecogni[sz]ed|invalid|unknown|unexpected|reject\w{0,3}|does(?:n't| not) support)"
)

TEXTS: tuple[Rule, ...] = (
    signature(
        r"\brole\b[^.]{0,80}?\bgot ['\"`]?developer\b|\brole\b[^.]{0,60}?Input should "
        r"be.{0,120}?\bdeveloper\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"messages\[\d{1,4}\]\.role['\"]? does not support ['\"]developer",
        "likely",
        "Azure",
    ),
    signature(
        r"\brole\b[^.]{0,60}?(?:unknown variant|invalid|unexpected|not supported"
        r"|unsupported|must be one of)[^.]{0,40}?\bdeveloper\b|(?:unknown|unexpected"
        r"|invalid|unsupported"
        r"|unrecognized)\b[^.]{0,40}?\brole\b[^.]{0,20}?\bdeveloper\b|Input tag "
        r"'developer' found using 'role'|\bdeveloper\b['\"`]? (?:role )?is not (?:one "
        r"of|supported|a valid|allowed(?! to\b))|not support (?:the )?(?:role "
        r")?['\"`]?developer\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"(?:Unknown|Unsupported) parameter: ['\"`](?P<parameter>reasoning_effort"
        r"|stream_options(?:\.include_usage)?|tools\[\d{1,4}\]\.function\.strict)['\"`]",
        "likely",
        "Azure",
    ),
    signature(
        r"does not support reasoning_effort='(?P<effort>\w{1,12})' for this model",
        "possible",
        "LiteLLM",
    ),
    signature(
        r"messages\[\d{1,4}\]\.role['\"]? does not support ['\"]system['\"] with this "
        r"model",
        "possible",
        "Azure",
    ),
    signature(
        r"Unsupported value: 'stream' does not support true with this model",
        "possible",
        "Azure",
    ),
    signature(
        alone(
            rf"\bdeveloper\b['\"`]? (?:message )?role\b[^.]{{0,60}}{_REFUSED}(?! to\b)"
            rf"|{_REFUSED}\b[^.]{{0,40}}\bdeveloper\b['\"`]? (?:message )?role"
        ),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(r"\bsupportsDeveloperRole\b", "likely", "OpenClaw"),
    # Zhipu: "the role is not right".
    signature("角色信息不正确", "possible", "another server that speaks OpenAI's API"),
    signature(
        near(r"\bstream_options\b", rf"{_REFUSED}|Extra inputs", 80),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(rf"{_REFUSED}|Extra (?:inputs|parameters|fields)", r"\bstream_options\b", 60),
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        near(
            r"\breasoning_effort\b|\bfunction\.strict\b",
            r"(?:is|are) not (?:supported|allowed|permitted)|Extra inputs|unsupported"
            r"|unrecognized|unknown (?:field|parameter)",
            80,
        ),
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"(?:Unexpected|Unknown|Unsupported|Invalid) (?:message )?role\W{1,6}developer\b",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\bstrict['\"`\])]{0,3} ?[:,-] ?.{0,20}Extra inputs are not permitted"
        r"|(?:property|parameter|field|argument) ['\"`]?strict['\"`]? (?:is )?(?:unsupported"
        r"|not)",
        "likely",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"\brole['\"]?\W{1,4}Input should be ['\"](?:system|user)|\bsystem role (?:is )?not "
        r"supported",
        "possible",
        "a server that speaks OpenAI's API",
    ),
    signature(
        r"Thinking level \W{0,2}\w{1,10}\W{0,2} is only supported for",
        "possible",
        "OpenClaw",
    ),
)
