"""Responses of LiteLLM's proxy, as 1.106.2 gives them on this simulated Azure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import Release, release
from clawdoctor.simulator.message import (
    Response,
    json_of,
    json_response,
    text_response,
)

_OUTCOME_SINCE = Release((1, 100))
"""Older versions end errors differently. Measured on 1.106.2; the first version is unknown."""
_CLASSES = {
    401: "AuthenticationError",
    404: "NotFoundError",
    408: "Timeout",
    429: "RateLimitError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "Timeout",
}
_FALLBACK_HINT = "\nmodel={group}. {kind}{s}=None. fallbacks=None.\n\nSet '{kind}' - {url}"
_FALLBACK_URL = "https://docs.litellm.ai/docs/routing#fallbacks"


@dataclass(frozen=True, slots=True)
class CallContext:
    """The origin of an error: the model group, LiteLLM's name for the provider, and its version.

    `raw` is set for the Responses API, where LiteLLM quotes the whole body, not the message.
    """

    group: str
    provider: str
    version: str
    raw: bool = False


def no_key(*, has_prisma: bool) -> Response:
    """Return the response to a missing key, or to one without `Bearer `.

    Without the prisma package, the proxy's own handler fails. The image has that package, but pip
    does not install it.
    """
    if not has_prisma:
        return text_response(500, "Internal Server Error")
    return error(401, "Authentication Error, No api key passed in.", "auth_error", param="None")


def empty_key(*, has_prisma: bool) -> Response:
    """Return the response to `Bearer ` with nothing after it."""
    if not has_prisma:
        return text_response(500, "Internal Server Error")
    text = "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix."
    return error(401, text, "auth_error", param="None")


def wrong_key() -> Response:
    """Return the response to another key, which the proxy looks up in a missing database."""
    return error(400, "No connected db.", "no_db_connection")


def unknown_model(path: str, model: object) -> Response:
    """Return the response to a model group that is not in the config."""
    text = (
        f"{path}: Invalid model name passed in model={model}. Call `/v1/models` to view available"
        " models for your key."
    )
    return error(400, text, more={"provider_specific_fields": {"error": text}})


def cooling(model: str, deployments: list[str], seconds: float) -> Response:
    """Return the response while all deployments are in cooldown. It does not name the cause."""
    text = (
        f"No deployments available for selected model, Try again in {seconds:g} seconds. All"
        f" deployments for selected model are in cooldown. Passed model={model}."
        f" pre-call-checks=False, cooldown_list={deployments}"
    )
    answer = error(429, text, "all_deployments_in_cooldown")
    return json_response(429, json_of(answer.body), {"retry-after": f"{seconds:g}"})


def failed(status: int, text: str, context: CallContext, param: str | None = None) -> Response:
    """Return the error of a turn. LiteLLM adds the group that failed."""
    mine = release(context.version)
    if mine is not None and mine < _OUTCOME_SINCE:
        outcome = f". Received Model Group={context.group}\nAvailable Model Group Fallbacks=None"
    else:
        outcome = (
            f"\n\nLiteLLM: model group '{context.group}' failed with the error above. No fallback"
            " was attempted."
        )
    return error(status, text + outcome, param=param)


def unreachable(context: CallContext) -> Response:
    """Return the error for any failed connection: refused, reset, unknown name, TLS.

    On the Responses API, the text comes from the HTTP library, without the host.
    """
    if context.raw:
        text = "Cannot connect to host REDACTED ssl:default [Connect call failed ('REDACTED')]"
        return failed(500, f"litellm.APIError: {context.provider} APIError - {text}", context)
    prefix = "InternalServerError: " if context.provider == "OpenAIException" else ""
    kind = "InternalServerError" if prefix else "APIConnectionError"
    middle = "" if prefix else f" {kind}"
    text = f"litellm.{kind}: {prefix}{context.provider}{middle} - Connection error."
    return failed(500, text, context)


def torn(context: CallContext) -> Response:
    """Return the error for a stream that broke off before LiteLLM forwarded any of it."""
    text = (
        "Response payload is not completed: <TransferEncodingError: 400, message='Not enough data"
        " to satisfy transfer length header.'>"
    )
    kind = "APIConnectionError"
    return failed(500, f"litellm.{kind}: {context.provider} {kind} - {text}", context)


def is_exhausted(response: Response) -> bool:
    """Return whether a 400 means that a reasoning model used up its limit, which LiteLLM hides."""
    mark = b"Could not finish the message because max_tokens"
    return response.status == 400 and mark in response.body


def refused_upstream(response: Response, context: CallContext) -> Response:
    """Return an upstream error as LiteLLM maps it. It keeps the texts but not the codes."""
    body = json_of(response.body)
    inner = body.get("error", body) if isinstance(body, dict) else {}
    whole = response.body.decode(errors="replace")
    message = inner.get("message", whole) if isinstance(inner, dict) else whole
    message = whole if context.raw else message or f"Error code: {response.status}"
    status = response.status
    if "This model's maximum context length is" in whole:
        text = (
            "litellm.ContextWindowExceededError: litellm.BadRequestError:"
            f" {context.provider} ContextWindowExceededError - {message}"
        )
        return failed(400, text + _hint("context_window_fallback", context, "s"), context)
    if isinstance(inner, dict) and inner.get("code") == "content_filter":
        return _filtered(inner, message, context)
    text = _mapped(status, message, whole, context)
    if status in (408, 504):
        text += "\n\nDeployment Info: request_timeout: None\ntimeout: None"
    known = isinstance(inner, dict) and status == 400 and not context.raw
    return failed(status, text, context, inner.get("param") if known else None)


def _mapped(status: int, message: str, whole: str, context: CallContext) -> str:
    refused = "invalid_request_error" in whole
    kind = "NotFoundError" if "DeploymentNotFound" in whole else _CLASSES.get(status, "APIError")
    if context.provider == "OpenAIException":
        if refused or status in (400, 422):
            return f"litellm.BadRequestError: OpenAIException - {message}"
        kind = "InternalServerError" if status == 500 else kind
        name = "Timeout Error" if kind == "Timeout" else kind
        return f"litellm.{kind}: {name}: OpenAIException - {message}"
    if status == 400:
        named = "AzureException BadRequestError" if refused else "AzureException"
        return f"litellm.BadRequestError: {named} - {message}"
    return f"litellm.{kind}: AzureException {kind} - {message}"


def _filtered(inner: Mapping[str, Any], message: str, context: CallContext) -> Response:
    text = (
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: "
        + message
        + _hint("content_policy_fallback", context, "")
    )
    answer = json_of(failed(400, text, context).body)
    details = inner.get("innererror")
    answer["error"]["provider_specific_fields"] = {
        "innererror": details,
        "inner_error": details,
        "azure_error": dict(inner),
    }
    return json_response(400, answer)


def _hint(kind: str, context: CallContext, plural: str) -> str:
    return _FALLBACK_HINT.format(group=context.group, kind=kind, s=plural, url=_FALLBACK_URL)


def error(
    status: int,
    message: str,
    kind: str | None = None,
    *,
    param: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Return an error in the common envelope. `code` is the HTTP status as a string."""
    content = {
        "message": message,
        "type": kind or _kind(status),
        "param": param,
        "code": str(status),
        **(more or {}),
    }
    return json_response(status, {"error": content})


def _kind(status: int) -> str:
    if status >= 500:
        return "internal_server_error"
    kinds = {401: "authentication_error", 403: "permission_error", 429: "throttling_error"}
    return kinds.get(status, "invalid_request_error")
