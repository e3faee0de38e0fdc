"""The fix that names the API of a provider."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.finding import Edit, Fix
from clawdoctor.source.node import Node
from clawdoctor.source.text import Span

API = "openai-completions"


def declare_api(provider: Node) -> Fix:
    """Insert the line before the provider's first key, in the same layout."""
    edits: tuple[Edit, ...] = ()
    if provider.entries:
        start = provider.entries[0].key.span.start
        alone = start.line > provider.span.start.line
        after = "\n" + " " * (start.column - 1) if alone else " "
        edits = (Edit(Span(provider.span.path, start, start), f'api: "{API}",{after}'),)
    return Fix(
        title=f'add api: "{API}" to the provider',
        applicability="safe",
        edits=edits,
        snippet=f'api: "{API}",',
        actions=(CHECK_AGAIN,),
    )
