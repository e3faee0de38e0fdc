"""Checks of the stage azure."""

MODULES: tuple[str, ...] = ()
