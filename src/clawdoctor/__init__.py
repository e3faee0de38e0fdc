"""clawdoctor: which one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer."""

__version__ = "0.1.0"
