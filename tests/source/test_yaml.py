import datetime
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from steps import assert_proportional, calls

from clawdoctor.source import yaml as module
from clawdoctor.source import yaml_build
from clawdoctor.source.node import Entry, Node, Source, SyntaxFault
from clawdoctor.source.text import START, Position, Span, Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_scalar import key_name

FAST = module.FAST
NOWHERE = Span("", START, START)


def read(content: str) -> tuple[Text, Node]:
    text = Text("/config.yaml", content)
    result = parse_yaml(text)
    assert isinstance(result, Source), result
    assert result.path == "/config.yaml"
    return text, result.root


def python(content: str) -> object:
    return read(content)[1].python()


def fault(content: str) -> tuple[str, str, tuple[int, int]]:
    """Return the message, the text of its span, and the start of the span."""
    text = Text("/config.yaml", content)
    result = parse_yaml(text)
    assert isinstance(result, SyntaxFault), result
    start = result.span.start
    return result.message, text.slice(result.span), (start.line, start.column)


def written(content: str, pointer: str) -> str:
    """Return the text of the node at a pointer."""
    text, root = read(content)
    node = root.at(pointer)
    assert node is not None
    return text.slice(node.span)


def own_nodes(node: Node) -> Iterator[Node]:
    """Yield the keys and values that no alias or merge key inserts."""
    if node.alias is None:
        yield node
        for entry in node.entries:
            if not entry.merged:
                yield from own_nodes(entry.key)
                yield from own_nodes(entry.value)
        for item in node.items:
            yield from own_nodes(item)


def keys_as_text(value: object) -> object:
    """Return a value of SafeLoader in the form of Node.python()."""
    if isinstance(value, dict):
        return {name_of(key): keys_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [keys_as_text(inner) for inner in value]
    if isinstance(value, set | bytes | tuple):
        return None
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def nan_as_text(value: object) -> object:
    """Return a value of Node.python() with NaN replaced, which differs from itself."""
    return keys_as_text(value)


def name_of(key: Any) -> str:
    return key_name(Node("null" if key is None else "other", NOWHERE, key), Text("", ""))


# Values


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        ("yes", "boolean", True),
        ("Off", "boolean", False),
        ("y", "string", "y"),
        ("~", "null", None),
        ("Null", "null", None),
        ("''", "string", ""),
        ("010", "number", 8),
        ("08", "string", "08"),
        ("0o10", "string", "0o10"),
        ("0x1F", "number", 31),
        ("0b101", "number", 5),
        ("1_000", "number", 1000),
        ("1:30", "number", 90),
        ("190:20:30.15", "number", 685230.15),
        ("1e3", "string", "1e3"),
        ("1.0e+3", "number", 1000.0),
        ("-.inf", "number", -math.inf),
        ("2024-10-21", "date", datetime.date(2024, 10, 21)),
        ("'2024-10-21'", "string", "2024-10-21"),
        ("2024-10-21-preview", "string", "2024-10-21-preview"),
        (
            "2001-12-14t21:59:43.10-05:00",
            "date",
            datetime.datetime(
                2001,
                12,
                14,
                21,
                59,
                43,
                100000,
                datetime.timezone(datetime.timedelta(hours=-5)),
            ),
        ),
        ("!!str 123", "string", "123"),
        ("!!int '7'", "number", 7),
        ("!!float 1", "number", 1.0),
        ("!!null x", "null", None),
        ("! 12", "number", 12),
        ("! '12'", "number", 12),
        ("!!binary aGVsbG8=", "other", None),
        ("!!set {a, b}", "other", None),
        ("!!omap [a: 1]", "other", None),
        ('"\\u00e9\\x41\\n"', "string", "éA\n"),
        ('"\\ud83d\\ude00, \\ud83d"', "string", "😀, \ufffd"),
    ],
)
def test_scalars_are_what_safe_loader_makes_of_them(content: str, kind: str, value: object) -> None:
    node = read(content)[1]
    assert (node.kind, node.value) == (kind, value)
    assert type(node.value) is type(value)


