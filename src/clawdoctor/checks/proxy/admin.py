"""The start of commands for the proxy's administrator."""

_KEY = '-H "Authorization: Bearer $LITELLM_MASTER_KEY"'
GET = f"curl {_KEY}"
"""The start of a command that asks the running proxy for a list. A URL follows."""
POST = f'curl -X POST {_KEY} -H "Content-Type: application/json"'
"""The start of a command that changes a setting of the running proxy. A URL and -d follow."""
