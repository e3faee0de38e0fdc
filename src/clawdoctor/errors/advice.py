"""Advice on one form of a failure, filled with the values that its text names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.placeholders import filled
from clawdoctor.errors.rule import compiled

STRAIGHT = "straight"
"""The name of a check's advice for an OpenClaw that calls Azure directly, if no other fits."""

_SENTENCE_END = regex(r"(?<=\.)(?=\s[A-Z`])\s")

_VERBS = """
    add allow ask attach build change check choose clear compare configure copy correct create
    define delete deploy disable do enable end exclude extend find fix generate get give
    include increase install keep leave let list look lower make mount move name open pass publish
    put raise reactivate read reduce refer reinstall reload remove rename repair rephrase replace
    request restart restore retry run say search see select send set shorten show split start
    stop switch take tell test trust turn unblock unset update upgrade use wait write
"""
INSTRUCTION = regex(
    r"(?:If|To)\b|(?:(?:After|As|At|Before|For|In|On|Once|Until|When|Where|With|From)\b[^,]*, )*"
    rf"(?:then |first )?(?:do not )?(?:{'|'.join(_VERBS.split())})\b",
    re.IGNORECASE,
)
"""The start of a sentence that says what to do, or in which case. A clause may come first."""

PARAMETER = "parameter"
"""The name of the advice on a rejected parameter without advice of its own name."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice: sentences, lines to write into a file, and commands to run.

    `<limit>` is replaced with the value that a rule captures as `limit`. `straight` is for an
    OpenClaw that calls Azure directly and has no litellm_config.yaml. Advice with `when` is for the
    messages that this expression matches, whichever rule recognises them; the expression may
    capture values.
    """

    do: str
    lines: str = ""
    run: tuple[str, ...] = ()
    straight: Advice | None = None
    when: str = ""

    def to(self, *, straight: bool) -> Advice:
        """Return the advice for a chain with or without LiteLLM."""
        return self.straight if straight and self.straight is not None else self

    def filled(self, values: Mapping[str, str]) -> Advice:
        """Return the advice with its placeholders filled."""
        return Advice(
            filled(self.do, values),
            filled(self.lines, values),
            tuple(filled(command, values) for command in self.run),
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences. A colon at the end stays if it introduces only commands."""
        text = " ".join(self.do.split())
        if text.endswith(":") and (self.lines or not self.run):
            text = text[:-1] + (" the lines shown" if text.endswith(" write:") else "")
        return tuple(_SENTENCE_END.split(text if text.endswith((".", ":")) else f"{text}."))

    @property
    def cause(self) -> str:
        """The sentences before the first instruction: what is wrong."""
        return " ".join(self.sentences[: self._first_step])

    @property
    def steps(self) -> tuple[str, ...]:
        """The first instruction and the sentences after it."""
        return self.sentences[self._first_step :]

    @property
    def _first_step(self) -> int:
        numbered = enumerate(self.sentences)
        return next((n for n, sentence in numbered if INSTRUCTION.match(sentence)), 0)

    @property
    def text(self) -> str:
        """The advice as a section of a page."""
        blocks = (self.lines.splitlines(), self.run)
        parts = ("\n".join(f"    {line}" for line in block) for block in blocks if block)
        return "\n\n".join((self.do, *parts))


def own_advice(
    advice: Mapping[str, Advice], forms: tuple[str, ...]
) -> tuple[Advice, re.Match[str]] | None:
    """Return the first advice whose expression matches the message, with the match."""
    chosen = ((own, compiled(own.when)) for own in advice.values() if own.when)
    found = ((own, match) for own, when in chosen for match in map(when.search, forms) if match)
    return next(found, None)


def named_advice(advice: Mapping[str, Advice], name: str, parameter: str) -> Advice | None:
    """Return the advice that a rule names, or for a rejected parameter its own, if any."""
    if name not in ("", PARAMETER):
        return advice[name]
    if PARAMETER not in advice or not (name or parameter):
        return None
    parts = re.split(r"[.\[]", parameter)
    return next(
        (advice[p] for p in (parameter, parts[0], parts[-1]) if p in advice), advice[PARAMETER]
    )
