"""Changes written into JSON5 and YAML: in the style around them, with every other byte kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import json5
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clawdoctor.chain.openclaw_file import OpenClawFile, OpenClawPath, load_openclaw_file
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import (
    Add,
    Append,
    Change,
    Edit,
    Itemize,
    Join,
    Nest,
    Put,
    Quoted,
    Remove,
    Rename,
    SplitKey,
    Straighten,
    move,
    put,
    span_of,
)
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.json5_edit import json5_edits
from clawdoctor.source.node import Node, Source, join_pointer
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_edit import yaml_edits

Choose = Callable[[Node], tuple[Change, ...]]


def applied(text: Text, edits: list[Edit]) -> str:
    content = text.content
    for edit in sorted(edits, key=lambda each: each.span.start, reverse=True):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        content = content[:start] + edit.text + content[end:]
    return content


def in_json5(content: str, choose: Choose) -> str:
    text = Text("/openclaw.json", content)
    source = parse_json5(text)
    assert isinstance(source, Source), source
    edits = [json5_edits(change, text) for change in choose(source.root)]
    return applied(text, [edit for each in edits if each is not None for edit in each])


def in_yaml(content: str, choose: Choose) -> str | None:
    text = Text("/litellm_config.yaml", content)
    source = parse_yaml(text)
    assert isinstance(source, Source), source
    edits: list[Edit] = []
    for change in choose(source.root):
        written = yaml_edits(change, text)
        if written is None:
            return None
        edits += written
    return applied(text, edits)


def at(root: Node, pointer: str) -> Node:
    node = root.at(pointer)
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("before", "choose", "after"),
    [
        pytest.param(
            '{\n  "a": 1, // x\n  "b": 2 // y\n}\n',
            lambda root: put(root, "/c/d", True),
            '{\n  "a": 1, // x\n  "b": 2, // y\n  "c": { "d": true }\n}\n',
            id="own-line-without-trailing-comma",
        ),
        pytest.param(
            "{\r\n\ta: 'x',\r\n\tb: {\r\n\t},\r\n}",
            lambda root: put(root, "/b/c", {"x": "it's", "y-z": [1, 2]}),
            "{\r\n\ta: 'x',\r\n\tb: {\r\n\t\tc: {\r\n\t\t\tx: 'it\\'s',\r\n\t\t\t'y-z': [1, 2],"
            "\r\n\t\t}\r\n\t},\r\n}",
            id="tabs-crlf-single-quotes",
        ),
        pytest.param(
            "{a:1,b:{}}",
            lambda root: put(root, "/b/c", {"x": False, "y": 2}),
            "{a:1,b:{ c: { x: false, y: 2 } }}",
            id="one-line",
        ),
        pytest.param(
            "{\n  a: [\n    1,\n  ],\n}",
            lambda root: (Append(at(root, "/a"), 2),),
            "{\n  a: [\n    1,\n    2,\n  ],\n}",
            id="item-with-trailing-comma",
        ),
        pytest.param(
            "{ a: 'x' /* c */, 'b': 2 }",
            lambda root: (Put(at(root, "/a"), "y"), Rename(root.entries[1], "c d")),
            "{ a: 'y' /* c */, 'c d': 2 }",
            id="quotes-stay",
        ),
        pytest.param(
            "{\n  a: 1, // c1\n  // c2\n  b: 2 // c3\n}",
            lambda root: (Remove(root, root.entries[1]),),
            "{\n  a: 1 // c1\n  // c2\n  // c3\n}",
            id="comments-outlive-the-last-key",
        ),
        pytest.param(
            "{\n  a: {\n    b: 1, // x\n    c: 2, // y\n  },\n  d: 3, // z\n}",
            lambda root: move(root, "/a/b", "/b"),
            "{\n  a: {\n    c: 2, // y\n  },\n  d: 3, // z\n  b: 1, // x\n}",
            id="comment-moves-with-its-value",
        ),
        pytest.param(
            "{\n  a: { e: 0 },\n  d: 3, // z\n  b: 1 // x\n}",
            lambda root: move(root, "/b", "/a/b"),
            "{\n  a: { e: 0, b: 1 },\n  d: 3 // z\n  // x\n}",
            id="comment-stays-if-one-line-takes-the-value",
        ),
        pytest.param(
            "{\n  a: {\n    e: 0\n  }, // u\n  b: 1 // x\n}",
            lambda root: move(root, "/b", "/a/b"),
            "{\n  a: {\n    e: 0,\n    b: 1 // x\n  } // u\n}",
            id="last-key-moves-with-its-comment",
        ),
        pytest.param(
            "// f\n{\n  a: {\n    d: 0,\n    /* x */\n    // y\n    b: 1, // z\n  },\n  c: 2,\n}",
            lambda root: move(root, "/a/b", "/b"),
            "// f\n{\n  a: {\n    d: 0,\n  },\n  c: 2,\n  /* x */\n  // y\n  b: 1, // z\n}",
            id="comments-above-a-key-move-with-it",
        ),
        pytest.param(
            "{\n  a: {\n    d: 0,\n    // y\n    b: 1\n  },\n  c: {},\n}",
            lambda root: move(root, "/a/b", "/c/b"),
            "{\n  a: {\n    d: 0\n    // y\n  },\n  c: { b: 1 },\n}",
            id="comments-above-stay-if-one-line-takes-the-value",
        ),
        pytest.param(
            "{a: 1, b: 2, c: 3}",
            lambda root: (Remove(root, root.entries[1]),),
            "{a: 1, c: 3}",
            id="key-in-the-middle",
        ),
        pytest.param(
            "{ a: 1 }",
            lambda root: (Remove(root, root.entries[0]),),
            "{ }",
            id="only-key",
        ),
        pytest.param(
            "{ x: {\n    // nothing\n  }\n}",
            lambda root: put(root, "/x/y", 1),
            "{ x: {\n  y: 1\n    // nothing\n  }\n}",
            id="empty-with-comment",
        ),
    ],
)
def test_json5(before: str, choose: Choose, after: str) -> None:
    assert in_json5(before, choose) == after


@pytest.mark.parametrize(
    ("before", "choose", "after"),
    [
        pytest.param(
            "litellm_settings:\n  # drop_params: true\n# end\nb: 1\n",
            lambda root: put(root, "/litellm_settings/drop_params", True),
            "litellm_settings:\n  drop_params: true\n  # drop_params: true\n# end\nb: 1\n",
            id="section-without-keys",
        ),
        pytest.param(
            "a: 1\n\n# about b\nb:\n    c: 2 # d\n    # e: 3\n",
            lambda root: put(root, "/f/g", {"h": "i"}),
            "a: 1\n\n# about b\nb:\n    c: 2 # d\n    # e: 3\n\nf:\n    g:\n        h: i\n",
            id="new-section-after-the-comments-of-the-last",
        ),
        pytest.param(
            "l:\n- p:\n    m: azure/x   # c\n    v: ${K}\n- {n: b, p: {m: 'azure/y'}}",
            lambda root: (
                *put(root, "/l/0/p/v", "os.environ/K"),
                *put(root, "/l/0/p/d", Quoted("1")),
                *put(root, "/l/1/p/v", "2024-10-21"),
            ),
            "l:\n- p:\n    m: azure/x   # c\n    v: os.environ/K\n    d: '1'\n"
            "- {n: b, p: {m: 'azure/y', v: '2024-10-21'}}",
            id="block-and-flow",
        ),
        pytest.param(
            'a:\r\n  b: "c"\r\n',
            lambda root: put(root, "/a/d/e", 1),
            'a:\r\n  b: "c"\r\n  d:\r\n    e: 1\r\n',
            id="crlf",
        ),
        pytest.param(
            "a: 2024-10-21\nb: x # c\nc: [x]\nd: |\n  y\n",
            lambda root: (
                Put(at(root, "/a"), "2024-10-21"),
                Put(at(root, "/b"), [at(root, "/b")]),
                Append(at(root, "/c"), "y: z"),
                Put(at(root, "/d"), "w"),
            ),
            'a: "2024-10-21"\nb: [x] # c\nc: [x, "y: z"]\nd: w\n',
            id="values",
        ),
        pytest.param(
            "- a: 1\n  b: 2\n- c: 3 # d\n  e: 4\n",
            lambda root: (
                Remove(root.items[0], root.items[0].entries[0]),
                Remove(root.items[1], root.items[1].entries[1]),
            ),
            "- b: 2\n- c: 3 # d\n",
            id="removed-keys",
        ),
        pytest.param(
            "a:\n  b: 1  # c\n  d: 2\n",
            lambda root: (Remove(at(root, "/a"), at(root, "/a").entries[0]),),
            "a:\n  # c\n  d: 2\n",
            id="comment-outlives-its-key",
        ),
        pytest.param(
            "g:\n  drop_params: true\n  x: 1\nl:\n  y: 2\n",
            lambda root: move(root, "/g/drop_params", "/l/drop_params"),
            "g:\n  x: 1\nl:\n  y: 2\n  drop_params: true\n",
            id="moved",
        ),
        pytest.param(
            "d: &d\n  v: 1\nl:\n  <<: *d\n  m: x\n",
            lambda root: put(root, "/l/n", 2),
            "d: &d\n  v: 1\nl:\n  <<: *d\n  m: x\n  n: 2\n",
            id="merge-key",
        ),
        pytest.param(
            "a: *x\n".replace("*x", "&x {}") + "b: ~ # c\n",
            lambda root: (*put(root, "/a/k", "v"), *put(root, "/b/k", "v")),
            "a: &x {k: v}\nb: {k: v} # c\n",
            id="empty-flow-and-null",
        ),
        pytest.param("x: y", lambda root: put(root, "/z", 1), "x: y\nz: 1", id="no-line-end"),
        pytest.param(
            "s:\n  # why\n  a: 1 # b\n  # end\n\nt: 2\n\ns:\n    c: 3\n# last\n",
            lambda root: (
                Join(root.entries[2].value, root.entries[0]),
                Remove(root, root.entries[0], copied_to=at(root, "/s")),
            ),
            "t: 2\n\ns:\n    c: 3\n    # why\n    a: 1 # b\n    # end\n# last\n",
            id="joined-sections",
        ),
        pytest.param(
            "l:\n  - n: x\n    # the model\n    m: azure/x # c\n    k: secret\n    i: {}\n",
            lambda root: (Nest(at(root, "/l/0"), at(root, "/l/0").entries[1:3], "p"),),
            "l:\n  - n: x\n    # the model\n    p:\n      m: azure/x # c\n      k: secret\n"
            "    i: {}\n",
            id="nested-below-a-new-key",
        ),
        pytest.param(
            "l:\r\n  - n: x\r\n    p:\r\n    m: azure/x\r\n\r\n    k: v\r\n",
            lambda root: (Nest(at(root, "/l/0"), at(root, "/l/0").entries[2:], "p"),),
            "l:\r\n  - n: x\r\n    p:\r\n      m: azure/x\r\n\r\n      k: v\r\n",
            id="nested-below-an-empty-key",
        ),
        pytest.param(
            "k: 1234 # c\nl: [x]\n",
            lambda root: (
                Nest(root, root.entries[:1], "s"),
                Put(at(root, "/l/0"), [at(root, "/l/0")]),
            ),
            "s:\n  k: 1234 # c\nl: [[x]]\n",
            id="nested-at-the-top",
        ),
        pytest.param(
            "l:\n  n: x # c\n  # d\n  p:\n    m: y\n",
            lambda root: (Put(at(root, "/l"), [at(root, "/l")]),),
            "l:\n  - n: x # c\n    # d\n    p:\n      m: y\n",
            id="dash",
        ),
        pytest.param(
            "f:\n  a: [b]\n  # c\n  d: [e]\n",
            lambda root: (
                Put(at(root, "/f"), [{e.name: e.value} for e in at(root, "/f").entries]),
            ),
            "f:\n  - a: [b]\n    # c\n  - d: [e]\n",
            id="dash-for-each-key",
        ),
        pytest.param(
            "s:\n  - a: 1 # b\n  # c\n  -   d:\n        e: 2\n",
            lambda root: (
                Put(
                    at(root, "/s"),
                    {e.name: e.value for item in at(root, "/s").items for e in item.entries},
                ),
            ),
            "s:\n  a: 1 # b\n  # c\n  d:\n    e: 2\n",
            id="dashes-removed",
        ),
        pytest.param(
            "e:\n  - A=${A}\np:\n- 'x'\nr: 1\n",
            lambda root: (
                Append(at(root, "/e"), "B=${B}"),
                Append(at(root, "/p"), "y"),
                *put(root, "/v/w", ["z: 1", "q"]),
            ),
            "e:\n  - A=${A}\n  - B=${B}\np:\n- 'x'\n- 'y'\nr: 1\nv:\n  w:\n"
            '    - "z: 1"\n    - q\n',
            id="items",
        ),
        pytest.param(
            "e:\n  v: # c\n\n  # d\n  - x: 1\n    w:\n    - y\n",
            lambda root: put(root, "/e/p", ["z"]),
            "e:\n  v: # c\n\n  # d\n  - x: 1\n    w:\n    - y\n  p:\n  - z\n",
            id="list-with-dashes-below-its-key",
        ),
        pytest.param(
            "a: { x: 1 } # c\nb:\n  y: 'z'\n  w: [2]\nd: {v: 3}\n",
            lambda root: (
                Join(at(root, "/a"), root.entries[1]),
                Join(at(root, "/b"), root.entries[2]),
            ),
            "a: { x: 1, y: 'z', w: [2] } # c\nb:\n  y: 'z'\n  w: [2]\n  v: 3\nd: {v: 3}\n",
            id="joined-with-brackets",
        ),
        pytest.param(
            "l: []\nm:\n- a\n",
            lambda root: (Append(at(root, "/m"), {"n": "x", "p": {"q": Quoted("1")}}),),
            'l: []\nm:\n- a\n- n: x\n  p:\n    q: "1"\n',
            id="item-of-keys",
        ),
        pytest.param(
            'l:\n  a: # c\n    p: {m: x}\n  "b":\n      # d\n      p:\n        m: y\n',
            lambda root: (Itemize(at(root, "/l"), "n"),),
            'l:\n  - n: a # c\n    p: {m: x}\n  -   n: "b"\n      # d\n      p:\n        m: y\n',
            id="items-of-keys",
        ),
        pytest.param(
            "- 2024:\n    p: 1\n",
            lambda root: (Itemize(root.items[0], "n", listed=True),),
            '-   n: "2024"\n    p: 1\n',
            id="name-of-an-item",
        ),
        pytest.param(
            "k: “a b” # c\nl: “it's”\n",
            lambda root: (Straighten(at(root, "/k")), Straighten(at(root, "/l"))),
            None,
            id="typographic-quotes-around-a-quote",
        ),
        pytest.param(
            "a:\n  b: 1\n  c: # d\n    # e\n    f: 2\n",
            lambda root: move(root, "/a/c", "/c"),
            "a:\n  b: 1\n\nc:\n  # d\n  # e\n  f: 2\n",
            id="comments-move-with-their-block",
        ),
        pytest.param(
            "a:\n  b: 1 # c\n  d: 2\ne:\n  f: 3 # g\n",
            lambda root: move(root, "/a/b", "/e/b"),
            "a:\n  d: 2\ne:\n  f: 3 # g\n  b: 1 # c\n",
            id="comment-moves-with-its-value",
        ),
        pytest.param(
            "a:\n- b: [1]   # c\n  d: 2\ne:  # f\n",
            lambda root: move(root, "/a/0/b", "/e/b"),
            "a:\n- d: 2\ne:  # f\n  b: [1]   # c\n",
            id="comment-moves-below-an-empty-key",
        ),
        pytest.param(
            "# f\na:\n  # b\n\n  # c\n  # d\n  e: 1\n  g: 2\nh:\n    i: 3\n",
            lambda root: move(root, "/a/e", "/h/e"),
            "# f\na:\n  # b\n\n  g: 2\nh:\n    i: 3\n    # c\n    # d\n    e: 1\n",
            id="comments-above-a-key-move-with-it",
        ),
        pytest.param(
            "# f\na:\n  b: 1\nc:\n  d:\n  # e\n  g: 2 # h\n",
            lambda root: move(root, "/a", "/c/a"),
            "# f\nc:\n  d:\n  # e\n  g: 2 # h\n  a:\n    b: 1\n",
            id="a-comment-at-the-top-stays",
        ),
        pytest.param(
            "a:\n  # b\n  c: 1 # d\ne:\n  f: 2\n",
            lambda root: move(root, "/a/c", "/e/c"),
            "a:\n  {}\ne:\n  f: 2\n  # b\n  c: 1 # d\n",
            id="comments-of-the-only-key-move-with-it",
        ),
        pytest.param(
            "a:\n  # b\n  c: 1 # d\n  e: 2\nf:\n  c:\n",
            lambda root: move(root, "/a/c", "/f/c"),
            "a:\n  # b\n  # d\n  e: 2\nf:\n  c: 1\n",
            id="comments-stay-if-the-new-place-exists",
        ),
        pytest.param(
            "x: 1\n# a\ns:\n  b: 1\n\n# c\ns:\n  d: 2\n",
            lambda root: (
                Join(root.entries[2].value, root.entries[1]),
                Remove(root, root.entries[1], copied_to=at(root, "/s")),
            ),
            "x: 1\n\n# c\ns:\n  d: 2\n  # a\n  b: 1\n",
            id="comment-above-a-joined-section",
        ),
        pytest.param(
            "a:\n  b: 1 # c\n  d: 2\ne: {f: 3}\n",
            lambda root: move(root, "/a/b", "/e/b"),
            "a:\n  # c\n  d: 2\ne: {f: 3, b: 1}\n",
            id="comment-stays-if-brackets-take-the-value",
        ),
        pytest.param(
            "a: 'b'\nc: [\"d\", 'e'] # \"f\"\nk: 0123\n",
            lambda root: (Put(at(root, "/k"), Quoted("0123")),),
            "a: 'b'\nc: [\"d\", 'e'] # \"f\"\nk: '0123'\n",
            id="usual-quotes",
        ),
        pytest.param(
            "a:\n  b:x:y # c\nd: b:1\n",
            lambda root: (SplitKey(at(root, "/a")),),
            "a:\n  b: x:y # c\nd: b:1\n",
            id="blank-after-colon",
        ),
        pytest.param(
            "k: “a b” # c\n",
            lambda root: (Straighten(at(root, "/k")),),
            'k: "a b" # c\n',
            id="typographic-quotes",
        ),
        pytest.param(
            "k: 0123 # c\n",
            lambda root: (Put(at(root, "/k"), Quoted("0123")),),
            'k: "0123" # c\n',
            id="only-quotes",
        ),
        pytest.param(
            "# only a comment\n", lambda root: put(root, "/a/b", 1), None, id="no-mapping"
        ),
    ],
)
def test_yaml(before: str, choose: Choose, after: str | None) -> None:
    if after is None:
        assert in_yaml(before, choose) not in ("", before)
        return
    assert in_yaml(before, choose) == after
    yaml.safe_load(after)


def test_included_files(tmp_path: Path) -> None:
    """A change goes into the file of its node; what is merged into that node stays elsewhere."""
    main, part = tmp_path / "openclaw.json", tmp_path / "part.json5"
    main.write_text('{ agents: { $include: "./part.json5", list: [] }, gateway: {} }')
    part.write_text('\n\n{ defaults: { model: "x/y" } }')
    situation = Situation(cwd=str(tmp_path), home=str(tmp_path), environ={})
    file = load_openclaw_file(situation, OpenClawPath(str(main)))
    assert isinstance(file, OpenClawFile)
    texts = {text.path: text for text in file.texts}

    def after(changes: tuple[Change, ...]) -> str | None:
        edits: list[Edit] = []
        for change in changes:
            text = texts[span_of(change).path]
            written = json5_edits(change, text)
            if written is None:
                return None
            edits += written
        return applied(text, edits)

    added = after(put(file.root, "/agents/ownership", "explicit"))
    assert added == (
        '{ agents: { $include: "./part.json5", list: [], ownership: "explicit" }, gateway: {} }'
    )
    assert after(put(file.root, "/agents/defaults/workspace", 1)) == (
        '\n\n{ defaults: { model: "x/y", workspace: 1 } }'
    )
    defaults = file.root.at("/agents/defaults")
    assert defaults is not None
    assert after((Add(file.root, "copy", defaults),)) is None
    agents = file.root.at("/agents")
    assert agents is not None
    assert after((Remove(agents, agents.entries[0]),)) is None


def test_a_parent_that_is_a_scalar_takes_no_key() -> None:
    source = parse_yaml(Text("/x", "a: text\n"))
    assert isinstance(source, Source)
    assert put(source.root, "/a/b", 1) == ()


NAMES = st.sampled_from(["a", "b", "api_key", "x-y", "model", "1", "a b", "é"])
SCALARS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=12).filter(
        lambda text: text.isprintable()
    ),
    st.booleans(),
    st.integers(-999, 9999),
    st.sampled_from(["2024-10-21", "true", "", "null", "os.environ/X", "${X}", "a: b", "# c"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, min_size=1, max_size=3), st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)
GAPS = st.sampled_from(["", " ", "\n", " // c\n", "\n  ", "/* d */", "\t"])


@st.composite
def json5_texts(draw: st.DrawFn) -> str:
    return _json5(draw, draw(MAPPINGS)) + draw(st.sampled_from(["", "\n", "\n// end"]))


def _json5(draw: st.DrawFn, value: Any) -> str:
    def gap() -> str:
        return draw(GAPS)

    if isinstance(value, dict):
        parts = [
            f"{gap()}{_key(draw, key)}{gap()}:{gap()}{_json5(draw, item)}{gap()}"
            for key, item in value.items()
        ]
        tail = draw(st.sampled_from(["", "," + gap()])) if parts else ""
        return "{" + ",".join(parts) + tail + "}"
    if isinstance(value, list):
        parts = [f"{gap()}{_json5(draw, item)}{gap()}" for item in value]
        tail = draw(st.sampled_from(["", ","])) if parts else gap()
        return "[" + ",".join(parts) + tail + "]"
    written = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and "'" not in value and '"' not in value and "\\" not in value:
        return draw(st.sampled_from([written, f"'{value}'"]))
    return written


def _key(draw: st.DrawFn, key: str) -> str:
    forms = [json.dumps(key), f"'{key}'"]
    return draw(st.sampled_from([*forms, key] if key.isidentifier() else forms))


@st.composite
def yaml_texts(draw: st.DrawFn) -> str:
    lines = yaml.safe_dump(
        draw(MAPPINGS),
        allow_unicode=True,
        sort_keys=False,
        indent=draw(st.sampled_from([2, 4])),
        default_flow_style=draw(st.sampled_from([False, False, None])),
        width=10_000,
    ).splitlines()
    out: list[str] = []
    for line in lines:
        if draw(st.booleans()) and out and not out[-1].rstrip().endswith(("|", ">")):
            out.append(draw(st.sampled_from(["", "# comment", "      # deep"])))
        out.append(line)
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(out) + draw(st.sampled_from(["", end]))


def _pointers(root: Node, pointer: str = "") -> list[str]:
    found = [pointer]
    for token, child in root.children():
        found += _pointers(child, join_pointer(pointer, token))
    return found


def _expected(value: Any, tokens: tuple[str, ...], change: str, new: Any) -> Any:
    """The plain value after a change at a place."""
    if tokens:
        step: Any = int(tokens[0]) if isinstance(value, list) else tokens[0]
        copy = list(value) if isinstance(value, list) else dict(value)
        copy[step] = _expected(copy[step], tokens[1:], change, new)
        return copy
    match change:
        case "put":
            return new
        case "add":
            return {**value, "added": new}
        case "append":
            return [*value, new]
        case "remove":
            return dict(list(value.items())[1:])
        case _:
            first = next(iter(value))
            return {("renamed" if key == first else key): item for key, item in value.items()}


def _changes(node: Node, new: Any) -> dict[str, Change]:
    changes: dict[str, Change] = {"put": Put(node, new)}
    if node.kind == "mapping":
        changes["add"] = Add(node, "added", new)
        if node.entries:
            changes["remove"] = Remove(node, node.entries[0])
            changes["rename"] = Rename(node.entries[0], "renamed")
    if node.kind == "sequence":
        changes["append"] = Append(node, new)
    return changes


def _comments(content: str) -> int:
    return sum(content.count(mark) for mark in ("// c", "/* d */", "// end", "# comment", "# deep"))


def _check(data: st.DataObject, text: Text, write: Any, load: Any, plain: Any) -> None:
    source = parse_json5(text) if load is json5.loads else parse_yaml(text)
    assert isinstance(source, Source), source
    pointer = data.draw(st.sampled_from(_pointers(source.root)[1:]))
    node = at(source.root, pointer)
    new = data.draw(VALUES)
    changes = _changes(node, new)
    name = data.draw(st.sampled_from(sorted(changes)))
    edits = write(changes[name], text)
    if edits is None:
        return
    after = applied(text, list(edits))
    tokens = tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))
    assert load(after) == _expected(plain, tokens, name, new), after
    if name != "remove" and (name != "put" or node.kind not in ("mapping", "sequence")):
        assert _comments(after) >= _comments(text.content)


@settings(max_examples=100, deadline=None)
@given(st.data(), json5_texts())
def test_any_change_of_a_json5_text(data: st.DataObject, content: str) -> None:
    text = Text("/x.json", content)
    _check(data, text, json5_edits, json5.loads, json5.loads(content))


@settings(max_examples=100, deadline=None)
@given(st.data(), yaml_texts())
def test_any_change_of_a_yaml_text(data: st.DataObject, content: str) -> None:
    text = Text("/x.yaml", content)
    _check(data, text, yaml_edits, yaml.safe_load, yaml.safe_load(content))


def test_a_value_with_something_around_it_is_not_rewritten() -> None:
    text = Text("/openclaw.json", "{ env: { A: 'hidden' } }")
    source = parse_json5(text)
    assert isinstance(source, Source)
    value = at(source.root, "/env/A")
    edits = json5_edits(Put(value, {"A": value}), text) or ()
    assert [edit.text for edit in edits] == ["{ A: ", " }"]
