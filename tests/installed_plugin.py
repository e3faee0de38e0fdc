"""Packages with plug-ins, as pip installs them: only their metadata."""

from __future__ import annotations

import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "plugin"


def install(folder: Path, name: str, points: dict[str, str]) -> None:
    """Write the metadata of an installed package with entry points."""
    info = folder / f"{name}-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n", "utf-8"
    )
    lines = "".join(f"{key} = {value}\n" for key, value in points.items())
    (info / "entry_points.txt").write_text(f"[clawdoctor.checks]\n{lines}", "utf-8")


def install_example(folder: Path) -> None:
    """Install the example. Its modules are in `EXAMPLE / "src"`."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    install(folder, "acme_checks", project["entry-points"]["clawdoctor.checks"])
