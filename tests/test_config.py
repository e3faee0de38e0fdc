"""clawdoctor.toml: what a project can set, what only the user can, and what is wrong usage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, clawdoctor
from schemas import check_report
from small_chain import LITELLM, OPENCLAW

KEY = "sk-pV3qXw8LrT5nZk2JmB7c"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "deploy").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "deploy" / "litellm_config.yaml").write_text(LITELLM, "utf-8")
    (folder / "deploy" / "openclaw.json").write_text(OPENCLAW, "utf-8")
    (tmp_path / "home").mkdir()
    return folder


FILES = 'openclaw-config = "deploy/openclaw.json"\nlitellm-config = "deploy/litellm_config.yaml"\n'


def run(
    project: Path, toml: str, *more: str, name: str = "clawdoctor.toml", user: str = ""
) -> Done:
    """Run with the files of the project, in its subfolder."""
    if toml:
        (project / name).write_text(toml, "utf-8")
    home = project.parent / "home"
    if user:
        (home / ".config" / "clawdoctor").mkdir(parents=True)
        (home / ".config" / "clawdoctor" / "clawdoctor.toml").write_text(user, "utf-8")
    done = clawdoctor("run", *more, cwd=project / "deploy", HOME=str(home), LITELLM_MASTER_KEY=KEY)
    assert "Traceback" not in done.stderr
    return done


def report(done: Done) -> Any:
    document = json.loads(done.stdout)
    check_report(document)
    return document


def by_code(document: Any) -> dict[str, Any]:
    return {finding["code"]: finding for finding in document["findings"]}


def test_a_project_names_its_files_and_what_counts(project: Path) -> None:
    toml = FILES + 'ignore = ["OC112", "no-rate-limit-failover"]\nfail-on = "warning"\n'
    document = report(run(project, toml, "--json"))
    assert "LL102" in by_code(document)
    assert not {"OC112", "LL113"} & by_code(document).keys()
    inputs = {item["kind"]: item["path"] for item in document["inputs"]}
    assert inputs["litellm"] == "litellm_config.yaml"
    assert inputs["clawdoctor"] == str(project / "clawdoctor.toml")


def test_pyproject_counts_too(project: Path) -> None:
    toml = '[project]\nname = "x"\n\n[tool.clawdoctor]\nformat = "json"\n' + FILES
    assert "LL102" in by_code(report(run(project, toml, name="pyproject.toml")))


def test_the_nearest_file_counts_up_to_the_repository(project: Path) -> None:
    (project.parent / "clawdoctor.toml").write_text("unknown = 1\n", "utf-8")
    assert run(project, FILES).returncode == 1
    (project / "deploy" / "clawdoctor.toml").write_text('format = "json"\n', "utf-8")
    document = report(run(project, "", "--litellm-config", "litellm_config.yaml"))
    assert document["inputs"][-1]["path"] == "clawdoctor.toml"


def test_options_win(project: Path) -> None:
    toml = FILES + 'select = ["OC101"]\nignore = ["LL102"]\nformat = "markdown"\n'
    assert "LL102" not in by_code(report(run(project, toml, "--json")))
    assert set(by_code(report(run(project, toml, "--json", "--select", "LL102")))) == {"LL102"}


def test_no_project_config_reads_only_the_users_file(project: Path) -> None:
    args = ("--litellm-config", "litellm_config.yaml", "--no-project-config", "--json")
    document = report(run(project, 'ignore = ["LL102"]\n', *args, user='ignore = ["LL113"]\n'))
    assert "LL102" in by_code(document)
    assert "LL113" not in by_code(document)


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_a_severity_changes_the_exit_code_and_not_the_verdict(project: Path, severity: str) -> None:
    before = report(run(project, FILES, "--json"))
    toml = FILES + f'[severity]\nLL102 = "{severity}"\n'
    document = report(run(project, toml, "--json"))
    finding = by_code(document)["LL102"]
    assert (before["exitCode"], document["exitCode"]) == (1, 0)
    assert (finding["severity"], finding["foundSeverity"]) == (severity, "error")
    assert "A config file of clawdoctor sets this severity; it is an error" in finding["detail"]
    assert document["verdict"] == before["verdict"] == "broken"
    text = " ".join(run(project, toml).stdout.split())
    assert text.startswith("✗ Your agent cannot answer: LiteLLM does not expand a variable")


def test_a_severity_can_be_raised(project: Path) -> None:
    document = report(run(project, FILES + '[severity]\nLL11 = "error"\n', "--json"))
    finding = by_code(document)["LL113"]
    assert (finding["severity"], finding["foundSeverity"]) == ("error", "info")
    assert document["summary"]["error"] == 2


def test_what_is_left_out_is_named(project: Path) -> None:
    document = report(run(project, FILES + 'ignore = ["LL102"]\n', "--json"))
    assert document["selection"]["leftOut"] == ["LL102"]
    done = run(project, FILES + 'ignore = ["LL102"]\n')
    text = " ".join(done.stdout.split())
    assert "Not checked (--select, --ignore or a config file): LL102" in text
    assert "The rest was not looked at." in text


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('selct = ["LL102"]', 'there is no key "selct"; did you mean select?'),
        ('"\\u001b[31m" = 1', "there is no key of this name"),
        ('fail_on = "error"', 'there is no key "fail_on"; did you mean fail-on?'),
        ('fail-on = "eror"', "fail-on must be one of error, warning, info; did you mean error?"),
        ('select = "LL102"', "select must be a list of strings"),
        ('ignore = ["LL1O2"]', 'no check has the code or name "LL1O2"; did you mean LL102?'),
        ('severity = "error"', "severity must be a table of codes with their severity"),
        ('[severity]\nLL102 = "high"', "severity must be one of error, warning, info"),
        ('[severity]\nXX102 = "info"', 'no check has the code or name "XX102"'),
        ('format = "xml"', "format must be one of text, json, sarif"),
        ("litellm-config = 1", "litellm-config must be a string"),
        ('litellm-config = "../x.yaml"', "litellm-config must be a file inside of the folder"),
        ('litellm-config = "/etc/hosts"', "litellm-config must be a file inside of the folder"),
        ('litellm-config = "link.yaml"', "litellm-config must be a file inside of the folder"),
        ('trust-host = ["evil.example"]', "the config file of a project cannot set trust-host"),
        ('proxy-url = "http://evil.example"', "the config file of a project cannot set proxy-url"),
        ('plugins = ["evil"]', "the config file of a project cannot set plugins"),
        ('"Hunter2-and-more" = 1', "there is no key of this name"),
        ('env-file = ".env"', 'there is no key "env-file"'),
        ('output = "x"', 'there is no key "output"'),
        ("select = [", "clawdoctor.toml: "),
    ],
)
def test_a_wrong_file_is_wrong_usage(project: Path, toml: str, message: str) -> None:
    outside = project.parent / "outside.yaml"
    outside.write_text(LITELLM, "utf-8")
    (project / "link.yaml").symlink_to(outside)
    done = run(project, toml, "--json")
    assert done.returncode == 2
    document = report(done)
    assert message in document["usageError"]
    assert "\x1b" not in run(project, toml).stderr


def test_the_user_can_set_more(project: Path) -> None:
    user = 'trust-host = ["proxy.example"]\nproxy-url = "http://localhost:4321"\n'
    done = run(project, FILES, "--json", user=user)
    assert done.returncode == 1
    inputs = [item["path"] for item in report(done)["inputs"] if item["kind"] == "clawdoctor"]
    assert len(inputs) == 2


@pytest.mark.parametrize("user", ['trust-host = ["http://x/"]', 'proxy-url = "ftp://x"'])
def test_values_of_the_user_are_checked_like_options(project: Path, user: str) -> None:
    assert run(project, FILES, user=user).returncode == 2


def test_trace_and_explain_read_the_same_files(project: Path) -> None:
    (project / "clawdoctor.toml").write_text(FILES, "utf-8")
    traced = clawdoctor("trace", "--json", cwd=project)
    assert "contoso" in traced.stdout
    explained = clawdoctor("explain", "LL102", cwd=project)
    assert "litellm_config.yaml:6" in explained.stdout
