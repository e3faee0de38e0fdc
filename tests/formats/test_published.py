"""Documents refer to the pages of the checks as soon as these are published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from report_cases import CASES
from schemas import check_report, explanation_validator

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import explain
from clawdoctor.formats import catalogue, explanation_json, published, sarif
from clawdoctor.formats import json as report_json

ROOT = Path(__file__).parents[2]
SITE = "https://docs.example/clawdoctor/"


def test_the_site_has_one_address() -> None:
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["site_url"] == published.SITE


@pytest.mark.parametrize("site", [None, SITE])
def test_documents_refer_to_the_site(site: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "SITE", site)
    url = site and f"{site}checks/LL108/"
    report = CASES["seed"]()
    document = json.loads(report_json.to_json(report))
    check_report(document)
    assert url in [f["url"] for f in document["findings"] if f["code"] == "LL108"]
    (run,) = json.loads(sarif.to_sarif(report, built_in_checks()))["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["LL108"].get("helpUri") == url
    explanation = json.loads(explanation_json.to_json(explain("LL108")))
    explanation_validator().validate(explanation)
    assert explanation["matches"][0]["url"] == url
    checks = json.loads(catalogue.to_json(built_in_checks()))["checks"]
    assert {check["code"]: check["url"] for check in checks}["LL108"] == url


def test_every_code_has_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "SITE", SITE)
    for check in built_in_checks():
        url = published.page_url(check.code)
        assert url is not None
        assert (ROOT / "docs" / f"{url.removeprefix(SITE).rstrip('/')}.md").is_file()
    assert published.page_url("ACME001") is None
