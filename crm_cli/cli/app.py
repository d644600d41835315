"""The commands as Typer runs them: imported when used, with the right verb for a wrong one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from inspect import Parameter as Place
from inspect import Signature
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crm_cli.cli.commands import (
    ADDED_BY,
    BY_NAME,
    COMMANDS,
    CUSTOMERS_BY_NAME,
    EVERYWHERE,
    LETTERS,
    Command,
    overview,
    right_verb,
    verb_of_items,
    with_verb,
)
from crm_cli.cli.plain import verbs_of
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Function, Parameter, Verb, Verbs
from crm_cli.model.errors import Declined, UsageError

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 88}


class Doing(TyperCommand):
    """A command of one verb; its help keeps the docstring's lines."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The arguments as the help names them, then the options."""
        arguments = [param for param in self.params if param.param_type_name == "argument"]
        names = [getattr(param, "metavar", None) or str(param.name).upper() for param in arguments]
        return [*names, "[OPTIONS]"]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """The docstring as it stands: a line that says what it does, then examples."""
        if self.help:
            formatter.write_paragraph()
            for line in self.help.splitlines():
                formatter.write(f"  {line}".rstrip() + "\n")

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The options that every command has."""
        formatter.write("\n" + EVERYWHERE)


class Noun(TyperGroup):
    """A command with verbs of its own; alone, or with options or terms, it means its `bare` one."""

    def __init__(self, entry: Command, verbs: Verbs) -> None:
        super().__init__(
            name=entry.name,
            help=entry.help[:1].upper() + entry.help[1:] + ".",
            context_settings=dict(HELP),
            rich_markup_mode=None,
            subcommand_metavar="VERB …",
            options_metavar=None,
        )
        self._entry = entry
        self._verbs = verbs

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs, in the module's order."""
        return list(self._verbs)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb, made on first use."""
        if cmd_name not in self.commands and cmd_name in self._verbs:
            self.commands[cmd_name] = made(self._verbs[cmd_name])
        return self.commands.get(cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the bare verb in where none is said; the help where there is no such verb."""
        return super().parse_args(ctx, with_verb(self._entry, args) or ["--help"])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The verb that is meant; raises UsageError with the right one."""
        name, rest = args[0], args[1:]
        command = self.get_command(ctx, name)
        if command is None:
            raise _no_verb(self._entry, name, rest, set(self._verbs))
        return name, command, rest

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """What the noun means alone, and the options that every command has."""
        if self._entry.bare in self._verbs:
            name = self._entry.name
            formatter.write(f"\ncrm {name} alone is crm {name} {self._entry.bare}.\n")
        formatter.write("\n" + EVERYWHERE)


class Root(TyperGroup):
    """`crm` itself. It knows its commands from the registry and imports the one that is used."""

    def __init__(self) -> None:
        super().__init__(
            name="crm",
            context_settings=dict(HELP),
            rich_markup_mode=None,
            invoke_without_command=True,
        )

    def list_commands(self, ctx: Any) -> list[str]:
        """The registered names, in the registry's order."""
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported on first use."""
        if cmd_name not in self.commands and cmd_name in BY_NAME:
            self.commands[cmd_name] = load(BY_NAME[cmd_name])
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that is meant; raises UsageError with the right one."""
        name, rest = args[0], args[1:]
        command = self.get_command(ctx, name)
        if command is None:
            raise _no_command(name, rest)
        return name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The overview, from the registry."""
        formatter.write(overview())


def run(session: Session, words: Sequence[str]) -> int:
    """Run a command line with Typer; 0, or the exit code that it ended with.

    Raises UsageError for what Typer refuses, and whatever the command raises.
    """
    root = Root()
    try:
        with root.make_context("crm", list(words), obj=session) as ctx:
            root.invoke(ctx)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        raise Declined("nothing was changed") from None
    except typer.TyperException as error:
        from crm_cli.cli.usage import refusal

        raise refusal(error, words) from error
    return 0


def load(entry: Command) -> TyperCommand | TyperGroup:
    """Import a command's module and make the command from it."""
    verbs = verbs_of(entry)
    return Noun(entry, verbs) if entry.noun else made(verbs[entry.name])


