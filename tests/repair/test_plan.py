"""A plan applies the fixes that help, in rounds, and leaves out those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.plugins import Loaded
from clawdoctor.repair.diff import diff_of
from clawdoctor.repair.plan import Plan, plan
from clawdoctor.run import diagnosis
from clawdoctor.run.diagnosis import Policy
from clawdoctor.run.engine import Selection
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Put, Remove, put

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PAGE = """A page.

What it means
-------------
-
"""


@pytest.fixture
def chain(tmp_path: Path) -> Situation:
    (tmp_path / "litellm_config.yaml").write_text(
        "# mine\n"
        "model_list:\n"
        "  - model_name: a\n"
        "    litellm_params:\n"
        "      model: azure/gpt-4o  # a deployment\n"
        f"      api_key: {KEY}\n"
        "      num_retries: 1\n"
        "      timeout: 2\n"
    )
    return Situation(cwd=str(tmp_path), home=str(tmp_path), litellm_config="litellm_config.yaml")


def node(config: LiteLLMConfig, name: str) -> object:
    return config.root.at(f"/model_list/0/litellm_params/{name}")


def made(code: str, run: object, **more: object) -> Check:
    settings = {"scope": "route", **more}
    return Check(
        code=code,
        name=code.casefold(),
        stage="litellm",
        run=run,  # type: ignore[arg-type]
        documentation=PAGE,
        **settings,  # type: ignore[arg-type]
    )


def finding(config: LiteLLMConfig, name: str, fix: Fix, message: str = "") -> Finding:
    place = config.place(f"/model_list/0/litellm_params/{name}")
    return Finding(Severity.ERROR, message or f"{name} is wrong", place=place, fixes=(fix,))


def wrong_retries(config: LiteLLMConfig) -> Iterator[Finding]:
    """Fails until num_retries is 5."""
    found = config.root.at("/model_list/0/litellm_params/num_retries")
    if found is not None and found.value != 5:
        yield finding(config, "num_retries", Fix("write 5", "safe", changes=(Put(found, 5),)))


def useless(config: LiteLLMConfig) -> Iterator[Finding]:
    """Fails whatever timeout is."""
    found = config.root.at("/model_list/0/litellm_params/timeout")
    if found is not None:
        yield finding(config, "timeout", Fix("write 9", "safe", changes=(Put(found, 9),)))


def harmful(config: LiteLLMConfig) -> Iterator[Finding]:
    """Wants another timeout, which `dislikes` refuses."""
    found = config.root.at("/model_list/0/litellm_params/timeout")
    if found is not None and found.value == 2:
        yield finding(config, "timeout", Fix("write 3", "safe", changes=(Put(found, 3),)))


def dislikes(config: LiteLLMConfig) -> Iterator[Finding]:
    found = config.root.at("/model_list/0/litellm_params/timeout")
    if found is not None and found.value == 3:
        yield finding(config, "timeout", Fix("ask"), "3 is worse")


def risky(config: LiteLLMConfig) -> Iterator[Finding]:
    found = config.root.at("/model_list/0/litellm_params/num_retries")
    if found is not None and found.value == 1:
        yield finding(config, "num_retries", Fix("write 7", "unsafe", changes=(Put(found, 7),)))


def writes_a_key(config: LiteLLMConfig) -> Iterator[Finding]:
    found = config.root.at("/model_list/0/litellm_params/timeout")
    if found is not None and found.value == 2:
        yield finding(config, "timeout", Fix("write it", "safe", changes=(Put(found, KEY),)))


def second_round(config: LiteLLMConfig) -> Iterator[Finding]:
    """Fails only once num_retries is 5."""
    found = config.root.at("/model_list/0/litellm_params/num_retries")
    if found is not None and found.value == 5 and config.root.get("router_settings") is None:
        changes = put(config.root, "/router_settings/num_retries", 5)
        yield finding(config, "num_retries", Fix("add a section", "safe", changes=changes), "alone")


def note(config: LiteLLMConfig) -> Iterator[Finding]:
    found = config.root.at("/model_list/0/litellm_params/num_retries")
    if found is not None and found.value == 1:
        fix = Fix("write 5", "safe", changes=(Put(found, 5),))
        yield replace(finding(config, "num_retries", fix), severity=Severity.INFO)


def planned_with(
    monkeypatch: pytest.MonkeyPatch, situation: Situation, *runs: object, **options: object
) -> Plan:
    made_checks = tuple(
        run if isinstance(run, Check) else made(f"XX{number:03}", run)
        for number, run in enumerate(runs, start=1)
    )
    monkeypatch.setattr(diagnosis, "load_checks", lambda _: Loaded(made_checks))
    return plan(situation, **options)  # type: ignore[arg-type]


def text_after(found: Plan) -> str:
    return next(iter(found.after.values())).content


def test_fixes_are_applied_in_rounds(monkeypatch: pytest.MonkeyPatch, chain: Situation) -> None:
    found = planned_with(monkeypatch, chain, wrong_retries, second_round)
    assert [repair.finding.code for repair in found.done] == ["XX001", "XX002"]
    assert "      num_retries: 5\n" in text_after(found)
    assert text_after(found).endswith("\n\nrouter_settings:\n  num_retries: 5\n")
    assert "model: azure/gpt-4o  # a deployment\n" in text_after(found)
    assert found.report.findings == ()
    assert {item.code for item in found.first.findings} == {"XX001"}


def test_a_fix_that_does_not_help_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    found = planned_with(monkeypatch, chain, useless, wrong_retries)
    assert [(item.finding.code, item.reason) for item in found.taken_back] == [
        ("XX001", "the fault is still there")
    ]
    assert [repair.finding.code for repair in found.done] == ["XX002"]
    assert "timeout: 2\n" in text_after(found)


def test_a_fix_that_brings_a_new_error_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    found = planned_with(monkeypatch, chain, harmful, dislikes)
    assert [item.reason for item in found.taken_back] == ["it causes XX002: 3 is worse"]
    assert found.changed == ()
    # Without the check that dislikes it, the fix is made.
    assert planned_with(monkeypatch, chain, harmful).taken_back == ()


def test_only_the_fix_at_the_place_of_a_new_error_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    found = planned_with(monkeypatch, chain, harmful, dislikes, wrong_retries)
    assert [repair.finding.code for repair in found.taken_back] == ["XX001"]
    assert [repair.finding.code for repair in found.done] == ["XX003"]


def test_a_fix_that_lets_a_program_start_uncovers_what_its_requests_lack(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    starts = made("XX001", harmful, scope="start")
    found = planned_with(monkeypatch, chain, starts, dislikes)
    assert [repair.finding.code for repair in found.done] == ["XX001"]
    assert [item.code for item in found.report.findings] == ["XX002"]
    stops = made("XX002", dislikes, scope="start")
    assert planned_with(monkeypatch, chain, starts, stops).changed == ()


def quotes(config: LiteLLMConfig) -> Iterator[Finding]:
    """Quotes the number that `wrong_retries` mends, and has no fix."""
    found = config.root.at("/model_list/0/litellm_params/num_retries")
    if found is not None:
        yield finding(config, "num_retries", Fix("ask"), f"{found.value} is a guess")


def test_an_error_that_quotes_what_changed_is_not_new(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    found = planned_with(monkeypatch, chain, wrong_retries, quotes)
    assert [repair.finding.code for repair in found.done] == ["XX001"]
    assert found.taken_back == ()


def test_unsafe_fixes_are_made_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    assert planned_with(monkeypatch, chain, risky).changed == ()
    assert "num_retries: 7\n" in text_after(planned_with(monkeypatch, chain, risky, unsafe=True))


def test_no_fix_writes_a_secret(monkeypatch: pytest.MonkeyPatch, chain: Situation) -> None:
    found = planned_with(monkeypatch, chain, writes_a_key, unsafe=True)
    assert found.changed == ()


@pytest.mark.parametrize(
    ("policy", "fixed"),
    [
        (Policy(), False),
        (Policy(fail_on=Severity.INFO), True),
        (Policy(Selection(select=("XX001",))), True),
        (Policy(Selection(select=("XX",))), True),
    ],
)
def test_a_note_is_fixed_only_on_request(
    monkeypatch: pytest.MonkeyPatch, chain: Situation, policy: Policy, fixed: bool
) -> None:
    assert bool(planned_with(monkeypatch, chain, note, policy=policy).changed) is fixed


def without_edits(config: LiteLLMConfig) -> Iterator[Finding]:
    yield finding(config, "timeout", Fix("write it", "safe"))


def test_a_fix_without_edits_is_for_a_person(
    monkeypatch: pytest.MonkeyPatch, chain: Situation
) -> None:
    found = planned_with(monkeypatch, chain, without_edits)
    assert [fix.applicability for item in found.first.findings for fix in item.fixes] == ["manual"]


def test_the_diff_shows_no_secret(monkeypatch: pytest.MonkeyPatch, chain: Situation) -> None:
    found = planned_with(monkeypatch, chain, wrong_retries)
    text = "\n".join(line.text for line in diff_of(found))
    assert text.splitlines()[:2] == ["--- litellm_config.yaml", "+++ litellm_config.yaml"]
    assert "       model: azure/gpt-4o  # ..." in text
    assert "       api_key: <hidden>" in text
    assert "-      num_retries: 1\n+      num_retries: 5" in text
    assert KEY[:8] not in text


def test_planning_writes_nothing(monkeypatch: pytest.MonkeyPatch, chain: Situation) -> None:
    before = {path: path.read_bytes() for path in Path(chain.cwd).iterdir()}
    planned_with(monkeypatch, chain, wrong_retries, second_round)
    assert {path: path.read_bytes() for path in Path(chain.cwd).iterdir()} == before


def test_a_fix_in_one_file_of_openclaw(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "openclaw.json").write_text("{ '$include': './part.json5', x: 1 }\n")
    (tmp_path / "part.json5").write_text("{\r\n  y: 2, // mine\r\n  z: 3,\r\n}\r\n")
    situation = Situation(cwd=str(tmp_path), home="/none", openclaw_config="openclaw.json")

    def removes(config: OpenClawConfig) -> Iterator[Finding]:
        entry = config.root.entry("z")
        if entry is not None:
            fix = Fix("remove z", "safe", changes=(Remove(config.root, entry),))
            yield Finding(Severity.ERROR, "z", place=config.place("/z"), fixes=(fix,))

    def changes(config: OpenClawConfig) -> Iterator[Finding]:
        found = config.root.at("/y")
        if found is not None and found.value == 2:
            fix = Fix("write 4", "safe", changes=(Put(found, "4"),))
            yield Finding(Severity.ERROR, "y", place=config.place("/y"), fixes=(fix,))

    found = planned_with(monkeypatch, situation, changes)
    assert text_after(found) == '{\r\n  y: "4", // mine\r\n  z: 3,\r\n}\r\n'
    assert planned_with(monkeypatch, situation, removes).changed == ()  # of a merged mapping


def test_the_real_checks_are_those_that_run(chain: Situation) -> None:
    assert plan(chain).first.available_checks > 50


def test_a_section_moved_to_the_end_has_one_blank_line_before_it(tmp_path: Path) -> None:
    (tmp_path / "litellm_config.yaml").write_text(
        "model_list:\n"
        "  - model_name: a\n"
        "    litellm_params:\n"
        "      model: azure/gpt-4o\n"
        "\n"
        "# if a is full\n"
        "fallbacks:\n"
        "  - a: [a]\n"
    )
    situation = Situation(
        cwd=str(tmp_path), home=str(tmp_path), litellm_config="litellm_config.yaml"
    )
    found = plan(situation, policy=Policy(selection=Selection(select=("LL119",))))
    (path,) = found.changed
    assert found.after[path].content.endswith(
        "azure/gpt-4o\n\nrouter_settings:\n  # if a is full\n  fallbacks:\n    - a: [a]\n"
    )


def test_equal_findings_are_fixed_in_one_repair(chain: Situation) -> None:
    config = Path(chain.cwd) / "litellm_config.yaml"
    sections = ("drop_params: true", "num_retries: 2", "request_timeout: 60")
    config.write_text("".join(f"litellm_settings:\n  {line}\n" for line in sections))
    found = plan(chain)
    assert [repair.finding.code for repair in found.done] == ["LL004", "LL004"]
    (after,) = (found.after[path].content for path in found.changed)
    assert after.count("litellm_settings:") == 1
    assert all(line in after for line in sections)
