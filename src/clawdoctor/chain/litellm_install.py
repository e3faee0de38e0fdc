"""Where LiteLLM is installed, and the `.env` file that it loads on its own.

Measured on LiteLLM 1.106.2: it loads the first `.env` in its package's folder or a folder above,
regardless of the current folder, and no file if LITELLM_MODE is not DEV.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from clawdoctor.chain.start_script import sourced_files
from clawdoctor.deferred import regex
from clawdoctor.knowledge import release
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look, paths_in
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text

_VENVS = (".venv", "venv", "env")
_MOST_SCRIPTS = 50
_LOADERS = {
    "Procfile": regex(r"\blitellm\b"),
    "justfile": regex(r"\bdotenv-load\b"),
    "Justfile": regex(r"\bdotenv-load\b"),
    "Makefile": regex(r"^-?include\s[^\n]{0,80}\.env\b", re.MULTILINE),
}
"""Files of other tools that pass the variables of `.env` to the programs they start."""


def litellm_on_path(situation: Situation) -> str | None:
    """Return the `litellm` that this shell would start."""
    return program_on_path("litellm", situation)


def program_on_path(name: str, situation: Situation) -> str | None:
    """Return the program that this shell would start, or None."""
    return look(_which, name, situation.environ.get("PATH", ""))


def _which(name: str, path: str) -> str | None:
    return shutil.which(name, path=path)


def program_of(arguments: Sequence[str], cwd: str) -> str | None:
    """Return the path of the `litellm` that a command line starts, or None without a path."""
    names = [word for word in arguments if word.rpartition("/")[2] == "litellm"]
    if not names and arguments[1:2] == ("-m",):
        names = [f"{os.path.dirname(arguments[0])}/litellm"]  # noqa: PTH120
    written = next((name for name in names if "/" in name), None)
    return os.path.join(cwd, written) if written is not None else None  # noqa: PTH118


def package_folder(program: str) -> Path | None:
    """Return the folder of the `litellm` package beside its program."""
    root = Path(program).resolve().parent.parent
    return next(iter(look(paths_in, root, "lib/python*/*-packages/litellm")), None)


def installed_version(program: str) -> str | None:
    """Return the version in the dist-info beside a `litellm`."""
    root = Path(program).resolve().parent.parent
    for found in look(paths_in, root, "lib/python*/*-packages/litellm-*.dist-info"):
        value = found.name.removeprefix("litellm-").removesuffix(".dist-info")
        if release(value):
            return value
    return None


def own_env_file(program: str | None, mode: str | None) -> str | None:
    """Return the `.env` that LiteLLM loads. `mode` is the value of LITELLM_MODE."""
    package = package_folder(program) if program is not None else None
    if package is None or mode not in (None, "DEV"):
        return None
    files = (folder / ".env" for folder in (package, *package.parents))
    return next((str(file) for file in files if look(os.path.isfile, file)), None)


def loaded_env_files(situation: Situation, folders: Iterable[str]) -> tuple[str, ...]:
    """Return the `.env` files that a LiteLLM started in one of the folders may load.

    LiteLLM loads one on its own, and a script beside the config can load another.
    """
    folders = tuple(dict.fromkeys(folders))
    mode = situation.environ.get("LITELLM_MODE")
    found = [own_env_file(program, mode) for program in _programs(situation, folders)]
    found += [file for folder in folders for file in _script_files(folder, situation.home)]
    return tuple(dict.fromkeys(file for file in found if file is not None))


def _programs(situation: Situation, folders: Iterable[str]) -> Iterator[str | None]:
    yield litellm_on_path(situation)
    for folder in folders:
        for venv in _VENVS:
            yield f"{folder}/{venv}/bin/litellm"


def _script_files(folder: str, home: str) -> Iterator[str]:
    for script in look(paths_in, folder, "*.sh")[:_MOST_SCRIPTS]:
        text = read_text(script)
        if isinstance(text, Text) and "litellm" in text.content:
            yield from sourced_files(text, folder, home)
    for name, pattern in _LOADERS.items():
        text = read_text(Path(folder) / name)
        if isinstance(text, Text) and "litellm" in text.content and pattern.search(text.content):
            yield f"{folder}/.env"
