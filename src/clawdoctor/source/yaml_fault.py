"""PyYAML's syntax errors in plain language, at the place of the mistake.

The messages quote only single characters of the file, because PyYAML's own messages can quote a
password.
"""

from __future__ import annotations

import re

import yaml

from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import SyntaxFault
from clawdoctor.source.text import Position, Text

_VALUE_FOLLOWS = regex(r":[ \t]")
_NO_SPACE_AFTER_COLON = regex(r"[ \t]*(?:- +)*[\w.-]+(:)\S")
_DIRECTIVE = regex(r"^%", re.MULTILINE)
_CLOSING = {"[": "]", "{": "}"}


class RefusedError(Exception):
    """The YAML parses, but SafeLoader rejects it."""

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refuse(text: Text, message: str, start: int, end: int) -> RefusedError:
    """Return the error to raise for the text between two offsets."""
    return RefusedError(SyntaxFault(message, text.span(start, end)))


@dataclass(frozen=True, slots=True)
class _ParseError:
    """The place where PyYAML stopped (`at`), the start of the construct, and the last scalar."""

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
        """The text before the place on its line."""
        return self.text.content[self.line_start : self.at]

    def fault(self, message: str, start: int | None = None, end: int | None = None) -> SyntaxFault:
        start = self.at if start is None else start
        end = start + 1 if end is None else end
        # A place at the end of a line or of the text has no width.
        if self.text.content[start : start + 1] in {"", "\r", "\n"}:
            end = start
        return SyntaxFault(message, self.text.span(start, end))


def syntax_fault(text: Text, error: yaml.YAMLError, last: yaml.ScalarEvent | None) -> SyntaxFault:
    """Return the fault for an error of PyYAML's or libyaml's scanner or parser.

    `last` is the last scalar that was read without error.
    """
    problem_mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    at = problem_mark.index if problem_mark else 0
    opened = context_mark.index if context_mark else at
    parse_error = _ParseError(text, at, opened, last)
    if parse_error.char == "\t":
        return _tab(parse_error)
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or ""
    return _fault_of_context(parse_error, context, problem) or _fault_of_problem(
        parse_error, problem
    )


def _fault_of_context(it: _ParseError, context: str, problem: str) -> SyntaxFault | None:
    """Return the fault that the error's context identifies, or None."""
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


def _fault_of_problem(it: _ParseError, problem: str) -> SyntaxFault:
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


def _directive(it: _ParseError, start: int) -> SyntaxFault:
    return it.fault("a line that starts with '%' is a directive, which cannot stand here", start)


def _tab(it: _ParseError) -> SyntaxFault:
    end = it.at
    while it.text.content[end : end + 1] == "\t":
        end += 1
    if it.before.strip(" \t"):
        return it.fault("a tab stands where YAML allows spaces only", it.at, end)
    return it.fault("a tab is used for indentation; YAML allows spaces only", it.at, end)


def _in_quotes(it: _ParseError, problem: str) -> SyntaxFault:
    if "end of stream" in problem or "document" in problem:
        return it.fault("the quote that opens here is not closed", it.opened)
    backslash = it.text.content.rfind("\\", it.opened, it.at + 1)
    message = "this backslash starts no known escape sequence; write it twice, or use single quotes"
    return it.fault(message, backslash, backslash + 2)


def _no_colon(it: _ParseError) -> SyntaxFault:
    """Return the fault for a line that should be a key."""
    start = it.text.position(it.opened)
    written = it.text.line(start.line)[start.column - 1 :].rstrip()
    if colon := _NO_SPACE_AFTER_COLON.match(written):
        return it.fault("the ':' has no space after it", it.opened + colon.start(1))
    if written.startswith("-"):
        return it.fault("the '-' of a list item has no space after it", it.opened)
    message = "this line is no key: it has no ':', or its quotes or brackets span lines"
    return it.fault(message, it.opened, it.opened + len(written))


def _colon(it: _ParseError) -> SyntaxFault:
    """Return the fault for a ':' that starts a mapping in a wrong place."""
    if _VALUE_FOLLOWS.search(it.before):
        message = "a second ':' on the line makes a mapping inside a value; quote the value"
        return it.fault(message)
    colon = _unspaced_colon_above(it.text, it.text.position(it.at).line)
    if colon is not None:
        return it.fault("the ':' has no space after it", colon)
    indent = len(it.before) - len(it.before.lstrip(" "))
    message = "bad indentation: the value above is complete, so nothing can be indented below it"
    return it.fault(message, it.line_start + indent, it.at)


def _unspaced_colon_above(text: Text, number: int) -> int | None:
    """Return the ':' of a `key:value` on the line above, skipping blank lines and comments."""
    for above in range(number - 1, max(0, number - 50), -1):
        line = text.line(above)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        colon = _NO_SPACE_AFTER_COLON.match(line)
        if colon is None or _VALUE_FOLLOWS.search(line) or line.rstrip().endswith(":"):
            return None
        return text.offset(Position(above, colon.start(1) + 1))
    return None


def _in_brackets(it: _ParseError) -> SyntaxFault:
    opening = it.text.content[it.opened : it.opened + 1]
    closing = _CLOSING.get(opening, "]")
    if not it.char:
        return it.fault(f"the '{opening}' that opens here is not closed", it.opened)
    if it.char == "?":
        return it.fault("text with a '?' needs quotes inside of brackets")
    opened, stopped = it.text.position(it.opened), it.text.position(it.at)
    if opened.line < stopped.line and _indent(it.text, stopped.line) <= _indent(
        it.text, opened.line
    ):
        return it.fault(f"the '{opening}' that opens here is not closed", it.opened)
    if it.char == ":":
        return it.fault("a ',' is missing before this ':', or the value needs quotes")
    return it.fault(f"a ',' or a '{closing}' is missing here")


def _indent(text: Text, number: int) -> int:
    line = text.line(number)
    return len(line) - len(line.lstrip(" "))


def _no_value(it: _ParseError) -> SyntaxFault:
    if it.char and it.char in "]}":
        return _stray(it)
    if it.char == ",":
        return it.fault("there is no value before this ','")
    return it.fault("a value is missing here")


def _stray(it: _ParseError) -> SyntaxFault:
    if it.char == ",":
        return it.fault("a ',' ends the value only inside of brackets; remove it")
    return it.fault(f"this '{it.char}' closes nothing")


def _out_of_line(it: _ParseError) -> SyntaxFault:
    """Return the fault for text where only a key or list item is allowed."""
    if it.char and it.char in "]},":
        return _stray(it)
    if it.char == ":":
        return it.fault("there is no key before this ':'")
    if it.before.strip(" "):
        return _after_a_value(it)
    if it.char == "-":
        return it.fault("bad indentation: this list item does not line up with what is above it")
    return it.fault("bad indentation: this line does not line up with the lines above it")


def _after_a_value(it: _ParseError) -> SyntaxFault:
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
