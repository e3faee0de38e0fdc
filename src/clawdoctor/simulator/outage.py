"""Failed connections, raised at once as the exceptions of a client that waited."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Literal

Outage = Literal[
    "dns", "dns-busy", "refused", "certificate", "plain", "timeout", "reset", "unreachable"
]
"""`dns-busy`: the name server does not answer. `plain`: a client uses https on an http server."""


def exception_of(outage: Outage) -> Exception:
    """Return the exception that httpx raises for an outage, with the system's cause."""
    import httpx

    error: Exception = httpx.ConnectError("no connection")
    match outage:
        case "dns":
            error.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        case "dns-busy":
            error.__cause__ = socket.gaierror(socket.EAI_AGAIN, "Temporary failure")
        case "refused":
            error.__cause__ = ConnectionRefusedError()
        case "certificate":
            refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
            refused.verify_message = "self-signed certificate in certificate chain"
            error.__cause__ = refused
        case "plain":
            spoken = ssl.SSLError(1, "wrong version number")
            spoken.reason = "WRONG_VERSION_NUMBER"
            error.__cause__ = spoken
        case "timeout":
            error = httpx.ConnectTimeout("timed out")
        case "reset":
            error = httpx.ReadError("reset")
            error.__cause__ = ConnectionResetError()
        case "unreachable":
            error.__cause__ = OSError(errno.ENETUNREACH, "Network is unreachable")
    return error
