"""`clawdoctor init`: what it writes is a chain without a fault, and it overwrites nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import json5
import pytest
import yaml
from command_line import Done, clawdoctor
from terminal_session import session

from clawdoctor.finding import Severity
from clawdoctor.repair.azure_list import listed_deployments
from clawdoctor.repair.init_command import Options, Prompts, make_chain
from clawdoctor.repair.new_chain import Deployed, NewChain, litellm_config, provider
from clawdoctor.repair.new_files import ExistsError
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Process, Situation
from clawdoctor.simulator import azure
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.serve import serving
from clawdoctor.terminal.stream import Terminal

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
MASTER = "sk-51b7a8e2c94d0f36"
SHAPES = [
    ("--deployment", "gpt-4o-mini"),
    ("--deployment", "gpt52-prod=gpt-5.2"),
    ("--deployment", "codex=gpt-5.2-codex"),
    ("--deployment", "gpt52-prod=gpt-5.2", "--deployment", "gpt-4o-mini"),
    ("--deployment", "my-pro=gpt-5-pro", "--deployment", "mini=gpt-5.4-mini", "--port", "4455"),
    ("--deployment", "east=gpt-4o", "--deployment", "west=gpt-4o"),
    ("--deployment", "sol=gpt-5.6-sol"),
    ("--deployment", "something-of-mine"),
    ("--deployment", "gpt-4.1", "--docker"),
    ("--deployment", "codex=gpt-5.2-codex", "--deployment", "mini=gpt-4o-mini", "--docker"),
]


def init(folder: Path, *arguments: str, resource: str = "contoso-ai", **more: str) -> Done:
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    environ = {"HOME": str(home), "AZURE_API_KEY": KEY, "LITELLM_MASTER_KEY": MASTER, **more}
    named = ("--resource", resource) if resource else ()
    # No name is looked up: the proxies of the environment do not exist.
    return clawdoctor("init", *named, *arguments, cwd=folder, stdin=b"", **environ)


def offline(folder: Path, **more: str) -> list[tuple[str, str]]:
    """The errors and warnings that the files have, with both keys set."""
    situation = Situation(
        cwd=str(folder),
        home=str(folder.parent / "home"),
        environ={"AZURE_API_KEY": KEY, "LITELLM_MASTER_KEY": MASTER, **more},
    )
    report = diagnose(situation)
    assert not report.internal_errors
    return [
        (finding.code, finding.message)
        for finding in report.findings
        if finding.severity is not Severity.INFO
    ]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run at the end of init looks at the files alone."""
    from clawdoctor.run import diagnosis

    real = diagnosis.diagnose
    monkeypatch.setattr(diagnosis, "diagnose", lambda *a, **k: real(*a, **{**k, "mode": "offline"}))


@pytest.mark.parametrize("shape", SHAPES, ids=" ".join)
def test_the_files_have_no_fault(tmp_path: Path, shape: tuple[str, ...]) -> None:
    folder = tmp_path / "project"
    done = init(folder, *shape)
    assert done.returncode == 0, done.stderr
    assert offline(folder) == []
    assert KEY not in done.stdout + done.stderr
    config = (folder / "litellm_config.yaml").read_text()
    assert KEY not in config
    groups = [entry["model_name"] for entry in yaml.safe_load(config)["model_list"]]
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    models = json5.loads(openclaw.read_text())["agents"]["defaults"]["model"]
    assert [models["primary"], *models.get("fallbacks", [])] == [
        f"azure-openai/{g}" for g in groups
    ]
    assert openclaw.stat().st_mode & 0o777 == 0o600


def test_a_responses_only_model_is_asked_for_by_responses(tmp_path: Path) -> None:
    deployments = (Deployed("c", "gpt-5.2-codex"), Deployed("m", "gpt-4o-mini"))
    chain = NewChain("https://contoso-ai.openai.azure.com", deployments)
    entries = yaml.safe_load(litellm_config(chain))["model_list"]
    routes = [entry["litellm_params"]["model"] for entry in entries]
    assert routes == ["azure/responses/c", "azure/m"]


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    init(folder, "--deployment", "gpt-4o-mini")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = init(folder, "--deployment", "gpt-4o")
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert init(folder, "--deployment", "gpt-4o-mini").returncode == 0  # the same again
    assert init(folder, "--deployment", "gpt-4o", "--force").returncode == 0
    assert offline(folder) == []
    assert "azure/gpt-4o\n" in (folder / "litellm_config.yaml").read_text()


@pytest.mark.parametrize("agrees", [True, False])
def test_a_person_is_asked_before_files_are_replaced(tmp_path: Path, agrees: bool) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    config = folder / "litellm_config.yaml"
    config.write_text("# mine\n")
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return agrees

    prompts = Prompts(text=lambda _, default: default, yes=yes, say=lambda _: None)
    situation = Situation(str(folder), str(tmp_path / "home"), {"LITELLM_MASTER_KEY": MASTER})
    options = Options("contoso-ai", ("gpt-4o-mini",), 4000)
    if agrees:
        assert make_chain(options, situation, prompts, Terminal()) is not None
    else:
        with pytest.raises(ExistsError):
            make_chain(options, situation, prompts, Terminal())
    assert asked[0] == f"{config} exists. Replace it?"
    assert ("# mine" in config.read_text()) is not agrees


