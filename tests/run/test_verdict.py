"""The verdict and the status of each route, for the chains of the fixture cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import FIXTURES, Case, built, diagnosed, played
from conftest import Place

from clawdoctor.finding import Outcome, Report, RouteLine, RouteStatus
from clawdoctor.report import render
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.verdict import verdict_of

MAIN, SPARE = "azure-openai/gpt-5.2", "azure-openai/gpt-4o-mini"


def report(name: str, tmp_path: Path) -> Report:
    (folder,) = FIXTURES.glob(f"*/{name}")
    return played(Case(folder), tmp_path)


@pytest.mark.parametrize(
    ("name", "verdict", "answers_with", "exit_code"),
    [
        ("AZ111-*/good", "answers", MAIN, 0),
        ("AZ110-*/bad-past-and-still-answers", "answers", MAIN, 1),
        ("AZ101-*/near-turn-straight", "answers", MAIN, 0),
        ("PX104-*/near-calls-the-tool", "answers", MAIN, 0),
        ("AZ003-*/bad-turn-wrong-only-here", "answers", MAIN, 0),
        ("AZ101-*/bad-turn-fallback-answers", "degraded", SPARE, 1),
        ("AZ101-*/bad-turn-one-of-two", "degraded", MAIN, 0),
        ("AZ101-*/bad-turn-first-of-two", "degraded", MAIN, 0),
        ("AZ003-*/bad-turn-one-of-two", "degraded", MAIN, 0),
        ("AZ003-*/bad-turn-one-of-two-known", "degraded", MAIN, 0),
        ("AZ003-*/bad-turn-litellm-falls-back", "degraded", MAIN, 0),
        ("OC116-*/bad-turn-only-the-primarys-key", "broken", None, 1),
        ("OC116-*/bad-turn-key-refused", "broken", None, 1),
        ("AZ101-*/bad-turn", "broken", None, 1),
        ("PX103-*/bad-no-file", "broken", None, 1),
        ("PX001-*/bad-refused", "broken", None, 1),
        ("AZ101-*/near-unlisted", "unknown", None, 0),
        ("LL201-*/near-turn-memory-search", "answers", MAIN, 0),
        ("LL201-*/bad-turn-memory-search", "degraded", MAIN, 1),
        ("LL201-*/bad-memory-search", "degraded", None, 1),
    ],
)
def test_verdict(
    name: str, verdict: str, answers_with: str | None, exit_code: int, tmp_path: Path
) -> None:
    found = report(name, tmp_path)
    assert (found.verdict, found.answers_with, found.exit_code) == (
        verdict,
        answers_with,
        exit_code,
    )


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("AZ111-*/good", ["ok"]),
        ("AZ101-*/bad-turn-fallback-answers", ["broken", "ok"]),
        ("AZ101-*/bad-turn-first-of-two", ["degraded"]),
        ("AZ003-*/bad-turn-litellm-falls-back", ["degraded"]),
        ("AZ101-*/near-unlisted", ["unknown"]),
        ("LL201-*/near-turn-memory-search", ["ok", "unknown"]),
    ],
)
def test_each_route_has_its_status(name: str, statuses: list[str], tmp_path: Path) -> None:
    assert [route.status for route in report(name, tmp_path).routes] == statuses


def test_the_broken_hop_is_the_source_of_the_answer(tmp_path: Path) -> None:
    """The proxy is not at fault for a page that comes from Azure's address."""
    (route,) = report("PX104-*/bad-page-before-azure", tmp_path / "azure").routes
    assert route.broken_at == "azure"
    assert dict(route.hops)["proxy"] is Outcome.PASSED
    (route,) = report("PX104-*/bad-page-before-the-proxy", tmp_path / "proxy").routes
    assert route.broken_at == "proxy"
    assert dict(route.hops)["azure"] is Outcome.PASSED


ELSEWHERE = 'anthropic: { apiKey: "sk-ant-1", models: [{ id: "claude", name: "C" }] },'
PRIMARY = f'primary: "{MAIN}"'


