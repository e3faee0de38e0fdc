import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from report_cases import (
    CASES,
    CWD,
    FALLBACK,
    HOME,
    PRIMARY,
    at,
    degraded,
    healthy,
    hostile,
    internal_error,
    key_refused,
    long_lines,
    many_findings,
    many_routes,
    numbered,
    reported,
    route,
    seed,
    usage_error,
)
from rich.cells import cell_len

from clawdoctor.finding import (
    CheckOutcome,
    Command,
    DiffLine,
    Evidence,
    Excerpt,
    Fix,
    Input,
    Outcome,
    Place,
    Report,
    RouteLine,
    RouteStatus,
    Severity,
    Step,
    Verdict,
)
from clawdoctor.report import render
from clawdoctor.source.text import Span
from clawdoctor.terminal.frame import cut_around
from clawdoctor.terminal.line import Look

Snapshot = Callable[[str, str], None]
AGAIN = Command("clawdoctor run")

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def shown(report: Report, **options: object) -> str:
    return render(report, **{"home": HOME, "cwd": CWD} | options)  # type: ignore[arg-type]


def errors(*consequences: str) -> Report:
    findings = tuple(
        reported(ERROR, f"message {n}", code=f"LL{n}", consequence=text)
        for n, text in enumerate(consequences)
    )
    return Report("0.1.0", verdict="broken", findings=findings)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [80, 88])
def test_snapshot(name: str, width: int, snapshot: Snapshot) -> None:
    snapshot(f"report/{name}-{width}.txt", shown(CASES[name](), width=width))


VARIANTS: dict[str, dict[str, object]] = {
    "ascii": {"unicode": False},
    "verbose": {"verbose": True},
    "quiet": {"quiet": True},
    "narrow": {"width": 40},
    "color": {"color": True},
}


