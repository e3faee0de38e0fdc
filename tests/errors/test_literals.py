"""The plain texts that every match of a pattern contains."""

from __future__ import annotations

import pytest

from clawdoctor.check import built_in_checks
from clawdoctor.errors.literals import required_literals


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("No deployments? available", "no deployment"),
        (r"version \d+ is Too old", " is too old"),
        (r"parameters: \[(?P<parameters>[^\]]*)\]", "parameters: ["),
        ("one more|other", ("one more", "other")),
        (r"one|\d", ("one", "")),
        ("(?:one|other) cause", " cause"),
        ("(?:another|other)/?one", ("another", "other")),
        ("(?:another|other)?/one", "/one"),
        ("(?:another|other){0,2}/one", "/one"),
        ("(?P<cause>another|(?:an )?other): one", (": one")),
        ("a(?!another|other)b", "a"),
        ("(?<=another )b(?#or other)", "b"),
        ("(?:one|(?:two)?)x{0,3}yz+", "yz"),
        (r"[]a]b(?=c\)d)e\.f", "e.f"),
        (r"\x41\u0041bc", "bc"),
        (r"a\sbb\b", "bb"),
        (r"(?-i:\bOne More)", "one more"),
    ],
)
def test_the_most_selective_literals_come_first(pattern: str, part: str | tuple[str, ...]) -> None:
    parts = (part,) if isinstance(part, str) else part
    assert required_literals(pattern)[0] == parts


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        (r"Azure.{0,40}(?:refused|reset)", [("refused", "reset")]),
        (r"(?:Azure|OpenAI)(?:(?!Azure).){0,9}?(?:one more|another)", [("azure", "openai")]),
        (r"(?:(?:azure|openai) \d+ (?:another|others))", [("azure", "openai")]),
        (r"ab.{2}some more", []),
        (r"one.{0,9}other|another", []),
        (r"azure.{0,9}refused|refused by.{0,9}azure", [("azure",)]),
    ],
)
def test_the_other_literals_follow(pattern: str, others: list[tuple[str, ...]]) -> None:
    _, *more = required_literals(pattern)
    assert [tuple(part.strip() for part in parts) for parts in more] == others


def test_a_verbose_pattern_has_no_literals() -> None:
    assert required_literals("(?x) a b # c") == required_literals("(?sx)a b") == (("",),)


def test_nearly_every_rule_has_literals() -> None:
    rules = [rule for check in built_in_checks() for rule in check.texts]
    without = [rule for rule in rules if min(map(len, rule.needs[0])) < 4]
    assert len(without) <= len(rules) / 20, without
