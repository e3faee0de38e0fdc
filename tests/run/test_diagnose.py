"""All built-in checks and loaders: ownership, secrets, order, purity."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import clawdoctor
from clawdoctor.check import Check, built_in_checks
from clawdoctor.formats.json import to_json
from clawdoctor.probes.replies import Replies
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.refusal import RefusalKind
from clawdoctor.run.situation import Situation

CHECKS = built_in_checks()
SOURCE = Path(clawdoctor.__file__).parent
NOWHERE = Situation("/nonexistent", "/nonexistent")


def test_each_kind_of_refusal_is_owned_by_exactly_one_check() -> None:
    owned = [kind for check in CHECKS for kind in check.owns]
    kinds = set(get_args(RefusalKind))
    assert len(owned) == len(set(owned))
    assert set(owned) == kinds
    assert {kind for loader in loaders(NOWHERE) for kind in loader.refusals} <= kinds


def test_a_check_that_recognises_a_failed_turn_owns_its_kind() -> None:
    for check in CHECKS:
        reads_turns = any(need.fact is Replies for part in check.parts for need in part.needs)
        assert check.owns or not (reads_turns and check.texts), check.code


def test_only_checks_contain_codes() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] != "checks":
            text = path.read_text(encoding="utf-8")
            assert not re.findall(r"""["'](?:OC|LL|DK|PX|AZ)\d{3}["']""", text), path


def test_causes_are_codes_of_other_checks() -> None:
    for check in CHECKS:
        assert check.code not in check.causes
        for cause in check.causes:
            assert re.fullmatch(r"(OC|LL|DK|PX|AZ)\d{3}", cause)


def test_every_fact_has_a_loader_and_no_loader_needs_itself() -> None:
    by_fact = {loader.fact: loader for loader in loaders(NOWHERE)}
    subjects = {subject.subject for subject in SUBJECTS}
    for check in CHECKS:
        for need in (need for part in check.parts for need in part.needs):
            known = need.fact in by_fact or need.fact in subjects or need.fact is Facts
            assert known, (check.code, need.fact)

    def reach(fact: type, path: tuple[type, ...]) -> None:
        assert fact not in path, path
        for need in by_fact[fact].needs if fact in by_fact else ():
            reach(need.fact, (*path, fact))

    for fact in by_fact:
        reach(fact, ())


def test_checks_are_in_the_order_of_their_codes_within_a_stage() -> None:
    codes = [check.code for check in CHECKS]
    for prefix in ("OC", "LL", "DK", "PX", "AZ"):
        of_stage = [code for code in codes if code.startswith(prefix)]
        assert of_stage == sorted(of_stage)


FORBIDDEN = {"open", "print", "input", "exec", "eval", "__import__"}
FORBIDDEN_MODULES = {"os", "socket", "subprocess", "httpx", "rich", "sys", "time", "random"}
_KNOWN_VERSION = re.compile(r"^(v?20\d\d\.\d+\.\d+|1\.\d+\.\d+)$")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_uses_no_resource_and_contains_no_version(check: Check) -> None:
    file = f"{check.code.lower()}_{check.name.replace('-', '_')}.py"
    path = SOURCE / "checks" / check.stage / file
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            assert node.id not in FORBIDDEN
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN_MODULES
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN_MODULES
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not _KNOWN_VERSION.match(node.value)


def test_rules_have_no_nested_quantifiers() -> None:
    for check in CHECKS:
        for text in check.texts:
            for expression in (*text.says, text.unless):
                assert not re.search(r"\([^()]*[+*]\)[+*]", expression), expression


CANARY = "Zq7Wk2Xv9Bn4Mc8L"
PLACES = {
    "openclaw.json": """{
  channels: { telegram: { botToken: "%s" } },
  models: { providers: {
    anthropic: { apiKey: "%s", headers: { "x-thing": "%s" } },
    "azure-openai": { baseUrl: "http://user:%s@localhost:4000/v1", apiKey: "%s", api: "nope",
      models: [{ id: "x", name: "x" }, { id: "gpt-4o", nmae: "%s" }] } } },
  agents: { defaults: { model: { primary: "azure-openai/x" } } },
}
""",
    "litellm_config.yaml": """model_list:
  - model_name: gpt-4o
    litellm_params:
      model: your-deployment
      api_base: https://u:%s@your-resource.openai.azure.com
      api_key: %s
      extra_headers: {x-canary: %s}
      drop_param: true
general_settings:
  master_key: "%s"
  database_url: postgresql://litellm:%s@db/litellm
""",
}


@pytest.mark.parametrize("damage", ["", "}", ": : :\n  - {"])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_output_contains_a_key(tmp_path: Path, damage: str, verbose: bool) -> None:
    for name, text in PLACES.items():
        (tmp_path / name).write_text(text.replace("%s", CANARY) + damage, "utf-8")
    (tmp_path / ".env").write_text(f"AZURE_API_KEY={CANARY}\nexport X_TOKEN='{CANARY}'\n")
    report = diagnose(
        Situation(
            str(tmp_path),
            str(tmp_path),
            {"LITELLM_MASTER_KEY": CANARY},
            openclaw_config="openclaw.json",
            litellm_config="litellm_config.yaml",
        )
    )
    assert report.findings
    for text in (
        to_json(report),
        render(report, verbose=verbose, color=True),
        render(report, width=40, unicode=False),
    ):
        runs = {CANARY[i : i + 8] for i in range(len(CANARY) - 7)}
        assert not [run for run in runs if run in text]


def test_facts_are_loaded_once_in_a_run(tmp_path: Path) -> None:
    facts = Facts(loaders(Situation(str(tmp_path), str(tmp_path))), SUBJECTS)
    for loader in loaders(NOWHERE):
        if loader.depth == "offline" and facts.subject_type(loader.needs) is None:
            assert facts.get(loader.fact) is facts.get(loader.fact)
