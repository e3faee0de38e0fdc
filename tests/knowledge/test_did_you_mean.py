import pytest
from steps import assert_proportional

from clawdoctor.knowledge.did_you_mean import misspells, nearest

KEYS = ("apiKey", "baseUrl", "api", "models", "headers", "timeoutSeconds", "maxTokens", "auth")
APIS = ("openai-completions", "openai-responses", "anthropic-messages", "azure-openai-responses")
NAMES = ("gpt52-prod", "gpt-5.2-codex", "gpt-4o", "gpt-4o-mini", "text-embedding-3-large")


@pytest.mark.parametrize(
    ("word", "options", "meant"),
    [
        ("apikey", KEYS, "apiKey"),
        ("api_key", KEYS, "apiKey"),
        ("base-url", KEYS, "baseUrl"),
        ("baesUrl", KEYS, "baseUrl"),
        ("model", KEYS, "models"),
        ("max_tokens", KEYS, "maxTokens"),
        ("maxOutputTokens", KEYS, "maxTokens"),
        ("supportStore", ("supportsStore", "supportsTools"), "supportsStore"),
        ("openai-completion", APIS, "openai-completions"),
        ("azure-openai", APIS, "azure-openai-responses"),
        ("gpt52-prd", NAMES, "gpt52-prod"),
        ("prod-gpt52", NAMES, "gpt52-prod"),
        ("my-gpt-5.2-codex", NAMES, "gpt-5.2-codex"),
        ("GPT-4O", NAMES, "gpt-4o"),
        ("pn", KEYS, None),
        ("zzz", KEYS, None),
        ("credentials", KEYS, None),
        ("llama-3-70b", NAMES, None),
        ("LL1O1", ("LL101", "LL102", "OC101"), "LL101"),
        ("", KEYS, None),
        ("-", ("_", "-"), "-"),
        ("a", (), None),
    ],
)
def test_nearest(word: str, options: tuple[str, ...], meant: str | None) -> None:
    assert nearest(word, options) == ((meant,) if meant else ())


def test_order_is_case_then_typing_errors_then_parts() -> None:
    options = ("gpt-4o-eu", "gpt-4x", "GPT-4O", "gpt4o")
    assert nearest("gpt-4o", options, limit=9) == ("GPT-4O", "gpt4o", "gpt-4x", "gpt-4o-eu")


def test_equally_good_options_are_in_alphabetical_order() -> None:
    assert nearest("prod", {"prob", "prof", "proc"}, limit=2) == ("prob", "proc")
    assert nearest("prod", ("prof", "proc", "prob", "prob"), limit=2) == ("prob", "proc")


def test_a_swap_of_neighbours_is_one_error() -> None:
    assert nearest("mdoe", ("mode",)) == ("mode",)


def test_many_options_take_work_in_proportion() -> None:
    options = [f"deployment-{number:04}-gpt-5.2-codex-eastus2" for number in range(1000)]
    word = "deployment-0050-gpt-5.2-codex-eastus"
    assert nearest(word, options) == (options[50],)
    assert_proportional(lambda count: lambda: nearest(word, options[:count]), 60)


KNOWN = ("azure", "azure_text", "max_retries", "rpm", "redis", "usage-based-routing-v2", "api_base")


@pytest.mark.parametrize("word", ["azzure", "Azure", "max_retires", "max-retries", "apibase"])
def test_a_typing_error_is_a_misspelling(word: str) -> None:
    assert misspells(word, KNOWN)


@pytest.mark.parametrize(
    "word", ["rpd", "rediss", "azure_next", "usage-based-routing-v3", "api_bases", "azure2", "new"]
)
def test_what_may_be_a_new_name_is_none(word: str) -> None:
    assert not misspells(word, KNOWN)
