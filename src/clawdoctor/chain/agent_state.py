"""Files that older versions of OpenClaw left in their agents' folders. Only that they are there."""

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
    """What lies in the state folders; nothing where they cannot be read."""
    found = [
        str(path)
        for folder in dict.fromkeys(file.state_dirs)
        for name in NAMES
        for path in sorted(Path(folder).glob(f"agents/*/agent/{name}"))
    ]
    return AgentState(tuple(found))