def made(verb: Verb, call: Function | None = None) -> Doing:
    """Typer's command of a verb; `call` is what it runs, the verb's function if absent."""
    info = CommandInfo(
        name=verb.name,
        cls=Doing,
        context_settings=dict(HELP),
        callback=_callback(verb, call or verb.function),
    )
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    assert isinstance(command, Doing)
    return command


def _callback(verb: Verb, call: Function) -> Function:
    """A function with the signature that Typer reads, which hands the session on."""

    def callback(ctx: typer.Context, **values: Any) -> None:
        call(ctx.obj, **values)

    places = [Place("ctx", Place.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    places += [_place(parameter) for parameter in verb.parameters]
    callback.__signature__ = Signature(places)  # type: ignore[attr-defined]
    callback.__annotations__ = {place.name: place.annotation for place in places}
    callback.__doc__ = verb.function.__doc__
    return callback


def _place(parameter: Parameter) -> Place:
    declared = parameter.declared
    said: dict[str, Any] = {"metavar": declared.metavar or None, "help": declared.help or None}
    info = (
        typer.Argument(**said)
        if isinstance(declared, Argument)
        else typer.Option(*declared.names, min=declared.min, **said)
    )
    return Place(
        parameter.name,
        Place.KEYWORD_ONLY,
        default=Place.empty if parameter.required else parameter.default,
        annotation=Annotated[parameter.hint, info],
    )


def _no_command(name: str, rest: list[str]) -> UsageError:
    right = right_verb(name, set(BY_NAME))
    if right:
        return UsageError(f'there is no "{name}"; write: {_line("crm", right, rest)}')
    if name.lower() in CUSTOMERS_BY_NAME and (verb := _verb_of_customers(rest)):
        return UsageError(f"customers need no noun; write: {_line('crm', verb, rest[1:])}")
    return _unknown(f'there is no command "{name}"', name, list(BY_NAME), "crm --help lists them")


def _no_verb(entry: Command, name: str, rest: list[str], verbs: set[str]) -> UsageError:
    noun = f"crm {entry.name}"
    right = right_verb(name, verbs)
    if right:
        return UsageError(f'there is no "{noun} {name}"; write: {_line(noun, right, rest)}')
    if entry.name in ADDED_BY and "add" in (name, right_verb(name, {"add"})):
        line = _line(ADDED_BY[entry.name], "", rest)
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    elsewhere = verb_of_items(name)
    if elsewhere and entry.name in LETTERS:
        # An item's id only: what else stands there would mean a whole customer.
        begins = f"{LETTERS[entry.name]}-"
        meant = rest if rest and rest[0].lower().startswith(begins) else [f"{begins}…"]
        return UsageError(f'there is no "{noun} {name}"; write: {_line("crm", elsewhere, meant)}')
    if elsewhere == "rm" and entry.name == "product":
        line = _line(noun, "set", [*(rest or ["SKU"]), "disabled=yes"])
        return UsageError(f'there is no "{noun} {name}"; to take it out of use write: {line}')
    cure = f"{noun} --help lists its verbs"
    if entry.bare in verbs and not rest:
        cure = f"to list what says it: {_line(noun, entry.bare, [name])}; {cure}"
    return _unknown(f'there is no "{noun} {name}"', name, sorted(verbs), cure)


def _verb_of_customers(rest: list[str]) -> str | None:
    """What `crm customer add` means."""
    if not rest:
        return "list"
    return rest[0] if rest[0] in BY_NAME else right_verb(rest[0], set(BY_NAME))


def _unknown(message: str, name: str, choices: list[str], cure: str) -> UsageError:
    from crm_cli.model.text import did_you_mean

    guess = did_you_mean(name, choices)
    return UsageError(f"{message}; {guess}" if guess else message, cure)


def _line(start: str, verb: str, rest: list[str]) -> str:
    return " ".join([*filter(None, (start, verb)), *(_quoted(word) for word in rest)])


def _quoted(word: str) -> str:
    return (
        word
        if word and all(char.isalnum() or char in "@%+=:,./_-…" for char in word)
        else shlex.quote(word)
    )
