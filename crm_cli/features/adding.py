"""Adding customers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from crm_cli.features.alike import shared
from crm_cli.features.assigning import updater
from crm_cli.features.entering import refuse
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.values import typed
from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.forgetting import Taken, values_of
from crm_cli.model.ids import is_customer_id, new_customer_id
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf, normal
from crm_cli.model.legal_forms import guess_kind
from crm_cli.model.places import CUSTOMERS
from crm_cli.store.repair import fmt
from crm_cli.workspace import Change, Create, Workspace


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
    called: str = "",
    force: bool = False,
) -> Plan:
    """Plan a new customer's record; `called` is the text of a call that they make just now.

    Raises UsageError for an empty name or a wrong value; Refused where an e-mail or a
    phone is known already, unless `force`.
    """
    name = " ".join(name.split())
    if name in ("", "-"):
        raise UsageError("a customer needs a name", 'crm add "Ana Novak"')
    notes = []
    record: dict[str, Any] = {"name": name}
    if any(normal(key) == "created" for key, _ in values):
        record["created"] = None
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
    document = workspace.open(path, workspace.new_customer(record))
    refuse(document.problems, force=force)
    update(document)
    if called:
        call = {"kind": "call", "direction": "inbound", "summary": called}
        at = workspace.clock.now.replace(second=0, microsecond=0)
        id_ = new_id(workspace, INTERACTION)
        document.add("interactions", {"id": id_, "at": at, **call})
    if given or called:
        fmt(document)
    notes += _forgotten(workspace, document.record, chosen, force=force)
    if not force:
        _refuse_double(workspace, document.record)
    notes += shared(workspace, None, document.record)
    change = Change(f"add {chosen}", (Create(path, document.data),))
    return Plan(change, f"added {name} as {chosen}", (chosen,), notes=notes, made=(chosen,))


def _added(key: str) -> str:
    """What `=` means of a field of a new record: of a list, one more."""
    field = CUSTOMER.by_name.get(normal(key))
    return "+=" if field is not None and isinstance(field.type, (ListOf, Texts)) else "="


def _id(workspace: Workspace, name: str, kind: str, wanted: str | None) -> str:
    taken = workspace.taken_ids()
    if wanted is None:
        return new_customer_id(name, kind, Taken(taken, workspace.forgotten), os.urandom)
    if not is_customer_id(wanted):
        raise UsageError(
            f"'{wanted}' cannot be an id",
            "small letters, digits, dots, hyphens and underscores, as ana-novak",
        )
    if wanted in taken:
        raise Refused(f"there is a customer {wanted} already", "leave --id out, or choose another")
    return wanted


def _forgotten(workspace: Workspace, record: Item, id: str, *, force: bool) -> list[str]:
    """A note where somebody forgotten had the name, or with `force` an address of a new record;
    without it Refused for an address."""
    values = {**values_of(record), "id": id}
    found = workspace.forgotten.known(values, workspace.business.country)
    if not found:
        return []
    if not force and not found.startswith("the name"):
        raise Refused(
            f"{found} is of somebody who was forgotten",
            "add them only if they want it themselves: --force does",
        )
    return [f"{found} is of somebody who was forgotten: is it the same customer?"]


def _refuse_double(workspace: Workspace, record: Item) -> None:
    """Refuse an e-mail or phone that somebody has: it is likely the same customer."""
    from crm_cli.query.who import holders

    for kind in (EMAIL, PHONE):
        for text in record.texts(kind.key) if workspace.tells(kind, "value") else ():
            found = holders(workspace.database, kind.key, text, workspace.business)
            if found:
                raise Refused(
                    f"{found[0]} has {text} already",
                    f"crm show {found[0]} shows them; --force adds another anyway",
                )
