"""A log level with which LiteLLM does not start.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.variables import Variable

LOG = "LITELLM_LOG"
"""The variable that LiteLLM reads when Python imports it."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SYNONYMS = ("FATAL", "NOTSET", "WARN")


def unknown_log_level(environment: Environment) -> Variable | None:
    """Return the proxy's LITELLM_LOG if its value, in any case, is not a level. It may be empty."""
    variable = environment.proxy.values.get(LOG)
    if variable is None:
        return None
    known = (*LOG_LEVELS, *_SYNONYMS)
    return None if variable.value.test(lambda text: text.upper() in known) else variable
