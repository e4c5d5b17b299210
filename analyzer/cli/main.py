"""The command line: parse, build one frozen Settings, call one function, tell the person."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from analyzer import __version__
from analyzer.cli.clip import clip
from analyzer.cli.cluster import cluster
from analyzer.cli.derive import derive
from analyzer.cli.doctor import doctor
from analyzer.cli.evaluate import evaluate
from analyzer.cli.export import export
from analyzer.cli.gallery import gallery
from analyzer.cli.models import models
from analyzer.cli.policy import policy
from analyzer.cli.purge import purge
from analyzer.cli.report import report
from analyzer.cli.review import review
from analyzer.cli.run import run
from analyzer.cli.search import search
from analyzer.cli.status import status
from analyzer.cli.train import train
from analyzer.cli.verify import verify
from analyzer.errors import AnalyzerError, UsageError

EXIT_ERROR, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="analyzer")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Analyze recorded CCTV: people, candidates, apparent expressions and actions over time.

    Start with: analyzer run FOOTAGE --case CASE --gallery PEOPLE
    """
    context.obj = {"debug": debug}


for command in (
    run,
    derive,
    gallery,
    report,
    clip,
    export,
    search,
    review,
    cluster,
    policy,
    verify,
    purge,
    status,
    models,
    doctor,
    train,
    evaluate,
):
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command line; known errors are one line on standard error."""
    signal.signal(signal.SIGTERM, _terminate)
    debug = "--debug" in sys.argv[1:]
    try:
        sys.exit(cli.main(prog_name="analyzer", standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AnalyzerError as error:
        if debug:
            raise
        click.echo(f"analyzer: {error}", err=True)
        sys.exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_ERROR)
    except (KeyboardInterrupt, click.Abort):
        click.echo("analyzer: stopped; run the same command again to resume", err=True)
        sys.exit(EXIT_INTERRUPTED)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """Let SIGTERM end a run as Ctrl-C does: what is written stays, the rest is done next time."""
    raise KeyboardInterrupt
