"""The command line: parse the options, start the run and pick a format."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clawdoctor import __version__
from clawdoctor.chain.azure_host import host_fault, split, url_fault
from clawdoctor.config import Config, ConfigError, did_you_mean, load_config, plugins_of, quoted
from clawdoctor.deferred import regex
from clawdoctor.finding import INTERRUPTED, Report, Severity
from clawdoctor.formats.render import Format, render
from clawdoctor.run.running import running_programs
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.terminal.line import counted
from clawdoctor.terminal.output import write, write_message
from clawdoctor.terminal.stream import Terminal, progress_on, terminal

if TYPE_CHECKING:
    from typing import TextIO

    from clawdoctor.baseline import Baseline
    from clawdoctor.check import Check
    from clawdoctor.repair.summary import RepairSummary
    from clawdoctor.run.diagnosis import Policy
    from clawdoctor.run.engine import Selection
    from clawdoctor.traced import Trace

ETC = "/etc"
OPENCLAW_LOGS = "/tmp/openclaw"  # noqa: S108 - OpenClaw chooses this name
"""The folder of OpenClaw's logs. OpenClaw ignores TMPDIR."""

_HTTP_URL = regex(r"https?://[^/?#]", re.IGNORECASE)

app = typer.Typer(
    name="clawdoctor",
    help="Say which one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class FailOn(StrEnum):
    """The mildest severity that makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def _show_version(requested: bool) -> None:
    if requested:
        write(f"clawdoctor {__version__}\n", sys.stdout)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version; with --json, also the date of the knowledge.",
        ),
    ] = False,
) -> None:
    """Say which one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer."""
    del version


@app.command()
def run(
    openclaw_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="OpenClaw's openclaw.json.")
    ] = None,
    litellm_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="LiteLLM's config.")
    ] = None,
    compose: Annotated[
        str | None, typer.Option(metavar="PATH", help="The Compose file, or a docker run script.")
    ] = None,
    env_file: Annotated[
        str | None, typer.Option(metavar="PATH", help="A file with the variables of both programs.")
    ] = None,
    log: Annotated[
        str | None, typer.Option(metavar="PATH", help="A log of OpenClaw or LiteLLM, as evidence.")
    ] = None,
    proxy_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The address of the proxy.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Read files and the environment; open no socket.")
    ] = False,
    free: Annotated[
        bool, typer.Option("--free", help="Also send requests that cost nothing; no test message.")
    ] = False,
    trust_host: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Allow requests to this host with its own key."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="Also send a test message to this model."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="Stop the run after this time.")
    ] = DEFAULT_TIMEOUT,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    format: Annotated[  # noqa: A002
        Format | None,
        typer.Option(help="The format of the report. The default is text."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the report to this file.")
    ] = None,
    select: Annotated[
        str, typer.Option(metavar="CODE,..", help="Run only these checks (or prefixes: LL1).")
    ] = "",
    ignore: Annotated[str, typer.Option(metavar="CODE,..", help="Skip these checks.")] = "",
    fail_on: Annotated[
        FailOn | None,
        typer.Option(help="Exit with 1 at this severity or above. The default is error."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a check is unknown.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Do not count the findings in this file.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the current findings to this file.")
    ] = None,
    no_project_config: Annotated[
        bool,
        typer.Option(
            "--no-project-config",
            help="Ignore clawdoctor.toml and comments that suppress findings.",
        ),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the safe fixes to the files.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also apply fixes that are a guess.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Restore the files that the last --fix changed.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show one line per problem.")
    ] = False,
) -> None:
    """Check the chain: both configs, and what they lead to."""
    from clawdoctor.run.diagnosis import Policy, diagnose

    repairs = diff or fix
    _reject(
        (offline and free, "--offline and --free exclude each other"),
        (diff + fix + undo > 1, "--diff, --fix and --undo exclude each other"),
        (free and repairs, "--fix and --diff send no requests: omit --free"),
        (unsafe_fixes and not repairs, "--unsafe-fixes needs --diff or --fix"),
        (yes and not fix, "--yes needs --fix"),
        (verbose and quiet, "--verbose and --quiet exclude each other"),
        (baseline and write_baseline, "--baseline and --write-baseline exclude each other"),
        (
            write_baseline and (repairs or undo),
            "--write-baseline excludes --fix, --diff, --undo",
        ),
    )
    config = _config(project=not no_project_config)
    situation = _situation(
        config,
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        log=log,
        log_folder=OPENCLAW_LOGS,
        proxy_url=_proxy_url(proxy_url or config.proxy_url),
        trusted=[_host(written) for written in (*(trust_host or ()), *(config.trust_host or ()))],
        models=model or (),
    )
    if undo:
        _undo(situation)
        return
    known = _checks(situation.plugins)
    policy = Policy(
        _selection(select, ignore, config, known),
        Severity(fail_on.value) if fail_on is not None else config.fail_on or Severity.ERROR,
        strict,
        comments=not no_project_config,
        severities=_severities(config, known),
        baseline=_baseline(baseline) if baseline is not None else None,
    )
    chosen = Format.JSON if json else format or config.format or Format.TEXT
    if repairs:
        report = _repaired(
            situation, policy, timeout, chosen, shows=diff, unsafe=unsafe_fixes, yes=yes
        )
        if diff and chosen is Format.TEXT and output is None and report.usage_error is None:
            _print_diff(report)
            raise typer.Exit(report.exit_code)
        _print(report, chosen, output, situation, verbose=verbose, quiet=quiet)
        raise typer.Exit(report.exit_code)
    with progress_on(sys.stderr, quiet=quiet, seconds=timeout) as progress:
        report = diagnose(
            situation,
            mode="offline" if offline else "free" if free else "live",
            policy=policy,
            timeout=timeout,
            progress=progress,
            report_interrupted=True,
        )
    if write_baseline is not None and report.exit_code in (0, 1):
        report = _with_new_baseline(report, write_baseline, policy, situation)
    _print(report, chosen, output, situation, verbose=verbose, quiet=quiet)
    if report.exit_code == INTERRUPTED:
        sys.exit(INTERRUPTED)  # typer uses this code for Ctrl-C without a report
    raise typer.Exit(report.exit_code)


def _reject(*faults: tuple[object, str]) -> None:
    """End with the message of the first fault that is true. It is wrong usage."""
    for is_wrong, message in faults:
        if is_wrong:
            raise typer.BadParameter(message)


def _print(
    report: Report,
    chosen: Format,
    output: Path | None,
    situation: Situation,
    *,
    verbose: bool,
    quiet: bool,
) -> None:
    """Print the report, or write it to the `--output` file."""

    def traced() -> Trace:
        from clawdoctor.run.trace import trace as trace_requests

        return trace_requests(situation)

    shown = Terminal() if output is not None else terminal(sys.stdout, os.environ)
    known = _checks(situation.plugins)
    text = render(report, chosen, shown, verbose=verbose, quiet=quiet, checks=known, trace=traced)
    if output is not None:
        _write_file(output, text)
        write_message(f"The report is in {output}.\n")
    else:
        write(text, sys.stdout, commands=chosen is Format.GITHUB)


def _repaired(
    situation: Situation,
    policy: Policy,
    timeout: float,
    chosen: Format,
    *,
    shows: bool,
    unsafe: bool,
    yes: bool,
) -> Report:
    """Return the report of --diff or --fix. At a terminal, ask before writing a file."""
    from clawdoctor.repair.command import fix, preview

    if shows:
        return preview(situation, unsafe=unsafe, policy=policy, timeout=timeout)
    asks = not yes and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def agree(summary: RepairSummary) -> bool:
        if not asks:
            return True
        stream = sys.stdout if chosen is Format.TEXT else sys.stderr
        _write_diff(summary, stream)
        count = len(summary.files)
        return typer.confirm(f"Change {count} {'file' if count == 1 else 'files'}?", err=True)

    outcome = fix(situation, unsafe=unsafe, policy=policy, timeout=timeout, agree=agree)
    if outcome.problem:
        write_message(f"clawdoctor: {outcome.problem}\n")
    return outcome.report


def _write_diff(summary: RepairSummary, stream: TextIO) -> None:
    from clawdoctor.terminal.diff import diff_text

    shown = terminal(stream, os.environ)
    write(diff_text(summary.diff, color=shown.color, unicode=shown.unicode), stream)


def _print_diff(report: Report) -> None:
    """Print the diff alone, and a note about it on stderr."""
    from clawdoctor.report.repair import repair_lines
    from clawdoctor.terminal.line import Look, paint

    assert report.repair is not None
    _write_diff(report.repair, sys.stdout)
    shown = terminal(sys.stderr, os.environ)
    lines = repair_lines(report.repair, Look(width=shown.width, home=str(Path.home())))
    write_message(paint(lines, shown.color))


def _undo(situation: Situation) -> None:
    """Restore the files of the last repair and name them."""
    from clawdoctor.repair.command import CannotWriteError, NothingToUndoError, take_back

    try:
        paths = take_back(situation)
    except (CannotWriteError, NothingToUndoError) as error:
        raise typer.BadParameter(f"--undo: {error}") from error
    write("".join(f"restored {path}\n" for path in paths), sys.stdout)


@app.command(short_help="Explain an error, a log, a code or a setting.")
def explain(
    context: typer.Context,
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT | CODE... | NAME | FILE | -", help="- reads standard input: any log."
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Do not read the configs.")
    ] = False,
    openclaw_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="OpenClaw's openclaw.json.")
    ] = None,
    litellm_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="LiteLLM's config.")
    ] = None,
) -> None:
    """Say what an error text, a log, a code, a check's name or a setting means.

    clawdoctor looks a single word up as a code, a name, a file and a setting, in this order, and
    otherwise reads it as a text. After --, everything is text.
    """
    from clawdoctor.errors.explain import explain as explain_text
    from clawdoctor.errors.given import UnusableError, given
    from clawdoctor.errors.places import with_places
    from clawdoctor.formats.explanation_json import to_json
    from clawdoctor.formats.explanation_text import to_text

    config = _config(project=not no_config)
    checks = _checks(plugins_of(config, os.environ))
    forced = "--" in (context.obj or ())  # the words as the user gave them: click drops "--"
    try:
        explanation = given(text, checks, partial(progress_on, sys.stderr), forced=forced)
    except UnusableError as error:
        raise typer.BadParameter(str(error)) from error
    if isinstance(explanation, str):
        if not explanation.strip():
            raise typer.BadParameter("there is no text to explain")
        explanation = explain_text(explanation, checks)
    if not no_config:
        situation = _situation(
            config, openclaw_config=openclaw_config, litellm_config=litellm_config
        )
        explanation, inputs = with_places(explanation, situation, checks)
        for file in inputs:
            if file.error is not None:
                raise typer.BadParameter(f"{file.path} {file.error}")
    if json:
        document = to_json(explanation)
    else:
        shown = terminal(sys.stdout, os.environ)
        document = to_text(
            explanation, checks, width=shown.width, color=shown.color, unicode=shown.unicode
        )
    write(f"{document}\n", sys.stdout)
    raise typer.Exit(0 if explanation.recognised else 1)


@app.command()
def trace(
    model: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="Models to trace; by default those in use."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    openclaw_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="OpenClaw's openclaw.json.")
    ] = None,
    litellm_config: Annotated[
        str | None, typer.Option(metavar="PATH", help="LiteLLM's config.")
    ] = None,
    compose: Annotated[
        str | None, typer.Option(metavar="PATH", help="The Compose file, or a docker run script.")
    ] = None,
    env_file: Annotated[
        str | None, typer.Option(metavar="PATH", help="A file with the variables of both programs.")
    ] = None,
    no_project_config: Annotated[
        bool, typer.Option("--no-project-config", help="Ignore clawdoctor.toml.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the date of the knowledge.")
    ] = False,
) -> None:
    """Show the request that each hop sends, predicted from the files. Send nothing."""
    from clawdoctor.run.trace import trace as trace_requests

    situation = _situation(
        _config(project=not no_project_config),
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        models=model or (),
    )
    found = trace_requests(situation)
    if json:
        from clawdoctor.formats.trace_json import to_json

        write(to_json(found), sys.stdout)
    else:
        from clawdoctor.formats.trace_text import to_text

        shown = terminal(sys.stdout, os.environ)
        text = to_text(
            found,
            width=shown.width,
            color=shown.color,
            unicode=shown.unicode,
            home=str(Path.home()),
            verbose=verbose,
        )
        write(text, sys.stdout)
    raise typer.Exit(found.exit_code)


@app.command(short_help="Write the files of a new chain.")
def init(
    resource: Annotated[
        str, typer.Option(metavar="NAME", help="The Azure OpenAI resource, or its endpoint.")
    ] = "",
    deployment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=MODEL]", help="A deployment of it; the first is the primary model."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port of the proxy.")
    ] = None,
    docker: Annotated[
        bool, typer.Option("--docker", help="Run LiteLLM in a container: write a Compose file.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files and the provider that exist.")
    ] = False,
) -> None:
    """Write the files of a new chain: OpenClaw, LiteLLM and Azure OpenAI."""
    from clawdoctor.repair.init_command import Options, Prompts, UnusableError, make_chain
    from clawdoctor.repair.new_files import ExistsError
    from clawdoctor.repair.write import CannotWriteError

    asks = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    prompts = Prompts(
        text=lambda question, default: typer.prompt(question, default, show_default=bool(default)),
        yes=lambda question: typer.confirm(question, default=True),
        say=lambda text: write(f"{text}\n", sys.stdout),
    )
    situation = _situation(Config(), openclaw_config=None, litellm_config=None)
    options = Options(resource, deployment or (), port or 0, docker, force)
    shown = terminal(sys.stdout, os.environ)
    try:
        made = make_chain(options, situation, prompts if asks else None, shown)
    except (UnusableError, ExistsError, CannotWriteError) as error:
        raise typer.BadParameter(str(error)) from error
    if made is None:
        write("Nothing was written.\n", sys.stdout)
        raise typer.Exit(1)
    write(f"{made.text}\n", sys.stdout)
    from clawdoctor.run.diagnosis import diagnose

    with progress_on(sys.stderr) as progress:
        report = diagnose(made.situation, mode="live", progress=progress)
    write(render(report, Format.TEXT, shown), sys.stdout)
    write(f"\n{made.next_steps}", sys.stdout)


@app.command()
def checks(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the checks: code, name and what fails."""
    from clawdoctor.formats.catalogue import to_json, to_text

    known = _checks(plugins_of(_config(project=False), os.environ))
    if json:
        write(to_json(known), sys.stdout)
    else:
        shown = terminal(sys.stdout, os.environ)
        write(to_text(known, shown.width, color=shown.color), sys.stdout)


@app.command(short_help="Play a small chain, broken or healthy.")
def demo(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="The scenario to play; --list shows all.")
    ] = "seed",
    list_them: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything.")] = False,
) -> None:
    """Play a broken (or healthy) chain through the real run, on files of its own."""
    from clawdoctor.simulator.demo import play, scenarios

    known = scenarios()
    if list_them:
        width = max(len(name) for name in known)
        write(
            "".join(f"{name:<{width}}  {description}\n" for name, description in known.items()),
            sys.stdout,
        )
        return
    if scenario not in known:
        raise typer.BadParameter(f'no scenario "{scenario}"; there are {", ".join(known)}')
    with progress_on(sys.stderr) as progress:
        text = play(scenario, terminal(sys.stdout, os.environ), verbose=verbose, progress=progress)
    write(text, sys.stdout)


