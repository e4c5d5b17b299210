"""`analyzer man`: the manual page, made from the commands and options themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from analyzer import __version__
from analyzer.exit_codes import MEANINGS

_ENVIRONMENT = {
    "ANALYZER_MODELS": "Folder of the models that `analyzer models pull` fetches.",
    "BROWSER": "Program that shows a report (`analyzer open`, --open).",
    "NO_COLOR": "Without colours on a terminal.",
}


@click.command()
@click.pass_context
def man(context: click.Context) -> None:
    r"""Print the manual page of analyzer and all of its commands.

    \b
    read it   analyzer man | man -l -
    keep it   analyzer man > ~/.local/share/man/man1/analyzer.1
    """
    click.echo("\n".join(manual_page(context.find_root().command)))


def manual_page(program: click.Command) -> Iterator[str]:
    """Yield the lines of a manual page (section 1, in the macros of man) of ``program``."""
    yield f'.TH ANALYZER 1 "" "analyzer {__version__}" "User Commands"'
    yield from (".SH NAME", r"analyzer \- batch analysis of recorded CCTV")
    yield from (".SH SYNOPSIS", r"\fBanalyzer\fR [\fIoptions\fR] \fIcommand\fR [\fIarguments\fR]")
    yield ".SH DESCRIPTION"
    yield from _help(program.help or "")
    yield from _options(program, click.Context(program, info_name="analyzer"))
    yield ".SH COMMANDS"
    assert isinstance(program, click.Group)
    yield from _commands(program, click.Context(program, info_name="analyzer"))
    yield ".SH EXIT STATUS"
    for code, meaning in MEANINGS.items():
        yield from (".TP", rf"\fB{code}\fR", _text(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in _ENVIRONMENT.items():
        yield from (".TP", rf"\fB{name}\fR", _text(meaning))


def _commands(group: click.Group, outer: click.Context) -> Iterator[str]:
    """Yield a section for each command of ``group``, and of the groups in it, by name."""
    for name in group.list_commands(outer):
        command = group.commands[name]
        context = click.Context(command, info_name=name, parent=outer)
        if isinstance(command, click.Group):
            yield from (f".SS {_text(context.command_path)}", *_help(command.help or ""))
            yield from _commands(command, context)
            continue
        usage = " ".join(command.collect_usage_pieces(context))
        yield from (f".SS {_text(context.command_path)} {_text(usage)}",)
        yield from _help(command.help or "")
        yield from _options(command, context)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1] and "--help" not in parameter.opts:
            yield from (".TP", rf"\fB{_text(record[0])}\fR", _text(record[1]))


def _help(text: str) -> Iterator[str]:
    r"""Yield the paragraphs of a help text; those that begin with ``\b`` keep their lines."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        if lines[0] == "\b":
            yield from (".PP", ".nf", *map(_text, lines[1:]), ".fi")
        else:
            yield from (".PP", _text(" ".join(lines)))


def _text(text: str) -> str:
    """Return ``text`` so that the macros of man print it as it is."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped[:1] in ".'" else escaped