@pytest.mark.parametrize(
    ("key", "name", "kind"),
    [
        ("4", "4", "number"),
        ("0x10", "16", "number"),
        ("1.50", "1.5", "number"),
        (".NaN", ".nan", "number"),
        ("-.INF", "-.inf", "number"),
        ("yes", "true", "boolean"),
        ("~", "null", "null"),
        ("''", "", "string"),
        ("2024-10-21", "2024-10-21", "date"),
        ("2024-10-21 10:00:00", "2024-10-21T10:00:00", "date"),
        ("'4'", "4", "string"),
        ("=", "=", "string"),
        ("'<<'", "<<", "string"),
        ("!!binary aGk=", "aGk=", "other"),
    ],
)
def test_keys_have_a_name_in_one_form_and_keep_their_value(key: str, name: str, kind: str) -> None:
    text, root = read(f"{key}: 1\n")
    (entry,) = root.entries
    assert (entry.name, entry.key.kind) == (name, kind)
    assert key.endswith(text.slice(entry.key.span))


def test_duplicate_keys_are_both_there_and_the_last_one_counts() -> None:
    _, root = read("a: 1\nb: 2\na: 3\n")
    assert [(entry.name, entry.value.value) for entry in root.entries] == [
        ("a", 1),
        ("b", 2),
        ("a", 3),
    ]
    assert root.python() == {"a": 3, "b": 2}


@pytest.mark.parametrize("content", ["", "\n\n", "# only this\n", "  # a\r\n\n"])
def test_a_text_without_a_document_is_null(content: str) -> None:
    assert read(content)[1] == Node("null", Span("/config.yaml", START, START))


def test_an_empty_document_is_null_after_its_mark() -> None:
    assert read("# a\n---\n# b\n")[1].span == Span("/config.yaml", Position(2, 4), Position(2, 4))


def test_unknown_tags_are_ignored_on_demand() -> None:
    content = "a: !reset null\nb: !override [1]\nc: !x\nd: !y '4'\n!z e: !x {f: 5}\n"
    result = parse_yaml(Text("/x", content), tags="ignore")
    assert isinstance(result, Source)
    assert result.root.python() == {"a": None, "b": [1], "c": None, "d": "4", "e": {"f": 5}}
    misfit = parse_yaml(Text("/x", "a: !!int x"), tags="ignore")
    assert isinstance(misfit, SyntaxFault)


# Spans


def test_spans_of_a_real_config() -> None:
    content = (
        "model_list:\n"
        "  - model_name: gpt-4o  # the one\n"
        "    litellm_params:\n"
        "      model: 'azure/gpt-4o'\n"
        "      api_key:\n"
        "\n"
        "  # next\n"
        "  - {model_name: x, tags: [a, b, ]}\n"
        "\n"
        "general_settings: &g\n"
        "  note: |-\n"
        "    one\n"
        "    two  \n"
        "\n"
        "\n"
        "# end\n"
    )
    assert written(content, "/model_list/0/model_name") == "gpt-4o"
    assert written(content, "/model_list/0/litellm_params/model") == "'azure/gpt-4o'"
    assert written(content, "/model_list/0/litellm_params").endswith("api_key:")
    assert written(content, "/model_list/0/litellm_params").startswith("model:")
    assert written(content, "/model_list/0/litellm_params/api_key") == ""
    assert written(content, "/model_list/1") == "{model_name: x, tags: [a, b, ]}"
    assert written(content, "/model_list/1/tags") == "[a, b, ]"
    assert written(content, "/model_list").startswith("- model_name")
    assert written(content, "/model_list").endswith("]}")
    assert written(content, "/general_settings/note") == "|-\n    one\n    two  "
    assert written(content, "/general_settings").startswith("note:")
    text, root = read(content)
    assert text.slice(root.span) + "\n\n\n# end\n" == content
    key = root.at("/model_list/0/litellm_params/api_key")
    assert key is not None
    assert key.span.start == key.span.end == Position(5, 15)
    entry = root.entry("general_settings")
    assert entry is not None
    assert text.slice(entry.key.span) == "general_settings"


