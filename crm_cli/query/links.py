"""Links of people and organizations: stated in either record, they hold in both."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import plan_of
from crm_cli.model.aspects import Mirrored
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.people import CONTACT
from crm_cli.query.database import Database


class Link(NamedTuple):
    """A person at an organization; an end or a beginning is None where it is not known.

    `person` is empty for a contact without a record of their own. `stated` is the kind of item
    that says it: `contact` in the organization's record, `organization` in the person's.
    """

    person: str
    name: str
    organization: str
    organization_name: str
    role: str
    title: str
    start: date | None
    end: date | None
    stated: str

    def holds(self, day: date) -> bool:
        """Whether the person is there on a day; on that of the end no longer."""
        return (self.start is None or self.start <= day) and (self.end is None or self.end > day)


def linked_table(kind: Kind, dialect: Dialect) -> str:
    """The table with the rows of a kind: of links, those too that the other record states."""
    return dialect.name(kind.name) if kind.mirrored is None else _linked(kind, dialect)


@cache
def _linked(kind: Kind, dialect: Dialect) -> str:
    assert kind.mirrored is not None
    name = dialect.name
    other = BY_NAME[kind.mirrored.kind]
    mine, theirs = plan_of(kind), plan_of(other)
    called = _called(kind.mirrored)
    book = dialect.book("link_o")
    own = f"{book}, " if book else ""
    own += ", ".join(
        f"COALESCE(link_o.{name(key)}, link_c.{name(called[key])}) AS {name(key)}"
        if key in called
        else f"link_o.{name(key)}"
        for key in mine.names
    )
    same = dialect.same_book
    both = (
        f"SELECT 1 FROM {name(other.name)} link_b WHERE link_b.customer = link_g.pk"
        f" AND link_b.id = link_p.id{same('link_b', 'link_g')}"
    )
    owned = f"SELECT {own} FROM {name(kind.name)} link_o"
    if called:
        owned += f" LEFT JOIN customer link_c ON link_c.id = link_o.id{same('link_c', 'link_o')}"
    if not kind.mirrored.wins:
        # What the other side states as well counts there, and comes from there.
        owned += (
            f" JOIN customer link_p ON link_p.pk = link_o.customer{same('link_p', 'link_o')}"
            f" LEFT JOIN customer link_g ON link_g.id = link_o.id{same('link_g', 'link_o')}"
            f" WHERE link_g.pk IS NULL OR NOT EXISTS({both})"
        )
    shown = f"{dialect.book('link_s')}, " if book else ""
    shown += ", ".join(
        _mirrored(column.name, kind.mirrored, {one.name for one in theirs.columns}, dialect)
        for column in mine.columns
    )
    come = (
        f"SELECT {shown} FROM {name(other.name)} link_s"
        f" JOIN customer link_p ON link_p.pk = link_s.customer{same('link_p', 'link_s')}"
        f" JOIN customer link_g ON link_g.id = link_s.id{same('link_g', 'link_s')}"
    )
    if kind.mirrored.wins:
        known = (
            f"SELECT 1 FROM {name(kind.name)} link_b WHERE link_b.customer = link_g.pk"
            f" AND link_b.id = link_p.id{same('link_b', 'link_g')}"
        )
        come += f" WHERE NOT EXISTS({known})"
    return f"({owned} UNION ALL {come})"


def _mirrored(column: str, how: Mirrored, there: set[str], dialect: Dialect) -> str:
    """SQL for a column of a link, from the item of the other record that states it.

    `link_p` is the record that states it, `link_g` the one that it names.
    """
    name = dialect.name
    sql = {
        "pk": "-link_s.pk",
        "customer": "link_g.pk",
        "parent": "NULL",
        "id": "link_p.id",
        **{key: f"link_p.{name(value)}" for key, value in _called(how).items()},
    }.get(column)
    if sql is None:
        sql = f"link_s.{name(column)}" if column in there else "NULL"
    return f"{sql} AS {name(column)}"


def _called(how: Mirrored) -> dict[str, str]:
    """The columns with the other record's name, each with the customer's column that has it."""
    if not how.named:
        return {}
    mine, theirs = (plan_of(kind).fields[key] for kind, key in ((CONTACT, how.named),
                                                                (CUSTOMER, "name")))  # fmt: skip
    return {mine.value: theirs.value, mine.words: theirs.words}


def links(database: Database, id: str) -> list[Link]:
    """The links of a customer, as a person or as an organization: those that hold before those
    that are over, then in the order of names."""
    dialect = database.dialect
    name, wanted = dialect.name, dialect.parameter("id")
    plan = plan_of(CONTACT)
    keys = ("id", "name", "role", "title", "start", "end")
    columns = [name(plan.fields[key].day or plan.fields[key].value) for key in keys]
    contact = [f"link.{column}" for column in columns]
    contact[1] = f"COALESCE(link_c.name, {contact[1]}, link.id)"
    sql = (
        f"SELECT {', '.join(contact)}, link_a.id, COALESCE(link_a.name, link_a.id), link.pk"
        f" FROM {linked_table(CONTACT, dialect)} link"
        " JOIN customer link_a ON link_a.pk = link.customer"
        " LEFT JOIN customer link_c ON link_c.id = link.id"
        f" WHERE link_a.id = {wanted} OR link.id = {wanted}"
        " ORDER BY 2, 1, link.ordinal"
    )
    return [_link(row) for row in database.rows(sql, {"id": id})]


def _link(row: tuple[Any, ...]) -> Link:
    person, called, role, title, start, end, organization, its_name, pk = row
    return Link(
        person=person or "",
        name=called or "",
        organization=organization,
        organization_name=its_name,
        role=role or "",
        title=title or "",
        start=_day(start),
        end=_day(end),
        stated="contact" if pk > 0 else "organization",
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])
