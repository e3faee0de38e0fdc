"""Which of the proxies that run on this machine is the one of this chain."""

from __future__ import annotations

import re
from pathlib import Path

from clawdoctor.chain.openclaw_file import find_openclaw_config
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Process, Situation
from clawdoctor.source.read import Unreadable, read_text

_PORT = re.compile(r"https?://[^\s\"'/]{1,253}:(\d{1,5})")


def processes_of_chain(situation: Situation) -> tuple[Process, ...]:
    """Those that listen where OpenClaw's file asks; all of them where none does.

    Another proxy, of another project, has its own config and its own environment.
    """
    if len(situation.processes) < 2:
        return situation.processes
    asked = {int(port) for port in _PORT.findall(_openclaw(situation))}
    here = tuple(one for one in situation.processes if one.port in asked)
    return here or situation.processes


def _openclaw(situation: Situation) -> str:
    """Where the proxy is asked, as it is written; the file need not be readable as a whole."""
    found = find_openclaw_config(situation)
    text = None if isinstance(found, Absent) else read_text(Path(found.path))
    written = "" if text is None or isinstance(text, Unreadable) else text.content
    return f"{situation.proxy_url or ''} {written}"