@pytest.mark.parametrize(
    ("content", "pointer", "expected"),
    [
        pytest.param("a: b c  # d", "/a", "b c", id="plain"),
        pytest.param("a: b\n  c\n\nd: e", "/a", "b\n  c", id="plain on lines"),
        pytest.param('a: "b \\" c" ', "/a", '"b \\" c"', id="double quotes"),
        pytest.param("a: 'it''s'\n", "/a", "'it''s'", id="single quotes"),
        pytest.param("a: |\n  b\n\n\nc: d", "/a", "|\n  b", id="literal"),
        pytest.param("a: >2+ # c\n    b\n\n\n", "/a", ">2+ # c\n    b", id="folded"),
        pytest.param("a: |-  # c\n\nb: c", "/a", "|-", id="block without text"),
        pytest.param("a:\n- b\n- c\n\nd: e", "/a", "- b\n- c", id="sequence not indented"),
        pytest.param("a:\n  - b\n  -\n\nd: e", "/a", "- b\n  -", id="sequence"),
        pytest.param("- - a\n  - b\n- c", "/0", "- a\n  - b", id="sequence in a sequence"),
        pytest.param("- a: 1\n  b:\n-", "/0", "a: 1\n  b:", id="mapping in a sequence"),
        pytest.param("-\n- a", "/0", "", id="empty item"),
        pytest.param("a: &x !!str 1 # c", "/a", "1", id="after anchor and tag"),
        pytest.param("a: !!map &x # c\n  b: 1\n", "/a", "b: 1", id="mapping after a tag"),
        pytest.param("a: &x\n- 1", "/a", "- 1", id="sequence after an anchor"),
        pytest.param("a: &x [1]", "/a", "[1]", id="flow after an anchor"),
        pytest.param("[a: 1, b]", "/0", "a: 1", id="pair without braces"),
        pytest.param("[{a: 1}]", "/0", "{a: 1}", id="braces in brackets"),
        pytest.param("{a , b: }", "", "{a , b: }", id="flow with nothing in it"),
        pytest.param("a: b\r\nc: d\r\n", "/c", "d", id="CR LF"),
        pytest.param("é: 😀\nb: 😀x y\n", "/b", "😀x y", id="astral"),
        pytest.param("a: x\x85b: y\u2028c: z", "/c", "z", id="breaks of YAML alone"),
        pytest.param("a: 'b\tc'\n", "/a", "'b\tc'", id="tab in quotes"),
        pytest.param("\ufeffa: 1", "/a", "1", id="a second byte order mark"),
        pytest.param("'a?': [b, c]", "/a?", "[b, c]", id="question mark"),
    ],
)
def test_spans(content: str, pointer: str, expected: str) -> None:
    assert written(content, pointer) == expected


@pytest.mark.parametrize(
    ("content", "pointer", "place"),
    [
        ("a:\n\n# c\nb: 1", "/a", (1, 3)),
        ("a:   \nb: 1", "/a", (1, 3)),
        ("? a\n# c\n? b\n", "/a", (1, 4)),
        ("{a , b}", "/a", (1, 3)),
        ("{a: , b: }", "/a", (1, 4)),
        ("[a: ]", "/0/a", (1, 4)),
        ("a: !!str\nb: 1", "/a", (1, 9)),
        ("a: &x\nb: 1", "/a", (1, 6)),
        ("x:\n-   \n", "/x/0", (2, 2)),
        ("{? }", "/null", (1, 3)),
    ],
)
def test_omitted_values_stand_where_they_would_be_written(
    content: str, pointer: str, place: tuple[int, int]
) -> None:
    node = read(content)[1].at(pointer)
    assert node is not None
    assert not node.value
    assert node.span.start == Position(*place)


def test_positions_count_characters_with_both_parsers() -> None:
    content = "é: 😀\r\n'\U0001f600': \U0001f600 # x\u2028\nlast: z"
    for loader in (FAST, yaml.SafeLoader):
        result, _ = module._parse(Text("/x", content), loader, "refuse")
        assert isinstance(result, Source)
        node = result.root.get("last")
        assert node is not None
        assert node.span.start == Position(3, 7)


# Aliases and merge keys


def test_an_alias_is_the_node_it_names_with_its_own_place() -> None:
    text, root = read("base: &b {x: 1}\nuse: *b\nlist: [*b]\n")
    base, use = root.get("base"), root.get("use")
    assert base is not None
    assert use is not None
    assert use.alias is not None
    assert text.slice(use.alias) == "*b"
    assert use.alias.start == Position(2, 6)
    assert use.span == base.span
    assert use.entries is base.entries, "shared, not copied"
    assert base.alias is None
    assert text.slice(root.span) == text.content.rstrip()


