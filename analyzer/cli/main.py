"""Entry point of the command line: known errors are one line on standard error."""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
from types import FrameType
from typing import NoReturn, TextIO

from analyzer import exit_codes


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    _escape_names(sys.stdout, sys.stderr)
    try:
        sys.exit(_answer(debug="--debug" in sys.argv[1:]))
    except KeyboardInterrupt:
        print("analyzer: stopped; run the same command again to resume", file=sys.stderr)
        sys.exit(exit_codes.STOPPED)


def _escape_names(*streams: TextIO) -> None:
    r"""Let ``streams`` show bytes of names that are not UTF-8 as ``\xNN``, as the case does."""

    def escape(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        odd = error.object[error.start : error.end].encode("utf-8", "surrogateescape")
        return odd.decode("utf-8", "backslashreplace"), error.end

    codecs.register_error("escape names", escape)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="escape names")


def _answer(debug: bool) -> int:
    """Run the command and return its exit code; the imports are here so that Ctrl-C ends them."""
    import click

    from analyzer.cli.group import cli
    from analyzer.errors import AnalyzerError, UsageError
    from analyzer.extras import MODULES, install_command

    try:
        return cli.main(prog_name="analyzer", standalone_mode=False) or 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except AnalyzerError as error:
        if debug:
            raise
        click.echo(f"analyzer: {error}", err=True)
        return exit_codes.USAGE if isinstance(error, UsageError) else exit_codes.ERROR
    except ModuleNotFoundError as error:
        if debug or error.name not in MODULES:
            raise
        mend = install_command(error.name)
        click.echo(f"analyzer: this needs {error.name}, which is not installed: {mend}", err=True)
        return exit_codes.ERROR
    except OSError as error:
        if debug or not _output_is_lost():
            raise
        click.echo(f"analyzer: standard output cannot be written ({error.strerror})", err=True)
        return exit_codes.ERROR


def _output_is_lost() -> bool:
    """Whether standard output takes not even an empty line; what it holds is dropped then."""
    try:
        print(flush=True)
    except OSError:
        # Python would flush once more at its end, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """Let SIGTERM end a run as Ctrl-C does: what is written stays, the rest is done next time."""
    raise KeyboardInterrupt
