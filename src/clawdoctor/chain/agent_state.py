"""Files that older versions of OpenClaw left in the agents' folders. Only their paths count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clawdoctor.chain.openclaw_file import OpenClawFile

NAMES = ("auth-profiles.json", "models.json")


@dataclass(frozen=True, slots=True)
class AgentState:
    """Paths of the form `<state folder>/agents/<id>/agent/<name>` that exist."""

    files: tuple[str, ...]


def load_agent_state(file: OpenClawFile) -> AgentState:
    """Find these files in the state folders. Unreadable folders count as empty."""
    found = [
        str(path)
        for folder in dict.fromkeys(file.state_dirs)
        for name in NAMES
        for path in sorted(Path(folder).glob(f"agents/*/agent/{name}"))
    ]
    return AgentState(tuple(found))