def test_a_mapping_ends_with_the_alias_that_is_its_last_value() -> None:
    assert written("a: &x\n  very: long\nb:\n  c: *x\n\nd: 1", "/b") == "c: *x"


def test_merged_entries_come_first_and_name_their_alias() -> None:
    text, root = read("base: &b {x: 1, y: 2}\nuse:\n  y: 3\n  <<: *b\n  z: 4\n")
    use = root.get("use")
    assert use is not None
    assert [(entry.name, entry.merged) for entry in use.entries] == [
        ("x", True),
        ("y", True),
        ("y", False),
        ("z", False),
    ]
    merged = use.entries[0].value
    assert merged.alias is not None
    assert text.slice(merged.alias) == "*b"
    assert merged.alias.start.line == 4
    assert text.slice(merged.span) == "1"
    assert use.entries[2].value.alias is None
    assert use.python() == {"x": 1, "y": 3, "z": 4}


def test_the_merge_key_is_gone() -> None:
    assert python("<<: {a: 1}\nb: 2") == {"a": 1, "b": 2}


def test_a_merged_alias_shows_the_merge_line_also_for_what_was_an_alias_before() -> None:
    text, root = read("v: &v 1\na: &a {k: *v}\nb: {<<: [*a, {l: 2}]}\n")
    node = root.at("/b/k")
    assert node is not None
    assert node.alias is not None
    assert text.slice(node.alias) == "*a"
    inline = root.at("/b/l")
    assert inline is not None
    assert inline.alias is None


@st.composite
def merging_documents(draw: st.DrawFn) -> str:
    """Draw mappings that merge earlier ones, by alias or list, before and after their own keys.

    The sources of a mapping share no key, and no key is a single character: versions of PyYAML
    differ in which of them wins.
    """
    lines: list[str] = []
    for number in range(draw(st.integers(2, 5))):
        lines.append(f"m{number}: &m{number}")
        key = st.sampled_from(["key", "name", "base"]).map(f"{{}}: {number}".format)
        members = draw(st.lists(key, max_size=4))
        sources = ["{one: 8, two: 8}", "{three: 9, <<: {four: 9}}"]
        sources += [f"*m{draw(st.integers(0, number - 1))}"] if number else []
        merged = draw(st.lists(st.sampled_from(sources), unique=True, max_size=3))
        if draw(st.booleans()):
            merges = [f"<<: [{', '.join(merged)}]"]
        else:
            merges = [f"<<: {source}" for source in merged]
        members = draw(st.permutations([*members, *merges, "last: 0"]))
        lines.extend(f"  {member}" for member in members)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: &a {key: 1}\nb: &b {key: 2}\nc: {<<: [*a, *b]}", {"key": 1}),
        ("a: &a {key: 1}\nb: &b {key: 2}\nc: {<<: *a, key: 3}", {"key": 3}),
        ("a: &a {key: 1}\nb: &b {key: 2}\nc: {key: 3, <<: [*b, *a]}", {"key": 3}),
    ],
)
def test_of_merged_mappings_the_earlier_wins_and_an_own_key_over_all(
    content: str, expected: dict[str, int]
) -> None:
    """Merge as YAML's merge key says. In PyYAML 6.0.4 the last one wins where keys are longer."""
    _, root = read(content)
    merged = root.get("c")
    assert merged is not None
    assert merged.python() == expected


@settings(derandomize=True, deadline=None, max_examples=60)
@given(merging_documents())
def test_merging_gives_what_safe_loader_gives(content: str) -> None:
    assert python(content) == yaml.safe_load(content)


