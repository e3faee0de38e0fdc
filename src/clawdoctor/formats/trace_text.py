"""A trace as text: the routes, their hops, and what keeps a program from starting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from clawdoctor.formats.trace_hop import hop_lines, refusal_lines
from clawdoctor.formats.trace_problem import last_line, problem_lines
from clawdoctor.terminal.clean import clean, cleaned
from clawdoctor.terminal.line import ASCII, Glyphs, Line, Look, location, paint, shown_path, wrap
from clawdoctor.traced import Hop, Trace, TracedRoute

_LEAST_WIDTH = 30
_NAMES = {"openclaw": "OpenClaw", "litellm": "LiteLLM", "server": "The server"}
_ERROR = "bold red"


def to_text(
    trace: Trace,
    *,
    width: int = 88,
    color: bool = False,
    unicode: bool = True,
    home: str | None = None,
    verbose: bool = False,
) -> str:
    """Return the trace as text. Lines have at most `width` cells, except for long words.

    `color` adds ANSI escapes; without `unicode` all characters are ASCII. Paths below `home` are
    shortened. A `verbose` trace gives the date of the knowledge.
    """
    trace = cleaned(trace, unicode=unicode)
    look = Look(
        width=max(width, _LEAST_WIDTH),
        verbose=verbose,
        glyphs=Glyphs() if unicode else ASCII,
        home=home and clean(home, unicode=unicode),
    )
    lines: list[Line] = []
    for section in _sections(trace, look):
        lines += [(), *section] if lines else section
    return paint(lines, color)


def _sections(trace: Trace, look: Look) -> Iterator[list[Line]]:
    if trace.usage_error is not None:
        yield wrap(trace.usage_error, look.width, (("error: ", _ERROR),), (), "bold")
        return
    if trace.faults:
        yield [*_faults(trace, look), (("  clawdoctor run", ""),)]
    if trace.start is not None:
        title: Line = (("LiteLLM does not start", _ERROR),)
        if trace.start.assumed:
            title = (("LiteLLM does not start with the variables of this shell", "bold yellow"),)
        yield [title, *refusal_lines(trace.start, look)]
    if trace.problems:
        yield list(problem_lines(trace.problems, look))
    first: dict[str, str] = {}
    for route in trace.routes:
        yield list(_route(route, trace, look, first))
    for note in trace.notes:
        yield wrap(note, look.width, style="dim")
    yield list(_end(trace, look))


def _faults(trace: Trace, look: Look) -> Iterator[Line]:
    for fault in trace.faults:
        head = f"error[{fault.code}]: " if fault.code else "error: "
        place = [] if fault.place is None else [location(fault.place, look)]
        yield from wrap([*fault.text.split(), *place], look.width, ((head, _ERROR),), (("  ", ""),))


def _end(trace: Trace, look: Look) -> Iterator[Line]:
    """Yield the last lines: what the trace rests on, and its worst fault again."""
    assumed = [f"{_NAMES[sender]} {trace.assumed[sender]}" for sender in _assumed_senders(trace)]
    parts = [shown_path(item.path, look) for item in trace.inputs if item.found]
    parts += [f"as {' and '.join(assumed)} (version not found)"] if assumed else []
    parts.append("predicted: nothing was sent")
    yield from wrap(_pieces(parts, look), look.width, style="dim")
    if look.verbose and trace.knowledge:
        yield from wrap(
            f"clawdoctor's knowledge is dated {trace.knowledge}.", look.width, style="dim"
        )
    for error in trace.internal_errors:
        text = f"clawdoctor itself failed in {error.where}: {error.error}; please report it"
        yield from wrap(text, look.width, style=_ERROR)
    yield from last_line(trace, look)


def _assumed_senders(trace: Trace) -> list[str]:
    """Return the programs of the hops whose version is only assumed."""
    senders = {hop.sender for route in trace.routes for hop in route.requests}
    return [sender for sender in trace.assumed if sender in senders]


def _pieces(parts: list[str], look: Look) -> list[str]:
    return [f"{part} {look.glyphs.dot}" for part in parts[:-1]] + parts[-1:]


def _route(route: TracedRoute, trace: Trace, look: Look, first: dict[str, str]) -> Iterator[Line]:
    """Yield the lines of a route. `first` maps hops of OpenClaw to the routes that show them."""
    roles = ", ".join(route.roles)
    yield ((route.model, "bold"), (f"  {roles}" if roles else "", "dim"))
    for number, hop in _numbered(route.requests):
        title = f"{number} {_program(hop, trace)}"
        shown_at = route.model
        if hop.sender == "openclaw" and hop.refusal is None:
            shown_at = first.setdefault(repr(replace(hop, model=None)), route.model)
        yield ()
        if shown_at == route.model:
            yield from hop_lines(hop, title, _rank(hop, route), look)
        else:
            text = f'{title} sends the same as for {shown_at}, with model "{hop.model}"'
            yield from wrap(text, look.width, (("  ", ""),), (("    ", ""),))


def _numbered(hops: Sequence[Hop]) -> Iterator[tuple[str, Hop]]:
    """Yield each hop with its number: 1, 2, or 2.1 and 2.2 if a program has two requests."""
    for number, (_, group) in enumerate(groupby(hops, key=lambda hop: hop.sender), 1):
        requests = list(group)
        for index, hop in enumerate(requests, 1):
            yield f"{number}.{index}" if len(requests) > 1 else str(number), hop


def _program(hop: Hop, trace: Trace) -> str:
    """Return the program of a hop and its version: `OpenClaw 2026.9.6`."""
    name = _NAMES[hop.sender]
    found = trace.versions.get(hop.sender)
    if found is None:
        return name
    return f"{name} {found.value}" + (" or later" if found.lower_bound else "")


def _rank(hop: Hop, route: TracedRoute) -> str:
    """Return `1 of 2 deployments` if LiteLLM chooses between several, else ""."""
    alike = [
        other
        for other in route.requests
        if other.deployment is not None
        and (other.group, other.condition) == (hop.group, hop.condition)
    ]
    if hop not in alike or len(alike) < 2:
        return ""
    return f"{alike.index(hop) + 1} of {len(alike)} deployments"