@pytest.mark.parametrize("name", ["seed", "key_refused", "uncertain", "internal_error", "hostile"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_snapshot_of_variant(name: str, variant: str, snapshot: Snapshot) -> None:
    snapshot(f"report/{name}-{variant}.txt", shown(CASES[name](), **VARIANTS[variant]))


def test_a_usage_error_is_shown_alone() -> None:
    for options in ({"quiet": True}, {"verbose": True}):
        text = shown(usage_error(), **options)
        assert "error: litellm_config.yaml is a folder." in text
        assert "Not checked" not in text


@pytest.mark.parametrize("width", [40, 47, 88, 200])
@pytest.mark.parametrize("variant", [{}, {"unicode": False}, {"verbose": True}, {"quiet": True}])
@pytest.mark.parametrize("name", CASES)
def test_lines_fit(name: str, variant: dict[str, object], width: int) -> None:
    report = CASES[name]()
    verbatim = [
        text
        for finding in report.findings
        for fix in finding.fixes
        for block in (fix.snippet, *(it.text for it in fix.actions if isinstance(it, Command)))
        for text in block.splitlines()
    ]
    text = shown(report, width=width, **variant)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for line in text.splitlines():
        assert line == line.rstrip()
        copied = any(v.strip() and v.strip() in line for v in verbatim)
        # The hostile command is changed, so its start identifies it.
        if not copied and "://" not in line and "echo" not in line:
            assert cell_len(line) <= width, line


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("verbose", [False, True])
def test_ascii_can_be_encoded(name: str, verbose: bool) -> None:
    text = shown(CASES[name](), unicode=False, verbose=verbose)
    assert text.encode("ascii")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("unicode", [False, True])
def test_nothing_steers_the_terminal(name: str, unicode: bool) -> None:
    text = shown(CASES[name](), unicode=unicode, verbose=True)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
    )


def test_color_adds_nothing_but_styles() -> None:
    for name in CASES:
        plain, colored = shown(CASES[name]()), shown(CASES[name](), color=True)
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
        assert set(re.findall(r"\x1b(.)", colored)) <= {"["}


def test_color_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(seed(), color=True)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", "20")):
        monkeypatch.setenv(name, value)
    assert shown(seed(), color=True) == before


def test_markup_is_text() -> None:
    text = shown(hostile())
    assert "[bold]not bold[/bold] [gpt-4o] ['store'] :warning:" in text
    assert "│ write a: [b]\n   │         c: d\n" in text


def test_a_tab_is_one_column() -> None:
    lines = shown(hostile()).splitlines()
    number, text = next((n, line) for n, line in enumerate(lines) if "日本語" in line)
    assert text.index("value") == lines[number + 1].index("^")


def test_paths_are_shortened() -> None:
    place = at(1, "a: b", "b", path=f"{CWD}/sub/x.yaml")
    report = Report("1", findings=(reported(ERROR, "m", place=place, code="LL101"),))
    assert "┌─ sub/x.yaml:1:4" in shown(report)
    assert "┌─ ~/proxy/sub/x.yaml:1:4" in render(report, home=HOME, cwd="/")
    assert "┌─ ~/proxy/sub/x.yaml:1:4" in render(report, home=HOME, cwd=HOME)
    assert f"┌─ {CWD}/sub/x.yaml:1:4" in render(report)
    assert f"┌─ {CWD}/sub/x.yaml:1:4" in render(report, home="/home/m", cwd="/home/mo/pro")


SEARCH = ("/memory/search/model",)
LOST = "Your agent cannot use its primary model, m"


def verdict(report: Report) -> str:
    """The sentences of the verdict, without its mark."""
    paragraph = shown(report, width=400).split("\n\n")[0]
    return " ".join(line[2:] for line in paragraph.splitlines())


def test_verdict_names_the_first_consequence() -> None:
    used = (route("m", PRIMARY, "✗···"),)
    report = replace(errors("a fails.", "a fails", "b fails", "c fails"), routes=used)
    assert verdict(report) == "Your agent cannot answer: a fails."
    assert verdict(replace(errors("", "b"), routes=used)).endswith(": message 0.")
    assert verdict(replace(errors(), routes=used)) == "Your agent cannot answer."
    assert verdict(errors("a fails")) == "This will not work: a fails."
    unsure = replace(errors("a fails"), routes=used, verdict="unknown")
    assert verdict(unsure) == "Your agent may not answer: a fails."


def test_verdict_names_what_answers_instead() -> None:
    start = "Your agent answers, but"
    report = degraded()
    assert verdict(report).startswith(f"{start} with gpt-4o-mini instead of gpt-5.2: contoso-ai")
    primary = replace(report, answers_with="azure-openai/gpt-5.2")
    assert verdict(primary).startswith(f"{start} not with gpt-5.2: ")
    assert verdict(many_routes()) == f"{start} not with model-7 and 1 more."
    assert verdict(replace(many_routes(), routes=())) == f"{start} not every model could be tried."
    other = RouteLine("other/gpt-4o-mini", FALLBACK, None, ())
    assert "with azure-openai/gpt-4o-mini instead of gpt-5.2:" in verdict(
        replace(report, routes=(*report.routes, other))
    )


def test_verdict_does_not_claim_that_an_unknown_primary_fails() -> None:
    primary, fallback = degraded().routes[:2]
    routes = (replace(primary, status="unknown"), replace(fallback, status="ok"))
    report = replace(degraded(), findings=(), routes=routes, verdict="unknown")
    assert verdict(report) == (
        "gpt-4o-mini answers. Your agent's primary model, gpt-5.2, is unconfirmed."
    )


@pytest.mark.parametrize(
    ("overall", "status", "answers", "sentence"),
    [
        ("degraded", "ok", True, "Your agent answers. Memory search fails: it lacks embed."),
        ("degraded", "broken", False, f"{LOST}: m fails. A fallback may answer in its place "
         "without your noticing. Memory search fails: it lacks embed."),
        ("broken", "broken", False, "Your agent cannot answer: m fails. Memory search fails: it "
         "lacks embed."),
    ],
)  # fmt: skip
def test_verdict_keeps_memory_search_apart(
    overall: Verdict, status: RouteStatus, answers: bool, sentence: str
) -> None:
    chat = route("m", PRIMARY, "✓✓✓✓" if status == "ok" else "✗···", status=status)
    search = replace(route("embed", SEARCH, "✓✗··"), embeds=True)
    faults = [
        replace(
            reported(ERROR, "x", code="LL201", consequence="it lacks embed"), routes=(search.model,)
        )
    ]
    if status == "broken":
        lost = reported(ERROR, "y", code="LL202", consequence="m fails")
        faults.insert(0, replace(lost, routes=(chat.model,)))
    report = Report(
        "1",
        verdict=overall,
        answers_with=chat.model if answers else None,
        findings=tuple(faults),
        routes=(search, chat),
    )
    assert verdict(report) == sentence


def test_what_memory_search_shares_with_the_agent_is_said_once() -> None:
    chat, search = route("m", PRIMARY, "✗···"), replace(route("e", SEARCH, "✗···"), embeds=True)
    both = replace(errors("the proxy is down"), routes=(chat, search))
    found = replace(both.findings[0], routes=(chat.model, search.model))
    said = verdict(replace(both, findings=(found,)))
    assert said == "Your agent cannot answer: the proxy is down."


def test_memory_search_is_said_to_be_untested() -> None:
    search = replace(route("embed", SEARCH, "✓✓✓✓", status="unknown", latency=5), embeds=True)
    main = route("main", PRIMARY, "✓✓✓✓", status="ok", latency=7)
    lines = [line for line in shown(Report("1", routes=(search, main))).splitlines() if "✓" in line]
    assert [line.rpartition("✓")[2].strip() for line in lines] == ["7 ms", "not tested"]


def test_verdict_names_the_first_warning() -> None:
    warning = reported(WARNING, "one", code="LL101")
    report = Report("1", mode="free", findings=(warning,))
    assert verdict(report).endswith("Your agent may answer. Warning: one.")
    report = replace(report, findings=(warning, replace(warning, code="LL102")))
    assert verdict(report).endswith("Your agent may answer. First of 2 warnings: one.")


@pytest.mark.parametrize(
    ("pointers", "roles"),
    [
        (PRIMARY, "primary"),
        (("agents.defaults.model.primary",), "primary"),
        (("agents.defaults.model",), "primary"),
        (("agents.defaults.model.fallbacks[0]",), "fallback"),
        (("/agents/entries/ops/model",), "primary of agent ops"),
        (("/agents/entries/a.b/model/fallbacks/1",), "fallback of agent a.b"),
        (("agents.list[2].model.primary",), "primary of agents.list[2]"),
        (("/agents/defaults/imageModel/primary",), "imageModel"),
        (("/memory/search/model",), "memory search"),
        (("/agents/defaults/memorySearch/model",), "memory search"),
        (("/agents/entries/ops/memory/search/model",), "memory search of agent ops"),
        (("/agents/defaults/subagents/model/fallbacks/0",), "subagents fallback"),
        ((*PRIMARY, *PRIMARY, *FALLBACK), "primary, fallback"),
        ((*PRIMARY, *FALLBACK, "/agents/ops/model"), "primary, fallback, 1 more"),
    ],
)
def test_roles_are_read_from_pointers(pointers: tuple[str, ...], roles: str) -> None:
    report = Report("1", routes=(route("m", pointers, "✓✓✓✓"),))
    assert f"  azure-openai/m  {roles}\n" in shown(report)


def test_docker_is_in_the_bar_only_if_it_is_a_hop() -> None:
    line = route("m", PRIMARY, "✓✓✓✓")
    assert "docker" not in shown(Report("1", routes=(line,)))
    hops = (*line.hops[:2], ("docker", Outcome.NOT_APPLICABLE), *line.hops[2:])
    text = shown(Report("1", routes=(replace(line, hops=hops),)))
    assert "OpenClaw ✓ ── LiteLLM ✓ ── docker · ── proxy ✓ ── Azure ✓" in text


def test_route_without_hops_says_its_status() -> None:
    line = RouteLine("a/b", PRIMARY, None, (), "broken", "litellm")
    assert "    ✗ broken at LiteLLM\n" in shown(Report("1", routes=(line,)))


def test_unused_routes_are_shown_only_if_verbose() -> None:
    report = Report("1", routes=(route("m", (), "✓✓✓✓"),))
    assert "azure-openai/m" not in shown(report)
    assert "  azure-openai/m  not used\n" in shown(report, verbose=True)


def test_broken_routes_and_primaries_come_first() -> None:
    lines = shown(many_routes()).splitlines()
    models = [line.split()[0].partition("/")[2] for line in lines if "azure-openai/" in line]
    assert models == ["model-7", "model-40", "model-0", "model-1", "model-2"]
    assert shown(key_refused()).index("gpt-5.2 ") < shown(key_refused()).index("gpt-4o-mini ")


def test_symptoms_are_shown_only_under_their_cause() -> None:
    text = shown(key_refused(), verbose=True)
    assert text.count("PX103") == 1
    assert "\n✗ Cannot answer · 1 error · " in text


def test_symptom_of_a_symptom_is_under_the_root() -> None:
    cause = reported(ERROR, "cause", code="AZ003")
    symptom = reported(ERROR, "one", code="PX103", caused_by="f1")
    second_symptom = reported(WARNING, "two", code="PX104", caused_by="f2")
    note = reported(INFO, "three", code="PX105", caused_by="f1")
    text = shown(Report("1", findings=numbered(cause, symptom, second_symptom, note)))
    assert "   │ causes PX103 one\n   │        PX104 two\n" in text
    assert "1 error · 1 note (-v)" in text


def test_missing_and_circular_causes_lose_no_finding() -> None:
    lost = reported(ERROR, "lost", code="PX103", caused_by="f7")
    circle = reported(ERROR, "circle", code="PX104", caused_by="f2")
    text = shown(Report("1", findings=numbered(lost, circle)))
    assert "error[PX103] lost" in text
    assert "error[PX104] circle" in text


def test_a_group_shows_the_message_of_one_finding_or_the_title_of_several() -> None:
    finding = reported(ERROR, "message", title="title", code="LL101", place=Place("a", "/1"))
    other = replace(finding, message="other", place=Place("a", "/2", label="beside"))
    assert "error[LL101] message\n   ┌─ a:1:1\n" in shown(Report("1", findings=(finding,)))
    text = shown(Report("1", findings=(finding, other)))
    assert "error[LL101] title\n   ┌─ a:1:1  message\n   ├─ a:1:1  beside\n" in text


def test_each_place_is_shown_once_and_at_most_five() -> None:
    place = at(1, "a: b", "b")
    related = tuple(at(n, "a: b", "b", f"label {n}") for n in range(1, 12))
    report = Report("1", findings=(reported(ERROR, "m", place=place, related=related),))
    text = shown(report)
    assert text.count(":1:4") == 1
    assert "   ├─ litellm_config.yaml:5:4  label 5\n   │  and 6 more, -v\n" in text
    assert "label 11" in shown(report, verbose=True)


def test_the_places_of_a_group_are_in_the_order_of_the_lines() -> None:
    findings = tuple(
        reported(ERROR, "m", title="t", place=at(n, "a: b", "b"), related=(at(n + 1, "a", "a"),))
        for n in (11, 4)
    )
    lines = shown(Report("1", findings=findings)).splitlines()
    places = [line.partition("yaml:")[2].partition(":")[0] for line in lines if "─ lite" in line]
    assert places == ["4", "11", "5", "12"]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [80, 120])