def _config(*, project: bool) -> Config:
    """Return the settings of the config files. A wrong one is wrong usage."""
    try:
        return load_config(str(Path.cwd()), os.environ, _home(), project=project)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from error


def _home() -> str:
    return os.environ.get("HOME") or str(Path.home())


def _situation(
    config: Config,
    *,
    openclaw_config: str | None,
    litellm_config: str | None,
    compose: str | None = None,
    env_file: str | None = None,
    log: str | None = None,
    log_folder: str = "",
    proxy_url: str | None = None,
    trusted: Sequence[str] = (),
    models: Sequence[str] = (),
) -> Situation:
    running = running_programs()
    return Situation(
        cwd=str(Path.cwd()),
        home=_home(),
        environ=dict(os.environ),
        openclaw_config=openclaw_config or config.openclaw_config,
        litellm_config=litellm_config or config.litellm_config,
        compose=compose or config.compose,
        env_file=env_file,
        log=log,
        log_folder=log_folder,
        proxy_url=proxy_url,
        trusted_hosts=tuple(trusted),
        models=tuple(models),
        processes=running.proxies,
        gateways=running.gateways,
        etc=ETC,
        config_files=config.files,
        plugins=plugins_of(config, os.environ),
    )


def _proxy_url(written: str | None) -> str | None:
    """Return the URL in --proxy-url; the scheme defaults to http. Anything else is wrong usage."""
    if written is None:
        return None
    url = written.strip()
    url = url if "://" in url else f"http://{url}"
    if split(url) is None or not _HTTP_URL.match(url):
        fault = url_fault(url) or "it is not an http or https URL"
        raise typer.BadParameter(f"--proxy-url: {fault}")
    return url


