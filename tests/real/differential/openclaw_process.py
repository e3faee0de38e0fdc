"""The oracle: the real OpenClaw in one Node process, which judges configs line by line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from real import install

SCRIPT = Path(__file__).parent / "openclaw_oracle.mjs"


@dataclass(frozen=True, slots=True)
class Case:
    """A config and an environment. `ask` names what else than the validation is wanted."""

    config: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)
    ask: tuple[str, ...] = ("turn",)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that OpenClaw sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What OpenClaw did with a case.

    `issues` are the path and the message of each fault, `text` is a refusal without any. `turn`
    and `embeddings` are the requests to a model's API, `turn_log` and `embeddings_log` the output.
    """

    valid: bool
    issues: tuple[tuple[str, str], ...]
    text: str
    turn: tuple[Sent, ...]
    turn_log: str
    embeddings: tuple[Sent, ...]
    embeddings_log: str


@dataclass(frozen=True, slots=True)
class Oracle:
    """A running oracle of one version."""

    version: str
    process: subprocess.Popen[str]

    def judge(self, case: Case) -> Answer:
        """Return what OpenClaw does with a case.

        Raises:
            RuntimeError: the process ended, or it could not say whether the config is valid.
        """
        return self._answer(json.dumps(case.config), case.environ, ask=case.ask)

    def validate(self, config: str, environ: Mapping[str, str], files: Mapping[str, str]) -> Answer:
        """Return whether OpenClaw accepts the text of a config.

        `files` are the others of the home folder, by their paths.
        """
        return self._answer(config, environ, files=files)

    def _answer(self, config: str, environ: Mapping[str, str], **more: Any) -> Answer:
        line = {"config": config, "environ": environ, **more}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.read()
        if answer["valid"] is None:
            raise RuntimeError(f"OpenClaw {self.version} gave no verdict: {answer['text'][:2000]}")
        return Answer(
            valid=answer["valid"],
            issues=tuple((issue["path"], issue["message"]) for issue in answer["issues"]),
            text=answer.get("text", ""),
            turn=_posts(answer.get("requests", ()), embeddings=False),
            turn_log=_without_stacks(answer.get("said", "")),
            embeddings=_posts(answer.get("embeddings", ()), embeddings=True),
            embeddings_log=_without_stacks(answer.get("embeddingsSaid", "")),
        )

    def read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the oracle of OpenClaw {self.version} ended")
        return json.loads(line)


def _posts(requests: Any, *, embeddings: bool) -> tuple[Sent, ...]:
    """The turns or the embeddings: other requests list models, and a turn can index its memory."""
    return tuple(
        Sent(sent["method"], sent["url"], sent["headers"], sent["body"])
        for sent in requests
        if sent["method"] == "POST" and isinstance(sent["body"], dict)
        if embeddings == _asks_for_embeddings(sent["url"])
    )


def _asks_for_embeddings(url: str) -> bool:
    """Whether a request is for embeddings. Older versions write that path after a query."""
    path = urlsplit(url).path.rstrip("/")
    return path.endswith("/embeddings") or url.endswith("/embeddings")


def _without_stacks(log: str) -> str:
    return "\n".join(line for line in log.splitlines() if not line.startswith("    at "))


@contextmanager
def started(version: str, *, validates: bool = False) -> Iterator[Oracle]:
    """Start the oracle of a version, and end it. One that only `validates` starts sooner."""
    package, node = install.openclaw_package(version)
    folder = Path(tempfile.mkdtemp(prefix="openclaw-oracle-"))
    process = subprocess.Popen(
        [node / "node", SCRIPT, package, folder, *(["validate"] if validates else [])],
        env={
            "HOME": str(folder),
            "NODE_COMPILE_CACHE": str(install.REAL / "compile-cache"),
            "PATH": os.pathsep.join((str(node), "/usr/bin", "/bin")),
        },
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
    )
    try:
        oracle = Oracle(version, process)
        assert oracle.read()["ready"]
        yield oracle
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(folder, ignore_errors=True)