# Agreement with SafeLoader

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("ab :#-?'\"\n\\é😀{}[],&*!|>%@`~", max_size=12),
    st.sampled_from(
        ["yes", "1:30", "0x1", "2024-10-21", "1e3", "<<", "=", "on", "null", "", " a "]
    ),
    st.binary(max_size=4),
)
KEYS = st.one_of(st.text("abc: #é\n", max_size=4), st.integers(2, 40), st.none(), st.dates())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
        inner.map(lambda value: [value, {"again": value}]),  # dumped as anchor and alias
    ),
    max_leaves=12,
)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "indent": st.sampled_from([2, 4, 7]),
        "width": st.sampled_from([12, 80, 10**6]),
        "allow_unicode": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n", "\r"]),
        "explicit_start": st.booleans(),
        "explicit_end": st.booleans(),
        "sort_keys": st.just(False),
    }
)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(VALUES, STYLES)
def test_dumped_values_are_read_as_safe_loader_reads_them(
    value: object, style: dict[str, Any]
) -> None:
    content = yaml.safe_dump(value, **style)
    assert repr(nan_as_text(python(content))) == repr(keys_as_text(yaml.safe_load(content)))


TOKENS = [
    *("a ", "b ", "1", ": ", ":", "- ", "-", "[", "]", "{", "}", ", ", ",", "\n", "\n  ", "\n "),
    *("\n\n", " ", "'", '"', "#", " #c", "&x ", "*x", "? ", "\\", "|", "|-\n", ">", ">\n", "é"),
    *(
        "😀",
        "\r\n",
        "\u2028",
        "...",
        "<<: ",
        "=",
        "~",
        "yes",
        "'q'",
        '"q"',
        "x",
        "?",
        "\t",
        "\ufeff",
    ),
    *("\x85", "!!str ", "! ", "!!int ", "%", "@", "\\u00e9", "2024-01-02", "x: {y: 1}", "c:\n"),
    *("  text", "\n---\n"),
]
SOUP = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)


@settings(derandomize=True, deadline=None, max_examples=240)
@given(SOUP)
@example("{\n\t'a': 1\n}")
@example("a:\t1")
@example("[a?b]")
@example("a: |#\n  b")
@example('"\\ud83d"')
@example("%a\n--- 1")
@example("[{? }]")
@example('["x"\n, b: ]')
def test_any_text_is_refused_or_read_as_safe_loader_does(content: str) -> None:
    text = Text("/x", content)
    result = parse_yaml(text)
    try:
        expected = keys_as_text(yaml.safe_load(content))
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError):
        assert isinstance(result, SyntaxFault)
        return
    if isinstance(result, SyntaxFault):
        # SafeLoader accepts a mapping that merges itself, which adds nothing.
        assert result.message == "this alias stands inside the value that it names"
        return
    if "\\ud" not in content:
        assert repr(nan_as_text(result.root.python())) == repr(expected)
    for node in own_nodes(result.root):
        assert node.span.start <= node.span.end
        assert text.slice(node.span).strip() or not node.value
    assert module._parse(text, yaml.SafeLoader, "refuse")[0] == result
    fast, certain = module._parse(text, FAST, "refuse")
    if certain and not module._READ_DIFFERENTLY.search(content):
        assert fast == result


@settings(derandomize=True, deadline=None, max_examples=60)
@given(VALUES, STYLES)
def test_each_span_holds_its_value(value: object, style: dict[str, Any]) -> None:
    content = yaml.safe_dump(value, **{**style, "line_break": "\n"})
    assume("!!" not in content)  # a span leaves out the tag
    text, root = read(content)
    for node in own_nodes(root):
        # Only with its indentation: aliases and relative indentation need the surrounding text.
        alone = text.slice(node.span)
        if any(mark in alone for mark in ("*id", "&id", "|2", "|4", "|7", ">2", ">4", ">7")):
            continue
        found = keys_as_text(yaml.safe_load(" " * (node.span.start.column - 1) + alone))
        expected = nan_as_text(node.python())
        if alone.startswith(("|", ">")):  # the span leaves out the blank lines that "|+" keeps
            found, expected = str(found).rstrip("\n"), str(expected).rstrip("\n")
        assert repr(found) == repr(expected)


# Faults


def test_nesting_is_bounded() -> None:
    assert isinstance(parse_yaml(Text("/x", "[" * 200 + "]" * 200)), Source)
    for content, column in (
        ("[" * 10_000, 201),
        ("[" * 201 + "]" * 201, 201),
        ("{a: " * 10_000, 801),
        ("- " * 10_000, 401),
    ):
        message, _, place = fault(content)
        assert (message, place) == ("nested deeper than 200 levels", (1, column))


