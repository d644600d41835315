"""`crm mcp`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.render.screen import is_terminal

if TYPE_CHECKING:
    from crm_cli.mcp.catalogue import Catalogue, Spec, Taken
    from crm_cli.mcp.tool import Run
    from crm_cli.mcp.tools import Caller

verbs = Verbs()


@verbs.add
def mcp(
    session: Session,
    allow: Annotated[
        str,
        Option(
            "--allow",
            metavar="A,B",
            offers=("log", "task", "plan", "undo"),
            help="What agents may change: log, task, plan (with apply), undo. Default: nothing.",
        ),
    ] = "",
) -> None:
    """Serve agents over the Model Context Protocol, on stdin and stdout.

    They read, and change nothing unless --allow says so. They never send, remove,
    forget or synchronize. crm help agents says how it is set up.

    crm mcp
    crm -C shop mcp --allow log,task
    """
    from pathlib import Path

    from crm_cli.mcp.families import allowed
    from crm_cli.mcp.protocol import Protocol
    from crm_cli.mcp.server import Ended, own_streams, serve
    from crm_cli.model.errors import Declined
    from crm_cli.store.discovery import locate

    may = allowed(allow)
    locate(Path.cwd(), session.options.directory, session.environ)
    if is_terminal(sys.stdin):
        session.say("crm mcp is for agents, which write to stdin; Ctrl-D ends it")
    source, target = own_streams()
    try:
        serve(Protocol(lambda: _caller(session, may)), source, target)
    except Ended:
        raise Declined("interrupted") from None


def _caller(session: Session, may: frozenset[str]) -> Caller:
    """The tools, and what they work with."""
    from crm_cli.mcp.tool import Bench
    from crm_cli.mcp.tools import Caller, tools
    from crm_cli.store.call_log import CallLog
    from crm_cli.store.claims import state_folder

    workspace = session.workspace
    workspace.waiting = None
    workspace.progress = None
    held = catalogue()
    log = CallLog(state_folder(workspace.root, session.environ))
    bench = Bench(workspace, _runner(session), held)
    return Caller(bench, tools(held, may), log, f"crm mcp {os.getpid()}")


def _runner(session: Session) -> Run:
    """Runs lines with the options that the server was started with."""
    from crm_cli.cli.capturing import captured, given

    before = given(session)
    return lambda words, watch=None: captured([*before, *words], watch)


def catalogue() -> Catalogue:
    """The commands that agents may have run, from their declarations."""
    from crm_cli.cli.topics import TOPICS
    from crm_cli.mcp.catalogue import Catalogue
    from crm_cli.mcp.families import PLAN

    return Catalogue({name: _spec(name) for name in PLAN}, (*TOPICS,))


def _spec(name: str) -> Spec:
    from crm_cli.cli.commands import named
    from crm_cli.cli.quick_parser import verbs_of
    from crm_cli.mcp.catalogue import Spec

    noun, _, verb = name.partition(" ")
    entry = named(noun)
    assert entry is not None, name
    found = verbs_of(entry)[verb or noun]
    parameters = found.parameters
    words = [one.declared.metavar for one in parameters if not isinstance(one.declared, Option)]
    names = {one.name for one in parameters}
    assert "dry_run" in names, name
    taken = tuple(one for one in map(_taken, parameters) if one is not None)
    return Spec(name, found.summary, " ".join(words), taken, "yes" in names)


def _taken(parameter: object) -> Taken | None:
    """An argument or option as agents have it; None for an option that they have not."""
    from crm_cli.cli.verbs import Parameter
    from crm_cli.mcp.catalogue import Taken
    from crm_cli.mcp.families import OPTIONS

    assert isinstance(parameter, Parameter)
    declared = parameter.declared
    option = declared.names[0] if isinstance(declared, Option) else ""
    if option and option not in OPTIONS:
        return None
    choices = declared.choices if isinstance(declared, Option) else ()
    return Taken(
        parameter.name, option, declared.help, parameter.flag, parameter.many,
        parameter.required, choices,
    )  # fmt: skip
