"""`python -m refresh`: see `command`."""

from refresh.command import main

raise SystemExit(main())
