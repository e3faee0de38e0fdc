"""The files that `clawdoctor init` writes: new ones whole, openclaw.json by edits."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.dotenv import assignments
from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.deferred import dataclass
from clawdoctor.repair.apply import apply
from clawdoctor.repair.backups import Written, state_folder, write_all
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
from clawdoctor.repair.write import (
    CannotWriteError,
    check_writable,
    content_of,
    read_only_switch,
    replace_file,
)
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Change, Value, put
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.json5_edit import json5_edits
from clawdoctor.source.node import Source, SyntaxFault
from clawdoctor.source.read import LIMIT, OPENCLAW_LIMIT, Unreadable, read_text
from clawdoctor.source.text import Text

_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write. `before` is its current content, or None if it does not exist.

    `mode` is that of a new file. A file with a secret is not shown.
    """

    path: str
    content: str
    before: Text | None = None
    mode: int = _PUBLIC
    secret: bool = False


class ExistsError(Exception):
    """A file or provider exists already, so that --force is needed. The message names it."""


def files_of(chain: NewChain, situation: Situation, *, force: bool) -> list[NewFile]:
    """Return the files of a chain, except those that already have the same content.

    Raises ExistsError, and CannotWriteError if openclaw.json cannot be read or parsed.
    """
    texts = {CONFIG: litellm_config(chain), EXAMPLE: example_env(chain)}
    if chain.docker:
        texts[COMPOSE] = compose_file(chain)
    paths = {situation.path(name): text for name, text in texts.items()}
    files = [NewFile(path, text, _text(path)) for path, text in paths.items()]
    files.append(_openclaw(chain, situation, force=force))
    changed = [file for file in files if file.before is None or file.before.content != file.content]
    taken = [file.path for file in changed if file.before is not None and file is not files[-1]]
    if taken and not force:
        raise ExistsError(f"{taken[0]} exists; --force overwrites it")
    return changed


def _text(path: str, limit: int = LIMIT) -> Text | None:
    """Return what a file contains, or None if it does not exist. Raises CannotWriteError."""
    text = read_text(Path(path), limit)
    if isinstance(text, Text):
        return text
    if text.reason == "missing":
        return None
    raise CannotWriteError(f"{path} {text.message}")


def openclaw_path(situation: Situation) -> str:
    """Return the path of OpenClaw's config: the one that it uses, or that of a new one."""
    paths = list(candidates(situation))
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def _openclaw(chain: NewChain, situation: Situation, *, force: bool) -> NewFile:
    """Return openclaw.json with the provider, and with the chain's models if it has none."""
    path = openclaw_path(situation)
    text = _text(path, OPENCLAW_LIMIT)
    if text is None:
        import json5

        return NewFile(path, json5.dumps(openclaw_config(chain), indent=2) + "\n", mode=_PRIVATE)
    content = text.content
    source = parse_json5(text)
    changes: list[tuple[str, Value]] = [
        ("/models/mode", "merge"),
        (f"/models/providers/{PROVIDER}", provider(chain)),
    ]
    if not isinstance(source, SyntaxFault) and source.root.get("models") is None:
        changes = [("/models", openclaw_config(chain)["models"])]  # each key gets its own line
    for pointer, value in (*changes, ("/agents/defaults/model", chain.models)):
        current = Text(path, content, text.bom)
        source = parse_json5(current)
        if isinstance(source, SyntaxFault):
            raise CannotWriteError(f"{path} cannot be parsed: {source.message}; see clawdoctor run")
        node = source.root.at(pointer)
        if node is not None and node.python() == value:
            continue
        if node is not None and pointer.endswith(PROVIDER) and not force:
            raise ExistsError(f'{path} has a provider "{PROVIDER}"; --force replaces it')
        if node is not None and not force:
            continue
        content = _changed(current, put(source.root, pointer, value))
    return NewFile(path, content, text, _PRIVATE)


def other_primary(chain: NewChain, situation: Situation) -> list[str]:
    """Return how to use the chain if the agents have another primary model; else nothing."""
    text = _text(openclaw_path(situation), OPENCLAW_LIMIT)
    source = parse_json5(text) if text is not None else None
    model = source.root.at("/agents/defaults/model") if isinstance(source, Source) else None
    first = chain.models["primary"]
    if model is None or first in (model.value, model.text("primary")):
        return []
    return [f'set agents.defaults.model.primary to "{first}" in openclaw.json to use it']


def _changed(text: Text, changes: tuple[Change, ...]) -> str:
    if not changes:
        raise CannotWriteError(f"{text.path} has another structure than OpenClaw's config")
    edits = [edit for change in changes for edit in json5_edits(change, text) or ()]
    path = os.path.realpath(text.path)
    return apply({path: text}, edits).texts[path].content


def master_key_files(situation: Situation) -> list[NewFile]:
    """Return the .env files that set a new master key for both programs, and a .gitignore."""
    line = f"{MASTER_KEY}=sk-{secrets.token_hex(24)}\n"
    paths = dict.fromkeys((situation.path(".env"), openclaw_env(situation)))
    files = [_with_line(path, line, _PRIVATE, secret=True) for path in paths]
    return [*files, *_git_ignore(situation)]


def openclaw_env(situation: Situation) -> str:
    """Return the path of OpenClaw's own .env."""
    return str(Path(openclaw_path(situation)).with_name(".env"))


def names_in(path: str) -> frozenset[str]:
    """Return the variables that a .env file sets. A missing file sets none."""
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return frozenset()
    return frozenset(each.name for each in assignments(text) if each.value)


def _with_line(path: str, line: str, mode: int, *, secret: bool = False) -> NewFile:
    """Return a file with one more line at its end."""
    before = _text(path)
    kept = before.content if before is not None else ""
    end = "" if not kept or kept.endswith("\n") else "\n"
    return NewFile(path, f"{kept}{end}{line}", before, mode, secret)


def _git_ignore(situation: Situation) -> Iterator[NewFile]:
    """Yield the .gitignore that keeps .env out of git, if the folder is in a repository."""
    folder = Path(situation.cwd)
    if not any((each / ".git").exists() for each in (folder, *folder.parents)):
        return
    file = _with_line(situation.path(".gitignore"), ".env\n", _PUBLIC)
    kept = file.before.content if file.before is not None else ""
    if not {".env", "/.env", "*.env", ".env*"} & set(kept.split()):
        yield file


def write_files(files: Sequence[NewFile], situation: Situation) -> None:
    """Write the files. Those that exist are backed up and replaced together, as by --fix.

    Raises CannotWriteError.
    """
    switch = read_only_switch(situation.environ)
    changed = []
    for file in files:
        if switch is not None and file.path == openclaw_path(situation):
            raise CannotWriteError(f"{file.path} is read-only: {switch} is set")
        if file.before is None:
            continue
        real, before = os.path.realpath(file.path), content_of(file.before)
        check_writable(real, file.path, before)
        if file.secret:
            Path(real).chmod(file.mode)
        after = content_of(replace(file.before, content=file.content))
        changed.append(Written(real, before, after))
    if changed:
        write_all(changed, state_folder(situation.environ, situation.home), situation.cwd)
    for file in files:
        if file.before is None:
            _create(file)


def _create(file: NewFile) -> None:
    path = Path(file.path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode))
    except OSError as error:
        raise CannotWriteError(f"{file.path} cannot be written: {error.strerror}") from error
    replace_file(file.path, file.content.encode("utf-8"))
