"""Checks of the stage proxy."""

MODULES: tuple[str, ...] = (
    "px001_proxy_unreachable",
    "px002_not_a_litellm_proxy",
    "px003_proxy_key_rejected",
    "px004_model_not_served",
)
