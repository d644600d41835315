"""The Typer application: commands imported on use, and suggestions for wrong verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from inspect import Parameter as Place
from inspect import Signature
from textwrap import wrap
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crm_cli.cli.commands import (
    COMMANDS,
    EVERYWHERE,
    Command,
    named,
    overview,
    with_verb,
)
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Function, Option, Parameter, Verb, Verbs
from crm_cli.cli.wrong_verbs import no_command, no_verb
from crm_cli.model.errors import Declined

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 88}


class VerbCommand(TyperCommand):
    """A command of one verb; its help keeps the docstring's lines."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The arguments as the help names them, then the options."""
        arguments = [param for param in self.params if param.param_type_name == "argument"]
        names = [getattr(param, "metavar", None) or str(param.name).upper() for param in arguments]
        return [*names, "[OPTIONS]"]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The command as its examples write it: `crm due`, which takes what `crm due list` does."""
        path = str(ctx.command_path)
        entry = named(ctx.parent.command.name or "") if ctx.parent else None
        if entry is not None and entry.others:
            path = path.removesuffix(f" {entry.bare}")
        formatter.write_usage(path, " ".join(self.collect_usage_pieces(ctx)))

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """What it does, then examples: paragraphs wrapped at words, examples a line each."""
        if self.help:
            formatter.write_paragraph()
            for line in _fitted(self.help, formatter.width - 2):
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
            raise no_verb(self._entry, name, rest, set(self._verbs))
        return name, command, rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The verbs, each with all of its sentence."""
        rows = [(name, f"{verb.summary}.") for name, verb in self._verbs.items()]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

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
        entry = named(cmd_name) if cmd_name not in self.commands else None
        if entry is not None:
            self.commands[cmd_name] = load(entry)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that is meant; raises UsageError with the right one."""
        name, rest = args[0], args[1:]
        command = self.get_command(ctx, name)
        if command is None:
            from crm_cli.cli.aliases import aliases
            from crm_cli.cli.extensions import listed

            others = listed(ctx.obj.environ, ctx.obj.options.directory)
            raise no_command(name, rest, [*aliases(ctx.obj.environ), *others])
        return name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The overview, from the registry."""
        formatter.write(overview(formatter.width + 2))


def _fitted(text: str, width: int) -> Iterator[str]:
    """The lines of a help text; what is indented, or an example, is a line of its own."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        alone = line.startswith((" ", "crm ", "cd ", "0 "))
        if paragraph and (alone or not line):
            yield from wrap(" ".join(paragraph), width, break_on_hyphens=False)
            paragraph = []
        if alone:
            yield from wrap(line, width, subsequent_indent="    ", break_on_hyphens=False)
        elif line:
            paragraph.append(line)
        else:
            yield ""


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


def made(verb: Verb, call: Function | None = None) -> VerbCommand:
    """Typer's command of a verb; `call` is what it runs instead of the verb, in a test."""
    info = CommandInfo(
        name=verb.name,
        cls=VerbCommand,
        context_settings=dict(HELP),
        callback=_callback(verb, call),
    )
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    assert isinstance(command, VerbCommand)
    return command


def _callback(verb: Verb, call: Function | None) -> Function:
    """A function with the signature that Typer reads, which hands the session on."""

    listed = [one.name for one in verb.parameters if getattr(one.declared, "choices", ())]

    def callback(ctx: typer.Context, **values: Any) -> None:
        for name in listed:
            # A member of the enumeration that Typer was given: to the command it is a text.
            values[name] = None if values[name] is None else str(values[name])
        if call is not None:
            call(ctx.obj, **values)
        else:
            verb.run(ctx.obj, values)

    places = [Place("ctx", Place.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    places += [_place(parameter) for parameter in verb.parameters]
    callback.__signature__ = Signature(places)  # type: ignore[attr-defined]
    callback.__annotations__ = {place.name: place.annotation for place in places}
    callback.__doc__ = verb.doc
    return callback


def _place(parameter: Parameter) -> Place:
    declared = parameter.declared
    said: dict[str, Any] = {"metavar": declared.metavar or None, "help": declared.help or None}
    info = (
        typer.Argument(**said)
        if isinstance(declared, Argument)
        else typer.Option(*declared.names, min=declared.min, **said)
    )
    hint: Any = parameter.hint
    if isinstance(declared, Option) and declared.choices:
        # Typer takes a closed list as an enumeration.
        enumeration: Any = StrEnum
        members = [(word.upper(), word) for word in declared.choices]
        hint = enumeration("Choice", members) | None
    return Place(
        parameter.name,
        Place.KEYWORD_ONLY,
        default=Place.empty if parameter.required else parameter.default,
        annotation=Annotated[hint, info],
    )
