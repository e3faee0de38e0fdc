"""Checks of the stage proxy."""

MODULES: tuple[str, ...] = (
    "px001_proxy_unreachable",
    "px002_not_a_litellm_proxy",
    "px003_proxy_key_rejected",
    "px004_model_not_served",
    "px005_proxy_runs_other_config",
    "px006_proxy_install_incomplete",
    "px007_proxy_start_refused",
    "px101_parameter_rejected_by_litellm",
    "px103_deployment_cooldown",
    "px104_empty_response",
    "px105_budget_exceeded",
    "px106_proxy_database",
    "px107_proxy_timeout",
    "px108_turn_failed",
    "px109_edge_blocked",
    "px110_models_not_in_database",
)
