"""The texts that identify LL003, and the advice for each form of it."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule

TEXTS = (
    rule(
        "certain",
        "LiteLLM",
        "Config cannot be None or Empty|Included (?:config )?file (?:not found"
        "|is not a YAML mapping): ",
        advice="empty",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"Config file not found: (?P<path>(?!/app/)\S{1,200}\.ya?ml)",
        file="litellm",
        advice="missing",
    ),
    rule(
        "certain",
        "LiteLLM",
        r"_ConfigStartupOutputSettings\s{1,4}(?P<setting>\w{1,40})",
        advice="section",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"validation errors? for (?:LiteLLM_Params|UpdateRouterC|ModelParams"
        r"|Deployment (?:litellm|model)_|dict\[str,nullable\[)",
        unless="ignoring and continuing",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"KeyError: 'litellm_params'|lm_params not provided|set on Proxy\. "
        r"|\w_settings\.\w{1,40} must be|a dictionary.{0,40}fallb",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"\b(?:load_(?:team_)?config|set_model_list|initialize_callbacks_on_proxy)\b",
        r"(?:Attribute|Type)Error: (?:'(?P<type>\w{1,12})' object|string indices)",
        unless="master_key",
        by="litellm",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"Router\.__init__\(\) got an unexpected keyword argument '(?P<setting>\w{1,60})",
        advice="router",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"'host' or 'url' must be specified for redis|Redis configuration: REDIS_"
        r"|Unsupported cache type '(?P<type>[\w-]{1,40})",
        advice="cache",
    ),
)

ADVICE = {
    "empty": Advice(
        "LiteLLM read a file that is empty or contains only comments. Check the file that --config"
        " points to, inside the container if you use one. Your editor may not have saved it, or the"
        " container may mount a different file from the one you edit. If it is the right file, add"
        " a model_list to it:",
        "model_list:\n"
        "  - model_name: gpt-4o\n"
        "    litellm_params:\n"
        "      model: azure/my-gpt4o\n"
        "      api_base: https://my-resource.openai.azure.com\n"
        "      api_key: os.environ/AZURE_OPENAI_API_KEY",
        run=("docker compose exec litellm cat /app/config.yaml",),
    ),
    "include": Advice(
        "Correct the name under include in litellm_config.yaml. The path is relative to the folder"
        " of that file, and the included file must also contain keys and values. In a container,"
        " mount each included file too:",
        "include:\n  - model_config.yaml",
        when=r"Included (?:config )?file [^:]{1,30}: (?P<path>\S{1,200})",
    ),
    "missing": Advice(
        "Start LiteLLM in the folder of the file, or pass the full path. A systemd unit needs the"
        " full path too:",
        run=('litellm --config "$HOME/litellm_config.yaml" --port 4000',),
    ),
    "section": Advice(
        "<setting> in litellm_config.yaml must contain keys and values. Remove the dashes before"
        " them:",
        "<setting>:\n  drop_params: true",
    ),
    "router": Advice(
        "LiteLLM's router does not support the setting <setting>. Remove it from router_settings"
        " in litellm_config.yaml, or correct its spelling, such as fallbacks with an s:",
        'router_settings:\n  fallbacks:\n    - gpt-5.2: ["gpt-4o-mini"]',
    ),
    "cache": Advice(
        "If the host is missing, set the cache's server in litellm_config.yaml, or set REDIS_HOST"
        " or REDIS_URL where the proxy runs. If this LiteLLM does not support the cache type, use"
        " a type that the error text lists. If you do not need a cache, remove cache and"
        " cache_params.",
        "litellm_settings:\n"
        "  cache: true\n"
        "  cache_params:\n"
        "    type: redis\n"
        "    host: redis\n"
        "    port: 6379",
    ),
}
