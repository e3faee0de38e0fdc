"""clawdoctor against the real LiteLLM and OpenClaw: scripts/test --real."""
