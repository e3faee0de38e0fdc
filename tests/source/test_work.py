"""The memory that texts of 2 MiB take, and the values that a file may have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

_STATUS = Path("/proc/self/status")
_PROGRAM = """
import pathlib, sys
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
before, unit = sys.argv[1:]
content = before + unit * (2 * 1024 * 1024 // len(unit.encode()))
for parse in (parse_json5, parse_yaml):
    parse(Text("/x", content))
print(pathlib.Path("/proc/self/status").read_text())
"""
_UNITS = ('"', "\\", "{", "'", "a: ", "\t", "&a *a ", "- ", "#", "\n", "\r", "// \n", "a: b\n",
          "a:\n", "- x\n", "a: |\n b\n", "a:\t1\n", "[]\n", '"a":1,', "[],", "\u2028")  # fmt: skip


@pytest.mark.skipif(not _STATUS.exists(), reason="memory is measured as on Linux")
@pytest.mark.parametrize(
    ("before", "unit"),
    [
        ("", "["),
        *(pytest.param("", unit, marks=pytest.mark.slow) for unit in _UNITS),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("[", "1,"), ("a: [", '"b",'))),
    ],
)
def test_a_text_of_2_mib_takes_little_memory(before: str, unit: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, before, unit], capture_output=True, text=True, check=True
    )
    peak = next(line for line in done.stdout.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 130 * 1024, peak


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["- x\n", "a: b\n", "- [a, b]\n"])
def test_a_yaml_file_has_at_most_so_many_values(unit: str) -> None:
    result = parse_yaml(Text("/x", unit * 110_000))
    assert isinstance(result, SyntaxFault)
    assert result.message == "more than 100000 keys and values"
    assert isinstance(parse_yaml(Text("/x", unit * 20_000)), Source)


@pytest.mark.slow
def test_a_json5_list_has_at_most_so_many_items() -> None:
    result = parse_json5(Text("/x", "[" + "1," * 200_001 + "]"))
    assert isinstance(result, SyntaxFault)
    assert result.message == "more than 200000 items"
    assert isinstance(parse_json5(Text("/x", "[" + "1," * 200_000 + "]")), Source)


def test_every_key_of_a_large_mapping_is_found_without_a_search() -> None:
    def mapping(size: int) -> Node:
        result = parse_json5(
            Text("/x", "{" + "".join(f"k{n}: {n}," for n in range(size)) + "k3: 0}")
        )
        assert isinstance(result, Source)
        return result.root

    large = mapping(100)
    assert [large.get(f"k{n}").value for n in (2, 3, 99)] == [2, 0, 99]  # type: ignore[union-attr]
    assert large.get("k100") is None
    assert large == mapping(100)
    entries = large.entries

    class Counting(tuple):  # type: ignore[type-arg]
        passes = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            Counting.passes += 1
            return super().__iter__()

    node = Node("mapping", large.span, entries=Counting(entries))
    for n in range(100):
        node.get(f"k{n}")
    assert Counting.passes == 1
