"""Templates that were read: a subject and a body, which are filled in with values by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from crm_cli.formats.documents.sandbox import Compiled, Reference, compiled, seen
from crm_cli.model.errors import Unreadable
from crm_cli.model.template import Filled


class Form(NamedTuple):
    """A template that was read: its subject and its body, and which fields they name."""

    subject: Compiled
    body: Compiled

    @property
    def references(self) -> tuple[Reference, ...]:
        """The fields that it names, with their lines."""
        return (*self.subject.references, *self.body.references)

    def filled(self, values: Mapping[str, Any]) -> tuple[Filled, list[str]]:
        """The text for values by their names, `business.name`, and the names of those that it
        lacks: it is printed without them. The subject is one line. Raises Unreadable."""
        known = {name: seen(value, name) for name, value in nested(values).items()}
        lacking: list[str] = []
        subject, body = (one.text(known, lacking) for one in self)
        return Filled(" ".join(subject.split()), body), list(dict.fromkeys(lacking))


@lru_cache(maxsize=32)
def read_form(subject: str, body: str, line: int = 1) -> Form:
    """Read a template; raises Unreadable with the line in its file."""
    try:
        head = compiled(subject)
    except Unreadable as error:
        raise Unreadable(f"subject: {error.message}", error.hint) from error
    return Form(head, compiled(body, line=line))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their names as templates reach them: `a.b` is `b` of `a`. Raises Unreadable for a
    name that is a value and has others below it."""
    found: dict[str, Any] = {}
    for name in sorted(values):
        into = found
        *above, last = name.split(".")
        for part in above:
            into = into.setdefault(part, {})
            if not isinstance(into, dict):
                raise Unreadable(f"there is no field {name}", "crm template fields lists some")
        into[last] = values[name]
    return found
