"""The files that `clawdoctor init` writes: new ones whole, openclaw.json by edits."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.repair.apply import apply
from clawdoctor.repair.new_chain import (
    COMPOSE,
    CONFIG,
    EXAMPLE,
    MASTER_KEY,
    PROVIDER,
    NewChain,
    compose_file,
    example_env,
    litellm_config,
    openclaw_config,
    provider,
)
from clawdoctor.repair.write import CannotWriteError, replace_file
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Change, put
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.json5_edit import json5_edits
from clawdoctor.source.node import SyntaxFault
from clawdoctor.source.read import OPENCLAW_LIMIT, Unreadable, read_text
from clawdoctor.source.text import Text

_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write. `before` is what it contains now, or None if there is none.

    `mode` is that of a new file. A file with a secret is not shown.
    """

    path: str
    content: str
    before: str | None = None
    mode: int = _PUBLIC
    secret: bool = False


class ExistsError(Exception):
    """A file or provider is there already, so that --force is needed. The message says which."""


def files_of(chain: NewChain, situation: Situation, *, force: bool) -> list[NewFile]:
    """Return the files of a chain, without those that already have the same content.

    Raises ExistsError, and CannotWriteError if openclaw.json cannot be read or parsed.
    """
    texts = {CONFIG: litellm_config(chain), EXAMPLE: example_env(chain)}
    if chain.docker:
        texts[COMPOSE] = compose_file(chain)
    files = [_whole(situation.path(name), text) for name, text in texts.items()]
    files.append(_openclaw(chain, situation, force=force))
    taken = [file.path for file in files[:-1] if file.before not in (None, file.content)]
    if taken and not force:
        raise ExistsError(f"{taken[0]} exists; --force overwrites it")
    return [file for file in files if file.before != file.content]


def _whole(path: str, content: str) -> NewFile:
    return NewFile(path, content, _content(path))


def _content(path: str) -> str | None:
    """What a file contains, or None if there is none. Raises CannotWriteError."""
    text = read_text(Path(path))
    if isinstance(text, Text):
        return text.content
    if text.reason == "missing":
        return None
    raise CannotWriteError(f"{path} {text.message}")


def openclaw_path(situation: Situation) -> str:
    """The path of OpenClaw's config: the one that it uses, or that of a new one."""
    paths = list(candidates(situation))
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def _openclaw(chain: NewChain, situation: Situation, *, force: bool) -> NewFile:
    """openclaw.json with the provider, and with the models of the chain if it names none."""
    path = openclaw_path(situation)
    text = read_text(Path(path), OPENCLAW_LIMIT)
    if isinstance(text, Unreadable):
        if text.reason != "missing":
            raise CannotWriteError(f"{path} {text.message}")
        import json5

        return NewFile(path, json5.dumps(openclaw_config(chain), indent=2) + "\n", mode=_PRIVATE)
    content = text.content
    for pointer, value in (
        ("/models/mode", "merge"),
        (f"/models/providers/{PROVIDER}", provider(chain)),
        ("/agents/defaults/model", chain.models),
    ):
        current = Text(path, content, text.bom)
        source = parse_json5(current)
        if isinstance(source, SyntaxFault):
            raise CannotWriteError(f"{path} cannot be parsed: {source.message}; see clawdoctor run")
        node = source.root.at(pointer)
        if node is not None and node.python() == value:
            continue
        if node is not None and pointer.endswith(PROVIDER) and not force:
            raise ExistsError(f'{path} has a provider "{PROVIDER}"; --force replaces it')
        if node is not None and not pointer.endswith(PROVIDER) and not force:
            continue
        content = _changed(current, put(source.root, pointer, value))
    return NewFile(path, content, text.content, _PRIVATE)


def _changed(text: Text, changes: tuple[Change, ...]) -> str:
    if not changes:
        raise CannotWriteError(f"{text.path} has another structure than OpenClaw's config")
    edits = [edit for change in changes for edit in json5_edits(change, text) or ()]
    path = os.path.realpath(text.path)
    return apply({path: text}, edits).texts[path].content


def master_key_files(situation: Situation) -> list[NewFile]:
    """Return the .env files that give both programs a new master key, and a .gitignore for it."""
    line = f"{MASTER_KEY}=sk-{secrets.token_hex(24)}\n"
    state = str(Path(openclaw_path(situation)).with_name(".env"))
    files = [
        NewFile(path, _appended(before, line), before, _PRIVATE, secret=True)
        for path in dict.fromkeys((situation.path(".env"), state))
        for before in (_content(path),)
    ]
    return [*files, *_git_ignore(situation)]


def _appended(before: str | None, line: str) -> str:
    kept = before or ""
    return kept + ("" if not kept or kept.endswith("\n") else "\n") + line


def _git_ignore(situation: Situation) -> Iterator[NewFile]:
    """The .gitignore that keeps .env out of git, if the folder is in a repository."""
    folder = Path(situation.cwd)
    if not any((each / ".git").exists() for each in (folder, *folder.parents)):
        return
    path = situation.path(".gitignore")
    before = _content(path)
    if before is None or not {".env", "/.env", "*.env", ".env*"} & set(before.split()):
        yield NewFile(path, _appended(before, ".env\n"), before)


def write_new(file: NewFile) -> None:
    """Write a file, whole or not at all. Raises CannotWriteError."""
    path = Path(file.path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.before is None:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode))
        elif file.secret:
            path.chmod(file.mode)
    except OSError as error:
        raise CannotWriteError(f"{file.path} cannot be written: {error.strerror}") from error
    replace_file(os.path.realpath(path), file.content.encode("utf-8"))
