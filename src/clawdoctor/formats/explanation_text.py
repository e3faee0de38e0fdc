"""An explanation as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.check import SECTIONS, Check
from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match
from clawdoctor.errors.placeholders import bare
from clawdoctor.finding import Stage
from clawdoctor.formats.layout import cut, labelled, page, wrapped
from clawdoctor.formats.log_summary import (
    Paint,
    evidence_in_files,
    evidence_in_text,
    log_summary,
    occurrences_text,
)

_HOPS: Mapping[Stage, str] = {
    "openclaw": "OpenClaw",
    "docker": "Docker",
    "litellm": "LiteLLM",
    "proxy": "LiteLLM",  # an error does not distinguish the file from the program
    "azure": "Azure",
}
_ALWAYS_SHOWN: tuple[Stage, ...] = ("openclaw", "litellm", "azure")
_OTHERS = 5
"""The most other possible matches to name."""

_ASCII = str.maketrans({
    "─": "-", "✗": "x", "✓": "v", "→": "->", "▶": ">", "…": "...", "·": "-",
    "—": "-", "–": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "\xa0": " ",
})  # fmt: skip

_READ = """\
What {code} means, and what mends it:

    clawdoctor explain {code}

"""
_NO_ANSWER = """\
OpenClaw hides most of what it is told. To see the text behind its message:

    openclaw infer model run --local --prompt hi

OpenClaw's log has it too (rawErrorPreview), and the proxy's own log has more:

    clawdoctor explain - < /tmp/openclaw/openclaw-$(date +%F).log

To check every part of the chain instead:

    clawdoctor run
