"""The guarded client: each failure has a kind and an end, and nothing goes to another host."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from more_time import with_more_time
from pytest_httpx import HTTPXMock

from clawdoctor.probes.body import BODY_LIMIT
from clawdoctor.probes.client import Network, open_http
from clawdoctor.probes.http import HEADER_LIMIT, Answer, Http, NoAnswer
from clawdoctor.probes.limiter import MAX_PER_SERVER
from clawdoctor.probes.network_failure import NAME_NOT_FOUND
from clawdoctor.simulator.message import Request, Response, text_response
from clawdoctor.simulator.serve import refusing_url, serving

FOREVER = float("inf")
PUBLIC = "https://contoso.openai.azure.com/openai/models"


@contextmanager
def client(
    environ: dict[str, str] | None = None,
    deadline: float = FOREVER,
    progress: Callable[[str], None] | None = None,
    *,
    verify: bool | str = True,
    network: Network | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Http]:
    http = open_http(environ or {}, deadline, progress, verify=verify, network=network, clock=clock)
    with closing(http.direct):
        yield http
    if http.proxied is not None:
        http.proxied.close()


def stopped_clock(moment: float) -> Callable[[], float]:
    return lambda: moment


def mocked(handle: Callable[[httpx.Request], httpx.Response]) -> Network:
    return Network(lambda: httpx.MockTransport(handle), lambda _: True)


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that calls `speak` for each connection; yield its `host:port`."""

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            speak(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def dripping(connection: socket.socket, part: bytes) -> None:
    """Send a part now and then until the client closes the connection."""
    while True:
        connection.sendall(part)
        threading.Event().wait(0.02)


def failed(result: Answer | NoAnswer) -> tuple[str, str]:
    assert isinstance(result, NoAnswer), result
    return result.failure, result.detail


def answered(result: Answer | NoAnswer) -> Answer:
    assert isinstance(result, Answer), result
    return result


def test_an_answer_has_status_headers_and_body() -> None:
    requests: list[Request] = []
    with serving(lambda _: text_response(404, "no"), requests=requests) as url, client() as http:
        answer = answered(http.get(f"{url}/a?b=c", {"x-thing": "1"}))
    assert (answer.status, answer.body, answer.cut) == (404, "no", False)
    assert answer.line == f"GET {url}/a?b=c"
    assert answer.headers["content-type"].startswith("text/plain")
    assert requests[0].headers["x-thing"] == "1"


def test_a_refused_connection() -> None:
    with client() as http:
        assert failed(http.get(refusing_url(), {})) == ("refused", "connection refused")


def test_a_reset_connection() -> None:
    with serving(lambda _: Response(200, fault="reset")) as url, client() as http:
        assert failed(http.get(url, {}))[0] == "reset"


@pytest.mark.parametrize("answer", [Response(200, fault="hang"), Response(200, delay=86_400)])
def test_a_server_that_hangs_times_out(answer: Response) -> None:
    with serving(lambda _: answer) as url, client() as http:
        result = http.get(url, {}, read_seconds=0.3)
    assert failed(result) == ("timeout", "no answer in time")


def test_an_answer_has_its_latency() -> None:
    now = 100.0

    def handle(request: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 1.25
        if request.url.path == "/silent":
            raise httpx.ReadTimeout("x")
        return httpx.Response(200)

    with client(network=mocked(handle), clock=lambda: now) as http:
        assert http.get(PUBLIC, {}).latency_ms == 1250
        assert http.get("https://contoso.openai.azure.com/silent", {}).latency_ms == 1250


def test_a_truncated_body_is_a_reset() -> None:
    torn = Response(200, body=b"x" * 1000, fault="truncate")
    with serving(lambda _: torn) as url, client() as http:
        assert failed(http.get(url, {}))[0] == "reset"


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_a_connection_that_ends_before_an_answer_is_reset(greeting: bytes) -> None:
    with speaking(lambda connection: connection.sendall(greeting)) as address, client() as http:
        assert failed(http.get(f"http://{address}", {}))[0] == "reset"


@pytest.mark.parametrize("greeting", [b"-ERR unknown\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x50"])
def test_a_server_without_http_is_a_protocol_failure(greeting: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(greeting)
        connection.recv(1000)

    with speaking(speak) as address, client() as http:
        assert failed(http.get(f"http://{address}", {})) == ("protocol", "not valid HTTP")


def test_https_to_a_plain_port_is_a_tls_failure() -> None:
    with serving(lambda _: Response(200)) as url, client() as http:
        failure, detail = failed(http.get(url.replace("http", "https"), {}))
    assert failure == "tls"
    assert "_" not in detail


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificate with openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext"
    subprocess.run(
        [*command.split(), "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def secure(certificate: tuple[str, str]) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with serving(lambda _: text_response(200, "in"), tls=context) as url:
        yield url


def test_the_client_trusts_what_litellm_trusts(
    secure: str, certificate: tuple[str, str], tmp_path: Path
) -> None:
    authority = certificate[0]
    with client() as http:
        failure, detail = failed(http.get(secure, {}))
        assert (failure, detail.startswith("certificate: self")) == ("tls", True)
    with client({"SSL_CERT_FILE": str(tmp_path / "none")}) as http:
        assert failed(http.get(secure, {}))[0] == "tls"
    with client(verify=authority) as http:
        assert answered(http.get(secure, {})).body == "in"
        wrong_name = http.get(secure.replace("127.0.0.1", "localhost"), {})
        assert failed(wrong_name)[1].startswith("certificate: ")
    with client({"SSL_CERT_FILE": authority}) as http:
        assert answered(http.get(secure, {})).body == "in"
    with client(verify=False) as http:
        assert answered(http.get(secure, {})).body == "in"


@pytest.fixture
def authorities(certificate: tuple[str, str], tmp_path: Path) -> Callable[[str], str]:
    """Return the path of a file of authorities of some kind."""

    def path(kind: str) -> str:
        file = tmp_path / kind
        if kind == "is a directory":
            file.mkdir()
        elif kind == "is not a regular file":
            os.mkfifo(file)
        elif kind == "is larger than 16 MiB":
            with file.open("wb") as huge:
                huge.truncate(1 << 40)
        elif kind == "contains no certificate":
            file.write_text(Path(certificate[1]).read_text("ascii"), "ascii")
        elif kind == "contains an invalid certificate":
            file.write_text(Path(certificate[0]).read_text("ascii").replace("M", "N"), "ascii")
        return str(file)

    return path


@pytest.mark.parametrize(
    "kind",
    [
        "does not exist here",
        "is a directory",
        "is not a regular file",
        "is larger than 16 MiB",
        "contains no certificate",
        "contains an invalid certificate",
    ],
)
def test_a_file_that_holds_no_authorities_leaves_a_rejection_open(
    secure: str, authorities: Callable[[str], str], kind: str
) -> None:
    path = authorities(kind)
    for setting, environ, verify in (
        ("litellm_settings.ssl_verify", {}, path),
        ("SSL_CERT_FILE", {"SSL_CERT_FILE": path}, True),
    ):
        with client(environ, verify=verify) as http:
            reason = http.untrusted(http.get(secure, {})) or ""
            refused = http.get(refusing_url(), {})
            assert http.untrusted(refused) is None
        assert reason.startswith("certificate: self")
        end = f"; the file in {setting} {kind}; clawdoctor used the default certificate authorities"
        assert reason.endswith(end)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name it differently")
def test_authorities_are_not_read_from_a_pipe(secure: str) -> None:
    reader, writer = os.pipe()  # open at both ends, so that reading it waits
    try:
        with client(verify=f"/dev/fd/{reader}") as http:
            assert "is not a regular file" in (http.untrusted(http.get(secure, {})) or "")
    finally:
        os.close(reader)
        os.close(writer)


def test_authorities_between_other_lines(
    secure: str, certificate: tuple[str, str], tmp_path: Path
) -> None:
    pem = Path(certificate[0]).read_text("ascii")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(f"# Autoridade de certificação\n{pem}\n# {{}}\n{pem}", "utf-8")
    with client(verify=str(bundle)) as http:
        assert answered(http.get(secure, {})).body == "in"


def test_http_to_a_tls_port_is_no_answer(secure: str) -> None:
    with client() as http:
        failure, _ = failed(http.get(secure.replace("https", "http"), {}))
    assert failure in ("reset", "protocol")


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


UNKNOWN = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
AGAIN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.mark.parametrize(
    ("error", "failure", "detail"),
    [
        (caused(httpx.ConnectError("x"), UNKNOWN), "dns", NAME_NOT_FOUND),
        (caused(httpx.ConnectError("x"), AGAIN), "dns", "the name could not be looked up"),
        (httpx.ConnectTimeout("x"), "timeout", "no answer in time"),
        (httpx.ReadTimeout("x"), "timeout", "no answer in time"),
        (httpx.PoolTimeout("x"), "timeout", "no answer in time"),
        (caused(httpx.ConnectError("x"), TimeoutError()), "timeout", "no answer in time"),
        (httpx.ConnectError("No route to host"), "unreachable", "no route to the host"),
        (caused(httpx.ConnectError("x"), ConnectionRefusedError()), "refused", None),
        (httpx.ReadError("x"), "reset", None),
        (caused(httpx.WriteError("x"), BrokenPipeError()), "reset", None),
        (caused(httpx.ReadError("x"), ConnectionResetError()), "reset", "connection reset"),
        (httpx.RemoteProtocolError("Server disconnected without a response."), "reset", None),
        (httpx.RemoteProtocolError("illegal status line"), "protocol", "not valid HTTP"),
        (caused(httpx.ConnectError("x"), ssl.SSLError(1, "[SSL] x")), "tls", None),
        (httpx.UnsupportedProtocol("x"), "protocol", None),
        (httpx.InvalidURL("x"), "protocol", None),
        (httpx.DecodingError("x"), "protocol", None),
        (httpx.ProxyError("407 Proxy Authentication\x1b[31m Required"), "unreachable", None),
    ],
    ids=repr,
)
def test_each_exception_has_its_kind_of_failure(
    error: Exception, failure: str, detail: str | None, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_exception(error)
    with client() as http:
        result = failed(http.get(PUBLIC, {}))
    assert result[0] == failure
    assert detail is None or result[1] == detail
    assert result[1].isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "//",
        "localhost:4000",
        "ftp://a/",
        "http://",
        "http://[::1",
        "http://a:b/",
        "http://a:99999/",
        "http://exa mple/",
        "http://a\x00b/",
        "http://\u2024\u2024/",
        "http://" + "a" * 300,
    ],
)
def test_no_url_raises(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*args: object, **options: object) -> None:
        raise UNKNOWN

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with client({"HTTPS_PROXY": refusing_url()}) as http:
        assert failed(http.get(url, {}))
        assert failed(http.get(url.replace("http:", "https:"), {}))


@pytest.mark.parametrize("value", ["a\nb", "\u00e4", "a\x00"])
def test_no_header_raises(value: str) -> None:
    with serving(lambda _: Response(200)) as url, client() as http:
        http.get(url, {"Authorization": value})


def test_the_caller_gets_an_exception_of_its_progress() -> None:
    def progress(request: str) -> None:
        raise ZeroDivisionError

    with client(progress=progress) as http, pytest.raises(ZeroDivisionError):
        http.get("http://127.0.0.1:1", {})


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def test_a_body_is_not_read_past_the_limit() -> None:
    sent = 0

    def speak(connection: socket.socket) -> None:
        nonlocal sent
        connection.recv(10_000)
        connection.sendall(HEAD + b"\r\n")
        while sent < 100_000_000:
            connection.sendall(b"x" * 100_000)
            sent += 100_000

    with speaking(speak) as address, client() as http:
        answer = answered(http.get(f"http://{address}", {}))
    assert answer.cut
    assert len(answer.body) == BODY_LIMIT
    assert sent < 50_000_000


def test_a_body_may_be_cut_within_a_character() -> None:
    body = "é".encode() * BODY_LIMIT
    with serving(lambda _: Response(200, body=b"x" + body)) as url, client() as http:
        answer = answered(http.get(url, {}))
    assert answer.cut
    assert answer.body == "x" + "é" * (BODY_LIMIT // 2 - 1) + "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("head", [HEAD + b"\r\n", HEAD + b"X-Long: ", b"HTTP/1.1 2", b""])
def test_a_server_that_drips_times_out(head: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(head)
        dripping(connection, b"0")

    def attempt(seconds: float) -> None:
        with speaking(speak) as address, client() as http:
            result = http.get(f"http://{address}", {}, read_seconds=seconds)
        if head.endswith(b"\r\n\r\n"):
            assert answered(result).cut
        else:
            assert isinstance(result, NoAnswer)

    with_more_time(attempt, 0.4)


def test_a_drip_that_starts_in_time_times_out() -> None:
    """Each byte comes within the limit of the byte before, and all of them after it."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n")
        threading.Event().wait(0.3)
        connection.sendall(b"0")
        connection.recv(10_000)
        connection.recv(10_000)

    with speaking(speak) as address, client() as http:
        result = http.get(f"http://{address}", {}, read_seconds=0.4)
    assert failed(result)[0] == "timeout"


def test_a_name_lookup_that_hangs_times_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()

    def lookup(*args: object, **options: object) -> None:
        over.wait()
        raise AGAIN

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with client() as http:
        assert failed(http.get(PUBLIC, {}, read_seconds=0.3))[0] == "timeout"
        over.set()


@pytest.mark.parametrize("name", ["gzip", "deflate", "x-gzip"])
def test_a_compressed_body_is_decompressed_to_the_limit(name: str) -> None:
    requests: list[Request] = []
    bomb = gzip.compress(b"A" * 50_000_000)
    packed = {"big": bomb, "small": gzip.compress(b"hello")}

    def handle(request: Request) -> Response:
        return Response(200, {"content-encoding": name}, packed[request.path[1:]])

    with serving(handle, requests=requests) as url, client() as http:
        tracemalloc.start()
        try:
            answer = answered(http.get(f"{url}/big", {}))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (answer.cut, len(answer.body)) == (True, BODY_LIMIT)
        assert peak < 10_000_000
        assert answered(http.get(f"{url}/small", {})).body == "hello"
    assert requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("name", ["br", "zstd", "gzip", "nonsense"])
def test_a_body_that_cannot_be_decompressed_is_a_protocol_failure(name: str) -> None:
    broken = Response(200, {"content-encoding": name}, b"\x1f\x8b not packed")
    with serving(lambda _: broken) as url, client() as http:
        assert failed(http.get(url, {})) == ("protocol", "not valid HTTP")


def test_an_answer_contains_no_control_characters() -> None:
    body = "a\x1b[31mb\x1b]0;title\x07c\x9b1md\x00e\x07f\rg\u202eh\nend\tof"

    def speak(connection: socket.socket) -> None:
        connection.recv(10_000)
        raw = body.encode() + b"\xff"
        connection.sendall(
            HEAD
            + b"Server: x\x1b[2Jy\x9b31mz\r\nX-Long: "
            + b"n" * 5000
            + b"\r\nContent-Length: %d\r\n\r\n" % len(raw)
            + raw
        )

    with speaking(speak) as address, client() as http:
        answer = answered(http.get(f"http://{address}", {}))
    assert answer.body == "abcdefgh\nend\tof\N{REPLACEMENT CHARACTER}"
    assert answer.headers["server"] == "xyz"
    assert len(answer.headers["x-long"]) == HEADER_LIMIT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    requests: list[Request] = []
    with (
        serving(lambda _: Response(200), requests=requests) as other,
        serving(lambda _: Response(status, {"location": f"{other}/x"})) as url,
        client() as http,
    ):
        answer = answered(http.get(url, {"api-key": "secret"}))
    assert (answer.status, answer.headers["location"]) == (status, f"{other}/x")
    assert requests == []


def test_the_environment_has_no_effect_on_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    proxied: list[Request] = []
    requests: list[Request] = []
    with (
        serving(lambda _: Response(502), requests=proxied) as proxy,
        serving(lambda _: Response(200), requests=requests) as url,
    ):
        environ = {"SSL_CERT_FILE": str(netrc), "SSL_CERT_DIR": str(tmp_path), "NETRC": str(netrc)}
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            environ |= {name: proxy, name.lower(): proxy}
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        with client(dict(os.environ)) as http:
            assert answered(http.get(url, {})).status == 200
            assert answered(http.get(url.replace("127.0.0.1", "localhost"), {})).status == 200
            secure = http.get(url.replace("http", "https"), {})
            assert failed(secure)[0] == "tls"
    assert proxied == []
    assert all("authorization" not in request.headers for request in requests)


@pytest.mark.parametrize(
    ("url", "no_proxy", "proxied"),
    [
        (PUBLIC, "", True),
        ("https://gateway.example:8443/", "", True),
        ("https://9.9.9.9/", "", True),
        (PUBLIC.replace("https", "http"), "", False),
        ("http://gateway.example/", "", False),
        ("https://localhost/", "", False),
        ("https://localhost./", "", False),
        ("https://litellm.localhost/", "", False),
        ("https://localhost.localdomain/", "", False),
        ("https://127.0.0.1/", "", False),
        ("https://127.8.8.8/", "", False),
        ("https://[::1]/", "", False),
        ("https://10.1.2.3/", "", False),
        ("https://192.168.1.1/", "", False),
        ("https://172.20.0.1/", "", False),
        ("https://litellm/", "", False),
        (PUBLIC, "*", False),
        (PUBLIC, "contoso.openai.azure.com", False),
        (PUBLIC, "localhost, .azure.com", False),
        (PUBLIC, "AZURE.COM:443", False),
        (PUBLIC, "*.openai.azure.com", False),
        (PUBLIC, "zure.com", True),
        (PUBLIC, "example.com,,", True),
        ("https://CONTOSO.openai.azure.com/", "contoso.openai.azure.com", False),
    ],
)
def test_only_https_to_public_hosts_is_proxied(url: str, no_proxy: str, proxied: bool) -> None:
    with client({"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": no_proxy}) as http:
        assert (http.client_for(url) is http.proxied) == proxied


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_variables_of_a_proxy_in_either_case(name: str) -> None:
    for bypass in ("no_proxy", "NO_PROXY"):
        with client({name: "http://127.0.0.1:1", bypass: "a.example"}) as http:
            assert http.client_for(PUBLIC) is http.proxied
            assert http.client_for("https://a.example/") is http.direct
    with client({"http_proxy": "http://127.0.0.1:1"}) as http:
        assert http.client_for(PUBLIC) is http.direct


def test_a_key_passes_the_environments_proxy_only_inside_tls() -> None:
    received: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        received.append(connection.recv(10_000))
        connection.sendall(b"HTTP/1.1 407 Proxy \x1b[31mAuthentication Required\r\n\r\n")

    with speaking(speak) as address, client({"HTTPS_PROXY": address}) as http:
        failure, detail = failed(http.get(PUBLIC, {"api-key": "secret"}))
    assert failure == "unreachable"
    assert "407" in detail
    assert detail.isprintable()
    assert received[0].startswith(b"CONNECT contoso.openai.azure.com:443 ")
    assert b"secret" not in received[0]


def test_a_proxy_that_is_down_is_not_taken_for_azure() -> None:
    """Otherwise AZ001 reports a resource that does not exist."""
    with client({"HTTPS_PROXY": refusing_url()}) as http:
        failure, detail = failed(http.get(PUBLIC, {}))
    assert failure == "unreachable"
    assert "HTTPS_PROXY" in detail


def test_an_unknown_name_of_a_proxy_is_not_taken_for_azures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lookup(host: str, *args: object, **options: object) -> None:
        assert host == "proxy.example"
        raise UNKNOWN

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with client({"HTTPS_PROXY": "http://proxy.example:3128"}) as http:
        assert failed(http.get(PUBLIC, {}))[0] == "unreachable"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://x", "http://[", "::", " "])
def test_an_unusable_proxy_is_ignored(proxy: str) -> None:
    with client({"HTTPS_PROXY": proxy}) as http, serving(lambda _: Response(200)) as url:
        assert answered(http.get(url, {})).status == 200


def test_a_server_gets_at_most_sixteen_requests_at_once() -> None:
    lock = threading.Lock()
    full, over = threading.Event(), threading.Event()
    active = peak = 0

    def handle(request: httpx.Request) -> httpx.Response:
        nonlocal active, peak
        with lock:
            active += 1
            peak = max(peak, active)
            if active == MAX_PER_SERVER:
                full.set()
        over.wait(60)
        with lock:
            active -= 1
        return httpx.Response(200)

    with client(network=mocked(handle)) as http:
        threads = [
            threading.Thread(target=http.get, args=(f"{PUBLIC}/{n}", {}))
            for n in range(3 * MAX_PER_SERVER)
        ]
        for thread in threads:
            thread.start()
        assert full.wait(60)
        over.set()
        for thread in threads:
            thread.join()
    assert peak == MAX_PER_SERVER == 16
    assert http.spent.requests == 3 * MAX_PER_SERVER


def test_requests_are_counted_and_shown() -> None:
    progress: list[str] = []
    with client(progress=progress.append, network=mocked(lambda _: httpx.Response(200))) as http:
        threads = [
            threading.Thread(target=lambda: [http.get(PUBLIC, {}) for _ in range(20)])
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert http.spent.requests == 400
    assert progress == [f"GET {PUBLIC}"] * 400


def test_progress_shows_nothing_secret_of_a_request() -> None:
    progress: list[str] = []
    with client(progress=progress.append) as http:
        http.get("http://user:word@127.0.0.1:1/path?key=word", {})
        http.get("http://127.0.0.1:1/\x1b[31mv1\x07", {})
        http.get("http://127.0.0.1:1/openai/deployments/word/chat/completions", {})
    assert progress == [
        "GET http://<hidden>@127.0.0.1:1/<hidden>?key=<hidden>",
        "GET http://127.0.0.1:1/v1",
        "GET http://127.0.0.1:1/openai/deployments/<hidden>/chat/completions",
    ]


def test_no_socket_opens_after_the_deadline() -> None:
    requests: list[Request] = []
    progress: list[str] = []
    with (
        serving(lambda _: Response(200), requests=requests) as url,
        client(deadline=9.999, clock=stopped_clock(10), progress=progress.append) as http,
    ):
        assert failed(http.get(url, {}))[0] == "timeout"
        assert http.spent.requests == 0
    assert requests == []
    assert progress == []


def test_a_request_ends_with_the_deadline() -> None:
    with (
        serving(lambda _: Response(200, fault="hang")) as url,
        client(deadline=10.3, clock=stopped_clock(10)) as http,
    ):
        assert failed(http.get(url, {}, read_seconds=86_400))[0] == "timeout"


def test_waiting_for_the_limiter_ends_with_the_deadline() -> None:
    with client(deadline=10.3, clock=stopped_clock(10)) as http:
        for _ in range(MAX_PER_SERVER):
            assert http.limiter.enter(PUBLIC, http.deadline)
        assert failed(http.get(PUBLIC, {}, read_seconds=86_400))[0] == "timeout"
        assert http.spent.requests == 0