def test_the_first_step_begins_in_one_of_the_last_five_lines(name: str, width: int) -> None:
    report = CASES[name]()
    lines = shown(report, width=width).splitlines()
    inputs = tuple(Input("clawdoctor", f"/{n}" * 99, found=True) for n in "abcdef")
    long_path = replace(report, inputs=inputs)
    for text in (lines, shown(long_path, width=width).splitlines()):
        steps = [number for number, line in enumerate(text) if line.startswith("→")]
        assert all(number >= len(text) - 5 for number in steps)


def finding_text(**values: Any) -> str:
    report = Report("1", findings=(reported(ERROR, "m", **values),))
    return shown(report, width=60)


EDITS = (replace(seed().findings[1].fixes[0].edits[0]),)
DIFF = (DiffLine("removed", "    a: b"), DiffLine("added", "    x: y"))
APPLY = "clawdoctor run --fix"


def test_a_fix_is_a_diff_with_the_option_that_applies_it() -> None:
    text = finding_text(fixes=(Fix("t", "safe", EDITS, "x: y", diff=DIFF),))
    assert f"   │ fix   - a: b{APPLY:>43}\n   │       + x: y\n" in text
    unsafe = finding_text(fixes=(Fix("t", "unsafe", EDITS, "x: y", diff=DIFF),))
    assert f"{APPLY} --unsafe-fixes" in unsafe
    by_hand = finding_text(fixes=(Fix("t", "manual", (), "x: y", diff=DIFF),))
    assert "   │ write x: y\n" in by_hand
    assert APPLY not in by_hand


