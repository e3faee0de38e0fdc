"""The JSON5 scanner: exact spans, exact faults, and agreement with PyPI's `json5`.

If PyPI's `json5` differs from npm's `json5`, which OpenClaw uses, the scanner follows npm. These
differences were found by comparing the three on 200,000 texts of the strategies below:

- PyPI's accepts an escape of any character in an unquoted key (`{\\u0031: 1}`, `{\\u0020: 1}`).
  npm's accepts it only for characters that are allowed there themselves. See `test_escaped_keys`.
- PyPI's leaves an escaped surrogate pair as two characters, which is invalid text in Python. npm's
  strings are UTF-16, where the pair is one character. `joined` removes the difference.
- PyPI's refuses whole numbers of more than 4300 digits, as Python's int() does. npm's reads
  Infinity. See `test_numbers_too_large_for_a_float`.
- npm's has a table of letters from 2017. PyPI's uses Python's, as the scanner does. Nobody uses
  newer letters in a key by mistake.
- PyPI's overflows the stack below some 40 levels. No strategy nests that deep.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import json5
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import assert_proportional

from clawdoctor.source.json5 import parse_json5, scan
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import Position, Span, Text

PATH = "/home/u/.openclaw/openclaw.json"


def root(content: str) -> Node:
    found = scan(Text(PATH, content))
    assert isinstance(found, Source), found
    assert found.path == PATH
    return found.root


def value(content: str) -> object:
    return root(content).python()


def fault(content: str) -> tuple[str, str]:
    """Return the message and the place as "line:column", with "|" after it if it has no width."""
    text = Text(PATH, content)
    found = scan(text)
    assert isinstance(found, SyntaxFault), found
    assert parse_json5(text) == found
    start, end = found.span.start, found.span.end
    assert found.span.path == PATH
    assert end.line == start.line
    assert end.column - start.column in (0, 1)
    return found.message, f"{start.line}:{start.column}" + "|" * (start == end)


def where(span: Span) -> str:
    return f"{span.start.line}:{span.start.column}-{span.end.line}:{span.end.column}"


def key_and_value(content: str, pointer: str) -> tuple[str, str]:
    parent, _, token = pointer.rpartition("/")
    mapping = root(content).at(parent)
    assert mapping is not None
    entry = mapping.entry(token)
    assert entry is not None
    assert entry.key.value == entry.name == token
    return where(entry.key.span), where(entry.value.span)


# Values


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("12345678901234567890", 12345678901234567890),
        ("0x1F", 31),
        ("-0Xff", -255),
        ("1.5", 1.5),
        ("5.", 5.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("5.e-1", 0.5),
        ("1E+3", 1000.0),
        ("1e999", math.inf),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("''", ""),
        ("'it\\'s \"so\"'", 'it\'s "so"'),
        (r'"\b\f\n\r\t\v\0\\\/\'\"\a\é"', "\b\f\n\r\t\v\0\\/'\"aé"),
        (r'"\x41\u00e9\uD83D\uDE00"', "Aé😀"),
        (r'"\ud83d \ude00\ud83d"', "\ufffd \ufffd\ufffd"),
        ('"a\\\nb\\\r\nc\\\rd\\\u2028e\\\u2029f"', "abcdef"),
        ('"\u2028\t\x00\u2029"', "\u2028\t\x00\u2029"),
        ("[]", []),
        ("{}", {}),
        ("[1,]", [1]),
        ("{a:1,}", {"a": 1}),
        ("{if:1,null:2,$_é:3,\\u0061b\\u0301:4,a\u200d\u203f٣Ⅷ:5,𝒳:6}", None),
        ("\ufeff\t\v\f \xa0\u1680\u2003\u202f\u205f\u3000\u2028\u2029\r\n1//x", 1),
        ("/**/[/*a\n*/1// [\u2028,/***/2//\r]", [1, 2]),
    ],
)
def test_values(written: str, expected: object) -> None:
    if expected is None and written != "null":
        expected = {"if": 1, "null": 2, "$_é": 3, "ab\u0301": 4, "a\u200d\u203f٣Ⅷ": 5, "𝒳": 6}
    found = value(written)
    assert found == expected
    assert type(found) is type(expected)


def test_nan() -> None:
    for written in ("NaN", "-NaN", "+NaN"):
        node = root(written)
        assert node.kind == "number"
        assert isinstance(node.value, float)
        assert math.isnan(node.value)


def test_numbers_too_large_for_a_float() -> None:
    assert value("9" * 5000) == value("0x" + "f" * 300) == math.inf
    assert value("-" + "9" * 400) == -math.inf
    assert value("0x" + "0" * 400 + "1") == 1


def test_kinds() -> None:
    node = root("{a: 'x', b: 1, c: 1.5, d: NaN, e: true, f: null, g: [], h: {}}")
    assert node.kind == "mapping"
    kinds = [entry.value.kind for entry in node.entries]
    assert kinds[:4] == ["string", "number", "number", "number"]
    assert kinds[4:] == ["boolean", "null", "sequence", "mapping"]
    assert {entry.key.kind for entry in node.entries} == {"string"}


def test_duplicate_keys_are_both_kept_and_the_last_counts() -> None:
    node = root("{a: 1, 'a': 2, \\u0061: 3}")
    assert [(entry.name, entry.value.value) for entry in node.entries] == [
        ("a", 1),
        ("a", 2),
        ("a", 3),
    ]
    entry = node.entry("a")
    assert entry is not None
    assert where(entry.key.span) == "1:16-1:22"


# Spans


def test_spans_with_crlf_tabs_and_comments() -> None:
    content = (
        "// é\r\n"
        "{\r\n"
        "\t'models' /* x */ : // y\r\n"
        '\t\t[ { id : "gpt\\\r\n4" , } , -0x1F ],\r\n'
        "\tnext: true\r\n"
        "}\r\n"
    )
    assert where(root(content).span) == "2:1-7:2"
    assert key_and_value(content, "/models") == ("3:2-3:10", "4:3-5:17")
    assert key_and_value(content, "/models/0/id") == ("4:7-4:9", "4:12-5:3")
    assert key_and_value(content, "/next") == ("6:2-6:6", "6:8-6:12")


def test_columns_count_code_points() -> None:
    content = "{'é': 'é', '😀': '😀', 'e\u0301': 'e\u0301', 'a\\u0062': 1, \ufeffé\u0301:\u3000'x'}"
    assert key_and_value(content, "/é") == ("1:2-1:5", "1:7-1:10")
    assert key_and_value(content, "/😀") == ("1:12-1:15", "1:17-1:20")
    assert key_and_value(content, "/e\u0301") == ("1:22-1:26", "1:28-1:32")
    assert key_and_value(content, "/ab") == ("1:34-1:43", "1:45-1:46")
    assert key_and_value(content, "/é\u0301") == ("1:49-1:51", "1:53-1:56")


def test_a_byte_order_mark_takes_no_column() -> None:
    found = scan(Text(PATH, "{a: 1}", bom=True))
    assert isinstance(found, Source)
    assert found.root.span == Span(PATH, Position(1, 1), Position(1, 7))


def test_line_separators_end_no_line() -> None:
    content = "{a:\u2028 'x\u2029y',\u2029 b\r: 1}"
    assert key_and_value(content, "/a") == ("1:2-1:3", "1:6-1:11")
    assert key_and_value(content, "/b") == ("1:14-1:15", "2:3-2:4")


def test_pointers() -> None:
    node = root("{models: {'a/b~c': [[], [{x: 1}, {x: 'y'}]]}}")
    found = node.at("/models/a~1b~0c/1/1/x")
    assert found is not None
    assert found.value == "y"
    assert where(found.span) == "1:38-1:41"


# Faults

FAULTS = [
    ("", "empty file", "1:1|"),
    (" // x\n\t", "empty file", "2:2|"),
    # Unclosed brackets and strings are reported where they open.
    ("{a: 1,\n b: [2, {c: 3}", 'the "[" that opens here is not closed', "2:5"),
    ("{", 'the "{" that opens here is not closed', "1:1"),
    ("{a", 'the "{" that opens here is not closed', "1:1"),
    ("{a: ", 'the "{" that opens here is not closed', "1:1"),
    ("\n[1, // ]", 'the "[" that opens here is not closed', "2:1"),
    # In indented text, it is the bracket that the next closing bracket does not match.
    ("{\n  a: {\n    b: 1,\n  c: {\n  },\n}", 'the "{" that opens here is not closed', "2:6"),
    ("{\n\ta: [{\n\t\tb: 1,\n\t}],\n", 'the "{" that opens here is not closed', "1:1"),
    ("{\n  a: {\n    b: {\n      // }\n  },\n}", 'the "{" that opens here is not closed', "3:8"),
    ('{a: 1,\n "b: 2\n}', "the string that starts here is not closed", "2:2"),
    ("['a\\'", "the string that starts here is not closed", "1:2"),
    ("['a\\", "the string that starts here is not closed", "1:2"),
    ('"\\\n\\\r\n\r"', "the string that starts here is not closed", "1:1"),
    ("{a: 1 /* }\n", "the comment that starts here is not closed", "1:7"),
    ("/*/", "the comment that starts here is not closed", "1:1"),
    # A missing comma or colon is reported directly after the text that it should follow.
    ('{"a": 1\n "b": 2}', 'expected "," or "}" after the value', "1:8|"),
    ('{"a": "x"  // y\r\n\r\n b: 2}', 'expected "," or "}" after the value', "1:10"),
    ("{a: {b: 1}\r c: 2}", 'expected "," or "}" after the value', "1:11|"),
    ("[{}\n {}]", 'expected "," or "]" after the value', "1:4|"),
    ("[1 -2]", 'expected "," or "]" after the value', "1:3"),
    ("{a: 'it's'}", 'expected "," or "}" after the value', "1:9"),
    ("{a: 1.2.3}", 'expected "," or "}" after the value', "1:8"),
    ('{"a" 1}', 'expected ":" after the key', "1:5"),
    ("{a\n{}}", 'expected ":" after the key', "1:3|"),
    # A wrong character in its place is reported itself.
    ("{a: 1;\n b: 2}", 'expected "," or "}" after the value, found ";"', "1:6"),
    ("{a: [1, 2}", 'expected "," or "]" after the value, found "}"', "1:10"),
    ("[a]: 1}", 'expected a value or "]"; text needs quotes', "1:2"),
    ("{a = 1}", 'expected ":" after the key, found "="', "1:4"),
    ("{'a', 'b'}", 'expected ":" after the key, found ","', "1:5"),
    ("{a}", 'expected ":" after the key, found "}"', "1:3"),
    (
        "{a: 1 # x\n}",
        'expected "," or "}" after the value, found "#"; comments start with "//"',
        "1:7",
    ),
    ("{a: 1 / 2}", 'expected "," or "}" after the value, found "/"', "1:7"),
    # Keys
    ("{,}", 'expected a key or "}", found ","', "1:2"),
    ("{a: 1,,}", 'expected a key or "}", found ","', "1:7"),
    ("{a: 1]", 'expected "," or "}" after the value, found "]"', "1:6"),
    ("{{}}", 'expected a key or "}", found "{"', "1:2"),
    ("{1a: 2}", 'expected a key or "}", found "1"; such a key needs quotes', "1:2"),
    ("{@x: 2}", 'expected a key or "}", found "@"; such a key needs quotes', "1:2"),
    ("{½: 2}", 'expected a key or "}", found "½"; such a key needs quotes', "1:2"),
    ("{“a”: 1}", 'expected a key or "}", found "“"; quotes must be straight', "1:2"),
    ("{x-y: 2}", 'expected ":" after the key, found "-"; such a key needs quotes', "1:3"),
    ("{'x'-y: 2}", 'expected ":" after the key', "1:5"),
    ("{a\\u00: 1}", '"\\" in a key without quotes is no "\\u" escape', "1:3"),
    # Values
    ("}", 'expected a value, found "}"', "1:1"),
    ("{a: }", 'expected a value, found "}"', "1:5"),
    ("{a: , b: 1}", 'expected a value, found ","', "1:5"),
    ("[,]", 'expected a value or "]", found ","', "1:2"),
    ("[1,,2]", 'expected a value or "]", found ","', "1:4"),
    ("[}", 'expected a value or "]", found "}"', "1:2"),
    ("{a: “x”}", 'expected a value, found "“"; quotes must be straight', "1:5"),
    ("{a: \x00}", "expected a value, found U+0000", "1:5"),
    ("[\x85]", 'expected a value or "]", found U+0085', "1:2"),
    ("{a: /x}", 'expected a value, found "/"', "1:5"),
    ("{a:\n gpt-4}", "expected a value; text needs quotes", "2:2"),
    ("{a: ${KEY}}", "expected a value; text needs quotes", "1:5"),
    ("{a: élan}", "expected a value; text needs quotes", "1:5"),
    ("[nullé]", 'expected a value or "]"; text needs quotes', "1:2"),
    ("{a: True}", "expected a value; true, false and null are lower case", "1:5"),
    ("model: x", "expected a value; text needs quotes", "1:1"),
    # Numbers
    ("{a: 012}", 'a number must not start with "0"', "1:5"),
    ("[10m]", 'expected the number to end, found "m"; text needs quotes', "1:4"),
    ("[0x]", 'expected the number to end, found "x"; text needs quotes', "1:3"),
    ("[-0xfg]", 'expected the number to end, found "g"; text needs quotes', "1:6"),
    ("[1e+]", 'expected the number to end, found "e"; text needs quotes', "1:3"),
    ("[NaNa]", 'expected the number to end, found "a"; text needs quotes', "1:5"),
    ("[-\n1]", "expected a digit, found the end of the line", "1:3|"),
    ("[+ 1]", 'expected a digit, found " "', "1:3"),
    ("[-.'", 'expected a digit, found "\'"', "1:4"),
    ('[."', "expected a digit, found '\"'", "1:3"),
    ("-", "expected a digit, found the end of the file", "1:2|"),
    # Escapes
    (
        '["C:\\users"]',
        '"\\u" without four hexadecimal digits; to mean the backslash itself, write it twice',
        "1:5",
    ),
    (
        "['a\\\n\\x4']",
        '"\\x" without two hexadecimal digits; to mean the backslash itself, write it twice',
        "2:1",
    ),
    ("['\\1']", "a backslash before a digit; to mean the backslash itself, write it twice", "1:3"),
    (
        "{'\\01': 1}",
        "a backslash before a digit; to mean the backslash itself, write it twice",
        "1:3",
    ),
    # The end
    ("{} x", "unexpected text after the end of the value", "1:4"),
    ("{a: {}}\n}", "unexpected text after the end of the value", "2:1"),
    ("1 2", "unexpected text after the end of the value", "1:3"),
]


@pytest.mark.parametrize(("content", "message", "place"), FAULTS)
def test_faults(content: str, message: str, place: str) -> None:
    assert fault(content) == (message, place)


@pytest.mark.parametrize("key", ["\\u0031", "\\u0020a", "a\\u002d", "\\ud83d\\ude00", "\\u200d"])
def test_escaped_keys(key: str) -> None:
    message = "a key without quotes may hold escapes of letters and digits only"
    assert fault(f"{{{key}: 1}}") == (message, f"1:{key.index(chr(92)) + 2}")


@pytest.mark.parametrize(
    "before", ["", "{a: ", "[", "{k: '", '["\\', "{", "{x ", "[1 ", "-", "0", "/*", "{}"]
)
def test_faults_quote_nothing_of_the_file(before: str) -> None:
    found = scan(Text(PATH, f"{before}hunter2: sk-hunter2"))
    assert isinstance(found, SyntaxFault)
    assert "hunter" not in found.message
    assert "sk-" not in found.message


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ("{a:", "}")])
def test_depth(opens: str, closes: str) -> None:
    assert root(opens * 200 + "1" + closes * 200).kind in ("sequence", "mapping")
    column = 200 * len(opens) + 1
    expected = ("nested deeper than 200 levels", f"1:{column}")
    for depth in (201, 10_000):
        assert fault(opens * depth + "1" + closes * depth) == expected
        assert fault(opens * depth) == expected


def test_a_long_text_takes_work_in_proportion() -> None:
    model = {
        "id": "gpt-5",
        "name": "GPT é",
        "reasoning": True,
        "contextWindow": 272000,
        "cost": {"input": 1.25},
    }
    provider = {"baseUrl": "https://x.openai.azure.com/openai/v1", "models": [model] * 5}

    def work(providers: int) -> Callable[[], object]:
        named = dict.fromkeys(map(str, range(providers)), provider)
        text = Text(PATH, json.dumps({"models": {"providers": named}}, indent=2))
        return lambda: parse_json5(text)

    assert_proportional(work, 50)


@pytest.mark.parametrize(
    "size", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=["short", "long"]
)
@pytest.mark.parametrize(
    ("start", "piece"), [("", "["), ('["', "\\u0041"), ("[1", "/**/"), ("[1", " ")]
)
def test_a_long_odd_text_takes_work_in_proportion(start: str, piece: str, size: int) -> None:
    def work(length: int) -> Callable[[], object]:
        text = Text(PATH, start + piece * (length // len(piece)))
        return lambda: parse_json5(text)

    assert_proportional(work, size // 2)


# The fallback

REFUSAL = SyntaxFault("refused", Span(PATH, Position(1, 1), Position(1, 1)))


@pytest.fixture
def json5_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that PyPI's `json5` gets. The scanner refuses everything."""
    texts: list[str] = []

    def loads(content: str) -> object:
        texts.append(content)
        return {"a": [None, True, 1, 1.5, "\ud83d\ude00", {}], "b": []}

    monkeypatch.setattr("clawdoctor.source.json5.scan", lambda _: REFUSAL)
    monkeypatch.setattr(json5, "loads", loads)
    return texts


