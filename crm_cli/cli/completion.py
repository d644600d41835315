"""crm completion."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.shells import SCRIPTS, Shell, of_shell
from crm_cli.cli.verbs import Argument, Option, Verbs

verbs = Verbs()


@verbs.add
def completion(
    session: Session,
    shell: Annotated[Shell, Argument(metavar="SHELL", help="bash, zsh or fish.")],
    install: Annotated[
        bool,
        Option("--install", help="Write it, and the manual pages, where your shell looks."),
    ] = False,
) -> None:
    """Print the script that completes commands, fields, values and customers.

    Examples:
      eval "$(crm completion bash)"                    in ~/.bashrc
      eval "$(crm completion zsh)"                     in ~/.zshrc
      crm completion fish --install
    """
    if not install:
        session.write(SCRIPTS[shell])
        return
    from crm_cli.features.shell_files import install as write

    files = write(shell.value, of_shell(shell), session.environ)
    for path in [file for file in files if file.parent.name not in ("man1", "man7")]:
        session.tell(f"written to {path}")
    if pages := sum(1 for file in files if file.parent.name in ("man1", "man7")):
        session.tell(f"{pages} manual pages: man crm")
    if shell is Shell.ZSH:
        session.say(f"in ~/.zshrc, before compinit: fpath+=({files[0].parent})")
