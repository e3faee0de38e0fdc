"""Checks of the stage docker."""

MODULES: tuple[str, ...] = (
    "dk001_compose_syntax",
    "dk101_container_localhost",
    "dk102_container_env_not_passed",
    "dk103_config_not_mounted",
    "dk104_port_not_published",
    "dk105_image_unpinned",
    "dk106_healthcheck_costs_tokens",
)
