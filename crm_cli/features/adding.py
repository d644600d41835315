"""Adding customers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from crm_cli.features.assigning import updater
from crm_cli.features.entering import refuse
from crm_cli.features.plan import Plan
from crm_cli.features.values import typed
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.ids import is_customer_id, new_customer_id
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf, normal
from crm_cli.model.places import CUSTOMERS
from crm_cli.query.who import namesakes
from crm_cli.store.repair import fmt
from crm_cli.workspace import Change, Create, Workspace, new_record

_COMPANY = re.compile(
    r"(?:\b(?:d\.\s?o\.\s?o\.?|d\.\s?d\.|s\.\s?p\.|gmbh|ag|kg|ohg|e\.\s?u\.|ltd\.?|limited|llc|inc\.?|"
    r"corp\.?|plc|s\.\s?r\.\s?l\.?|s\.\s?p\.\s?a\.?|s\.\s?a\.|sarl|sas|b\.\s?v\.|n\.\s?v\.|oy|ab|a/s|aps|"
    r"kft\.?|zrt\.?|s\.\s?r\.\s?o\.?|a\.\s?s\.|sp\. z o\.\s?o\.|doo|ооо|зао)(?=\W|$))",
    re.IGNORECASE,
)


def guess_kind(name: str) -> str | None:
    """`organization` where a name ends in a legal form (d.o.o., GmbH, Ltd …), else None."""
    return "organization" if _COMPANY.search(name) else None


def add(
    workspace: Workspace,
    name: str,
    *,
    id: str | None = None,
    kind: str | None = None,
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    tags: Sequence[str] = (),
    owner: str | None = None,
    values: Sequence[tuple[str, str]] = (),
    force: bool = False,
) -> Plan:
    """Plan a new customer's record.

    Raises UsageError for an empty name or a wrong value; Refused where an e-mail or a
    phone is known already, unless `force`.
    """
    name = " ".join(name.split())
    if not name:
        raise UsageError("a customer needs a name", 'crm add "Ana Novak"')
    notes = []
    record: dict[str, Any] = {"name": name}
    if kind is None:
        kind = guess_kind(name)
        if kind:
            notes.append(f"taken for an {kind}, by its name; if not, crm set … kind=person")
    if kind:
        record["kind"] = typed(workspace, CUSTOMER, "kind", kind)
    if owner:
        record["owner"] = typed(workspace, CUSTOMER, "owner", owner)
    lists = {
        "tags": [part.strip() for tag in tags for part in tag.split(",") if part.strip()],
        "emails": [text.strip() for text in emails if text.strip()],
        "phones": [text.strip() for text in phones if text.strip()],
    }
    record |= {key: list(dict.fromkeys(texts)) for key, texts in lists.items() if texts}
    given = [(key, _added(key), text) for key, text in values if text.strip()]
    update = updater(workspace, CUSTOMER, None, given, force=force)
    stated = next((text for key, _, text in given if normal(key) == "kind"), kind or "")
    chosen = _id(workspace, name, stated, id)
    path = CUSTOMERS.file(chosen)
    document = workspace.open(path, new_record(CUSTOMER, record, workspace.business))
    refuse(document.problems, force=force)
    update(document)
    if given:
        fmt(document)
    if not force:
        _refuse_double(workspace, document.record)
    notes += [
        f"there is another {name}, {other}: if it is the same customer, crm undo takes this one "
        "back; nickname=… or city=… tells them apart"
        for other in namesakes(workspace.database, name)
    ]
    change = Change(f"add {chosen}", (Create(path, document.data),))
    return Plan(change, f"added {name} as {chosen}", (chosen,), notes=notes, made=(chosen,))


def _added(key: str) -> str:
    """What `=` means of a field of a new record: of a list, one more."""
    field = CUSTOMER.by_name.get(normal(key))
    return "+=" if field is not None and isinstance(field.type, (ListOf, Texts)) else "="


def _id(workspace: Workspace, name: str, kind: str, wanted: str | None) -> str:
    taken = workspace.customer_ids()
    if wanted is None:
        return new_customer_id(name, kind, taken, os.urandom)
    if not is_customer_id(wanted):
        raise UsageError(
            f"'{wanted}' cannot be an id",
            "small letters, digits, dots, hyphens and underscores, as ana-novak",
        )
    if wanted in taken:
        raise Refused(f"there is a customer {wanted} already", "leave --id out, or choose another")
    return wanted


def _refuse_double(workspace: Workspace, record: Item) -> None:
    """Refuse an e-mail or phone that somebody has: it is likely the same customer."""
    from crm_cli.query.who import holders

    for key in ("emails", "phones"):
        for text in record.texts(key):
            found = holders(workspace.database, key, text, workspace.business)
            if found:
                raise Refused(
                    f"{found[0]} has {text} already",
                    f"crm show {found[0]} shows them; --force adds another anyway",
                )
