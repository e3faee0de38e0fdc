"""The two files of the smallest chain. LiteLLM does not expand its reference to the key."""

OPENCLAW = """\
{
  models: { providers: { "azure-openai": {
    baseUrl: "http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}",
    api: "openai-completions", models: [{ id: "gpt-4o", name: "gpt-4o" }],
  } } },
  agents: { defaults: { model: { primary: "azure-openai/gpt-4o" } } },
}
"""
LITELLM = """\
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/my-gpt4o
      api_base: https://contoso.openai.azure.com
      api_key: ${AZURE_OPENAI_API_KEY}
      api_version: "2024-10-21"
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
