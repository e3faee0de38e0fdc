"""A config that a LiteLLM container has but does not read, because nothing names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from clawdoctor.chain.compose.mount import Mount
from clawdoctor.chain.compose.passed import Passed
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.look import look
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text

YAML = (".yaml", ".yml")
_MODEL_LIST = regex(r"^model_list\s*:", re.MULTILINE)
_VARIABLE = regex(r"(?:(?:LITELLM|PROXY|SERVER)_)*CONFIG(?:_(?:FILE|PATH|YAML|LOCATION))*")
_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class MeantConfig:
    """A config in a mount. `target` is its path in the container, `shown` its form for a report.

    `path` is the file on this host, or None if that is not a config of LiteLLM.
    """

    target: str
    shown: str
    path: str | None
    mount: Mount


def find_meant_config(
    mounts: Iterable[Mount], environment: Mapping[str, Passed]
) -> MeantConfig | None:
    """Return the config that a variable names, that is mounted alone, or that a folder holds."""
    found = tuple(mounts)
    named = next(filter(names_config, environment.values()), None)
    if named is not None and named.value is not None:
        target = named.value.reveal()
        for mount in found:
            if mount.covers(target):
                return MeantConfig(target, f"${named.name}", mount.host_path(target), mount)
        return None
    alone = [mount for mount in found if mount.target.endswith(YAML)]
    if alone:
        mount = next((mount for mount in alone if lists_models(mount.source)), alone[0])
        path = mount.source if lists_models(mount.source) else None
        return MeantConfig(mount.target, mount.shown, path, mount)
    configs = [(mount, name) for mount in found for name in _configs_in(mount)]
    if len(configs) != 1:
        return None
    mount, name = configs[0]
    target, shown = (f"{folder.rstrip('/')}/{name}" for folder in (mount.target, mount.shown))
    return MeantConfig(target, shown, f"{mount.source}/{name}", mount)


def names_config(variable: Passed) -> bool:
    """Return whether a variable appears to name LiteLLM's config."""
    value = variable.value.reveal() if variable.value is not None else ""
    return _VARIABLE.fullmatch(variable.name) is not None and value.endswith(YAML)


def lists_models(path: str | None) -> bool:
    """Return whether a file on this host is a config of LiteLLM."""
    text = read_text(Path(path)) if path is not None else None
    return isinstance(text, Text) and _MODEL_LIST.search(text.content) is not None


def _configs_in(mount: Mount) -> list[str]:
    if mount.source is None or mount.found != "folder":
        return []
    names = look(_yaml_files, mount.source)
    return [name for name in names if lists_models(f"{mount.source}/{name}")]


def _yaml_files(folder: str) -> list[str]:
    try:
        names = sorted(entry.name for entry in Path(folder).iterdir())[:_MOST_FILES]
    except OSError:
        return []
    return [name for name in names if name.endswith(YAML)]
