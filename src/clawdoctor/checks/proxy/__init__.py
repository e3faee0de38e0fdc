"""Checks of the stage proxy."""

MODULES: tuple[str, ...] = ()
