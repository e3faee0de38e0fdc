"""Tables of several versions lose nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from refresh.history import decoded, encoded
from refresh.table_file import text_of

VERSIONS = ("1.2.0", "1.9.0", "1.10.0", "2.0.0")
WORDS = st.sampled_from(["a", "b", "c"])
ROWS = st.dictionaries(st.sampled_from(["mode", "input"]), st.integers(0, 1), min_size=1)
FACTS = st.fixed_dictionaries(
    {
        "names": st.lists(WORDS, unique=True).map(sorted),
        "rows": st.dictionaries(WORDS, ROWS),
        "values": st.dictionaries(WORDS, st.integers(0, 2)),
    }
)
COLUMNS = st.fixed_dictionaries({}, optional=dict.fromkeys(VERSIONS, FACTS))


@given(COLUMNS)
def test_each_version_is_found_again(columns: dict[str, dict[str, object]]) -> None:
    dates = dict.fromkeys(columns, "2026-11-29")
    document = encoded("litellm", columns, dates)
    assert decoded(document) == (columns, dates)
    assert encoded("litellm", *decoded(document)) == document
    assert text_of(document).endswith("}\n")


@given(COLUMNS, FACTS)
def test_a_version_that_says_what_its_neighbour_says_adds_only_itself(
    columns: dict[str, dict[str, object]], facts: dict[str, object]
) -> None:
    columns = {**columns, "1.9.0": facts, "1.10.0": facts}
    dates = dict.fromkeys(columns, "2026-11-29")
    with_it = text_of(encoded("litellm", columns, dates)).splitlines()
    del columns["1.9.0"]
    without = text_of(encoded("litellm", columns, dates)).splitlines()
    changed = {line.strip(" ,[") for line in with_it} - {line.strip(" ,[") for line in without}
    assert all("1.9.0" in line for line in changed)
