"""The request of LiteLLM's provider `azure_text`, which completes a text instead of a chat.

Measured on the requests of LiteLLM 1.106.2 and 1.108.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.wire.parameters import (
    Mapped,
    Unsupported,
    given_parameters,
    is_sent_as_is,
    unsupported_text,
)

PROVIDER = "azure_text"


def map_text(
    body: Mapping[str, Any],
    name: str,
    litellm: str,
    *,
    drop: bool,
    named: tuple[str, ...] = (),
    allowed: tuple[str, ...] = (),
) -> Mapped | Unsupported:
    """Return the parameters that LiteLLM passes to OpenAI's client, or those that it rejects.

    `named` comes from `additional_drop_params`, and `allowed` from `allowed_openai_params`.
    """
    requested = table("litellm_request")
    taken = (*requested["text"], *requested["unchecked"], *allowed)
    given = given_parameters(body, litellm, named)
    unfit = [key for key, value in given.items() if key not in taken and (key, value) != ("n", 1)]
    if unfit and not drop:
        return Unsupported("parameters", tuple(unfit), unsupported_text(unfit, PROVIDER, name))
    own = {
        key: value
        for key, value in body.items()
        if key not in (*requested["known"], *named, "model", "messages")
        and value is not None
        and is_sent_as_is(key, litellm)
    }
    sent = {**{key: value for key, value in given.items() if key not in unfit}, **own}
    return Mapped(sent, {}, tuple(key for key in body if key not in sent))


def refused_argument(sent: Mapping[str, Any]) -> str | None:
    """Return the error of OpenAI's client for a parameter that completions do not support."""
    accepted = table("litellm_request")["text_sent"]
    if all(name in accepted for name in sent):
        return None
    return "AsyncCompletions.create() got an unexpected keyword argument"  # its name follows


def prompt_of(messages: object) -> str:
    """Return the prompt into which LiteLLM converts a chat: the texts without separators."""
    found = messages if isinstance(messages, list) else []
    return "".join(_text(message.get("content")) for message in found)


def _text(content: object) -> str:
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    return "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
