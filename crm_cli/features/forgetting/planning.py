"""The plan of forgetting a customer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from crm_cli.features.forgetting.removing import without
from crm_cli.features.mentions import About, files
from crm_cli.features.plan import Plan, counted
from crm_cli.model.aspects import amount_text
from crm_cli.model.errors import ConflictError, DataError, Refused
from crm_cli.model.forgetting import Digests, comparable, pseudonymous, staying, tokens
from crm_cli.model.ids import unique
from crm_cli.model.item import Item
from crm_cli.model.outgoing import is_message
from crm_cli.model.pictures import is_picture
from crm_cli.model.places import CUSTOMERS, FORGOTTEN
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.traces import Traces
from crm_cli.model.writing import item_node
from crm_cli.store import forgotten
from crm_cli.store.emit import emit
from crm_cli.workspace import Change, Rewrite, Step, Workspace

_SALT = 16


class Forgetting(NamedTuple):
    """What forgetting somebody does: the plan, and what erases what the program keeps beside.

    `names` says of a text whether it is about them; `traces` are what is looked for.
    """

    id: str
    plan: Plan
    names: Callable[[str], bool]
    traces: Traces


def forget(workspace: Workspace, id: str, *, force: bool = False) -> Forgetting:
    """Plan to forget a customer.

    Raises Refused for who owes something, unless `force`; DataError where a file that mentions
    them could not be read afterwards.
    """
    about = About(workspace, id)
    record = about.record
    _refuse_owing(record, force=force)
    kept = pseudonymous(record, workspace.clock.today)
    stay = staying(record)
    about.stay = frozenset(item.id for item in stay)
    steps: list[Step] = [Rewrite(about.path, partial(_gone, about))]
    new = ""
    if kept is not None:
        new = unique(kept[0], workspace.customer_ids())
        node = item_node(kept[1], top=True)
        text = emit(node)  # type: ignore[arg-type]
        steps.append(Rewrite(CUSTOMERS.file(new), partial(_made, new, text.encode())))
    documents = [path for path in about.kept if workspace.tree.exists(path)]
    steps += [Rewrite(path, lambda current: None) for path in documents]
    touched = []
    for path, data in files(about):
        if without(about, path, data) != data:
            touched.append(path)
            steps.append(Rewrite(path, partial(_cleaned, about, path)))
    if about.unread:
        raise DataError(
            f"{about.unread[0]}, and may mention {id}; nothing was changed",
            "make it readable first; crm check shows what is wrong",
        )
    steps.append(Rewrite(FORGOTTEN.path, _digests(workspace, about)))
    whom = f"{record.get('name') or id} ({id})"
    said = f"forgot {whom}" + (f"; the books name {new} instead" if new else "")
    notes = [*_kept(stay, new), *_lost(record, stay), *_listed("mentions go, too", touched)]
    sent = [path for path in documents if not is_picture(path)]
    notes += _listed("documents that were sent to them go, too", sent)
    notes += _listed("pictures of them go, too", [path for path in documents if is_picture(path)])
    notes += _listed("mails to them for organizations stay with those", about.as_contact)
    notes += [*about.shared, *about.attached]
    subject = f"forget a customer, now {new}" if new else "forget a customer"
    plan = Plan(
        Change(subject, tuple(steps), "final", anonymous=True),
        said,
        (id,),
        f"Forget {whom}? crm undo brings back neither them nor any earlier change.",
        notes,
        (new,) if new else (),
    )
    return Forgetting(id, plan, partial(_names, about.traces, workspace.forgotten), about.traces)


def finishing(workspace: Workspace, text: str) -> Forgetting | None:
    """What is left to be done where somebody who is named by id, e-mail or phone was forgotten
    before; None where nobody like that was."""
    if not known_as(workspace, text):
        return None
    plan = Plan(Change("forget a customer", ()), "forgotten before")
    names = partial(_names, Traces(()), workspace.forgotten)
    return Forgetting(text.strip().lower(), plan, names, Traces(()))


def known_as(workspace: Workspace, text: str) -> bool:
    """Whether somebody was forgotten whose id, e-mail or phone a text is."""
    found, country = workspace.forgotten, workspace.business.country
    whole = text.strip()
    ways = [("id", whole.lower()), comparable("phones", whole, country)]
    ways.append(comparable("emails", whole, country))
    return any(found.has(what, one) for what, one in ways)


def _names(traces: Traces, digests: Digests, text: str) -> bool:
    return bool(traces.found(text)) or bool(digests.within(text))


def _refuse_owing(record: Item, *, force: bool) -> None:
    owing = [one for one in record.items("purchases") if one.derived.get("amount_due")]
    if owing and not force:
        first = owing[0]
        amount = amount_text(first.derived["amount_due"], first.derived["currency"])
        raise Refused(
            f"{first.title or first.id}: {amount} is still owed, and could not be claimed any more",
            f"wait until it is paid, or write it off: crm payment add {first.title or first.id} "
            "--method write_off; --force forgets them all the same",
        )


def _gone(about: About, current: bytes | None) -> None:
    if current != about.data:
        raise ConflictError(f"{about.path} was changed meanwhile", "run the command again")


def _made(id: str, data: bytes, current: bytes | None) -> bytes:
    if current is not None:
        raise ConflictError(f"{CUSTOMERS.file(id)} exists already", "run the command again")
    return data


def _cleaned(about: About, path: str, current: bytes | None) -> bytes | None:
    if current is None:
        return None
    left = without(about, path, current)
    return None if is_message(path) and not left else left


def _digests(workspace: Workspace, about: About) -> Callable[[bytes | None], bytes]:
    country = workspace.business.country
    salt = workspace.forgotten.salt or os.urandom(_SALT).hex()
    known = workspace.forgotten._replace(salt=salt)
    told = tokens(about.record, about.id, country)
    told |= {comparable("ibans", text, country) for text in about.accounts}
    made = {known.digest(what, text) for what, text in told}
    return lambda current: forgotten.added(current, made, salt, FORGOTTEN.path)


def _kept(stay: list[Item], new: str) -> Iterator[str]:
    """What stays, and as whose."""
    if not stay:
        return
    counts = Counter(item.kind for item in stay)
    told = ", ".join(counted(number, kind.name, kind.key) for kind, number in counts.items())
    yield f"{told} stay in the books, as of {new}: numbers, dates, sums and tax"


def _lost(record: Item, stay: list[Item]) -> Iterator[str]:
    """What goes, and by how much the figures fall."""
    left = {id(item) for item in stay}
    items = [item for field, _ in record.kind.lists for item in record.items(field.key)]
    gone = [item for item in items if item.kind.letter and id(item) not in left]
    counts = Counter(item.kind for item in gone)
    if counts:
        told = ", ".join(counted(number, kind.name, kind.key) for kind, number in counts.items())
        yield f"{told} and all else of the record go"
    sums: dict[str, Decimal] = {}
    for item in gone:
        if item.kind is PURCHASE and item.derived.get("counts"):
            currency = item.derived["currency"]
            sums[currency] = sums.get(currency, Decimal(0)) + (item.derived.get("net") or 0)
    for currency, amount in sums.items():
        told = amount_text(amount, currency)
        yield f"of these, purchases without a number of the books: sales and tax fall by {told} net"


def _listed(what: str, paths: list[str]) -> Iterator[str]:
    if paths:
        more = f" and {len(paths) - 5} more" if paths[5:] else ""
        yield f"{what}: {', '.join(paths[:5])}{more}"
