"""A rule that recognises a failure mode in the output of a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table

if TYPE_CHECKING:
    from clawdoctor.errors.literals import Alternatives
    from clawdoctor.errors.utterance import (
        FileKind,
        HostKind,
        NetworkKind,
        ParameterKind,
        Speaker,
        Utterance,
    )

Confidence = Literal["certain", "likely", "possible"]
"""`certain`: only this failure gives the text; `likely`: nearly always; `possible`: one of many."""

_CONDITION = 10
"""The weight of a condition on a part, in matched characters. A longer match weighs more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match of a rule: the matches of its phrases in one form of the message.

    `weight` says how much of the message the rule requires, in characters.
    """

    matches: tuple[re.Match[str], ...]
    weight: int

    @property
    def values(self) -> Iterator[tuple[str, str]]:
        """The names and the values of the groups that took part."""
        groups = chain.from_iterable(match.groupdict().items() for match in self.matches)
        return ((name, value) for name, value in groups if value)


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions on a message, which must all hold, and the meaning of the message if they do.

    Each expression of `says` matches one form of the message, and `unless` does not, ignoring case.
    `means` is a list in knowledge/wordings.toml, of which one expression must match too.
    Named groups are captured values. An expression takes linear time: it has no nested quantifiers.
    The other conditions are on the parts that the reader finds. `statuses`, `codes`, `network` and
    `by` hold if the message has one of the values; None in `hosts` means a message without a host,
    and in `files` a message that names no config file. `refuses` requires a rejected parameter of
    one of these kinds or names, `alone` that the message names no program outside this chain, and
    `no_yaml` that it says that a text is not YAML. `raised_by` is the program that writes such a
    text, and `advice` a name in the check's `advice`.
    """

    confidence: Confidence
    raised_by: str
    says: tuple[str, ...] = ()
    means: str = ""
    unless: str = ""
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    network: tuple[NetworkKind, ...] = ()
    hosts: tuple[HostKind | None, ...] = ()
    by: tuple[Speaker, ...] = ()
    refuses: tuple[ParameterKind | str, ...] = ()
    files: tuple[FileKind | None, ...] = ()
    alone: bool = False
    no_yaml: bool = False
    advice: str = ""

    @property
    def needs(self) -> tuple[Alternatives, ...]:
        """Sets of casefolded texts: a message that this rule matches has a text of each set."""
        from clawdoctor.errors.literals import required_literals  # a run needs no rules
        from clawdoctor.errors.named_files import ENDINGS, yaml_words
        from clawdoctor.errors.reader import signs_of_status, words_of
        from clawdoctor.errors.refused_parameter import signs_of

        sets = [*chain.from_iterable(map(required_literals, self.says))]
        best = (required_literals(wording)[0] for wording in wordings(self.means))
        sets.append(tuple(chain.from_iterable(best)))
        sets.append(tuple(chain.from_iterable(map(signs_of_status, self.statuses))))
        sets.append(tuple(code.casefold() for code in self.codes))
        sets.append(tuple(chain.from_iterable(map(words_of, self.network))))
        sets.append(signs_of(self.refuses) if self.refuses else ())
        sets.append(yaml_words() if self.no_yaml else ())
        sets.append(ENDINGS if self.files and None not in self.files else ())
        useful = [parts for parts in sets if parts and "" not in parts]
        return tuple(sorted(useful, key=_selectivity)) or (("",),)

    def find(self, forms: tuple[str, ...], utterance: Callable[[], Utterance]) -> Found | None:
        """Return where the rule matches a message, or None. `utterance` reads its parts."""
        conditions = (
            *(self.statuses, self.codes, self.network, self.hosts, self.by, self.files),
            *(self.refuses, self.alone, self.no_yaml),
        )
        tried = map(self._matches, forms)
        found = next((matches for matches in tried if matches is not None), None)
        if found is None or (any(conditions) and not self._admits(utterance())):
            return None
        length = sum(match.end() - match.start() for match in found)
        return Found(found, length + _CONDITION * sum(map(bool, conditions)))

    @property
    def _phrases(self) -> list[tuple[str, ...]]:
        """The alternatives of each phrase."""
        said: list[tuple[str, ...]] = [(expression,) for expression in self.says]
        return [*said, wordings(self.means)] if self.means else said

    def _matches(self, form: str) -> tuple[re.Match[str], ...] | None:
        found = []
        for expressions in self._phrases:
            matches = (compiled(expression).search(form) for expression in expressions)
            match = next(filter(None, matches), None)
            if match is None:
                return None
            found.append(match)
        return None if self.unless and compiled(self.unless).search(form) else tuple(found)

    def _admits(self, utterance: Utterance) -> bool:
        return not (
            (self.network and utterance.network not in self.network)
            or (self.hosts and utterance.host_kind not in self.hosts)
            or (self.refuses and utterance.refusal.isdisjoint(self.refuses))
            or (self.files and set(self.files).isdisjoint(utterance.files or (None,)))
            or (self.alone and utterance.others)
            or (self.no_yaml and not utterance.no_yaml)
            or (self.by and set(self.by).isdisjoint(utterance.speakers))
            or (self.statuses and set(self.statuses).isdisjoint(utterance.statuses))
            or (self.codes and set(self.codes).isdisjoint(utterance.codes))
        )


def _selectivity(parts: Alternatives) -> tuple[int, int]:
    return -min(map(len, parts)), len(parts)


@cache
def wordings(meaning: str) -> tuple[str, ...]:
    """Return the expressions in which programs say what `meaning` names, if anything."""
    return tuple(table("wordings")[meaning]) if meaning else ()


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """Return the compiled expression. It is compiled at first use: a run uses few of hundreds."""
    return re.compile(expression, re.IGNORECASE)


def rule(
    confidence: Confidence,
    raised_by: str,
    *says: str,
    means: str = "",
    unless: str = "",
    status: int | tuple[int, ...] = (),
    code: str | tuple[str, ...] = (),
    network: NetworkKind | tuple[NetworkKind, ...] = (),
    host: HostKind | tuple[HostKind | None, ...] = (),
    by: Speaker | tuple[Speaker, ...] = (),
    refuses: ParameterKind | str | tuple[ParameterKind, ...] = (),
    file: FileKind | tuple[FileKind | None, ...] = (),
    alone: bool = False,
    no_yaml: bool = False,
    advice: str = "",
) -> Rule:
    """Return a rule. A condition with a single value needs no tuple."""
    return Rule(
        confidence,
        raised_by,
        says,
        means,
        unless,
        statuses=(status,) if isinstance(status, int) else status,
        codes=(code,) if isinstance(code, str) else code,
        network=(network,) if isinstance(network, str) else network,
        hosts=(host,) if isinstance(host, str) else host,
        by=(by,) if isinstance(by, str) else by,
        refuses=(refuses,) if isinstance(refuses, str) else refuses,
        files=(file,) if isinstance(file, str) else file,
        alone=alone,
        no_yaml=no_yaml,
        advice=advice,
    )
