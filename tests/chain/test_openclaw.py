"""Providers, models, references and `${VAR}`, as OpenClaw 2026.9.6 reads them."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.source.secret import Secret

PROVIDER = """{
  models: { providers: { "azure-openai": {
    baseUrl: "http://localhost:4000/v1", apiKey: %s,
    models: [{ id: "gpt-5.2", name: "x" }, { id: "azure/gpt-4o", name: "y" }],
  }, other: { models: [{ id: "solo", name: "z" }] } } },
  agents: %s,
  env: { vars: { FROM_CONFIG: "config-value" } },
}"""


def config(here: Any, key: str = '"k"', agents: str = "{}", **environ: str) -> Any:
    here.write("home/.openclaw/openclaw.json", PROVIDER % (key, agents))
    return here.fact(OpenClawConfig, environ)


@pytest.mark.parametrize(
    ("written", "sent", "unset"),
    [
        ('"${KEY}"', "value", ()),
        ('"x-${KEY}-y"', "x-value-y", ()),
        ('"$KEY"', "value", ()),
        ('"${GONE}"', "${GONE}", ("GONE",)),
        ('"$GONE"', "${GONE}", ("GONE",)),
        ('"${key}"', "${key}", ()),
        ('"${KEY:-x}"', "${KEY:-x}", ()),
        ('"os.environ/KEY"', "os.environ/KEY", ()),
        ('"$${KEY}"', "${KEY}", ()),
        ('"KEY"', "KEY", ()),
        ('" k \\n"', "k", ()),
        ('"${FROM_CONFIG}"', "config-value", ()),
        ('{source: "env", provider: "default", id: "KEY"}', "value", ()),
        ('{source: "env", provider: "default", id: "GONE"}', None, ("GONE",)),
        ('{source: "exec", provider: "default", id: "x"}', None, ()),
    ],
)
def test_what_is_sent_as_the_key(here: Any, written: str, sent: str | None, unset: Any) -> None:
    setting = config(here, written, KEY="value").providers[0].api_key
    assert (setting.resolved, setting.unset) == (None if sent is None else Secret(sent), unset)


def test_variables_come_from_the_process_first_then_files_then_the_config(here: Any) -> None:
    here.write("home/.openclaw/.env", "FROM_CONFIG=state\nBOTH=state\nONE=state\n")
    here.write("project/.env", "ONE=folder\nOPENCLAW_X=folder\nSOME_API_KEY=folder\n")

    def value(name: str, **environ: str) -> str:
        resolved = config(here, f'"${{{name}}}"', **environ).providers[0].api_key.resolved
        assert isinstance(resolved, Secret)
        return resolved.reveal()

    assert value("FROM_CONFIG") == "state"
    assert value("BOTH", BOTH="process") == "process"
    assert value("ONE") == "folder"
    assert value("OPENCLAW_X") == "${OPENCLAW_X}"
    assert value("SOME_API_KEY") == "${SOME_API_KEY}"


@pytest.mark.parametrize(
    ("agents", "refs"),
    [
        (
            '{ defaults: { model: "azure-openai/gpt-5.2" } }',
            [("/agents/defaults/model", "azure-openai", "gpt-5.2", True)],
        ),
        (
            '{ defaults: { model: { primary: "a/b", fallbacks: ["azure-openai/azure/gpt-4o"] } } }',
            [
                ("/agents/defaults/model/primary", "a", "b", True),
                ("/agents/defaults/model/fallbacks/0", "azure-openai", "azure/gpt-4o", False),
            ],
        ),
        (
            '{ entries: { ops: { model: "AZURE-OpenAI/gpt-5.2" } } }',
            [("/agents/entries/ops/model", "azure-openai", "gpt-5.2", True)],
        ),
        (
            '{ list: [{ id: "ops", model: { primary: "solo" } }] }',
            [("/agents/list/0/model/primary", "other", "solo", True)],
        ),
        (
            '{ defaults: { models: { "azure-openai/gpt-5.2": { alias: "Big" } }, model: "big" } }',
            [("/agents/defaults/model", "azure-openai", "gpt-5.2", True)],
        ),
        ('{ defaults: { model: "nobody" } }', [("/agents/defaults/model", None, "nobody", True)]),
        ("{ defaults: { model: 4 } }", []),
    ],
)
def test_model_references(here: Any, agents: str, refs: list[Any]) -> None:
    found = config(here, agents=agents).refs
    assert [(r.pointer, r.provider, r.model, r.primary) for r in found] == refs


def test_the_models_own_api_comes_before_the_providers(here: Any) -> None:
    here.write(
        "home/.openclaw/openclaw.json",
        '{ models: { providers: { p: { api: "a", '
        'models: [{ id: "m", api: "b" }, { id: "n" }] } } } }',
    )
    (provider,) = here.fact(OpenClawConfig).providers
    assert provider.api(provider.model("m")) == ("b", "/models/providers/p/models/0/api")
    assert provider.api(provider.model("n")) == ("a", "/models/providers/p/api")
    assert provider.api(None) == ("a", "/models/providers/p/api")


def test_wrong_shapes_are_left_out(here: Any) -> None:
    here.write(
        "home/.openclaw/openclaw.json",
        '{ models: { providers: { a: "x", b: { models: ["m", { name: "no id" }] } } } }',
    )
    (provider,) = here.fact(OpenClawConfig).providers
    assert (provider.id, provider.models) == ("b", ())
