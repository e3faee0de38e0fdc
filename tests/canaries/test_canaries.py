"""No output shows a canary: every setting, misspelt or in the wrong place, in every command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import clawdoctor

from canaries.leaks import leak
from canaries.places import CANARIES, Files, places, planted, references

Commands = tuple[tuple[str, ...], ...]
FORMATS: Commands = tuple(
    ("run", "--offline", "--format", name) for name in ("sarif", "junit", "github", "markdown")
)
RUNS: Commands = (
    ("run", "--offline", "-v"),
    ("run", "--offline", "--json"),
    ("trace", "--json"),
    *FORMATS,
)
QUICK_RUNS: Commands = (RUNS[0], RUNS[2], *FORMATS)
"""What prints most: a report's excerpts, each part of a request, and what other tools read."""
COMMANDS: Commands = (
    *RUNS,
    ("trace",),
    ("trace", "azure-openai/gpt-4o"),
    ("explain", "LL101"),
    ("explain", "--json", "No API provider registered for api: undefined"),
)
SLOW = pytest.mark.slow
LAYOUTS = ("one-line", "broken")
KEY, PHRASE = "Azure's hexadecimal key", "passphrase"
QUICK = ("GITHUB_TOKEN", "NPM_AUTH", "AZURE_API_BASE")


def _references() -> list[Any]:
    """Each reference; those to other variables than the quick ones are slow."""
    return [
        pytest.param(
            number + number // len(RUNS),  # so that each setting meets each command
            files,
            id=files.id,
            marks=() if _is_quick(files) else SLOW,
        )
        for number, files in enumerate(references())
    ]


def _is_quick(files: Files) -> bool:
    return any(name in files.id for name in QUICK)


NUMBERED = [pytest.param(number, files, id=files.id) for number, files in enumerate(places())]


def in_turn(commands: Commands, number: int) -> Commands:
    """Return two of the commands. Successive numbers go through all of them."""
    first = 2 * number % len(commands)
    return (commands[first], commands[(first + 1) % len(commands)])


NAMES_IN_PLACE = (
    "a comment that suppresses a finding",
    "litellm include: [CANARY]",
    'openclaw "CANARY": 1',
    "a key in the model",
    'compose image: "registry/CANARY/x"',
    "litellm_params api_base: https://contoso.openai.azure.com/openai/deployments/CANARY",
    "litellm_params api_base: https://CANARY.openai.azure.com",
    "litellm_params api_base: CANARY.openai.azure.com/openai",
    "litellm_params custom_llm_provider: CANARY",
    "litellm_params litellm_credential_name: CANARY",
    "litellm_params extra_body: {CANARY: 1}",
    "litellm router_settings: {fallbacks: [{gpt-4o: CANARY}], routing_strategy: x, extra: CANARY}",
    'provider headers: {"CANARY": "x"}',
    'provider baseUrl: "https://CANARY.openai.azure.com/openai/v1"',
    'openclaw agents: {defaults: {model: "azure-openai/gpt-4o", params: {"CANARY": 1}}}',
    'openclaw agents: {defaults: {model: "azure-openai/gpt-4o", '
    'params: {extra_body: {"CANARY": 1}}}}',
)
"""Places where each text in the shape of a name is one: a file, a key, a deployment, a host."""


def assert_no_leak(
    tmp_path: Path, files: Files, layout: str, canary: str, commands: Commands = RUNS
) -> None:
    """Run the commands on the planted files and search all that they print."""
    texts, environ = planted(files, canary, layout)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = ["--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml"]
    for command in commands:
        more = ["--compose", "docker-compose.yml"] if "docker-compose.yml" in texts else []
        if command[0] == "explain":
            more = []
        done = clawdoctor(*command, *options, *more, cwd=tmp_path, stdin=b"", CI="1", **environ)
        assert done.returncode in (0, 1, 2), done.stderr
        for output in (done.stdout, done.stderr):
            found = leak(output, canary)
            assert found is None, f"{command} prints {found!r}:\n{output}"


@pytest.mark.quick(30)
@pytest.mark.parametrize(
    ("files", "command"),
    [(files, QUICK_RUNS[index % len(QUICK_RUNS)]) for index, files in enumerate(places())],
    ids=lambda value: value.id if isinstance(value, Files) else value[-1],
)
def test_no_setting_shows_a_key(files: Files, command: tuple[str, ...], tmp_path: Path) -> None:
    """The commands take turns; the slow tests run all of them on each place."""
    assert_no_leak(tmp_path, files, "plain", CANARIES[KEY], (command,))


@SLOW
@pytest.mark.parametrize("files", list(places()), ids=lambda files: files.id)
def test_no_command_shows_a_key(files: Files, tmp_path: Path) -> None:
    assert_no_leak(tmp_path, files, "plain", CANARIES[KEY])


@pytest.mark.quick(12)
@pytest.mark.parametrize(("number", "files"), _references())
def test_no_reference_shows_a_variable(number: int, files: Files, tmp_path: Path) -> None:
    assert_no_leak(tmp_path, files, "plain", CANARIES[PHRASE], in_turn(RUNS, number))


@SLOW
@pytest.mark.parametrize(("number", "files"), NUMBERED)
def test_no_layout_shows_a_key(number: int, files: Files, tmp_path: Path) -> None:
    for offset, layout in enumerate(LAYOUTS):
        commands = in_turn(RUNS, number + offset)
        assert_no_leak(tmp_path, files, layout, CANARIES[KEY], commands)


@SLOW
@pytest.mark.parametrize(("number", "files"), NUMBERED)
def test_no_setting_shows_another_canary(number: int, files: Files, tmp_path: Path) -> None:
    """Each place meets each kind of canary and each command, and each kind meets each command."""
    for offset, kind in enumerate(kind for kind in CANARIES if kind != KEY):
        if kind in (PHRASE, "digits") and files.id in NAMES_IN_PLACE:
            continue  # A text without blanks is a valid name here.
        commands = in_turn(COMMANDS, number + offset)
        assert_no_leak(tmp_path, files, "plain", CANARIES[kind], commands)
