"""A URL that a fix writes is hidden like the value of its setting."""

from __future__ import annotations

from clawdoctor.redaction.hide import redact_text, redactor


def test_a_written_url_shows_no_more_than_its_setting() -> None:
    text = 'baseUrl: "http://localhost:4000/KjAxUCdWym",'
    assert redact_text(redactor([]), text) == text
    shown = redact_text(redactor([]), text, settings=True)
    assert shown == 'baseUrl: "http://localhost:4000/<hidden>",'


def test_a_written_url_of_an_endpoint_stays() -> None:
    text = "api_base: https://contoso.openai.azure.com/openai/deployments/my-gpt4o/"
    assert redact_text(redactor([]), text, settings=True) == text
