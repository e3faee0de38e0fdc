"""What a repair leaves to do."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN, recreate, without_weaker
from clawdoctor.finding import Command


def test_a_service_is_started_once() -> None:
    weaker = (Command("docker compose up -d litellm"), Command("docker compose restart litellm"))
    other = Command("docker compose up -d gateway")
    full = recreate("litellm", by_hand=False)
    assert without_weaker([weaker[0], full, weaker[1], other, full]) == (full, other)
    assert without_weaker([weaker[0], other, CHECK_AGAIN]) == (weaker[0], other, CHECK_AGAIN)
