"""OpenClaw's search paths and `$include`, as in OpenClaw 2026.9.6."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.run.needs import Absent, Unavailable


@pytest.mark.parametrize(
    "path",
    [
        "home/.openclaw/openclaw.json",
        "home/.openclaw/clawdbot.json",
        "home/.clawdbot/openclaw.json",
        "home/.clawdbot/clawdbot.json",
    ],
)
def test_found_where_openclaw_looks(here: Any, path: str) -> None:
    written = here.write(path, "{}")
    assert here.fact(OpenClawFile).path == str(written)


@pytest.mark.parametrize(
    "path", ["home/.moltbot/moltbot.json", "home/.openclaw/openclaw.json5", "project/openclaw.json"]
)
def test_not_found_elsewhere(here: Any, path: str) -> None:
    here.write(path, "{}")
    assert isinstance(here.fact(OpenClawFile), Absent)


def test_the_order_of_the_candidates(here: Any) -> None:
    legacy = here.write("home/.clawdbot/clawdbot.json", "{}")
    usual = here.write("home/.openclaw/openclaw.json", "{}")
    state = here.write("state/openclaw.json", "{}")
    named = here.write("named.json", "{}")
    found = [
        here.fact(OpenClawFile, environ).path
        for environ in (
            {},
            {"OPENCLAW_STATE_DIR": str(state.parent)},
            {"OPENCLAW_STATE_DIR": str(state.parent), "OPENCLAW_CONFIG_PATH": str(named)},
            {"OPENCLAW_HOME": str(legacy.parent)},
        )[:3]
    ]
    assert found == [str(usual), str(state), str(named)]
    usual.unlink()
    assert here.fact(OpenClawFile).path == str(legacy)


def test_a_named_path_wins_even_where_nothing_is(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", "{}")
    missing = {"OPENCLAW_CONFIG_PATH": str(here.project / "nope.json")}
    assert isinstance(here.fact(OpenClawFile, missing), Absent)


@pytest.mark.parametrize("blank", ["", "  ", "undefined", "null"])
def test_blank_variables_count_as_unset(here: Any, blank: str) -> None:
    usual = here.write("home/.openclaw/openclaw.json", "{}")
    assert here.fact(OpenClawFile, {"OPENCLAW_HOME": blank}).path == str(usual)


def test_openclaw_home(here: Any) -> None:
    other = here.write("other/.openclaw/openclaw.json", "{}")
    environ = {"OPENCLAW_HOME": str(other.parent.parent)}
    assert here.fact(OpenClawFile, environ).path == str(other)


def test_include_one_file_and_siblings_override(here: Any) -> None:
    here.write("home/.openclaw/models.json5", "{ mode: 'merge', providers: { a: { api: 'x' } } }")
    here.write(
        "home/.openclaw/openclaw.json",
        "{ models: { $include: './models.json5', providers: { a: { api: 'y' }, b: {} } } }",
    )
    file = here.fact(OpenClawFile)
    assert file.root.python() == {
        "models": {"mode": "merge", "providers": {"a": {"api": "y"}, "b": {}}}
    }
    assert file.root.at("/models/mode").span.path.endswith("models.json5")
    assert len(file.texts) == 2


def test_include_a_list_merges_deep_and_lists_are_joined(here: Any) -> None:
    here.write("home/.openclaw/a.json5", "{ x: { l: [1], k: 1 } }")
    here.write("home/.openclaw/b.json5", "{ x: { l: [2], k: 2 } }")
    here.write("home/.openclaw/openclaw.json", "{ $include: ['a.json5', './b.json5'] }")
    assert here.fact(OpenClawFile).root.python() == {"x": {"l": [1, 2], "k": 2}}


@pytest.mark.parametrize(
    ("include", "files", "reason"),
    [
        ("'./nope.json5'", {}, "not found"),
        ("'../out.json5'", {"../out.json5": "{}"}, "outside the folder"),
        ("'./a.json5'", {"a.json5": "{ $include: './openclaw.json' }"}, "includes itself"),
        ("'./a.json5'", {"a.json5": "{ x: "}, "not valid JSON5"),
        ("4", {}, "must be a path"),
        ("[4]", {}, "must be a string"),
    ],
)
def test_broken_includes(here: Any, include: str, files: dict[str, str], reason: str) -> None:
    for name, text in files.items():
        here.write(f"home/.openclaw/{name}", text)
    here.write("home/.openclaw/openclaw.json", f"{{ models: {{ $include: {include} }} }}")
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    assert lack.kind == "openclaw-include-broken"
    assert reason in lack.reason
    assert lack.place is not None
    assert lack.place.span is not None


def test_an_include_may_leave_the_folder_where_that_is_allowed(here: Any) -> None:
    here.write("shared/m.json5", "{ mode: 'merge' }")
    here.write("home/.openclaw/openclaw.json", "{ models: { $include: '../../shared/m.json5' } }")
    roots = {"OPENCLAW_INCLUDE_ROOTS": str(here.project.parent / "shared")}
    assert isinstance(here.fact(OpenClawFile, roots), OpenClawFile)
    assert isinstance(here.fact(OpenClawFile), Unavailable)


def test_a_link_out_of_the_folder_is_refused(here: Any) -> None:
    outside = here.write("outside.json5", "{}")
    here.write("home/.openclaw/openclaw.json", "{ $include: './link.json5' }")
    (here.home / ".openclaw/link.json5").symlink_to(outside)
    assert isinstance(here.fact(OpenClawFile), Unavailable)


def test_includes_nest_at_most_ten_deep(here: Any) -> None:
    for depth in range(12):
        here.write(f"home/.openclaw/{depth}.json5", f"{{ $include: './{depth + 1}.json5' }}")
    here.write("home/.openclaw/openclaw.json", "{ $include: './0.json5' }")
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    assert "10 levels" in lack.reason


def test_a_file_that_does_not_parse_belongs_to_oc002(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", '{ "a": 1 "b": 2 }')
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    assert lack.kind == "openclaw-config-syntax"
