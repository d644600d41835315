"""`crm help`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def help_(
    session: Session,
    topic: Annotated[
        list[str] | None,
        Argument(metavar="[TOPIC]", help="A topic, or a command."),
    ] = None,
) -> None:
    """Show a page of examples on a topic, or a command's help.

    crm help query
    crm help dates
    """
    from crm_cli.cli.aliases import aliases
    from crm_cli.cli.commands import COMMANDS, extensions_line, named
    from crm_cli.cli.extensions import listed, program
    from crm_cli.cli.topics import TOPICS

    if not topic:
        session.write("Topics:\n")
        width = max(map(len, TOPICS)) + 2
        session.write(f"  {name:<{width}}{page.summary}\n" for name, page in TOPICS.items())
        if others := listed(session.environ, session.options.directory):
            session.write(f"\n{extensions_line([*others])}\n")
        session.write("\ncrm help TOPIC shows one; crm COMMAND --help shows a command.\n")
        return
    name = topic[0].lower()
    if name in TOPICS:
        from crm_cli.render import shapes

        session.draw(shapes.page, TOPICS[name].text)
        return
    if named(name) is not None:
        from crm_cli.cli.hook import main

        main([*topic, "--help"])
        return
    if alias := aliases(session.environ).get(topic[0]):
        session.write(f"{topic[0]} is an alias of: crm {' '.join(alias)}\n")
        return
    if path := program(topic[0], session.options, session.environ):
        session.tell(f"{topic[0]} is a program: {path}; crm {topic[0]} --help may say more")
        return
    from crm_cli.cli.wrong_verbs import no_command
    from crm_cli.model.text import nearest

    near = nearest(name, [*TOPICS, *(one.name for one in COMMANDS if not one.hidden)])
    hint = f"did you mean {' or '.join(near)}?" if near else f"topics: {', '.join(TOPICS)}"
    if "; write: " in (said := no_command(name, []).message):
        meant = said.partition("; write: crm ")[2].split(" ")[0]
        hint = f"write: crm help {meant}"
    raise UsageError(f"there is no topic or command {topic[0]}", hint)
