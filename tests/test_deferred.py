"""Deferred dataclasses and expressions behave like those of the standard library."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from typing import Any

import pytest

from clawdoctor.deferred import dataclass, regex


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2
    tags: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)


@dataclass(slots=True)
class Counter:
    count: int = 0
    double: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.double = 2 * self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int = 1
    second: int


def test_fields_have_their_values_and_defaults() -> None:
    point = Point(1)
    assert (point.x, point.y, point.tags) == (1, 2, [])
    assert Point(1).tags is not point.tags
    assert Point(y=5, x=4) == Point(4, 5)
    assert Counter(3).double == 6
    assert Named(second=4).first == 1


@pytest.mark.parametrize("wrong", [(), (1, 2, [], 4)])
def test_wrong_arguments_are_an_error(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Point(*wrong)
    with pytest.raises(TypeError):
        Named(1, 2)  # type: ignore[call-arg]


def test_compared_shown_and_hashed_by_its_fields() -> None:
    assert Point(1, tags=["a"]) == Point(1, tags=["b"])
    assert Point(1) != Point(2)
    assert Point(1) != (1, 2)  # type: ignore[comparison-overlap]
    assert hash(Point(1)) == hash(Point(1))
    assert repr(Point(1)) == "Point(x=1, y=2)"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())


def test_a_frozen_object_refuses_changes() -> None:
    point: Any = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert not hasattr(point, "__dict__")
    counter = Counter()
    counter.count = 4
    assert counter.count == 4


def test_the_functions_of_dataclasses_know_it() -> None:
    assert [field.name for field in dataclasses.fields(Point)] == ["x", "y", "tags"]
    assert dataclasses.is_dataclass(Counter)
    assert dataclasses.replace(Point(1), y=3) == Point(1, 3)
    assert dataclasses.asdict(Point(1, tags=["a"])) == {"x": 1, "y": 2, "tags": ["a"]}


def test_its_parts_can_be_matched() -> None:
    match Point(7, 8):
        case Point(x, y):
            assert (x, y) == (7, 8)


def test_an_expression_does_what_a_compiled_one_does() -> None:
    word = regex(r"(?P<first>\w)\w+", re.IGNORECASE)
    assert word.pattern == r"(?P<first>\w)\w+"
    match = word.search("- abc")
    assert match is not None
    assert match["first"] == "a"
    assert word.sub("x", "ab cd") == "x x"
    assert word.flags & re.IGNORECASE
    with pytest.raises(AttributeError):
        word.absent  # type: ignore[attr-defined]  # noqa: B018


COUNT = """
import re
compiled = []
compile = re._compiler.compile
re._compiler.compile = lambda text, *rest: compiled.append(text) or compile(text, *rest)
import clawdoctor.run.diagnosis
from clawdoctor.check import built_in_checks
built_in_checks()
print(len(compiled))
"""


def test_no_module_compiles_expressions_while_it_is_imported() -> None:
    """The standard library and yaml compile some 40."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, timeout=600
    )
    assert int(done.stdout) < 60


@pytest.mark.parametrize(
    ("args", "named"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"left": 2}), ((1,), {"other": 2}), ((1,), {"sum": 2})],
)
def test_wrong_arguments_are_an_error_for_the_first_object(
    args: tuple[int, ...], named: dict[str, int]
) -> None:
    @dataclass(frozen=True, slots=True)
    class Pair:
        left: int
        right: int = 0
        sum: int = dataclasses.field(init=False, default=0)

    with pytest.raises(TypeError, match="__init__"):
        Pair(*args, **named)
    assert Pair(right=3, left=1) == Pair(1, 3)


def test_a_class_that_is_built_often_gets_a_compiled_method() -> None:
    @dataclass(slots=True)
    class Often:
        value: int

    first = Often.__init__
    assert [Often(number).value for number in range(100)] == list(range(100))
    assert Often.__init__ is not first