def test_a_long_line_of_a_diff_is_cut_to_what_differs() -> None:
    start, end = "{ long: " + "'x', " * 40, ", more: " + "'x', " * 40 + "}"
    diff = (DiffLine("removed", f"{start}old{end}"), DiffLine("added", f"{start}new{end}"))
    lines = finding_text(fixes=(Fix("t", "safe", EDITS, diff=diff),)).splitlines()
    for sign, word in (("- …", "old, more"), ("+ …", "new, more")):
        (line,) = (line for line in lines if sign in line)
        assert word in line
        assert cell_len(line) <= 60


def test_a_cut_line_keeps_the_name_of_its_setting() -> None:
    start = "remote: { url: '" + "x" * 60
    diff = (DiffLine("removed", f"{start}old' }}"), DiffLine("added", f"{start}new' }}"))
    text = finding_text(fixes=(Fix("t", "safe", EDITS, diff=diff),))
    assert "- …url: …xx" in text
    assert "+ …url: …xx" in text
    line = "    test: [" + '"x", ' * 30 + '"here"]'
    place = replace(at(1, line, "here"), label="h")
    (row,) = (row for row in finding_text(place=place).splitlines() if "here" in row)
    assert row.startswith(" 1 │ test: …")


def test_fixes_show_what_to_write_and_do() -> None:
    assert "   │ fix   x: y " in finding_text(fixes=(Fix("t", "safe", EDITS, "x: y"),))
    assert "   │ write x: y\n" in finding_text(fixes=(Fix("t", "manual", (), "x: y"),))
    titled = finding_text(fixes=(Fix("title", "unsafe", EDITS),))
    assert f"   │ fix   Title\n   │       {APPLY} --unsafe-fixes\n" in titled
    assert "   │ do    Title\n" in finding_text(fixes=(Fix("title"),))
    ran = finding_text(fixes=(Fix("title", actions=(Command("restart"),)),))
    assert "   │ do    Title\n   │ run   restart\n" in ran
    both = finding_text(fixes=(Fix("t", "manual", (), "x:\n  y: 1"),))
    assert "   │ write x:\n   │         y: 1\n" in both


