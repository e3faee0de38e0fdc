"""Live runs on a chain with the real proxy, many of them in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from clawdoctor.finding import Report, ReportedFinding
from clawdoctor.formats.json import to_json
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.running import running_programs
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.scene import installed
from real.azures import Azure, Serve
from real.azures import up as azure_up
from real.chain import MASTER_KEY, edited
from real.groups import (
    AZURE_KEY,
    ENVIRON,
    GROUPS,
    MASTER_KEY_SETTING,
    OTHER_KEY,
    written,
)
from real.process import Proxy, started

HERE = Path(__file__).parent
NEWEST = "2026.9.6"
WRONG_KEY = "sk-9ab4470de6c85213"
SECRETS = (MASTER_KEY, AZURE_KEY, OTHER_KEY, WRONG_KEY)
Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Live:
    """The chain while it is up."""

    programs: Path
    proxy: Proxy
    azure: Azure
    general: str = MASTER_KEY_SETTING
    folder: str = ""
    """The path that the proxy serves below."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The settings of a run: the groups in the files, and the edits of the files.

    The first group is the primary, the others are its fallbacks. `files_visible` says whether
    clawdoctor can see LiteLLM's file and process, `process_visible` whether it can see the process.
    """

    groups: tuple[str, ...]
    openclaw: Edits = ()
    litellm: Edits = ()
    files_visible: bool = True
    process_visible: bool = True
    beside: tuple[str, ...] = ()
    """Groups in LiteLLM's file that OpenClaw does not use."""
    environ: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 60.0


@contextmanager
def up(
    folder: Path,
    programs: Path,
    backend: Serve,
    *,
    general: str = MASTER_KEY_SETTING,
    below: str = "",
) -> Iterator[Live]:
    """Serve the resources, and start the proxy with its default settings.

    `below` is the path that the proxy serves below.
    """
    with azure_up(backend) as azure:
        config = folder / "litellm_config.yaml"
        config.write_text(written(GROUPS, azure.bases, general=general), "utf-8")
        environ = {**ENVIRON}
        environ |= {"LITELLM_MASTER_KEY": MASTER_KEY} if general == MASTER_KEY_SETTING else {}
        environ |= {"SERVER_ROOT_PATH": below} if below else {}
        with started(programs, config, folder / "home", environ) as proxy:
            ended = proxy.exit_code()
            if ended is not None:
                pytest.fail(f"LiteLLM ended with {ended}:\n{proxy.log}")
            yield Live(programs, proxy, azure, general, below)


def openclaw_config(live: Live, groups: Iterable[str], edits: Edits = ()) -> str:
    """Return an openclaw.json whose primary and fallbacks are these groups."""
    text = (HERE / "openclaw.json").read_text("utf-8")
    start = text.index("          {\n")
    end = text.index("          },\n") + len("          },\n")
    model = text[start:end]
    names = list(groups)
    rows = "".join(model.replace('"good"', f'"{name}"') for name in names)
    refs = ", ".join(f'"azure-openai/{name}"' for name in names[1:])
    fallbacks = f", fallbacks: [{refs}]" if refs else ""
    primary = f'primary: "azure-openai/{names[0]}"{fallbacks}'
    whole = text[:start] + rows + text[end:].replace('primary: "azure-openai/good"', primary)
    addresses = (("CANARY", live.azure.bases["canary"]),) if "CANARY" in str(edits) else ()
    return edited(whole, ("http://proxy", f"{live.proxy.url}{live.folder}"), *edits, *addresses)


def run_report(live: Live, settings: RunSettings, folder: Path) -> Report:
    """Return the report of a live run. Fail if the report contains a secret."""
    (folder / "openclaw.json").write_text(
        openclaw_config(live, settings.groups, settings.openclaw), "utf-8"
    )
    programs = installed(folder / "prefix", {"openclaw": NEWEST})
    environ = {**ENVIRON, "LITELLM_MASTER_KEY": MASTER_KEY, **settings.environ}
    path = os.pathsep.join((programs, str(live.programs)))
    situation = Situation(
        cwd=str(folder),
        home=str(folder / "home"),
        environ={**environ, "PATH": path if settings.files_visible else programs},
        openclaw_config="openclaw.json",
    )
    if settings.files_visible:
        groups = [g for g in (*settings.groups, *settings.beside) if g in GROUPS] or ["good"]
        text = edited(written(groups, live.azure.bases, general=live.general), *settings.litellm)
        (folder / "litellm_config.yaml").write_text(text, "utf-8")
        pid = live.proxy.process.pid
        visible = running_programs().proxies if settings.process_visible else ()
        mine = tuple(process for process in visible if process.pid == pid)
        situation = replace(situation, litellm_config="litellm_config.yaml", processes=mine)
    report = diagnose(situation, mode="live", timeout=settings.timeout)
    assert not report.internal_errors, report.internal_errors
    assert report.usage_error is None
    for text in (to_json(report), render(report, width=88, home="/nowhere", verbose=True)):
        assert not secrets_in(text), secrets_in(text)
    return report


def secrets_in(text: str) -> list[str]:
    """Return the parts of keys, 8 characters each, in a text."""
    parts = (key[at : at + 8] for key in SECRETS for at in range(len(key) - 7))
    return [part for part in parts if part in text]


def place_of(finding: ReportedFinding) -> str:
    """Return the file and the pointer of a finding."""
    place = finding.place
    return "" if place is None else f"{Path(place.path).name}{place.pointer}"


def misplaced_keys(live: Live) -> list[str]:
    """Return the requests that contain a key of another resource, or a key outside its header."""
    found = []
    for name, requests in live.azure.requests.items():
        own = OTHER_KEY if name == "other" else AZURE_KEY
        for request in requests:
            rest = {key.lower(): value for key, value in request.headers.items()}
            sent = [rest.pop("api-key", ""), rest.pop("authorization", "")]
            text = f"{request.path} {request.query} {rest} {request.body!r}"
            if secrets_in(text) or any(key in str(sent) for key in SECRETS if key != own):
                found.append(f"{name}: {request.method} {request.path}")
    return found


def send_turn(live: Live, group: str) -> int:
    """Send a turn of another client, and return its HTTP status."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.post(
            f"{live.proxy.url}/v1/chat/completions",
            headers={"Authorization": f"Bearer {MASTER_KEY}"},
            json={"model": group, "messages": [{"role": "user", "content": "ping"}]},
        )
    return answer.status_code
