"""What a file is that was given as a config and is none; no config may be taken for another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.run.needs import Unavailable

LITELLM = "model_list:\n  - model_name: a\n    litellm_params:\n      model: azure/a\n"
OPENCLAW = '{"models": {"providers": {}}, "agents": {"defaults": {"model": "a/b"}}}'
MANIFEST = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n"

KINDS = {
    "a Kubernetes manifest (Deployment) that contains no config in plain text": [
        MANIFEST,
        MANIFEST + "---\nkind: Service\napiVersion: v1\n",
    ],
    "a Kubernetes manifest (ConfigMap) that contains no config in plain text": [
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  c.yaml: " + json.dumps(LITELLM) + "\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: >\n    model_list:\n      - model_name: a\n",
        json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": LITELLM}}),
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: {{ .Values.proxy_config }}\n  b: [\n",
    ],
    "a template of a Helm chart": ["{{- if .Values.proxy }}\nproxy:\n{{- end }}\n"],
    "a Helm values file that contains no config in plain text": [
        "replicaCount: 1\nimage:\n  repository: ghcr.io/berriai/litellm\n  tag: v1\n"
    ],
    "a shell script": [
        "#!/bin/bash\nset -e\ndocker run -d litellm\n",
        "#!/usr/bin/env bash\ncat > config.yaml <<EOF\n" + LITELLM + "EOF\n",
        "set -e\ncat > config.yaml <<EOF\n" + LITELLM + "EOF\n",
        "export A=b\ndocker run -e A=b litellm\n",
        "curl -H 'Accept: text/html' http://localhost:4000\n",
    ],
    "a script (python)": ["#!/usr/bin/env python3\nprint(1)\n"],
    "a JSON array": ['[{"model_name": "a"}]', "[1, 2]"],
    "a certificate": ["-----BEGIN CERTIFICATE-----\nMIIB\nab==\n-----END CERTIFICATE-----\n"],
    "a key file": ["-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"],
    "a file of environment variables": ['# keys\nAZURE_API_KEY=a\nexport B="c: d"\n'],
    "a Docker Compose file": ["services:\n  litellm:\n    image: litellm\n"],
    "a Dockerfile": ['FROM litellm\nCOPY config.yaml /app\nCMD ["--config", "a"]\n'],
    "an HTML page": ["<!DOCTYPE html>\n<html></html>\n"],
    "a systemd unit": ["[Unit]\nDescription=a\n[Service]\nExecStart=litellm\n"],
    "an INI or TOML file": ['[tool.a]\nb = "c"\n'],
    "a Python program": ["import os\nimport litellm\nlitellm.completion(model='a')\n"],
    "a log": ["2026-11-01 10:00:00 - LiteLLM Proxy:ERROR a\nINFO: started\n"],
    "a package.json": ['{"name": "a", "version": "1.0.0", "dependencies": {}}'],
    "a Markdown page": [
        "# LiteLLM\n\nThis is how I set up my own proxy:\n\n```yaml\n" + LITELLM + "```\n"
    ],
}
TEXTS = [(name, text) for name, texts in KINDS.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_names_the_kind_instead_of_litellms_config(here: Any, name: str, text: str) -> None:
    here.write("project/litellm_config.yaml", text)
    lack = here.fact(LiteLLMFile)
    assert isinstance(lack, Unavailable)
    assert (lack.reason, lack.kind) == (f"is {name}", "litellm-config-syntax")


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_names_the_kind_instead_of_openclaws(here: Any, name: str, text: str) -> None:
    here.write("home/.openclaw/openclaw.json", text)
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    if not text.startswith("{{"):  # a broken object of JSON5 may be the config itself
        assert (lack.reason, lack.kind) == (f"is {name}", "openclaw-config-syntax")


@pytest.mark.parametrize("text", [OPENCLAW, "// mine\n{\n\tagents: { defaults: {} },\n}\n"])
def test_openclaws_config_is_not_litellms(here: Any, text: str) -> None:
    here.write("project/litellm_config.yaml", text)
    lack = here.fact(LiteLLMFile)
    assert isinstance(lack, Unavailable)
    assert lack.reason == "is OpenClaw's configuration"
    assert lack.refusal is not None
    assert "--openclaw-config" in lack.refusal.captures["instead"]


@pytest.mark.parametrize("text", [LITELLM, "# mine\n" + LITELLM + "  bad: a: b\n"])
def test_litellms_config_is_not_openclaws(here: Any, text: str) -> None:
    here.write("home/.openclaw/openclaw.json", text)
    lack = here.fact(OpenClawFile)
    assert isinstance(lack, Unavailable)
    assert lack.reason == "is LiteLLM's configuration"


@pytest.mark.parametrize(
    "text",
    [
        LITELLM,
        json.dumps({"model_list": []}),
        "#!/usr/bin/env litellm\n" + LITELLM,
        "# [Service]\n# docker run x\n## a heading\n" + LITELLM,
        "include:\n  - models.yaml\n",
        "environment_variables:\n  A: b\ncredential_list: []\n",
        "litellm_settings:\n  drop_params: true\nservices:\n  a:\n    image: b\n",
        "general_settings:\n  master_key: os.environ/A\nkind: ConfigMap\napiVersion: v1\n",
        "litellm:\n  model_list:\n    - model_name: a\n",
        "- model_name: a\n  litellm_params:\n    model: azure/a\n",
        "",
        "# nothing\n",
    ],
)
def test_an_unusual_config_of_litellm_is_read(here: Any, text: str) -> None:
    here.write("project/litellm_config.yaml", text)
    file = here.fact(LiteLLMFile)
    assert isinstance(file, LiteLLMFile)
    assert file.text.content == text


@pytest.mark.parametrize(
    "text",
    [
        LITELLM + "    bad: a: b\n",
        "Here is the config that you asked me for:\n```yaml\n" + LITELLM,
        "# my proxy\n" + LITELLM + "```\n",
        "cat > config.yaml <<'EOF'\n" + LITELLM + "EOF\n",
        "some words: and: more\n",
    ],
)
def test_a_config_with_a_mistake_keeps_its_line(here: Any, text: str) -> None:
    here.write("project/litellm_config.yaml", text)
    lack = here.fact(LiteLLMFile)
    assert isinstance(lack, Unavailable)
    assert lack.place is not None
    assert lack.place.span is not None


@pytest.mark.parametrize("text", ["{}", "{channels: {}, // no models\n}", '{"$include": "a"}', "{"])
def test_an_unusual_config_of_openclaw_is_no_other_kind(here: Any, text: str) -> None:
    here.write("home/.openclaw/openclaw.json", text)
    file = here.fact(OpenClawFile)
    assert isinstance(file, OpenClawFile) or not file.reason.startswith("is ")
