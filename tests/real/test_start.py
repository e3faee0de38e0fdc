"""clawdoctor reports an error exactly when the real LiteLLM does not start with a config."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clawdoctor.finding import Report, ReportedFinding, Severity
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from real.process import started

pytestmark = pytest.mark.real

MASTER_KEY = {"LITELLM_MASTER_KEY": "sk-7d1f0b9c3e5a8264"}
GOOD = """model_list:
  - model_name: gpt-4o-mini
    litellm_params:
      model: azure/gpt-4o-mini
      api_base: https://contoso-ai.openai.azure.com
      api_key: os.environ/AZURE_OPENAI_API_KEY
      api_version: "2025-04-01-preview"
      rpm: "60"

litellm_settings:
  drop_params: true
"""
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Start:
    """A config, the exit code of LiteLLM (None: it runs), and clawdoctor's error."""

    text: str
    exit_code: int | None
    code: str | None
    place: str = ""
    environ: Mapping[str, str] = field(default_factory=lambda: MASTER_KEY)


STARTS = {
    "number in quotes": Start(GOOD, None, None),
    "no master key": Start(GOOD, 3, "LL108", "", {}),
    "no litellm_params": Start(GOOD.replace("litellm_params", "params"), 3, "LL003", "3:5"),
    "model_name a number": Start(GOOD.replace("gpt-4o-mini\n", "4\n", 1), 3, "LL003", "2:17"),
    "empty": Start("# nothing yet\n", 1, "LL003"),
    "tab": Start(GOOD.replace("      rpm", "\trpm"), 1, "LL002", "8:1"),
}


@pytest.fixture(scope="module")
def exit_codes(
    litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, int | None]:
    """Return the exit code of each start."""

    def start(name: str) -> int | None:
        folder = tmp_path_factory.mktemp("start")
        config = folder / "litellm_config.yaml"
        config.write_text(STARTS[name].text, "utf-8")
        environ = {"AZURE_OPENAI_API_KEY": "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"}
        with started(
            litellm_programs, config, folder / "home", {**environ, **STARTS[name].environ}
        ) as proxy:
            return proxy.exit_code()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(STARTS, pool.map(start, STARTS), strict=True))


@pytest.mark.parametrize("name", STARTS)
def test_an_error_means_that_litellm_does_not_start(
    name: str, exit_codes: Mapping[str, int | None], litellm_programs: Path, tmp_path: Path
) -> None:
    start = STARTS[name]
    assert exit_codes[name] == start.exit_code
    report = _report(start, litellm_programs, tmp_path)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    assert [finding.code for finding in errors] == ([] if start.code is None else [start.code])
    assert report.exit_code == len(errors)
    assert [_where(finding) for finding in errors] == ([] if start.code is None else [start.place])


def _where(finding: ReportedFinding) -> str:
    """Return the line and column, or "" for a whole file."""
    if finding.place is None or finding.place.span is None:
        return ""
    start = finding.place.span.start
    return f"{start.line}:{start.column}"


def _report(start: Start, programs: Path, folder: Path) -> Report:
    (folder / "litellm_config.yaml").write_text(start.text, "utf-8")
    (folder / "proxy.env").write_text("# The environment of the proxy is known.\n", "utf-8")
    situation = Situation(
        cwd=str(folder),
        home=str(folder),
        environ={
            "AZURE_OPENAI_API_KEY": "5c0e9d7f3b1a48e6922d4f6a8b0c1e37",
            "PATH": str(programs),
            **start.environ,
        },
        litellm_config="litellm_config.yaml",
        env_file="proxy.env",
    )
    return diagnose(situation)
