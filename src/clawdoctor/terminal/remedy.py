"""What to do about a finding: the lines to change, steps for a person, commands to run."""

from __future__ import annotations

from clawdoctor.finding import Action, Command, Fix, Step, in_terminals, prose_of
from clawdoctor.terminal.diff import diff_lines
from clawdoctor.terminal.line import Line, Look, cells, width_of, wrap

Margin = Line
"""The start of every line of a block."""

_LABEL = 6
"""The columns of a label and the space after it."""
APPLY = {"safe": "clawdoctor run --fix", "unsafe": "clawdoctor run --fix --unsafe-fixes"}
"""The command that applies a fix, by its kind."""


def paragraph(
    text: str, margin: Margin, look: Look, *, label: str = "", hang: bool = False, further: int = 0
) -> list[Line]:
    """Return wrapped prose with a label before its first line.

    `hang` leaves room for the label in the other lines. `further` is the number of columns by which
    they are indented from the first.
    """
    indent = max(_LABEL, len(label) + 1)
    begin: Line = (*margin, (" " * indent, "")) if hang else margin
    rest: Line = (*begin, (" " * further, "")) if further else begin
    first: Line = (*margin, (f"{label:<{indent}}", "bold")) if label else begin
    return wrap(text, look.width, first, rest)


def remedy_lines(
    fix: Fix, label: str, margin: Margin, elsewhere: set[Command], look: Look
) -> list[Line]:
    """Return a fix: its diff or snippet, the option that applies it, then steps and commands.

    Commands are not wrapped, so that users can copy them. Those in `elsewhere` are left out,
    because another block shows them.
    """
    lines: list[Line] = []
    snippet = fix.snippet.strip("\n").splitlines()
    title = fix.title[:1].upper() + fix.title[1:]
    apply = APPLY.get(fix.applicability, "") if fix.edits else ""
    if apply and fix.diff:
        room = look.width - width_of(margin) - _LABEL
        diff = diff_lines(fix.diff, room, look)
        lines += _beside(diff, label or "fix", apply, margin, look)
    elif snippet:
        verb = "fix" if fix.edits else "write"
        shown: list[Line] = [((text, "cyan"),) for text in snippet]
        lines += _beside(shown, label or verb, apply, margin, look)
    elif apply:
        lines += paragraph(title, margin, look, label=label or "fix", hang=True)
        lines += _indented(apply, margin)
    elif not any(isinstance(action, Step) for action in fix.actions):
        lines += paragraph(title, margin, look, label=label or "do", hang=True)
        return lines + _actions(fix.actions, margin, elsewhere, look, previous="do")
    return lines + _actions(fix.actions, margin, elsewhere, look)


def _beside(shown: list[Line], label: str, apply: str, margin: Margin, look: Look) -> list[Line]:
    """Return lines under a label. The command that applies them is to the right, or below."""
    lines: list[Line] = []
    for number, line in enumerate(shown):
        start = f"{'' if number else label:<{_LABEL}}"
        lines.append((*margin, (start, "bold"), *line))
    if not apply:
        return lines
    taken = width_of(lines[0])
    if taken + 3 + cells(apply) <= look.width:
        gap = " " * (look.width - taken - cells(apply))
        lines[0] = (*lines[0], (gap, ""), (apply, "dim"))
        return lines
    return [*lines, *_indented(apply, margin)]


def _indented(command: str, margin: Margin) -> list[Line]:
    return [(*margin, (" " * _LABEL, ""), (command, "dim"))]


def _actions(
    actions: tuple[Action, ...],
    margin: Margin,
    elsewhere: set[Command],
    look: Look,
    previous: str = "",
) -> list[Line]:
    """Return steps and commands in order. A label appears where the kind changes."""
    lines: list[Line] = []
    shown = (a for a in actions if not (isinstance(a, Command) and a in elsewhere))
    for action in in_terminals(shown):
        if prose := prose_of(action):
            start = "" if previous == "do" else "do"
            lines += paragraph(prose, margin, look, label=start, hang=True, further=2)
            previous = "do"
        for text in action.text.splitlines() if isinstance(action, Command) else ():
            name = f"{'' if previous == 'run' else 'run':<{_LABEL}}"
            lines.append((*margin, (name, "bold"), (text, "cyan")))
            previous = "run"
    return lines
