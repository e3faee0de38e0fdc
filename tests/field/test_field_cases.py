"""Every case of a real user gives what that user must see.

A folder of fixtures/field/ holds the files of a chain that a real user reported or published, with
names, hosts and keys replaced, and its `case.toml`:

    source = "openclaw/openclaw#12345"    # public reference
    kind = "provider of one's own"        # a row of the table in fixtures/field/README.md
    cause = "The established cause, in our own words."
    working = true                        # the chain works: no error, exit 0
    later = "Title of an issue"           # only this issue will serve the case
    mode = "live"                         # or "free", with a table `proxy` or `azure`
    [options]                             # which file is given to which option; without this
    openclaw_config = "openclaw.json"     # table clawdoctor looks for the files itself
    litellm_config = "config.yaml"
    compose = "docker-compose.yml"        # also env_file, log, proxy_url, trusted_hosts, models

`now`, `processes`, `[environ]`, `[versions]`, `[proxy]` and `[azure.NAME]` mean the same as in
tests/cases.py. A folder `home` is the user's home. There is no `base` and no `[diff]`: a case
holds all of its files.

    [expect]
    any = ["LL201", "OC109"]     # one of these is an error or a warning
    all = ["OC005:error"]        # each of these is
    first = ["LL201", "LL202"]   # one of these is the first root cause
    forbid = ["OC003"]           # none of these is an error; "*" is any code
    line = "gpt-4o-mini"         # a finding of `any` or `all` shows this in its place or message
    shows = ["near miss"]        # the report contains each of these, hidden notes included
    hides = ["litellm_config"]   # and none of these
    routes = ["relay/gpt-5.2"]   # the report draws these models of OpenClaw
    verdict = "broken"
    exit = 1

A code can be the name of a check. `CODE:severity` means at least this severity: `OC114:warning`
is a warning or an error, `OC114:info` any finding, and `forbid = ["DK106:warning"]` forbids
errors and warnings. `line`, `shows` and `hides` are regular expressions.

    [[explain]]
    text = "HTTP 404: Resource not found"     # or file = "error.txt"
    codes = ["AZ102"]                         # the first match is one of these; [] is unrecognised
    shows = ["preview"]                       # as above, in the explanation
    hides = ["model_list"]
    later = "Title of an issue"

A case needs `[expect]`, `working` or `[[explain]]`. A case with `later` fails until its issue is
done; then the mark must go. No key of a case's files appears in a report.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cases import FIXTURES, diagnosed, situation_of
from schemas import check_report

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import explain
from clawdoctor.errors.places import with_places
from clawdoctor.finding import Place, Report, ReportedFinding, Severity
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.formats.json import document
from clawdoctor.report import render

FIELD = FIXTURES / "field"
CASES = {
    file.parent.name: tomllib.loads(file.read_text("utf-8")) for file in FIELD.glob("*/*.toml")
}

_DESCRIPTION = {"source", "kind", "cause"}
_RUN = {"mode", "options", "environ", "versions", "now", "processes", "proxy", "azure"}
_SCENE = {"names_found", "addresses"}
_KEYS = _DESCRIPTION | _RUN | _SCENE | {"working", "later", "expect", "explain"}
_EXPECT = {"any", "all", "first", "forbid", "line", "routes", "shows", "hides", "verdict", "exit"}
_EXPLAIN = {"text", "file", "codes", "shows", "hides", "later"}
_CODE = re.compile(r"[A-Z]{2}\d{3}|[a-z]+(-[a-z]+)+")
_KEY = re.compile(r"\b(?:sk-[\w-]{8,}|[0-9a-f]{32,})")


def _marks(later: str | None) -> list[pytest.MarkDecorator]:
    mark = pytest.mark.xfail(strict=True, reason=f"issue: {later}", raises=AssertionError)
    return [mark] if later else []


RUNS = [
    pytest.param(name, id=name, marks=_marks(case.get("later")))
    for name, case in sorted(CASES.items())
    if "expect" in case or case.get("working")
]
EXPLAINED = [
    pytest.param(name, number, id=f"{name}-{number}", marks=_marks(row.get("later")))
    for name, case in sorted(CASES.items())
    for number, row in enumerate(case.get("explain", ()))
]


@pytest.mark.parametrize("name", sorted(CASES))
def test_case_is_complete(name: str) -> None:
    case, kinds = CASES[name], (FIELD / "README.md").read_text("utf-8")
    assert case.keys() <= _KEYS
    assert all(case.get(key, "").strip() for key in _DESCRIPTION)
    assert f"| {case['kind']} |" in kinds
    assert case.keys() & {"expect", "working", "explain"}
    assert case.get("mode", "offline") == "offline" or case.keys() & {"proxy", "azure"}
    expect = _expected(case)
    assert expect.keys() <= _EXPECT
    named = [code for key in ("any", "all", "first", "forbid") for code in expect.get(key, ())]
    for row in case.get("explain", ()):
        assert row.keys() <= _EXPLAIN
        assert ("text" in row) != ("file" in row)
        named += row["codes"]
    for code, _ in map(_split, named):
        assert code == "*" or _CODE.fullmatch(code), code
    assert "line" not in expect or expect.keys() & {"any", "all"}


@pytest.mark.quick(60)
@pytest.mark.parametrize("name", RUNS)
def test_report_says_what_the_user_must_see(name: str, tmp_path: Path) -> None:
    case, expect = CASES[name], _expected(CASES[name])
    report = diagnosed(_files(name, tmp_path), {"args": [], **case}, tmp_path)
    text = render(report, verbose=True)
    sys.stdout.write(text)
    check_report(json.loads(json.dumps(document(report))))
    assert not _shown_keys(name, text + json.dumps(document(report)))
    assert not report.internal_errors
    for code in expect.get("all", ()):
        assert _found(report, code), f"{code} is missing"
    either = expect.get("any", ())
    assert not either or any(_found(report, code) for code in either), f"none of {either}"
    if "first" in expect:
        roots = [finding for finding in report.findings if finding.root_cause]
        first = expect["first"]
        assert roots and any(_has(roots[0], _split(code)[0]) for code in first), (
            f"not first: {first}"
        )
    for code in expect.get("forbid", ()):
        assert not _found(report, code, Severity.ERROR), f"{code} is a false alarm"
    if "line" in expect:
        findings = [f for code in (*expect.get("all", ()), *either) for f in _found(report, code)]
        assert any(re.search(expect["line"], text) for f in findings for text in _texts(f))
    assert set(expect.get("routes", ())) <= {route.model for route in report.routes}
    _check_text(text, expect)
    assert report.verdict == expect.get("verdict", report.verdict)
    assert report.exit_code == expect.get("exit", report.exit_code)


@pytest.mark.parametrize(("name", "number"), EXPLAINED)
def test_explanation_names_the_cause(name: str, number: int, tmp_path: Path) -> None:
    case, row = CASES[name], CASES[name]["explain"][number]
    folder = _files(name, tmp_path)
    text = row["text"] if "text" in row else (folder / row["file"]).read_text("utf-8")
    checks = built_in_checks()
    situation = situation_of(folder, {"args": [], **case}, tmp_path)
    explanation, _ = with_places(explain(text, checks), situation, checks)
    shown = to_text(explanation, checks, width=88)
    sys.stdout.write(shown)
    assert not _shown_keys(name, shown)
    assert explanation.recognised == bool(row["codes"])
    first = [(match.code, match.name) for match in explanation.matches[:1]]
    assert not row["codes"] or set(row["codes"]) & {name for names in first for name in names}
    _check_text(shown, row)


def _expected(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a case expects. A chain that works has no error and exit code 0."""
    expect: dict[str, Any] = case.get("expect", {})
    if case.get("working"):
        expect = {**expect, "exit": 0, "forbid": ["*", *expect.get("forbid", ())]}
    return expect


