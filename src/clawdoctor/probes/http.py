"""The guarded HTTP client. No other module opens a socket.

It follows no redirects, uses the environment's proxies neither for plain http nor for loopback,
truncates bodies while reading them, and removes control characters from everything that a server
sends.
"""

from __future__ import annotations

import json
import math
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from clawdoctor.deferred import dataclass
from clawdoctor.probes.body import PartialBody, read_body
from clawdoctor.probes.limiter import RequestLimiter
from clawdoctor.probes.network_failure import (
    NO_ANSWER_IN_TIME,
    NetworkFailure,
    classify_error,
    request_errors,
)
from clawdoctor.probes.waiting import Waiting
from clawdoctor.redaction.controls import without_controls
from clawdoctor.redaction.url import shown_url
from clawdoctor.run.needs import TOO_LATE
from clawdoctor.source.secret import Secret

if TYPE_CHECKING:
    from concurrent.futures import Future

    import httpx

HEADER_LIMIT = 200
"""The maximum number of characters to keep of a header's value."""

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

NO_TURNS_LEFT = "--watch has sent all the test messages that it may send"
"""The reason for a turn that was not sent."""

GRACE_SECONDS = 0.25
"""The seconds that httpx has to report a time-out itself."""

_PLAIN = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer. `body` is text, at most 64 KiB, without control characters."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: str
    latency_ms: int
    cut: bool = False
    broken: str = ""
    """Why the body is incomplete, in the system's own text."""

    @property
    def line(self) -> str:
        """The request in one line, as evidence."""
        return f"{self.method} {self.url}"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The reason for a missing answer. `detail` is the system's own text for it."""

    method: str
    url: str
    failure: NetworkFailure
    detail: str
    latency_ms: int = 0

    @property
    def line(self) -> str:
        """The request in one line, as evidence."""
        return f"{self.method} {self.url}"


@dataclass(slots=True)
class Spent:
    """The requests and tokens that a run has spent. All threads share it."""

    requests: int = 0
    billable_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    _started_turns: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, billable: bool = False) -> None:
        """Count a request."""
        with self._lock:
            self.requests += 1
            self.billable_requests += billable

    def start_turn(self, most: float) -> bool:
        """Count a turn that is about to be sent. Return False if that would exceed `most`."""
        with self._lock:
            if self._started_turns >= most:
                return False
            self._started_turns += 1
            return True

    def turns_left(self, most: float) -> float:
        """Return how many more turns may be sent."""
        with self._lock:
            return most - self._started_turns

    def add_tokens(self, prompt: int, completion: int) -> None:
        """Add the tokens that the answer to a turn reports."""
        with self._lock:
            self.prompt_tokens += prompt
            self.completion_tokens += completion


