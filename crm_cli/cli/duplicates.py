"""`crm duplicates`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import SHAPE, DryRun, Shape, Terms, Where, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows

verbs = Verbs()

_COLUMNS = (
    Column("score", "integer"),
    Column("id"),
    Column("name"),
    Column("other"),
    Column("other_name"),
    Column("reasons", "list of texts"),
)
_WEAK = 30
"""From this score on it is said how many pairs are not shown."""
_RANKED = ("score", "id", "other", "reasons", "name", "other_name")


@verbs.add
def duplicates(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    least: Annotated[
        int, Option("--min", metavar="SCORE", help="The least score to show, 1 to 100.")
    ] = 50,
    not_same: Annotated[
        bool, Option("--not-same", help="Remember that these customers (WHO…) are not the same.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    shape: Shape = SHAPE,
) -> None:
    """Find customers who may be one, with reasons and a score; crm merge makes them one.

    crm duplicates
    crm duplicates +vip --min 80 --json
    crm duplicates --not-same ana-novak ana-novak-2
    """
    from crm_cli.cli.columns import only
    from crm_cli.features.duplicates import duplicates as find
    from crm_cli.features.duplicates import paths

    if not_same:
        _tell_apart(session, terms or [], dry_run=dry_run, yes=yes)
        return
    if dry_run or yes:
        raise UsageError("nothing is written without --not-same", "leave --dry-run and --yes out")
    session.look_back(shape.as_of)
    asked = _WEAK if _WEAK < least <= 100 else least
    alike = find(session.workspace, session.terms(terms), where=where, least=asked)
    found = [one for one in alike if one.score >= least]
    if below := len(alike) - len(found):
        pairs = "1 pair scores" if below == 1 else f"{below:,} pairs score"
        session.notice(f"{pairs} from {_WEAK} to {least - 1}: --min {_WEAK} shows them, too")
    form = session.form(shape)
    shown = found[: shape.limit]
    rows = Rows(
        _COLUMNS,
        [(one.score, *one[:4], list(one.reasons)) for one in shown],
        ids=[one.id for one in shown],
        paths=paths(session.workspace, shown),
        none="no duplicates",
        ranked=_RANKED,
    )
    session.show(only(rows, shape.cols), form, header=not shape.no_header)


def _tell_apart(session: Session, who: list[str], *, dry_run: bool, yes: bool) -> None:
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.duplicates import tell_apart

    ids = session.whos(who, writes=True)
    # Whoever names them has looked: there is nothing to ask.
    plan = tell_apart(session.workspace, ids)
    carry_out(session, plan, dry_run=dry_run, yes=yes or len(who) == len(ids))
