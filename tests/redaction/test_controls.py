"""Each function removes or replaces each control and invisible character."""

import sys
from collections.abc import Callable
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawdoctor.redaction.controls import (
    printable,
    replace_controls,
    visible_controls,
    without_controls,
)

RANGES = {
    "C0": (0x00, 0x1F),
    "DEL and C1": (0x7F, 0x9F),
    "soft hyphen": (0xAD, 0xAD),
    "Arabic letter mark": (0x61C, 0x61C),
    "Mongolian vowel separator": (0x180E, 0x180E),
    "zero width and bidi marks": (0x200B, 0x200F),
    "separators and bidi overrides": (0x2028, 0x202E),
    "word joiner and bidi isolates": (0x2060, 0x206F),
    "surrogates": (0xD800, 0xDFFF),
    "BOM": (0xFEFF, 0xFEFF),
    "annotations": (0xFFF9, 0xFFFB),
    "tags": (0xE0000, 0xE007F),
}
OF_UNICODE = {
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
}
ALL = OF_UNICODE | {chr(c) for first, last in RANGES.values() for c in range(first, last + 1)}
LINE_ENDS = set("\r\n\x0b\x0c\x85\u2028\u2029")
FUNCTIONS: dict[Callable[[str], str], str] = {
    without_controls: "\t\n",
    replace_controls: "\t",
    visible_controls: "",
    printable: "\t\n",
}
"""Each function, and the control characters that it may leave."""


def is_clean(text: str, allowed: str) -> bool:
    return not (ALL - set(allowed)) & set(text)


@pytest.mark.parametrize("bounds", RANGES.values(), ids=list(RANGES))
def test_each_function_handles_each_character(bounds: tuple[int, int]) -> None:
    for char in map(chr, range(bounds[0], bounds[1] + 1)):
        is_surrogate = category(char) == "Cs"
        text = f"a{char}b"
        kept = "\ufffd" if is_surrogate else char if char in "\t\n" else ""
        # ESC and CSI start a sequence, which is removed as a whole.
        rest = {"\x1b": "a", "\x9b": "a"}.get(char, f"a{kept}b")
        assert without_controls(text) == rest, hex(ord(char))
        assert replace_controls(text) == f"a{char if char == chr(9) else chr(0xFFFD)}b"
        assert len(visible_controls(text)) == 3
        assert visible_controls(text)[1] not in ALL
        line_end = "a\nb" if char in LINE_ENDS else rest
        assert printable(text) == line_end, hex(ord(char))


@pytest.mark.parametrize(("function", "allowed"), FUNCTIONS.items())
def test_no_control_or_format_character_of_unicode_remains(
    function: Callable[[str], str], allowed: str
) -> None:
    for char in ALL:
        assert is_clean(function(f"a{char}b"), allowed), hex(ord(char))


@pytest.mark.quick(1)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_visible_stays(function: Callable[[str], str]) -> None:
    for char in map(chr, range(0x20, sys.maxunicode + 1)):
        if char not in ALL and category(char) != "Cn":  # a newer Unicode may define it
            assert function(char) == char, hex(ord(char))


PIECES = st.one_of(
    st.text(st.one_of(st.sampled_from(sorted(ALL)), st.sampled_from("ab[]\\m;0^P?"))),
    st.text(st.characters(exclude_categories=[])),
)


@given(PIECES)
def test_no_text_keeps_a_control_character(text: str) -> None:
    for function, allowed in FUNCTIONS.items():
        assert is_clean(function(text), allowed), function
    assert is_clean(visible_controls(text, multiline=True), "\n")
    assert "\r" not in without_controls(text, keep_crlf=True).replace("\r\n", "\n")
    assert is_clean(without_controls(text, keep_crlf=True), "\t\r\n")


@given(PIECES)
def test_columns_stay(text: str) -> None:
    for result in (replace_controls(text), visible_controls(text)):
        assert len(result) == len(text)
        pairs = zip(text, result, strict=True)
        assert all(new == old for old, new in pairs if old not in ALL)


@pytest.mark.parametrize(
    ("text", "removed", "kept_crlf", "replaced", "visible", "multiline", "readable"),
    [
        ("a\r\nb", "a\nb", "a\r\nb", "a\ufffd\ufffdb", "a  b", "a \nb", "a\nb"),
        ("a\rb", "ab", "ab", "a\ufffdb", "a b", "a b", "a\nb"),
        ("a\tb", "a\tb", "a\tb", "a\tb", "a b", "a b", "a\tb"),
        ("a\x00\x7fb", "ab", "ab", "a\ufffd\ufffdb", "a␀␡b", "a␀␡b", "ab"),
        ("a\ud800b", "a\ufffdb", "a\ufffdb", "a\ufffdb", "a\ufffdb", "a\ufffdb", "a\ufffdb"),
        ("\ud83d\ude00", *["\ufffd\ufffd"] * 5, "😀"),
        ("\x1b[0mred", "red", "red", "\ufffd[0mred", "␛[0mred", "␛[0mred", "red"),
    ],
)
def test_each_function_has_its_replacements(
    text: str,
    removed: str,
    kept_crlf: str,
    replaced: str,
    visible: str,
    multiline: str,
    readable: str,
) -> None:
    assert without_controls(text) == removed
    assert without_controls(text, keep_crlf=True) == kept_crlf
    assert replace_controls(text) == replaced
    assert visible_controls(text) == visible
    assert visible_controls(text, multiline=True) == multiline
    assert printable(text) == readable


ESCAPES = {
    "CSI": "\x1b[1;38;5;208m",
    "CSI in one character": "\x9b2J",
    "a title": "\x1b]0;title\x07",
    "a link": "\x1b]8;;https://example.com\x1b\\",
    "OSC with an ST of one character": "\x1b]0;title\x9c",
    "DCS": "\x1bPq#0\x1b\\",
    "a character set": "\x1b(B",
}


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=list(ESCAPES))
def test_an_escape_sequence_is_removed_as_a_whole(escape: str) -> None:
    assert without_controls(f"a{escape}b") == printable(f"a{escape}b") == "ab"


def test_a_title_without_an_end_hides_no_text() -> None:
    text = f"\x1b]{'x' * 5000}\x07"
    assert without_controls(text) == printable(text) == "x" * 5000


def test_only_printable_removes_a_colour_of_a_pager() -> None:
    assert without_controls("^[[31mré") == "^[[31mré"
    assert printable("^[[31mré") == "ré"
