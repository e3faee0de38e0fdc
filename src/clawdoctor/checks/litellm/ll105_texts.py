"""What LL105 is recognised by, and what to do about each form of it."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule

TEXTS = (
    rule(
        "certain",
        "LiteLLM",
        r"LLM provider (?:\w{2,3} )?(?:not provided|you are|for this endpoint)"
        r"(?:.{0,60} passed model=(?P<model>[^\s',]{1,99}))?",
        advice="model",
    ),
    rule(
        "certain",
        "LiteLLM",
        "GetLLMProvider Exception - list index out of range",
        advice="half",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"Unmapped provider|Unable to map (?:your |the custom)|GetLLMProvider Exception"
        "|completion model args|Provider List: https",
        unless="NOT provided",
    ),
    # With a model that it knows from OpenAI, LiteLLM asks OpenAI, with the key that OpenAI needs.
    rule(
        "likely",
        "LiteLLM",
        "OpenAIException",
        r"api_key client option must be set|Please pass an .?api_key|resolve authentication method",
        advice="openai",
    ),
    rule(
        "possible",
        "OpenAI",
        "The model .(?P<model>[^']{1,120}). does not exist or you do not have access to it",
        advice="openai",
    ),
    rule(
        "possible",
        "OpenAI",
        r"API key provided: .{0,99}platform\.openai|Unsupported provider - "
        "|api_key client option|pass an .?api_key.?, .?workload_identity",
        advice="openai",
    ),
)

ADVICE = {
    "model": Advice(
        "LiteLLM does not know whose model <model> is. If it is a deployment in Azure, put azure/"
        " before its name in litellm_config.yaml; azure_openai/ and Azure/ are no prefixes. If it"
        " is a server of your own that speaks OpenAI's API, put openai/ before it.",
        "model: azure/<name of your deployment>",
    ),
    "half": Advice(
        "The name of the deployment is missing after azure/ in litellm_config.yaml, or the prefix"
        " stands alone. Azure Portal > your Azure OpenAI resource > Model deployments shows it.",
        "model: azure/<name of your deployment>",
    ),
    "openai": Advice(
        "The request went to OpenAI, not to Azure. With LiteLLM: the model has no azure/ before it"
        " in litellm_config.yaml, or the deployment has no api_base. Without LiteLLM: the program"
        " that shows the text has OpenAI's address as its base URL; give it your resource's.",
        "model: azure/<name of your deployment>\n"
        "api_base: https://my-resource.openai.azure.com\n"
        "api_key: os.environ/AZURE_OPENAI_API_KEY",
        straight=Advice(
            "The request went to OpenAI, not to Azure. Name your resource in openclaw.json and use"
            " that provider in the agent's model (provider/deployment):",
            'baseUrl: "https://my-resource.openai.azure.com/openai/v1",\n'
            'apiKey: "${AZURE_OPENAI_API_KEY}",',
        ),
    ),
}
