"""A finding as plain text."""

from __future__ import annotations

from report_cases import reported

from clawdoctor.finding import Command, Fix, Severity, Step
from clawdoctor.formats.prose import paragraphs


def test_what_comes_before_a_command_is_said_before_it() -> None:
    start = Command("litellm --port 4000", first="Stop LiteLLM if it is running")
    fix = Fix("set the key", actions=(Step("Copy the key"), start, Command("clawdoctor run")))
    *_, title, copy, stop, run, again = paragraphs(reported(Severity.ERROR, "a", fixes=(fix,)), {})
    assert (title, copy) == ("Fix: set the key.", "Copy the key.")
    assert (stop, run) == ("Stop LiteLLM if it is running.", "Run: litellm --port 4000")
    assert again == "Run: clawdoctor run"
