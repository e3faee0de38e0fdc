"""clawdoctor's own config files: one in the project, and one of the user.

The file of a project is as untrusted as the project's other files. It decides what counts, but not
where a key goes, what is read outside of the project, or what is loaded. The user's file decides
that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any, Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Severity
from clawdoctor.formats.render import Format
from clawdoctor.source.read import Unreadable, read_text

FILE = "clawdoctor.toml"
_PYPROJECT = "pyproject.toml"
_WORD = regex(r"[\w.-]{1,40}", re.ASCII)
_KEY_LIKE = regex(r"[a-z]{1,20}(?:[-_][a-z]{1,20}){0,3}")
_LIMIT = 1024 * 1024

Scope = Literal["project", "user"]


class ConfigError(Exception):
    """A config file that clawdoctor cannot use. The message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one config file, or of several. What no file sets is None or empty.

    The field names are those of the keys, with underscores. Paths are absolute. `files` are the
    config files.
    """

    files: tuple[str, ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity | None = None
    format: Format | None = None
    openclaw_config: str | None = None
    litellm_config: str | None = None
    compose: str | None = None
    trust_host: tuple[str, ...] | None = None
    proxy_url: str | None = None
    plugins: tuple[str, ...] | None = None


_USER_ONLY = ("trust-host", "proxy-url", "plugins")
_PATHS = ("openclaw-config", "litellm-config", "compose")
_KEYS = ("select", "ignore", "severity", "fail-on", "format", *_PATHS, *_USER_ONLY)


def user_config_path(environ: Mapping[str, str], home: str) -> Path:
    """Return the user's config file: below XDG_CONFIG_HOME, or else ~/.config."""
    base = Path(environ.get("XDG_CONFIG_HOME", ""))
    root = base if base.is_absolute() else Path(home) / ".config"
    return root / "clawdoctor" / FILE


def plugins_of(config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the plug-ins: those of CLAWDOCTOR_PLUGINS, else of the user's file."""
    named = environ.get("CLAWDOCTOR_PLUGINS", "").split(",")
    names = tuple(filter(None, (name.strip() for name in named))) or config.plugins or ()
    return tuple(dict.fromkeys(names))


def load_config(cwd: str, environ: Mapping[str, str], home: str, *, project: bool) -> Config:
    """Return the settings of the user's file and, if `project`, of the project's, which win.

    Raises ConfigError.
    """
    own = user_config_path(environ, home)
    config = _config(own, "user") or Config()
    return _merged(config, _project_config(Path(cwd))) if project else config


def _merged(config: Config, other: Config | None) -> Config:
    """Return both configs. Where both set a key, `other` wins."""
    if other is None:
        return config
    given = {item.name: getattr(other, item.name) for item in fields(other)}
    changes = {name: value for name, value in given.items() if value is not None}
    changes["severity"] = {**config.severity, **other.severity}
    changes["files"] = (*config.files, *other.files)
    return replace(config, **changes)


def _project_config(cwd: Path) -> Config | None:
    """Return the nearest config file, from the current folder up to the root of the repository."""
    folders = [cwd, *cwd.parents]
    root = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in folders[: root + 1]:
        config = _config(folder / FILE, "project") or _config(folder / _PYPROJECT, "project")
        if config is not None:
            return config
    return None


def _config(path: Path, scope: Scope) -> Config | None:
    text = read_text(path, _LIMIT)
    if isinstance(text, Unreadable):
        if text.reason == "missing" or path.name == _PYPROJECT:
            return None
        raise ConfigError(f"{path} {text.message}")
    if path.name == _PYPROJECT and "clawdoctor" not in text.content:
        return None
    import tomllib

    try:
        table: Any = tomllib.loads(text.content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        if path.name == _PYPROJECT:  # other programs complain about it
            return None
        raise ConfigError(f"{path}: {error}") from error
    if path.name == _PYPROJECT:
        tools = table.get("tool")
        if not isinstance(tools, dict) or "clawdoctor" not in tools:
            return None
        table = tools["clawdoctor"]
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: tool.clawdoctor must be a table")
    return _read(table, path, scope)


def _read(table: dict[str, Any], path: Path, scope: Scope) -> Config:
    """Return the settings of a table. Raises ConfigError for the first that is wrong."""
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(f"{path}: there is no key {_unknown(key)}")
        if scope == "project" and key in _USER_ONLY:
            raise ConfigError(
                f"{path}: the config file of a project cannot set {key}. "
                f"Set it in {FILE} in your own config folder (~/.config/clawdoctor)"
            )
        try:
            read = _READERS.get(key)
            found = read(value) if read is not None else _path(_text(value), path, scope)
            values[key.replace("-", "_")] = found
        except ValueError as error:
            raise ConfigError(f"{path}: {key} {error}") from error
    return Config(files=(str(path),), **values)


def _unknown(key: str) -> str:
    """Return an unknown key as a message may show it: it may be a secret in the wrong place."""
    hint = did_you_mean(key, _KEYS)
    return f"{quoted(key) if hint or _KEY_LIKE.fullmatch(key) else 'of this name'}{hint}"


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _format(value: Any) -> Format:
    return Format(_one_of(tuple(Format), value))


def _severity(value: Any) -> Severity:
    return Severity(_one_of(tuple(Severity), value))


def _severities(value: Any) -> dict[str, Severity]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of codes with their severity")
    return {code: _severity(severity) for code, severity in value.items()}


def _path(written: str, config: Path, scope: Scope) -> str:
    """Return the absolute path of a file. In a project, it must be inside of the project."""
    folder = config.parent
    if scope == "user":
        return str(folder / Path(written).expanduser())
    found = os.path.normpath(folder / written)
    if not Path(os.path.realpath(found)).is_relative_to(os.path.realpath(folder)):
        raise ValueError("must be a file inside of the folder of this config file")
    return found


def _one_of(options: tuple[str, ...], value: Any) -> str:
    if isinstance(value, str) and value in options:
        return value
    hint = did_you_mean(value, options) if isinstance(value, str) else ""
    raise ValueError(f"must be one of {', '.join(options)}{hint}")


def quoted(word: str) -> str:
    """Return a word of a config file as a message may show it."""
    return f'"{word}"' if _WORD.fullmatch(word) else "of this name"


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: the option that resembles it, or ""."""
    from clawdoctor.knowledge.did_you_mean import nearest

    near = nearest(word, options)
    return f"; did you mean {near[0]}?" if near else ""


_READERS: dict[str, Callable[[Any], Any]] = {
    "select": _texts,
    "ignore": _texts,
    "severity": _severities,
    "fail-on": _severity,
    "format": _format,
    "trust-host": _texts,
    "proxy-url": _text,
    "plugins": _texts,
}
