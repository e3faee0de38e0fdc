"""Build commands for changes that only the proxy's administrator may make."""

_KEY = '-H "Authorization: Bearer $LITELLM_MASTER_KEY"'
POST = f'curl -X POST {_KEY} -H "Content-Type: application/json"'
"""The start of a command that changes a setting of the running proxy. A URL and -d follow."""