def test_aliases_cannot_nest_deeper_either() -> None:
    chain = "x0: &x0 [1]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}]\n" for n in range(1, 400))
    assert fault(chain)[:2] == ("nested deeper than 200 levels", "*x198")


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    def bomb(levels: int) -> str:
        lines = ["b0: &b0 [" + ", ".join("x" * 10) + "]"]
        lines += [f"b{n}: &b{n} [" + ", ".join([f"*b{n - 1}"] * 10) + "]" for n in range(1, levels)]
        return "\n".join(lines)

    message, at, place = fault(bomb(10))
    assert calls(lambda: fault(bomb(10))) < 2 * calls(lambda: fault(bomb(5)))
    assert message == "aliases expand to more than 100000 values"
    assert (at, place[0]) == ("*b3", 5)


def test_a_bomb_of_merge_keys_is_refused_too() -> None:
    lines = ["m0: &m0 {" + ", ".join(f"k{k}: 1" for k in range(50)) + "}"]
    lines += [f"m{n}: &m{n} {{<<: [" + ", ".join([f"*m{n - 1}"] * 8) + "]}" for n in range(1, 12)]
    assert fault("\n".join(lines))[0] == "aliases expand to more than 100000 values"


def test_many_values_without_aliases_are_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_build, "MAX_ALIASED", 10)
    _, root = read("- &x 1\n- *x\n" + "- 1\n" * 20)
    assert len(root.items) == 22


@pytest.mark.parametrize("content", ["&a [*a]", "&a {b: *a}", "a: &a\n  - b: [*a]\n"])
def test_an_alias_of_what_it_stands_in_is_refused(content: str) -> None:
    message, at, _ = fault(content)
    assert (message, at) == ("this alias stands inside the value that it names", "*a")


