"""What refresh-knowledge reads in OpenClaw's package is what OpenClaw says of itself."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from refresh.openclaw_facts import api_values, keys

from clawdoctor.chain.schema import schema_version
from clawdoctor.knowledge.measured import names_in

pytestmark = pytest.mark.real


def test_the_schema_is_the_one_that_openclaw_prints(
    openclaw_program: tuple[Path, Path], tmp_path: Path
) -> None:
    program, node = openclaw_program
    done = subprocess.run(
        [program, "config", "schema"],
        env={"HOME": str(tmp_path), "PATH": os.pathsep.join((str(node), "/usr/bin", "/bin"))},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    schema, version = json.loads(done.stdout), schema_version()
    for table, section, printed in (
        ("openclaw_config", "keys", keys(schema)),
        ("openclaw_api", "values", api_values(schema)),
    ):
        listed = names_in(table, section)
        known = {name for name in listed.ever if listed.standing(name, version) == "known"}
        assert known == {*printed}
