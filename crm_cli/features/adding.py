"""Adding customers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from crm_cli.features.plan import Plan
from crm_cli.features.values import typed
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.ids import is_customer_id, new_customer_id
from crm_cli.model.kind import ListOf
from crm_cli.model.places import CUSTOMERS
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
    _extend(workspace, record, values)
    if not force:
        _refuse_double(workspace, record)
    chosen = _id(workspace, name, str(record.get("kind") or ""), id)
    path = CUSTOMERS.file(chosen)
    data = new_record(CUSTOMER, record, workspace.business)
    change = Change(f"add {chosen}", (Create(path, data),))
    return Plan(change, f"added {name} as {chosen}", (chosen,), notes=notes, made=(chosen,))


def _extend(
    workspace: Workspace, record: dict[str, Any], values: Sequence[tuple[str, str]]
) -> None:
    """Put KEY=VALUE pairs into a new record; `city=…` goes into its first address."""
    for key, text in values:
        head, _, rest = key.partition(".")
        lifted = [field for field in CUSTOMER.fields if head in field.lifts]
        if rest:
            found = CUSTOMER.at(key)
            *groups, last = found[0].split(".") if found is not None else (head, rest)
            group = record
            for name in groups:
                group = group.setdefault(name, {})
            group[last] = typed(workspace, CUSTOMER, key, text)
        elif lifted and not lifted[0].separate:
            inner = lifted[0].lifts[head]
            items = record.setdefault(lifted[0].key, [])
            if inner == "value":
                items.append(text)
            elif items:
                items[0][inner] = text
            else:
                items.append({inner: text})
        elif key in ("tags", "emails", "phones", "urls"):
            record[key] = [
                *record.get(key, ()),
                *(part.strip() for part in text.split(",") if part.strip()),
            ]
        else:
            field = CUSTOMER.by_name.get(key.replace("-", "_"))
            name = field.key if field else key
            value = typed(workspace, CUSTOMER, key, text)
            several = field is not None and isinstance(field.type, ListOf)
            record[name] = [*record.get(name, ()), *value] if several else value


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


def _refuse_double(workspace: Workspace, record: dict[str, Any]) -> None:
    """Refuse an e-mail or phone that somebody has: it is likely the same customer."""
    from crm_cli.query.who import holders

    for key in ("emails", "phones"):
        for text in record.get(key, ()):
            found = holders(workspace.database, key, text, workspace.business)
            if found:
                raise Refused(
                    f"{found[0]} has {text} already",
                    f"crm show {found[0]} shows them; --force adds another anyway",
                )
