"""The rules that identify OC005 in texts, and the advice for each form."""

from __future__ import annotations

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

_PUBLIC = (
    "provider:? '?(?:openai|google|brave|tavily|exa|xai|vllm|zai|opencode|github|fal"
    r"|firecrawl|deepgram)(?![\w-])"
)
"""Built-in providers of OpenClaw that have their own keys."""

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        r"(?:ing|\*{3}) env var[^']{0,20}'(?P<variable>[A-Z_]\w{0,80})'(?:[\w ]{2,14}t "
        r"(?:config path: )?(?P<path>[\w.-]{1,200}))?",
        advice="unset",
    ),
    rule(
        "certain",
        "OpenClaw",
        "MissingEnvVarError|feature using this value will be"
        "|apiKey'? is required when defining custom",
        advice="unset",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"Environment variable (?:'(?P<variable>[A-Z_][A-Z0-9_]{0,80})'|\w{0,60}(?:KEY|TOKEN"
        r"|SECRET)) is missing or empty",
        advice="unset",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"(?:'(?P<variable>[A-Z_][A-Z0-9_]{0,80})' is )?not allowlisted in secrets\.providers",
        advice="allowlist",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"Secret provider '(?P<provider>[\w-]{1,60})' (?:is|has source|exceeded"
        r"|plugin)|provider 'default' not configured",
        advice="store",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"\b(?:Exec|File) provider '(?P<provider>[\w-]{1,60})' (?:produced no|timed out"
        r"|exited|returned)|\bJSON pointer segment\b",
        advice="command",
    ),
    rule(
        "likely",
        "OpenClaw",
        "character in header content|is an invalid header value|invalid header field value",
        "authorization|bearer|api-?key",
        alone=True,
        advice="ends",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"\bsecretref-(?:managed|env)\b|__OPENCLAW_|redaction placeholder|Secret sentinel \S"
        r"|provided: (?:secretre|__\w)\S{0,20}\*",
        advice="marker",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"SecretRef\b(?: '(?P<reference>[\w:./-]{1,120})')?|\bsecret ref(?:erence)?\b",
        "unresolved|not (?:be )?(?:reso|mater|allow)|couldn't be|resolve[ds]? to"
        "|lution failed|unavail|must mat|is (?:empty|inv)",
        unless="redaction",
        advice="secretref",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"failed to resolve secrets from|\bSECRET(?:S_(?:REL|GATE)|_SURFACE)\w"
        r"|secrets are unavailable|SecretRef\w{0,20}Error",
        advice="secretref",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"support (?:secrets\.resolve|command-scoped secret)|secrets\.resolve failed"
        r"|unresolved in the active",
        advice="secretref",
    ),
    rule(
        "certain",
        "OpenClaw",
        "not compatible with the selected model route"
        "|credentials are incompatible with the selected",
        advice="auth",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"No route-compatible authentication source is configured for "
        r"(?P<provider>[\w-]{1,60})|compatible credential source",
        advice="key",
    ),
    rule(
        "likely",
        "OpenClaw",
        "the selected model route requires (?:api-key|subscription)"
        "|Explicit auth order (?:for|has)|excluded_by_auth_order",
        advice="profile",
    ),
    rule(
        "certain",
        "a server that speaks OpenAI's API",
        r"\b(?:Received(?! Model)|provided|passed)\b",
        r"[=:] ?'?(?P<reference>os\.environ\S{0,80}|\$\{?[A-Z*][\w*]{0,80}\}?"
        r"|(?-i:[A-Z]{2,20}_[A-Z_*]{0,60}(?:KEY|TOKEN)))",
        advice="literal",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"(?:Authorization|Bearer)\W{1,4}(?:Bearer )?(?P<reference>\$\{(?:env:|LITE|AZURE"
        r"|OPEN|PROXY)\w{0,80}|os\.environ|__env__)",
        advice="literal",
    ),
    rule(
        "likely",
        "OpenClaw",
        "api[ _]?key",
        r"\$\{?\w|\benv:\w|__env__",
        r"\bliteral(?:ly)?\b|\bverbatim\b|\bas[- ]is\b",
        advice="literal",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"sign in to (?P<provider>[\w.-]{1,60})\. Your saved login looks expired",
        "No API key found",
        unless=_PUBLIC,
        advice="login",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"No (?:API key|auth)s? (?:\w{5,10} )?for [^']{0,16}'?(?P<provider>[\w-]{0,40}(?:lite"
        r"|azur|cust|proxy|found)[\w./-]{0,60})",
        advice="key",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"No (?:API keys?|auth) (?:found |resolved |configured "
        r"|available )?for provider:? ['<]?(?P<provider>[\w./-]{1,80})",
        unless=_PUBLIC,
        alone=True,
        advice="key",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Missing (?:auth\W{1,6}(?P<provider>[\w-]{1,60})\b.{0,20}Run .|API key for the selected)"
        r"|No credentials found for profile",
        alone=True,
        advice="key",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Per-entry apiKey '|Configured API key (?:could not|references)"
        r"|Auth reason \[(?:missing_credential|unresolved)",
        advice="profile",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Azure OpenAI API key is required\. Set AZURE_OPENAI_API_KEY",
        advice="azure",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"No (?:API keys?|auth) (?:\w{5,10} )?for |Missing API key for provider"
        r"|OpenAI API key is required\. Set",
        advice="key",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"(?-i:\b[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{2,60})\W{1,3}(?:environment variable )?(?:is"
        r"|was) (?:missing|not set|unset|empty)",
        alone=True,
        advice="unset",
    ),
    rule(
        "possible",
        "a server that speaks OpenAI's API",
        r"^\W{0,3}(?:\w{4,7}:? )?\W{0,3}401:? (?:Unauthorized:? )?(?:Incorrect"
        r"|Invalid) (?:API key|token)(?: provided)?\W{0,4}$",
        advice="literal",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"\bauth_unavailable\b|ProviderAuthError|Authorization Not Found|n an inactive"
        r"|entials are missing|load environment files",
        advice="key",
    ),
)

