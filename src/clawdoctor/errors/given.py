"""The input of `explain`: words, a file, or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from clawdoctor.chain.file_kind import LITELLM, OPENCLAW
from clawdoctor.check import Check, find_check
from clawdoctor.deferred import regex
from clawdoctor.errors.asked import pages
from clawdoctor.errors.explain import LONG, Explanation, explain_log
from clawdoctor.errors.log_lines import NotTextError, refuse_binary

_FILE_NAME = regex(r"(?:~|\.{1,2})?/\S*|\.{1,2}|\S+\.(?:log|txt|out|err)")
_START = 64 * 1024  # the bytes of a file that show its kind

Show = Callable[..., AbstractContextManager[Callable[[str], None] | None]]


class UnusableError(Exception):
    """The input cannot be explained. The message says why."""


def given(
    words: Sequence[str], checks: Sequence[Check], show: Show, *, forced: bool
) -> Explanation | str:
    """Return the input text, or its explanation if it names pages or is a log too long to keep.

    A single word is a code, a name, a file, a setting, or an error text. With `forced` it is an
    error text. `show` displays on the terminal how much of a long log has been read. Raises
    UnusableError for a config, an env file, and a binary or unreadable file.
    """
    text = " ".join(words)
    if forced:
        return text
    if text == "-":
        if sys.stdin is None:
            raise UnusableError("standard input is closed")
        return _log_in(sys.stdin.buffer, "standard input", checks, show)
    if len(words) > 1 or find_check(text, checks) is not None:
        return pages(words, checks) or text
    path = Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser() fails for ~nobody
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file() fails for an impossible name
        known = pages(words, checks)
        if known is None and _names_file(text):
            # The word is not in the message: it may be a part of a URL with a key.
            fault = "this is a folder" if os.path.isdir(path) else "there is no such file"  # noqa: PTH112
            raise UnusableError(f"{fault}; to explain a text, write -- before it")
        return known or text
    try:
        with path.open("rb") as stream:
            _refuse_config(path, stream.read(_START).decode("utf-8", "replace"))
            stream.seek(0)
            return _log_in(stream, text, checks, show)
    except OSError as error:
        raise UnusableError(f"{text} cannot be read: {error.strerror}") from error


def _names_file(word: str) -> bool:
    """Return whether a word that is no code, name or setting can only be a file or a folder."""
    return bool(_FILE_NAME.fullmatch(word)) and "://" not in word


def _refuse_config(path: Path, start: str) -> None:
    """Raise UnusableError for a file that `run` reads: its faults are not error texts."""
    if path.name.startswith(".env") or path.suffix == ".env":
        raise UnusableError(f"{path} is an env file: clawdoctor run reads it")
    if LITELLM.search(start) or (start.lstrip()[:1] == "{" and OPENCLAW.search(start)):
        raise UnusableError(f"{path} is a config: clawdoctor run checks it")


def _log_in(stream: BinaryIO, name: str, checks: Sequence[Check], show: Show) -> Explanation | str:
    try:
        head = stream.read(LONG)
        refuse_binary(head)
        if len(head) < LONG:
            return head.decode("utf-8", "replace")
        with show(quiet=stream.isatty()) as progress:
            return explain_log(head, stream, checks, progress)
    except NotTextError as error:
        raise UnusableError(f"{name} {error}") from error
    except OSError as error:
        raise UnusableError(f"{name} cannot be read: {error.strerror}") from error
