"""The texts that identify LL105, and the advice for each form of it."""

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
        "|completion model args|Provider List: ",
        unless="NOT provided",
    ),
    # LiteLLM calls OpenAI for the OpenAI models that it knows, and then requires OpenAI's key.
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
        "|api_key client option|pass an .?api_key.?, .?workload",
        advice="openai",
    ),
)

ADVICE = {
    "model": Advice(
        "LiteLLM does not know the provider of <model>. If it is an Azure deployment, put azure/"
        " before its name in litellm_config.yaml. azure_openai/ and Azure/ are not valid prefixes."
        " If it is on your own server with OpenAI's API, put openai/ before it.",
        "model: azure/<name of your deployment>",
    ),
    "half": Advice(
        "The model in litellm_config.yaml is only a prefix, such as azure/ or azure, without a"
        " deployment name. You find the name in Azure Portal > your Azure OpenAI resource > Model"
        " deployments.",
        "model: azure/<name of your deployment>",
    ),
    "openai": Advice(
        "The request went to OpenAI, not to Azure. If you use LiteLLM, the model in"
        " litellm_config.yaml has no azure/ prefix, or the deployment has no api_base. If you do"
        " not, the program that shows this error uses OpenAI's base URL. Set it to the endpoint of"
        " your resource.",
        "model: azure/<name of your deployment>\n"
        "api_base: https://my-resource.openai.azure.com\n"
        "api_key: os.environ/AZURE_OPENAI_API_KEY",
        straight=Advice(
            "The request went to OpenAI, not to Azure. Set your resource's endpoint in"
            " openclaw.json, and use that provider in the agent's model (provider/deployment):",
            'baseUrl: "https://my-resource.openai.azure.com/openai/v1",\n'
            'apiKey: "${AZURE_OPENAI_API_KEY}",',
        ),
    ),
}
