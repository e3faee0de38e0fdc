"""The one guarded client. No other module opens a socket.

No redirect is followed, nothing of the environment's proxies is used for plain http or loopback,
bodies are cut while they are read, and what a server says is plain text to everyone after this.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from clawdoctor.chain.azure_host import is_loopback
from clawdoctor.plain import without_controls

if TYPE_CHECKING:
    import httpx

BODY_LIMIT = 64 * 1024
HEADER_LIMIT = 200
"""Characters that are kept of a header's value."""

WIDTH = 16
"""How many requests are under way at once."""

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

NAME_NOT_FOUND = "name not found"
_IN_TIME = "no answer in time"
_GRACE = 0.25
"""Seconds that the client has to say itself that no answer came."""

_PLAIN = {"Accept-Encoding": "identity"}
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_ENDED = re.compile("disconnected|closed connection")  # httpcore's and h11's words

Failure = Literal["dns", "refused", "tls", "timeout", "reset", "unreachable", "protocol"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `body` is text, at most 64 KiB, without control characters."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: str
    latency_ms: int
    cut: bool = False
    broken: str = ""
    """Why the body ended before its end, in the system's words."""

    @property
    def line(self) -> str:
        """The request in a line, as evidence."""
        return f"{self.method} {self.url}"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why nothing was said. `detail` is the system's own word for it."""

    method: str
    url: str
    failure: Failure
    detail: str
    latency_ms: int = 0

    @property
    def line(self) -> str:
        """The request in a line, as evidence."""
        return f"{self.method} {self.url}"


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to the servers than the network: tests and the demo have their own."""

    transport: Callable[[], httpx.BaseTransport]
    resolves: Callable[[str], bool]
    addresses: Callable[[str], tuple[str, ...]] = field(default=lambda _: ())


@dataclass(slots=True)
class Spent:
    """What a run has sent, and the tokens that were counted for it; shared by all threads."""

    requests: int = 0
    billable_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, billable: bool = False) -> None:
        """One more request goes out."""
        with self._lock:
            self.requests += 1
            self.billable_requests += billable

    def tokens(self, prompt: int, completion: int) -> None:
        """A turn was answered, and says what it used."""
        with self._lock:
            self.prompt_tokens += prompt
            self.completion_tokens += completion


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Http:
    """The shared client, what has been spent, until when it may ask, and who watches.

    Its connections are closed once nobody holds it, requests under way included.
    """

    direct: httpx.Client
    proxied: httpx.Client | None
    no_proxy: str
    spent: Spent
    deadline: float
    progress: Callable[[str], None] | None = None
    resolves: Callable[[str], bool] = field(default=lambda host: _resolves(host))
    addresses: Callable[[str], tuple[str, ...]] = field(default=lambda host: _addresses(host))
    gate: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(WIDTH)
    )

    def __post_init__(self) -> None:
        for client in (self.direct, self.proxied):
            if client is not None:
                weakref.finalize(self, client.close).atexit = False

    def client_for(self, url: str) -> httpx.Client:
        """The client through the environment's proxy for https to a public host, else directly."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self.proxied is None or parts.scheme != "https" or not _is_public(host):
            return self.direct
        return self.direct if _bypassed(host, self.no_proxy) else self.proxied

    def get(
        self, url: str, headers: Mapping[str, str], *, read_seconds: float = READ_SECONDS
    ) -> Answer | NoAnswer:
        """Ask once. Never raises: what goes wrong is a `NoAnswer`."""
        return self._ask(_Ask("GET", url, headers), read_seconds)

    def post(
        self, url: str, headers: Mapping[str, str], content: object, *, read_seconds: float
    ) -> Answer | NoAnswer:
        """Send JSON once, a turn that may cost something.

        Never raises. A body that ends too early is an `Answer` with what came until then.
        """
        body = json.dumps(content, separators=(",", ":")).encode()
        named = {"Content-Type": "application/json", **headers}
        return self._ask(_Ask("POST", url, named, body), read_seconds)

    def _ask(self, ask: _Ask, read_seconds: float) -> Answer | NoAnswer:
        """Wait for a thread of its own: name lookups and dripped headers have no other end."""
        method, url = ask.method, ask.url
        late = NoAnswer(method, url, "timeout", "the run's time was over")
        if self.seconds_left <= 0 or not self.gate.acquire(timeout=self.seconds_left):
            return late
        try:
            left = self.seconds_left
            if left <= 0:
                return late
            started = time.perf_counter()
            asked: Future[Answer | NoAnswer] = Future()
            seconds = min(read_seconds, left)
            threading.Thread(target=self._keep, args=(asked, ask, seconds), daemon=True).start()
            try:
                return asked.result(seconds + _GRACE)
            except TimeoutError:
                return NoAnswer(method, url, "timeout", _IN_TIME, _since(started))
        finally:
            self.gate.release()

    @property
    def seconds_left(self) -> float:
        """What remains until the run ends; negative where it has."""
        return min(self.deadline - time.monotonic(), threading.TIMEOUT_MAX / 2)

    def is_over(self, result: Answer | NoAnswer) -> bool:
        """Whether the run ended before an answer could come: then silence says nothing."""
        silent = isinstance(result, NoAnswer) and result.failure == "timeout"
        return silent and self.seconds_left <= 0

    def _keep(self, asked: Future[Answer | NoAnswer], ask: _Ask, seconds: float) -> None:
        try:
            asked.set_result(self._ask_now(ask, seconds))
        except Exception as error:  # a defect of ours: it is the asker's to raise
            asked.set_exception(error)

    def _ask_now(self, ask: _Ask, seconds: float) -> Answer | NoAnswer:
        import httpx

        method, url = ask.method, ask.url
        if self.progress is not None:
            self.progress(without_controls(f"{method} {url}"))
        self.spent.count(billable=ask.content is not None)
        limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        started = time.perf_counter()
        client = self.direct
        try:
            client = self.client_for(url)
            headers = {**_PLAIN, **ask.headers}
            with client.stream(
                method, url, headers=headers, content=ask.content, timeout=limits
            ) as response:
                read = _Reading()
                try:
                    _read(response, started + seconds, read)
                except _errors() as error:
                    if ask.content is None:
                        raise
                    read.broken = classified(error)[1]
                return Answer(
                    method,
                    url,
                    response.status_code,
                    {name.lower(): _header(value) for name, value in response.headers.items()},
                    without_controls(read.text()),
                    _since(started),
                    read.cut,
                    read.broken,
                )
        except _errors() as error:
            failure, detail = classified(error, proxied=client is self.proxied)
            return NoAnswer(method, url, failure, detail, _since(started))


@dataclass(slots=True)
class _Reading:
    """What has been read of a body."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    cut: bool = False
    broken: str = ""

    def text(self) -> str:
        return b"".join(self.parts).decode("utf-8", "replace")


def _errors() -> tuple[type[Exception], ...]:
    """What can go wrong with a request; httpx is imported late."""
    import httpx

    return (httpx.HTTPError, httpx.InvalidURL, zlib.error, OSError, ValueError)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _header(value: str) -> str:
    return without_controls(value)[:HEADER_LIMIT]


def _read(response: httpx.Response, until: float, into: _Reading) -> None:
    """Read a body, cut at the limit while it is read; a drip ends with the read time."""
    for chunk in _chunks(response):
        into.parts.append(chunk[: BODY_LIMIT - into.size])
        into.size += len(into.parts[-1])
        if into.size >= BODY_LIMIT or time.perf_counter() > until:
            into.cut = True
            break


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """The body's bytes; what is packed though nobody asked for it is unpacked to the limit."""
    if "content-encoding" not in response.headers:
        return response.iter_bytes()
    unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
    return (unpack.decompress(chunk, BODY_LIMIT) for chunk in response.iter_raw())


def classified(error: BaseException, *, proxied: bool = False) -> tuple[Failure, str]:
    """What kind of failure an exception stands for, and the system's word for it.

    `proxied`: a name that is not found, or a refusal, is that of the environment's proxy.
    """
    import httpx

    failure, detail = _classified(error)
    if proxied and (failure in ("dns", "refused") or isinstance(error, httpx.ProxyError)):
        return "unreachable", f"the proxy of HTTPS_PROXY does not lead there ({detail})"
    return failure, detail


def _classified(error: BaseException) -> tuple[Failure, str]:
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
            return "timeout", _IN_TIME
    if isinstance(error, httpx.ConnectError):
        return "unreachable", "no way to the host"
    if isinstance(error, httpx.ProxyError):
        return "unreachable", without_controls(str(error))[:HEADER_LIMIT]
    ended = isinstance(error, httpx.RemoteProtocolError) and _ENDED.search(str(error))
    if ended or isinstance(error, httpx.NetworkError):
        return "reset", "the connection ended before an answer"
    return "protocol", "no valid HTTP"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def open_http(
    environ: Mapping[str, str],
    deadline: float,
    progress: Callable[[str], None] | None = None,
    *,
    verify: bool | str = True,
    way: Way | None = None,
) -> Http:
    """The client of a run. `verify` is a CA file, or False where LiteLLM does not check either.

    Proxies of the environment are used for https to public hosts only, so that a master key
    never passes a corporate proxy in clear; NO_PROXY is honoured.
    """
    import httpx

    context = _tls(environ, verify)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)

    def client(proxy: str | None) -> httpx.Client:
        return httpx.Client(
            verify=context,
            trust_env=False,
            follow_redirects=False,
            limits=limits,
            proxy=None if way is not None else proxy,
            transport=way.transport() if way is not None else None,
        )

    def client_through(proxy: str) -> httpx.Client | None:
        try:
            return client(proxy if "://" in proxy else f"http://{proxy}")
        except (ImportError, ValueError, httpx.InvalidURL):  # SOCKS without its package, or no URL
            return None

    proxy = _value(environ, "https_proxy") or _value(environ, "all_proxy")
    return Http(
        direct=client(None),
        proxied=client_through(proxy) if proxy else None,
        no_proxy=_value(environ, "no_proxy"),
        spent=Spent(),
        deadline=deadline,
        progress=progress,
        resolves=way.resolves if way is not None else _resolves,
        addresses=way.addresses if way is not None else _addresses,
    )


def _resolves(host: str) -> bool:
    """Whether a name is found."""
    return bool(_addresses(host))


def _addresses(host: str) -> tuple[str, ...]:
    """The addresses of a name; none where it is not found."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(str(address[4][0]).partition("%")[0] for address in found))


def _tls(environ: Mapping[str, str], verify: bool | str) -> ssl.SSLContext:
    """What LiteLLM trusts: SSL_CERT_FILE, or its ssl_verify, or the usual authorities."""
    if verify is False:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    authorities = verify if isinstance(verify, str) else environ.get("SSL_CERT_FILE")
    if authorities:
        try:
            return ssl.create_default_context(cafile=authorities)
        except (OSError, ssl.SSLError):  # a file that is not there: as if it were not named
            pass
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _is_public(host: str) -> bool:
    """Whether a host is neither this machine nor one of the local network."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not is_loopback(host)


def _bypassed(host: str, no_proxy: str) -> bool:
    """Whether NO_PROXY names a host: itself, a domain above it, or all of them."""
    for word in no_proxy.split(","):
        name = word.strip().lstrip("*").lstrip(".").partition(":")[0].casefold()
        if word.strip() == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False
