"""Build clawdoctor.pyz: see scripts/pyz."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
import tempfile
import zipapp
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("clawdoctor.pyz needs Python 3.11 or later; this is " + sys.version.split()[0])
from clawdoctor.__main__ import main

main()
"""
NATIVE = (".so", ".pyd", ".dylib", ".dll")
UNUSED = ("pygments", "markdown_it", "mdurl", "bin")
"""Packages with which rich highlights code and draws Markdown, and programs."""
INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL")


def build(target: Path, source: Path = ROOT) -> None:
    """Write the file. `source` is the checkout or a wheel; pip fetches the dependencies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "content"
        subprocess.run(  # noqa: S603
            [
                sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--no-compile", "--target", folder, source,
            ],
            check=True,
        )  # fmt: skip
        prune(folder)
        (folder / "__main__.py").write_text(MAIN, "utf-8")
        # An archive cannot keep compiled files elsewhere. Another version of Python ignores these.
        compileall.compile_dir(folder, quiet=1, legacy=True, stripdir=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        zipapp.create_archive(folder, target, "/usr/bin/env python3", compressed=True)


def prune(folder: Path) -> None:
    """Delete what clawdoctor does not use, and native code: PyYAML also works without it."""
    for name in UNUSED:
        shutil.rmtree(folder / name, ignore_errors=True)
        for info in folder.glob(f"{name}*.dist-info"):
            shutil.rmtree(info)
    for path in list(folder.rglob("*")):
        if path.suffix in NATIVE or path.name in INSTALLER_FILES:
            path.unlink()


if __name__ == "__main__":
    written = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist/clawdoctor.pyz"
    build(written, *map(Path, sys.argv[2:3]))
    print(f"{written}: {written.stat().st_size / 1024 / 1024:.1f} MiB")
