"""Fill the placeholders of a page."""

from __future__ import annotations

import pytest

from clawdoctor.errors.placeholders import filled, filled_commands, with_blanks


@pytest.mark.parametrize(
    ("page", "result"),
    [
        ("model: azure/<deployment>", "model: azure/my-gpt"),
        ("-n <resource> -g <resource group>", "-n <resource> -g <resource group>"),
        ("<name of the deployment>", "<name of the deployment>"),
        ("wait <retry after> s, <retry_after>", "wait 7 s, 7"),
        ("a < b and c > d, <Deployment>", "a < b and c > d, <Deployment>"),
        ("export <variable>=...", "export AZURE_KEY=..."),
        ('["<parameter>"]', '["store"]'),
        ("", ""),
    ],
)
def test_placeholders_are_filled(page: str, result: str) -> None:
    values = {"deployment": "my-gpt", "retry_after": "7", "variable": "'AZURE_KEY'"}
    values["parameter"] = "['store']"
    assert filled(page, values) == result


@pytest.mark.parametrize(
    "value",
    ["$(reboot)", "a; b", "a b", "`b`x", "a'b", "-rf", "a|b", "a\nb", "../x y", "", "x" * 200, "…"],
)
def test_a_value_with_shell_syntax_is_not_used(value: str) -> None:
    assert filled("run <name>", {"name": value}) == "run <name>"


def test_a_value_may_have_an_index() -> None:
    values = {"tool": "'tools[0].name'", "list": "['store']"}
    assert filled("<tool> <list>", values) == "tools[0].name store"


def test_only_commands_are_filled() -> None:
    page = (
        "Set <resource>:\n\n    api_base: https://<resource>.openai.azure.com\n\nthen\n\n"
        "    az cognitiveservices account deployment list -n <resource> -g <group> \\\n"
        "      --query <resource>\n    curl https://<resource>/\n\nfor <resource>"
    )
    assert filled_commands(page, {"resource": "contoso"}) == (
        "Set <resource>:\n\n    api_base: https://<resource>.openai.azure.com\n\nthen\n\n"
        "    az cognitiveservices account deployment list -n contoso -g <group> \\\n"
        "      --query contoso\n    curl https://contoso/\n\nfor <resource>"
    )


def test_what_no_value_fills_is_a_blank_that_tells_what_belongs_there() -> None:
    assert with_blanks("azure/<deployment> of <resource>") == (
        "azure/<name of the deployment> of <resource>"
    )
