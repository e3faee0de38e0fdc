"""The Python packages that the proxy's LiteLLM can import."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.compose.service import is_official
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.litellm_install import litellm_on_path, program_of
from clawdoctor.chain.unit import ProxyUnits
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look, paths_in
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text

Presence = Literal["present", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class ProxyPackages:
    """The packages of the install that runs the proxy.

    `prefix` is the folder of its Python environment, as a shell in the current folder reads it, or
    None if the install is unknown. `folders` are those that its Python imports from; with
    `complete` there are no others. `sure` says that this install certainly runs the proxy: the
    `litellm` on PATH may not. `official` says that the proxy runs from LiteLLM's own image or one
    built on it.
    """

    prefix: str | None = None
    folders: tuple[Path, ...] = ()
    complete: bool = False
    sure: bool = False
    official: bool = False

    def presence(self, module: str) -> Presence:
        """Return whether a module is installed, such as `opentelemetry.sdk`."""
        if self.official:
            return "present" if table("start_needs")["packages"][module]["image"] else "unknown"
        path = module.replace(".", "/")
        for folder in self.folders:
            if look(os.path.isdir, folder / path) or look(os.path.isfile, folder / f"{path}.py"):
                return "present"
        return "missing" if self.complete else "unknown"


NO_PACKAGES = ProxyPackages()
"""The packages of an unknown install."""


def load_proxy_packages(
    situation: Situation,
    file: LiteLLMFile | None,
    compose: Compose | None,
    units: ProxyUnits | None,
    environment: Environment,
) -> ProxyPackages:
    """Return the packages of the install that a process, a service or this shell runs."""
    proxy = compose.proxy if compose is not None else None
    if proxy is not None:
        image = proxy.build.image if proxy.build is not None else proxy.repository
        return ProxyPackages(official=is_official(image))
    path = file.path if file is not None else None
    started = [item for item in situation.processes if item.config_path == path]
    programs = {program_of(item.arguments, item.cwd) for item in started}
    programs |= {program_of(unit.arguments, unit.cwd) for unit in (units.units if units else ())}
    sure = bool(programs)
    programs = programs or {litellm_on_path(situation)}
    prefixes = {Path(program).resolve().parent.parent for program in programs if program}
    if len(prefixes) != 1 or None in programs:
        return NO_PACKAGES
    prefix = prefixes.pop()
    folders = tuple(dict.fromkeys(_folders(prefix, situation.home)))
    complete = _is_complete(prefix) and environment.proxy.get("PYTHONPATH") is None
    return ProxyPackages(_short(prefix, situation), folders, complete, sure)


def _short(folder: Path, situation: Situation) -> str:
    """Return a folder as written in the current folder: relative, or from the home folder."""
    for base, start in ((situation.cwd, ""), (situation.home, "~/")):
        if folder.is_relative_to(Path(base).resolve()):
            return f"{start}{folder.relative_to(Path(base).resolve())}"
    return str(folder)


def _folders(prefix: Path, home: str) -> Iterator[Path]:
    """Yield the folders from which the Python of a prefix can import packages."""
    own = look(paths_in, prefix, "lib/python*/*-packages")
    yield from own
    for file in (file for folder in own for file in look(paths_in, folder, "*.pth")):
        text = read_text(file)
        for line in text.content.splitlines() if isinstance(text, Text) else ():
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield file.parent / line.strip()
    if not look(os.path.isfile, prefix / "pyvenv.cfg"):
        yield from look(paths_in, home, ".local/lib/python*/site-packages")


def _is_complete(prefix: Path) -> bool:
    """Return whether the Python of a prefix imports only from folders of the prefix."""
    settings = read_text(prefix / "pyvenv.cfg")
    if isinstance(
        settings, Unreadable
    ):  # not a virtual environment (it has its own standard library), or unknown
        own = bool(look(paths_in, prefix, "lib/python*/os.py"))
        return own and str(prefix) not in ("/usr", "/usr/local")
    return "include-system-site-packages=true" not in settings.content.casefold().replace(" ", "")
