"""Checks of the stage openclaw."""

MODULES: tuple[str, ...] = (
    "oc001_openclaw_config_not_found",
    "oc002_openclaw_config_syntax",
    "oc003_openclaw_config_rejected",
    "oc004_openclaw_include_broken",
    "oc101_no_api_provider",
    "oc104_store_not_disabled",
    "oc105_base_url_path",
    "oc108_placeholder_api_key",
    "oc109_model_ref_unresolved",
)
