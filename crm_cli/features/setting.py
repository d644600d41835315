"""Changing fields and tags of customers, and fields of items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from crm_cli.features.alike import is_watched, shared
from crm_cli.features.assigning import Assignment, keep_past, updater
from crm_cli.features.items import item_ref
from crm_cli.features.plan import Plan, counted, counts_of
from crm_cli.model.assignments import nothing_to_set
from crm_cli.model.chain import shares_number
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.inherited import past
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.people import death_of, died_on
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import naming
from crm_cli.model.subscription import going_on
from crm_cli.model.text import fold
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace
from crm_cli.workspace import is_item_id as is_lettered

_OWNER = "owner"


def set_fields(
    workspace: Workspace,
    words: Sequence[str],
    assignments: Sequence[Assignment],
    *,
    strict: bool = False,
    force: bool = False,
    past_stays: bool = False,
) -> Plan:
    """Plan to change fields of customers (WHO…, terms), of one item (its id), or of several.

    `past_stays` keeps with the old owner what was sold and names none. Raises UsageError for a
    field or a value that cannot be, and while it is written for what check would report,
    DataError, or Refused unless `force`.
    """
    if not assignments:
        raise nothing_to_set(words, "crm set ana city=Koper phone=")
    if past_stays and _OWNER not in {normal(key) for key, *_ in assignments}:
        raise UsageError("--keep-past goes with a new owner", "crm set ana owner=petra --keep-past")
    if (several := _several(workspace, words)) is not None:
        return _set_items(workspace, several, assignments, force=force)
    item = item_ref(workspace, words, strict=strict)
    if item is not None:
        customer, ref = item
        kind = BY_LETTER[ref[0]]
        update = updater(workspace, kind, ref, assignments, customer, force=force)
        names = ", ".join(key for key, _, _ in assignments)
        return Plan(
            Change(f"set {names} of {ref}", (Edit(workspace.path_of(customer), update),)),
            f"{ref} of {customer}: {_summary(assignments)}",
            (customer,),
            notes=_renumbered(workspace, customer, ref, assignments),
        )
    ids = workspace.whos(words, strict=strict)
    only = ids[0] if len(ids) == 1 else None
    update = updater(workspace, CUSTOMER, None, assignments, only, force=force)
    names = ", ".join(key for key, _, _ in assignments)
    notes = []
    if only is not None and any(_is_noted(key) for key, *_ in assignments):
        trial = workspace.document(only)
        update(trial)
        before = workspace.record(only)
        notes = [*shared(workspace, before, trial.record), *_died(workspace, before, trial.record)]
        notes += _apart(before, trial.record)
    if past_stays:
        update = _with_the_past(update)
    else:
        notes += _going_along(workspace, ids, assignments)
    return Plan(
        Change(
            f"set {names} of {_subject(ids)}",
            tuple(Edit(workspace.path_of(id), update) for id in ids),
        ),
        f"{_subject(ids)}: {_summary(assignments)}",
        ids,
        notes=notes,
        question=f"Set {_summary(assignments)} for {counted(len(ids), 'customer')}?",
    )


def _with_the_past(update: Callable[[Document], None]) -> Callable[[Document], None]:
    """The same, once the owner is written into what was sold and names nobody."""

    def kept(document: Document) -> None:
        if owner := document.record.values.get(_OWNER):
            keep_past(document, str(owner))
        update(document)

    return kept


def _going_along(
    workspace: Workspace, ids: Sequence[str], assignments: Sequence[Assignment]
) -> Iterator[str]:
    """What was sold or closed and names nobody, and so counts for whoever owns the customer."""
    named = [text for key, operator, text in assignments if normal(key) == _OWNER]
    moved: Counter[Kind] = Counter()
    for id in ids if named else ():
        record = workspace.record(id)
        if record.values.get(_OWNER) not in (None, named[-1]):
            moved.update(one.item.kind for one in past(record) if one.item.kind in (PURCHASE, DEAL))
    if moved:
        yield (
            f"{counts_of(moved)} of the past, without an owner, go to the new one in reports: "
            "--keep-past writes the old one into them"
        )


def _several(workspace: Workspace, words: Sequence[str]) -> list[tuple[str, str]] | None:
    """(customer, id) of several items that words name by their ids; None where they name
    customers. Raises NotFound where only some of them are there."""
    if len(words) < 2 or not all(map(is_lettered, words)):
        return None
    found: dict[tuple[str, str], None] = {}
    for word in words:
        try:
            found[workspace.item(word)] = None
        except NotFound:
            if not found or workspace.has(word, CUSTOMER):
                return None
            raise
    return list(found)


def _set_items(
    workspace: Workspace,
    found: Sequence[tuple[str, str]],
    assignments: Sequence[Assignment],
    *,
    force: bool,
) -> Plan:
    if any(normal(key) == "number" for key, _, _ in assignments):
        raise UsageError(
            "several items cannot have one number",
            f"crm purchase post {found[0][1]} … gives each the next one that has none",
        )
    updates: dict[str, list[Callable[[Document], None]]] = {}
    for customer, ref in found:
        update = updater(
            workspace, BY_LETTER[ref[0]], ref, assignments, customer, force=force
        )
        updates.setdefault(customer, []).append(update)

    def all_of(those: Sequence[Callable[[Document], None]]) -> Callable[[Document], None]:
        def update(document: Document) -> None:
            for one in those:
                one(document)

        return update

    names = ", ".join(key for key, _, _ in assignments)
    what = counted(len(found), "item")
    return Plan(
        Change(
            f"set {names} of {what}",
            tuple(Edit(workspace.path_of(id), all_of(those)) for id, those in updates.items()),
        ),
        f"{what} of {_subject([*updates])}: {_summary(assignments)}",
        [*updates],
        question=f"Set {_summary(assignments)} for {what}?",
    )


def _renumbered(
    workspace: Workspace, customer: str, ref: str, assignments: Sequence[Assignment]
) -> list[str]:
    """What to say where a purchase gets another number than it has: what names it goes along, and
    one that was given will be missing."""
    given = [text for key, _, text in assignments if normal(key) == "number"]
    if not given or BY_LETTER[ref[0]] is not PURCHASE:
        return []
    purchase = workspace.document(customer).find(ref)
    old = purchase.values.get("number")
    if not old or old == given[-1]:
        return []
    shared = shares_number(purchase)
    named = {} if shared else naming(purchase.owner, PURCHASE, str(old))
    notes = [f"{', '.join(named)} named it {old}, and is changed too"] if named else []
    others = workspace.select(PURCHASE, [f"number.is:{quoted(str(old))}"], cols=("id",)).rows
    if purchase.get("status") != "draft" and len(others) < 2:
        notes.append(f"its number {old} will be missing; crm purchase cancel {ref} keeps it")
    return notes


def _is_noted(key: str) -> bool:
    """Whether something may have to be said where a key is changed."""
    return is_watched(key) or normal(key) in _NAMES or _is_of_life(key)


_NAMES = ("name", "given_name", "family_name")


def _apart(before: Item, after: Item) -> Iterator[str]:
    """A note where a name was made of its parts, and now one of both was changed alone."""
    was, name = (str(one.values.get("name") or "") for one in (before, after))
    for key in _NAMES[1:]:
        old, part = (str(one.values.get(key) or "") for one in (before, after))
        if not old or not part or not _within(old, was) or _within(part, name):
            continue
        if old == part:
            yield f"{key} is still {part}: crm set {after.id} {key}=… changes it, too"
        elif was == name:
            yield f"name is still {name}: crm set {after.id} name=… changes it, too"


def _within(part: str, name: str) -> bool:
    return {*fold(part).split()} <= {*fold(name).split()}


def _is_of_life(key: str) -> bool:
    return CUSTOMER.by_name.get(normal(key.partition(".")[0])) is CUSTOMER.by_key["anniversaries"]


def _died(workspace: Workspace, before: Item, after: Item) -> list[str]:
    """What to say where it is noted that somebody died: their subscriptions go on."""
    death = death_of(after)
    if death is None or death_of(before) is not None:
        return []
    return going_on(after, died_on(death) or workspace.clock.today)


def _subject(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else counted(len(ids), "customer")


def _summary(assignments: Sequence[Assignment]) -> str:
    parts = []
    for key, operator, text in assignments:
        parts.append(f"{key}{operator}{text}" if text or operator != "=" else f"{key} removed")
    return ", ".join(parts)


def tag(
    workspace: Workspace, tags: str, words: Sequence[str], *, add: bool, strict: bool = False
) -> Plan:
    """Plan to put tags on customers, or to take them off."""
    wanted = [part.strip() for part in tags.split(",") if part.strip()]
    if not wanted:
        raise UsageError("which tag?", "crm tag add vip ana")
    for one in wanted:
        if one[0] in "+@-" or any(sign in one for sign in ":/ "):
            raise UsageError(f"'{one}' cannot be a tag", "a tag is one word, as vip or coffee-club")
    ids = workspace.whos(words, strict=strict)
    typed, wanted = wanted, [_as_written(workspace, one) for one in wanted]

    def update(document: Document) -> None:
        if add:
            document.add_texts("tags", wanted)
        else:
            document.remove_texts("tags", wanted)

    shown = ", ".join(wanted)
    verb = "tagged" if add else "untagged"
    return Plan(
        Change(
            f"{verb.removesuffix('ged')} {_subject(ids)} {shown}",
            tuple(Edit(workspace.path_of(id), update) for id in ids),
        ),
        f"{verb} {_subject(ids)}: {shown}",
        ids,
        f"{'Tag' if add else 'Untag'} {counted(len(ids), 'customer')} {shown}?",
        [
            f"{new} is written {old} elsewhere, and so here"
            for new, old in zip(typed, wanted, strict=True)
            if new != old
        ],
    )


def _as_written(workspace: Workspace, tag: str) -> str:
    """A tag as most of those customers have it who have it in another spelling only (`vip` for
    `VIP`), since queries take all of them for one."""
    from collections import Counter

    answer = workspace.select(CUSTOMER, [f"tag:{quoted(tag)}"], cols=("tags",), ordered=False)
    found = Counter(one for row in answer.rows for one in row[0] or () if fold(one) == fold(tag))
    return tag if not found or tag in found else found.most_common(1)[0][0]


def tags(workspace: Workspace, terms: Iterable[str] = ()) -> list[tuple[str, int]]:
    """(tag, number of customers) of the customers that terms describe, most used first."""
    from collections import Counter

    counts: Counter[str] = Counter()
    answer = workspace.select(CUSTOMER, list(terms), cols=("id", "tags"))
    for row in answer.rows:
        counts.update(set(row[1] or ()))
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
