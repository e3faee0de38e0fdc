"""The simulator on real sockets, faults included."""

import shutil
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from clawdoctor.simulator.message import Request, Response, json_response, sse
from clawdoctor.simulator.serve import free_port, refusing_url, serving


def echo(request: Request) -> Response:
    return json_response(
        200,
        {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "body": request.body.decode(),
        },
    )


@pytest.fixture
def client() -> httpx.Client:
    return httpx.Client(trust_env=False, timeout=5)


def test_requests_arrive_whole_and_are_recorded(client: httpx.Client) -> None:
    requests: list[Request] = []
    with serving(echo, requests=requests) as url, client:
        for number in range(3):  # on one connection
            answer = client.post(
                f"{url}/a%20b?api-version=x&empty=",
                content=f"body {number}",
                headers={"Api-Key": "k"},
            )
            assert answer.json() == {
                "method": "POST",
                "path": "/a b",
                "query": {"api-version": "x", "empty": ""},
                "body": f"body {number}",
            }
        assert answer.http_version == "HTTP/1.1"
        assert "connection" not in answer.headers
    assert [request.headers["api-key"] for request in requests] == ["k"] * 3


def test_streams_arrive(client: httpx.Client) -> None:
    with serving(lambda _: sse([{"n": 1}, {"n": 2}])) as url, client:
        with client.stream("GET", url) as answer:
            assert list(answer.iter_lines()) == [
                'data: {"n":1}',
                "",
                'data: {"n":2}',
                "",
                "data: [DONE]",
                "",
            ]
        assert client.get(url).status_code == 200


def test_reset(client: httpx.Client) -> None:
    with (
        serving(lambda _: Response(200, fault="reset")) as url,
        client,
        pytest.raises(httpx.ReadError),
    ):
        client.get(url)


def test_truncated_body(client: httpx.Client) -> None:
    with (
        serving(lambda _: Response(200, body=b"0123456789", fault="truncate")) as url,
        client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.get(url)


def test_truncated_stream(client: httpx.Client) -> None:
    torn = Response(200, chunks=(b"one", b"two", b"three"), fault="truncate")
    got = b""
    with serving(lambda _: torn) as url, client, client.stream("GET", url) as answer:
        try:
            for part in answer.iter_bytes():
                got += part
        except httpx.RemoteProtocolError:
            got += b"|torn"
    assert got == b"onetwo|torn"


def test_a_hanging_server_can_be_left_at_once() -> None:
    """Otherwise pytest's time limit ends the test."""
    with (
        serving(lambda _: Response(200, fault="hang")) as url,
        pytest.raises(httpx.ReadTimeout),
        httpx.Client(trust_env=False, timeout=0.2) as client,
    ):
        client.get(url)
    with (
        serving(lambda _: Response(200, delay=86_400)) as url,
        pytest.raises(httpx.ReadTimeout),
        httpx.Client(trust_env=False, timeout=0.2) as client,
    ):
        client.get(url)


def test_delay(client: httpx.Client) -> None:
    tardy = Response(200, delay=86_400)
    with (
        serving(lambda request: tardy if request.path == "/late" else Response(200)) as url,
        client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{url}/late", timeout=0.2)
        assert client.get(url).status_code == 200
    with (
        serving(lambda _: Response(200, delay=0.01)) as url,
        httpx.Client(trust_env=False) as other,
    ):
        assert other.get(url).status_code == 200


def test_nothing_is_printed(client: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(lambda _: Response(500)) as url, client:
        client.get(url)
        client.head(f"{url}/x")
    assert capfd.readouterr() == ("", "")


def test_refused(client: httpx.Client) -> None:
    assert free_port() != free_port()
    with client, pytest.raises(httpx.ConnectError):
        client.get(refusing_url())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext"
    subprocess.run(
        [*make.split(), "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with serving(echo, tls=context) as url:
        assert url.startswith("https://127.0.0.1:")
        with httpx.Client(trust_env=False, verify=trusting) as client:
            assert client.get(url).status_code == 200
        with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError):
            client.get(url)
        with httpx.Client(trust_env=False) as client, pytest.raises(httpx.RemoteProtocolError):
            client.get(url.replace("https", "http"))
