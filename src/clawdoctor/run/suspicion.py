"""What looks wrong in a predicted request, so that only the checks that can explain it run.

A suspicion alone is no fault. A trace shows it only if a check reports it for the same hop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.shown import show_credential, without_scheme
from clawdoctor.chain.trust import looks_like_azure_key
from clawdoctor.source.secret import HIDDEN
from clawdoctor.wire.request import Credential, HopRequest

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:-preview)?", re.ASCII)
_ENDINGS = ("/chat/completions", "/responses", "/embeddings")


def suspicions(request: HopRequest) -> Iterator[str]:
    """Yield the kinds of fault that a request may have. Checks name them in `predicts`."""
    to_azure = is_azure(host_of(request.origin))
    yield from _of_credential(request.credential, to_azure=to_azure)
    segments = [segment for segment in request.path.split("/") if segment]
    endings = sum(request.path.count(ending) for ending in _ENDINGS)
    if len({*segments} - {""}) < len(segments) or endings != 1:
        yield "path"
    if to_azure and "/v1/" not in request.path:
        version = request.query.get("api-version", "")
        if not version or (request.api == "responses" and _DATED.fullmatch(version)):
            yield "api-version"
        if "openai" not in segments:
            yield "path"
    if to_azure and request.parameters.added:
        yield "added-parameter"


def _of_credential(credential: Credential | None, *, to_azure: bool) -> Iterator[str]:
    if credential is None:
        yield "no-key"
    elif credential.value is not None:
        value = without_scheme(credential.value)
        if show_credential(value) != HIDDEN:
            yield "literal-key"  # a reference, or the placeholder of an example
        elif to_azure and not value.test(looks_like_azure_key):
            yield "key-shape"