def test_steps_and_commands_have_their_own_labels() -> None:
    command = "curl " + "-H x " * 30 + "end"
    step = "word " * 20
    text = finding_text(
        fixes=(
            Fix(
                "t",
                actions=(Step(step), Command(command), Step("#1")),
            ),
        )
    )
    assert "   │ do    word word" in text
    assert f"   │ run   {command}\n   │ do    #1\n" in text


def test_a_command_of_several_errors_is_shown_once() -> None:
    fix = Fix("t", actions=(Command("restart"),))
    findings = (
        reported(ERROR, "one", code="LL101", fixes=(fix,)),
        reported(ERROR, "two", code="LL102", fixes=(fix,)),
        reported(WARNING, "three", code="LL103", fixes=(fix,)),
    )
    text = shown(Report("1", findings=findings))
    assert text.count("restart") == 1
    assert text.index("two") < text.index("restart") < text.index("three")


def test_errors_are_numbered_if_there_are_several() -> None:
    one = reported(ERROR, "one", code="LL101")
    two, late = replace(one, code="LL102"), reported(WARNING, "late", code="LL103")
    assert "\nerror[LL101] one" in shown(Report("1", findings=(one, late)))
    text = shown(Report("1", findings=(one, two, late)))
    assert "\n1 error[LL101] one" in text
    assert "\n2 error[LL102] one" in text
    assert "\nwarning[LL103] late" in text


def test_what_comes_before_a_command_is_shown_where_the_command_is() -> None:
    fix = Fix("t", actions=(Step("edit"), Command("start", "stop it"), Command("check")))
    two = reported(ERROR, "two", code="LL102", fixes=(fix,))
    text = shown(Report("1", findings=(replace(two, code="LL101", message="one"), two)))
    assert "   │ do    edit\n   │       stop it\n   │ run   start\n   │       check\n" in text
    assert text.count("stop it") == 1


def test_a_long_step_is_apart_from_the_next_one() -> None:
    steps = (Step("a" * 50 + " " + "b" * 50), Step("c"))
    found = reported(ERROR, "one", code="LL101", fixes=(Fix("do it", actions=steps),))
    text = shown(Report("1", findings=(found,)), width=80)
    assert "   │ do    aaa" in text
    assert "\n   │         bbb" in text
    assert "\n   │       c\n" in text


def last_lines(report: Report) -> list[str]:
    return shown(report).rpartition("\n\n")[2].splitlines()


def test_the_last_lines_name_the_first_thing_to_do() -> None:
    fix = Fix("rename it", "safe", EDITS, diff=DIFF)
    one = reported(ERROR, "one", code="LL101", fixes=(fix,))
    two = reported(ERROR, "two", code="LL102", fixes=(Fix("ask Azure"),))
    lines = last_lines(Report("1", verdict="broken", findings=(one,)))
    then = "Then run `clawdoctor run` again."
    assert lines[0] == "✗ Does not work · 1 error"
    assert lines[1] == f"→ Rename it. `{APPLY}` does it. {then}"
    lines = last_lines(Report("1", verdict="broken", findings=(two, one)))
    assert lines[1] == f"→ Start with 1: ask Azure. `{APPLY}` fixes only problem 2. After fixing"
    assert lines[-1] == "  More about LL102: `clawdoctor explain LL102`"
    lines = last_lines(Report("1", mode="offline"))
    assert lines[1] == "→ `clawdoctor run` also checks the proxy and Azure."


