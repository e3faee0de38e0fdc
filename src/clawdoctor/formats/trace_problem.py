"""The lines of a trace that say what is wrong, at its top and again at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from clawdoctor.finding import Place
from clawdoctor.terminal.line import Line, Look, counted, shown_path, wrap
from clawdoctor.traced import Fault, Trace

_MOST = 5
"""The maximum number of faults at the top of a trace."""
_MOST_MODELS = 2
SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow"}


def problem_lines(problems: Sequence[Fault], look: Look) -> Iterator[Line]:
    """Yield the faults, the worst first: the sentence, then its code, place and models."""
    alike: dict[tuple[str | None, str], list[Fault]] = {}
    for problem in problems:
        alike.setdefault((problem.code, problem.text), []).append(problem)
    for faults in [*alike.values()][:_MOST]:
        yield from _problem(faults, look)
    if len(alike) > _MOST:
        text = f"{len(alike) - _MOST} more: `clawdoctor run` shows all."
        yield from wrap(text, look.width, (("  ", ""),), style="dim")


def _problem(faults: Sequence[Fault], look: Look) -> Iterator[Line]:
    first = faults[0]
    style = SEVERITY_STYLES[first.severity]
    mark = look.glyphs.failed if first.severity == "error" else "!"
    yield from wrap(first.text, look.width, ((f"{mark.strip()} ", style),), style=style)
    models = list(dict.fromkeys(model for fault in faults for model in fault.models))
    named = ", ".join(models[:_MOST_MODELS])
    more = f" and {len(models) - _MOST_MODELS} more" if len(models) > _MOST_MODELS else ""
    others = f"and {counted(len(faults) - 1, 'other place')}" if len(faults) > 1 else ""
    where = " ".join(filter(None, (place_text(first.place, look), others)))
    parts = [part for part in (first.code, where, named + more) if part]
    pieces = [f"{part} {look.glyphs.dot}" for part in parts[:-1]] + parts[-1:]
    yield from wrap(pieces, look.width, (("  ", ""),), style="dim")


def last_line(trace: Trace, look: Look) -> Iterator[Line]:
    """Yield the number of faults, the worst one, and the command that says what to change."""
    start = trace.start
    faults = (*trace.faults, *trace.problems)
    if start is not None:
        severity: Literal["error", "warning"] = "warning" if start.assumed else "error"
        cause = Fault(start.cause or start.text, start.code, start.place, severity)
        at = len(faults) if start.assumed else len(trace.faults)
        faults = (*faults[:at], cause, *faults[at:])
    if not faults:
        return
    errors = sum(fault.severity == "error" for fault in faults)
    counts = [counted(errors, "error")] if errors else []
    counts += [counted(len(faults) - errors, "warning")] if len(faults) > errors else []
    worst = " ".join(filter(None, (faults[0].code, place_text(faults[0].place, look))))
    style = SEVERITY_STYLES["error" if errors else "warning"]
    head = f"{look.glyphs.failed.strip() if errors else '!'} {', '.join(counts)}"
    begins = f"begin with {worst}" if worst and len(faults) > 1 else worst
    explained = any(fault.code is not None for fault in faults)
    parts = [head, begins, "`clawdoctor run` says what to change" if explained else ""]
    parts = [part for part in parts if part]
    pieces = [f"{part} {look.glyphs.dot}" for part in parts[:-1]] + parts[-1:]
    yield from wrap(pieces, look.width, (), (("  ", ""),), style)


def place_text(place: Place | None, look: Look) -> str:
    """Return a setting and its place: `api_key litellm_config.yaml:6`."""
    if place is None:
        return ""
    key = place.pointer.rpartition("/")[2]
    path = shown_path(place.path, look)
    where = f"{path}:{place.span.start.line}" if place.span is not None else path
    return f"{key} {where}" if key and not key.isdigit() else where
