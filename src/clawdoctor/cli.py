"""The command line: parse the options, start the run and pick a format."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clawdoctor import __version__
from clawdoctor.chain.azure_host import host_fault, split, url_fault
from clawdoctor.deferred import regex
from clawdoctor.finding import INTERRUPTED, Report, Severity
from clawdoctor.run.running import running_programs
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.terminal.output import write, write_message
from clawdoctor.terminal.stream import Terminal, progress_on, terminal

if TYPE_CHECKING:
    from typing import TextIO

    from clawdoctor.repair.summary import RepairSummary
    from clawdoctor.run.diagnosis import Policy
    from clawdoctor.run.engine import Selection

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


class Format(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    SVG = "svg"


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
        Format, typer.Option(help="The format of the report.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the report to this file.")
    ] = None,
    select: Annotated[
        str, typer.Option(metavar="CODE,..", help="Run only these checks (or prefixes: LL1).")
    ] = "",
    ignore: Annotated[str, typer.Option(metavar="CODE,..", help="Skip these checks.")] = "",
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 1 at this severity or above.")
    ] = FailOn.ERROR,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a check is unknown.")
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

    if offline and free:
        raise typer.BadParameter("--offline and --free exclude each other")
    if diff + fix + undo > 1:
        raise typer.BadParameter("--diff, --fix and --undo exclude each other")
    if free and (diff or fix):
        raise typer.BadParameter("--fix and --diff send no requests: omit --free")
    if unsafe_fixes and not (diff or fix):
        raise typer.BadParameter("--unsafe-fixes needs --diff or --fix")
    if yes and not fix:
        raise typer.BadParameter("--yes needs --fix")
    if verbose and quiet:
        raise typer.BadParameter("--verbose and --quiet exclude each other")
    if proxy_url is not None:
        proxy_url = _proxy_url(proxy_url)
    situation = _situation(
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        log=log,
        log_folder=OPENCLAW_LOGS,
        proxy_url=proxy_url,
        trusted=[_host(written) for written in trust_host or ()],
        models=model or (),
    )
    if undo:
        _undo(situation)
        return
    policy = Policy(_selection(select, ignore), Severity(fail_on.value), strict)
    chosen = Format.JSON if json else format
    if diff or fix:
        report = _repaired(
            situation, policy, timeout, chosen, shows=diff, unsafe=unsafe_fixes, yes=yes
        )
        if diff and chosen is Format.TEXT and output is None and report.usage_error is None:
            _print_diff(report)
            raise typer.Exit(report.exit_code)
        _print(report, chosen, output, verbose=verbose, quiet=quiet)
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
    _print(report, chosen, output, verbose=verbose, quiet=quiet)
    if report.exit_code == INTERRUPTED:
        sys.exit(INTERRUPTED)  # typer uses this code for Ctrl-C without a report
    raise typer.Exit(report.exit_code)


def _print(
    report: Report, chosen: Format, output: Path | None, *, verbose: bool, quiet: bool
) -> None:
    """Print the report, or write it to the `--output` file."""
    if output is not None:
        text = render(report, chosen, Terminal(), verbose=verbose, quiet=quiet)
        _write_file(output, text)
        write_message(f"The report is in {output}.\n")
    else:
        shown = terminal(sys.stdout, os.environ)
        write(render(report, chosen, shown, verbose=verbose, quiet=quiet), sys.stdout)


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

    A single word is taken for a code, then for a name, a file, a setting, and last for a text.
    After -- everything is text.
    """
    from clawdoctor.check import built_in_checks
    from clawdoctor.errors.explain import explain as explain_text
    from clawdoctor.errors.given import UnusableError, given
    from clawdoctor.errors.places import with_places
    from clawdoctor.formats.explanation_json import to_json
    from clawdoctor.formats.explanation_text import to_text

    checks = built_in_checks()
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
        situation = _situation(openclaw_config=openclaw_config, litellm_config=litellm_config)
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
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the date of the knowledge.")
    ] = False,
) -> None:
    """Show the request that each hop sends, predicted from the files. Send nothing."""
    from clawdoctor.run.trace import trace as trace_requests

    situation = _situation(
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
    situation = _situation(openclaw_config=None, litellm_config=None)
    options = Options(resource, deployment or (), port or 0, docker, force)
    shown = terminal(sys.stdout, os.environ)
    try:
        made = make_chain(options, situation, prompts if asks else None, shown)
    except (UnusableError, ExistsError, CannotWriteError) as error:
        raise typer.BadParameter(str(error)) from error
    if made is None:
        raise typer.Exit(1)
    write(f"{made.text}\n", sys.stdout)
    from clawdoctor.run.diagnosis import diagnose

    with progress_on(sys.stderr) as progress:
        report = diagnose(made.situation, mode="live", progress=progress)
    write(render(report, Format.TEXT, shown, verbose=False, quiet=False), sys.stdout)
    write(f"\n{made.next_steps}", sys.stdout)


@app.command()
def checks(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the checks: code, name and what fails."""
    from clawdoctor.check import built_in_checks
    from clawdoctor.formats.catalogue import to_json, to_text

    known = built_in_checks()
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


def render(report: Report, wanted: Format, shown: Terminal, *, verbose: bool, quiet: bool) -> str:
    """Return a report as text in the chosen format. Import only this format."""
    if wanted is Format.JSON:
        from clawdoctor.formats.json import to_json

        return to_json(report)
    from clawdoctor.report import render as render_text

    is_svg = wanted is Format.SVG
    text = render_text(
        report,
        width=shown.width,
        color=shown.color or is_svg,
        unicode=shown.unicode or is_svg,
        verbose=verbose,
        quiet=quiet,
        home=str(Path.home()),
    )
    if not is_svg:
        return text
    from clawdoctor.formats.svg import to_svg

    return to_svg(text, width=shown.width)


def _situation(
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
        home=os.environ.get("HOME") or str(Path.home()),
        environ=dict(os.environ),
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        log=log,
        log_folder=log_folder,
        proxy_url=proxy_url,
        trusted_hosts=tuple(trusted),
        models=tuple(models),
        processes=running.proxies,
        gateways=running.gateways,
        etc=ETC,
    )


def _proxy_url(written: str) -> str:
    """Return the URL in --proxy-url; the scheme defaults to http. Anything else is wrong usage."""
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


def _selection(select: str, ignore: str) -> Selection:
    """Return the selected codes. The options accept names too. An unknown code is wrong usage."""
    from clawdoctor.check import built_in_checks, find_check
    from clawdoctor.knowledge.did_you_mean import nearest
    from clawdoctor.run.engine import Selection

    known = built_in_checks()
    known_codes = [check.code for check in known]

    def codes(option: str) -> tuple[str, ...]:
        found = []
        for name in filter(None, (name.strip() for name in option.split(","))):
            check = find_check(name, known)
            prefix = name.upper()
            if check is None and not any(code.startswith(prefix) for code in known_codes):
                near = nearest(name, [*known_codes, *(candidate.name for candidate in known)])
                hint = f"; did you mean {near[0]}?" if near else ""
                raise typer.BadParameter(f'no check has the code or name "{name}"{hint}')
            found.append(check.code if check is not None else prefix)
        return tuple(found)

    return Selection(codes(select), codes(ignore))


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from error
