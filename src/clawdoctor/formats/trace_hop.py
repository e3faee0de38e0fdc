"""The lines of one hop in a trace: the request, with the place of each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clawdoctor.finding import Place
from clawdoctor.formats.trace_problem import SEVERITY_STYLES, place_text
from clawdoctor.terminal.layout import broken_before_query, fits, joined
from clawdoctor.terminal.line import Line, Look, shown_path, wrap
from clawdoctor.traced import Difference, Fault, Hop, Origin, TracedCredential, TracedRefusal

_COLUMN = 44
"""The column of a place, if the line has room for it."""
_INDENT = "    "
_NOTE_INDENT = "      "
_CONDITIONS = {
    "if-litellm-started": "if LiteLLM started",
    "if-the-key-is-accepted": "if the key is accepted",
    "if-the-first-fails": "if the first fails",
}
_VIA = {
    "alias": "by an alias",
    "wildcard": "by a wildcard",
    "id": "by its id",
    "fallback": "by a fallback",
    "auto": "by the auto router",
    "mirror": "as a copy",
}
_UNNAMED = frozenset({"model", "messages", "input"})
"""Parameters that every request has."""


def hop_lines(hop: Hop, title: str, rank: str, look: Look) -> Iterator[Line]:
    """Yield the lines of a hop. `title` is its number and program, `rank` its place in a group."""
    if hop.refusal is not None:
        yield from _titled(title, f" {look.glyphs.failed.strip()} refuses", "bold red", look)
    elif hop.unpredicted is not None:
        yield from _titled(title, f" {look.glyphs.arrow} ?", "yellow", look)
    else:
        yield from _titled(title, f" {look.glyphs.arrow} {hop.origin}", "", look)
    yield from _deployment(hop, rank, look)
    if hop.unpredicted is not None:
        yield from wrap(hop.unpredicted, look.width, ((_INDENT, ""),))
    elif hop.refusal is not None:
        yield from refusal_lines(hop.refusal, look)
    else:
        yield from _request(hop, look)
    lost = [each.place for each in hop.credential.overrides] if hop.credential else []
    for fault in hop.faults:
        if fault.code is not None or fault.place not in lost:  # `wins over` says it
            yield from _fault(fault, look)
    for other in hop.differences:
        yield from _difference(other, hop, look)


def _difference(other: Difference, hop: Hop, look: Look) -> Iterator[Line]:
    """Yield what some versions send instead. A URL has its own line."""
    since = f"{other.since} and later" if other.since is not None else ""
    before = f"before {other.before}" if other.before is not None else ""
    versions = ", ".join(filter(None, (since, before)))
    if other.refusal is not None:
        text = f"refuses: {other.refusal}"
    elif other.url is None:
        text = "not predicted"
    else:
        text = "another credential" if other.url == hop.url else "another URL"
    yield from note_lines([f"{versions}: {text}"], look)
    if other.url is not None and other.url != hop.url:
        shorter = other.url.removeprefix(hop.origin or "")
        yield from broken_before_query(
            f"{hop.method or 'POST'} {shorter}", f"{_NOTE_INDENT}  ", look.width, "dim"
        )


def refusal_lines(refusal: TracedRefusal, look: Look) -> Iterator[Line]:
    """Yield the status and the text of a refusal, and its cause with the code of a check."""
    status = f"{refusal.status}: " if refusal.status is not None else ""
    yield from wrap(status + refusal.text, look.width, ((_INDENT, ""),))
    if refusal.code is None:
        yield from note_lines([origin_text(origin, look) for origin in refusal.sources], look)
        return
    yield from _fault(Fault(refusal.cause, refusal.code, refusal.place), look)


def _fault(fault: Fault, look: Look) -> Iterator[Line]:
    """Yield what a check says, with its place. A warning of the trace itself has no code."""
    mark = look.glyphs.failed.strip() if fault.severity == "error" else "!"
    head: Line = ((_INDENT, ""), (f"{fault.code or mark} ", SEVERITY_STYLES[fault.severity]))
    where = [place_text(fault.place, look)]
    yield from wrap(fault.text, look.width, head, ((_NOTE_INDENT, ""),))
    yield from note_lines(where, look)


def origin_text(origin: Origin, look: Look, *, named: str | None = None) -> str:
    """Return the origin of a part: `api_base litellm_config.yaml:5, set in .env:2`.

    `named` is a variable that the line already names.
    """
    words = []
    if origin.place is not None:
        words.append(place_text(origin.place, look))
    if origin.variable is not None:
        setter = _line(origin.set_in, look) if origin.set_in is not None else origin.set_by
        name = "" if origin.variable == named else f"{origin.variable} "
        words.append(f"{name}set in {setter}")
    if origin.says:
        words.append(origin.says)
    return ", ".join(words)


def note_lines(notes: Sequence[str], look: Look) -> Iterator[Line]:
    """Yield notes on their own lines, each once."""
    for note in dict.fromkeys(filter(None, notes)):
        yield from wrap(note, look.width, ((_NOTE_INDENT, ""),), style="dim")


def _titled(title: str, goes: str, style: str, look: Look) -> Iterator[Line]:
    line = joined((("  ", ""), (title, "bold")), ((goes, style),), look.width)
    if line is not None:
        yield line
        return
    yield from wrap(title, look.width, (("  ", ""),), style="bold")
    yield from wrap(goes.strip(), look.width, ((_INDENT, ""),), style=style)


def _deployment(hop: Hop, rank: str, look: Look) -> Iterator[Line]:
    if hop.deployment is None and not hop.condition:
        return
    group = f'group "{hop.group}"' if hop.group else ""
    via = "" if hop.condition == "if-the-first-fails" else _VIA.get(hop.via or "", "")
    parts = [hop.deployment or "", group, via, rank, _CONDITIONS.get(hop.condition, "")]
    text = f" {look.glyphs.dot} ".join(filter(None, parts))
    yield from wrap(text, look.width, ((_INDENT, ""),), style="dim")


def _request(hop: Hop, look: Look) -> Iterator[Line]:
    by_part: dict[str, list[Origin]] = {}
    for origin in hop.sources:
        by_part.setdefault(origin.part, []).append(origin)
    url = [origin_text(o, look) for p in ("url", "api-version") for o in by_part.pop(p, ())]
    yield from _row([f"{hop.method} {hop.target}"], url, look)
    yield from _credential(hop.credential, by_part.pop("credential", []), look)
    for name, value in hop.headers.items():
        origins = by_part.get(f"header {name}", [])
        variable = next((o.variable for o in origins if o.variable is not None), None)
        header = [origin_text(o, look) for o in by_part.pop(f"header {name}", ())]
        yield from _row([f"{name}: {value or variable or '...'}"], header, look)
    yield from wrap(_parameters(hop, look), look.width, ((_INDENT, ""),))
    for part, origins in by_part.items():
        name = part.removeprefix("parameter ").removeprefix("header ")
        yield from note_lines([f"{name}: {origin_text(o, look)}" for o in origins], look)


def _credential(
    credential: TracedCredential | None, more: Sequence[Origin], look: Look
) -> Iterator[Line]:
    if credential is None:
        yield ((_INDENT, ""), ("no key", "yellow"))
        yield from note_lines([origin_text(origin, look) for origin in more], look)
        return
    origins = [*([credential.source] if credential.source is not None else []), *more]
    notes = [origin_text(origin, look, named=credential.variable) for origin in origins]
    notes += [f"wins over {origin_text(origin, look)}" for origin in credential.overrides]
    what = credential.variable or credential.description
    shape = f"({credential.shape})" if credential.shape else ""
    text = " ".join(filter(None, (f"{credential.header}:", credential.scheme, what)))
    beside = fits(look.width, f"{_INDENT}{text} {shape}")
    if shape and not beside:
        notes.insert(0, credential.shape)
    yield from _row(f"{text} {shape if beside else ''}".split(), notes, look)


def _parameters(hop: Hop, look: Look) -> list[str]:
    """Return the parameters of a first request, or the changes in a later one, in pieces."""
    parameters = hop.parameters
    pieces = [f'model "{hop.model}"'] if hop.model is not None else []
    if hop.sender == "openclaw":
        pieces += [name for name in parameters.sent if name not in _UNNAMED]
    else:
        arrow = look.glyphs.arrow
        renamed = [f"{old} {arrow} {new}" for old, new in parameters.renamed.items()]
        changes = (("adds", parameters.added), ("renames", renamed), ("drops", parameters.dropped))
        changed = [f"{verb} {', '.join(names)}" for verb, names in changes if names]
        pieces += changed or ["changes nothing"]
    return [f"{piece} {look.glyphs.dot}" for piece in pieces[:-1]] + pieces[-1:]


def _row(pieces: Sequence[str], notes: Sequence[str], look: Look) -> Iterator[Line]:
    """Yield a line with its notes beside it if there is room, else below it.

    A line with a single piece is broken only before its query, so that it can be copied.
    """
    notes = list(dict.fromkeys(filter(None, notes)))
    text = " ".join(pieces)
    if len(notes) == 1:
        start: Line = ((_INDENT, ""), (text, ""))
        line = joined(start, ((notes[0], "dim"),), look.width, gap=2, column=_COLUMN)
        if line is not None:
            yield line
            return
    if len(pieces) == 1:
        yield from broken_before_query(text, _INDENT, look.width)
    else:
        yield from wrap(pieces, look.width, ((_INDENT, ""),), ((_NOTE_INDENT, ""),))
    yield from note_lines(notes, look)


def _line(place: Place, look: Look) -> str:
    """Return `path:line`, or the path alone for the root of a file."""
    path = shown_path(place.path, look)
    return f"{path}:{place.span.start.line}" if place.span is not None else path
