"""How a new purchase comes again, from what the user types."""

from __future__ import annotations

from itertools import islice
from typing import Any

from crm_cli.features.values import day, typed
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.line import CREDIT_NOTE, QUOTE
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.subscription import occasions
from crm_cli.model.writing import new_item
from crm_cli.workspace import Workspace

_SHOWN = 3
_EXAMPLE = "crm invoice add ana --line beans-1kg:2 --every month"


def repeated(
    workspace: Workspace, every: str | None, until: str | None, values: dict[str, Any]
) -> list[str]:
    """Set how a new purchase comes again, and until when; what is said of it.

    Raises UsageError for a purchase that cannot, for what is no rhythm, and for an end before
    its date.
    """
    if every is None and until is None:
        return []
    if every is None or not every.strip():
        what = "--every is empty" if every is not None else "--until is of what comes again"
        raise UsageError(what, _EXAMPLE)
    kind = values.get("kind", "sale")
    if kind in (QUOTE, CREDIT_NOTE):
        raise UsageError(f"a {kind.replace('_', ' ')} does not come again", "leave --every out")
    values["every"] = typed(workspace, PURCHASE, "every", every)
    first = values["date"]
    if until is not None:
        values["until"] = day(workspace, until, ahead=True, after=first)
        if values["until"] < first:
            raise UsageError(f"it ends on {values['until']}, before its date, {first}")
    said = {key: value for key, value in values.items() if key in ("date", "every", "until")}
    pattern = new_item(PURCHASE, said, workspace.business)
    try:
        coming = list(islice(occasions(pattern), _SHOWN + 1))
    except Unreadable as error:
        raise UsageError(f"--every: {error.message}", error.hint) from error
    if not coming:
        return ["it does not come again before its end"]
    shown = [f"{one:%a %Y-%m-%d}" for one in coming[:_SHOWN]]
    more = " …" if coming[_SHOWN:] else ""
    return [f"comes again on {', '.join(shown)}{more}: crm purchase recur makes what is due"]
