"""The verb that every kind has: the options of a list, declared once."""

from __future__ import annotations

from crm_cli.cli.options import (
    Agg,
    AsOf,
    Cols,
    GroupBy,
    Having,
    Json,
    Limit,
    NoHeader,
    Output,
    Owner,
    Pivot,
    Sort,
    Terms,
    Total,
    Where,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs


def list_verb(verbs: Verbs, kind: str, doc: str, *, sort: str = "") -> None:
    """Give a module its `list`: of the kind of that name, with `doc` as its help.

    `sort` is the order without `--sort`.
    """

    def list_(
        session: Session,
        terms: Terms = None,
        where: Where = None,
        owner: Owner = None,
        sort: Sort = None,
        limit: Limit = None,
        cols: Cols = None,
        group_by: GroupBy = None,
        agg: Agg = None,
        having: Having = None,
        pivot: Pivot = None,
        total: Total = False,
        as_of: AsOf = None,
        output: Output = None,
        json: Json = False,
        no_header: NoHeader = False,
    ) -> None:
        from crm_cli.cli.answers import answer_list
        from crm_cli.model.kinds import BY_NAME
        from crm_cli.workspace import Groups

        session.look_back(as_of)
        answer_list(
            session,
            BY_NAME[kind],
            [*(terms or ()), *([f"owner:{owner}"] if owner is not None else [])],
            where=where,
            sort=sort,
            limit=limit,
            cols=cols,
            groups=Groups(group_by, agg, having, pivot),
            total=total,
            output=output,
            json=json,
            header=not no_header,
            default_sort=default,
        )

    default = sort
    list_.__doc__ = doc
    verbs.add(list_)
