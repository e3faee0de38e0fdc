"""Where OpenClaw looks for its config file on this host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.run.situation import Situation

_NAMES = ("openclaw.json", "clawdbot.json")


def candidates(situation: Situation) -> Iterator[str]:
    """Yield the paths that OpenClaw tries, in order. OpenClaw uses the first that exists."""
    if situation.openclaw_config is not None:
        yield situation.path(situation.openclaw_config)
        return
    named = path_variable(situation.environ, "OPENCLAW_CONFIG_PATH")
    if named:
        yield situation.path(named)
        return
    home = path_variable(situation.environ, "OPENCLAW_HOME") or situation.home
    state = path_variable(situation.environ, "OPENCLAW_STATE_DIR")
    folders = [situation.path(state)] if state else []
    folders += [f"{situation.path(home)}/.openclaw", f"{situation.path(home)}/.clawdbot"]
    for folder in folders:
        for name in _NAMES:
            yield f"{folder}/{name}"


def path_variable(environ: Mapping[str, str], name: str) -> str | None:
    """Return a variable that holds a path, or None if OpenClaw treats it as unset."""
    value = environ.get(name, "").strip()
    return None if value in ("", "undefined", "null") else value
