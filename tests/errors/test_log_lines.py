"""Read bytes as lines of bounded length."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from clawdoctor.errors.log_lines import LONGEST, lines_of


@pytest.mark.parametrize(
    ("head", "rest", "lines"),
    [
        (b"", b"", []),
        (b"one\ntwo", b"", ["one", "two"]),
        (b"one\r\ntwo\n", b"", ["one", "two"]),
        (b"one\ntw", b"o\nthree\n", ["one", "two", "three"]),
        (b"one\n", b"two", ["one", "two"]),
        (b"\n\none", b"\n", ["", "", "one"]),
        (b"\x1b[31mred\x1b[0m \xff\x00 end\n", b"", ["red \ufffd end"]),
    ],
)
def test_lines_are_split_and_decoded(head: bytes, rest: bytes, lines: list[str]) -> None:
    assert list(lines_of(head, io.BytesIO(rest))) == lines


def test_the_head_alone_is_read() -> None:
    assert list(lines_of(b"one\ntwo\n")) == ["one", "two"]


@pytest.mark.parametrize("end", [b"", b"\nlast"])
def test_an_endless_line_is_cut_into_overlapping_pieces(end: bytes) -> None:
    long = b"".join(b"%07d " % number for number in range(100_000))
    pieces = list(lines_of(long[:1000], io.BytesIO(long[1000:] + end)))
    assert max(map(len, pieces)) <= LONGEST
    for start in range(0, len(long) - 100, 4_999):  # each part is whole in some piece
        assert any(long[start : start + 100].decode() in piece for piece in pieces)
    assert (pieces[-1] == "last") == bool(end)


def test_progress_is_reported_once_per_megabyte() -> None:
    reports: list[str] = []
    list(lines_of(b"x" * 99 + b"\n", io.BytesIO((b"x" * 99 + b"\n") * 35_000), reports.append))
    assert reports == ["read 1 MB", "read 2 MB", "read 3 MB"]


def test_a_stream_is_read_only_as_far_as_needed() -> None:
    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None and 0 < size <= 1_000_000
            return super().read(size)

    lines: Iterator[str] = lines_of(b"a\n", Counting(b"b\n" * 1_000_000))
    assert next(lines) == "a"
