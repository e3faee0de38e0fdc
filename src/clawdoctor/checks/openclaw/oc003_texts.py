"""Signatures of the error texts that mean OC003."""

from __future__ import annotations

from clawdoctor.checks.patterns import alone, near
from clawdoctor.errors.rule import Rule, signature

_PATH = r"(?:models|agents|env|gateway|tools|channels|plugins)"

_ANY_PATH = (
    r"(?:models|agents|env|gateway|tools|channels|plugins|meta|memory|session|logging|diagnostics"
    r"|bindings|messages|commands|skills|browser|hooks|cron|auth|secrets|wizard)"
)

TEXTS: tuple[Rule, ...] = (
    signature(
        r"Unknown config keys?:? .{0,20}?(?P<path>(?:models\.providers"
        r"|agents\.)[^\s,]{1,120})",
        "likely",
        "OpenClaw",
    ),
    signature(
        rf"(?P<path>(?:<root>|{_PATH}(?:\.[^\s:]{{1,120}})?)): Unrecognized keys?: "
        rf"(?P<keys>\"(?!\$include)[^\"]{{1,80}}\")",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Config validation failed: (?P<path>[^\s:]{1,120}): Unrecognized keys?: "
        r"(?P<keys>\"(?!\$include)[^\"]{1,80}\")",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?P<path>models\.providers\.[^\s:]{1,120}): Invalid option: expected one of "
        r"(?P<allowed>\"[^,]{1,400}\")(?:, got: \"(?P<value>[^\"]{1,80})\")?",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"(?P<path>(?:models\.(?:providers|mode)|agents\.(?:defaults|entries"
        r"|list))[^\s:]{0,120}): (?:Invalid (?:input|option|enum value|type|string"
        r"|literal)|Required\b|Expected|Too (?:small|big)|Unrecognized key\(s\))(?:: "
        r"expected (?P<expected>\w{1,20}), received (?P<received>\w{1,20}))?",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"custom model providers must declare (?P<setting>baseUrl|models)",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"\"(?P<value>[\w-]{1,60})\" is a removed api id; use \"(?P<meant>[\w-]{1,60})\"",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Config validation failed: (?![\w.-]{1,120}\.(?:[cm]?[jt]s|json5?|ya?ml|toml|py):)"
        r"(?P<path>[\w.<>\[\]-]{1,120}): (?!Unrecognized "
        r"keys?: \"\$include|Missing env|plugin: failed to parse plugin manifest)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"(?:Invalid config at |OpenClaw config is invalid: |Config invalid File: "
        r")(?P<path>\S{1,200}\.json)(?!.{0,200}(?:JSON5 parse failed|include|Missing "
        r"env var))",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Config(?:uration)? (?:is )?invalid\b(?!.{0,300}(?:JSON5 parse failed|include"
        r"|Missing env var)).{0,200}(?:openclaw|clawdbot|moltbot) (?:doctor|config)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"final-config-validation[\"'].{0,80}?message[\"']: "
        r"?[\"'](?P<problem>.{1,120}?)[\"'],",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"[\"']?baseUrl[\"']? is required when defining custom models",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"Gateway (?:aborted|failed to start|start blocked|refused to "
        r"start)[^.]{0,40}\bconfig(?:uration)? (?:is )?invalid",
        "likely",
        "OpenClaw",
    ),
    signature(
        rf"(?:openclaw|clawdbot"
        rf"|moltbot)\.json\b.{{0,20}}?\b(?P<path>{_ANY_PATH}(?:\.[^\s:]{{1,120}})?): "
        r"(?:Invalid (?:input|option|type)|Required\b|Too (?:small|big))",
        "certain",
        "OpenClaw",
    ),
    signature(
        near(
            rf"(?P<path>\b{_ANY_PATH}\.[^\s:]{{1,120}}): (?:Invalid (?:input|option|type)"
            rf"|Unrecognized key)",
            r"(?:openclaw|clawdbot|moltbot) doctor",
            300,
        ),
        "certain",
        "OpenClaw",
    ),
    signature(
        r"existing config is missing (?P<setting>gateway\.\w{1,30})",
        "certain",
        "OpenClaw",
    ),
    signature(
        r"\bproviders\.(?P<provider>[\w-]{1,60})(?:\.\S{1,80})? missing required property "
        r"['\"]?(?P<setting>baseUrl|models)\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bmodels\.providers\S{1,120}.{0,20}?(?:Expected|Invalid|Required|expected|invalid"
        r"|required)\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Config (?:file )?is invalid; (?:fix it before|cannot validate)|cannot run [\w "
        r"]{1,40}because "
        r"config is invalid|config reload skipped \(invalid config\)",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Config invalid(?: at|:| after [\w /]{1,30}?:?)? "
        r"[(\W]{0,3}(?P<path>\S{1,200}(?:openclaw|clawdbot"
        r"|moltbot)\.json)(?!.{0,200}(?:JSON5 parse failed|include|Missing env var))",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"config (?:auto-)?(?:reload )?restored (?:from )?last-known-good|restored "
        r"openclaw\.json from last-known-good|last-known-good\b.{0,80}invalid-config",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"final config read became invalid|(?:selected|target) config(?:uration)? (?:is still"
        r"|became) "
        r"invalid|config is still invalid after|openclaw\.json failed validation",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Legacy config (?:keys|entries) detected|config moved to (?:channels|agents|models"
        r"|tools)\.\w{1,40}|\(auto-migrated on load\)",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"\b(?:is|are|was|were) (?:legacy\b(?! prov)|removed|renamed|deprecated|retired"
            r"|obsolete)"
            r"|\bno longer (?:supported|valid|recognized)",
            r"Run:? .?(?:openclaw|clawdbot) doctor",
            200,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Provider (?P<provider>[\w./-]{1,80})(?:, model [\w./:-]{1,120})?: (?:model missing "
        r"['\"]?(?P<setting>id|name)|invalid (?:contextWindow|maxTokens)|must specify\b"
        r"|['\"]baseUrl['\"] is required when)",
        "certain",
        "OpenClaw",
    ),
    signature(
        rf"\b(?P<path>{_ANY_PATH}(?:\.[^\s:]{{1,120}})?): "
        rf"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
            r"\b(?:openclaw|clawdbot|moltbot)\b",
            300,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        near(
            r"\b(?:openclaw|clawdbot|moltbot)\b",
            r"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
            200,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        alone(
            r"Unrecognized key(?:s|\(s\))?(?: in object)?: ['\"]|Invalid input: expected "
            r"\w{1,20}, "
            r"received \w{1,20}|Expected (?:object|array|string|number|boolean), received "
            r"(?:undefined|null|string|number|object|array|boolean)"
        ),
        "possible",
        "OpenClaw",
    ),
    signature(
        r"Gateway start blocked: set gateway\.mode",
        "possible",
        "OpenClaw",
    ),
    signature(
        near(
            r"\bmodels?\.providers\b",
            r"\bmissing (?:the )?(?:required )?(?:field|property|key)?s?\b"
            r"|must (?:have|declare|be|contain)\b|\bis (?:required|invalid)"
            r"|validation (?:failed|error)|schema",
            80,
        ),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Gateway\w{0,6}RequestError: invalid config",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bUnknown config keys?\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bConfig invalid; doctor will run\b",
        "likely",
        "OpenClaw",
    ),
    signature(
        near(r"unrecognized_keys", r"['\"](?:models|agents|providers)['\"]", 200),
        "likely",
        "OpenClaw",
    ),
    signature(
        r"Invalid models\.json schema",
        "likely",
        "OpenClaw",
    ),
    signature(
        r"\bproviders?\.models\.\w{1,12} is not a function|\bmodels\.map is not a function",
        "possible",
        "a program that reads OpenClaw's file",
    ),
)
