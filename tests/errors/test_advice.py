"""An advice is chosen by its own phrase, by the name in a rule, or by the refused parameter."""

from __future__ import annotations

from clawdoctor.errors.advice import PARAMETER, Advice, named_advice, own_advice

ADVICE = {
    "limit": Advice("Write <limit>.", when=r"at most (?P<limit>\d{1,9})"),
    "store": Advice("Switch store off."),
    PARAMETER: Advice("Leave <parameter> out."),
}


def test_a_phrase_of_its_own_chooses_an_advice_and_captures() -> None:
    found = own_advice(ADVICE, ("it takes", "it takes at most 4096 tokens"))
    assert found is not None
    own, match = found
    assert own is ADVICE["limit"]
    assert match["limit"] == "4096"


def test_other_messages_get_the_advice_that_the_rule_names() -> None:
    assert own_advice(ADVICE, ("it takes nothing",)) is None
    assert named_advice(ADVICE, "store", "") is ADVICE["store"]


def test_a_refused_parameter_has_its_own_advice_or_the_general_one() -> None:
    assert named_advice(ADVICE, "", "store") is ADVICE["store"]
    assert named_advice(ADVICE, PARAMETER, "reasoning.effort") is ADVICE[PARAMETER]
    assert named_advice(ADVICE, "", "") is None


def test_a_sentence_keeps_its_colon_only_before_commands() -> None:
    lines, run = "a: b", ("ls",)
    assert Advice("Wait. In the file, write:", lines).sentences == (
        "Wait.",
        "In the file, write the lines shown.",
    )
    assert Advice("Wait. To list the files:", run=run).sentences == ("Wait.", "To list the files:")
    assert Advice("Add the line:", lines, run).sentences == ("Add the line.",)
