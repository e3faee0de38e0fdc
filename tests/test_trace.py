"""`clawdoctor trace`: the requests of a chain, bad input, and what it imports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import small_chain
from canaries.leaks import leak
from command_line import Done, clawdoctor
from schemas import trace_validator

import clawdoctor as api
from clawdoctor.check import built_in_checks
from clawdoctor.knowledge.measured import knowledge_date

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
MASTER = "sk-51b7a8e2c94d0f36"
LITELLM = small_chain.LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_API_KEY")
OPTIONS = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
ENVIRON: dict[str, Any] = {"AZURE_API_KEY": KEY, "LITELLM_MASTER_KEY": MASTER}


def project(
    folder: Path, litellm: str | None = LITELLM, openclaw: str | None = small_chain.OPENCLAW
) -> Path:
    """Return a folder with the files of a chain."""
    for name, text in (("litellm_config.yaml", litellm), ("openclaw.json", openclaw)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def trace(folder: Path, *arguments: str, options: tuple[str, ...] = OPTIONS) -> Done:
    """Run `clawdoctor trace` in a folder. Its output never contains a key."""
    done = clawdoctor("trace", *arguments, *options, cwd=folder, **ENVIRON)
    for text in (done.stdout, done.stderr):
        assert leak(text, KEY) is None
        assert leak(text, MASTER) is None
    return done


def document(folder: Path, *arguments: str, options: tuple[str, ...] = OPTIONS) -> dict[str, Any]:
    """Return the document of `trace --json`, which conforms to its schema."""
    done = trace(folder, "--json", *arguments, options=options)
    found = json.loads(done.stdout)
    trace_validator().validate(found)
    assert found["exitCode"] == done.returncode
    assert found["ok"] is (done.returncode == 0)
    assert isinstance(found, dict)
    return found


def hops(found: dict[str, Any], route: int = 0) -> list[dict[str, Any]]:
    """Return the hops of a route."""
    listed = found["routes"][route]["hops"]
    assert isinstance(listed, list)
    return listed


def test_the_hops_of_a_chain(tmp_path: Path) -> None:
    found = document(project(tmp_path))
    assert found["routes"][0]["model"] == "azure-openai/gpt-4o"
    assert found["routes"][0]["roles"] == ["primary"]
    first, second = hops(found)
    assert (first["from"], first["to"]) == ("openclaw", "proxy")
    assert first["url"] == "http://localhost:4000/v1/chat/completions"
    assert first["model"] == "gpt-4o"
    assert first["credential"]["name"] == "LITELLM_MASTER_KEY"
    assert "starts with sk-" in first["credential"]["shape"]  # judged without "Bearer"
    assert first["credential"]["source"]["location"]["pointer"].endswith("/apiKey")
    assert (second["from"], second["to"]) == ("litellm", "azure")
    assert second["url"] == (
        "https://contoso.openai.azure.com/openai/deployments/my-gpt4o/chat/completions"
        "?api-version=2024-10-21"
    )
    assert second["deployment"] == "azure/my-gpt4o"
    assert second["credential"]["header"].casefold() == "api-key"
    assert second["credential"]["name"] == "AZURE_API_KEY"
    assert second["credential"]["source"]["location"]["start"]["line"] == 6
    places = {source["part"]: source["location"] for source in second["sources"]}
    assert places["api-version"]["start"]["line"] == 7


def test_the_text_names_the_same(tmp_path: Path) -> None:
    text = trace(project(tmp_path)).stdout
    assert text.startswith("azure-openai/gpt-4o  primary\n")
    assert "→ http://localhost:4000\n    POST /v1/chat/completions" in text
    assert "litellm_config.yaml:6" in text
    assert "AZURE_API_KEY (32 hexadecimal digits, as in an Azure key)" in text


def test_the_date_of_the_knowledge_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert document(folder)["tool"]["knowledge"] == knowledge_date()
    sentence = f"clawdoctor's knowledge is dated {knowledge_date()}."
    assert sentence in trace(folder, "-v").stdout
    assert sentence not in trace(folder).stdout


def test_a_reference_that_litellm_does_not_expand_is_shown_as_the_key(tmp_path: Path) -> None:
    second = hops(document(project(tmp_path, small_chain.LITELLM)))[1]
    assert second["credential"]["shape"] == 'the text "${AZURE_OPENAI_API_KEY}"'
    assert second["credential"]["name"] is None


@pytest.mark.parametrize("named", ["azure-openai/gpt-4o", "gpt-4o", "Azure-OpenAI/GPT-4o"])
def test_a_model_can_be_named(named: str, tmp_path: Path) -> None:
    found = document(project(tmp_path), named)
    assert [route["model"] for route in found["routes"]] == ["azure-openai/gpt-4o"]


def test_a_named_model_that_no_agent_uses_is_traced(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace(
        'models: [{ id: "gpt-4o"', 'models: [{ id: "spare", name: "spare" }, { id: "gpt-4o"'
    )
    found = document(project(tmp_path, openclaw=openclaw), "spare")
    assert [route["model"] for route in found["routes"]] == ["azure-openai/spare"]
    assert found["routes"][0]["usedBy"] == []
    assert len(document(project(tmp_path, openclaw=openclaw))["routes"]) == 1


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("gpt-4", "did you mean azure-openai/gpt-4o?"),
        ("azure-openai/gpt4o", "did you mean azure-openai/gpt-4o?"),
        ("zzz", "it has azure-openai/gpt-4o"),
    ],
)
def test_an_unknown_model_is_wrong_usage(named: str, message: str, tmp_path: Path) -> None:
    found = document(project(tmp_path), named)
    assert found["exitCode"] == 2
    assert f"no model of this chain is named {named}" in found["usageError"]
    assert message in found["usageError"]
    assert trace(tmp_path, named).returncode == 2


def test_openclaw_without_litellms_file_has_one_hop_and_the_reason(tmp_path: Path) -> None:
    folder = project(tmp_path, litellm=None)
    found = document(folder, options=("--openclaw-config", "openclaw.json"))
    first, second = hops(found)
    assert first["url"] == "http://localhost:4000/v1/chat/completions"
    assert "--litellm-config" in second["unpredicted"]


def test_litellm_without_openclaws_file_traces_a_plain_request(tmp_path: Path) -> None:
    folder = project(tmp_path, openclaw=None)
    options = ("--litellm-config", "litellm_config.yaml")
    found = document(folder, options=options)
    assert [route["model"] for route in found["routes"]] == ["gpt-4o"]
    (only,) = hops(found)
    assert only["from"] == "litellm"
    assert "/openai/deployments/my-gpt4o/" in only["url"]
    assert any("plain chat request" in note for note in found["notes"])
    assert document(folder, "gpt-4o", options=options)["ok"]
    assert document(folder, "gpt-5", options=options)["exitCode"] == 2


def test_an_openclaw_config_in_this_folder_is_named_if_it_is_not_read(tmp_path: Path) -> None:
    options = ("--litellm-config", "litellm_config.yaml")
    notes = document(project(tmp_path), options=options)["notes"]
    assert any("`clawdoctor trace --openclaw-config openclaw.json`" in note for note in notes)
    (tmp_path / "openclaw.json").write_text("{ not closed", "utf-8")
    named = (*options, "--openclaw-config", "openclaw.json")
    assert "--openclaw-config" not in " ".join(document(tmp_path, options=named)["notes"])
    (tmp_path / "openclaw.json").unlink()
    assert "--openclaw-config" not in " ".join(document(tmp_path, options=options)["notes"])


def test_a_server_that_is_not_litellm_ends_the_trace(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace(
        '"azure-openai": {',
        'vllm: { baseUrl: "http://10.0.0.5:8000/v1", apiKey: "x",'
        ' api: "openai-completions", models: [{ id: "m", name: "m" }] }, "azure-openai": {',
    ).replace("azure-openai/gpt-4o", "vllm/m")
    folder = project(tmp_path, litellm=None, openclaw=openclaw)
    first, second = hops(document(folder, options=("--openclaw-config", "openclaw.json")))
    assert first["to"] == "server"
    assert first["url"] == "http://10.0.0.5:8000/v1/chat/completions"
    assert "may not be LiteLLM" in second["unpredicted"]


@pytest.mark.parametrize(
    ("litellm", "openclaw", "code"),
    [
        (LITELLM, small_chain.OPENCLAW.replace("agents:", "agents"), "OC002"),
        ("model_list: [\n", small_chain.OPENCLAW, "LL002"),
        ("- a\n", small_chain.OPENCLAW, "LL003"),
    ],
)
def test_a_fault_in_a_file_is_shown_as_run_shows_it(
    litellm: str, openclaw: str, code: str, tmp_path: Path
) -> None:
    folder = project(tmp_path, litellm, openclaw)
    found = document(folder)
    assert found["exitCode"] == 1
    assert [fault["code"] for fault in found["faults"]] == [code]
    run = json.loads(clawdoctor("run", "--json", *OPTIONS, cwd=folder, **ENVIRON).stdout)
    messages = {finding["code"]: finding["message"] for finding in run["findings"]}
    assert found["faults"][0]["message"] == messages[code]
    text = trace(folder).stdout
    assert text.startswith(f"error[{code}]: ")
    assert "\n  clawdoctor run\n" in text


@pytest.mark.parametrize("option", ["openclaw-config", "litellm-config", "compose", "env-file"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"])
def test_a_named_file_that_is_no_text_is_wrong_usage_as_in_run(
    option: str, content: bytes | str | None, tmp_path: Path
) -> None:
    folder = project(tmp_path)
    if content == "folder":
        (folder / "named").mkdir()
    elif isinstance(content, bytes):
        (folder / "named").write_bytes(content)
    given = (*OPTIONS, f"--{option}", "named")
    found = document(folder, options=given)
    run = json.loads(clawdoctor("run", "--json", *given, cwd=folder, **ENVIRON).stdout)
    assert found["exitCode"] == 2
    assert found["usageError"] == run["usageError"]
    assert trace(folder, options=given).stdout.startswith("error: ")


def test_no_file_at_all_is_wrong_usage_as_in_run(tmp_path: Path) -> None:
    found = document(tmp_path, options=())
    run = json.loads(clawdoctor("run", "--json", cwd=tmp_path, **ENVIRON).stdout)
    assert (found["exitCode"], found["usageError"]) == (2, run["usageError"])


def test_a_wrong_option_prints_a_document_too(tmp_path: Path) -> None:
    found = document(tmp_path, "--no-such-option", options=())
    assert found["exitCode"] == 2
    assert "--no-such-option" in found["usageError"]


def test_a_defect_is_reported_with_a_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*args: object) -> None:
        raise ValueError(KEY)

    monkeypatch.setattr("clawdoctor.run.hops.openclaw_request", broken)
    found = document(project(tmp_path))
    assert found["exitCode"] == 3
    assert found["internalErrors"][0]["error"] == "ValueError"


def test_a_trace_imports_no_network_and_no_rich(tmp_path: Path) -> None:
    program = (
        "import socket, sys\n"
        "from clawdoctor.__main__ import run_app\n"
        "def refuse(*_): sys.exit('a trace asks the network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "code = run_app(sys.argv[1:])\n"
        "heavy = {'httpx', 'rich', 'asyncio', 'json5'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "trace", "--json", *OPTIONS],
        cwd=project(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "HOME": "/nonexistent", **ENVIRON},
    )
    assert done.returncode == 0, done.stderr
    assert len(hops(json.loads(done.stdout))) == 2


def test_trace_is_part_of_the_api(tmp_path: Path) -> None:
    situation = api.Situation(str(project(tmp_path)), str(tmp_path), ENVIRON, *OPTIONS[1::2])
    found = api.trace(situation)
    assert isinstance(found, api.Trace)
    assert found.exit_code == 0
    assert [hop.sender for hop in found.routes[0].requests] == ["openclaw", "litellm"]
    assert leak(repr(found), KEY) is None


def test_a_predicted_refusal_names_the_check_and_its_place(tmp_path: Path) -> None:
    litellm = LITELLM.replace("os.environ/AZURE_API_KEY", "os.environ/AZURE_KEY")
    done = clawdoctor("trace", "--json", *OPTIONS, cwd=project(tmp_path, litellm))
    refusal = hops(json.loads(done.stdout))[1]["refusal"]
    assert refusal["by"] == "litellm"
    assert refusal["code"] == "LL103"
    assert "AZURE_KEY" in refusal["cause"]
    assert refusal["location"]["start"]["line"] == 6


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("os.environ/AZURE_API_KEY", "${AZURE_API_KEY}", "LL102"),
        ("os.environ/AZURE_API_KEY", "your-azure-key", "LL104"),
        ("azure.com", "azure.com/openai/deployments/my-gpt4o/chat/completions", "LL106"),
        ("os.environ/AZURE_API_KEY", MASTER, "LL115"),
        ("api_version:", "tmp: 1\n      api_version:", "LL111"),
    ],
)
def test_a_wrong_request_names_the_check(old: str, new: str, code: str, tmp_path: Path) -> None:
    for text, codes in ((LITELLM, set()), (LITELLM.replace(old, new, 1), {code})):
        second = hops(document(project(tmp_path, text)))[1]
        assert {fault["code"] for fault in second["faults"]} == codes
        assert second["url"] is not None
    assert second["faults"][0]["location"]["path"] == "litellm_config.yaml"
    assert f"    {code} " in trace(tmp_path).stdout


def test_an_api_version_that_is_too_old_for_responses_names_the_check(tmp_path: Path) -> None:
    litellm = LITELLM.replace("azure/my-gpt4o", "azure/gpt-5.2-codex")
    litellm = litellm.replace('"2024-10-21"', "2024-05-01-preview")
    second = hops(document(project(tmp_path, litellm)))[1]
    assert [fault["code"] for fault in second["faults"]] == ["LL109"]


def test_a_wrong_request_of_openclaw_names_the_check(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace("4000/v1", "4000/v1/chat/completions")
    first = hops(document(project(tmp_path, openclaw=openclaw)))[0]
    assert [fault["code"] for fault in first["faults"]] == ["OC105"]
    assert hops(document(project(tmp_path)))[0]["faults"] == []


def test_a_key_that_would_win_where_litellm_runs_is_named(tmp_path: Path) -> None:
    """This shell may lack a variable that LiteLLM's environment has."""
    litellm = LITELLM.replace("api_key: os.environ/AZURE_API_KEY", "azure_ad_token: os.environ/T")
    litellm = litellm.replace("azure/my-gpt4o", "azure/responses/o3")
    folder = project(tmp_path, litellm)
    environ: dict[str, Any] = {"LITELLM_MASTER_KEY": MASTER, "T": "ab12cd34ef56ab78"}
    text = " ".join(clawdoctor("trace", *OPTIONS, cwd=folder, **environ).stdout.split())
    would = "AZURE_API_KEY or AZURE_OPENAI_API_KEY would win over it, if set where LiteLLM runs"
    assert would in text
    (folder / "env").write_text("T=ab12cd34ef56ab78\n")
    known = clawdoctor("trace", *OPTIONS, "--env-file", "env", cwd=folder, **environ)
    assert "would win" not in known.stdout


