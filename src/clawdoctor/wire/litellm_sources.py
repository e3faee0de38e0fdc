"""The places that the parts of LiteLLM's requests come from."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import parameter_place
from clawdoctor.chain.variables import Variable
from clawdoctor.finding import Place
from clawdoctor.knowledge import behaviours
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.prediction import Prediction
from clawdoctor.wire.request import Outcome, Refused, Source, Unpredicted
from clawdoctor.wire.resolved import DEFAULTS, own_variables
from clawdoctor.wire.served import Origin


def with_sources(
    made: Prediction, deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Outcome:
    """Return the outcome of a prediction with the source of each part."""
    outcome = made.outcome
    if isinstance(outcome, Unpredicted):
        return outcome
    found = {
        part: tuple(_source(part, origin, deployment, config, environment) for origin in origins)
        for part, origins in made.origins.items()
    }
    sources = tuple(source for group in found.values() for source in group)
    if isinstance(outcome, Refused):
        return replace(outcome, sources=(*outcome.sources, *sources))
    credential = outcome.credential
    if credential is not None:
        lost = (_source("credential", o, deployment, config, environment) for o in made.overrides)
        own = found.get("credential", ())
        name = credential.name
        if name is None and len(own) == 1 and own[0].variable is not None:
            name = own[0].variable.name
        credential = replace(
            credential, name=name, source=own[0] if own else None, overrides=tuple(lost)
        )
    return replace(outcome, credential=credential, sources=sources)


def _source(
    part: str,
    origin: Origin,
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
) -> Source:
    match origin.kind:
        case "parameter":
            default = join_pointer(DEFAULTS, origin.name)
            node = config.root.at(default)
            if node is not None and node.kind != "null":  # it overrides the deployment's own
                return Source(part, config.place(default), _variable(node, environment))
            node = deployment.params.get(origin.name)
            place: Place | None = parameter_place(config, deployment, origin.name)
            return Source(part, place, _variable(node, environment))
        case "setting":
            pointer = join_pointer("/litellm_settings", origin.name)
            node = config.root.at(pointer)
            return Source(part, config.place(pointer), _variable(node, environment))
        case "variable":
            own = own_variables(config, environment.proxy).get(origin.name)
            if own is not None:
                return Source(part, None, own)
            return Source(part, None, environment.proxy.get(origin.name))
    says = next((row.says for row in behaviours("litellm", origin.name)), "")
    return Source(part, None, None, f"{says}." if says else "")


def _variable(node: Node | None, environment: Environment) -> Variable | None:
    """Return the variable that a value refers to, if it is set."""
    if node is None or not isinstance(node.value, str) or not node.value.startswith(REFERENCE):
        return None
    return environment.proxy.get(node.value.removeprefix(REFERENCE))
