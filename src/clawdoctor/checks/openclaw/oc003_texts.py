"""Rules for the texts that mean OC003, and what to do about each form of them."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

_OTHER_FAULT = r"JSON5|include|Missing env|manifest"
"""What OpenClaw also reports as an invalid config, and other checks explain."""
_ELSEWHERE = r"ig at (?!\S{0,99}(?:claw|molt))[/~]"
"""The file of a program that was made from OpenClaw, or reports faults in its words."""

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
        r"|\(auto-migrated on load\)",
        advice="legacy",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\b(?:is|are|was|were) (?:legacy\b(?! prov)|removed|renamed|deprec|retired|obsolete)"
        r"|\bno longer (?:supp|valid|recog)",
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
    rule("likely", "OpenClaw", r"\bUnknown config keys?\b", advice="unknown"),
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
        r"config(?:uration)? (?:file )?is (?:still )?invalid|final[- ]config[- ](?:valid"
        r"|read)|validation after|w\.json is invalid",
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
        r"Unrecognized key(?:s|\(s\))?(?: in object)?: '|\bexpected (?:one of|\w{1,20}, rec)"
        r"|models\.\w{1,12} is not a function",
        alone=True,
        advice="where",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"required property '(?:baseUrl|models)|^\W{0,4}Config(?:uration)? (?:is )?(?:invalid"
        r"|valid\w{5} f)|ss exited before becoming",
        alone=True,
        advice="where",
    ),
)

_VALIDATE = ("openclaw config validate",)

ADVICE = {
    "key": Advice(
        "OpenClaw does not know <keys> in <path>. Correct the spelling (apiKey, baseUrl, "
        "contextWindow), move it to where it belongs, or take it out. If a guide or a newer "
        "OpenClaw wrote it, update OpenClaw instead. `openclaw doctor --fix` deletes it.",
        run=_VALIDATE,
    ),
    "root": Advice(
        "<top> may not stand at the top of openclaw.json: take it out (this version may no longer "
        "know it), or move it. Providers belong in models, models of agents in agents:",
        "models: { providers: { <provider>: { ... } } },\n"
        'agents: { defaults: { model: { primary: "<provider>/<model>" } } },',
        _VALIDATE,
        when=r"<root>(?:: |\W{1,4}message\W{1,4})Unrecognized keys?(?:: '(?P<top>[^']{1,80})')?",
    ),
    "env": Advice(
        "Variables stand one level deeper since 2026. Write env so, or set the variable in "
        "~/.openclaw/.env:",
        'env: { vars: { <keys>: "..." } },',
        _VALIDATE,
        when=r"\benv(?:: |\W{1,4}message\W{1,4})Unrecognized key",
    ),
    "removed": Advice(
        "This value of api has another name now. In the provider or model that the text names:",
        'api: "<meant>",',
        _VALIDATE,
    ),
    "api": Advice(
        "Set <path> to one of the values that the text lists. For a LiteLLM proxy that is "
        "openai-completions, whatever model is behind it:",
        'api: "openai-completions",',
        _VALIDATE,
        straight=Advice(
            "Set <path> to one of the values that the text lists. For OpenClaw straight to Azure "
            "that is azure-openai-responses; if it is not in the list, update OpenClaw.",
            'api: "azure-openai-responses",',
            _VALIDATE,
        ),
    ),
    "name": Advice(
        "Each entry of models needs an id and a name. In the provider that the text names:",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2" }],',
        _VALIDATE,
    ),
    "declare": Advice(
        "A provider with an id of your own needs a baseUrl and models. For a LiteLLM proxy:",
        'baseUrl: "http://127.0.0.1:4000/v1",\nmodels: [{ id: "gpt-5.2", name: "GPT-5.2" }],',
        _VALIDATE,
        straight=Advice(
            "A provider with an id of your own needs a baseUrl and models. Straight to Azure:",
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",\n'
            'api: "azure-openai-responses",\n'
            'models: [{ id: "<name of the deployment>", name: "GPT-5.2" }],',
            _VALIDATE,
        ),
    ),
    "entry": Advice(
        "Complete the provider <provider> in openclaw.json: baseUrl, and models whose entries "
        "have an id, a name and whole numbers above 0 for contextWindow and maxTokens. If "
        "openclaw.json is right, the entry comes from an old agents/<agent>/agent/models.json: "
        "move that away.",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2", contextWindow: 272000, maxTokens: 16384 }],',
        _VALIDATE,
    ),
    "type": Advice(
        "The value of <path> has the wrong form; the text says what OpenClaw expects there. "
        "Models are a list of objects, and the models of an agent an object:",
        'models: [{ id: "gpt-5.2", name: "GPT-5.2" }],\n'
        'agents: { defaults: { model: { primary: "<provider>/<model>" } } },',
        _VALIDATE,
    ),
    "value": Advice(
        "OpenClaw does not accept the value of <path>; the text says what it expects, and the "
        "command below lists the values that are allowed. An unknown name of a provider there "
        "often "
        "means that it belongs to a plug-in or to another version: take the entry out, or update.",
        run=_VALIDATE,
    ),
    "gateway": Advice(
        "The file does not say how the Gateway runs. If you have just lost the rest of the file, "
        "restore openclaw.json.bak first.",
        run=("openclaw config set gateway.mode local",),
    ),
    "legacy": Advice(
        "These entries were moved in a newer version. OpenClaw moves them itself:",
        run=("openclaw doctor --fix",),
    ),
    "restored": Advice(
        "OpenClaw found the edited file invalid and put the last good one back: your change is "
        "lost, and kept beside it as openclaw.json.clobbered.*. Make the change again, and ask "
        "OpenClaw before you restart it:",
        run=_VALIDATE,
    ),
    "unknown": Advice(
        "Correct the keys that the text lists, or let `openclaw doctor --fix` delete them. Older "
        "versions of OpenClaw had some of them: their settings are then without effect.",
        run=_VALIDATE,
    ),
    "where": Advice(
        "OpenClaw refuses the whole file for one entry. Ask it which: it names the line, the key "
        "and what it expects. Correct that entry (a misspelt key, a key one level too high, a "
        "string where an object belongs).",
        run=_VALIDATE,
    ),
}
