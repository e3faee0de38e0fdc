"""Writes the measured tables of clawdoctor from packages of LiteLLM and OpenClaw."""
