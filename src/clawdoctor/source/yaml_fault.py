"""PyYAML's complaints in plain words, pointing at the mistake and not at its consequence.

The messages quote nothing of the file but single characters: PyYAML's own may quote a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from clawdoctor.source.node import SyntaxFault
from clawdoctor.source.text import Position, Text

_VALUE_FOLLOWS = re.compile(r":[ \t]")
_NO_SPACE_AFTER_COLON = re.compile(r"[ \t]*(?:- +)*[\w.-]+(:)\S")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_CLOSERS = {"[": "]", "{": "}"}


class RefusedError(Exception):
    """YAML that parses, but that a program with SafeLoader could not use here."""

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refuse(text: Text, message: str, start: int, end: int) -> RefusedError:
    """The error to raise about the text between two offsets."""
    return RefusedError(SyntaxFault(message, text.span(start, end)))


@dataclass(frozen=True, slots=True)
class _Complaint:
    """Where PyYAML stopped (`at`), where what it was reading began, and the last whole scalar."""

    text: Text
    at: int
    opened: int
    last: yaml.ScalarEvent | None

    @property
    def char(self) -> str:
        return self.text.content[self.at : self.at + 1]

    @property
    def line_start(self) -> int:
        position = self.text.position(self.at)
        return self.at - position.column + 1

    @property
    def before(self) -> str:
        """What stands before the place on its line."""
        return self.text.content[self.line_start : self.at]

    def fault(self, message: str, start: int | None = None, end: int | None = None) -> SyntaxFault:
        start = self.at if start is None else start
        end = start + 1 if end is None else end
        # A place at the end of a line or of the text has no width.
        if self.text.content[start : start + 1] in {"", "\r", "\n"}:
            end = start
        return SyntaxFault(message, self.text.span(start, end))


def explain(text: Text, error: yaml.YAMLError, last: yaml.ScalarEvent | None) -> SyntaxFault:
    """The fault that an error of PyYAML's or libyaml's scanner or parser stands for.

    `last` is the last scalar that was read without error.
    """
    problem_mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    at = problem_mark.index if problem_mark else 0
    opened = context_mark.index if context_mark else at
    complaint = _Complaint(text, at, opened, last)
    if complaint.char == "\t":
        return _tab(complaint)
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or ""
    return _of_context(complaint, context, problem) or _of_problem(complaint, problem)


def _of_context(it: _Complaint, context: str, problem: str) -> SyntaxFault | None:
    """By what was being read, as far as that tells."""
    if "quoted scalar" in context:
        return _in_quotes(it, problem)
    if context.endswith("alias"):
        return it.fault("a value cannot start with '*', which is for aliases; quote it", it.opened)
    if context.endswith("anchor"):
        return it.fault("a value cannot start with '&', which is for anchors; quote it", it.opened)
    if it.char == "%" and not it.before:
        return _directive(it, it.at)
    if context.endswith(" tag") or "tag handle" in problem:
        return it.fault("a value cannot start with '!', which is for tags; quote it", it.opened)
    if "directive" in context:
        return _directive(it, it.opened)
    if "block scalar" in context:
        return it.fault("after '|' or '>' the text starts on the next line", it.opened)
    if "simple key" in context:
        return _no_colon(it)
    return None


def _of_problem(it: _Complaint, problem: str) -> SyntaxFault:
    if "cannot start any token" in problem:
        return it.fault(f"a value cannot start with '{it.char}'; quote it")
    if "mapping values are not" in problem:
        return _colon(it)
    if "sequence entries are not" in problem:
        return it.fault("a list item cannot start here; put it on a line of its own")
    if "mapping keys are not" in problem:
        return it.fault("a value cannot start with '? '; quote it")
    if "expected ',' or" in problem:
        return _in_brackets(it)
    if "node content" in problem:
        return _no_value(it)
    if any(end in problem for end in ("block end", "expected key", "'-' indicator")):
        return _out_of_line(it)
    if "document start" in problem:
        if it.char and it.char in "]},":
            return _stray(it)
        if directive := _DIRECTIVE.search(it.text.content, 0, it.at):
            return _directive(it, directive.start())
        return it.fault("this line does not belong to what stands above it; is it indented less?")
    return it.fault("this is not valid YAML")


def _directive(it: _Complaint, start: int) -> SyntaxFault:
    return it.fault("a line that starts with '%' is a directive, which cannot stand here", start)


def _tab(it: _Complaint) -> SyntaxFault:
    end = it.at
    while it.text.content[end : end + 1] == "\t":
        end += 1
    if it.before.strip(" \t"):
        return it.fault("a tab stands where YAML allows spaces only", it.at, end)
    return it.fault("a tab is used for indentation; YAML allows spaces only", it.at, end)


def _in_quotes(it: _Complaint, problem: str) -> SyntaxFault:
    if "end of stream" in problem or "document" in problem:
        return it.fault("the quote that opens here is not closed", it.opened)
    backslash = it.text.content.rfind("\\", it.opened, it.at + 1)
    message = "this backslash starts no known escape sequence; write it twice, or use single quotes"
    return it.fault(message, backslash, backslash + 2)


def _no_colon(it: _Complaint) -> SyntaxFault:
    """A line of its own that should have been a key."""
    start = it.text.position(it.opened)
    written = it.text.line(start.line)[start.column - 1 :].rstrip()
    if colon := _NO_SPACE_AFTER_COLON.match(written):
        return it.fault("the ':' has no space after it", it.opened + colon.start(1))
    if written.startswith("-"):
        return it.fault("the '-' of a list item has no space after it", it.opened)
    message = "this line is no key: it has no ':', or its quotes or brackets span lines"
    return it.fault(message, it.opened, it.opened + len(written))


def _colon(it: _Complaint) -> SyntaxFault:
    """A ':' that makes a mapping where none can be."""
    if _VALUE_FOLLOWS.search(it.before):
        message = "a second ':' on the line makes a mapping inside a value; quote the value"
        return it.fault(message)
    colon = _unspaced_colon_above(it.text, it.text.position(it.at).line)
    if colon is not None:
        return it.fault("the ':' has no space after it", colon)
    indent = len(it.before) - len(it.before.lstrip(" "))
    message = "bad indentation: the value above is complete, nothing can be indented below it"
    return it.fault(message, it.line_start + indent, it.at)


def _unspaced_colon_above(text: Text, number: int) -> int | None:
    """The ':' of a `key:value` on the nearest line above that is no blank or comment."""
    for above in range(number - 1, max(0, number - 50), -1):
        line = text.line(above)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        colon = _NO_SPACE_AFTER_COLON.match(line)
        if colon is None or _VALUE_FOLLOWS.search(line) or line.rstrip().endswith(":"):
            return None
        return text.offset(Position(above, colon.start(1) + 1))
    return None


def _in_brackets(it: _Complaint) -> SyntaxFault:
    opener = it.text.content[it.opened : it.opened + 1]
    closer = _CLOSERS.get(opener, "]")
    if not it.char:
        return it.fault(f"the '{opener}' that opens here is not closed", it.opened)
    if it.char == "?":
        return it.fault("text with a '?' needs quotes inside of brackets")
    opened, stopped = it.text.position(it.opened), it.text.position(it.at)
    if opened.line < stopped.line and _indent(it.text, stopped.line) <= _indent(
        it.text, opened.line
    ):
        return it.fault(f"the '{opener}' that opens here is not closed", it.opened)
    if it.char == ":":
        return it.fault("a ',' is missing before this ':', or the value needs quotes")
    return it.fault(f"a ',' or a '{closer}' is missing here")


def _indent(text: Text, number: int) -> int:
    line = text.line(number)
    return len(line) - len(line.lstrip(" "))


def _no_value(it: _Complaint) -> SyntaxFault:
    if it.char and it.char in "]}":
        return _stray(it)
    if it.char == ",":
        return it.fault("there is no value before this ','")
    return it.fault("a value is missing here")


def _stray(it: _Complaint) -> SyntaxFault:
    if it.char == ",":
        return it.fault("a ',' ends the value only inside of brackets; remove it")
    return it.fault(f"this '{it.char}' closes nothing")


def _out_of_line(it: _Complaint) -> SyntaxFault:
    """Something where only the next key or list item can stand."""
    if it.char and it.char in "]},":
        return _stray(it)
    if it.char == ":":
        return it.fault("there is no key before this ':'")
    if it.before.strip(" "):
        return _behind_a_value(it)
    if it.char == "-":
        return it.fault("bad indentation: this list item does not line up with what is above it")
    return it.fault("bad indentation: this line does not line up with the lines above it")


def _behind_a_value(it: _Complaint) -> SyntaxFault:
    if it.last is not None and it.last.style in {"'", '"'}:
        start, end = it.last.start_mark, it.last.end_mark
        if start and end and it.line_start > start.index and it.line_start <= end.index:
            message = "the quote that opens here is closed lines below, in the middle of a line"
            return it.fault(message, start.index)
        message = "text follows the closing quote; a quote inside of quotes is written twice ('')"
        if it.last.style == '"':
            message = 'text follows the closing quote; a quote inside of quotes is written \\"'
        return it.fault(message)
    return it.fault("text follows a value that is already complete; quote the whole value")
