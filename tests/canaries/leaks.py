"""Search an output for a canary."""

from __future__ import annotations

import base64
import contextlib
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, unquote

RUN = 8


def leak(output: str, canary: str) -> str | None:
    """The first eight characters of a canary in a row that an output contains, or None.

    The output is searched as it is and with the escapes of JSON, XML and GitHub's commands undone.
    The canary is also searched in Base64 and with the escapes of a URL.
    """
    texts = [output, html.unescape(output), unquote(output)]
    with contextlib.suppress(ValueError):
        texts.append(json.dumps(json.loads(output), ensure_ascii=False))
    for form in dict.fromkeys(_forms(canary)):
        for start in range(len(form) - RUN + 1):
            part = form[start : start + RUN]
            if any(part in text for text in texts):
                return part
    return None


def _forms(canary: str) -> Iterator[str]:
    yield canary
    yield quote(canary, safe="")
    for before in range(3):  # each offset gives another text in Base64
        yield base64.b64encode(b"x" * before + canary.encode()).decode()[4:-4]
