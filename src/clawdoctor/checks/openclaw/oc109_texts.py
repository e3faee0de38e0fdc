"""The rules that identify OC109 in texts, and the advice for each form."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        r"Unable to materialize openai/|Found agents\.defaults\.models\['"
        r"|no matching models\.providers\[",
        advice="entry",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Unknown model:? '?(?P<provider>[\w.-]{1,80})/(?P<model>[\w./:-]{0,120}\w)",
        unless="requires authentication",
        advice="unknown",
    ),
    rule(
        "certain",
        "OpenClaw",
        r"Model '(?P<model>[^'/]{1,120})' (?:specified without provider"
        r"|could not be resolved\. Falling back)",
        advice="prefix",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"(?:t model: anthropic/"
        r"|not_found_error\W{1,5}(?:\w{7}\W{1,5})?model: )(?P<model>(?:gpt|o\d|azure"
        r"|lite)[\w./:-]{1,80})",
        advice="prefix",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\bagents\.defaults\.model\b|\bmodel (?:ref|id|reference)\b",
        r"(?:no|without|missing) (?:a |the |its )?\w{0,12} ?(?:or )?provider\b"
        r"|Invalid model reference(?:: | ?')|model ref\w{6} '",
        advice="reference",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"\bconfigured,missing\b|model not found(?:\)|: .{1,90}\. U| in c)"
        r"|models match pattern|Unrecognized model '|ed model cat",
        advice="listed",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"Stored model override (?P<model>\S{1,160}) is stale"
        r"|odel switch (?:failed a|could n)|agent has no configured model",
    ),
    rule("likely", "OpenClaw", r"No (?:agent )?model (?:is )?configured(?: for agent)?\b"),
    rule(
        "likely",
        "OpenClaw",
        r"\b(?:model|provider)\b",
        r"\bnot (?:\w{5,10} )?(?:in|under) (?:the )?'?(?:models\.providers|openclaw\.json)"
        r"|unknown provider '?\S{1,60}'? for model",
        unless="SecretRef|env var|JSON|apiKey",
        advice="unknown",
    ),
    rule(
        "possible",
        "OpenClaw",
        "No API key found for provider '(?P<provider>anthropic|openai)'",
        advice="fallback",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"Unknown .{0,6}provider:? '?(?P<provider>[\w-]{0,40}(?:lite|azure"
        r"|custom-)[\w-]{0,60})|model: (?P<x>\w{2,40})/(?P=x)[:/]",
        unless="Loaded providers",
        advice="unknown",
    ),
    rule(
        "possible",
        "OpenClaw",
        r"^\W{0,4}(?:\w{5,20}: )?Unknown model: '?[\w.:-]{1,80}'?.?$"
        r"|Model '[\w./:-]{1,160}' not found(?!\. Fell)|\w requires auth",
        advice="listed",
    ),
)

_LIST = ("openclaw models list",)

ADVICE = {
    "other-id": Advice(
        "The id of a model of the provider openai begins with openai/. Write the id without this "
        "prefix, and the agent's model with the prefix once:",
        'id: "<model>"                                # in models.providers.openai.models\n'
        'model: { primary: "openai/<model>" },        # in the agent',
        _LIST,
        when=r"Unable to materialize (?P<provider>openai)/(?P<model>\S{1,160}) for its",
    ),
    "unknown": Advice(
        "openclaw.json does not define the provider <provider>. If the name is misspelled, correct "
        "it in the agent's model. If the provider is missing, define it. This includes litellm, of "
        "which OpenClaw knows only the name:",
        "models: { providers: { <provider>: {\n"
        '  baseUrl: "http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}",\n'
        '  api: "openai-completions",\n'
        '  models: [{ id: "<model>", name: "<model>" }],\n'
        "} } },",
        _LIST,
        straight=Advice(
            "openclaw.json does not define the provider <provider>. If the name is misspelled, "
            "correct it in the agent's model. If the provider is missing, define it. The id of the "
            "model is its deployment name:",
            "models: { providers: { <provider>: {\n"
            '  baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",\n'
            '  apiKey: "${AZURE_OPENAI_API_KEY}", api: "azure-openai-responses",\n'
            '  models: [{ id: "<model>", name: "<model>" }],\n'
            "} } },",
            _LIST,
        ),
    ),
    "prefix": Advice(
        "OpenClaw put a built-in provider before <model>, because the name has no provider. Write "
        "the provider from models.providers before the slash, wherever the agent, a cron job or a "
        "session uses the model:",
        'model: { primary: "litellm/<model>" },',
        _LIST,
        straight=Advice(
            "OpenClaw put a built-in provider before <model>, because the name has no provider. "
            "Write the provider from models.providers before the slash, wherever the agent, a cron "
            "job or a session uses the model:",
            'model: { primary: "azure-openai/<model>" },',
            _LIST,
        ),
        when=(
            r"Unknown model:? '?anthropic/(?P<model>(?!claude|anthropic)[\w.:-]{1,120}\w)"
            r"|specified without provider|Falling back"
        ),
    ),
    "entry": Advice(
        "agents.defaults.models contains aliases and parameters, and in older versions the allowed "
        "models, but does not define models. Add the model to its provider as well:",
        "models: { providers: { <provider>: { models: [\n"
        '  { id: "<model>", name: "<model>" },\n'
        "] } } },",
        _LIST,
        when=(
            r"Found agents\.defaults\.models\['(?P<provider>[\w.-]{1,80})/(?P<model>[^']{1,120"
            r"})'|no matching models\.providers"
        ),
    ),
    "listed": Advice(
        "OpenClaw's list does not contain this model. Show the list and use one of its models, or "
        "add the model to the models of its provider in openclaw.json:",
        'models: [{ id: "<model>", name: "<model>" }],',
        _LIST,
    ),
    "session": Advice(
        "This model is set in the session, not in the file, and it no longer exists or does not "
        "answer. Choose a model again in the chat with /model, or start a new session with /new.",
        run=_LIST,
        when=r"override \S{1,160} is stale|model switch (?:failed after|could)",
    ),
    "none": Advice(
        "No agent has a model. Set a model of a provider that you defined:",
        'agents: { defaults: { model: { primary: "litellm/gpt-5.2" } } },',
        _LIST,
        straight=Advice(
            "No agent has a model. Set a model of a provider that you defined:",
            'agents: { defaults: { model: { primary: "azure-openai/<name of the deployment>" } } '
            "},",
            _LIST,
        ),
        when=r"model (?:is )?configured(?: for agent)?\b|has no configured model",
    ),
    "reference": Advice(
        "Write a model as provider/model, without spaces. The provider must be in "
        "models.providers:",
        "",
        ("openclaw models set litellm/gpt-5.2",),
        straight=Advice(
            "Write a model as provider/model, without spaces. The provider must be in "
            "models.providers. For Azure without a proxy, the model is the deployment name.",
            run=_LIST,
        ),
    ),
    "fallback": Advice(
        "If you do not use <provider>, a model is set without your provider, so an agent, a cron "
        "job or memory search falls back to <provider>. Write your provider before the slash "
        "(memory.search has its own setting). If you do use <provider>, save its key.",
        'model: { primary: "<name of your provider>/<model>" },',
        ("openclaw models status",),
    ),
}
