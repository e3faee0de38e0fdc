"""Match a text against the rules of checks.

This module contains no failure modes. Each check provides its texts and the codes that can cause
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from clawdoctor.check import Check, built_in_checks
from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.advice import PARAMETER, STRAIGHT, Advice, named_advice, own_advice
from clawdoctor.errors.literals import Alternatives
from clawdoctor.errors.placeholders import filled
from clawdoctor.errors.reader import parts_of
from clawdoctor.errors.readings import as_written, shown
from clawdoctor.errors.rule import Confidence, Found, Rule
from clawdoctor.errors.utterance import Speaker, Utterance
from clawdoctor.finding import STAGES, Fix, Place, Stage
from clawdoctor.source.secret import HIDDEN

CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")
EXCERPT, VALUE = 160, 120
"""The maximum number of characters to show of the recognised part, and of a captured value."""

_DIGITS = str.maketrans("123456789", "000000000")
_LONGEST_CHAIN = 5  # limits the chain of causes, even if two codes cause each other

_OTHER_CLIENT = (
    "This text comes from a client other than OpenClaw. What follows about {names} applies to that "
    "client and its settings."
)
_SECRET_GROUP = regex(r"(?:^|_)(?:key|token|secret|password|authorization)$")


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The number of times a failure occurs in a log, and its first and last place.

    `first` and `last` are times in the format of the log, empty if it has none. Lines count from 1.
    `program` is the program that wrote the last line, if the log names it.
    """

    count: int
    first: str
    last: str
    first_line: int
    last_line: int
    program: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A failure mode that a text shows.

    `captures` are the values that the text names. `cause` and `fix` are sections of the check's
    page; the fix contains the captured values. `excerpt` is the recognised part of the text.
    `places` are the places in the user's files that belong to the failure, `fixes` the changes
    there. A failure in a log also has `occurrences`, and in `caused_by` the code of its cause if
    the log shows that too. `advice` is the source of `fix`, unless that is the page. `speakers` are
    the programs of this chain that the text names.
    """

    code: str
    name: str
    stage: Stage
    confidence: Confidence
    raised_by: str
    captures: dict[str, str]
    title: str
    cause: str
    fix: str
    places: tuple[Place, ...] = ()
    fixes: tuple[Fix, ...] = ()
    excerpt: str = ""
    occurrences: Occurrences | None = None
    caused_by: str | None = None
    advice: Advice | None = None
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """The best rule of a check that matches a text, with what may be shown of the match."""

    check: Check
    rule: Rule
    weight: int
    captures: dict[str, str]
    excerpt: str
    speakers: tuple[Speaker, ...]
    advice: Advice | None = None

    @property
    def trust(self) -> int:
        """0 for a certain rule; a less certain one has a higher number."""
        return CONFIDENCES.index(self.rule.confidence)


@dataclass(frozen=True, slots=True)
class Index:
    """The rules of checks, most certain first, with an index that rules out most of them.

    `parts` are plain texts, each with the positions in `texts` of the rules that need it. `always`
    are the positions of the rules that need no text. `more` are the other sets of texts that each
    rule needs.
    """

    texts: tuple[tuple[Check, Rule], ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...]
    always: tuple[int, ...]
    more: tuple[list[Alternatives], ...]

    def candidates(self, folded: str) -> list[int]:
        """Return the positions of the rules that may match a casefolded text."""
        near = [owners for part, owners in self.parts if part in folded]
        return [
            position
            for position in sorted({*self.always, *chain.from_iterable(near)})
            if all(any(part in folded for part in parts) for parts in self.more[position])
        ]

    def masked(self) -> Index:
        """Return the index for texts with 0 for each digit: it finds candidates for any digits."""
        return Index(
            self.texts,
            tuple((mask_digits(part), owners) for part, owners in self.parts),
            self.always,
            tuple([tuple(map(mask_digits, parts)) for parts in sets] for sets in self.more),
        )


def mask_digits(text: str) -> str:
    """Return `text` with 0 in place of each digit."""
    return text.translate(_DIGITS)


def index(checks: Iterable[Check]) -> Index:
    """Return the index of `checks` for `search`. The index of the built-in checks is cached."""
    return _built_in_index() if checks is built_in_checks() else _index(checks)


@cache
def _built_in_index() -> Index:
    return _index(built_in_checks())


def _index(checks: Iterable[Check]) -> Index:
    pairs = ((check, rule) for check in checks for rule in check.texts)
    texts = tuple(sorted(pairs, key=lambda pair: CONFIDENCES.index(pair[1].confidence)))
    needs = [rule.needs for _, rule in texts]
    owners: dict[str, list[int]] = {}
    for position, (parts, *_) in enumerate(needs):
        for part in ("",) if "" in parts else parts:
            owners.setdefault(part, []).append(position)
    always = tuple(owners.pop("", ()))
    more = tuple(others for _, *others in needs)
    return Index(texts, tuple((part, tuple(who)) for part, who in owners.items()), always, more)


def search(forms: tuple[str, ...], known: Index, *, surest: bool = False) -> list[Hit]:
    """Return the best hit of each check in the forms of a text, or only the surest with `surest`.

    Few texts in a log match anything, so the parts are read only if a rule needs them.
    """
    best: dict[str, tuple[int, int, Check, Rule, Found]] = {}
    highest = len(CONFIDENCES)

    @cache
    def utterance() -> Utterance:
        return parts_of(forms)

    raw = forms[-1] if forms else ""
    different = [form for form in forms if form not in raw]
    for position in known.candidates("\n".join((*different, raw)).casefold()):
        check, rule = known.texts[position]
        trust = CONFIDENCES.index(rule.confidence)
        if surest and trust > highest:
            break  # candidates are sorted by confidence
        if check.code in best and trust > best[check.code][0]:
            continue
        found = rule.find(forms, utterance)
        if found is None or (check.stage == "azure" and utterance().elsewhere):
            continue
        highest = min(highest, trust)
        rank = trust, -found.weight
        if check.code not in best or rank < best[check.code][:2]:
            best[check.code] = *rank, check, rule, found
    return [_hit(check, rule, found, utterance()) for _, _, check, rule, found in best.values()]


def _hit(check: Check, rule: Rule, found: Found, utterance: Utterance) -> Hit:
    own = own_advice(check.advice, utterance.forms)
    groups = {**(own[1].groupdict() if own is not None else {}), **dict(found.values)}
    parts = {name: raw for name, raw in utterance.captures.items() if raw not in groups.values()}
    values = {**parts, **{name: raw for name, raw in groups.items() if raw}}
    weight = found.weight + (len(own[1][0]) if own is not None else 0)
    named = named_advice(check.advice, rule.advice, values.get(PARAMETER, ""))
    advice = own[0] if own is not None else named
    captures, excerpt = _captures(values), _excerpt(found, utterance)
    return Hit(check, rule, weight, captures, excerpt, utterance.speakers, advice)


def ranked(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits by confidence, then causes before effects, then longer matches, then stage."""
    all_hits = tuple(hits)
    depth = depths(
        {hit.check.code: hit.trust for hit in all_hits},
        {hit.check.code: hit.check.causes for hit in all_hits},
    )

    def key(hit: Hit) -> tuple[int, int, int, int, str]:
        code = hit.check.code
        return hit.trust, depth[code], -hit.weight, STAGES.index(hit.check.stage), code

    return tuple(sorted(all_hits, key=key))