@dataclass(frozen=True, slots=True)
class _Request:
    """A request to send."""

    method: str
    url: str
    headers: Mapping[str, str | Secret]
    content: bytes | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Http:
    """The client that all probes of a run share, with its deadline, limits and costs.

    Its connections close when the last reference to it is gone, even during a request.
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
    tls_fault: str = ""
    """Why the client does not use LiteLLM's authorities, or an empty string."""
    most_turns: float = math.inf
    """The most turns that may be sent: see `run --watch`."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the run is interrupted: no more requests start."""

    def __post_init__(self) -> None:
        for client in (self.direct, self.proxied):
            if client is not None:
                weakref.finalize(self, client.close).atexit = False

    def client_for(self, url: str) -> httpx.Client:
        """Return the client for a URL, either direct or through the environment's proxy."""
        return self.proxied if self.proxied is not None and self.is_proxied(url) else self.direct

    def get(
        self, url: str, headers: Mapping[str, str | Secret], *, read_seconds: float = READ_SECONDS
    ) -> Answer | NoAnswer:
        """Send a GET request. Never raises: a failure is a `NoAnswer`."""
        return self._send(_Request("GET", url, headers), read_seconds)

    def post(
        self, url: str, headers: Mapping[str, str | Secret], content: object, *, read_seconds: float
    ) -> Answer | NoAnswer:
        """Send a turn, which may cost money, as JSON.

        Never raises. An incomplete body is an `Answer` with the part that arrived.
        """
        if not self.spent.start_turn(self.most_turns):
            return NoAnswer("POST", url, "timeout", NO_TURNS_LEFT)
        body = json.dumps(content, separators=(",", ":")).encode()
        all_headers = {"Content-Type": "application/json", **headers}
        return self._send(_Request("POST", url, all_headers, body), read_seconds)

    def _send(self, request: _Request, read_seconds: float) -> Answer | NoAnswer:
        """Send a request in its own thread: name lookups and slow headers have no time-out."""
        from concurrent.futures import Future

        method, url = request.method, request.url
        late = NoAnswer(method, url, "timeout", "the run's time was up")
        if not self.limiter.enter(url, self.deadline):
            return late
        try:
            left = self.seconds_left
            if left <= 0:
                return late
            started = self.clock()
            future: Future[Answer | NoAnswer] = Future()
            seconds = min(read_seconds, left)
            threading.Thread(target=self._run, args=(future, request, seconds), daemon=True).start()
            try:
                return future.result(seconds + GRACE_SECONDS)
            except TimeoutError:
                return NoAnswer(method, url, "timeout", NO_ANSWER_IN_TIME, self._since(started))
        finally:
            self.limiter.leave(url)

    @property
    def seconds_left(self) -> float:
        """The seconds until the run ends; 0 or less if it has ended."""
        if self.stopped.is_set():
            return 0.0
        return min(self.deadline - self.clock(), threading.TIMEOUT_MAX / 2)

    def why_over(self, result: Answer | NoAnswer) -> str | None:
        """Return why silence proves nothing, or None: the run ended, or may send no more turns."""
        if not isinstance(result, NoAnswer) or result.failure != "timeout":
            return None
        if result.detail == NO_TURNS_LEFT:
            return NO_TURNS_LEFT
        return TOO_LATE if self.seconds_left <= 0 else None

    def untrusted(self, result: Answer | NoAnswer) -> str | None:
        """Return why a rejected certificate proves nothing, or None."""
        if not self.tls_fault or not isinstance(result, NoAnswer) or result.failure != "tls":
            return None
        return f"{result.detail}; {self.tls_fault}"

    def _run(self, future: Future[Answer | NoAnswer], request: _Request, seconds: float) -> None:
        try:
            future.set_result(self._exchange(request, seconds))
        except Exception as error:  # a bug in clawdoctor, which the calling thread raises
            future.set_exception(error)

    def _exchange(self, request: _Request, seconds: float) -> Answer | NoAnswer:
        # The path may contain the value of a variable, and no other redaction follows.
        waiting = Waiting(f"{request.method} {shown_url(without_controls(request.url))}")
        if self.progress is not None:
            self.progress(waiting)
        try:
            return self._answer(request, seconds)
        finally:
            waiting.done = True

    def _answer(self, request: _Request, seconds: float) -> Answer | NoAnswer:
        import httpx

        method, url = request.method, request.url
        self.spent.count(billable=request.content is not None)
        limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        started = self.clock()
        client = self.direct
        try:
            client = self.client_for(url)
            headers = {name: _revealed(value) for name, value in request.headers.items()}
            with client.stream(
                method, url, headers={**_PLAIN, **headers}, content=request.content, timeout=limits
            ) as response:
                body = PartialBody()
                try:
                    read_body(response, started + seconds, body, self.clock)
                except request_errors() as error:
                    if request.content is None:
                        raise
                    failure, detail = classify_error(error)
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
        except request_errors() as error:
            failure, detail = classify_error(error, proxied=client is self.proxied)
            return NoAnswer(method, url, failure, detail, self._since(started))

    def _since(self, started: float) -> int:
        return round((self.clock() - started) * 1000)


def fits_header(value: str) -> bool:
    """Return whether a value fits into a header: printable ASCII without outer white space."""
    return value.isascii() and value.isprintable() and value == value.strip()


def _revealed(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _header(value: str) -> str:
    return without_controls(value)[:HEADER_LIMIT]