def test_a_text_that_json5_accepts_is_taken(json5_texts: list[str]) -> None:
    found = parse_json5(Text(PATH, "x\ny"))
    assert isinstance(found, Source)
    assert found.root.python() == {"a": [None, True, 1, 1.5, "😀", {}], "b": []}
    assert json5_texts == ["x\ny"]
    a = found.root.at("/a")
    assert a is not None
    kinds = ["null", "boolean", "number", "number", "string", "mapping"]
    assert [item.kind for item in a.items] == kinds
    nodes = [found.root, a, *a.items, *(entry.key for entry in found.root.entries)]
    assert {where(node.span) for node in nodes} == {"1:1-2:2"}


@pytest.mark.parametrize(
    "content", ["x" * 16_385, "] " + "[" * 201, "'[', // [\n{a:" * 67 + "[{a:" * 67]
)
def test_long_and_deep_texts_never_reach_json5(json5_texts: list[str], content: str) -> None:
    assert parse_json5(Text(PATH, content)) == REFUSAL
    assert json5_texts == []


@pytest.mark.parametrize(
    "content", ["x" * 16_384, "[" * 200, "[[]," * 199, '"' + "[" * 300, "/*" + "[" * 300]
)
def test_other_texts_do(json5_texts: list[str], content: str) -> None:
    assert isinstance(parse_json5(Text(PATH, content)), Source)
    assert json5_texts == [content]


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, TypeError])
def test_any_error_of_json5_is_a_refusal(
    json5_texts: list[str], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def loads(content: str) -> object:
        raise error

    monkeypatch.setattr(json5, "loads", loads)
    assert parse_json5(Text(PATH, "x")) == REFUSAL


# Agreement with PyPI's json5

GAP = [" ", "\n", "\r\n", "\r", "\t", "\v\f", "\xa0", "\u2028", "\u3000", "\ufeff"]
GAP += ["// note\n", "//\r", "//[\u2029", "/* note */", "/**/", "/*\n*'*/"]
ESCAPES = [("\n", "\\n"), ("\b", "\\b"), ("\v", "\\v"), ("\0;", "\\0;"), ("'", "\\'"), ('"', '\\"')]
ESCAPES += [("\\", "\\\\"), ("/", "\\/"), ("a", "\\a"), ("é", "\\é"), ("😀", "\\😀")]
ESCAPES += [("", "\\\n"), ("", "\\\r\n"), ("", "\\\r"), ("", "\\\u2028"), ("", "\\\u2029")]
NAME_STARTS = [
    (c, c) for c in ("a", "Z", "$", "_", "é", "ñ", "ǅ", "ʰ", "中", "Ⅷ", "𝒳", "null", "if")
]
NAME_STARTS += [("a", "\\u0061"), ("$", "\\u0024"), ("é", "\\u00E9")]
NAME_PARTS = [*NAME_STARTS, ("0", "0"), ("٣", "٣"), ("\u0301", "\u0301"), ("\u0903", "\u0903")]
NAME_PARTS += [("‿", "‿"), ("\u200c", "\u200c"), ("\u200d", "\\u200d"), ("9", "\\u0039")]
FLOATS = ["5.", ".5", "0.", ".0", "0.5", "12.75", "5.e1", ".5E+3", "1e-7", "0e0", "1E400", "1e-400"]
SYNTAX = [*"{}[]:,\"'\\/*+-.#", "//", "/*", "*/", "0", "1", "9", "0x", "e", "E", "xf", "u0061"]
SYNTAX += [
    "a",
    "$",
    "_",
    "é",
    "\u0301",
    "true",
    "false",
    "null",
    "NaN",
    "Infinity",
    "Inf",
    "\\u0041",
]
SYNTAX += [
    "\\x4",
    "\\\n",
    "\\ud83d",
    "\0",
    "😀",
    "‿",
    "½",
    "\x85",
    "\x1c",
    "\u180e",
    "\u200b",
    *GAP,
]

Rendered = tuple[object, str]
"""A value and its text."""


def render_string(pieces: list[tuple[str, str]], quote: str) -> tuple[str, str]:
    written = "".join("\\" + raw if raw == quote else raw for _, raw in pieces)
    return "".join(char for char, _ in pieces), f"{quote}{written}{quote}"


def render_escape(code: int) -> tuple[str, str]:
    units = chr(code).encode("utf-16-be")
    return chr(code), "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def render_list(parts: list[tuple[str, Rendered, str]], trailing: bool) -> Rendered:
    written = ",".join(f"{before}{text}{after}" for before, (_, text), after in parts)
    return [item for _, (item, _), _ in parts], f"[{written}{',' * (trailing and bool(parts))}]"


def render_dict(parts: list[tuple[str, Rendered, str, Rendered]], trailing: bool) -> Rendered:
    written = ",".join(
        f"{gap}{key}{gap}:{after}{text}{gap}" for gap, (_, key), after, (_, text) in parts
    )
    pairs = {str(key): item for _, (key, _), _, (item, _) in parts}
    return pairs, f"{{{written}{',' * (trailing and bool(parts))}}}"


gaps = st.lists(st.sampled_from(GAP), max_size=2).map("".join)
signs = st.sampled_from(["", "+", "-"])
plain = st.characters(exclude_categories=["Cs"], exclude_characters="\\\r\n")
pieces = (
    plain.map(lambda char: (char, char))
    | st.sampled_from(ESCAPES)
    | st.integers(0, 0xFF).map(lambda code: (chr(code), f"\\x{code:02x}"))
    | plain.map(lambda char: render_escape(ord(char)))
)
strings = st.builds(render_string, st.lists(pieces, max_size=8), st.sampled_from("\"'"))
names = st.builds(
    lambda first, rest: (
        "".join(c for c, _ in [first, *rest]),
        "".join(w for _, w in [first, *rest]),
    ),
    st.sampled_from(NAME_STARTS),
    st.lists(st.sampled_from(NAME_PARTS), max_size=3),
)
digits = st.integers(0, 2**70)
numbers = (
    st.builds(lambda sign, number: (int(f"{sign}{number}"), f"{sign}{number}"), signs, digits)
    | st.builds(lambda sign, number: (int(f"{sign}{number}"), f"{sign}0x{number:x}"), signs, digits)
    | st.builds(
        lambda sign, text: (float(sign + text), sign + text), signs, st.sampled_from(FLOATS)
    )
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: (number, repr(number)))
)
constants = st.sampled_from(["NaN", "+NaN", "-NaN", "Infinity", "-Infinity"]).map(
    lambda w: (float(w), w)
)
literals = st.sampled_from([(None, "null"), (True, "true"), (False, "false")])
rendered: st.SearchStrategy[Rendered] = st.recursive(
    strings | numbers | constants | literals,
    lambda inner: (
        st.builds(render_list, st.lists(st.tuples(gaps, inner, gaps), max_size=4), st.booleans())
        | st.builds(
            render_dict,
            st.lists(st.tuples(gaps, strings | names, gaps, inner), max_size=4),
            st.booleans(),
        )
    ),
    max_leaves=8,
)


