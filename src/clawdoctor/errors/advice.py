"""What to do about one form of a failure, filled with the values that its text names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clawdoctor.errors.placeholders import filled

STRAIGHT = "straight"
"""The name of a check's advice for an OpenClaw that asks Azure itself, where no other fits."""

PARAMETER = "parameter"
"""The name of the advice on a refused parameter: a parameter of its own advice has its own name."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do: sentences, lines to write into a file, and commands to run.

    `<limit>` is the place of the value that a rule captures as `limit`. `straight` is for an
    OpenClaw that asks Azure itself: it has no litellm_config.yaml.
    """

    do: str
    lines: str = ""
    run: tuple[str, ...] = ()
    straight: Advice | None = None

    def to(self, *, straight: bool) -> Advice:
        """The advice for a chain with or without LiteLLM."""
        return self.straight if straight and self.straight is not None else self

    def filled(self, values: Mapping[str, str]) -> Advice:
        """The advice with its placeholders filled."""
        return Advice(
            filled(self.do, values),
            filled(self.lines, values),
            tuple(filled(command, values) for command in self.run),
        )

    @property
    def text(self) -> str:
        """The advice as a section of a page."""
        blocks = (self.lines.splitlines(), self.run)
        parts = ("\n".join(f"    {line}" for line in block) for block in blocks if block)
        return "\n\n".join((self.do, *parts))


def advice_on(advice: Mapping[str, Advice], name: str, values: Mapping[str, str]) -> Advice | None:
    """The advice that a rule names; on a refused parameter, that on this parameter if any."""
    if name != PARAMETER:
        return advice.get(name)
    parts = re.split(r"[.\[]", values.get(PARAMETER, ""))
    own = (advice.get(part) for part in (values.get(PARAMETER, ""), parts[0], parts[-1]))
    return next(filter(None, own), advice.get(name))
