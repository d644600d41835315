"""E-mail addresses: whose they are, and those that a text means."""

from __future__ import annotations

from typing import Any, NamedTuple

from crm_cli.index.plan import plan_of
from crm_cli.model.contacts import EMAIL
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.people import CONTACT
from crm_cli.model.text import tokens
from crm_cli.query.database import Database


class Holder(NamedTuple):
    """A customer who has an address; `contact` is the id or name of the person at an organization
    whose address it is there, empty where it is the customer's own."""

    address: str
    customer: str
    kind: str
    contact: str


class Addressed(NamedTuple):
    """An address, whose it is, and when we were last in contact."""

    address: str
    name: str
    customer: str
    last_contact: str | None


def holders(database: Database) -> list[Holder]:
    """All addresses with those who have them, by customer."""
    name = database.dialect.name
    rows = database.rows(
        f"SELECT e.value, c.id, c.{name('kind')}, t.id, t.name, e.parent FROM email e"
        " JOIN customer c ON c.pk = e.customer LEFT JOIN contact t ON t.pk = e.parent"
        " WHERE e.value IS NOT NULL ORDER BY c.id, e.pk"
    )
    return [
        Holder(value.casefold(), id, kind or "", (person or called or id) if parent else "")
        for value, id, kind, person, called, parent in rows
    ]


def sought(database: Database, text: str, most: int) -> list[Addressed]:
    """The addresses that may be used of which a word, or whose owner's name, begins with each
    word of a text: those first with whom we were in contact last, then by name."""
    parts = tokens(text)
    if not parts:
        return []
    dialect = database.dialect
    name, parameter = dialect.name, dialect.parameter
    words = {f"w{place}": f" {part}" for place, part in enumerate(parts)}
    columns = (
        f"e.{name(plan_of(EMAIL).fields['value'].words)}",
        f"c.{name(plan_of(CUSTOMER).fields['name'].words)}",
        f"t.{name(plan_of(CONTACT).fields['name'].words)}",
    )
    tests = [
        [dialect.certain(dialect.contains(one, parameter(key))) for one in columns]
        for key in words
    ]
    met = " AND ".join(f"({' OR '.join(any_of)})" for any_of in tests)
    marked = f"e.{name('do_not_use')}"
    used = f"NOT {dialect.certain(dialect.holds(marked))}"
    rows = database.rows(
        f"SELECT e.value, COALESCE(t.name, p.name, c.name, c.id), COALESCE(p.id, c.id),"
        f" COALESCE(p.{name('last_contact')}, c.{name('last_contact')}) AS met FROM email e"
        " JOIN customer c ON c.pk = e.customer LEFT JOIN contact t ON t.pk = e.parent"
        " LEFT JOIN customer p ON p.id = t.id"
        f" WHERE e.value IS NOT NULL AND e.{name('bounced')} IS NULL AND {used} AND {met}"
        f" ORDER BY {dialect.sorted('met', down=True)}, 2, 1 LIMIT {parameter('most')}",
        {**words, "most": most},
    )
    return [Addressed(*row) for row in rows]


def noted(database: Database) -> list[tuple[Any, ...]]:
    """(Message-ID, customer's id, thread, deal, case, direction, participants, id) of the e-mails
    that the records have; the desk's have no customer, and participants are lines."""
    plan = plan_of(INTERACTION)
    name = database.dialect.name
    keys = ("thread", "deal", "case", "direction", "participants")
    shown = ", ".join(f"i.{name(plan.fields[key].value)}" for key in keys)
    return database.rows(
        f"SELECT i.message_id, c.id, {shown}, i.id FROM interaction i"
        " LEFT JOIN customer c ON c.pk = i.customer WHERE i.message_id IS NOT NULL"
    )
