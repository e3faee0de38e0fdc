"""The checks of this package. The entry point in pyproject.toml names `CHECKS`."""

from acme_checks.resource_not_approved import CHECK

CHECKS = (CHECK,)
