"""Faults of a baseUrl that leads to the port on which LiteLLM listens."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.chain.azure_host import host_of, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm_file import DEFAULT_PORT
from clawdoctor.chain.openclaw import Provider
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Severity
from clawdoctor.knowledge import table
from clawdoctor.run.situation import Situation

TLS_OPTIONS = ("--ssl_keyfile_path", "--ssl_certfile_path")
_TLS_VARIABLES = frozenset({"SSL_KEYFILE_PATH", "SSL_CERTFILE_PATH"})
_ROOT = "SERVER_ROOT_PATH"
_PASS_THROUGH = regex(r"/openai(?:/v1)?")
_OTHER_API = "OPENAI_API_BASE"
"""The variable that makes the pass-through route lead to another API."""
_OPENAI = ("openai-completions", "openai-responses")


@dataclass(frozen=True, slots=True)
class UrlFault:
    """What is wrong with a URL. `better` is the intended URL, or None if it is unknown."""

    message: str
    label: str
    why: str
    better: str | None
    severity: Severity = Severity.ERROR
    safe: bool = True


@dataclass(frozen=True, slots=True)
class _Listener:
    """How LiteLLM is started on the port in the URL. `sure` if a file or a process shows it."""

    arguments: tuple[str, ...]
    variables: frozenset[str]
    sure: bool


def listener_fault(
    url: str, provider: Provider, situation: Situation, compose: Compose | None
) -> UrlFault | None:
    """Return the fault if LiteLLM does not serve the URL's scheme (https) or its path."""
    listener = _listener(url, situation, compose)
    if listener is None:
        return None
    return _tls_fault(url, listener) or _path_fault(url, provider, listener)


def _listener(url: str, situation: Situation, compose: Compose | None) -> _Listener | None:
    """Return the LiteLLM that listens there, or None if another program may listen."""
    host, port = host_of(url), port_of(url)
    if host is None:
        return None
    service = compose.proxy if compose is not None else None
    running = [process for process in situation.processes if process.port == port]
    arguments = [word for process in running for word in process.arguments]
    environments: list[Mapping[str, object]] = [process.environ or {} for process in running]
    environments.append(situation.environ if service is None else service.environment)
    ports = {mapping.host for mapping in service.ports} if service is not None else set()
    ports |= {process.port for process in running}
    is_local = is_loopback(host) or host == "host.docker.internal"
    is_listening = is_local and port in (ports or {DEFAULT_PORT})
    if service is not None:
        arguments += service.command
        is_listening = is_listening or (host == service.name and port == service.container_port)
    if not is_listening:
        return None
    names = frozenset(name for environment in environments for name in environment)
    return _Listener(tuple(arguments), names, sure=service is not None or bool(running))


def _tls_fault(url: str, listener: _Listener) -> UrlFault | None:
    """Return the fault if the URL uses https and nothing shows that LiteLLM has a certificate."""
    if not url.casefold().startswith("https:"):
        return None
    if any(argument.partition("=")[0] in TLS_OPTIONS for argument in listener.arguments):
        return None
    if _TLS_VARIABLES & listener.variables:
        return None
    return UrlFault(
        "uses https, but LiteLLM serves only http",
        "LiteLLM has no certificate",
        f"LiteLLM serves https only if it is started with {' and '.join(TLS_OPTIONS)}. OpenClaw "
        'retries and then stops with "Connection error.".',
        re.sub(r"^https", "http", url, flags=re.IGNORECASE),
        Severity.ERROR if listener.sure else Severity.WARNING,
        safe=listener.sure,
    )


def _path_fault(url: str, provider: Provider, listener: _Listener) -> UrlFault | None:
    """Return the fault if LiteLLM does not serve the path before /chat/completions."""
    parts = split(url)
    api = provider.api(provider.models[0] if provider.models else None)[0]
    if parts is None or api not in (*_OPENAI, None) or _ROOT in listener.variables:
        return None
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    if _PASS_THROUGH.fullmatch(path) and not {"OPENAI_API_KEY", _OTHER_API} & listener.variables:
        return UrlFault(
            "bypasses LiteLLM's models and leads to OpenAI",
            "LiteLLM's path is /v1",
            "LiteLLM forwards requests for /openai to OpenAI's own API, with OPENAI_API_KEY. "
            "Without that variable, it answers 500.",
            parts._replace(path="/v1").geturl(),
            Severity.ERROR if listener.sure else Severity.WARNING,
            safe=listener.sure,
        )
    if any(re.fullmatch(pattern, path) for pattern in table("litellm")["chat_paths"]):
        return None
    return UrlFault(
        "has a path that LiteLLM does not serve"
        if provider.base_url.quoted(path) != path
        else f"has the path {path}, which LiteLLM does not serve",
        "LiteLLM's path is /v1",
        "LiteLLM answers 404 for this path, unless it is started with another SERVER_ROOT_PATH.",
        parts._replace(path="/v1").geturl(),
        Severity.ERROR if listener.sure else Severity.WARNING,
        safe=False,
    )
