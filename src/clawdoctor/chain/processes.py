"""The proxy processes on this machine that belong to this chain."""

from __future__ import annotations

import re
from pathlib import Path

from clawdoctor.chain.openclaw_file import find_openclaw_config
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Process, Situation
from clawdoctor.source.read import Unreadable, read_text

_PORT = re.compile(r"https?://[^\s\"'/]{1,253}:(\d{1,5})")


def processes_of_chain(situation: Situation) -> tuple[Process, ...]:
    """Return the proxies on the ports that OpenClaw's file names, or all if there are none.

    A proxy of another project has its own config and environment.
    """
    if len(situation.processes) < 2:
        return situation.processes
    ports = {int(port) for port in _PORT.findall(_openclaw(situation))}
    here = tuple(process for process in situation.processes if process.port in ports)
    return here or situation.processes


def _openclaw(situation: Situation) -> str:
    """Return the text that names the proxy's URL. The file need not parse."""
    found = find_openclaw_config(situation)
    text = None if isinstance(found, Absent) else read_text(Path(found.path))
    written = "" if text is None or isinstance(text, Unreadable) else text.content
    return f"{situation.proxy_url or ''} {written}"
