"""The commands that agents may have run, and `crm` lines made of what they ask.

A line is made from names that are declared, never from text as an agent writes it: its values
stand behind `--option=`, and words that begin with a minus behind `--`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crm_cli.mcp import schema
from crm_cli.model.errors import UsageError
from crm_cli.model.text import did_you_mean


class Taken(NamedTuple):
    """An argument or option of a command: `option` is empty for one that goes by its place."""

    name: str
    option: str
    help: str
    flag: bool
    many: bool
    required: bool
    choices: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """What agents call it."""
        return self.option.removeprefix("--") if self.option else self.name.rstrip("_")

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        if self.flag:
            return schema.flag(self.help)
        return schema.texts(self.help) if self.many else schema.text(self.help, self.choices)


class Spec(NamedTuple):
    """A command: its words, its help, what it takes."""

    name: str
    summary: str
    usage: str
    taken: tuple[Taken, ...]
    asks: bool
    """Whether it asks before it changes several records, so that it has `--yes`."""

    def option(self, name: str) -> Taken:
        """The option of that name, with dashes or without; raises UsageError."""
        wanted = name.removeprefix("--").replace("_", "-")
        known = {one.word: one for one in self.taken if one.option}
        if wanted not in known:
            near = did_you_mean(wanted, known)
            raise UsageError(
                f"{self.name} has no option {wanted} for agents",
                near or f"there are: {', '.join(known) or 'none'}",
            )
        return known[wanted]

    def line(
        self,
        words: Sequence[str],
        options: Mapping[str, Any],
        *,
        literal: Sequence[str] = (),
        dry_run: bool = False,
    ) -> list[str]:
        """The line; what is `literal` is text whatever it looks like. Raises UsageError."""
        made = self.name.split()
        for name, value in options.items():
            made += _given(self.option(name), value)
        if dry_run:
            made.append("--dry-run")
        elif self.asks:
            made.append("--yes")
        first = next((place for place, word in enumerate(words) if word.startswith("-")), None)
        plain = words if first is None else words[:first]
        rest = [*words[len(plain) :], *literal]
        return [*made, *plain, *(["--", *rest] if rest else [])]


class Catalogue(NamedTuple):
    """The commands by name, and the pages of help."""

    specs: Mapping[str, Spec]
    topics: Sequence[str]


def _given(taken: Taken, value: Any) -> list[str]:
    if taken.flag:
        if not isinstance(value, bool):
            raise UsageError(f"{taken.word} is true or false")
        return [taken.option] if value else []
    if isinstance(value, bool):
        raise UsageError(f"{taken.word} takes a text")
    values = value if isinstance(value, list) else [value]
    if len(values) > 1 and not taken.many:
        raise UsageError(f"{taken.word} takes one value")
    return [f"{taken.option}={one}" for one in values]
