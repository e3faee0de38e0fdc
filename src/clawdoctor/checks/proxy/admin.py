"""How to ask the running proxy for what only its administrator may change."""

_KEY = '-H "Authorization: Bearer $LITELLM_MASTER_KEY"'
POST = f'curl -X POST {_KEY} -H "Content-Type: application/json"'
"""The start of a command that changes something at the proxy; a URL and -d follow."""