def test_an_existing_openclaw_json_keeps_its_bytes(tmp_path: Path) -> None:
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    before = (
        "// my agent\n{\n\tagents: { defaults: { workspace: '/w' } }, // here\n"
        f"\tchannels: {{ telegram: {{ botToken: '{KEY}' }} }}\n}}\n"
    )
    openclaw.write_text(before)
    done = init(tmp_path / "project", "--deployment", "gpt-4o-mini")
    assert done.returncode == 0, done.stderr
    after = openclaw.read_text()
    kept = iter(after.splitlines())
    for line in [before.splitlines()[0], "\tchannels: { telegram: { botToken: "]:
        assert any(line in found for found in kept)
    assert "workspace: '/w', model: { primary: 'azure-openai/gpt-4o-mini' } } }, // here" in after
    assert KEY not in done.stdout
    assert offline(tmp_path / "project") == []


def test_a_file_that_existed_keeps_its_mark_and_can_be_restored(tmp_path: Path) -> None:
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    before = b"\xef\xbb\xbf{ /* mine */ }\n"
    openclaw.write_bytes(before)
    folder = tmp_path / "project"
    assert init(folder, "--deployment", "gpt-4o-mini").returncode == 0
    assert openclaw.read_bytes().startswith(b"\xef\xbb\xbf{")
    assert b"/* mine */" in openclaw.read_bytes()
    done = clawdoctor("run", "--undo", cwd=folder, HOME=str(tmp_path / "home"))
    assert done.stdout == f"restored {openclaw}\n"
    assert openclaw.read_bytes() == before


def test_openclaws_switch_stops_init(tmp_path: Path) -> None:
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    openclaw.write_text("{}")
    folder = tmp_path / "project"
    done = init(folder, "--deployment", "gpt-4o-mini", OPENCLAW_CONFIG_READONLY="1")
    assert done.returncode == 2
    assert "OPENCLAW_CONFIG_READONLY is set" in done.stderr
    assert list(folder.iterdir()) == []


def test_a_primary_model_that_the_user_chose_stays(tmp_path: Path) -> None:
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    openclaw.write_text('{ "agents": { "defaults": { "model": "anthropic/claude-opus-4-6" } } }')
    done = init(tmp_path / "project", "--deployment", "gpt-4o-mini")
    assert done.returncode == 0
    after = json.loads(openclaw.read_text())
    assert after["agents"]["defaults"]["model"] == "anthropic/claude-opus-4-6"
    assert list(after["models"]["providers"]) == ["azure-openai"]
    step = 'set agents.defaults.model.primary to "azure-openai/gpt-4o-mini" in openclaw.json'
    assert step in done.stdout


def test_new_keys_in_a_file_with_lines_get_lines(tmp_path: Path) -> None:
    openclaw = tmp_path / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    openclaw.write_text("{\n  gateway: { port: 18789 },\n}\n")
    assert init(tmp_path / "project", "--deployment", "gpt-4o-mini").returncode == 0
    lines = openclaw.read_text().splitlines()
    assert lines[2:6] == ["  models: {", '    mode: "merge",', "    providers: {", lines[5]]
    assert max(map(len, lines)) < 100


@pytest.mark.parametrize(
    ("arguments", "resource", "text"),
    [
        ((), "contoso-ai", "--deployment"),
        (("--deployment", "a"), "", "--resource"),
        (("--deployment", "a/b"), "contoso-ai", "is not a deployment"),
        (("--deployment", "a="), "contoso-ai", "is not a deployment"),
        (("--deployment", "a"), "https://evil.example", "is the name"),
        (("--deployment", "a"), "x.openai.azure.com.evil.example", "is the name"),
        (("--deployment", "a", "--deployment", "a"), "contoso-ai", "the same name"),
        (("--deployment", "a", "--port", "0"), "contoso-ai", "port"),
    ],
)
def test_bad_input_writes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], resource: str, text: str
) -> None:
    done = init(tmp_path / "project", *arguments, resource=resource)
    assert done.returncode == 2
    assert text in done.stderr
    assert list((tmp_path / "project").iterdir()) == []


