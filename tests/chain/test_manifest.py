"""Configs inside Kubernetes manifests and Helm values, at their places in the whole file."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from clawdoctor.chain.litellm_file import LiteLLMFile, LiteLLMPath
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.run.needs import Unavailable
from clawdoctor.source.node import Node, Source
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

CONFIG = """\
# the proxy
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o  # mine
      api_version: 2024-10-21

general_settings: {master_key: "os.environ/LITELLM_MASTER_KEY"}
extra:
- |
  two
    lines
"""
JSON5 = """\
// mine
{
  models: { providers: {} },
  agents: { defaults: { model: 'litellm/gpt-4o' } },
}
"""


def _indented(text: str, columns: int) -> str:
    return textwrap.indent(text, " " * columns)


MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n"
MANIFESTS = {
    "config map": MAP + "  other: |\n    a\n  c.yaml: |\n" + _indented(CONFIG, 4),
    "secret": MAP.replace("data", "stringData") + "  c.yaml: |-\n" + _indented(CONFIG, 6),
    "explicit indentation": MAP + "  c.yaml: |2  # it\n" + _indented(CONFIG, 4),
    "two documents": "kind: Deployment\napiVersion: apps/v1\n---\n"
    + MAP
    + "  c.yaml: |\n    ---\n"
    + _indented(CONFIG, 4)
    + "---\nkind: Service\napiVersion: v1\n",
    "list": "apiVersion: v1\nkind: List\nitems:\n- data:\n    c.yaml: |\n" + _indented(CONFIG, 6),
    "helm block": "litellm:\n  config: |\n" + _indented(CONFIG, 4) + "replicaCount: 1\n",
    "helm chart": "image: {tag: v1}\nproxy_config:\n" + _indented(CONFIG, 2) + "replicaCount: 1\n",
    "argo": "apiVersion: argoproj.io/v1\nkind: Application\nspec:\n  values: |\n    a: |\n"
    + _indented(CONFIG, 6),
    "argo with a chart": "apiVersion: argoproj.io/v1\nkind: Application\nspec:\n  values: |\n"
    "    proxy_config:\n" + _indented(CONFIG, 6),
    "compose": "services:\n  a:\n    image: b\nconfigs:\n  c:\n    content: |\n"
    + _indented(CONFIG, 6),
    "windows lines": (MAP + "  c.yaml: |\n" + _indented(CONFIG, 4)).replace("\n", "\r\n"),
}


def _scalars(node: Node) -> list[Node]:
    if node.kind not in ("mapping", "sequence"):
        return [node]
    keys = [entry.key for entry in node.entries]
    return keys + [leaf for _, child in node.children() for leaf in _scalars(child)]


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_litellms_config_is_read_at_its_place(here: Any, manifest: str) -> None:
    written = MANIFESTS[manifest]
    path = str(here.write("project/litellm_config.yaml", written))
    file = here.fact(LiteLLMFile)
    plain = parse_yaml(Text(path, CONFIG))
    assert isinstance(plain, Source)
    assert file.root.python() == plain.root.python()
    whole, alone = Text(path, written), Text(path, CONFIG)
    for node, same in zip(_scalars(file.root), _scalars(plain.root), strict=True):
        if "\n" not in alone.slice(same.span):
            assert whole.slice(node.span) == alone.slice(same.span)
            assert file.text.slice(node.span) == alone.slice(same.span)


def test_a_mistake_in_a_config_map_has_its_line(here: Any) -> None:
    here.write(
        "project/litellm_config.yaml", MAP + "  c.yaml: |\n    model_list:\n      - a: b: c\n"
    )
    lack = here.fact(LiteLLMFile)
    assert isinstance(lack, Unavailable)
    assert lack.place is not None
    assert lack.place.span is not None
    assert lack.place.span.start.line == 8


def test_a_shell_script_in_a_config_map_is_no_config(here: Any) -> None:
    script = "#!/bin/sh\ncat > c.yaml <<EOF\nmodel_list: [\nEOF\n"
    text = MAP + "  a.sh: |\n" + _indented(script, 4) + "  c.yaml: |\n" + _indented(CONFIG, 4)
    here.write("project/litellm_config.yaml", text)
    assert here.fact(LiteLLMFile).root.get("model_list") is not None


def test_a_config_yaml_that_is_a_config_map_is_found(here: Any) -> None:
    here.write("project/config.yaml", MANIFESTS["config map"])
    assert here.fact(LiteLLMPath).path.endswith("config.yaml")


def test_openclaws_config_is_read_at_its_place(here: Any) -> None:
    text = MAP + "  a.json: |\n    {}\n  openclaw.json: |\n" + _indented(JSON5, 4)
    here.write("home/.openclaw/openclaw.json", text)
    file = here.fact(OpenClawFile)
    ref = file.root.at("/agents/defaults/model")
    assert ref is not None
    assert (ref.value, ref.span.start.line, ref.span.start.column) == ("litellm/gpt-4o", 12, 36)
    assert file.texts[0].slice(ref.span) == "'litellm/gpt-4o'"


def test_a_mistake_in_openclaws_config_map_has_its_line(here: Any) -> None:
    text = MAP + '  openclaw.json: |\n    {\n      "agents": {},\n      "models" {}\n    }\n'
    here.write("home/.openclaw/openclaw.json", text)
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    assert lack.place is not None
    assert lack.place.span is not None
    assert (lack.place.span.start.line, lack.place.span.start.column) == (9, 15)


def test_what_stands_beside_the_config_is_not_in_its_text(here: Any) -> None:
    text = MAP + "  token: secret-word\n  c.yaml: |\n" + _indented(CONFIG, 4)
    here.write("project/litellm_config.yaml", text)
    assert "secret-word" not in here.fact(LiteLLMFile).text.content
