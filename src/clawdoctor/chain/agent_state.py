"""Files that older versions of OpenClaw left in the agents' folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.deferred import dataclass
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.look import look, paths_in
from clawdoctor.source.node import Source
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text

NAMES = ("auth-profiles.json", "models.json")


@dataclass(frozen=True, slots=True)
class AgentState:
    """Paths of the form `<state folder>/agents/<id>/agent/<name>` that exist.

    `overrides` are the settings in a models.json that differ from openclaw.json, by path, such as
    `relay.baseUrl`. Of the settings in both files, OpenClaw takes only this and the key from it.
    """

    files: tuple[str, ...]
    overrides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_agent_state(file: OpenClawFile) -> AgentState:
    """Find these files in the state folders. An unreadable folder counts as empty."""
    found = [
        str(path)
        for folder in dict.fromkeys(file.state_dirs)
        for name in NAMES
        for path in look(paths_in, folder, f"agents/*/agent/{name}")
    ]
    overrides = {
        path: tuple(_overrides(path, file)) for path in found if path.endswith("models.json")
    }
    return AgentState(tuple(found), overrides)


def _overrides(path: str, file: OpenClawFile) -> Iterator[str]:
    text = read_text(Path(path))
    source = parse_json5(text) if isinstance(text, Text) else None
    if not isinstance(source, Source):
        return
    block, ours = source.root.at("/providers"), file.root.at("/models/providers")
    if block is None or ours is None:
        return
    for name, provider in block.children():
        written = ours.get(name)
        old = provider.text("baseUrl") if provider.kind == "mapping" else None
        new = written.text("baseUrl") if written is not None else None
        if old is not None and new is not None and "$" not in new and old != new:
            yield f"{name}.baseUrl"