def test_the_first_step_names_the_file_that_it_changes() -> None:
    edit = EDITS[0]
    there, elsewhere = at(7, "a: b", "b"), replace(at(3, "x: y", "y"), path="other.yaml")
    fix = Fix("rename it", "safe", (replace(edit, span=replace(edit.span, path=there.path)),))
    found = reported(ERROR, "one", code="LL101", fixes=(fix,), place=there)
    line = edit.span.start.line
    assert line != 7
    for place in (there, elsewhere):
        step = last_lines(Report("1", findings=(replace(found, place=place),)))[1]
        assert step.startswith(f"→ Rename it (litellm_config.yaml:{line}). `{APPLY}` does it.")
    added = Span(there.path, edit.span.start, edit.span.start)
    fix = replace(fix, edits=(replace(edit, span=added),))
    step = last_lines(Report("1", findings=(replace(found, fixes=(fix,)),)))[1]
    assert step.startswith(f"→ Rename it (litellm_config.yaml:7). `{APPLY}` does it.")


def test_the_first_step_names_the_place_of_lines_to_write() -> None:
    found = reported(ERROR, "one", code="LL101", place=at(7, "a: b", "b"))
    written = replace(found, fixes=(Fix("write b", snippet="b: c", actions=(AGAIN,)),))
    told = replace(found, fixes=(Fix("write b", actions=(AGAIN,)),))
    live = replace(written, stage="azure")
    steps = [last_lines(Report("1", findings=(each,)))[1] for each in (written, told, live)]
    then = "Then run `clawdoctor run` again."
    assert steps == [
        f"→ Write b (litellm_config.yaml:7). {then}",
        f"→ Write b. {then}",
        f"→ Write b. {then}",
    ]


def test_the_first_step_says_how_to_check_a_change_by_hand() -> None:
    plain = reported(ERROR, "one", code="LL101", fixes=(Fix("ask Azure"),))
    shown = replace(plain, fixes=(Fix("ask Azure", actions=(AGAIN,)),))
    assert last_lines(Report("1", findings=(plain,)))[1].endswith(
        " Then run `clawdoctor run` again."
    )
    assert last_lines(Report("1", findings=(shown,)))[1] == (
        "→ Ask Azure. Then run `clawdoctor run` again."
    )
    for title in ("wait, then run `clawdoctor run`", "wait a minute and try again"):
        waiting = replace(plain, fixes=(Fix(title),))
        assert "run` again" not in last_lines(Report("1", findings=(waiting,)))[1]


def test_the_first_step_sets_the_variable_that_no_fix_can_set() -> None:
    key = Step("Put A_KEY=<the key> into ~/.openclaw/.env", sets="A_KEY")
    restart = Command("openclaw gateway restart", restarts="OpenClaw")
    fix = Fix("set apiKey to ${A_KEY}", "safe", EDITS, actions=(key, restart), diff=DIFF)
    one = reported(ERROR, "one", code="OC108", fixes=(fix,))
    text = " ".join(shown(Report("1", findings=(one,))).split())
    assert (
        f"→ Set apiKey to ${{A_KEY}}. `{APPLY}` does it. Then put A_KEY=<the key> into "
        "~/.openclaw/.env, restart OpenClaw, and run `clawdoctor run` again."
    ) in text
    two = reported(ERROR, "two", code="LL102", fixes=(Fix("ask Azure"),))
    text = " ".join(shown(Report("1", findings=(one, two))).split())
    assert (
        f"set apiKey to ${{A_KEY}}. `{APPLY}` does it. Put A_KEY=<the key> into "
        "~/.openclaw/.env. After fixing both, restart OpenClaw, and run `clawdoctor run` again."
    ) in text
    said = replace(one, fixes=(replace(fix, title="set A_KEY to the key"),))
    assert "Then restart OpenClaw" in shown(Report("1", findings=(said,)), width=300)


