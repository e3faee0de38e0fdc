"""Questions to the file system that a run asks, and whether their answers have changed since.

`run --watch` waits until one has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

Answers = dict[tuple[Callable[..., object], tuple[Any, ...]], object]
"""The answers by question and path. Each is the first one that the run got."""

_ANSWERS: ContextVar[Answers | None] = ContextVar("answers", default=None)


@contextmanager
def recorded() -> Iterator[Answers]:
    """Record the questions of the current thread, and of the threads that its run starts."""
    answers: Answers = {}
    token = _ANSWERS.set(answers)
    try:
        yield answers
    finally:
        _ANSWERS.reset(token)


def look(question: Callable[..., T], *where: object) -> T:
    """Return the answer to a question about the file system: `look(os.path.isfile, path)`."""
    answer = question(*where)
    answers = _ANSWERS.get()
    if answers is not None:
        answers.setdefault((question, where), answer)
    return answer


def note_read(name: str) -> None:
    """Record the state of a file that is about to be read."""
    if _ANSWERS.get() is not None:
        look(state_of, name)


def state_of(name: str) -> tuple[int, ...] | None:
    """Return what changes when a file is written or replaced, or None without a file."""
    try:
        found = os.stat(name)  # noqa: PTH116 - the name may be impossible
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev, found.st_mode)


def paths_in(folder: str | Path, pattern: str) -> tuple[Path, ...]:
    """Return the sorted paths that match a pattern in a folder. An unreadable folder is empty."""
    return tuple(sorted(Path(folder).glob(pattern)))


def asked_again(answers: Answers) -> Answers:
    """Return the current answers to the same questions, with None if a folder is unreadable."""
    return {(question, where): _asked(question, where) for question, where in answers}


def _asked(question: Callable[..., object], where: tuple[Any, ...]) -> object:
    try:
        return question(*where)
    except OSError:
        return None


def changed_paths(before: Answers, now: Answers) -> tuple[str, ...]:
    """Return the paths whose answers differ, without repetitions."""
    return tuple(
        dict.fromkeys(str(key[1][0]) for key, answer in now.items() if answer != before[key])
    )
