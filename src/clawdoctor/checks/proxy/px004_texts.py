"""The error texts of PX004, and the advice for each."""

from __future__ import annotations

from clawdoctor.checks.proxy.admin import POST
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule

ADVICE = {
    STRAIGHT: Advice(
        "The model's id in openclaw.json must exactly match the name of a deployment of the "
        "Azure resource. List the deployments:",
        "az cognitiveservices account deployment list -g <group> -n <resource> -o table",
    ),
    "prefix": Advice(
        'OpenClaw sends the prefix "<prefix>" with the name, but the proxy knows its models by '
        "model_name. In openclaw.json, write the provider and a slash only in the agent's "
        "model, not in models[].id:",
        'models: [{ id: "<name>", name: "<name>" }],\n'
        'agents: { defaults: { model: { primary: "<provider>/<name>" } } },',
        when=(
            r"name passed in model=(?P<model>(?P<prefix>litellm|openai"
            r"|azure[\w-]{0,40})/(?P<name>[\w.:/-]{0,100}\w))"
        ),
    ),
    "nameless": Advice(
        "The request has no model name. If OpenClaw sent the request, set models[].id of the "
        "provider, which is missing or empty. If another program sent it (a chat page, a title "
        "generator, a plug-in), choose a model in its settings. To list the proxy's models:",
        run=(
            'curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/models',
        ),
        when=r"passed in model=(?:None\b|\W|$)|but was None",
    ),
    "embedding": Advice(
        "A program requests embeddings (in OpenClaw, memory search), but the proxy has no "
        "<model>. Add an embedding deployment to model_list in litellm_config.yaml and restart "
        "the proxy, or set memory search to a model that the proxy has:",
        "- model_name: <model>\n"
        "  litellm_params:\n"
        "    model: azure/<name of the embedding deployment>\n"
        "    api_base: os.environ/AZURE_API_BASE\n"
        "    api_key: os.environ/AZURE_API_KEY\n"
        '    api_version: "2024-10-21"',
        when=r"/embeddings: Invalid model name",
    ),
    "dropped": Advice(
        "The proxy has no working deployment for <model>. Search the proxy's log for \"Error "
        'creating deployment", and correct what the log says (an unquoted api_version, a model '
        "without azure/, supported_environments). If litellm_config.yaml does not contain the "
        "model, model_list has a wildcard: add the name, or correct it in openclaw.json.",
    ),
    "key": Advice(
        "This key may not use <model>, even if the proxy has it. Add the model to the key "
        "together with its other models, or use one of the key's models in openclaw.json: the "
        "text lists them. A key without its own models has those of its team or user.",
        f"{POST} http://localhost:4000/key/update "
        '-d "{\\"key\\":\\"$LITELLM_API_KEY\\",\\"models\\":[\\"<model>\\"]}"',
        when=(
            r"can_key_c|(?:key|token|user) not allowed to acc|(?<!team)_model_access"
            r"|Personal key|for this API key|for this customer"
        ),
    ),
    "team": Advice(
        "The team or project of this key may not use <model>, whatever the key itself allows. "
        "Add the model to the team in the proxy's admin UI (Teams) or with this command, "
        "together with its other models. Or use a model of the team in openclaw.json.",
        f"{POST} http://localhost:4000/team/update "
        '-d \'{"team_id":"<team>","models":["<model>"]}\'',
        when=(
            r"can_team_\w|(?:team|member|project|org) not allowed to access model(?:. "
            r"Team=(?P<team>[\w-]{1,80}))?"
        ),
    ),
    "empty": Advice(
        "The proxy runs without any model: it started without --config or with another file, or "
        "its model_list is empty. Start the proxy with --config and your file. In Docker, mount "
        "the file and name it in `command`.",
        run=("litellm --config litellm_config.yaml --port 4000",),
        when=r"not (?:loaded in|initialized)|attribute 'acompletion'",
    ),
    "paused": Advice(
        "An administrator has paused or blocked this model. Enable the model in the proxy's "
        "admin UI (Models), or use another model in openclaw.json.",
        when=r"currently paused",
    ),
    "id": Advice(
        "The request names a deployment by its id, but the proxy has no deployment with this "
        "id. Reload the page, and take the id from /v1/model/info. Ids change when a "
        "deployment in the file changes, and a second instance of the proxy may have other "
        "ids.",
        when=r"Model ID :|Model id =",
    ),
}

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "LiteLLM",
        "Invalid model name passed in|There is no .model_name. with"
        "|available models for your key|ProxyModelNotFoundError",
    ),
    rule("certain", "LiteLLM", "no healthy deployments for", unless="cooldown", advice="dropped"),
    rule(
        "certain",
        "LiteLLM",
        r"\b(?:key|token|user|team|member|project|org) not allowed to access model"
        r"|_model_access_denied|Personal key model",
    ),
    rule("certain", "LiteLLM", r"\bin can_(?:key|team|user|project)_\w{4,8}_model\b"),
    rule(
        "certain",
        "LiteLLM",
        r"model '(?P<model>[\w./:-]{1,90})' is not (?:available for this API key"
        r"|in the allowed models for this customer)",
    ),
    rule(
        "certain",
        "LiteLLM",
        r"model for team (?P<team>[\w-]{1,80}): (?P<model>[\w./:-]{1,90})"
        r"|not allowed to call model=|access to the requested model",
        advice="team",
    ),
    rule(
        "likely",
        "LiteLLM",
        "(?:Router|List) (?:is )?not (?:loaded in|init)|attribute 'acompletion'"
        "|' is currently paused|is required but was None",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"does not exist in Model ID (?:List|map)"
        r"|Model id = \S{1,80} not found on litellm proxy",
    ),
    rule(
        "possible",
        "a server",
        "l is unavailable|find the model|model not found|models avail|healthy deployment"
        "|Model is blocked|exist or (?:you|is not)",
    ),
    rule(
        "possible",
        "LiteLLM",
        r"/(?:chat/completions|responses)\b",
        "400 Bad Request|message='Bad Request'",
        unless="azure",
        alone=True,
    ),
)
