"""Scenarios: files of a whole chain, played through the real run."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from clawdoctor.chain.situation import Situation
from clawdoctor.diagnose import diagnose
from clawdoctor.finding import Report
from clawdoctor.output import Terminal

FILES = Path(__file__).parent / "scenarios"
_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"  # made up, in the shape of an Azure key
_SET = {"AZURE_OPENAI_API_KEY": _KEY, "LITELLM_MASTER_KEY": "sk-demo-2f6c9b7e4a1d"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chain: what is wrong with it in a line, and the variables that are set."""

    says: str
    environ: dict[str, str] = field(default_factory=dict, repr=False)


SCENARIOS: dict[str, Scenario] = {
    "seed": Scenario(
        "the two files of the guide that most people start from, pasted as they stand"
    ),
    "healthy": Scenario("the same two files, repaired", _SET),
}


def play(name: str, shown: Terminal, *, verbose: bool = False) -> str:
    """What is wrong with a scenario's chain, and the report on it, in a folder of its own."""
    from clawdoctor.report import render

    with tempfile.TemporaryDirectory(prefix="clawdoctor-demo-") as folder:
        root = Path(folder).resolve()
        home, project = root / "home", root / "project"
        (home / ".openclaw").mkdir(parents=True)
        project.mkdir()
        shutil.copy(FILES / name / "openclaw.json", home / ".openclaw")
        shutil.copy(FILES / name / "litellm_config.yaml", project)
        text = render(
            report_of(name, project, home),
            width=shown.width,
            color=shown.color,
            unicode=shown.unicode,
            verbose=verbose,
            home=str(home),
        )
    return f"demo {name}: {SCENARIOS[name].says}\n\n{text}"


def report_of(name: str, project: Path, home: Path) -> Report:
    """The report on a scenario whose files stand in these two folders."""
    return diagnose(Situation(str(project), str(home), SCENARIOS[name].environ))
