"""Requests to the running proxy and to Azure. Each probe is a loader, so it runs once."""
