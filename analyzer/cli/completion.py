"""`analyzer completion`: completion of commands, options and paths by the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "fish", "zsh")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    r"""Print what makes SHELL complete the commands, options and paths of analyzer.

    \b
    bash  echo 'eval "$(analyzer completion bash)"' >> ~/.bashrc
    zsh   echo 'eval "$(analyzer completion zsh)"' >> ~/.zshrc
    fish  analyzer completion fish > ~/.config/fish/completions/analyzer.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "analyzer", "_ANALYZER_COMPLETE").source())
