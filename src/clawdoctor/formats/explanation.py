"""An explanation as text for a person, and as JSON for a program."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from clawdoctor.check import SECTIONS, Check
from clawdoctor.explanation import Explanation, Match
from clawdoctor.finding import STAGES, Place, Stage
from clawdoctor.pasted import one_line
from clawdoctor.source.text import START

SCHEMA_VERSION = 1

_HOPS = dict(zip(STAGES, ("OpenClaw", "LiteLLM", "Docker", "proxy", "Azure"), strict=True))
_ALWAYS_SHOWN: tuple[Stage, ...] = ("openclaw", "litellm", "proxy", "azure")
_OTHERS = 5
"""Other possible matches that are named."""

_ASCII = str.maketrans({
    "─": "-", "✗": "x", "✓": "v", "→": "->", "▶": ">", "…": "...", "·": "-",
    "—": "-", "–": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "\xa0": " ",
})  # fmt: skip

_NO_ANSWER = """\
OpenClaw hides most of what it is told. To see the text behind its message:

    openclaw infer model run --local --prompt hi

The proxy's own log has more, and `clawdoctor explain -` reads it. To check every part of the
chain instead:

    clawdoctor run
"""
_NO_CODE = "`clawdoctor checks` lists them all."

_NARROWEST = 44
"""Columns that the chain needs."""

_STYLES = {"bold": 1, "dim": 2, "red": 31}
Paint = Callable[[str, str], str]
"""Gives a text a style (`bold`, `dim`, `red`), or leaves it as it is."""


def to_json(explanation: Explanation) -> str:
    """The document of `explain --json`, as `explanation.schema.json` describes it."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "recognised": explanation.recognised,
        "asked": explanation.asked,
        "matches": [_match_record(match) for match in explanation.matches],
        "nearest": [
            dict(zip(("code", "name"), hint.split(" ", 1), strict=True))
            for hint in explanation.nearest
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def load_schema() -> dict[str, Any]:
    """The JSON Schema of `to_json`'s document, version 1."""
    text = Path(__file__).with_name("explanation.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _match_record(match: Match) -> dict[str, object]:
    record = {field.name: getattr(match, field.name) for field in fields(match)}
    record["raisedBy"] = record.pop("raised_by")
    return record | {"places": [_place_record(place) for place in match.places]}


def _place_record(place: Place) -> dict[str, object]:
    start, end = (place.span.start, place.span.end) if place.span else (START, START)
    location = {"path": place.path, "pointer": place.pointer}
    ends = {"start": asdict(start), "end": asdict(end)}
    return {"location": location | ends, "message": place.label}


def to_text(
    explanation: Explanation,
    checks: Sequence[Check],
    *,
    width: int = 88,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """The explanation as a terminal shows it, without a line end at the end.

    `checks` are those that it was made with. Lines keep to `width` columns, except for code and
    for words that are longer.
    """
    by_code = {check.code: check for check in checks}
    paint = _styled if color else _plain
    width = max(width, _NARROWEST)
    if not explanation.recognised:
        blocks = _unrecognised(explanation, by_code, width, paint)
    else:
        blocks = _recognised(explanation, by_code, width, paint)
    text = "\n\n".join(block for block in blocks if block)
    return text if unicode else text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _plain(text: str, _style: str) -> str:
    return text


def _styled(text: str, style: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _recognised(
    explanation: Explanation, by_code: dict[str, Check], width: int, paint: Paint
) -> Iterator[str]:
    first, *others = explanation.matches
    check = by_code[first.code]
    causes = [by_code[code] for code in check.causes if code in by_code]
    headings: tuple[str, ...] = SECTIONS
    yield _headline(first, paint)
    yield f"  {_chain(first.stage, paint)}"
    if explanation.asked == "text":
        yield page(check.section(SECTIONS[0]) or check.title, width, "  ")
        yield "\n".join(_seen(first, width))
        headings = SECTIONS[1:4]
    else:
        yield _wrapped(check.title, width, "  ")
    for heading in headings:
        if body := check.section(heading):
            yield f"{paint(heading, 'bold')}\n{page(body, width, '  ')}"
    selection = ",".join(one.code for one in (check, *causes))
    lines = [_labelled("Then", f"clawdoctor run --select {selection}")]
    if explanation.asked == "text":
        for other in others[:_OTHERS]:
            follows = check.code in by_code[other.code].causes
            lines.append(_labelled("Also" if follows else "Not?", f"{other.code} {other.title}"))
    else:
        lines += [_labelled("Cause", f"{cause.code} {cause.title}") for cause in causes]
    yield "\n".join((lines[0], *(_cut(line, width) for line in lines[1:])))


def _unrecognised(
    explanation: Explanation, by_code: dict[str, Check], width: int, paint: Paint
) -> Iterator[str]:
    asked_for_page = explanation.asked != "text"
    if asked_for_page:
        yield paint(f"Not recognised: no check has this {explanation.asked}.", "bold")
    elif explanation.matches:
        yield paint("Not recognised for certain. It may be:", "bold")
    else:
        yield paint("Not recognised.", "bold")
    codes = [match.code for match in explanation.matches]
    codes += [hint.split(" ", 1)[0] for hint in explanation.nearest]
    label = "" if explanation.matches else "Near "
    near = [f"{label} {code} {by_code[code].title}" for code in codes if code in by_code]
    yield "\n".join(_cut(f" {line}" if explanation.matches else line, width) for line in near)
    yield page(_NO_CODE if asked_for_page else _NO_ANSWER, width, "")


def _headline(match: Match, paint: Paint) -> str:
    said = f"      said by {match.raised_by}" if match.raised_by else ""
    doubt = "" if match.confidence == "certain" else f" ({match.confidence})"
    return paint(f"{match.code} {match.name}", "bold") + said + doubt


def _chain(broken: Stage, paint: Paint) -> str:
    """The hops up to the broken one joined, those after it not reached."""
    names = [name for stage, name in _HOPS.items() if stage in (broken, *_ALWAYS_SHOWN)]
    end = names.index(_HOPS[broken]) + 1
    reached = paint(" ── ", "dim").join(names[:end])
    beyond = "".join(f"   {name}" for name in names[end:])
    return f"{reached} {paint('✗', 'red')}" + (paint(beyond, "dim") if beyond else "")


def _seen(match: Match, width: int) -> Iterator[str]:
    """What the text, and the user's files, have to do with it."""
    values = [f"{n.replace('_', ' ')} {one_line(value)}" for n, value in match.captures.items()]
    seen = ", ".join(values) or f'"{one_line(match.excerpt)}"'
    yield _wrapped(f"In your text: {seen}", width, "  ", hang=14)
    label = "In your files:"
    for place in match.places:
        at = f":{place.span.start.line}:{place.span.start.column}" if place.span else ""
        yield f"  {label:14} {one_line(place.path)}{at}  {one_line(place.label)}".rstrip()
        label = ""


def _labelled(label: str, text: str) -> str:
    return f"{label:5} {text}"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _wrapped(text: str, width: int, indent: str, hang: int = 0) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


_BULLETS = ("- ", "* ", *(f"{number}. " for number in range(1, 10)))


def page(text: str, width: int, indent: str) -> str:
    """A section of a check's page, wrapped: paragraphs, lists, and indented code as it stands."""
    out: list[tuple[str, int | None]] = []  # text and the column where it goes on; None for code
    item, in_code = 0, False  # the column of the text of the last item or paragraph
    for line in text.replace("``", "`").splitlines():
        body = line.strip()
        depth = len(line) - len(line.lstrip())
        bullet = "" if in_code and depth else _bullet(body)
        if not body:
            out.append(("", None))
        elif out and out[-1][1] == depth and not bullet and not _is_url(out[-1][0].strip()):
            out[-1] = f"{out[-1][0]} {body}", depth
        elif bullet or depth in (0, item):
            item, in_code = depth + len(bullet), False
            out.append((line, item))
        else:
            in_code = True
            out.append((line.rstrip(), None))
    return "\n".join(
        (indent + text).rstrip() if column is None else _laid_out(text, column, width, indent)
        for text, column in out
    )


def _laid_out(text: str, column: int, width: int, indent: str) -> str:
    body = text.lstrip()
    hang = len(_bullet(body))
    return _wrapped(body, width, indent + " " * (column - hang), hang)


def _is_url(body: str) -> bool:
    """Whether a line is an address alone: addresses below each other are no paragraph."""
    return body.startswith("https://") and " " not in body


def _bullet(body: str) -> str:
    return next((bullet for bullet in _BULLETS if body.startswith(bullet)), "")