_RESTART = ("openclaw gateway restart",)


def _with_key(do: str, run: tuple[str, ...] = _RESTART, when: str = "") -> Advice:
    """Return advice with the line that sets the provider's key, for the proxy and for Azure."""
    azure = Advice(do, 'apiKey: "${AZURE_OPENAI_API_KEY}",', run)
    return Advice(do, 'apiKey: "${LITELLM_MASTER_KEY}",', run, straight=azure, when=when)


ADVICE = {
    "unset": Advice(
        "<variable> does not reach the program that reads openclaw.json. A shell's export does not "
        "reach the Gateway's service. Put your existing value into ~/.openclaw/.env, which "
        "OpenClaw always reads, and restart the Gateway. In a container, pass the variable to the "
        "service instead (`environment:` or `env_file:` in the compose file).",
        "<variable>=<the value that you have>",
        _RESTART,
        when=r"load environment files",
    ),
    "literal": _with_key(
        "OpenClaw sent the reference itself as the key. If the reference is ${NAME} in capitals, "
        "OpenClaw's own syntax, the variable is not set for the Gateway: put it into "
        "~/.openclaw/.env. OpenClaw does not support any other syntax (os.environ/NAME, env:NAME, "
        "${env:NAME}, ${NAME:-default}, a bare NAME): write the reference as below.",
    ),
    "key": _with_key(
        "OpenClaw has no key for <provider>. If models.providers contains this provider, add an "
        "apiKey and set the variable in ~/.openclaw/.env. If it does not, the model name is wrong: "
        "the part before the slash must be a provider that you defined.",
        ("openclaw models status",),
    ),
    "auth": Advice(
        "The provider's `auth` is a login (oauth, token) but its api requires a key, or the other "
        "way round. For a proxy or Azure, remove `auth` or set it as below, with an api such as "
        '"openai-completions". This rule applies only to the provider id openai.',
        'auth: "api-key",',
        _RESTART,
    ),
    "login": _with_key(
        "A custom provider has no login that could expire. If the error ends with a missing API "
        "key, OpenClaw has no key for <provider>: add an apiKey in openclaw.json, and set the "
        "variable in ~/.openclaw/.env. Otherwise <provider> answered 401 because its key is not "
        "the one that the server expects.",
    ),
    "entry": _with_key(
        "Add a key to the provider <provider> in openclaw.json. If it already has a key there, the "
        "entry comes from an old agents/<agent>/agent/models.json: move that file away and restart "
        "the Gateway.",
        when="apiKey'? is required when defining custom",
    ),
    "azure": Advice(
        "OpenClaw sends the requests for this model directly to Azure (api: "
        "azure-openai-responses). Add a key to its provider, and set the variable in "
        "~/.openclaw/.env. If the requests should go through LiteLLM, use "
        'api: "openai-completions" and the proxy\'s baseUrl.',
        'apiKey: "${AZURE_OPENAI_API_KEY}",',
        _RESTART,
    ),
    "secretref": Advice(
        "The secret that this reference points to does not exist. For source env, set the variable "
        "in ~/.openclaw/.env. For source file or exec, make sure that secrets.providers contains "
        "the provider and that its file or command returns a value. The reference needs all three "
        "keys:",
        'apiKey: { source: "env", provider: "default", id: "<name of the variable>" },',
        _RESTART,
    ),
    "store": Advice(
        "A reference names the secret provider <provider>, but secrets.providers does not contain "
        "it in this form. Define it there, or use a provider that exists. The provider default "
        "reads environment variables:",
        'secrets: { providers: { default: { source: "env" } } },',
        _RESTART,
    ),
    "command": Advice(
        "The secret provider <provider> returned no value: its command failed or timed out, or its "
        "file has no such entry. Run the command as the Gateway's user, or correct the id of the "
        "reference.",
        run=_RESTART,
    ),
    "ends": Advice(
        "The key contains a character that an HTTP header cannot contain: a newline, a carriage "
        "return or a typographic mark, usually from copying. In ~/.openclaw/.env, write the key "
        "again, and restart the Gateway.",
        'apiKey: "${LITELLM_MASTER_KEY}",',
        _RESTART,
    ),
    "allowlist": Advice(
        "The secret provider returns only the variables in its allowlist. Add this variable in "
        "openclaw.json:",
        'secrets: { providers: { default: { source: "env", allowlist: ["<variable>"] } } },',
        _RESTART,
    ),
    "marker": _with_key(
        "This is the marker that OpenClaw shows in place of a secret. It was saved to a file or "
        "sent as the key. Replace it with a reference (also in agents/<agent>/agent/models.json, "
        "if that file contains the marker), and restart the Gateway.",
    ),
    "gateway": Advice(
        "The running Gateway is older than this command, or does not answer it. Update and restart "
        "the Gateway so that both have the same version.",
        run=("openclaw gateway restart", "openclaw --version"),
        when=r"support (?:secrets\.resolve|command-scoped secret)|secrets\.resolve failed",
    ),
    "profile": _with_key(
        "The provider's key points to a saved profile without a usable key. Save the key again, or "
        "replace the profile's name with a reference.",
        ("openclaw models auth list",),
    ),
    STRAIGHT: Advice(
        "Write the reference in OpenClaw's syntax, and set the variable in ~/.openclaw/.env, which "
        "OpenClaw always reads:",
        'apiKey: "${AZURE_OPENAI_API_KEY}",',
        _RESTART,
    ),
}