"""
_NO_CODE = "`clawdoctor checks` lists them all."

_NARROWEST = 44
"""The columns that the chain needs."""

_STYLES = {"bold": 1, "dim": 2, "red": 31}
_PARAMETER = re.compile(r"[\w.]{1,24}")


def to_text(
    explanation: Explanation,
    checks: Sequence[Check],
    *,
    width: int = 88,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """The explanation as text for a terminal, without a final line end.

    `checks` are the candidates of the explanation. Lines have at most `width` columns, except for
    code and longer words.
    """
    by_code = {check.code: check for check in checks}
    paint = _styled if color else _plain
    width = max(width, _NARROWEST)
    if not explanation.recognised:
        blocks = _unrecognised(explanation, by_code, width, paint)
    elif explanation.text_kind == "setting" and len(explanation.matches) > 1:
        blocks = _about_setting(explanation, width, paint)
    elif explanation.text_kind != "text":
        single = (replace(explanation, matches=(match,)) for match in explanation.matches)
        blocks = chain.from_iterable(_recognised(one, by_code, width, paint) for one in single)
    else:
        blocks = _recognised(explanation, by_code, width, paint)
    text = "\n\n".join(block for block in blocks if block)
    return text if unicode else text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _plain(text: str, _style: str) -> str:
    return text


def _styled(text: str, style: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _about_setting(explanation: Explanation, width: int, paint: Paint) -> Iterator[str]:
    yield paint("Failures that have to do with this setting:", "bold")
    yield "\n".join(cut(f"  {m.code} {m.title}", width) for m in explanation.matches)
    yield labelled("More", f"clawdoctor explain {explanation.matches[0].code}")


def _recognised(
    explanation: Explanation, by_code: dict[str, Check], width: int, paint: Paint
) -> Iterator[str]:
    first, *others = explanation.matches
    check = by_code[first.code]
    page_requested = explanation.text_kind != "text"
    if explanation.log is not None:
        yield log_summary(explanation, width, paint)
    yield _headline(first, paint)
    yield f"  {_chain(first, width, paint)}"
    if page_requested:
        yield wrapped(check.title, width, "  ")
    else:
        yield page(check.section(SECTIONS[0]) or check.title, width, "  ")
    evidence = () if page_requested else evidence_in_text(first, width)
    yield "\n".join((*evidence, *evidence_in_files(_sure(explanation), width, paint)))
    for heading, body in _sections(first, check, whole=page_requested):
        if body:
            yield f"{paint(heading, 'bold')}\n{page(body, width, '  ')}"
    lines = [labelled("Then", CHECK_AGAIN.text)]
    if page_requested:
        causes = [by_code[code] for code in check.causes if code in by_code]
        lines += [labelled("Cause", f"{cause.code} {cause.title}") for cause in causes]
    else:
        for other in others[:_OTHERS] if explanation.log is None else ():
            follows = check.code in by_code[other.code].causes
            lines.append(labelled("Also" if follows else "Not?", f"{other.code} {other.title}"))
        lines.append(labelled("More", f"clawdoctor explain {first.code}"))
    yield "\n".join((lines[0], *(cut(line, width) for line in lines[1:])))


def _sure(explanation: Explanation) -> tuple[Match, ...]:
    """The matches whose places to show: the first of a log, all sure matches of a message."""
    if explanation.log is not None:
        return explanation.matches[:1]
    return tuple(match for match in explanation.matches if match.confidence != "possible")


def _sections(match: Match, check: Check, *, whole: bool) -> Iterator[tuple[str, str]]:
    """The sections to show: all of a page; for an error the fix, and why if no place shows it."""
    means, why, fix, *rest = SECTIONS
    if whole:
        yield means, check.section(means)
    if whole or not match.places:
        yield why, match.cause
    yield fix, match.fix
    for heading in rest if whole else ():
        yield heading, check.section(heading)


def _unrecognised(
    explanation: Explanation, by_code: dict[str, Check], width: int, paint: Paint
) -> Iterator[str]:
    page_requested = explanation.text_kind != "text"
    if page_requested:
        yield paint(f"Not recognised: no check has this {explanation.text_kind}.", "bold")
    elif not explanation.matches:
        yield paint("Not recognised.", "bold")
    elif len(explanation.matches) > 1 and _by_openclaw(explanation):
        yield paint("OpenClaw says this for several causes. It may be:", "bold")
    else:
        yield paint("Not recognised for certain. It may be:", "bold")
    if explanation.matches:
        yield "\n".join(
            chain.from_iterable(_possible(m, width, paint) for m in explanation.matches)
        )
        first = explanation.matches[0]
        if first.advice is not None:  # it tells the causes of this text apart
            yield f"{paint('What to do first', 'bold')}\n{page(first.fix, width, '  ')}"
    hints = [hint.split(" ", 1)[0] for hint in explanation.nearest]
    near = (f"Near  {code} {by_code[code].title}" for code in hints if code in by_code)
    yield "\n".join(cut(line, width) for line in near)
    read = _READ.format(code=explanation.matches[0].code) if explanation.matches else ""
    yield page(_NO_CODE if page_requested else read + _NO_ANSWER, width, "")


def _by_openclaw(explanation: Explanation) -> bool:
    return all("OpenClaw" in match.raised_by for match in explanation.matches)


def _possible(match: Match, width: int, paint: Paint) -> Iterator[str]:
    yield cut(f"  {match.code} {match.title}", width)
    if match.occurrences is not None:
        yield wrapped(occurrences_text(match.occurrences), width, "        ")
    # This shows no fix, as the cause may be another match.
    yield from evidence_in_files((replace(match, fixes=()),), width, paint)


def _headline(match: Match, paint: Paint) -> str:
    speaker = f"      said by {match.raised_by}" if match.raised_by else ""
    doubt = "" if match.confidence == "certain" else f" ({match.confidence})"
    return paint(f"{match.code} {match.name}", "bold") + speaker + doubt


def _chain(match: Match, width: int, paint: Paint) -> str:
    """The chain: lines join the hops up to the broken one, the others follow unconnected.

    A parameter that breaks the chain stands on the first line.
    """
    shown = (match.stage, *_ALWAYS_SHOWN)
    names = list(dict.fromkeys(name for stage, name in _HOPS.items() if stage in shown))
    end = names.index(_HOPS[match.stage]) + 1
    sent = bare(match.captures.get("parameter", ""))
    first = f" ──{sent}──▶ "
    plain = f" {first}{' ── '.join(names)} ✗"
    if end == 1 or not _PARAMETER.fullmatch(sent) or len(plain) > width:
        first = " ── "
    reached = names[0] + "".join(
        paint(" ── " if number else first, "dim") + name for number, name in enumerate(names[1:end])
    )
    beyond = "".join(f"   {name}" for name in names[end:])
    return f"{reached} {paint('✗', 'red')}" + (paint(beyond, "dim") if beyond else "")
