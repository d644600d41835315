"""crm completion."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli.session import of
from crm_cli.cli.shells import SCRIPTS, Shell

app = typer.Typer()


@app.command()
def completion(
    ctx: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the script that completes commands, fields, values and customers.

    Examples:
      eval "$(crm completion bash)"                                  in ~/.bashrc
      eval "$(crm completion zsh)"                                   in ~/.zshrc
      crm completion fish > ~/.config/fish/completions/crm.fish
    """
    of(ctx).write(SCRIPTS[shell])
