"""Variables with whose values LiteLLM does not start.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.variables import Variable
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import table

_LOG = "LITELLM_LOG"
"""The variable that LiteLLM reads when Python imports it. An empty value is not a level."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SYNONYMS = ("FATAL", "NOTSET", "WARN")
_WHOLE = regex(r"[+-]?\d+")
_SWITCHES = ("0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes")


@dataclass(frozen=True, slots=True)
class RejectedVariable:
    """A variable whose value LiteLLM rejects before it reads its config.

    `error` begins LiteLLM's text, which may contain the value. `wanted` says what the value must
    be, `example` is one, and `values` lists all of them.
    """

    variable: Variable
    wanted: str
    example: str
    values: str
    error: str


def rejected_variables(environment: Environment) -> Iterator[RejectedVariable]:
    """Yield the proxy's variables that LiteLLM rejects, in the order in which it reads them."""
    found = environment.proxy.values
    log = found.get(_LOG)
    if log is not None and not log.value.test(lambda text: text.upper() in (*_LEVELS, *_SYNONYMS)):
        error = "AttributeError: module 'logging' has no attribute"
        yield RejectedVariable(
            log, "a log level", "INFO", f"{', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}", error
        )
    options = table("start_needs")["options"]
    for name in options["integers"]:
        positive = name in options["positive"]
        fits = _is_positive if positive else _is_integer
        if name in found and not found[name].value.test(fits):
            error = "BadParameter: "
            values = "a whole number"
            wanted = "a whole number above zero" if positive else "a whole number"
            yield RejectedVariable(found[name], wanted, "1", values, error)
    for name in options["switches"]:
        if name in found and not found[name].value.test(_is_switch):
            error = "BadParameter: "
            yield RejectedVariable(found[name], "true or false", "false", "true or false", error)


def _is_integer(text: str) -> bool:
    """Whether LiteLLM reads an option as an integer, or not at all because it is empty."""
    return not text or _WHOLE.fullmatch(text.strip()) is not None


def _is_positive(text: str) -> bool:
    return _is_integer(text) and (not text or int(text) > 0)


def _is_switch(text: str) -> bool:
    return text.strip().lower() in ("", *_SWITCHES)