def _host(written: str) -> str:
    """Return the host in --trust-host. Anything but a host is wrong usage."""
    bracketed = written.startswith("[") and written.endswith("]")
    host = written[1:-1] if bracketed else written
    if host_fault(host) is not None:
        raise typer.BadParameter(
            "--trust-host: write a host name or an IP address, without scheme, port and path"
        )
    return host.casefold()


def _selection(select: str, ignore: str, config: Config, known: tuple[Check, ...]) -> Selection:
    """Return the selected codes. An option wins over the config file.

    --select also wins over what the config file ignores.
    """
    from clawdoctor.run.engine import Selection

    ignored = () if select and not ignore else config.ignore or ()
    return Selection(
        _codes(select.split(",") if select else config.select or (), known),
        _codes(ignore.split(",") if ignore else ignored, known),
    )


def _checks(plugins: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the built-in checks and those of plug-ins. A missing plug-in is wrong usage."""
    from clawdoctor.plugins import load_checks

    try:
        return load_checks(plugins).checks
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0])) from error


def _codes(names: Iterable[str], known: tuple[Check, ...]) -> tuple[str, ...]:
    """Return the codes or prefixes of codes. Names count too. An unknown one is wrong usage."""
    from clawdoctor.check import find_check

    codes = [check.code for check in known]
    found = []
    for name in filter(None, (name.strip() for name in names)):
        check, prefix = find_check(name, known), name.upper()
        if check is None and not any(code.startswith(prefix) for code in codes):
            hint = did_you_mean(name, [*codes, *(check.name for check in known)])
            raise typer.BadParameter(f"no check has the code or name {quoted(name)}{hint}")
        found.append(check.code if check is not None else prefix)
    return tuple(found)


def _severities(config: Config, known: tuple[Check, ...]) -> dict[str, Severity]:
    """Return the severities of a config file by code or prefix of a code."""
    return {
        code: severity
        for name, severity in config.severity.items()
        for code in _codes([name], known)
    }


def _baseline(path: Path) -> Baseline:
    from clawdoctor.baseline import BaselineError, read_baseline

    try:
        return read_baseline(path)
    except BaselineError as error:
        raise typer.BadParameter(f"--baseline: {error}") from error


def _with_new_baseline(report: Report, path: Path, policy: Policy, situation: Situation) -> Report:
    """Write the findings of a report to a baseline, and return the report with it."""
    from clawdoctor.baseline import baseline_text, with_baseline
    from clawdoctor.run.diagnosis import exit_code

    _write_file(path, baseline_text(report, path, situation.cwd))
    write_message(f"The baseline is in {path}: {counted(len(report.findings), 'finding')}.\n")
    report = with_baseline(report, _baseline(path), situation.cwd)
    code, reason = exit_code(report, policy)
    return replace(report, exit_code=code, exit_reason=reason)


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from error
