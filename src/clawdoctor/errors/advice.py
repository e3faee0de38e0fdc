"""What to do about one form of a failure, filled with the values that its text names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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


def advice_on(
    advice: Mapping[str, Advice], name: str, forms: tuple[str, ...], values: dict[str, str]
) -> Advice | None:
    """The advice on a message: one for just such a message, or the one that its rule names.

    `values` are what the rule captured; what the expression of the advice captures is added. On a
    parameter that Azure refuses, it is the advice on this parameter if there is one.
    """
    for own in advice.values():
        found = _found(own.when, forms) if own.when else None
        if found is not None:
            values.update({name: value for name, value in found.groupdict().items() if value})
            return own
    if name not in ("", PARAMETER):
        return advice.get(name)
    parameter = values.get(PARAMETER, "")
    if PARAMETER not in advice or not (name or parameter):
        return None
    parts = re.split(r"[.\[]", parameter)
    own_names = (parameter, parts[0], parts[-1])
    return next((advice[part] for part in own_names if part in advice), advice[PARAMETER])


def _found(expression: str, forms: tuple[str, ...]) -> re.Match[str] | None:
    matches = (compiled(expression).search(form) for form in forms)
    return next((match for match in matches if match is not None), None)
