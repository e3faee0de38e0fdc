"""An explanation as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.check import SECTIONS, Check
from clawdoctor.deferred import regex
from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match
from clawdoctor.errors.placeholders import bare, with_blanks
from clawdoctor.finding import Stage
from clawdoctor.formats.explanation_evidence import (
    evidence_in_files,
    evidence_in_text,
    log_summary,
    occurrences_text,
)
from clawdoctor.run.repeat import with_options
from clawdoctor.terminal.clean import clean
from clawdoctor.terminal.layout import fits, joined
from clawdoctor.terminal.line import ASCII, Glyphs, Line, Look, paint, wrap
from clawdoctor.terminal.page import page_lines

_HOPS: Mapping[Stage, str] = {
    "openclaw": "OpenClaw",
    "docker": "Docker",
    "litellm": "LiteLLM",
    "proxy": "LiteLLM",  # an error does not distinguish the file from the program
    "azure": "Azure",
}
_ALWAYS_SHOWN: tuple[Stage, ...] = ("openclaw", "litellm", "azure")
_OTHERS = 5
"""The maximum number of other possible matches to name."""

_READ = """\
What {code} means, and what fixes it:

    clawdoctor explain {code}

"""
_NEAR = "No check has this text, but these use similar words:"
_NO_ANSWER = """\
OpenClaw hides most of an error. To see the full text:

    openclaw agent --local --session-id check --message hi

Or pass OpenClaw's log or the proxy's own log:

    clawdoctor explain - < /tmp/openclaw/openclaw-$(date +%F).log
    docker compose logs --tail 200 litellm 2>&1 | clawdoctor explain -

To check every part of the chain instead:

    clawdoctor run
"""
_NO_FAILURE = """\
Give `clawdoctor explain` the whole error: the message with its status or exception, or the lines of
a log around it.

"""
_NO_CODE = "`clawdoctor checks` lists them all."

_NARROWEST = 44
"""The columns that the chain needs."""

_PARAMETER = regex(r"[\w.]{1,24}")


def to_text(
    explanation: Explanation,
    checks: Sequence[Check],
    *,
    width: int = 88,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Return the explanation as text for a terminal, without a final line end.

    `checks` are the candidates of the explanation. Lines have at most `width` columns, except for
    code and longer words.
    """
    by_code = {check.code: check for check in checks}
    look = Look(max(width, _NARROWEST), Glyphs() if unicode else ASCII)
    if not explanation.recognised:
        blocks = _unrecognised(explanation, by_code, look)
    elif explanation.text_kind == "setting" and len(explanation.matches) > 1:
        blocks = _about_setting(explanation, look)
    elif explanation.text_kind != "text":
        single = (replace(explanation, matches=(match,)) for match in explanation.matches)
        blocks = (block for one in single for block in _recognised(one, by_code, look))
    else:
        blocks = _recognised(explanation, by_code, look)
    lines: list[Line] = []
    for block in blocks:
        found = list(block)
        lines += [*([()] if lines and found else []), *found]
    text = paint(lines, color).rstrip("\n")
    return text if unicode else clean(text, unicode=False, multiline=True)


def _about_setting(explanation: Explanation, look: Look) -> Iterator[list[Line]]:
    yield wrap("Failures related to this setting:", look.width, style="bold")
    yield [line for match in explanation.matches for line in _titled(match, look)]
    yield _more("More", f"clawdoctor explain {explanation.matches[0].code}", look)


def _titled(match: Match, look: Look) -> list[Line]:
    start: Line = (("  ", ""), (f"{match.code} ", "bold"))
    return wrap(match.title, look.width, start, (("        ", ""),))


def _more(label: str, text: str, look: Look) -> list[Line]:
    """Return a line for the end, with the label in its own column."""
    return wrap(text, look.width, ((f"{label:5} ", "bold"),), (("      ", ""),))


def _recognised(
    explanation: Explanation, by_code: dict[str, Check], look: Look
) -> Iterator[list[Line]]:
    first, *others = explanation.matches
    check = by_code[first.code]
    page_requested = explanation.text_kind != "text"
    if explanation.log is not None:
        yield log_summary(explanation, look)
    yield _headline(first, look)
    yield [_chain(first, look)]
    if page_requested:
        yield wrap(check.title, look.width, (("  ", ""),))
    else:
        yield page_lines(check.section(SECTIONS[0]) or check.title, look.width, "  ")
    evidence = [] if page_requested else evidence_in_text(first, look)
    yield [*evidence, *evidence_in_files(_sure(explanation), look)]
    for heading, body in _sections(first, check, whole=page_requested):
        if body:
            yield [((heading, "bold"),), *page_lines(body, look.width, "  ")]
    again = with_options(CHECK_AGAIN.text, explanation.options)
    lines: list[Line] = [((f"{'Then':5} ", "bold"), (again, "cyan"))]
    if page_requested:
        causes = [by_code[code] for code in check.causes if code in by_code]
        for cause in causes:
            lines += _more("Cause", f"{cause.code} {cause.title}", look)
    else:
        for other in others[:_OTHERS] if explanation.log is None else ():
            follows = check.code in by_code[other.code].causes
            lines += _more("Also" if follows else "Not?", f"{other.code} {other.title}", look)
        lines += _more("More", f"clawdoctor explain {first.code}", look)
    yield lines


