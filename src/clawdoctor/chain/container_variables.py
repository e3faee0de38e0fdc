"""The variables of a program that runs in a container."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.chain.compose import Service
from clawdoctor.chain.compose.agent import state_env
from clawdoctor.chain.variables import Basis, Variable, Variables, file_variables, layered


def openclaw_container_variables(
    service: Service,
    named: Mapping[str, Variable],
    config: str | None,
    written: Mapping[str, Variable],
) -> Variables:
    """Return OpenClaw's variables: from its service, its mounted `.env`, then its config."""
    own, is_certain = state_env(service, config)
    state = file_variables(own, "known") if own is not None else {}
    return service_variables(service, named, state, written, is_certain=is_certain)


def service_variables(
    service: Service,
    named: Mapping[str, Variable],
    *files: Mapping[str, Variable],
    is_certain: bool = True,
) -> Variables:
    """Return the variables of a container: from its service, then from the program's own files.

    A file named by --env-file only supplies what clawdoctor cannot read from the service: Compose
    does not pass it to the container.
    """
    source = f"the {service.kind} {service.name}"
    passed = {
        variable.name: Variable(
            variable.name,
            variable.value,
            source,
            "assumed" if variable.from_shell else "known",
            variable.place,
            variable.uses,
        )
        for variable in service.environment.values()
        if variable.value is not None
    }
    basis: Basis = "known" if service.complete and is_certain else "assumed"
    rest = [] if service.complete else [named]
    return Variables(
        layered([passed, *files, *rest]),
        basis,
        source,
        container=service.name,
        by_hand=service.by_hand,
    )
