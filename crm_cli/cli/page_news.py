"""The sections of a page that are no reports: what is due, and what changed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.cli.page_request import Asked
from crm_cli.cli.session import Session
from crm_cli.model.errors import Refused
from crm_cli.model.rows import Column, Rows
from crm_cli.model.section import Advice, Fact, Named, Section, and_more

DUE, CHANGES = "due", "changes"
_REORDER, _INVOICE = "reorder", "invoice"
_DUE_ROWS, _CHANGE_ROWS = 15, 20
_DUE = (
    "Open tasks, planned contacts and steps of cases by their day, invoices that are late, quotes "
    "that lapse, purchases that are due by a customer's rhythm, birthdays, whoever was to be kept "
    "in touch with. What was put off is due on that day, what was dismissed is not."
)
_CHANGES = (
    "The differences between one commit and the next, field by field; who made them is the author "
    "of the commit. What is not committed is not there."
)


def due_section(session: Session, asked: Asked) -> Section:
    """What is due through today, as `crm due` has it."""
    from crm_cli.features.due import due, is_late

    workspace = session.workspace
    found = due(
        workspace, session.terms(list(asked.terms)), where=asked.where, owner=asked.owner
    )
    late = [is_late(one.when, workspace.clock) for one in found]
    columns = [Column("when", "moment"), Column("kind"), Column("name"), Column("what"),
               Column("owner")]  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (one.when, one.kind, Named(one.name, one.who), one.what, one.owner) for one in found
    ]
    if asked.pseudonyms is not None:
        columns = columns[:3]
        rows = [(when, kind, asked.pseudonyms.label("customer", who.id))
                for when, kind, who, *_ in rows]  # fmt: skip
    words = asked.words(period=False)
    return Section(
        name=DUE, group="Due", title="What is due",
        answers="Tasks, contacts, invoices and promises through today, what is overdue first.",
        rows=Rows(columns, rows[:_DUE_ROWS], none="nothing is due",
                  tones=["alert" if one else "" for one in late[:_DUE_ROWS]]),
        left=max(len(rows) - _DUE_ROWS, 0), formula=_DUE,
        command=shlex.join(["crm", "due", *words]), advice=tuple(_advice(rows, late, words)),
        facts=[_fact(sum(late), "overdue", alert=any(late)),
               _fact(len(found) - sum(late), "due today")],
    )  # fmt: skip


def _fact(count: int, state: str, *, alert: bool = False) -> Fact:
    return Fact(f"{count:,}", f"{'thing' if count == 1 else 'things'} {state}", alert)


def _advice(
    rows: Sequence[tuple[Any, ...]], late: Sequence[bool], words: Sequence[str]
) -> Iterator[Advice]:
    """What is overdue but for invoices, of which receivables speak: reorders, and all else."""
    found = [row for row, is_late in zip(rows, late, strict=True) if is_late]
    buyers = {getattr(row[2], "id", row[2]): row[2] for row in found if row[1] == _REORDER}
    if buyers:
        are = "1 customer is" if len(buyers) == 1 else f"{len(buyers):,} customers are"
        yield Advice(
            f"{are} late to reorder: {and_more(list(buyers.values()))}.",
            shlex.join(["crm", "due", *words, "--kind", _REORDER]),
        )
    others = [row for row in found if row[1] not in (_REORDER, _INVOICE)]
    if others:
        are = "1 other thing is" if len(others) == 1 else f"{len(others):,} other things are"
        oldest = f"the oldest since {others[0][0]:%Y-%m-%d}, {others[0][2]}"
        yield Advice(f"{are} overdue; {oldest}.", shlex.join(["crm", "due", *words]))


def changes_section(session: Session, asked: Asked) -> Section:
    """What was changed in the records, as `crm changes` has it."""
    from crm_cli.features.history import changes

    workspace = session.workspace
    since, period = _since(session, asked)
    none, found = "no changes", []
    try:
        found = changes(workspace, since, session.terms(list(asked.terms)), period=period)
    except Refused:
        # Why may name folders of this machine, which are nobody's business.
        none = "there is no history that can be read here; crm changes says why"
    columns = [Column("when", "moment"), Column("who"), Column("record"), Column("what")]
    rows: list[tuple[Any, ...]] = [
        (one.when, one.who, one.record, one.what.text) for one in found
    ]
    if asked.pseudonyms is not None:
        columns = [columns[0], Column("kind"), Column("field")]
        rows = [(one.when, one.what.kind, one.what.field) for one in found]
    bound = ["--period", str(asked.period)] if period is not None else ["--since", str(since)]
    return Section(
        name=CHANGES, group="Changes", title="What changed",
        answers="Changes to the records, the latest first, as git has them.",
        rows=Rows(columns, rows[:_CHANGE_ROWS], none=none),
        left=max(len(rows) - _CHANGE_ROWS, 0), formula=_CHANGES,
        command=shlex.join(["crm", "changes", *asked.words(period=False), *bound]),
    )  # fmt: skip


def _since(session: Session, asked: Asked) -> tuple[str | None, str | None]:
    """From when on changes are shown: `--since`, else those of the period, else of a week."""
    if asked.since is not None:
        return asked.since, None
    return (None, asked.period) if asked.period is not None else ("-7d", None)
