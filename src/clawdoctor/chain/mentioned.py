"""The variables that a config refers to: the names that the user knows."""

from __future__ import annotations

from functools import lru_cache

from clawdoctor.deferred import regex
from clawdoctor.source.text import Text

_REFERENCE = regex(r"(?:os\.environ/|\$\{?|\")([A-Za-z_]\w*)")


@lru_cache(maxsize=4)
def mentioned_variables(texts: tuple[Text, ...]) -> frozenset[str]:
    """Return the names in references, and the strings of a SecretRef."""
    return frozenset(match[1] for text in texts for match in _REFERENCE.finditer(text.content))
