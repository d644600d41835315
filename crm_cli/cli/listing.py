"""The `list` verb that every kind has, with its options declared once."""

from __future__ import annotations

from crm_cli.cli.options import (
    Agg,
    All,
    AsOf,
    Cols,
    GroupBy,
    Having,
    Json,
    Limit,
    NoHeader,
    Output,
    Owner,
    PeriodOf,
    Pivot,
    Sort,
    Terms,
    Total,
    Where,
    of_owner,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verb, Verbs


def list_verb(
    verbs: Verbs, kind: str, doc: str = "", *, among: tuple[str, ...] = (), shown: str = ""
) -> None:
    """Give a module its `list`: of the kind of that name, with `doc` as its help; `among` are
    query terms for those that it is about, `shown` its columns, if not the kind's."""

    def list_(
        session: Session,
        terms: Terms = None,
        where: Where = None,
        owner: Owner = None,
        period: PeriodOf = None,
        sort: Sort = None,
        limit: Limit = None,
        cols: Cols = None,
        group_by: GroupBy = None,
        agg: Agg = None,
        having: Having = None,
        pivot: Pivot = None,
        total: Total = False,
        all: All = False,
        as_of: AsOf = None,
        output: Output = None,
        json: Json = False,
        no_header: NoHeader = False,
    ) -> None:
        from crm_cli.cli.query_rows import answer_list
        from crm_cli.model.kinds import BY_NAME
        from crm_cli.workspace import Groups

        session.look_back(as_of)
        answer_list(
            session,
            BY_NAME[kind],
            [*among, *(terms or ()), *of_owner(owner)],
            where=where,
            period=period,
            sort=sort,
            limit=limit,
            cols=cols if cols is not None or group_by or pivot else shown or None,
            groups=Groups(group_by, agg, having, pivot),
            total=total,
            everything=all,
            output=output,
            json=json,
            header=not no_header,
            default_sort=BY_NAME[kind].sort,
        )

    verbs.take(Verb(list_, doc=doc or _doc(kind), without=lambda: _senseless(kind)))


def _senseless(name: str) -> tuple[str, ...]:
    """The options that lists of a kind do not have: without a date, no period."""
    from crm_cli.model.kinds import BY_NAME

    return () if BY_NAME[name].when else ("period",)


def _doc(name: str) -> str:
    """The help of a list that has none of its own."""
    from crm_cli.model.kinds import BY_NAME

    kind = BY_NAME[name]
    first = f"is:{kind.states[0].name}" if kind.states else "customer:ana"
    return (
        f"List the {kind.key.replace('_', ' ')} that match query terms.\n\n"
        f"crm {name} list {first}\ncrm {name} list +vip -o csv"
    )