@pytest.mark.parametrize(
    ("content", "message", "at", "place"),
    [
        ("a:\n\tb: 1", "a tab is used for indentation; YAML allows spaces only", "\t", (2, 1)),
        ("a:\n  b: 1\n\t\tc: 2", "a tab is used for indentation", "\t\t", (3, 1)),
        ("a:\t1", "a tab stands where YAML allows spaces only", "\t", (1, 3)),
        ("a: b: c", "a second ':' on the line", ":", (1, 5)),
        ("a: 'b': c", "a second ':' on the line", ":", (1, 7)),
        ("a: 1\n  b: 2", "bad indentation: the value above is complete", "b", (2, 3)),
        ("a:\n    b: 1\n  c: 2", "bad indentation: this line does not line up", "c", (3, 3)),
        ("- a\nb: 1", "bad indentation: this line does not line up", "b", (2, 1)),
        ("a: 1\n- b", "bad indentation: this list item does not line up", "-", (2, 1)),
        (" a: 1\nb: 2", "this line does not belong to what stands above", "b", (2, 1)),
        ("a:1\nb: 2", "the ':' has no space after it", ":", (1, 2)),
        ("a: 1\nb:2\nc: 3", "the ':' has no space after it", ":", (2, 2)),
        ("a: 1\n\n# c\nlost words\nc: 3", "this line is no key", "lost words", (4, 1)),
        ("- a\n-b\n- c", "the '-' of a list item has no space after it", "-", (2, 1)),
        ('a: "b\nc: 1\n', "the quote that opens here is not closed", '"', (1, 4)),
        ("a: 'b\n---\n", "the quote that opens here is not closed", "'", (1, 4)),
        ('a: "b\nc: "d"\n', "the quote that opens here is closed lines below", '"', (1, 4)),
        ("a: 'it's'", "text follows the closing quote", "s", (1, 8)),
        ('a: "b" c', "text follows the closing quote", "c", (1, 8)),
        ("a: [1, 2\nb: 3", "the '[' that opens here is not closed", "[", (1, 4)),
        ("a: {b: 1", "the '{' that opens here is not closed", "{", (1, 4)),
        ("a: [\n  'b'\n  'c'\n]", "a ',' or a ']' is missing here", "'", (3, 3)),
        ("a: {b: 1 c: 2}", "a ',' is missing before this ':'", ":", (1, 11)),
        ("a: [b?c]", "text with a '?' needs quotes", "?", (1, 6)),
        ("a: [1,, 2]", "there is no value before this ','", ",", (1, 7)),
        ("a: 'b',\nc: 1", "a ',' ends the value only inside of brackets", ",", (1, 7)),
        ("a: [b]]", "this ']' closes nothing", "]", (1, 7)),
        ("a: }", "this '}' closes nothing", "}", (1, 4)),
        ("[1]]", "this ']' closes nothing", "]", (1, 4)),
        ("a: [b] c", "text follows a value that is already complete", "c", (1, 8)),
        ("a: @b", "a value cannot start with '@'; quote it", "@", (1, 4)),
        ("a: `b`", "a value cannot start with '`'; quote it", "`", (1, 4)),
        ("a: %b", "a value cannot start with '%'; quote it", "%", (1, 4)),
        ("%b\na: 1", "a line that starts with '%' is a directive", "%", (1, 1)),
        ("%YAML 2.0\n--- 1", "a line that starts with '%' is a directive", "%", (1, 1)),
        ("a: **b**", "a value cannot start with '*'", "*", (1, 4)),
        ("a: &", "a value cannot start with '&'", "&", (1, 4)),
        ("a: !<b", "a value cannot start with '!'", "!", (1, 4)),
        ("a: !b!c d", "a value cannot start with '!'", "!", (1, 4)),
        ("a: - b", "a list item cannot start here", "-", (1, 4)),
        ("a: ? b", "a value cannot start with '? '", "?", (1, 4)),
        ("a: >b\n  c", "after '|' or '>' the text starts on the next line", ">", (1, 4)),
        ('a: "C:\\path"', "this backslash starts no known escape sequence", "\\p", (1, 7)),
        ('a: "\\xZZ"', "this backslash starts no known escape sequence", "\\x", (1, 5)),
        ('a: "\\UFFFFFFFF"', "an escape sequence or version here is out of range", "", (1, 7)),
        ("a: b\n---\nc: d", "a second document starts here", "---", (2, 1)),
        ("a\n...\nb", "this line does not belong to what stands above", "b", (3, 1)),
        ("a: 1\n: b", "there is no key before this ':'", ":", (2, 1)),
        ("a: 1\n---\n", "a second document starts here", "---", (2, 1)),
        ("...\na", "a value is missing here", ".", (1, 1)),
        ("a: *b", "this alias has no anchor before it", "*b", (1, 4)),
        ("a: &x 1\nb: &x 2", "this anchor's name is already in use", "&x", (2, 4)),
        ("a: {{ b }}", "a key cannot be a list or mapping", "{", (1, 5)),
        ("? [a]\n: b", "a key cannot be a list or mapping", "[", (1, 3)),
        ("a: &x [b]\n*x : c", "a key cannot be a list or mapping", "*x", (2, 1)),
        ("<<: 1", "'<<' takes a mapping or a list of mappings", "1", (1, 5)),
        ("<<: [{a: 1}, b]", "'<<' takes a mapping or a list of mappings", "b", (1, 14)),
        ("a: <<", "'<<' alone is not a value", "<<", (1, 4)),
        ("a: =", "'=' alone is not a value", "=", (1, 4)),
        ("a: 2024-13-01", "this reads as a date, but there is no such date", "2024-13-01", (1, 4)),
        ("a: 0b_", "this reads as a number, but is none", "0b_", (1, 4)),
        ("a: " + "1" * 5000, "a number has more than 3000 digits", "1" * 5000, (1, 4)),
        ("a: !!bool maybe", "this value does not fit its tag", "maybe", (1, 11)),
        ("a: !!seq b", "this tag does not go with a single value", "b", (1, 10)),
        ("a: &x !!str {b: c}", "this tag does not go with this kind of value", "!!str", (1, 7)),
        ("a: !!omap [{b: 1, c: 2}]", "this tag asks for a list of mappings", "[", (1, 11)),
        ("a: !include b", "the tag !include is not known", "!include", (1, 4)),
        ("a: &x !!python/name:os.x ''", "the tag !!python/... is not known", "!!p", (1, 7)),
        ("a: !hunter2\n", "this tag is not known; a value that starts with", "!hunter2", (1, 4)),
        ("a: b\x07c", "the character U+0007 is not allowed in YAML", "\x07", (1, 5)),
        ("a: \ud800", "the character U+D800 is not allowed in YAML", "\ud800", (1, 4)),
    ],
)
def test_faults_say_what_is_wrong_and_where(
    content: str, message: str, at: str, place: tuple[int, int]
) -> None:
    found, pointed, start = fault(content)
    assert found.startswith(message)
    assert pointed.startswith(at)
    assert bool(pointed) == bool(at)
    assert start == place


