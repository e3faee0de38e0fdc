"""Checks of the stage azure."""

MODULES: tuple[str, ...] = (
    "az001_azure_endpoint_not_found",
    "az002_azure_unreachable",
    "az003_azure_key_rejected",
    "az004_azure_network_denied",
    "az005_azure_key_auth_disabled",
    "az006_azure_role_missing",
    "az101_deployment_not_found",
    "az102_api_version_unsupported",
    "az103_operation_not_supported",
    "az104_rate_limited",
    "az105_quota_too_small",
    "az106_parameter_rejected_by_azure",
    "az107_content_filtered",
    "az108_context_length_exceeded",
    "az109_tools_need_responses_api",
    "az110_model_retiring",
    "az111_azure_service_error",
    "az112_azure_resource_blocked",
)