def test_a_variable_that_is_not_set_is_named_with_its_setting(tmp_path: Path) -> None:
    litellm = LITELLM.replace("azure/my-gpt4o", "azure/responses/o3")
    done = clawdoctor("trace", *OPTIONS, cwd=project(tmp_path, litellm))
    text = " ".join(done.stdout.split())
    assert "no key api_key litellm_config.yaml:6, AZURE_API_KEY is not set in this shell" in text
    assert '(the text "${LITELLM_MASTER_KEY}") apiKey openclaw.json:3 not set in this shell' in text
    assert "This trace uses the variables of this shell." in text
    assert "Missing env var" not in text  # older versions refuse only if it is unset there, too


def test_a_dropped_deployment_says_so(tmp_path: Path) -> None:
    litellm = LITELLM.replace("azure/my-gpt4o", "azuer/my-gpt4o")
    found = [hop["refusal"] for hop in hops(document(project(tmp_path, litellm)))[1:]]
    assert found[0]["text"] == "LiteLLM drops this deployment at startup"
    assert found[0]["code"] in ("LL105", "LL116")
    assert found[0]["location"]["start"]["line"] == 4


def test_a_deployment_dropped_for_its_date_names_the_check(tmp_path: Path) -> None:
    litellm = LITELLM.replace('"2024-10-21"', "2024-10-21")
    found = [hop["refusal"] for hop in hops(document(project(tmp_path, litellm)))[1:]]
    assert (found[0]["code"], found[0]["location"]["start"]["line"]) == ("LL107", 7)
    assert found[-1]["status"] == 400  # its consequences follow it


