"""Measure live runs whose servers are slow, down, silent, or never end an answer."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.chains import ENVIRON, KEY, write_chain
from benchmarks.process import cost_of
from clawdoctor.simulator import azure, proxy
from clawdoctor.simulator.azure_turn import AzureDeployment
from clawdoctor.simulator.message import Request, Response, network
from clawdoctor.simulator.serve import refusing_url, serving
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import served_deployment

_DELAY = 0.3  # seconds
_DEADLINE = 10  # seconds
_PAUSE = 0.1  # seconds between the bytes of a drip
_VERSION = "2025-04-01-preview"  # of the configs that write_chain writes
Handler = Callable[[Request], Response]


def slow_servers(
    folder: Path, environ: Mapping[str, str], command: list[str], most: int
) -> Iterator[tuple[str, ...]]:
    """Yield how long a live run takes whose servers answer each request after 300 ms."""
    one = 0.0
    for size in (size for size in (1, 10, 50, 200) if size <= most):
        served = {f"deployment-{number}": AzureDeployment("gpt-4o") for number in range(size)}
        resource = azure.handler(azure.AzureResource("contoso-ai", KEY, served))
        with serving(_late(resource)) as azure_url:
            groups = {
                f"gpt-{n}": (served_deployment(f"azure/{name}", azure_url, Secret(KEY), _VERSION),)
                for n, name in enumerate(served)
            }
            running = proxy.LiteLLMProxy(groups, master_key=ENVIRON["LITELLM_MASTER_KEY"])
            upstream = network({azure_url: resource})
            with serving(_late(proxy.handler(running, upstream))) as url:
                chain = write_chain(
                    folder / f"slow-{size}", size, size, proxy=url, azure=azure_url, used=size
                )
                cost = cost_of(command, chain, environ, runs=1)
        one = one or cost.wall
        yield str(size), f"{cost.wall:.2f}", f"{cost.wall / one:.1f}", f"{cost.cpu:.2f}"


def _late(handler: Handler) -> Handler:
    return lambda request: replace(handler(request), delay=_DELAY)


def outages(
    folder: Path, environ: Mapping[str, str], command: list[str]
) -> Iterator[tuple[str, ...]]:
    """Yield how long a live run takes whose proxy does not answer as it should."""
    options = [*command, "--timeout", str(_DEADLINE)]

    def seconds(url: str) -> str:
        chain = write_chain(folder / "outage", 2, 2, proxy=url)
        return f"{cost_of(options, chain, environ, runs=1).wall:.1f}"

    yield "is down", seconds(refusing_url())
    with serving(lambda _: Response(200, fault="hang")) as url:
        yield "says nothing", seconds(url)
    with _dripping() as url:
        yield "sends a byte now and then", seconds(url)


@contextmanager
def _dripping() -> Iterator[str]:
    """Serve answers that never end, and yield the server's URL."""
    over = threading.Event()

    class Drip(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not over.wait(_PAUSE):
                self.wfile.write(b" ")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing: the client left."""

    with Server(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()
