"""Write clawdoctor's measured tables from packages of LiteLLM and OpenClaw."""
