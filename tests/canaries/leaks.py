"""Search an output for a canary."""

from __future__ import annotations

import contextlib
import json

RUN = 8


def leak(output: str, canary: str) -> str | None:
    """The first eight characters of a canary in a row that an output contains, or None.

    The output of `--json` is searched as it is and with its escapes undone.
    """
    texts = [output]
    with contextlib.suppress(ValueError):
        texts.append(json.dumps(json.loads(output), ensure_ascii=False))
    for start in range(len(canary) - RUN + 1):
        part = canary[start : start + RUN]
        if any(part in text for text in texts):
            return part
    return None