def test_without_a_terminal_no_key_is_made(tmp_path: Path) -> None:
    done = init(tmp_path / "project", "--deployment", "gpt-4o-mini", LITELLM_MASTER_KEY="")
    assert done.returncode == 0
    assert "set LITELLM_MASTER_KEY in .env (any text that begins with sk-)" in done.stdout
    assert "  set -a; . ./.env; set +a; litellm --config" in done.stdout
    assert "export" not in done.stdout
    assert not (tmp_path / "project" / ".env").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_master_key_that_openclaw_has_is_not_replaced(tmp_path: Path) -> None:
    folder, state = tmp_path / "project", tmp_path / "home" / ".openclaw"
    folder.mkdir()
    state.mkdir(parents=True)
    (state / ".env").write_text(f"LITELLM_MASTER_KEY={MASTER}\n")
    named = ("--resource", "contoso-ai", "--deployment", "gpt-4o-mini", "--port", "4001")
    environ = {"HOME": str(tmp_path / "home"), "AZURE_API_KEY": KEY}
    with session(folder, "init", *named, environ=environ) as it:
        it.wait_for(b"Write these files?")
        it.type("y")
        it.wait_for(b"Now:")
    shown = it.shown()
    assert "Make one" not in shown
    assert "set LITELLM_MASTER_KEY in .env (the same as in ~/.openclaw/.env)" in shown
    assert MASTER not in shown
    assert not (folder / ".env").exists()
    assert (state / ".env").read_text() == f"LITELLM_MASTER_KEY={MASTER}\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_newcomer_answers_questions(tmp_path: Path) -> None:
    resource = AzureResource(
        name="contoso-ai",
        key=KEY,
        deployments={
            "gpt52-prod": AzureDeployment(model="gpt-5.2"),
            "mini": AzureDeployment(model="gpt-4o-mini"),
            "\x1b[31mhostile": AzureDeployment(model="gpt-4o"),
        },
    )
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    home = tmp_path / "home"
    home.mkdir()
    with (
        serving(azure.handler(resource)) as url,
        session(folder, "init", environ={"HOME": str(home), "AZURE_API_KEY": KEY}) as it,
    ):
        it.wait_for(b"Name of the Azure OpenAI resource")
        it.type("my resource")
        it.wait_for(b"The resource is the name of an Azure OpenAI resource or its endpoint")
        it.type(url)
        it.wait_for(b"for its deployments, with the key in AZURE_API_KEY?")
        it.type("y")
        it.wait_for(b"Deployments, the primary first")
        it.type("gpt52-prod mini")  # with the models that Azure lists
        it.wait_for(b"Port of the proxy")
        it.type("4000a")
        it.wait_for(b"A port is a number")
        it.type("")
        it.wait_for(b"LITELLM_MASTER_KEY is not set. Make one")
        it.type("y")
        it.wait_for(b"Write these files?")
        assert not (folder / "litellm_config.yaml").exists()
        it.type("y")
        it.wait_for(b"no proxy answers")
    shown = it.shown()
    assert "hostile" not in shown
    assert it.process.returncode == 0
    config = yaml.safe_load((folder / "litellm_config.yaml").read_text())
    assert [entry["litellm_params"]["model"] for entry in config["model_list"]] == [
        "azure/gpt52-prod",
        "azure/mini",
    ]
    variable = (folder / ".env").read_text()
    assert variable.startswith("LITELLM_MASTER_KEY=sk-")
    assert (home / ".openclaw" / ".env").read_text() == variable
    for file in (folder / ".env", home / ".openclaw" / ".env"):
        assert file.stat().st_mode & 0o777 == 0o600
    assert (folder / ".gitignore").read_text() == ".env\n"
    made = variable.strip().partition("=")[2]
    assert made not in shown
    assert KEY not in shown
    assert "set -a; . ./.env; set +a; litellm --config litellm_config.yaml --port 4000" in shown
    assert offline(folder, LITELLM_MASTER_KEY=made) == []


@pytest.mark.parametrize(
    ("deployment", "inputs"),
    [
        ("east=gpt-4o", ["text", "image"]),
        ("mini=o3-mini", ["text"]),
        ("something-of-mine", ["text"]),
    ],
)
def test_a_model_that_sees_images_gets_them(deployment: str, inputs: list[str]) -> None:
    name, _, model = deployment.partition("=")
    chain = NewChain("https://contoso-ai.openai.azure.com", (Deployed(name, model or None),))
    written = json.loads(json.dumps(provider(chain)))
    assert [entry["input"] for entry in written["models"]] == [inputs]


def test_the_deployments_are_listed_whatever_else_runs(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  litellm:\n    image: ghcr.io/berriai/litellm:v1.108.7\n"
    )
    resource = AzureResource("contoso-ai", KEY, {"mini": AzureDeployment("gpt-4o-mini")})
    situation = Situation(
        cwd=str(tmp_path),
        home=str(tmp_path),
        environ={"AZURE_API_KEY": KEY},
        processes=(Process(1, ("litellm", "--port", "4001"), str(tmp_path), {}),),
    )
    with serving(azure.handler(resource)) as url:
        chain = NewChain(url, (), "AZURE_API_KEY", 4000, docker=False)
        assert listed_deployments(chain, situation) == (Deployed("mini", "gpt-4o-mini"),)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_newcomer_declines(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "AZURE_API_KEY": KEY, "LITELLM_MASTER_KEY": MASTER}
    options = ("--resource", "contoso-ai", "--deployment", "gpt-4o-mini", "--port", "4000")
    with session(tmp_path, "init", *options, environ=environ) as it:
        it.wait_for(b"Write these files?")
        it.type("n")
        it.wait_for(b"Nothing was written.")
    assert it.process.returncode == 1
    assert not (tmp_path / "litellm_config.yaml").exists()
