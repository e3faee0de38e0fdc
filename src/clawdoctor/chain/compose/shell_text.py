"""The commands of a shell script, word by word with their places.

The text of a word uses Compose's notation: `${NAME}` is a reference and `$$` a dollar sign. The
current folder and the folder of the script are "." as in a Compose file. The output of any other
command is unknown, and `COMMAND_OUTPUT` stands for it in a word.
"""

from __future__ import annotations

import re
from dataclasses import field

from clawdoctor.chain.compose.interpolation import COMMAND_OUTPUT
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.text import Text

_UNKNOWN = f"${{{COMMAND_OUTPUT}}}"
_FOLDER = regex(
    r"\s*(?:pwd(?:\s+-[PL])?|cd\s.*pwd(?:\s+-[PL])?|dirname\s.*|realpath\s+\S+)\s*", re.DOTALL
)
_CURRENT = regex(r"\$(?:PWD\b|\{PWD\}|\{?PSScriptRoot\b\}?|env:PWD\b)|%cd%", re.IGNORECASE)
_POWERSHELL = regex(r"\$\{?env:(\w+)\}?", re.IGNORECASE)
_VARIABLE = regex(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?:\}|:?[-?+]))")
_SPECIAL = regex(r"\$(?:[@*#?$!0-9-]|\{[^}\n]{0,200}\})")
_HEREDOC = regex(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_CONTINUATION = regex(r"[\\`^][ \t]*\r?\n")
_BREAKS = frozenset("\n;&|()<>")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command, with its offsets in the script."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Scanner:
    content: str
    commands: list[list[Word]] = field(default_factory=list)

    def scan(self, at: int, closing: str, depth: int) -> int:
        """Read commands up to an unquoted `closing`, or the end. Return the offset after it."""
        words: list[Word] = []
        self.commands.append(words)
        while at < len(self.content):
            char = self.content[at]
            continued = _CONTINUATION.match(self.content, at)
            if closing and char == closing:
                return at + 1
            if continued:
                at = continued.end()
            elif char == "#":
                at = self._line_end(at)
            elif char == "<" and (heredoc := _HEREDOC.match(self.content, at)):
                last_line = re.compile(rf"^[ \t]*{heredoc[2]}[ \t]*\r?$", re.MULTILINE)
                found = last_line.search(self.content, heredoc.end())
                at = found.end() if found else len(self.content)
            elif char in _BREAKS:
                words = []
                self.commands.append(words)
                at += 1
            elif char.isspace():
                at += 1
            else:
                text, end = self._word(at, closing, depth)
                words.append(Word(text, at, end))
                at = max(end, at + 1)
        return at

    def _line_end(self, at: int) -> int:
        end = self.content.find("\n", at)
        return len(self.content) if end < 0 else end

    def _word(self, at: int, closing: str, depth: int) -> tuple[str, int]:
        parts: list[str] = []
        quote = ""
        while at < len(self.content):
            char = self.content[at]
            continued = _CONTINUATION.match(self.content, at)
            if quote == "'":
                at += 1
                quote = "" if char == "'" else quote
                parts.append("" if char == "'" else "$$" if char == "$" else char)
            elif continued and char != "^":
                at = continued.end()
            elif not quote and (char.isspace() or char in _BREAKS or (closing and char == closing)):
                break
            elif char == '"':
                quote, at = ("" if quote else '"'), at + 1
            elif char == "'" and not quote:
                quote, at = "'", at + 1
            elif char == "\\" and at + 1 < len(self.content):
                following = self.content[at + 1]
                kept = bool(quote) and following not in '"\\$`'
                parts.append(("\\" if kept else "") + ("$$" if following == "$" else following))
                at += 2
            else:
                text, at = self._expansion(at, depth)
                parts.append(text)
        return "".join(parts), at

    def _expansion(self, at: int, depth: int) -> tuple[str, int]:
        """Return the text for a reference, the output of a command or an ordinary character."""
        content = self.content
        if content[at] == "`":
            end = content.find("`", at + 1)
            end = len(content) if end < 0 else end
            folder = _FOLDER.fullmatch(content, at + 1, end)
            return ("." if folder else _UNKNOWN), end + 1
        if content.startswith("$(", at) and depth < _DEEPEST:
            before = len(self.commands)
            end = self.scan(at + 2, ")", depth + 1)
            if _FOLDER.fullmatch(content, at + 2, end - 1):
                del self.commands[before:]
                return ".", end
            return _UNKNOWN, end
        if current := _CURRENT.match(content, at):
            return ".", current.end()
        if powershell := _POWERSHELL.match(content, at):
            return f"${{{powershell[1]}}}", powershell.end()
        if variable := _VARIABLE.match(content, at):
            return variable[0], variable.end()
        if special := _SPECIAL.match(content, at):
            return _UNKNOWN, special.end()
        return ("$$" if content[at] == "$" else content[at]), at + 1


def commands_of(text: Text) -> list[list[Word]]:
    """Return the commands of a script in order, those in `$(...)` after the outer one."""
    scanner = _Scanner(text.content)
    scanner.scan(0, "", 0)
    return [words for words in scanner.commands if words]
