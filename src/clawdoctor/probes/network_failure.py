"""The kinds of network failure, and the kind of an exception that a request raises."""

from __future__ import annotations

from typing import Literal

from clawdoctor.deferred import regex
from clawdoctor.redaction.controls import without_controls

NAME_NOT_FOUND = "name not found"
NO_ANSWER_IN_TIME = "no answer in time"
_ENDED = regex("disconnected|closed connection")  # the wording of httpcore and h11
_MAX_LENGTH = 200

NetworkFailure = Literal["dns", "refused", "tls", "timeout", "reset", "unreachable", "protocol"]


def request_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that a request can raise. This function imports httpx."""
    import zlib

    import httpx

    return (httpx.HTTPError, httpx.InvalidURL, zlib.error, OSError, ValueError)


def classify_error(error: BaseException, *, proxied: bool = False) -> tuple[NetworkFailure, str]:
    """Return the kind of failure of an exception, and the system's own text for it.

    `proxied` says that the request went through the environment's proxy: an unknown name or a
    refused connection is then the proxy's.
    """
    import httpx

    failure, detail = _classify(error)
    if proxied and (failure in ("dns", "refused") or isinstance(error, httpx.ProxyError)):
        return "unreachable", f"the proxy in HTTPS_PROXY cannot reach it ({detail})"
    return failure, detail


def _classify(error: BaseException) -> tuple[NetworkFailure, str]:
    import socket
    import ssl

    import httpx

    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            unknown = cause.errno == socket.EAI_NONAME
            return "dns", NAME_NOT_FOUND if unknown else "the name could not be looked up"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "tls", f"certificate: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "tls", str(getattr(cause, "reason", None) or "handshake failed").replace(
                "_", " "
            ).lower()
        if isinstance(cause, ConnectionRefusedError):
            return "refused", "connection refused"
        if isinstance(cause, ConnectionResetError):
            return "reset", "connection reset"
        if isinstance(cause, TimeoutError | httpx.TimeoutException):
            return "timeout", NO_ANSWER_IN_TIME
    if isinstance(error, httpx.ConnectError):
        return "unreachable", "no route to the host"
    if isinstance(error, httpx.ProxyError):
        return "unreachable", without_controls(str(error))[:_MAX_LENGTH]
    ended = isinstance(error, httpx.RemoteProtocolError) and _ENDED.search(str(error))
    if ended or isinstance(error, httpx.NetworkError):
        return "reset", "the connection ended before an answer"
    return "protocol", "not valid HTTP"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
