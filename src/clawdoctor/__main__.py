"""The console script, and `python -m clawdoctor`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. `--version` alone answers before anything heavy is imported."""
    if sys.argv[1:] == ["--version"]:
        from clawdoctor import __version__

        sys.stdout.write(f"clawdoctor {__version__}\n")
        return
    from clawdoctor.entry import run_app

    sys.exit(run_app(sys.argv[1:]))


if __name__ == "__main__":
    main()
