"""What a Compose file says about the proxy's container, in every notation."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from clawdoctor.chain.compose import Compose, Service, interpolate
from clawdoctor.run.needs import Absent, Unavailable

HEAD = "services:\n  litellm:\n    image: ghcr.io/berriai/litellm:v1.106.2\n"


def service(here: Any, body: str, environ: dict[str, str] | None = None, rest: str = "") -> Service:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    here.write("project/compose.yaml", HEAD + lines + rest)
    found = here.fact(Compose, environ).proxy
    assert isinstance(found, Service)
    return found


@pytest.mark.parametrize(
    ("written", "ports", "loose"),
    [
        ("4000:4000", [("", 4000, 4000)], []),
        ("127.0.0.1:4000:4001/tcp", [("127.0.0.1", 4000, 4001)], []),
        ("[::1]:4000:4000", [("::1", 4000, 4000)], []),
        ("0.0.0.0:80:4000", [("", 80, 4000)], []),
        ("4000-4001:5000-5001", [("", 4000, 5000), ("", 4001, 5001)], []),
        ("${P:-4005}:4000", [("", 4005, 4000)], []),
        ("4000", [], [4000]),
        ("127.0.0.1::4000", [], [4000]),
        ("4000-4010:4000", [], [4000]),
        ("4000:4000/udp", [], []),
        ("nonsense", [], []),
        ("99999:4000", [], []),
    ],
)
def test_short_ports(here: Any, written: str, ports: list[Any], loose: list[int]) -> None:
    found = service(here, f'ports: ["{written}"]')
    assert [(port.ip, port.host, port.container) for port in found.ports] == ports
    assert [port.container for port in found.unassigned_ports] == loose


def test_long_ports(here: Any) -> None:
    body = "ports:\n  - {target: 4000, published: '4010', host_ip: 127.0.0.1}\n  - target: 9"
    found = service(here, body)
    assert [(port.ip, port.host, port.container) for port in found.ports] == [
        ("127.0.0.1", 4010, 4000)
    ]
    assert [port.container for port in found.unassigned_ports] == [9]


def test_on_the_hosts_network_the_ports_are_the_hosts(here: Any) -> None:
    found = service(here, "network_mode: host\ncommand: --port 4007")
    assert [(port.host, port.container) for port in found.ports] == [(4007, 4007)]


@pytest.mark.parametrize(
    ("body", "port"),
    [
        ("command: --port 4001", 4001),
        ("command: [--port=4002]", 4002),
        ("environment: {PORT: 4003}", 4003),
        ("environment: [PORT=4003]\ncommand: --port 4004", 4004),
        ("entrypoint: litellm --port 4005", 4005),
        ("command: sh -c 'sleep 1 && litellm --port 4006'", 4006),
        ("command: --port many", 4000),
        ("image: litellm", 4000),
    ],
)
def test_the_port_in_the_container(here: Any, body: str, port: int) -> None:
    assert service(here, body).container_port == port


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("volumes: [./a.yaml:/app/config.yaml:ro]", "a.yaml"),
        ("volumes: [{type: bind, source: ./a.yaml, target: /app/config.yaml}]", "a.yaml"),
        ("volumes: [./d:/etc/l]\ncommand: --config=/etc/l/sub/c.yaml", "d/sub/c.yaml"),
        ("volumes: [./d:/app, ./b.yaml:/app/config.yaml]", "b.yaml"),
        ("volumes: [./a.yaml:/app/c.yaml]\ncommand: -c c.yaml", "a.yaml"),
        ("volumes: ['${X:-./x.yaml}:/app/config.yaml']", "x.yaml"),
        ("volumes: [data:/app]", None),
        ("volumes: ['${UNSET}:/app/config.yaml']", None),
        ("volumes: [./a.yaml:/elsewhere.yaml]", None),
        ("configs: [{source: c, target: /app/config.yaml}]", "c.yaml"),
    ],
)
def test_which_file_is_mounted_as_the_config(here: Any, body: str, path: str | None) -> None:
    found = service(here, body, rest="configs:\n  c:\n    file: ./c.yaml\n")
    assert found.config_path == (path and str(here.project / path))
    assert found.config_found == ("missing" if path else "unknown")


def test_what_is_on_the_host(here: Any) -> None:
    (here.project / "folder.yaml").mkdir()
    here.write("project/file.yaml", "")
    body = "volumes: [./%s.yaml:/app/config.yaml]"
    assert service(here, body % "folder").config_found == "folder"
    assert service(here, body % "file").config_found == "file"


def test_an_override_file_is_merged_and_its_places_are_its_own(here: Any) -> None:
    override = here.write(
        "project/compose.override.yaml",
        "services:\n  litellm:\n    command: --port 4002\n    ports: ['4002:4002']\n"
        "    environment: {B: two, C: three}\n    volumes: ['./o.yaml:/app/config.yaml']\n",
    )
    found = service(
        here,
        "command: --port 4001\nports: ['4001:4001']\nenvironment: [A=one, B=one]\n"
        "volumes: ['./b.yaml:/app/config.yaml', './x:/x']",
    )
    assert found.container_port == 4002
    assert [port.host for port in found.ports] == [4001, 4002]
    assert {n: v.value and v.value.reveal() for n, v in found.environment.items()} == {
        "A": "one",
        "B": "two",
        "C": "three",
    }
    assert found.environment["B"].place.path == str(override)
    assert found.environment["B"].place.span is not None
    assert found.environment["B"].place.span.start.line == 5
    assert found.config_path == str(here.project / "o.yaml")
    assert [mount.target for mount in found.mounts] == ["/x", "/app/config.yaml"]


def test_a_broken_override_file_is_reported(here: Any) -> None:
    path = here.write("project/compose.override.yaml", "services:\n  litellm:\n a: [\n")
    here.write("project/compose.yaml", HEAD)
    found = here.fact(Compose)
    assert isinstance(found, Unavailable)
    assert (found.kind, found.place and found.place.path) == ("compose-syntax", str(path))


def test_extends_from_another_file_and_from_this(here: Any) -> None:
    here.write(
        "project/shared/common.yaml",
        "services:\n  keys:\n    env_file: keys.env\n    environment: {A: a, B: b}\n",
    )
    here.write("project/shared/keys.env", "K='a$b'\nL=${K}\nM\n")
    found = service(
        here,
        "extends: base\nenvironment: {B: mine}",
        {"M": "shell"},
        "  base:\n    extends: {file: shared/common.yaml, service: keys}\n",
    )
    values = {n: v.value and v.value.reveal() for n, v in found.environment.items()}
    assert values == {"A": "a", "B": "mine", "K": "a$b", "L": "a$b", "M": "shell"}


def test_services_that_extend_each_other_end(here: Any) -> None:
    assert service(here, "extends: other", rest="  other:\n    extends: litellm\n").complete


def test_an_env_file_that_is_not_required_may_be_missing(here: Any) -> None:
    assert service(here, "env_file: [{path: no.env, required: false}]").complete
    assert not service(here, "env_file: [{path: no.env}]").complete


def test_variables_nest_and_dollars_are_escaped() -> None:
    assert interpolate("${A:-${B:-c}}!", {}) == ("c!", False)
    assert interpolate("$${A} ${A", {"A": "x"}) == ("${A} ${A", False)


def test_a_file_without_litellm_is_nobodys_business(here: Any) -> None:
    here.write("project/compose.yaml", "services:\n  web:\n    image: nginx\n")
    assert isinstance(here.fact(Compose), Absent)


KEYS = [
    *("image", "command", "entrypoint", "environment", "env_file", "ports", "volumes", "configs"),
    *("secrets", "extends", "healthcheck", "network_mode", "build", "file", "service", "source"),
    *("target", "published", "path", "litellm"),
]
SCALARS = [None, True, 1, -1, 1.5, "", "litellm", "4000:4000", "./x:/app", "${A", "::", "9" * 5000]


def _anything(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.random() if depth < 4 else 1
    if kind < 0.35:
        return {dice.choice(KEYS): _anything(dice, depth + 1) for _ in range(dice.randint(0, 4))}
    if kind < 0.6:
        return [_anything(dice, depth + 1) for _ in range(dice.randint(0, 4))]
    return dice.choice(SCALARS)


@pytest.mark.parametrize("seed", range(60))
def test_no_shape_of_a_file_is_too_odd(here: Any, seed: int) -> None:
    dice = random.Random(seed)
    for name in ("compose.yaml", "compose.override.yaml", "other.yaml"):
        body = {key: _anything(dice) for key in KEYS} | {"image": "litellm"}
        services = {"litellm": body, "other": _anything(dice)}
        here.write(f"project/{name}", json.dumps({"services": services, "configs": body}))
    found = here.fact(Compose)
    if isinstance(found, Unavailable):
        assert found.reason == "services.other must be a mapping"
        return
    assert isinstance(found, Compose)
    assert all(service.container_port > 0 for service in found.services)


def test_variables_that_double_each_other_end(here: Any) -> None:
    doubling = "".join(f"V{n + 1}=${{V{n}}}${{V{n}}}\n" for n in range(60))
    here.write("project/doubling.env", f"V0=0123456789\n{doubling}")
    here.write(
        "project/docker-compose.yml",
        "services:\n  litellm:\n    image: ghcr.io/berriai/litellm:main\n"
        "    env_file: [doubling.env]\n",
    )
    environment = here.fact(Compose).proxy.environment
    assert len(environment["V10"].value) == 10 << 10
    assert all(len(passed.value or "") <= 1 << 17 for passed in environment.values())
