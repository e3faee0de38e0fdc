"""A screen of its own on the terminal, which disappears when it is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

_TICK_SECONDS = 0.25


class Screen:
    """A text that is cut to the height of the terminal, above the lines of a status."""

    def __init__(self, stream: TextIO) -> None:
        self._text: Callable[[], str] = str
        self._status: Callable[[], Sequence[str]] = tuple
        self._drawn: object = None
        self._console = Console(file=stream)
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            get_renderable=self._page,
        )

    @property
    def live(self) -> Live:
        """The screen of rich, to be entered and left."""
        return self._live

    def show(self, text: Callable[[], str], status: Callable[[], Sequence[str]]) -> None:
        """Show other content. The functions are called again when the size changes."""
        self._text, self._status = text, status
        self._live.refresh()

    def update(self) -> None:
        """Draw again, but only if the status or the size of the terminal has changed."""
        seen = (self._console.size, tuple(self._status()))
        if seen != self._drawn:
            self._live.refresh()

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Update the status several times a second during the block."""
        done = threading.Event()

        def tick() -> None:
            while not done.wait(_TICK_SECONDS):
                self.update()

        thread = threading.Thread(target=tick, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _page(self) -> Group:
        size, status = self._console.size, tuple(self._status())
        self._drawn = (size, status)
        lines = self._text().splitlines()
        room = max(0, size.height - len(status) - 1)
        if len(lines) > room:
            left = len(lines) - room + 1
            lines = [*lines[: max(0, room - 1)], f"... {left} more lines, shown at the end"]
        body = Text.from_ansi("\n".join(lines), no_wrap=True, overflow="crop")
        below = Text("\n".join(status), style="dim", no_wrap=True, overflow="ellipsis")
        return Group(body, Text(""), below) if lines else Group(below)
