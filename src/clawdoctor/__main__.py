"""The console script and `python -m clawdoctor`, which end with an exit code, never a traceback."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False  # see terminal/output.py
if TYPE_CHECKING:
    from collections.abc import Callable

    from clawdoctor.finding import Report

USAGE, INTERNAL, INTERRUPTED = 2, 3, 130
"""The exit codes for wrong usage (or a full disk), a bug in clawdoctor, and Ctrl-C."""


def main() -> None:
    """Run the command line. `--version` alone answers before any heavy import.

    Collecting garbage while modules load and at the end would take a seventh of a run's time.
    """
    gc.set_threshold(100_000)
    try:
        _answer()
    finally:
        gc.freeze()


def _answer() -> None:
    from clawdoctor.terminal.output import open_closed_streams

    open_closed_streams()
    if sys.argv[1:] == ["--version"]:
        sys.exit(exit_code_of(_show_version))
    if sorted(sys.argv[1:]) == ["--json", "--version"]:
        sys.exit(exit_code_of(_show_version_as_json))
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends a run like Ctrl-C
    try:
        sys.exit(run_app(sys.argv[1:]))
    except KeyboardInterrupt:  # while modules still load, or during the output
        sys.exit(INTERRUPTED)


def _show_version() -> None:
    from clawdoctor import __version__
    from clawdoctor.terminal.output import write

    write(f"clawdoctor {__version__}\n", sys.stdout)


def _show_version_as_json() -> None:
    import json

    from clawdoctor import __version__
    from clawdoctor.knowledge.measured import knowledge_date, newest_looked_at
    from clawdoctor.terminal.output import write

    newest = {program: newest_looked_at(program) for program in ("openclaw", "litellm")}
    tool = {"name": "clawdoctor", "version": __version__, "knowledge": knowledge_date()}
    document = {"schemaVersion": 1, "tool": tool, "newest": newest}
    write(json.dumps(document, indent=2) + "\n", sys.stdout)


def run_app(arguments: list[str]) -> int:
    """Run the command line. `--json` prints one document, whatever the exit code."""
    from clawdoctor.cli import app

    return exit_code_of(
        lambda: app(args=arguments, standalone_mode=False, obj=arguments), _json_command(arguments)
    )


def _json_command(arguments: list[str]) -> str:
    """Return the command that must print JSON, or "", without parsing the options."""
    from itertools import pairwise

    command = arguments[0] if arguments else ""
    has_format = "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
    wants = "--json" in arguments or (has_format and command == "run")
    return command if wants and command in ("run", "trace") else ""


def exit_code_of(action: Callable[[], object], json_command: str = "") -> int:
    """Return the exit code of an action: its return value, or the code for its exception.

    If the action ends early, the JSON document of `json_command` says why.
    """
    from clawdoctor.terminal.output import lost_output

    try:
        code = action()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # the run has printed its report
            return INTERRUPTED
        return _stop_writing(BrokenPipeError())  # typer's answer to a broken pipe
    except OSError as error:
        return _stop_writing(error) if lost_output(error) else _report_error(error, json_command)
    except Exception as error:
        if not _is_abort(error):
            return _report_error(error, json_command)
        code = INTERRUPTED
    if code == INTERRUPTED:  # typer catches Ctrl-C and returns its code silently
        from clawdoctor import __version__
        from clawdoctor.finding import Report

        return _report_stop(Report(__version__, exit_code=INTERRUPTED), "interrupted", json_command)
    return code if isinstance(code, int) else 0


def _is_abort(error: Exception) -> bool:
    """Return whether Ctrl-C or Ctrl-D ended a question to the user."""
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.Abort)


def _stop_writing(error: OSError) -> int:
    """Return the exit code when stdout accepts no more output, which is not a bug.

    A reader that has gone, such as `head`, has all it needs.
    """
    from clawdoctor.terminal.output import discard, write_message

    discard(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return 0
    write_message(f"cannot write to stdout: {error.strerror}\n")
    return USAGE


def _report_error(error: Exception, json_command: str) -> int:
    """Report wrong usage in one line, and any other error as a bug that users can report."""
    import platform
    import traceback

    from clawdoctor import __version__
    from clawdoctor.finding import InternalError, Report
    from clawdoctor.redaction.hide import Redactor, redact_text

    code = getattr(error, "exit_code", None)
    format_message = getattr(error, "format_message", None)
    if isinstance(code, int) and callable(format_message):
        message = redact_text(Redactor(), str(format_message()))
        if message.startswith("Usage:"):
            report = Report(__version__, exit_code=USAGE, usage_error=message)
            return _report_stop(report, message, json_command)
        message = _plain(message)
        report = Report(__version__, exit_code=USAGE, usage_error=message)
        hint = f"Try '{_command_of(error)} --help'."
        return _report_stop(report, f"error: {message}\n{hint}", json_command)
    frames = traceback.extract_tb(error.__traceback__)
    trace = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    defect = InternalError("the run", type(error).__name__, trace)
    report = Report(__version__, exit_code=INTERNAL, internal_errors=(defect,))
    lines = (
        "clawdoctor itself failed; this is a defect, please report it with these lines:",
        f"  clawdoctor {__version__}, Python {platform.python_version()}, {platform.system()}",
        f"  {defect.error} in {defect.trace}",
    )
    return _report_stop(report, "\n".join(lines), json_command)


def _plain(message: str) -> str:
    """Return typer's message in the form of clawdoctor's own: the option, then the error."""
    start, colon, rest = message.partition(": ")
    if colon and start.startswith("Invalid value"):
        option = start.removeprefix("Invalid value").removeprefix(" for ").strip("'")
        message = f"{option}: {rest}" if option else rest
    return message[:1].lower() + message[1:]


def _command_of(error: Exception) -> str:
    """Return the command that a usage error is about: `clawdoctor run`."""
    context = getattr(error, "ctx", None)
    named = context is not None and context.parent is not None and context.info_name
    return f"clawdoctor {named}" if named else "clawdoctor"


def _report_stop(report: Report, message: str, json_command: str) -> int:
    """Say why there is no ordinary report, as JSON on stdout or as text on stderr."""
    from clawdoctor.terminal.output import write, write_message

    if not json_command:
        write_message(f"{message}\n")
        return report.exit_code
    try:
        write(_document(report, json_command), sys.stdout)
    except OSError as error:
        return _stop_writing(error)
    return report.exit_code


def _document(report: Report, json_command: str) -> str:
    """Return the JSON document of a command that ended early."""
    if json_command == "run":
        from clawdoctor.formats.json import to_json

        return to_json(report)
    from clawdoctor.formats.trace_json import to_json as trace_to_json
    from clawdoctor.traced import Trace

    return trace_to_json(
        Trace(
            report.version,
            exit_code=report.exit_code,
            usage_error=report.usage_error,
            internal_errors=report.internal_errors,
        )
    )


if __name__ == "__main__":
    main()
