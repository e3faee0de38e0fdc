"""`clawdoctor run`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clawdoctor.cli.options import (
    ComposeOption,
    EnvFileOption,
    LiteLLMConfigOption,
    OpenClawConfigOption,
)
from clawdoctor.cli.output import print_report, with_new_baseline
from clawdoctor.cli.policy import baseline_of, known_checks, selection_of, severities_of
from clawdoctor.cli.situation import host_of_option, proxy_url_of, read_config, situation_of
from clawdoctor.finding import INTERRUPTED, Severity
from clawdoctor.formats.render import Format
from clawdoctor.run.situation import DEFAULT_TIMEOUT
from clawdoctor.terminal.stream import progress_on

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class FailOn(StrEnum):
    """The mildest severity that makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@app.command()
def run(
    openclaw_config: OpenClawConfigOption = None,
    litellm_config: LiteLLMConfigOption = None,
    compose: ComposeOption = None,
    env_file: EnvFileOption = None,
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
    config = read_config(project=not no_project_config)
    situation = situation_of(
        config,
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        log=log,
        logs=True,
        proxy_url=proxy_url_of(proxy_url or config.proxy_url),
        trusted=[
            host_of_option(written) for written in (*(trust_host or ()), *(config.trust_host or ()))
        ],
        models=model or (),
    )
    if undo:
        from clawdoctor.cli.repair import undo_last

        undo_last(situation)
        return
    known = known_checks(situation.plugins)
    policy = Policy(
        selection_of(select, ignore, config, known),
        Severity(fail_on.value) if fail_on is not None else config.fail_on or Severity.ERROR,
        strict,
        comments=not no_project_config,
        severities=severities_of(config, known),
        baseline=baseline_of(baseline) if baseline is not None else None,
    )
    chosen = Format.JSON if json else format or config.format or Format.TEXT
    if repairs:
        from clawdoctor.cli.repair import print_diff, repaired

        report = repaired(
            situation, policy, timeout, chosen, shows=diff, unsafe=unsafe_fixes, yes=yes
        )
        if diff and chosen is Format.TEXT and output is None and report.usage_error is None:
            print_diff(report)
            raise typer.Exit(report.exit_code)
        print_report(report, chosen, output, situation, verbose=verbose, quiet=quiet)
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
        report = with_new_baseline(report, write_baseline, policy, situation)
    print_report(report, chosen, output, situation, verbose=verbose, quiet=quiet)
    if report.exit_code == INTERRUPTED:
        sys.exit(INTERRUPTED)  # typer uses this code for Ctrl-C without a report
    raise typer.Exit(report.exit_code)


def _reject(*faults: tuple[object, str]) -> None:
    """End with the message of the first fault that is true. It is wrong usage."""
    for is_wrong, message in faults:
        if is_wrong:
            raise typer.BadParameter(message)