def _files(name: str, tmp_path: Path) -> Path:
    """Copy the files of a case. Return their folder."""
    skipped = shutil.ignore_patterns("case.toml")
    return Path(shutil.copytree(FIELD / name, tmp_path / "project", ignore=skipped))


def _split(code: str) -> tuple[str, Severity | None]:
    name, _, severity = code.partition(":")
    return name, Severity(severity) if severity else None


def _has(finding: ReportedFinding, code: str) -> bool:
    return code in ("*", finding.code, finding.name)


def _found(
    report: Report, written: str, default: Severity = Severity.WARNING
) -> list[ReportedFinding]:
    """Return the findings of a code that have at least the severity written after it."""
    code, severity = _split(written)
    limit = (severity or default).rank
    return [f for f in report.findings if _has(f, code) and f.severity.rank <= limit]


def _texts(finding: ReportedFinding) -> Iterable[str]:
    yield from (finding.title, finding.message)
    for place in (finding.place, *finding.related):
        if isinstance(place, Place):
            yield from (place.path, place.pointer, place.label)
            yield place.excerpt.text if place.excerpt else ""


def _check_text(text: str, wanted: dict[str, Any]) -> None:
    words = re.sub(r"\s+", " ", text)
    for pattern in wanted.get("shows", ()):
        assert re.search(pattern, words), f"does not say {pattern}"
    for pattern in wanted.get("hides", ()):
        assert not re.search(pattern, words), f"says {pattern}"


def _shown_keys(name: str, text: str) -> list[str]:
    """Return the keys in the files of a case that a text contains."""
    files = [file for file in sorted((FIELD / name).rglob("*")) if file.is_file()]
    keys = {key for file in files for key in _KEY.findall(file.read_text("utf-8", "replace"))}
    return [key for key in sorted(keys) if key in text]
