"""`crm init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def init(
    session: Session,
    folder: Annotated[
        Path | None,
        Argument(metavar="[DIR]", help="The folder; default: the current one."),
    ] = None,
    name: Annotated[str, Option("--name", metavar="NAME", help="The business's name.")] = "",
    country: Annotated[
        str, Option("--country", metavar="SI", help="Country; sets default currency and time zone.")
    ] = "",
    currency: Annotated[str, Option("--currency", metavar="EUR", help="The base currency.")] = "",
    time_zone: Annotated[
        str, Option("--time-zone", metavar="ZONE", help="Time zone: Europe/Ljubljana.")
    ] = "",
    sample: Annotated[
        bool, Option("--sample", help="Include a few sample customers to try things on.")
    ] = False,
    no_git: Annotated[
        bool, Option("--no-git", help="Do not create a git repository (no history).")
    ] = False,
    agents: Annotated[
        bool,
        Option("--agents", help="Write AGENTS.md for agents and scripts; into an old folder too."),
    ] = False,
    default: Annotated[
        bool, Option("--default", help="Make this the default folder, without asking.")
    ] = False,
) -> None:
    """Start a new folder of customers.

    crm init shop --name "Kava d.o.o." --country SI
    crm init try --sample
    crm init --agents
    """
    from crm_cli.features.initializing import Wanted, completed, make_default, who
    from crm_cli.features.initializing import init as make

    wanted = Wanted(name, country, currency, time_zone)
    base = session.options.directory
    if agents and _is_there((base or Path()) / (folder or Path())):
        _add_agents(session, folder, alone=wanted == Wanted() and not (sample or no_git or default))
        return
    asking = session.interactive and not (name or country or sample)
    if asking:
        wanted = wanted._replace(name=session.ask("What is the business called?", name or "-"))
        wanted = wanted._replace(name="" if wanted.name == "-" else wanted.name)
        wanted = wanted._replace(country=session.ask("In which country?", "-"))
        wanted = wanted._replace(country="" if wanted.country == "-" else wanted.country)
        proposed = completed(wanted)
        wanted = proposed._replace(
            currency=session.ask("Base currency?", proposed.currency),
            time_zone=session.ask("Time zone?", proposed.time_zone),
        )
        if folder is None:
            folder = Path(session.ask("Where?", "."))
    root = (base or Path()) / (folder or Path())
    user, email = who(root, session.environ)
    wanted = wanted._replace(user=user, email=email)
    if session.interactive and (asking or not (user or email)):
        wanted = wanted._replace(
            user=_asked(session, "Your name?", user),
            email=_asked(session, "Your e-mail?", email),
        )
    made = make(root, wanted, environ=session.environ, sample=sample, git=not no_git, agents=agents)
    settings = made.settings
    if made.notice:
        session.notice(made.notice)
    session.write(
        f"made {visible(str(made.root))}: {settings.currency}, {settings.time_zone}"
        f"{', ' + settings.country if settings.country else ''}\n"
    )
    if made.offers_default and (default or (asking and _agreed(session.ask(_OFFER, "no")))):
        written = make_default(made.root, session.environ)
        if written:
            session.write(f"found from anywhere: {visible(str(written))}\n")
    session.write("next:\n")
    where = "" if made.root == Path.cwd() else f"-C {visible(str(folder or base))} "
    lines = _SAMPLE_LINES if sample else _LINES
    session.write(f"  crm {where}{line}\n" for line in lines)


def _is_there(root: Path) -> bool:
    from crm_cli.store.discovery import holds_settings

    return holds_settings(root)


def _add_agents(session: Session, folder: Path | None, *, alone: bool) -> None:
    """Write AGENTS.md into a folder that is there, and nothing else."""
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.initializing.agents import agents_file
    from crm_cli.model.errors import UsageError

    if not alone:
        raise UsageError(
            "this is a folder of customers already, and --agents only adds AGENTS.md",
            "leave the other options out",
        )
    if folder is not None:
        base = session.options.directory
        session.options = session.options._replace(directory=(base or Path()) / folder)
    elif session.options.directory is None:
        session.options = session.options._replace(directory=Path())
    carry_out(session, agents_file(session.workspace))


def _asked(session: Session, question: str, default: str) -> str:
    answer = session.ask(question, default or "-")
    return "" if answer == "-" else answer


_OFFER = "Use this folder from anywhere? (yes/no)"
_LINES = (
    'add "Ana Novak" --email ana@novak.example --tag vip',
    'task add ana-novak "Send the quote" --due fri',
    "due --within 7d",
)
_SAMPLE_LINES = ("due", "show ana-novak", "list +vip --cols name,phone,spend")


def _agreed(answer: str) -> bool:
    return answer.strip().casefold() in ("y", "yes")
