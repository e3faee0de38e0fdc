"""What a text has in common with the texts by which checks are known.

Knows no failure mode itself: a check brings its texts, and the codes that can cause it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from clawdoctor.check import Check, Confidence, Signature, built_in_checks
from clawdoctor.errors.literals import needed
from clawdoctor.errors.placeholders import filled
from clawdoctor.errors.readings import REDACTED, shown
from clawdoctor.finding import STAGES, Fix, Place, Stage

CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")
EXCERPT, VALUE = 160, 120
"""How much is shown of the part that was recognised, and of one captured value."""

_LONGEST_CHAIN = 5  # causes of causes that are followed, also where two cause each other

_SECRET_GROUP = re.compile(r"(?:^|_)(?:key|token|secret|password|authorization)$")


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a log says something, and where first and last.

    `first` and `last` are times as the log writes them, empty where it writes none; lines count
    from 1. `program` is who wrote the line, where the log tells.
    """

    count: int
    first: str
    last: str
    first_line: int
    last_line: int
    program: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A failure mode that a text stands for.

    `captures` are the values that the text names. `cause` and `fix` are sections of the check's
    page, the fix with the captured values in it; `verify` is the command that tells whether it
    is mended. `excerpt` is the part of the text that was recognised. `places` are where the
    user's files have to do with it, `fixes` what to change there. Of a log there is also `seen`,
    and `caused_by`: the code, among those that the log shows, that this one follows from.
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
    url: None = None
    places: tuple[Place, ...] = ()
    fixes: tuple[Fix, ...] = ()
    excerpt: str = ""
    verify: str = ""
    seen: Seen | None = None
    caused_by: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """The best of a check's texts that was found, with what may be shown of it."""

    check: Check
    signature: Signature
    length: int
    captures: dict[str, str]
    excerpt: str

    @property
    def trust(self) -> int:
        """0 for a certain text, growing with doubt."""
        return CONFIDENCES.index(self.signature.confidence)


@dataclass(frozen=True, slots=True)
class Index:
    """The texts of checks, ordered so that few patterns are tried on a text: the surest first.

    `parts` are plain texts, with the positions in `texts` of the signatures that need one of
    them; `always` are those that need none. `more` is what else each signature needs.
    """

    texts: tuple[tuple[Check, Signature], ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...]
    always: tuple[int, ...]
    more: tuple[list[tuple[str, ...]], ...]

    def candidates(self, folded: str) -> list[int]:
        """The positions of the signatures that a text, already without case, may match."""
        near = [owners for part, owners in self.parts if part in folded]
        return [
            position
            for position in sorted({*self.always, *chain.from_iterable(near)})
            if all(any(part in folded for part in parts) for parts in self.more[position])
        ]


def index(checks: Iterable[Check]) -> Index:
    """What `search` needs to know of `checks`; of those that come with clawdoctor it is kept."""
    return _of_built_in() if checks is built_in_checks() else _index(checks)


@cache
def _of_built_in() -> Index:
    return _index(built_in_checks())


def _index(checks: Iterable[Check]) -> Index:
    every = ((check, signature) for check in checks for signature in check.texts)
    texts = tuple(sorted(every, key=lambda one: CONFIDENCES.index(one[1].confidence)))
    needs = [needed(signature.expression) for _, signature in texts]
    owners: dict[str, list[int]] = {}
    for position, (parts, *_) in enumerate(needs):
        for part in ("",) if "" in parts else parts:
            owners.setdefault(part, []).append(position)
    always = tuple(owners.pop("", ()))
    more = tuple(others for _, *others in needs)
    return Index(texts, tuple((part, tuple(who)) for part, who in owners.items()), always, more)


def search(forms: Sequence[str], known: Index, *, surest: bool = False) -> list[Hit]:
    """The best hit of each check in the forms of a text; with `surest` only the surest of all."""
    best: dict[str, tuple[tuple[int, int], Check, Signature, re.Match[str]]] = {}
    highest = len(CONFIDENCES)
    raw = forms[-1] if forms else ""
    different = [form for form in forms if form not in raw]
    for position in known.candidates("\n".join((*different, raw)).casefold()):
        check, signature = known.texts[position]
        trust = CONFIDENCES.index(signature.confidence)
        if surest and trust > highest:
            break  # the candidates come in the order of their confidence
        if check.code in best and trust > best[check.code][0][0]:
            continue
        found = next(filter(None, map(signature.pattern.search, forms)), None)
        if found is None:
            continue
        highest = min(highest, trust)
        rank = trust, found.start() - found.end()
        if check.code not in best or rank < best[check.code][0]:
            best[check.code] = rank, check, signature, found
    return [
        Hit(check, signature, -rank[1], _captures(found), _excerpt(found))
        for rank, check, signature, found in best.values()
    ]


def ranked(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Confidence, then causes before what they cause, then the longer text, then the stage."""
    every = tuple(hits)
    depth = depths(
        {hit.check.code: hit.trust for hit in every},
        {hit.check.code: hit.check.causes for hit in every},
    )

    def key(hit: Hit) -> tuple[int, int, int, int, str]:
        code = hit.check.code
        return hit.trust, depth[code], -hit.length, STAGES.index(hit.check.stage), code

    return tuple(sorted(every, key=key))


def depths(trust: Mapping[str, int], causes: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many of the codes stand one behind the other before each: 0 for a root.

    A less certain code does not count as the cause of a more certain one.
    """
    found = dict.fromkeys(trust, 0)
    for _ in range(_LONGEST_CHAIN):
        found = {
            code: max((1 + found[c] for c in causes[code] if trust.get(c, 9) <= rank), default=0)
            for code, rank in trust.items()
        }
    return found


def match_of(check: Check, raised_by: str, hit: Hit | None = None) -> Match:
    """A check as the answer to a text, or to its own code where nothing was searched."""
    captures = hit.captures if hit is not None else {}
    return Match(
        code=check.code,
        name=check.name,
        stage=check.stage,
        confidence=hit.signature.confidence if hit is not None else "certain",
        raised_by=raised_by,
        captures=captures,
        title=check.title,
        cause=check.section("Why it happens"),
        fix=filled(check.section("How to fix it"), captures),
        excerpt=hit.excerpt if hit is not None else "",
        verify=f"clawdoctor run --select {','.join((check.code, *check.causes))}",
    )


def matched(hit: Hit) -> Match:
    """A hit as the answer to a text."""
    return match_of(hit.check, hit.signature.raised_by, hit)


def _captures(hit: re.Match[str]) -> dict[str, str]:
    return {
        name: value
        for name, raw in hit.groupdict().items()
        if raw and not _SECRET_GROUP.search(name) and (value := shown(raw, VALUE))
    }


def _excerpt(hit: re.Match[str]) -> str:
    text = hit[0][: 4 * EXCERPT]
    for name, raw in hit.groupdict().items():
        if raw and _SECRET_GROUP.search(name):
            text = text.replace(raw, REDACTED)
    return shown(text, EXCERPT)
