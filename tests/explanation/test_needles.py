"""What has to be in a text before a pattern is tried on it."""

from __future__ import annotations

import re

import pytest

from clawdoctor.check import built_in_checks
from clawdoctor.explanation.needles import plain_parts


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
    ],
)
def test_the_plain_parts_of_a_pattern(pattern: str, part: str | tuple[str, ...]) -> None:
    parts = (part,) if isinstance(part, str) else part
    assert plain_parts(re.compile(pattern, re.IGNORECASE)) == parts


def test_a_verbose_pattern_has_no_plain_part() -> None:
    assert plain_parts(re.compile("a b # c", re.VERBOSE)) == ("",)


def test_nearly_every_text_of_a_check_needs_something() -> None:
    texts = [one.pattern for check in built_in_checks() for one in check.texts]
    without = [one.pattern for one in texts if min(map(len, plain_parts(one))) < 4]
    assert len(without) <= len(texts) / 20, without
