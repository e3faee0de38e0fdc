"""What LiteLLM does with a request for one deployment, and what stops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from clawdoctor.deferred import dataclass
from clawdoctor.wire.request import Outcome, Refused, Unpredicted
from clawdoctor.wire.served import Origin


@dataclass(frozen=True, slots=True)
class Prediction:
    """What LiteLLM does for one deployment, and where each part comes from.

    The keys of `origins` are the parts of a `Source`. `overrides` are the credentials that LiteLLM
    does not use.
    """

    outcome: Outcome
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    overrides: tuple[Origin, ...] = ()


class StoppedError(Exception):
    """LiteLLM sends nothing, or its request is unknown. `origins` are the settings that stop it."""

    def __init__(
        self,
        outcome: Refused | Unpredicted,
        origins: Mapping[str, tuple[Origin, ...]] | None = None,
    ) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome, self.origins = outcome, origins or {}
