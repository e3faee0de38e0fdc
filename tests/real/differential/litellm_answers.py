"""Canned answers of Azure OpenAI and of Entra ID for the requests that an oracle captures."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "entra-token-of-the-stand-in"
MISSING = {
    "error": {
        "code": "DeploymentNotFound",
        "message": "The API deployment for this resource does not exist.",
    }
}
_JSON = "application/json"
_EVENTS = "text/event-stream"
_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def is_identity(url: str) -> bool:
    """Whether a request asks for a token, for what it needs, or for a tokenizer's file."""
    host = urlsplit(url).hostname or ""
    return host.startswith(("login.", "169.254.", "huggingface."))


def identity_answer(url: str, asked: object = "") -> tuple[int, dict[str, Any]]:
    """Return the answer of Entra ID: a token for whoever asks. `asked` is the body of a form."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    tenant = parts.path.strip("/").split("/")[0]
    if parts.path.endswith("/discovery/instance"):
        return 200, {
            "tenant_discovery_endpoint": f"{base}/common/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [],
        }
    if parts.path.endswith("/openid-configuration"):
        return 200, {
            "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
            "issuer": f"{base}/{tenant}/v2.0",
        }
    if "/metadata/" in parts.path:  # the service of a managed identity
        expiry = {"expires_in": "3600", "expires_on": "4000000000"}
        return 200, {"token_type": "Bearer", "resource": "r", "access_token": TOKEN, **expiry}
    if "/userrealm/" in parts.path.lower():
        return 200, {"ver": "1.0", "account_type": "Managed", "domain_name": "example.test"}
    answer = {"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN}
    form = parse_qs(asked) if isinstance(asked, str) else {}
    if form.get("grant_type") == ["password"]:  # the library wants to know the user
        answer["id_token"] = _identity(f"{base}/{tenant}/v2.0", form.get("client_id", [""])[0])
    return 200, answer


def _identity(issuer: str, client: str) -> str:
    """Return an unsigned token that says who the user is."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": client,
        "exp": now + 3600,
        "iat": now,
        "tid": "tenant",
        "oid": "user",
        "sub": "user",
        "preferred_username": "user@example.test",
    }
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts]
    return ".".join([*(text.rstrip("=") for text in texts), ""])


def model_answer(url: str, body: Any) -> tuple[str, bytes]:
    """Return the content type and the body of the answer of a model."""
    wanted = body if isinstance(body, dict) else {}
    stream = wanted.get("stream") is True
    embeds = url.endswith("embeddings")  # a query of the base can take the path
    embeds = embeds or urlsplit(url).path.rstrip("/").endswith("/embeddings")
    if "messages" not in wanted and not embeds and "prompt" not in wanted:
        return _responses(stream=stream)
    if embeds:
        given = wanted.get("input")
        count = len(given) if isinstance(given, list) and given else 1
        data = [{"object": "embedding", "index": i, "embedding": [0.5]} for i in range(count)]
        answer = {"object": "list", "model": "m", "data": data, "usage": _USAGE}
        return _JSON, json.dumps(answer).encode()
    return _chat(stream=stream)


def _chat(*, stream: bool) -> tuple[str, bytes]:
    base = {"id": "chatcmpl-1", "created": 1700000000, "model": "m"}
    message = {"role": "assistant", "content": "yes"}
    if not stream:
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {**base, "object": "chat.completion", "choices": [choice], "usage": _USAGE}
        return _JSON, json.dumps(answer).encode()
    parts: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": message, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": _USAGE},
    ]
    lines = [json.dumps({**base, "object": "chat.completion.chunk", **part}) for part in parts]
    return _EVENTS, "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()


def _responses(*, stream: bool) -> tuple[str, bytes]:
    text = {"type": "output_text", "text": "yes", "annotations": []}
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [text],
    }
    answer = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1700000000,
        "status": "completed",
        "model": "m",
        "output": [message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 1,
            "output_tokens": 1,
            "total_tokens": 2,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }
    if not stream:
        return _JSON, json.dumps(answer).encode()
    started = {**answer, "status": "in_progress", "output": []}
    delta = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "yes"}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.output_text.delta", **delta},
        {"type": "response.completed", "response": answer},
    ]
    lines = [
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': i})}\n\n"
        for i, event in enumerate(events)
    ]
    return _EVENTS, "".join(lines).encode()
