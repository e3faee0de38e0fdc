"""What to do about one form of a failure, filled with the values that its text names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.deferred import dataclass
from clawdoctor.errors.placeholders import filled
from clawdoctor.errors.rule import compiled

STRAIGHT = "straight"
"""The name of a check's advice for an OpenClaw that asks Azure itself, where no other fits."""

PARAMETER = "parameter"
"""The name of the advice on a refused parameter: a parameter of its own advice has its own name."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do: sentences, lines to write into a file, and commands to run.

    `<limit>` is the place of the value that a rule captures as `limit`. `straight` is for an
    OpenClaw that asks Azure itself: it has no litellm_config.yaml. An advice with `when` is for the
    messages that this expression matches, whatever rule recognises them; it may capture values.
    """

    do: str
    lines: str = ""
    run: tuple[str, ...] = ()
    straight: Advice | None = None
    when: str = ""

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


def own_advice(
    advice: Mapping[str, Advice], forms: tuple[str, ...]
) -> tuple[Advice, re.Match[str]] | None:
    """The first advice that is for just such a message, with what its expression matches."""
    chosen = ((own, compiled(own.when)) for own in advice.values() if own.when)
    found = ((own, match) for own, when in chosen for match in map(when.search, forms) if match)
    return next(found, None)


def named_advice(advice: Mapping[str, Advice], name: str, parameter: str) -> Advice | None:
    """The advice that a rule names. On a refused parameter, it is that on this parameter if any."""
    if name not in ("", PARAMETER):
        return advice[name]
    if PARAMETER not in advice or not (name or parameter):
        return None
    parts = re.split(r"[.\[]", parameter)
    return next(
        (advice[p] for p in (parameter, parts[0], parts[-1]) if p in advice), advice[PARAMETER]
    )
