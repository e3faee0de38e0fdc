"""Access to LiteLLM's proxy: its check of keys, and its public routes."""

from __future__ import annotations

from clawdoctor.simulator import proxy_answers as answers
from clawdoctor.simulator.message import Request, Response, json_response, text_response
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import read_key


def keyless(version: str, request: Request) -> Response | None:
    """Return the response of a route that requires no key, or None."""
    if request.method != "GET":
        return None
    match request.path:
        case "/health/liveliness" | "/health/liveness":
            return json_response(200, "I'm alive!")
        case "/health/readiness":
            return json_response(200, {"status": "healthy", "db": "Not connected"})
        case "/openapi.json":
            info = {"title": "LiteLLM API", "version": version}
            return json_response(200, {"openapi": "3.1.0", "info": info, "paths": {}})
        case "/":
            page = (
                "<!DOCTYPE html>\n<html><head><title>LiteLLM API - Swagger UI</title></head></html>"
            )
            return text_response(200, page, kind="text/html; charset=utf-8")
    return None


def wrong_key(master_key: str | None, request: Request, *, has_prisma: bool) -> Response | None:
    """Return the response to a request without the right key, or None if the key is right."""
    if master_key is None:
        return None
    key = read_key(request.headers)
    if key is None:
        return answers.no_key(has_prisma=has_prisma)
    if not key:
        return answers.empty_key(has_prisma=has_prisma)
    return None if key == Secret(master_key) else answers.wrong_key()
