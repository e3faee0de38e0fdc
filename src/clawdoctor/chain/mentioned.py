"""The variables to which a config refers: the user knows them by these names."""

from __future__ import annotations

from functools import lru_cache

from clawdoctor.deferred import regex
from clawdoctor.source.text import Text

_REFERENCE = regex(r"(?:os\.environ/|\$\{?|\")([A-Za-z_]\w*)")


@lru_cache(maxsize=4)
def mentioned_variables(texts: tuple[Text, ...]) -> frozenset[str]:
    """Return the names in references, and those that are strings as in a SecretRef."""
    return frozenset(match[1] for text in texts for match in _REFERENCE.finditer(text.content))
