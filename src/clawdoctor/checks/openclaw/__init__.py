"""Checks of the stage openclaw."""

MODULES: tuple[str, ...] = (
    "oc001_openclaw_config_not_found",
    "oc002_openclaw_config_syntax",
    "oc003_openclaw_config_rejected",
    "oc004_openclaw_include_broken",
    "oc005_openclaw_secret_unresolved",
    "oc101_no_api_provider",
    "oc102_api_not_served_by_proxy",
    "oc103_models_mode_not_merge",
    "oc104_store_not_disabled",
    "oc105_base_url_path",
    "oc106_base_url_is_azure",
    "oc108_placeholder_api_key",
    "oc109_model_ref_unresolved",
    "oc110_model_not_allowed",
    "oc111_context_window",
    "oc112_no_model_failover",
    "oc113_plaintext_secret_openclaw",
    "oc114_compat_unsupported",
    "oc115_stale_agent_state",
    "oc116_fallback_shares_fault",
)
