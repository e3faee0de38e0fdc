"""Data files of the package, which may be inside a zip archive (clawdoctor.pyz)."""

from __future__ import annotations

import os

import clawdoctor


def read_data(path: str) -> bytes:
    """Return the content of a file of the package, such as `knowledge/tables.json`."""
    root = os.path.dirname(clawdoctor.__file__)  # noqa: PTH120 - pathlib takes longer
    loader = clawdoctor.__loader__
    content: bytes = loader.get_data(os.path.join(root, *path.split("/")))  # noqa: PTH118
    return content