def joined(found: object) -> object:
    """Return a value with surrogates as the scanner gives them, and a NaN that equals itself."""
    if isinstance(found, dict):
        return {joined(key): joined(item) for key, item in found.items()}
    if isinstance(found, list):
        return [joined(item) for item in found]
    if isinstance(found, str):
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(found, float) and math.isnan(found):
        return "not a number"
    return found


def check_agreement(content: str) -> None:
    found = scan(Text(PATH, content))
    try:
        theirs = json5.loads(content)
    except ValueError:
        assert isinstance(found, SyntaxFault)
        return
    if isinstance(found, SyntaxFault):
        assert found.message == "a key without quotes may hold escapes of letters and digits only"
        return
    # Compared as text, which distinguishes 1 from 1.0 and True.
    assert repr(joined(found.root.python())) == repr(joined(theirs))


def check_spans(text: Text, node: Node) -> None:
    """Assert that each node's text parses to the node, and contains its children in order."""
    again = scan(Text(PATH, text.slice(node.span)))
    assert isinstance(again, Source)
    assert repr(joined(again.root.python())) == repr(joined(node.python()))
    at = node.span.start
    children = [part for entry in node.entries for part in (entry.key, entry.value)]
    for child in (*children, *node.items):
        assert at < child.span.start < child.span.end < node.span.end
        at = child.span.end
    for entry in node.entries:
        written = text.slice(entry.key.span)
        assert value(written if written[0] in "\"'" else f"{{{written}: 1}}") in (
            entry.name,
            {entry.name: 1},
        )
    for child in (*(entry.value for entry in node.entries), *node.items):
        check_spans(text, child)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(rendered, gaps, gaps)
def test_whatever_is_written_is_read(case: Rendered, before: str, after: str) -> None:
    expected, written = case
    text = Text(PATH, before + written + after)
    found = scan(text)
    assert isinstance(found, Source)
    assert repr(joined(found.root.python())) == repr(joined(expected))
    assert text.slice(found.root.span) == written
    check_spans(text, found.root)
    check_agreement(text.content)


changes = st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from(["", *SYNTAX]))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(rendered, st.lists(changes, min_size=12, max_size=12))
def test_damaged_texts(case: Rendered, changes: list[tuple[float, bool, str]]) -> None:
    _, written = case
    damaged = ""
    for number, (place, replace, new) in enumerate(changes):
        # A character deleted, inserted or replaced, then another one in the result.
        intact = damaged if number % 2 else written
        at = round(place * len(intact))
        damaged = intact[:at] + new + intact[at + replace :]
        check_agreement(damaged)


@settings(derandomize=True, deadline=None, max_examples=160)
@given(st.lists(st.sampled_from(SYNTAX), max_size=8).map("".join))
def test_random_texts(inside: str) -> None:
    for before, after in (("", ""), ("{a:", "}"), ("{", ":1}"), ("['", "']"), ("[", ",2]")):
        check_agreement(before + inside + after)