def test_the_first_step_names_the_line_of_the_file_in_its_title() -> None:
    place = at(7, "a: b", "b")
    fix = Fix("in litellm_config.yaml, raise timeout")
    live = reported(ERROR, "one", code="PX107", fixes=(fix,), place=place)
    step = last_lines(Report("1", findings=(live,)))[1]
    assert step.startswith("→ In litellm_config.yaml:7, raise timeout.")
    for path in ("other.yaml", f"{CWD}/config.yaml"):
        other = replace(live, place=replace(place, path=path))
        step = last_lines(Report("1", findings=(other,)))[1]
        assert step.startswith("→ In litellm_config.yaml, raise timeout.")


def test_the_first_step_names_the_place_of_the_setting_in_its_title() -> None:
    place = replace(at(7, "a: b", "b"), pointer="/router_settings/timeout")
    found = reported(ERROR, "one", code="LL119", fixes=(Fix("set timeout"),), place=place)
    assert "Set timeout (litellm_config.yaml:7)." in last_lines(Report("1", findings=(found,)))[1]
    told = replace(found, fixes=(Fix("set A_VARIABLE in this shell"),))
    assert last_lines(Report("1", findings=(told,)))[1].startswith(
        "→ Set A_VARIABLE in this shell."
    )


def test_the_last_lines_say_what_to_restart() -> None:
    proxy = Command("docker restart litellm", restarts="LiteLLM")
    agent = Command("openclaw gateway restart", restarts="OpenClaw")
    one = reported(ERROR, "one", code="LL101", fixes=(Fix("rename it", actions=(proxy, AGAIN)),))
    two = reported(ERROR, "two", code="OC108", fixes=(Fix("set it", actions=(agent,)),))
    step = shown(Report("1", findings=(one,)), width=200)
    assert "\n→ Rename it. Then restart LiteLLM, and run `clawdoctor run` again.\n" in step
    step = shown(Report("1", findings=(one, two)), width=200)
    assert "both, restart LiteLLM and OpenClaw, and run `clawdoctor run` again.\n" in step
    for title in ("restart the proxy", "test the connection"):
        only = replace(one, fixes=(Fix(title, actions=(proxy, AGAIN)),))
        assert "Then restart" not in shown(Report("1", findings=(only,)), width=200)


def test_a_command_needs_another_terminal_after_one_that_keeps_running() -> None:
    start = Command("set -a; . ./.env; set +a; litellm --config c.yaml --port 4000")
    text = finding_text(fixes=(Fix("t", actions=(start, AGAIN)),))
    between = "   │ do    In another terminal:\n"
    assert f"   │ run   {start.text}\n{between}   │ run   {AGAIN.text}\n" in text
    quick = (Command("docker restart litellm"), Command("litellm --version"), AGAIN)
    assert "terminal" not in finding_text(fixes=(Fix("t", actions=quick),))


def test_the_first_step_names_two_changes() -> None:
    path = f"{CWD}/litellm_config.yaml"
    titles = {"Rename it": at(7, "ab", "a", path=path), "Remove that": at(7, "ab", "b", path=path),
              "move this": at(8, "a", "a", path=path)}  # fmt: skip
    found = [
        reported(ERROR, "m", title="t", code="LL101", place=place, fixes=(Fix(title),))
        for title, place in titles.items()
    ]
    two, three = (last_lines(Report("1", findings=tuple(found[:n])))[1] for n in (2, 3))
    assert two.startswith("→ Rename it, and remove that (litellm_config.yaml:7). Then")
    assert three.startswith("→ Rename it, and make 2 more changes (litellm_config.yaml:7 and")


def test_the_first_step_counts_the_other_places() -> None:
    found = [
        reported(
            ERROR, "m", title="t", code="LL101", fixes=(Fix(f"do {n}"),), place=at(n, "a", "a")
        )
        for n in (7, 8, 9)
    ]
    step = last_lines(Report("1", findings=tuple(found)))[1]
    assert "(litellm_config.yaml:7 and 2 more places)." in step
    then = "Then run `clawdoctor run` again."
    alike = tuple(replace(finding, fixes=(Fix("do it", actions=(AGAIN,)),)) for finding in found)
    assert last_lines(Report("1", findings=alike))[1] == f"→ Do it. {then}"


def test_the_last_lines_claim_an_answer_only_after_one() -> None:
    fallback = reported(ERROR, "m", code="LL201")
    report = Report(
        "1", verdict="degraded", findings=(fallback,), routes=(route("m", FALLBACK, "✗···"),)
    )
    assert last_lines(report)[0].startswith("! Fails in part · ")
    answered = replace(report, answers_with="azure-openai/other")
    assert last_lines(answered)[0].startswith("! Answers in part · ")


