"""The facts that refresh-knowledge reads in OpenClaw's package agree with OpenClaw itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from refresh.openclaw_facts import api_values, keys

from clawdoctor.chain.schema import schema_version
from clawdoctor.knowledge.measured import names_in

pytestmark = pytest.mark.real

_PLUG_IN = re.compile(r"^/plugins/entries/[^/]+")
_OWN = re.compile(r"^(/plugins/entries/[^/]+/config)/.+")


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
        assert known == {_of_any_plug_in(key) for key in printed}


def _of_any_plug_in(key: str) -> str:
    """Return the pattern for a key of a plug-in. `config schema` prints those of each plug-in."""
    return _PLUG_IN.sub(r"/plugins/entries/*", _OWN.sub(r"\1/**", key))