def depths(trust: Mapping[str, int], causes: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the length of the chain of causes of each code, which is 0 for a root.

    A less certain code is not a cause of a more certain one.
    """
    found = dict.fromkeys(trust, 0)
    for _ in range(_LONGEST_CHAIN):
        found = {
            code: max((1 + found[c] for c in causes[code] if trust.get(c, 9) <= rank), default=0)
            for code, rank in trust.items()
        }
    return found


def match_of_check(check: Check, raised_by: str, hit: Hit | None = None) -> Match:
    """Return the match for a hit of a check, or for its own code if there is no hit."""
    captures = hit.captures if hit is not None else {}
    advice = hit.advice if hit is not None else None
    speakers = hit.speakers if hit is not None else ()
    straight = _asks_azure_itself(check, speakers)
    return Match(
        code=check.code,
        name=check.name,
        stage=check.stage,
        confidence=hit.rule.confidence if hit is not None else "certain",
        raised_by=raised_by,
        captures=captures,
        title=check.title,
        cause=check.section("Why it happens"),
        fix=_fix(check, advice, captures, speakers, straight=straight),
        excerpt=hit.excerpt if hit is not None else "",
        advice=advice,
        speakers=speakers,
    )


def _fix(
    check: Check,
    advice: Advice | None,
    captures: Mapping[str, str],
    speakers: tuple[Speaker, ...],
    *,
    straight: bool,
) -> str:
    if straight and advice is None:
        advice = check.advice.get(STRAIGHT)
    if advice is None:
        fix = filled(check.section("How to fix it"), captures)
    else:
        fix = advice.to(straight=straight).filled(captures).text
    if "client" not in speakers or "openclaw" in speakers:
        return fix
    names = ("OpenClaw", "openclaw.json", *(("litellm_config.yaml",) if straight else ()))
    named = " and ".join(name for name in names if name in fix)
    return f"{_OTHER_CLIENT.format(names=named)}\n\n{fix}" if named else fix


def _asks_azure_itself(check: Check, speakers: tuple[Speaker, ...]) -> bool:
    """Return whether a client reports an answer of Azure, with no sign of LiteLLM in between."""
    if "litellm" in speakers:
        return False
    of_azure = "azure" in speakers or check.stage == "azure"
    return {"openclaw", "azure"} <= set(speakers) or ("client" in speakers and of_azure)


def for_straight_chain(match: Match, check: Check) -> Match:
    """Return the match with the fix for an OpenClaw that calls Azure, unless LiteLLM spoke."""
    if "litellm" in match.speakers:
        return match
    fix = _fix(check, match.advice, match.captures, match.speakers, straight=True)
    return replace(match, fix=fix)


def match_of_hit(hit: Hit) -> Match:
    """Return the match for a hit."""
    return match_of_check(hit.check, hit.rule.raised_by, hit)


def _captures(values: Mapping[str, str]) -> dict[str, str]:
    """Return the parts that may be shown of the values that a message names."""
    return {
        name: value
        for name, raw in values.items()
        if raw and not _SECRET_GROUP.search(name) and (value := shown(raw, VALUE))
    }


def _excerpt(found: Found, utterance: Utterance) -> str:
    """Return the recognised part of the text, or its start if the rule has no phrase."""
    match = max(found.matches, key=lambda match: match.end() - match.start(), default=None)
    text = as_written(utterance.forms, match) if match is not None else utterance.message
    text = text[: 4 * EXCERPT]
    for name, raw in found.values:
        if _SECRET_GROUP.search(name):
            text = text.replace(raw, HIDDEN)
    return shown(text, EXCERPT)
