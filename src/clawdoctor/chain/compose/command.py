"""The command of a container: its words, and the command that a shell in it runs.

`sh -c STRING ARGUMENT...` runs STRING alone. The arguments become $0, $1 and so on, which have an
effect only if the string uses them.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import Node

SHELLS = ("sh", "bash", "ash", "dash", "zsh")
_WRAPPERS = (
    "exec",
    "env",
    "tini",
    "dumb-init",
    "nohup",
    "sudo",
    "--",
    "uv",
    "run",
    "poetry",
    "time",
)
_SEPARATORS = frozenset({"&&", "||", ";", "|", "&", "\n"})
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=.*", re.DOTALL)
_ARGUMENTS = regex(r"\$?\$(?:[@*0-9]|\{[@*0-9]\})")
_PROGRAMS = ("litellm", "openclaw")


@dataclass(frozen=True, slots=True)
class Command:
    """The words of the program that a container runs.

    `swallowed` are the arguments after the string of `sh -c`, which the shell passes to no program.
    `script` is that string, or empty.
    """

    words: tuple[str, ...] = ()
    swallowed: tuple[str, ...] = ()
    script: str = ""


def arguments_of(node: Node | None) -> tuple[str, ...]:
    """Return the words of `command` or `entrypoint`, a list or one string."""
    if node is None:
        return ()
    if isinstance(node.value, str):
        return split_words(node.value)
    return tuple(str(item.value) for item in node.items if item.value is not None)


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a string as a shell splits it. An unclosed quote is literal."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def program_command(
    arguments: tuple[str, ...], environment: Mapping[str, str] | None = None
) -> Command:
    """Return the command that the arguments run, with the shell around it removed.

    The string of a shell can refer to the container's variables, which are in `environment`.
    """
    words = _without_wrappers(arguments)
    index = _script_index(words)
    if index is None:
        return Command(words or arguments)
    script, rest = words[index], words[index + 1 :]
    used = _ARGUMENTS.search(script) is not None
    inner = _main_command(script, rest[1:])
    if environment is not None:
        inner = tuple(interpolate(word, environment)[0] for word in inner)
    return Command(program_command(inner).words, () if used else rest, script)


def option(words: tuple[str, ...], *names: str) -> str | None:
    """Return the value of an option, or None."""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else next(iter(words[index + 1 : index + 2]), None)
    return None


def program_of(words: tuple[str, ...]) -> str:
    """Return the name of the program: the base name, or the module after `python -m`."""
    if not words:
        return ""
    name = os.path.basename(words[0])  # noqa: PTH119  a path in the container
    if name.startswith("python") and words[1:2] == ("-m",):
        return words[2].partition(".")[0] if len(words) > 2 else name
    return name


def _without_wrappers(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words after `exec`, `tini --`, `env NAME=value` and the like."""
    start = 0
    while start < len(words) and (
        os.path.basename(words[start]) in _WRAPPERS  # noqa: PTH119
        or _ASSIGNMENT.fullmatch(words[start])
        or (start and words[start].startswith("-") and not words[0].startswith("-"))
    ):
        start += 1
    return words[start:] if start < len(words) else words


def _script_index(words: tuple[str, ...]) -> int | None:
    """Return the index of the string of `sh -c`, or None for any other command."""
    if not words or os.path.basename(words[0]) not in SHELLS:  # noqa: PTH119
        return None
    index, takes_string = 1, False
    while index < len(words) and words[index][:1] in ("-", "+") and len(words[index]) > 1:
        flags = words[index]
        if not flags.startswith("--"):
            takes_string = takes_string or "c" in flags
            index += flags.endswith("o")  # `-o pipefail`: the option has a value
        index += 1
    return index if takes_string and index < len(words) else None


def _main_command(script: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command in a script that starts LiteLLM or OpenClaw, or the last one."""
    commands: list[list[str]] = [[]]
    for word in _shell_words(script):
        if word in _SEPARATORS:
            commands.append([])
        elif _ARGUMENTS.fullmatch(word):
            commands[-1] += arguments
        else:
            commands[-1].append(word)
    found = [_without_wrappers(tuple(command)) for command in commands if command]
    starts = (words for words in found if program_of(words) in _PROGRAMS)
    return next(starts, found[-1] if found else ())


def _shell_words(script: str) -> list[str]:
    """Return the words of a script. Each operator between commands is a word."""
    lexer = shlex.shlex(
        script.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=";&|"
    )
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return script.split()
