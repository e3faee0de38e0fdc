"""The one guarded client. No other module opens a socket.

No redirect is followed, nothing of the environment's proxies is used for plain http or loopback,
bodies are cut while they are read, and what a server says is plain text to everyone after this.
"""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clawdoctor.probes.body import Reading, read
from clawdoctor.probes.failure import IN_TIME, Failure, classified, errors
from clawdoctor.probes.limiter import RequestLimiter
from clawdoctor.redaction.controls import without_controls

if TYPE_CHECKING:
    import httpx

HEADER_LIMIT = 200
"""Characters that are kept of a header's value."""

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

_GRACE = 0.25
"""Seconds that the client has to say itself that no answer came."""

_PLAIN = {"Accept-Encoding": "identity"}


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
    spent: Spent
    deadline: float
    progress: Callable[[str], None] | None = None
    is_proxied: Callable[[str], bool] = field(default=lambda _: False)
    resolves: Callable[[str], bool] = field(default=lambda _: False)
    addresses: Callable[[str], tuple[str, ...]] = field(default=lambda _: ())
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    limiter: RequestLimiter = field(default_factory=RequestLimiter)

    def __post_init__(self) -> None:
        for client in (self.direct, self.proxied):
            if client is not None:
                weakref.finalize(self, client.close).atexit = False

    def client_for(self, url: str) -> httpx.Client:
        """The client through the environment's proxy for https to a public host, else directly."""
        return self.proxied if self.proxied is not None and self.is_proxied(url) else self.direct

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
        if not self.limiter.enter(url, self.deadline):
            return late
        try:
            left = self.seconds_left
            if left <= 0:
                return late
            started = self.clock()
            asked: Future[Answer | NoAnswer] = Future()
            seconds = min(read_seconds, left)
            threading.Thread(target=self._keep, args=(asked, ask, seconds), daemon=True).start()
            try:
                return asked.result(seconds + _GRACE)
            except TimeoutError:
                return NoAnswer(method, url, "timeout", IN_TIME, self._since(started))
        finally:
            self.limiter.leave(url)

    @property
    def seconds_left(self) -> float:
        """What remains until the run ends; negative where it has."""
        return min(self.deadline - self.clock(), threading.TIMEOUT_MAX / 2)

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
        started = self.clock()
        client = self.direct
        try:
            client = self.client_for(url)
            headers = {**_PLAIN, **ask.headers}
            with client.stream(
                method, url, headers=headers, content=ask.content, timeout=limits
            ) as response:
                body = Reading()
                try:
                    read(response, started + seconds, body, self.clock)
                except errors() as error:
                    if ask.content is None:
                        raise
                    failure, detail = classified(error)
                    body.broken = "the connection ended" if failure == "reset" else detail
                return Answer(
                    method,
                    url,
                    response.status_code,
                    {name.lower(): _header(value) for name, value in response.headers.items()},
                    without_controls(body.text()),
                    self._since(started),
                    body.cut,
                    body.broken,
                )
        except errors() as error:
            failure, detail = classified(error, proxied=client is self.proxied)
            return NoAnswer(method, url, failure, detail, self._since(started))

    def _since(self, started: float) -> int:
        return round((self.clock() - started) * 1000)


def fits_header(value: str) -> bool:
    """Whether a header can hold a value: printable letters, and no blank around them."""
    return value.isascii() and value.isprintable() and value == value.strip()


def _header(value: str) -> str:
    return without_controls(value)[:HEADER_LIMIT]