@pytest.mark.parametrize(
    "model",
    [
        f'{PRIMARY}, fallbacks: ["anthropic/claude"]',
        f'primary: "anthropic/claude", fallbacks: ["{MAIN}"]',
    ],
)
def test_a_provider_outside_the_chain_may_answer(model: str, tmp_path: Path) -> None:
    (path,) = FIXTURES.glob("*/AZ101-*/bad-turn")
    case = Case(path)
    folder = built(case, tmp_path / "project")
    file = folder / "openclaw.json"
    text = file.read_text("utf-8").replace("providers: {", f"providers: {{ {ELSEWHERE}")
    file.write_text(text.replace(PRIMARY, model), "utf-8")
    found = diagnosed(folder, case.settings, tmp_path)
    assert (found.verdict, found.answers_with, found.exit_code) == ("degraded", None, 1)
    assert len(found.routes) == 1


def test_a_report_has_the_cost_of_the_run(tmp_path: Path) -> None:
    cost = report("AZ101-*/bad-turn-one-of-two", tmp_path).cost
    assert cost.billable_requests == 3
    assert cost.requests > cost.billable_requests
    assert (cost.prompt_tokens, cost.completion_tokens) == (152, 4)


def _line(model: str, *used_by: str, status: RouteStatus = "ok") -> RouteLine:
    pointers = tuple(f"/agents/defaults/model/{pointer}" for pointer in used_by)
    return RouteLine(model, pointers, None, (), status)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("fallbacks/0", "fallbacks/3"), ("fallbacks/1",)),
        (("fallbacks/2", "fallbacks/10"), ("fallbacks/3",)),
        (("fallbacks/9",), ("fallbacks/10",)),
        (("fallbacks/1",), ()),
    ],
)
def test_openclaw_tries_the_earliest_fallback_first(
    here: Place, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    main = _line("p/main", "primary", status="broken")
    lines = (_line("p/second", *second), _line("p/first", *first), main)
    for routes in (lines, lines[::-1]):
        facts = Facts(loaders(here.situation()), SUBJECTS)
        assert verdict_of(Report("1", routes=routes), facts, ()) == ("degraded", "p/first")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("ok", "broken"), ("degraded", MAIN)),
        (("unknown", "broken"), ("degraded", None)),
        (("broken", "broken"), ("broken", None)),
        (("broken", "unknown"), ("broken", None)),
        (("ok", "unknown"), ("answers", MAIN)),
        (("unknown", "unknown"), ("unknown", None)),
    ],
)
def test_memory_search_answers_no_message(
    here: Place, statuses: tuple[RouteStatus, RouteStatus], expected: tuple[str, str | None]
) -> None:
    search = RouteLine("p/embed", ("/memory/search/model",), None, (), statuses[1], embeds=True)
    routes = (search, _line(MAIN, "primary", status=statuses[0]))
    facts = Facts(loaders(here.situation()), SUBJECTS)
    assert verdict_of(Report("1", routes=routes), facts, ()) == expected


def test_memory_search_is_not_taken_for_an_agent_in_an_otherwise_empty_chain(
    tmp_path: Path,
) -> None:
    (path,) = FIXTURES.glob("*/LL201-*/bad-memory-search")
    case = Case(path)
    folder = built(case, tmp_path / "project")
    file = folder / "openclaw.json"
    text = file.read_text("utf-8").replace('primary: "azure-openai/gpt-5.2"', 'primary: "xai/grok"')
    file.write_text(text.replace('{ id: "gpt-5.2"', '// { id: "gpt-5.2"'), "utf-8")
    found = diagnosed(folder, case.settings, tmp_path)
    assert [route.model for route in found.routes] == ["azure-openai/text-embedding-3-small"]
    assert (found.verdict, found.exit_code) == ("degraded", 1)
    assert "Your agent cannot answer" not in render(found)
