"""Checks of the stage docker."""

MODULES: tuple[str, ...] = (
    "dk001_compose_syntax",
    "dk102_container_env_not_passed",
)
