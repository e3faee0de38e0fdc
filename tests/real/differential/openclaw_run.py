"""Compare clawdoctor with the real OpenClaw for a time: python -m real.differential.openclaw_run.

Each new kind of difference is made small, and written as a recorded case with `--write`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from clawdoctor.wire.request import Unpredicted
from real import install
from real.differential.openclaw_compare import (
    Difference,
    Predicted,
    differences,
    predict,
    undecided,
)
from real.differential.openclaw_process import Case, Oracle, started
from real.differential.openclaw_records import write
from real.differential.openclaw_strategies import broken_cases, cases

SHRINKS = 60
_BATCH = 100


@dataclass(slots=True)
class Tally:
    """How many cases were compared, what disagreed, and the files of the new cases."""

    version: str
    configs: int = 0
    turns: int = 0
    embeddings: int = 0
    refusals: int = 0
    unpredicted: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[Case, tuple[Difference, ...]]] = field(default_factory=dict)
    written: list[Path] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.configs} configs, {self.turns} turns, {self.embeddings} embeddings"
        head = f"OpenClaw {self.version}: {counts}, {self.refusals} refused configs"
        lines = [f"  not predicted: {reason} x{n}" for reason, n in self.unpredicted.items()]
        lines += [f"  disagree: {kind} x{n}" for kind, n in self.kinds.most_common()]
        return "\n".join([head, *lines])


def run_openclaw(
    seconds: float,
    seed: int,
    version: str,
    *,
    most: int | None = None,
    record: bool = True,
    shrinks: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Tally:
    """Compare cases for some seconds, or the first `most`; the seed decides which they are.

    The smallest case of each new kind of disagreement takes the place of the first found. With
    `record` it becomes a recorded case.
    """
    tally = Tally(version)
    with started(version) as oracle:
        end = clock() + seconds
        for case in _drawn(seed, version):
            if clock() > end or tally.configs == most:
                break
            compare(oracle, case, tally)
        for kind, (case, _) in tally.examples.items() if shrinks else ():
            smallest = _shrunk(oracle, kind, case)
            real = oracle.judge(smallest)
            found = differences(_predict(smallest, version), real, version)
            tally.examples[kind] = (smallest, found)
            if record:
                tally.written.append(write(version, kind, smallest, real))
    return tally


def compare(oracle: Oracle, case: Case, tally: Tally) -> tuple[Difference, ...]:
    """Compare a case and count it."""
    real, predicted = oracle.judge(case), _predict(case, oracle.version)
    tally.configs += 1
    tally.turns += bool(real.turn)
    tally.embeddings += bool(real.embeddings)
    tally.refusals += not real.valid
    for outcome in (predicted.turn, predicted.embeddings):
        if isinstance(outcome, Unpredicted):
            tally.unpredicted[outcome.reason] += 1
    if not real.valid and not predicted.places and undecided(predicted, oracle.version):
        tally.unpredicted["whether this version refuses an entry"] += 1
    found = differences(predicted, real, oracle.version)
    for difference in found:
        tally.kinds[difference.kind] += 1
        tally.examples.setdefault(difference.kind, (case, found))
    return found


def _predict(case: Case, version: str) -> Predicted:
    with tempfile.TemporaryDirectory() as folder:
        return predict(case, version, Path(folder))


def _drawn(seed: int, version: str) -> Iterator[Case]:
    """Random cases, the same for the same seed. A third is only validated."""
    for number in count(seed):
        yield from _batch(number, version)


def _batch(number: int, version: str) -> list[Case]:
    found: list[Case] = []
    wrong = broken_cases(version)

    @seeded(number)
    @settings(
        max_examples=_BATCH,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(cases(version), cases(version), wrong))
    def collect(case: Case) -> None:
        if case not in found:
            found.append(case)

    collect()
    return found


def _shrunk(oracle: Oracle, kind: str, case: Case) -> Case:
    """A smaller case that disagrees in the same way: entries are left out as long as it does."""

    def disagrees(smaller: Case) -> bool:
        real, predicted = oracle.judge(smaller), _predict(smaller, oracle.version)
        return any(d.kind == kind for d in differences(predicted, real, oracle.version))

    left = SHRINKS
    changed = True
    while changed and left > 0:
        changed = False
        for smaller in _smaller(case):
            left -= 1
            if left <= 0:
                break
            if disagrees(smaller):
                case, changed = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for name in case.environ:
        rest = {key: value for key, value in case.environ.items() if key != name}
        yield Case(case.config, rest, case.ask)
    for config in _without(dict(case.config)):
        yield Case(config, case.environ, case.ask)


def _without(value: Any) -> Iterator[Any]:
    """The value without one entry, the outermost first."""
    if isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
        for key, item in value.items():
            for smaller in _without(item):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for smaller in _without(item):
                yield [*value[:index], smaller, *value[index + 1 :]]


def main(arguments: list[str]) -> int:
    """Run until the time is over. Return 1 if there was a difference."""
    versions = (install.OPENCLAW_VERSION, *install.OLD_OPENCLAW_VERSIONS)
    parser = argparse.ArgumentParser(prog="scripts/differential openclaw", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", action="append", choices=versions)
    parser.add_argument("--write", action="store_true", help="write each new kind as a named case")
    parser.add_argument("--no-shrink", action="store_true", help="only count")
    chosen = parser.parse_args(arguments)
    wanted = chosen.version or versions
    kinds = 0
    for version in wanted:
        seconds = chosen.minutes * 60 / len(wanted)
        shrinks = chosen.write or not chosen.no_shrink
        tally = run_openclaw(seconds, chosen.seed, version, record=chosen.write, shrinks=shrinks)
        kinds += len(tally.kinds)
        _say(str(tally))
        for kind, (case, found) in tally.examples.items():
            _say(f"--- {version} {next((d for d in found if d.kind == kind), kind)}")
            _say(json.dumps({"config": case.config, "environ": case.environ}))
        for file in tally.written:
            _say(f"written to {file}")
    return 1 if kinds else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