MISTAKES = [
    "a: {0}: b", "a: !{0}", "a: !{0}!x y", "a: *{0}", "a: &{0} 1\nb: &{0} 2", "{0}\nb: 1", "%{0}",
    "a: '{0}' {0}", "a: [{0}", "a: \"{0}", "a: \"\\{0}\"", "a: |{0}", "a: @{0}", "a: !<{0}",
    "a:{0}\nb: 1", "a: !!int {0}", "a: !!python/{0} {0}", "%TAG !{0}! x\n%TAG !{0}! x\n--- 1",
    "{0}: 1\n - {0}: 2", "<<: {0}", "a: 1\n\t{0}: 2", "%YAML {0}", "- {0}\n{0}: 1", "a: !{0} [1]",
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("loader", [FAST, yaml.SafeLoader])
def test_messages_quote_nothing_of_the_file(mistake: str, loader: Any) -> None:
    secret = "xq7Zk9vJw2"
    result, _ = module._parse(Text("/x", mistake.format(secret)), loader, "refuse")
    assert isinstance(result, SyntaxFault)
    pieces = [secret[start : start + 2] for start in range(len(secret) - 1)]
    assert not any(piece in result.message for piece in pieces)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(SOUP, st.integers(0, 40))
def test_both_parsers_errors_have_our_own_messages(content: str, cut: int) -> None:
    for loader in (FAST, yaml.SafeLoader):
        text = Text("/x", ("model_list:\n- name: 'a'\n" + content)[: 20 + cut])
        try:
            result, _ = module._parse(text, loader, "refuse")
        except yaml.reader.ReaderError:
            continue
        if isinstance(result, SyntaxFault):
            assert result.span.start <= result.span.end
            assert "found" not in result.message


# Size


def large(models: int) -> str:
    return "model_list:\n" + "".join(
        f"  - model_name: gpt-{n}\n"
        "    litellm_params:\n"
        f"      model: azure/gpt-{n}\n"
        f"      api_base: https://host-{n}.openai.azure.com\n"
        f"      api_key: os.environ/KEY_{n}\n"
        f"      rpm: {n}\n"
        for n in range(models)
    )


def test_a_large_config_takes_work_in_proportion() -> None:
    def work(models: int) -> Callable[[], object]:
        text = Text("/x", large(models))
        return lambda: parse_yaml(text)

    assert len(large(650)) > 100_000
    assert isinstance(work(650)(), Source)
    assert_proportional(work, 100)


def test_a_text_too_large_for_the_exact_parser_has_faults_too() -> None:
    message, at, place = fault(large(900) + "broken: a: b\n")
    assert (message[:26], at, place[1]) == ("a second ':' on the line m", ":", 10)


def test_without_libyaml_the_result_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [large(3), "a: [1", "a: &x {b: 1}\nc: {<<: *x}", "", "a: \t1"]
    expected = [parse_yaml(Text("/x", content)) for content in contents]
    monkeypatch.setattr(module, "FAST", yaml.SafeLoader)
    assert [parse_yaml(Text("/x", content)) for content in contents] == expected


def test_libyaml_need_not_be_there() -> None:
    program = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from clawdoctor.source.text import Text; from clawdoctor.source.yaml import parse_yaml\n"
        "import yaml; print(yaml.__with_libyaml__, parse_yaml(Text('/x', 'a: 1')).root.python())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False {'a': 1}\n", "")


def test_entries_are_plain_data() -> None:
    entry = read("a: 1")[1].entries[0]
    assert isinstance(entry, Entry)
    assert not entry.merged
