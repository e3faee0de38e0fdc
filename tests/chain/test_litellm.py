"""LiteLLM's config as LiteLLM 1.106.2 reads it."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.source.secret import Secret

ENTRY = """
model_list:
  - model_name: chat
    litellm_params:
      model: {model}
      api_base: {base}
      api_key: {key}
"""


def config(here: Any, text: str, **environ: str) -> Any:
    here.write("project/litellm_config.yaml", text)
    return here.fact(LiteLLMConfig, environ)


def deployment(
    here: Any, model: str = "azure/dep", base: str = "x", key: str = "k", **environ: str
) -> Any:
    return config(here, ENTRY.format(model=model, base=base, key=key), **environ).deployments[0]


@pytest.mark.parametrize(
    ("written", "used", "state"),
    [
        ("os.environ/KEY", "value", "from-env"),
        ('"os.environ/KEY"', "value", "from-env"),
        ("os.environ/GONE", None, "unset"),
        ("os.environ/EMPTY", None, "unset"),
        ("${KEY}", "${KEY}", "written"),
        ("$KEY", "$KEY", "written"),
        ("OS.ENVIRON/KEY", "OS.ENVIRON/KEY", "written"),
        ("x/os.environ/KEY", "x/os.environ/KEY", "written"),
        ('"os.environ/ KEY"', None, "unset"),
        ('""', None, "written"),
        ("null", None, "missing"),
        ("123456", None, "not-a-string"),
        ("2024-10-21", None, "not-a-string"),
    ],
)
def test_only_os_environ_is_a_reference(
    here: Any, written: str, used: str | None, state: str
) -> None:
    value = deployment(here, key=written, KEY="value", EMPTY="").api_key
    assert (value.resolved, value.state) == (None if used is None else Secret(used), state)


def test_prefix_name_and_host(here: Any) -> None:
    found = deployment(here, "azure/responses/my-codex", "https://Contoso-AI.openai.azure.com/")
    assert (found.provider, found.name) == ("azure", "responses/my-codex")
    assert found.host == "contoso-ai.openai.azure.com"
    assert found.label == "azure/responses/my-codex @ contoso-ai"
    assert deployment(here, "gpt-4o").provider is None
    assert deployment(here, "os.environ/DEP", DEP="azure/from-env").name == "from-env"


def test_includes_append_lists_and_override_the_rest(here: Any) -> None:
    here.write(
        "project/more.yaml",
        "model_list:\n  - model_name: b\n    litellm_params: {model: azure/b}\n"
        "litellm_settings: {drop_params: true}\n",
    )
    found = config(
        here,
        "include: [more.yaml]\nmodel_list:\n  - model_name: a\n"
        "    litellm_params: {model: azure/a}\nlitellm_settings: {num_retries: 1}\n",
    )
    assert [d.group for d in found.deployments] == ["a", "b"]
    assert found.root.at("/litellm_settings").python() == {"drop_params": True}
    assert found.deployments[1].node.span.path.endswith("more.yaml")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("- a\n", "not a mapping"),
        ("include: [nope.yaml]\n", "not found"),
    ],
)
def test_what_litellm_cannot_load_belongs_to_ll003(here: Any, text: str, reason: str) -> None:
    lack = config(here, text)
    assert isinstance(lack, Unavailable)
    assert lack.kind == "litellm-config-rejected"
    assert reason in lack.reason


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("litellm_config.yaml", "model_list: []", True),
        ("litellm_config.yml", "model_list: []", True),
        ("config.yaml", "model_list: []", True),
        ("config.yaml", "other: 1", False),
        ("litellm.yaml", "model_list: []", False),
    ],
)
def test_where_the_config_is_found(here: Any, name: str, text: str, found: bool) -> None:
    written = here.write(f"project/{name}", text)
    file = here.fact(LiteLLMFile)
    assert (file.path == str(written)) if found else isinstance(file, Absent)


def test_a_variable_names_the_config(here: Any) -> None:
    here.write("project/litellm_config.yaml", "model_list: []")
    other = here.write("elsewhere/proxy.yaml", "model_list: []")
    assert here.fact(LiteLLMFile, {"LITELLM_CONFIG_PATH": str(other)}).path == str(other)


def test_the_file_that_compose_mounts(here: Any) -> None:
    mounted = here.write("project/conf/proxy.yaml", "model_list: []")
    here.write(
        "project/compose.yaml",
        "services:\n  proxy:\n    image: docker.litellm.ai/berriai/litellm:main-stable\n"
        "    volumes: ['./conf:/etc/litellm:ro']\n"
        "    command: --config /etc/litellm/proxy.yaml\n",
    )
    assert here.fact(LiteLLMFile).path == str(mounted)


def test_a_broken_yaml_belongs_to_ll002(here: Any) -> None:
    lack = config(here, "a: b: c\n")
    assert isinstance(lack, Unavailable)
    assert lack.kind == "litellm-config-syntax"
    assert lack.place is not None
