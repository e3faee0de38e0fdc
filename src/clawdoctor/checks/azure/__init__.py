"""Checks of the stage azure."""

MODULES: tuple[str, ...] = (
    "az001_azure_endpoint_not_found",
    "az002_azure_unreachable",
    "az003_azure_key_rejected",
    "az004_azure_network_denied",
    "az101_deployment_not_found",
    "az102_api_version_unsupported",
    "az104_rate_limited",
)
