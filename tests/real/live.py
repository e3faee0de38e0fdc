"""Live runs on a chain of which the proxy is real, many of them beside one another."""

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
from clawdoctor.run.situation import Situation, litellm_processes
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
    """The path below which the proxy serves."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One run: the groups that the files name, and what is changed in the files.

    The primary is the first group, the others are its fallbacks. `seen` is whether LiteLLM's
    file and process are there to be seen; `known` whether the process is.
    """

    groups: tuple[str, ...]
    openclaw: Edits = ()
    litellm: Edits = ()
    seen: bool = True
    known: bool = True
    beside: tuple[str, ...] = ()
    """Groups of LiteLLM's file that OpenClaw does not use."""
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
    """Serve the resources and start the proxy, as it is after its installation, before them.

    `below` is a path below which it serves.
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
    """An openclaw.json whose primary and fallbacks are these groups."""
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


def asked(live: Live, asking: Asked, folder: Path) -> Report:
    """The report of a live run; nothing secret may be in it."""
    (folder / "openclaw.json").write_text(
        openclaw_config(live, asking.groups, asking.openclaw), "utf-8"
    )
    programs = installed(folder / "prefix", {"openclaw": NEWEST})
    environ = {**ENVIRON, "LITELLM_MASTER_KEY": MASTER_KEY, **asking.environ}
    path = os.pathsep.join((programs, str(live.programs)))
    situation = Situation(
        cwd=str(folder),
        home=str(folder / "home"),
        environ={**environ, "PATH": path if asking.seen else programs},
        openclaw_config="openclaw.json",
    )
    if asking.seen:
        named = [one for one in (*asking.groups, *asking.beside) if one in GROUPS] or ["good"]
        text = edited(written(named, live.azure.bases, general=live.general), *asking.litellm)
        (folder / "litellm_config.yaml").write_text(text, "utf-8")
        pid = live.proxy.process.pid
        mine = tuple(one for one in litellm_processes() if one.pid == pid and asking.known)
        situation = replace(situation, litellm_config="litellm_config.yaml", processes=mine)
    report = diagnose(situation, mode="live", timeout=asking.timeout)
    assert not report.internal_errors, report.internal_errors
    assert report.usage_error is None
    for text in (to_json(report), render(report, width=88, home="/nowhere", verbose=True)):
        assert not secrets_in(text), secrets_in(text)
    return report


def secrets_in(text: str) -> list[str]:
    """Parts of 8 characters of any key."""
    parts = (one[at : at + 8] for one in SECRETS for at in range(len(one) - 7))
    return [part for part in parts if part in text]


def where(finding: ReportedFinding) -> str:
    """The file, and the pointer to what a finding points at."""
    place = finding.place
    return "" if place is None else f"{Path(place.path).name}{place.pointer}"


def keys_elsewhere(live: Live) -> list[str]:
    """The requests with a key that is not for who was asked, or not in its header."""
    found = []
    for name, requests in live.azure.heard.items():
        own = OTHER_KEY if name == "other" else AZURE_KEY
        for request in requests:
            rest = {key.lower(): value for key, value in request.headers.items()}
            sent = [rest.pop("api-key", ""), rest.pop("authorization", "")]
            text = f"{request.path} {request.query} {rest} {request.body!r}"
            if secrets_in(text) or any(one in str(sent) for one in SECRETS if one != own):
                found.append(f"{name}: {request.method} {request.path}")
    return found


def primed(live: Live, group: str) -> int:
    """A turn that somebody else asks first; its status."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.post(
            f"{live.proxy.url}/v1/chat/completions",
            headers={"Authorization": f"Bearer {MASTER_KEY}"},
            json={"model": group, "messages": [{"role": "user", "content": "ping"}]},
        )
    return answer.status_code
