"""crm completion."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.shells import SCRIPTS, Shell
from crm_cli.cli.verbs import Argument, Verbs

verbs = Verbs()


@verbs.add
def completion(
    session: Session,
    shell: Annotated[Shell, Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the script that completes commands, fields, values and customers.

    Examples:
      eval "$(crm completion bash)"                                  in ~/.bashrc
      eval "$(crm completion zsh)"                                   in ~/.zshrc
      crm completion fish > ~/.config/fish/completions/crm.fish
    """
    session.write(SCRIPTS[shell])