def test_a_model_that_agents_name_without_its_provider_is_in_a_note(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace('primary: "azure-openai/gpt-4o"', 'primary: "a/b"')
    notes = " ".join(document(project(tmp_path, openclaw=openclaw))["notes"])
    assert "OpenClaw sends nothing for a/b: openclaw.json has no such provider." in notes
    assert "`clawdoctor trace azure-openai/gpt-4o` shows one." in notes


def test_a_start_that_this_shell_only_seems_to_prevent_is_no_condition(tmp_path: Path) -> None:
    done = clawdoctor("trace", "--json", *OPTIONS, cwd=project(tmp_path), AZURE_API_KEY=KEY)
    found = json.loads(done.stdout)
    assert found["start"]["assumed"] is True
    assert found["start"]["code"] == "LL108"
    assert hops(found)[1]["condition"] is None


def test_a_start_that_depends_on_a_package_is_not_known(tmp_path: Path) -> None:
    litellm = f"{LITELLM}litellm_settings:\n  callbacks: [prometheus]\n"
    found = document(project(tmp_path, litellm))
    assert found["start"] is None
    assert (
        "Whether LiteLLM starts is not known: LiteLLM may require the Python package "
        "prometheus-client for the callback prometheus."
    ) in found["notes"]


def test_a_start_without_a_licence_names_the_check(tmp_path: Path) -> None:
    litellm = f"{LITELLM}litellm_settings:\n  callbacks: [hide_secrets]\n"
    found = document(project(tmp_path, litellm))
    assert (found["start"]["code"], found["start"]["assumed"]) == ("LL126", True)


def test_a_start_without_the_address_of_a_guardrail_names_the_check(tmp_path: Path) -> None:
    guardrail = (
        "  - guardrail_name: pii\n    litellm_params: {guardrail: presidio, mode: pre_call}\n"
    )
    found = document(project(tmp_path, f"{LITELLM}guardrails:\n{guardrail}"))
    assert (found["start"]["code"], found["start"]["assumed"]) == ("LL121", True)


def test_what_follows_a_start_that_fails_is_marked(tmp_path: Path) -> None:
    litellm = LITELLM.replace("os.environ/LITELLM_MASTER_KEY", "1234")
    found = document(project(tmp_path, litellm))
    assert found["start"]["assumed"] is False
    assert found["start"]["code"] == "LL108"
    assert hops(found)[1]["condition"] == "if-litellm-started"
    assert hops(found)[1]["url"].startswith("https://contoso.openai.azure.com/")


def test_a_model_that_litellm_lacks_names_the_check(tmp_path: Path) -> None:
    litellm = LITELLM.replace("model_name: gpt-4o", "model_name: gpt-4")
    refusal = hops(document(project(tmp_path, litellm)))[1]["refusal"]
    assert (refusal["status"], refusal["code"]) == (400, "LL201")


def without_key(text: str) -> str:
    """Return the text of openclaw.json without its apiKey."""
    lines = text.splitlines(keepends=True)
    return "".join(re.sub(r'apiKey: "[^"]*",? ?', "", line) for line in lines)


def test_a_key_that_the_proxy_refuses_names_the_check_and_what_it_holds_up(tmp_path: Path) -> None:
    openclaw = without_key(small_chain.OPENCLAW)
    folder = project(tmp_path, openclaw=openclaw)
    first, refused, upstream = hops(document(folder))
    assert first["credential"] is None
    assert (refused["from"], refused["condition"]) == ("litellm", None)
    refusal = refused["refusal"]
    assert (refusal["by"], refusal["status"], refusal["code"]) == ("litellm", 401, "LL202")
    assert upstream["condition"] == "if-the-key-is-accepted"
    assert upstream["url"].startswith("https://contoso.openai.azure.com/")
    text = trace(folder).stdout
    assert "401: Authentication Error, No api key passed in." in text
    assert "LL202 OpenClaw sends no key, but the proxy requires its master key" in text
    assert "if the key is accepted" in text


def test_a_missing_key_is_refused_whatever_the_master_key_is(tmp_path: Path) -> None:
    folder = project(tmp_path, openclaw=without_key(small_chain.OPENCLAW))
    done = clawdoctor("trace", "--json", *OPTIONS, cwd=folder, AZURE_API_KEY=KEY)
    assert hops(json.loads(done.stdout))[1]["refusal"]["code"] == "LL202"


def test_another_key_than_the_master_key_is_refused(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace("${LITELLM_MASTER_KEY}", "sk-93c1f0a7b2d84e56")
    refusal = hops(document(project(tmp_path, openclaw=openclaw)))[1]["refusal"]
    assert (refusal["status"], refusal["code"]) == (400, "LL202")
    done = clawdoctor("trace", "--json", *OPTIONS, cwd=tmp_path, AZURE_API_KEY=KEY)
    found = hops(json.loads(done.stdout))  # the master key is unknown here
    assert [hop["refusal"] for hop in found] == [None, None]


DIRECT = """{
  meta: { lastTouchedVersion: "2026.3.13" },
  models: { providers: { az: {
    baseUrl: "https://contoso.openai.azure.com/openai/deployments/my-gpt4o",
    apiKey: "${AZURE_API_KEY}", api: "openai-completions",
    headers: { "api-version": "2024-10-21" }, models: [{ id: "my-gpt4o", name: "x" }],
  } } },
  agents: { defaults: { model: { primary: "az/my-gpt4o" } } },
}
"""


def test_later_versions_that_send_another_url_are_named(tmp_path: Path) -> None:
    folder = project(tmp_path, litellm=None, openclaw=DIRECT)
    (only,) = hops(document(folder, options=("--openclaw-config", "openclaw.json")))
    assert only["to"] == "azure"
    path = "https://contoso.openai.azure.com/openai/deployments/my-gpt4o/chat/completions"
    assert only["url"] == path
    assert only["headers"]["api-version"] == "2024-10-21"
    assert {
        "since": "2026.5.12",
        "before": None,
        "url": f"{path}?api-version=2024-10-21",
        "refusal": None,
    } in only["differences"]


def test_a_known_version_has_no_differences(tmp_path: Path) -> None:
    folder = project(tmp_path, litellm=None, openclaw=DIRECT)
    program = folder / "node_modules/openclaw"
    program.mkdir(parents=True)
    (program / "package.json").write_text('{"name": "openclaw", "version": "2026.3.13"}')
    (folder / "openclaw").symlink_to(program / "package.json")
    (program / "package.json").chmod(0o755)
    done = clawdoctor(
        "trace", "--json", "--openclaw-config", "openclaw.json",
        cwd=folder, PATH=str(folder), AZURE_API_KEY=KEY,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["versions"]["openclaw"]["value"] == "2026.3.13"
    assert not found["versions"]["openclaw"]["lowerBound"]
    assert hops(found)[0]["differences"] == []


CANARY = "glowing-ferret-jumps-northward"


@pytest.mark.parametrize(
    "environ",
    [
        {"AZURE_API_BASE": f"https://{CANARY}.corp.example"},
        {"AZURE_API_BASE": f"https://llm.corp.example/{CANARY}"},
        {"AZURE_API_BASE": f"https://user:{CANARY}@llm.corp.example"},
        {"AZURE_API_BASE": f"https://llm.corp.example/?code={CANARY}"},
        {"AZURE_API_BASE": "https://h.example", "AZURE_API_VERSION": CANARY},
        {"AZURE_API_BASE": "https://h.example", "AZURE_AD_TOKEN": CANARY},
        {"AZURE_API_BASE": "https://h.example", "AZURE_OPENAI_AD_TOKEN": CANARY},
    ],
)
def test_no_variable_that_no_file_names_is_shown(environ: dict[str, Any], tmp_path: Path) -> None:
    lines = LITELLM.splitlines()
    bare = [line for line in lines if not line.strip().startswith("api_")]
    folder = project(tmp_path, "\n".join(bare) + "\n")
    for arguments in (("trace",), ("trace", "--json")):
        done = clawdoctor(*arguments, *OPTIONS, cwd=folder, **ENVIRON, **environ)
        assert done.returncode == 0, done.stderr
        assert leak(done.stdout, CANARY) is None, done.stdout


def test_a_refusal_opens_no_network_either(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from clawdoctor.__main__ import run_app\n"
        "code = run_app(sys.argv[1:])\n"
        "assert not {'httpx', 'rich', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(code)\n"
    )
    folder = project(tmp_path, LITELLM.replace("model_name: gpt-4o", "model_name: gpt-4"))
    done = subprocess.run(
        [sys.executable, "-c", program, "trace", "--json", *OPTIONS],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "HOME": "/nonexistent", **ENVIRON},
    )
    assert done.returncode == 0, done.stderr
    assert hops(json.loads(done.stdout))[1]["refusal"]["code"] == "LL201"


LITELLM_TWO = LITELLM.replace(
    "general_settings:",
    """  - model_name: other
    litellm_params:
      model: azure/other
      api_base: https://contoso.openai.azure.com
      api_key: ${AZURE_API_KEY}
      api_version: "2024-10-21"
general_settings:""",
)
FALLBACK = small_chain.OPENCLAW.replace(
    'models: [{ id: "gpt-4o"', 'models: [{ id: "other", name: "other" }, { id: "gpt-4o"'
).replace(
    'primary: "azure-openai/gpt-4o"',
    'primary: "azure-openai/gpt-4o", fallbacks: ["azure-openai/other"]',
)


def test_the_worst_fault_comes_first_with_its_place_and_model(tmp_path: Path) -> None:
    folder = project(tmp_path, LITELLM_TWO, FALLBACK)
    found = document(folder)
    (problem,) = found["problems"]
    assert (problem["code"], problem["severity"]) == ("LL102", "error")
    assert problem["models"] == ["azure-openai/other"]
    assert [route["model"] for route in found["routes"]] == [
        "azure-openai/other",
        "azure-openai/gpt-4o",
    ]
    text = trace(folder).stdout
    assert text.startswith('✗ LiteLLM sends Azure the text "${AZURE_API_KEY}" as the key\n')
    assert text.splitlines()[1].endswith(" · azure-openai/other")
    assert text.splitlines()[-1].startswith("✗ 1 error · LL102 api_key litellm_config.yaml:")


def test_a_fault_of_another_model_is_left_out_if_one_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path, LITELLM_TWO, FALLBACK)
    assert document(folder, "azure-openai/gpt-4o")["problems"] == []
    assert len(document(folder, "azure-openai/other")["problems"]) == 1


def test_the_primary_comes_before_its_fallbacks(tmp_path: Path) -> None:
    folder = project(tmp_path, LITELLM_TWO.replace("${AZURE", "os.environ/AZURE"), FALLBACK)
    text = trace(folder).stdout
    folder_text = text.replace("os.environ/AZURE_API_KEY", "")
    assert folder_text.index("azure-openai/gpt-4o  primary") < folder_text.index("other  fallback")


def test_a_config_that_openclaw_refuses_is_a_problem(tmp_path: Path) -> None:
    openclaw = small_chain.OPENCLAW.replace("agents:", 'nosuch: { a: "b" }, agents:')
    found = document(project(tmp_path, openclaw=openclaw))
    assert [problem["code"] for problem in found["problems"]] == ["OC003"]
    assert found["exitCode"] == 0


def test_a_credential_of_the_list_is_named(tmp_path: Path) -> None:
    named = "litellm_credential_name: prod_azure"
    litellm = LITELLM.replace("api_key: os.environ/AZURE_API_KEY", named) + (
        "credential_list:\n- credential_name: prod_azure\n"
        "  credential_values: {api_key: os.environ/AZURE_API_KEY}\n"
    )
    folder = project(tmp_path, litellm)
    text = trace(folder).stdout
    assert "credential prod_azure: litellm_credential_name litellm_config.yaml:6" in text
    (folder / "litellm_config.yaml").write_text(litellm.replace("prod_azure", KEY), "utf-8")
    assert "credential <hidden>: litellm_credential_name" in trace(folder).stdout


def test_a_variable_that_wins_over_the_file_is_a_problem(tmp_path: Path) -> None:
    litellm = LITELLM.replace("api_key: os.environ/AZURE_API_KEY", "azure_ad_token: os.environ/T")
    litellm = litellm.replace("azure/my-gpt4o", "azure/responses/o3")
    litellm = litellm.replace('"2024-10-21"', "2025-04-01-preview")
    environ: dict[str, Any] = {**ENVIRON, "T": "ab12cd34ef56ab78"}
    done = clawdoctor("trace", "--json", *OPTIONS, cwd=project(tmp_path, litellm), **environ)
    (problem,) = json.loads(done.stdout)["problems"]
    assert "AZURE_API_KEY, set in this shell" in problem["message"]
    assert problem["location"]["pointer"].endswith("/azure_ad_token")


def test_memory_search_at_a_server_of_its_own_is_a_route(tmp_path: Path) -> None:
    search = """memory: { search: { provider: "openai", model: "text-embedding-3-small", remote: {
      baseUrl: "https://c.openai.azure.com/openai/deployments/e", apiKey: "${AZURE_API_KEY}" } } },
      agents:"""
    found = document(project(tmp_path, openclaw=small_chain.OPENCLAW.replace("agents:", search)))
    route = next(r for r in found["routes"] if r["roles"] == ["memory search"])
    (hop,) = route["hops"]
    assert hop["url"] == "https://c.openai.azure.com/openai/deployments/e/embeddings"
    assert "without an api-version" in found["problems"][0]["message"]


def test_a_memory_search_with_an_api_version_has_no_fault(tmp_path: Path) -> None:
    search = """memory: { search: { provider: "openai", model: "text-embedding-3-small", remote: {
      baseUrl: "https://c.openai.azure.com/openai/v1", apiKey: "${AZURE_API_KEY}" } } },
      agents:"""
    found = document(project(tmp_path, openclaw=small_chain.OPENCLAW.replace("agents:", search)))
    assert found["problems"] == []


def test_each_declared_prediction_is_a_kind_of_refusal() -> None:
    """A kind that nothing predicts is misspelled."""
    wire, run = (Path(api.__file__).parent / name for name in ("wire", "run"))
    texts = [path.read_text("utf-8") for path in (*wire.glob("*.py"), *run.glob("*.py"))]
    for check in built_in_checks():
        for kind in check.predicts:
            assert any(f'"{kind}"' in text for text in texts), (check.code, kind)
