"""Group of all commands."""

from __future__ import annotations

import click

from analyzer import __version__
from analyzer.cli.cameras import cameras
from analyzer.cli.clip import clip
from analyzer.cli.cluster import cluster
from analyzer.cli.completion import completion
from analyzer.cli.derive import derive
from analyzer.cli.doctor import doctor
from analyzer.cli.evaluate import evaluate
from analyzer.cli.explain import explain
from analyzer.cli.export import export
from analyzer.cli.gallery import gallery
from analyzer.cli.man import man
from analyzer.cli.models import models
from analyzer.cli.notify import notify
from analyzer.cli.open import open_report
from analyzer.cli.options import EXIT_CODES
from analyzer.cli.pack import pack
from analyzer.cli.policy import policy
from analyzer.cli.purge import purge
from analyzer.cli.report import report
from analyzer.cli.review import review
from analyzer.cli.route import route
from analyzer.cli.run import run
from analyzer.cli.search import search
from analyzer.cli.serve import serve
from analyzer.cli.settings import settings
from analyzer.cli.status import status
from analyzer.cli.train import train
from analyzer.cli.verify import verify
from analyzer.cli.watch import watch


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
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
    watch,
    derive,
    gallery,
    cameras,
    report,
    open_report,
    serve,
    clip,
    explain,
    export,
    pack,
    search,
    route,
    review,
    cluster,
    policy,
    verify,
    purge,
    notify,
    status,
    settings,
    models,
    doctor,
    train,
    evaluate,
    completion,
    man,
):
    cli.add_command(command)