def _sure(explanation: Explanation) -> tuple[Match, ...]:
    """Return the matches to show places for: the first of a log, all sure ones of a message."""
    if explanation.log is not None:
        return explanation.matches[:1]
    return tuple(match for match in explanation.matches if match.confidence != "possible")


def _sections(match: Match, check: Check, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield the sections to show: all of a page; for an error the fix, and why if no place does."""
    means, why, fix, *rest = SECTIONS
    if whole:
        yield means, check.section(means)
    if whole or not match.places:
        yield why, match.cause
    yield fix, with_blanks(match.fix)
    for heading in rest if whole else ():
        yield heading, check.section(heading)


def _unrecognised(
    explanation: Explanation, by_code: dict[str, Check], look: Look
) -> Iterator[list[Line]]:
    page_requested = explanation.text_kind != "text"
    if page_requested:
        said = f"Not recognised: no check has this {explanation.text_kind}."
    elif not explanation.failure:
        said = "Not recognised: clawdoctor finds no error in this text."
    elif not explanation.matches:
        said = "Not recognised."
    elif len(explanation.matches) > 1 and _by_openclaw(explanation):
        said = "OpenClaw shows this for several causes. It may be:"
    else:
        said = "No certain match. It may be:"
    yield wrap(said, look.width, style="bold")
    if explanation.matches:
        yield [line for match in explanation.matches for line in _possible(match, look)]
        first = explanation.matches[0]
        if first.advice is not None:  # the advice distinguishes the causes of this text
            yield [
                (("What to do first", "bold"),),
                *page_lines(with_blanks(first.fix), look.width, "  "),
            ]
    hints = [hint.split(" ", 1)[0] for hint in explanation.nearest]
    near = [(code, by_code[code].title) for code in hints if code in by_code]
    if near:
        heading = "The nearest are:" if page_requested else _NEAR
        yield [
            *wrap(heading, look.width),
            *(line for code, title in near for line in _more(code, title, look)),
        ]
    no_answer = with_options(_NO_ANSWER, explanation.options)
    codes = [match.code for match in explanation.matches] or hints
    read = _READ.format(code=codes[0]) if codes else ""
    read = read if explanation.failure else _NO_FAILURE
    yield page_lines(_NO_CODE if page_requested else read + no_answer, look.width, "")


def _by_openclaw(explanation: Explanation) -> bool:
    return all("OpenClaw" in match.raised_by for match in explanation.matches)


def _possible(match: Match, look: Look) -> Iterator[Line]:
    yield from _titled(match, look)
    if match.occurrences is not None:
        yield from wrap(occurrences_text(match.occurrences), look.width, (("        ", ""),))
    # No fix is shown here, because the cause may be another match.
    yield from evidence_in_files((replace(match, fixes=()),), look)


def _headline(match: Match, look: Look) -> list[Line]:
    speaker = f"      said by {match.raised_by}" if match.raised_by else ""
    doubt = "" if match.confidence == "certain" else f" ({match.confidence})"
    start: Line = ((f"{match.code} {match.name}", "bold"),)
    line = joined(start, ((speaker + doubt, ""),), look.width)
    if line is not None:
        return [line]
    return [start, *wrap((speaker + doubt).strip(), look.width, (("      ", ""),))]


def _chain(match: Match, look: Look) -> Line:
    """Return the chain: lines join the hops up to the broken one, the others are unconnected.

    A parameter that breaks the chain is on the first line.
    """
    glyphs = look.glyphs
    shown = (match.stage, *_ALWAYS_SHOWN)
    names = list(dict.fromkeys(name for stage, name in _HOPS.items() if stage in shown))
    end = names.index(_HOPS[match.stage]) + 1
    sent = bare(match.captures.get("parameter", ""))
    link = f" {glyphs.link} "
    first = f" {glyphs.link}{sent}{glyphs.link}{glyphs.head} "
    plain = f"   {first}{link.join(names)} {glyphs.failed}"
    if end == 1 or not _PARAMETER.fullmatch(sent) or not fits(look.width, plain):
        first = link
    reached: Line = (("  ", ""), (names[0], ""))
    for number, name in enumerate(names[1:end]):
        reached += ((link if number else first, "dim"), (name, ""))
    beyond = "".join(f"   {name}" for name in names[end:])
    return (*reached, (" ", ""), (glyphs.failed.strip(), "bold red"), (beyond, "dim"))