def test_signs_that_are_neither_right_nor_wrong_are_explained() -> None:
    assert "not checked" not in shown(
        Report("1", mode="live", routes=(route("m", PRIMARY, "✓✓✓✓"),))
    )
    text = shown(Report("1", routes=(route("m", PRIMARY, "✓✗·?"),)))
    assert "\n  ✗ fails here   · not checked   ? not known\n" in text


def test_evidence_is_shown_and_cut() -> None:
    def evidence_text(*items: Evidence) -> str:
        return finding_text(evidence=items)

    assert '   │ seen  GET /x → 401 "no"\n' in evidence_text(Evidence("http", "GET /x", 401, "no"))
    assert "   │ seen  GET /x gave 401\n" in evidence_text(Evidence("http", "GET /x gave 401", 401))
    long = evidence_text(Evidence("http", "GET /x", 500, "body " * 500))
    assert long.count("body") <= 32
    many = evidence_text(*(Evidence("log", f"line {n}") for n in range(9)))
    assert "seen  line 0\n" in many
    assert "line 1" not in many


def test_backticked_text_and_urls_stay_whole() -> None:
    text = finding_text(
        detail="word " * 8 + "`litellm --config a.yaml` https://x.example/" + "a" * 60
    )
    assert "`litellm --config a.yaml`" in text
    assert "https://x.example/" + "a" * 60 in text


def test_detail_keeps_its_lines() -> None:
    assert "   │ one\n   │ two\n" in finding_text(detail="one\ntwo\n")


@pytest.mark.parametrize("room", [12, 20, 35, 60])
@pytest.mark.parametrize("start", [1, 2, 30, 95, 100, 101])
@pytest.mark.parametrize("length", [0, 1, 10, 200])
@pytest.mark.parametrize("char", ["a", "漢"])
def test_cut_keeps_the_caret(room: int, start: int, length: int, char: str) -> None:
    line = "".join(char if n % 3 else str(n % 10) for n in range(100))
    excerpt = Excerpt(1, line, start, start + length)
    text, begin, end = cut_around(excerpt, room, Look())
    assert cell_len(text) <= room
    assert cell_len(text[:begin]) + max(1, cell_len(text[begin:end])) <= room
    meant = line[start - 1 : start - 1 + length]
    assert meant.startswith(text[begin:end])
    assert bool(text[begin:end]) == bool(meant)


def test_caret_past_the_end_is_one_column() -> None:
    place = replace(at(1, "key:", "key"), excerpt=Excerpt(1, "key:", 5, 5), label="here")
    assert " 1 │ key:\n   │     ^ here\n" in finding_text(place=place)


def test_notes_are_counted_or_shown() -> None:
    assert "no-model" not in shown(healthy())
    assert "one model and no fallback" not in shown(healthy())
    text = shown(healthy(), verbose=True)
    assert "one model and no fallback\n  When it fails, OpenClaw has nothing else to ask.\n" in text


def test_many_findings_stay_readable() -> None:
    assert len(shown(many_findings()).splitlines()) < 100
    assert shown(many_findings(), verbose=True).count("error[") == 5
    quiet = shown(many_findings(), quiet=True).splitlines()
    assert len(quiet) == 1 + 110 + 1


def test_no_problems_is_said_only_without_problems() -> None:
    assert "No problems" in shown(healthy())
    assert "No problems" not in shown(internal_error())
    assert "No problems" not in shown(Report("1", findings=(reported(WARNING, "w"),)))


def test_unchecked_things_have_reasons() -> None:
    def check(name: str, outcome: Outcome, reason: str = "", by: tuple[str, ...] = ()) -> str:
        outcomes = (CheckOutcome("XX1", name, "proxy", outcome, reason, by),)
        return shown(Report("1", mode="live", checks=outcomes))

    assert "Skipped because of PX001: 1 check (-v)\n" in check(
        "n", Outcome.SKIPPED, "r", ("PX001",)
    )
    assert "Not checked (--free): 1 check of the proxy\n" in check("n", Outcome.SKIPPED, "--free")
    assert "1 check gave no result: time-out\n" in check("n", Outcome.UNKNOWN, "time-out")
    assert "1 check gave no result (-v)\n" in check("n", Outcome.UNKNOWN)


def test_a_long_file_is_cut_quickly_and_keeps_its_caret() -> None:
    lines = shown(long_lines()).splitlines()
    number = next(n for n, line in enumerate(lines) if '"apiKey"' in line)
    assert lines[number].index('"your-litellm-key"') == lines[number + 1].index("^")
