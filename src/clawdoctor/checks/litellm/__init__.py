"""Checks of the stage litellm."""

MODULES: tuple[str, ...] = (
    "ll001_litellm_config_not_found",
    "ll002_litellm_config_syntax",
    "ll003_litellm_config_rejected",
    "ll101_drop_params_missing",
    "ll102_env_reference_not_expanded",
    "ll103_env_variable_unset",
    "ll104_placeholder_value",
    "ll105_provider_prefix",
    "ll107_api_version",
    "ll108_master_key_missing",
    "ll201_model_name_mismatch",
    "ll202_proxy_key_mismatch",
)
