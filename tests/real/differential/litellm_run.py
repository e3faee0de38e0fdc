"""Compare clawdoctor with the real LiteLLM for a time: python -m real.differential.litellm_run.

Each new kind of difference is made small, and written as a named case with `--write`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from real import install
from real.differential.litellm_compare import Comparison, Difference, compare
from real.differential.litellm_predict import predict
from real.differential.litellm_process import Oracle, launched, ready
from real.differential.litellm_shrink import shrink
from real.differential.litellm_strategies import as_files, drawn

FIXTURES = Path(__file__).parents[3] / "fixtures/differential/litellm"
_BATCH = 40
_PROGRAMS = {
    install.LITELLM_VERSION: install.litellm,
    "newest": install.newest_litellm,
    install.UNPACKED_VERSION: install.unpacked_litellm,
}


@contextmanager
def oracles(names: list[str] | None = None) -> Iterator[dict[str, Oracle]]:
    """Start an oracle for each version."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        programs = [_PROGRAMS[name]() for name in names or _PROGRAMS]
        launches = [stack.enter_context(launched(each, home)) for each in programs]
        found = [ready(process) for process in launches]
        yield {each.version: each for each in found}


def compared(case: Mapping[str, Any], each: Oracle) -> Comparison:
    """Return the differences for one case and one version."""
    return _compared(as_files(case), each.ask(as_files(case)), each.version)


def _compared(case: Mapping[str, Any], answer: Mapping[str, Any], version: str) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        try:
            prediction = predict(case, version, Path(folder))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            return Comparison((Difference("crash", "prediction", "", text),))
        return compare(case["requests"], answer, prediction)


def compare_all(
    cases: list[dict[str, Any]], asked: Mapping[str, Oracle]
) -> Iterator[tuple[dict[str, Any], str, Comparison]]:
    """Yield each case and version with what was compared. All versions answer at once."""
    for case in cases:
        written = as_files(case)
        for each in asked.values():
            each.send(written)
        for version, each in asked.items():
            yield case, version, _compared(written, each.receive(), version)


def write_case(name: str, case: Mapping[str, Any], asked: Mapping[str, Oracle]) -> Path:
    """Write a case with the answer of each version, for a test without LiteLLM."""
    folder = FIXTURES / name
    written = as_files(case)
    for path, text in written["files"].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    answers = {version: _kept(each.ask(written)) for version, each in asked.items()}
    data = {"environ": written["environ"], "requests": written["requests"], "answers": answers}
    (folder / "case.json").write_text(f"{json.dumps(data, indent=2)}\n", "utf-8")
    return folder


def _kept(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "seconds"}


def _name(difference: Difference) -> str:
    return "".join(char if char.isalnum() else "-" for char in difference.kind.lower())


def main(arguments: list[str]) -> int:
    """Run until the time is over. Return 1 if there was a difference."""
    parser = argparse.ArgumentParser(prog="scripts/differential litellm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", action="append", choices=list(_PROGRAMS))
    parser.add_argument("--write", action="store_true", help="write each new kind as a named case")
    parser.add_argument("--no-shrink", action="store_true", help="only count")
    chosen = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    kinds: dict[str, int] = Counter()
    unpredicted: Counter[str] = Counter()
    with oracles(chosen.version) as asked:
        began = time.monotonic()
        seed = chosen.seed
        while time.monotonic() - began < chosen.minutes * 60:
            for case, version, result in compare_all(drawn(seed, _BATCH), asked):
                counts[f"cases {version}"] += 1
                counts[f"requests {version}"] += result.requests
                unpredicted.update(result.unpredicted)
                for difference in result.differences:
                    key = f"{difference.kind} [{version}]"
                    kinds[key] += 1
                    if kinds[key] == 1:
                        _report(case, asked[version], difference, chosen, asked)
                if time.monotonic() - began > chosen.minutes * 60:
                    break
            seed += 1
    _say(f"seeds {chosen.seed} to {seed - 1}, {time.monotonic() - began:.0f} s")
    for title, table in (("counts", counts), ("differences", kinds), ("unpredicted", unpredicted)):
        _say(f"{title}:")
        for key, number in sorted(table.items(), key=lambda item: -item[1]):
            _say(f"  {number:6} {key}")
    return 1 if kinds else 0


def _report(
    case: dict[str, Any],
    each: Oracle,
    difference: Difference,
    chosen: argparse.Namespace,
    asked: Mapping[str, Oracle],
) -> None:
    def fails(tried: dict[str, Any]) -> bool:
        kinds = {item.kind for item in compared(tried, each).differences}
        return difference.kind in kinds

    small = case if chosen.no_shrink else shrink(case, fails)
    found = [item for item in compared(small, each).differences if item.kind == difference.kind]
    _say(f"--- {each.version} {found[0] if found else difference}")
    _say(as_files(small)["files"]["litellm_config.yaml"].rstrip())
    _say(json.dumps({"environ": small["environ"], "requests": small["requests"]}))
    if chosen.write:
        _say(f"written to {write_case(_name(difference), small, asked)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
