"""What an offline run loads and builds, in counts that no machine changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from command_line import ENVIRON

SEED = Path(__file__).parent.parent / "src/clawdoctor/simulator/scenarios/seed"

COUNT = """
import json, re, sys
compiled, built = [], []
compile = re._compiler.compile
re._compiler.compile = lambda text, *rest: compiled.append(text) or compile(text, *rest)
from clawdoctor import deferred
init = deferred._init_of
deferred._init_of = lambda cls, *rest: built.append(cls.__name__) or init(cls, *rest)
from clawdoctor.__main__ import run_app
run_app(sys.argv[1:])
own = [name for name in sys.modules if name.startswith("clawdoctor")]
counts = {"modules": len(sys.modules), "own modules": len(own), "expressions": len(compiled)}
with open("/proc/self/status") as status:
    memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
counts |= {"dataclasses": len(built), "memory": memory}
print(json.dumps(counts), file=sys.stderr)
"""
MOST = {
    "modules": 660,
    "own modules": 500,
    "expressions": 215,
    "dataclasses": 160,
    "memory": 50_000,
}
"""A tenth above what a run takes now; `memory` is the peak in kilobytes. A new check adds a module;
raise a limit only for a reason that is worth a slower start."""


def test_an_offline_run_loads_and_builds_no_more_than_it_needs() -> None:
    files = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
    done = subprocess.run(
        [sys.executable, "-c", COUNT, "run", "--offline", "--json", *files],
        cwd=SEED,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=True,
    )
    counts = json.loads(done.stderr)
    assert not {name: count for name, count in counts.items() if count > MOST[name]}
