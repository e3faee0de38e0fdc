"""The listed model that a ref means, and the model name in its requests.

Versions of OpenClaw treat a provider's own name at the start of an id differently. Measured on
OpenClaw 2026.3.13, 2026.5.12, 2026.6.11, 2026.8.2, 2026.9.2 and 2026.9.6.
"""

from __future__ import annotations

from clawdoctor.chain.openclaw import Model, Provider
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass


@dataclass(frozen=True, slots=True)
class SentModel:
    """The model of a ref: its entry, or None if the provider lists none, and its sent name."""

    model: Model | None
    name: str


def sent_model(provider: Provider, written: str, versions: Versions) -> SentModel:
    """Return the model and the name that OpenClaw uses for a ref to a provider's model.

    `written` is the ref without its first part, the provider.
    """
    match versions.effect("openclaw", "own-prefix"):
        case "kept":
            return SentModel(provider.model(written), written)
        case "matched":
            found = _matched(provider, written)
        case _:
            found = _stripped(provider, written)
    if not _has_longer_id(provider, found) or is_refused_name(provider, found, versions):
        return found
    assert found.model is not None
    return SentModel(found.model, found.model.id)


def is_refused_name(provider: Provider, sent: SentModel, versions: Versions) -> bool:
    """Return whether OpenClaw rejects a ref whose entry in the provider openai has another id.

    It finds the entry `openai/NAME` for `NAME`, and then does not accept it as the requested model.
    """
    refuses = versions.effect("openclaw", "prefix-of-openai") == "refused"
    return refuses and provider.id.casefold() == "openai" and _has_longer_id(provider, sent)


def _has_longer_id(provider: Provider, sent: SentModel) -> bool:
    """Return whether an entry with an `api` has the ref's name after the provider's name."""
    model = sent.model
    if model is None or model.id == sent.name or provider.api(model)[0] is None:
        return False
    return _short(provider, model.id) == sent.name


def _matched(provider: Provider, written: str) -> SentModel:
    """Find the model by ids without the provider's name."""
    plain = _plain(provider, written)
    model = next((m for m in provider.models if _plain(provider, m.id) == plain), None)
    return SentModel(model, plain)


def _stripped(provider: Provider, written: str) -> SentModel:
    """Find the id itself, else an id that starts with the provider's name."""
    declared = provider.api(None)[0] is not None
    wanted = written if declared else _short(provider, written)
    model = provider.model(wanted)
    model = model or next((m for m in provider.models if _short(provider, m.id) == wanted), None)
    if model is not None:
        return SentModel(model, wanted)
    folded = wanted.casefold()
    alike = (m for m in provider.models if declared and m.id.casefold() == folded)
    return SentModel(next(alike, None), wanted)


def _short(provider: Provider, id: str) -> str:  # noqa: A002
    prefix = f"{provider.id}/".casefold()
    return (id[len(prefix) :] if id.casefold().startswith(prefix) else id) or id


def _plain(provider: Provider, id: str) -> str:  # noqa: A002
    short = _short(provider, id)
    return id if short == id else _plain(provider, short)
