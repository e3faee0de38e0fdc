"""`clawdoctor run`."""

from __future__ import annotations

import math
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from clawdoctor.cli.options import (
    ComposeOption,
    EnvFileOption,
    LiteLLMConfigOption,
    OpenClawConfigOption,
    not_empty,
)
from clawdoctor.cli.output import print_report, reject_input, with_new_baseline
from clawdoctor.cli.policy import baseline_of, known_checks, selection_of, severities_of
from clawdoctor.cli.situation import host_of_option, proxy_url_of, read_config, situation_of
from clawdoctor.config import Config
from clawdoctor.finding import INTERRUPTED, Mode, Report, Severity
from clawdoctor.formats.render import Format
from clawdoctor.run.repeat import options_to_repeat
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.source.read import is_pipe
from clawdoctor.terminal.stream import can_redraw, progress_on

if TYPE_CHECKING:
    from clawdoctor.run.diagnosis import Policy

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
        str | None,
        typer.Option(
            metavar="PATH",
            help="A log of OpenClaw or LiteLLM, as evidence.",
            callback=not_empty,
        ),
    ] = None,
    proxy_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The address of the proxy.", callback=not_empty),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Read files and the environment; open no sockets.")
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
        bool,
        typer.Option(
            "--undo", help="Restore the files that the last --fix in this folder changed."
        ),
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Run again when a file or the proxy changes, until it works."),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show one line per problem.")
    ] = False,
) -> None:
    """Check the chain: both configs, and what they lead to."""
    from clawdoctor.run.diagnosis import Policy, diagnose

    repairs = diff or fix
    chosen = Format.JSON if json else format
    _reject(
        (offline and free, "--offline and --free exclude each other"),
        (diff + fix + undo > 1, "--diff, --fix and --undo exclude each other"),
        (free and repairs, "--fix and --diff send no requests: omit --free"),
        (unsafe_fixes and not repairs, "--unsafe-fixes needs --diff or --fix"),
        (yes and not (fix or undo), "--yes needs --fix or --undo"),
        (verbose and quiet, "--verbose and --quiet exclude each other"),
        (json and format not in (None, Format.JSON), "--json and --format exclude each other"),
        (not math.isfinite(timeout), "--timeout needs a number of seconds"),
        (baseline and write_baseline, "--baseline and --write-baseline exclude each other"),
        (
            write_baseline and (repairs or undo),
            "--write-baseline excludes --fix, --diff, --undo",
        ),
    )
    files = {
        "--openclaw-config": openclaw_config,
        "--litellm-config": litellm_config,
        "--compose": compose,
        "--env-file": env_file,
    }
    if watch:
        named = (*files.values(), log)
        _reject(
            (repairs or undo, "--watch excludes --fix, --diff and --undo"),
            (chosen not in (None, Format.TEXT), "--watch shows text only: omit --json or --format"),
            (output or write_baseline, "--watch excludes --output and --write-baseline"),
            (any(map(is_pipe, filter(None, named))), "--watch needs files, not pipes"),
            (not can_redraw(sys.stdout, os.environ), "--watch needs a terminal"),
        )

    def situate() -> tuple[Config, Situation]:
        config = read_config(project=not no_project_config)
        hosts = (*(trust_host or ()), *(config.trust_host or ()))
        return config, situation_of(
            config,
            openclaw_config=openclaw_config,
            litellm_config=litellm_config,
            compose=compose,
            env_file=env_file,
            log=log,
            logs=True,
            proxy_url=proxy_url_of(proxy_url or config.proxy_url),
            trusted=[host_of_option(host) for host in hosts],
            models=model or (),
            repeated=options_to_repeat(files),
        )

    def policy_of(config: Config, situation: Situation) -> Policy:
        known = known_checks(situation.plugins)
        return Policy(
            selection_of(select, ignore, config, known),
            Severity(fail_on.value) if fail_on is not None else config.fail_on or Severity.ERROR,
            strict,
            comments=not no_project_config,
            severities=severities_of(config, known),
            baseline=baseline_of(baseline) if baseline is not None else None,
        )

    def prepare() -> tuple[Situation, Policy]:
        config, situation = situate()
        return situation, policy_of(config, situation)

    mode: Mode = "offline" if offline else "free" if free else "live"
    if watch:
        from clawdoctor.cli.watch import Plan
        from clawdoctor.cli.watch import watch as watch_chain

        _end(watch_chain(Plan(prepare, mode, timeout, verbose=verbose, quiet=quiet)))
    config, situation = situate()
    if undo:
        from clawdoctor.cli.repair import undo_last

        undo_last(situation, yes=yes)
        return
    policy = policy_of(config, situation)
    chosen = chosen or config.format or Format.TEXT
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
            mode=mode,
            policy=policy,
            timeout=timeout,
            progress=progress,
            report_interrupted=True,
        )
    if write_baseline is not None and report.exit_code in (0, 1):
        reject_input(write_baseline, report)
        report = with_new_baseline(report, write_baseline, policy, situation)
    print_report(report, chosen, output, situation, verbose=verbose, quiet=quiet)
    _end(report)


def _end(report: Report) -> NoReturn:
    if report.exit_code == INTERRUPTED:
        sys.exit(INTERRUPTED)  # typer uses this code for Ctrl-C without a report
    raise typer.Exit(report.exit_code)


def _reject(*faults: tuple[object, str]) -> None:
    """End with the message of the first fault that is true. It is wrong usage."""
    for is_wrong, message in faults:
        if is_wrong:
            raise typer.BadParameter(message)
