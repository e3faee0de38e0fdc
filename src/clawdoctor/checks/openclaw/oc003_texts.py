"""The rules that identify OC003 in texts, and the advice for each form."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

_OTHER_FAULT = r"JSON5|include|Missing env|manifest"
"""What OpenClaw also reports as an invalid config but other checks explain."""
_ELSEWHERE = r"ig at (?!\S{0,99}(?:claw|molt))[/~]"
"""The file of a fork of OpenClaw, or of a program that uses the same error texts."""

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        r"(?P<path>\b(?!error\b)[a-z]\w{1,20}(?:\.[^\s:']{1,99})?"
        r"|<root>): Unrecognized keys?: (?P<keys>'(?!\$include)[^']{1,80}')",
        unless=_ELSEWHERE,
        advice="key",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"'(?P<value>[\w-]{1,60})' is a removed api id; use '(?P<meant>[\w-]{1,60})'",
        advice="removed",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"(?:(?P<path>models\.providers\.[^\s:]{1,100}api)(?:: "
        r"|\W{1,4}message\W{1,4}))?Invalid (?:option|input)",
        r"\.api(?:: |\W{1,4}message\W{1,4})|expected one of 'openai-",
        advice="api",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"(?P<path>models\.\d{1,3}\.(?P<setting>id|name))(?:: "
        r"|\W{1,4}message\W{1,4})(?:Required|Invalid input)",
        r"models\.providers",
        advice="name",
    ),
    rule(
        "certain",
        "OpenClaw",
        "custom model providers must declare (?P<setting>baseUrl|models)"
        "|missing required property '?(?:baseUrl|models)",
        advice="declare",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"Provider '?(?P<provider>[\w./-]{1,80})(?:, model [\w./:-]{1,120})?: ",
        r"model missing '?(?:id|name)|invalid (?:contextWindow|maxTokens)|must specify\b"
        r"|'baseUrl' is required when",
        advice="entry",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"(?P<path>models\.providers\.[\w-]{1,60}\.models(?:\.\d{1,3})?"
        r"|agents\.[\w.-]{0,80}\.model): (?:Inv|Req|Exp|Too [sb])",
        advice="type",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"(?P<path>\b(?!error\b|level\b)[a-z]\w{1,20}(?:\.[^\s:']{1,120})?"
        r"|<root>): (?:Invalid |Required\b|Expected|Too [sb])",
        r"\b(?:models\.(?:providers|mode)|agents\.(?:d|l|e))|\b(?:openclaw|clawdbot)\b"
        r"|invalid config|Problem:",
        unless=f"{_OTHER_FAULT}|{_ELSEWHERE}",
        advice="value",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"existing config is missing (?P<setting>gateway\.\w{1,30})",
        advice="gateway",
    ),
    rule("possible", "OpenClaw", r"Gateway start blocked: set gateway\.mode", advice="gateway"),
    rule(
        "likely",
        "OpenClaw",
        r"Legacy config (?:keys|entries) detected|config moved to \w{5,8}\.\w"
        r"|\(auto-migrated on load\)|\bUnknown config keys?\b",
        advice="legacy",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\b(?:is|are|was|were) (?:legacy\b(?! prov)|removed|renamed|deprecated|retired|obsolete)"
        r"|\bno longer (?:supported|valid)",
        "Run:? .?(?:openclaw|clawdbot) doctor",
        advice="legacy",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"restored (?:from )?(?:openclaw\.json from )?last-known-good"
        r"|last-known-good\b.{0,80}invalid-config",
        advice="restored",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\bconfig(?:uration)? (?:file |is |became |still ){0,3}invalid|\binvalid config\b"
        r"|Config validation failed: (?!\S{1,80}y)",
        r"claw|moltbot|\bGateway|reload skipped|Config invalid(?: at"
        r"| after| File|; )|it before|\bchannels\.",
        unless=f"{_OTHER_FAULT}|{_ELSEWHERE}",
        advice="where",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"config\w{0,7}(?: file)? is (?:still )?invalid|final.config.(?:va|read)"
        r"|validation after|w\.json (?:is )?(?:inv|not v|fa)",
        unless=f"{_OTHER_FAULT}|{_ELSEWHERE}",
        advice="where",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Unrecognized[ _]keys?(?:\(s\))?\b(?!: '\$include)",
        r"\b(?:openclaw|clawdbot|moltbot)\b|'(?:models|agents|providers)'",
        advice="where",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Invalid models\.json schema|\bmodels?\.providers\b",
        r"\b(?:missing|must|required|invalid|schema|expected)\b",
        r"['/.](?:models|agents|providers)\b",
        unless="JSON5|include|Missing env var|plugin manifest|no matching|SecretRef|apiKey"
        "|is not in",
        advice="where",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"Unrecognized key\W?s?\W?(?: in object)?: '|\bexpected (?:one of|\w{1,20}, received)"
        r"|models\.\w{1,12} is not a function",
        alone=True,
        advice="where",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"required property '(?:baseUrl|models)|^\W{0,4}Config(?:uration)? (?:is )?(?:invalid"
        r"|valid\w{5} f)|exited before becoming",
        alone=True,
        advice="where",
    ),
)

_VALIDATE = ("openclaw config validate",)

ADVICE = {
    "key": Advice(
        "OpenClaw does not know <keys> in <path>. Correct the spelling (apiKey, baseUrl, "
        "contextWindow), move the key to where it belongs, or remove it. If the key comes from a "
        "guide or from a newer OpenClaw, update OpenClaw instead. `openclaw doctor --fix` deletes "
        "the key.",
        run=_VALIDATE,
    ),
    "api": Advice(
        "Set <path> to one of the values that the error lists. For a LiteLLM proxy, the right "
        "value is openai-completions, whatever the model:",
        'api: "openai-completions",',
        _VALIDATE,
        straight=Advice(
            "Set <path> to one of the values that the error lists. If OpenClaw sends its requests "
            "directly to Azure, the right value is azure-openai-responses. If the list does not "
            "contain this value, update OpenClaw.",
            'api: "azure-openai-responses",',
            _VALIDATE,
        ),
        when=r"(?P<path>\bmodels\.providers\.[^\s:']{1,120}\.api): Invalid (?:option|input|enum)",
    ),
    "root": Advice(
        "<top> is not allowed at the top level of openclaw.json. Remove it (this version may no "
        "longer support it), or move it. Providers belong in models, and the models of agents "
        "belong in agents:",
        "models: { providers: { <provider>: { <its settings> } } },\n"
        'agents: { defaults: { model: { primary: "<provider>/<model>" } } },',
        _VALIDATE,
        when=r"<root>(?:: |\W{1,4}message\W{1,4})Unrecognized keys?(?:: '(?P<top>[^']{1,80})')?",
    ),
    "env": Advice(
        "Since 2026, variables are one level deeper. Write env as below, or set the variable in "
        "~/.openclaw/.env:",
        'env: { vars: { <name>: "<value>" } },',
        _VALIDATE,
        when=r"\benv(?:: |\W{1,4}message\W{1,4})Unrecognized key",
    ),
    "removed": Advice(
        "This value of api was renamed. Set api in the provider or model that the error names:",
        'api: "<meant>",',
        _VALIDATE,
    ),
    "name": Advice(
        "Each entry of models needs an id and a name. Add them in the provider that the error "
        "names:",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2" }],',
        _VALIDATE,
    ),
    "declare": Advice(
        "A provider with a custom id needs a baseUrl and models. For a LiteLLM proxy:",
        'baseUrl: "http://127.0.0.1:4000/v1",\nmodels: [{ id: "gpt-5.2", name: "GPT-5.2" }],',
        _VALIDATE,
        straight=Advice(
            "A provider with a custom id needs a baseUrl and models. For Azure without a proxy:",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",\n'
            'api: "azure-openai-responses",\n'
            'models: [{ id: "<name of the deployment>", name: "GPT-5.2" }],',
            _VALIDATE,
        ),
    ),
    "entry": Advice(
        "Complete the provider <provider> in openclaw.json. It needs a baseUrl, and each entry of "
        "its models needs an id, a name, and whole numbers above 0 for contextWindow and "
        "maxTokens. If openclaw.json is correct, the entry comes from an old "
        "agents/<agent>/agent/models.json: move that file away.",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2", contextWindow: 272000, maxTokens: 16384 }],',
        _VALIDATE,
    ),
    "type": Advice(
        "The value of <path> has the wrong type. The error says what OpenClaw expects. The models "
        "of a provider are a list of objects, and the model of an agent is an object:",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2" }],\n'
        'agents: { defaults: { model: { primary: "<provider>/<model>" } } },',
        _VALIDATE,
    ),
    "absent": Advice(
        "Write the whole provider in openclaw.json at once: <path> is missing or empty. "
        "`openclaw config set` with another key of the provider fails until it is there.",
        'models: { providers: { "<provider>": {\n  baseUrl: "http://localhost:4000/v1",\n'
        '  apiKey: "${LITELLM_API_KEY}",\n  api: "openai-completions",\n'
        '  models: [ { id: "<model_name>", name: "<model_name>" } ],\n} } },',
        run=_VALIDATE,
        when=(
            r"(?P<path>models\.providers\.[\w-]{1,60}\.(?:baseUrl|models)): ?"
            r"(?:Invalid input: .{9,24}received und|Too small)"
        ),
    ),
    "value": Advice(
        "OpenClaw does not accept the value of <path>. The error says what OpenClaw expects, and "
        "the command below lists the allowed values. An unknown provider name often belongs to a "
        "plug-in or to another version: remove the entry, or update OpenClaw.",
        run=_VALIDATE,
    ),
    "gateway": Advice(
        "The file does not say how the Gateway runs. If the rest of the file has just been lost, "
        "restore openclaw.json.bak first.",
        run=("openclaw config set gateway.mode local",),
    ),
    "legacy": Advice(
        "A newer version of OpenClaw moved these entries. OpenClaw can move them for you:",
        run=("openclaw doctor --fix",),
    ),
    "restored": Advice(
        "The edited file was invalid, so OpenClaw restored the last valid one. Your change is now "
        "in openclaw.json.clobbered.*, next to openclaw.json. Make the change again, and validate "
        "the file before you restart OpenClaw:",
        run=_VALIDATE,
    ),
    "unknown": Advice(
        "Correct the keys that the error lists, or let `openclaw doctor --fix` delete them. Older "
        "versions of OpenClaw supported some of these keys; they no longer have any effect.",
        run=_VALIDATE,
        when=r"\bUnknown config keys?\b",
    ),
    "where": Advice(
        "OpenClaw rejects the whole file because of one entry. The command below shows the line, "
        "the key and the expected value. Correct that entry: it may be a misspelled key, a key one "
        "level too high, or a string where an object belongs.",
        run=_VALIDATE,
    ),
}
