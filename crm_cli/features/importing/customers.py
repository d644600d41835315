"""Rows of customers: what becomes of the customers that they are about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from crm_cli.features.importing.identity import FORMER, NAMES, Customers, Match
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.organizations import Organizations
from crm_cli.features.importing.outcome import Note, Outcome, Reject
from crm_cli.features.importing.people import People, Person, filled
from crm_cli.features.importing.relatives import Relatives
from crm_cli.features.importing.replacing import Replaced, with_notes
from crm_cli.formats.drafts import Drafts
from crm_cli.formats.kept_lines import lines_together
from crm_cli.model.forgetting import Digests, Taken
from crm_cli.model.ids import is_customer_id, new_customer_id
from crm_cli.model.item import Item
from crm_cli.model.legal_forms import guess_kind
from crm_cli.model.names import is_address, name_words, names_agree
from crm_cli.model.places import CUSTOMERS
from crm_cli.store.document import Document
from crm_cli.workspace import Create, Edit, Workspace

_ORIGIN = ("source_system", "external_id")
_OF_ONE_ROW = ("id", *_ORIGIN, "organizations")
"""What rows by a former id say of themselves alone."""
_CHANNELS = ("emails", "phones", "urls", "social")


def plan_customers(
    workspace: Workspace,
    drafts: Drafts,
    known: Known,
    advance: Callable[[], None],
    organizations: Organizations | None = None,
    relatives: Relatives | None = None,
) -> Iterator[Outcome | Reject | Note]:
    """What each customer comes to: new, changed, or why the rows cannot be taken.

    `organizations` and `relatives` are those of the whole import, where it is more than these
    rows.
    """
    customers = Customers(
        workspace, known, own_ids=drafts.mapped, guessed_system=drafts.guessed_system
    )
    people = People(customers, known)
    for place, draft in enumerate(drafts.rows):
        advance()
        people.add(place, draft, named(draft.values))
    people.settle()
    if organizations is None:
        ids = {*known.ids, *known.former}
        organizations = Organizations(workspace, ids, known, drafts.map.source_system)
    taken = organizations.taken
    forgotten = workspace.forgotten
    found: list[tuple[Person, str]] = []
    renamed: list[str] = []
    for person in people:
        if person.match is None and person.doubt is None and _stand_in(person):
            renamed.append(str(person.lines[0]))
        values = person.values
        id = _id(person, values, taken, forgotten)
        if not isinstance(id, _Not) and person.match is None:
            reason = _forgotten(forgotten, workspace.business.country, values)
            id = _Not(reason) if reason else id
        if isinstance(id, _Not):
            yield from (Reject(drafts.rows[place], str(id)) for place in person.places)
            continue
        found.append((person, id))
        if relatives is not None:
            relatives.note(id, values)
        if person.match is None:
            organizations.is_in_file(id, values)
    same: list[str] = []
    guessed: list[str] = []
    replaced = Replaced()
    for person, id in found:
        values = organizations.linked(person.values)
        values = relatives.resolved(values) if relatives is not None else values
        person.values = {}  # the file that is made of it takes its room
        if person.match is None:
            if kind := _guessed(values):
                values = {**values, "kind": kind}
                guessed.append(f"line {person.lines[0]}: {values['name']}")
            same += _namesakes(person, values, known)
            yield _new(workspace, id, values, person)
        else:
            organizations.joining(workspace.document(person.match.id).stated, values)
            yield _known(workspace, person, person.match, values, known, replaced)
    yield from organizations.added
    yield from _notes(people, organizations, renamed, same)
    yield from replaced.notes()
    if guessed:
        yield Note(
            f"taken for organizations by their names: {_some(guessed)}; if not, crm set … "
            "kind=person"
        )


def named(values: Values) -> Values:
    """The values with a name: from its parts, else the company's where nobody at it is named."""
    if "name" in values:
        return values
    parts = [values[key] for key in ("given_name", "family_name") if values.get(key)]
    if parts:
        return {"name": " ".join(parts), **values}
    company = next((one.get("id") for one in values.get("organizations", ())), None)
    if not company:
        return values
    rest = {key: value for key, value in values.items() if key != "organizations"}
    return {"name": company, "kind": "organization", **rest}


def _is_stand_in(person: Person) -> bool:
    """Whether the company's name stands in for one, which then never replaces a name."""
    if person.named:
        return False
    values = person.values
    return not any(key in values for key in ("given_name", "family_name"))


def _stand_in(person: Person) -> bool:
    """Whether somebody new is named after their company, e-mail or phone, having no name."""
    if person.named:
        return False
    values = person.values
    if "name" in values:
        return _is_stand_in(person)
    for key in ("emails", "phones"):
        for one in values.get(key, ()):
            if one.get("value"):
                person.values = {"name": one["value"], **values}
                return True
    return False


def _guessed(values: Values) -> str | None:
    """The kind of somebody new whom a row of another program calls like a company."""
    if any(key in values for key in ("id", "kind", *NAMES[1:], "organizations")):
        return None
    return guess_kind(str(values["name"]))


class _Not(str):
    """Why rows are about nobody."""


def _id(person: Person, values: Values, taken: set[str], forgotten: Digests) -> str | _Not:
    """The id of the customer, a new one where it is nobody here."""
    if person.doubt is not None:
        return _Not(person.doubt.reason)
    if person.match is not None:
        return person.match.id
    if not values.get("name"):
        return _Not("there is no name")
    id = values.get("id")
    if id is None:
        others = Taken(taken, forgotten)
        id = new_customer_id(values["name"], values.get("kind", ""), others, os.urandom)
    elif not is_customer_id(id):
        return _Not(f"{id!r} cannot be an id: small letters, digits, dots, hyphens")
    taken.add(id)
    return str(id)


def _forgotten(digests: Digests, country: str, values: Values) -> str:
    """Why somebody new is not taken, since they were forgotten; empty where they are. Who has
    only the name of such a one, and an address of their own, is somebody else."""
    found = digests.known(values, country)
    if not found or (found.startswith("the name") and any(map(values.get, _CHANNELS))):
        return ""
    return f"{found} is of somebody who was forgotten; crm add --force takes them back"


def _new(workspace: Workspace, id: str, values: Values, person: Person) -> Outcome:
    record = {key: value for key, value in values.items() if key != "id"}
    if "id" in values:
        # Our own record, of another directory: it was not recorded today.
        record.setdefault("created", None)
    content = workspace.new_customer(record)
    return Outcome(id, "new", Create(CUSTOMERS.file(id), content), _lines(person))


def _lines(person: Person) -> tuple[int, ...]:
    return tuple(person.lines)


def _known(
    workspace: Workspace,
    person: Person,
    match: Match,
    values: Values,
    known: Known,
    replaced: Replaced,
) -> Outcome:
    said = {key: value for key, value in values.items() if key != "id"}
    if _is_stand_in(person):
        said = {key: value for key, value in said.items() if key not in ("name", "kind")}
    former = {key: value for key, value in person.former.items() if key not in _OF_ONE_ROW}
    if match.by == FORMER:
        said = {key: value for key, value in said.items() if key not in _ORIGIN}

    def wanted(record: Item) -> Values:
        kept = _named_as_here(record, said) if match.sure else _beside(record, said)
        if match.by == FORMER:
            kept = _gaps(record, kept)
        elif former:
            kept = filled(kept, _gaps(record, former), known)
        kept = _with_card(record, kept if match.sure else with_notes(record, kept))
        return _spelled(record, kept, known, add=not match.sure)

    record = workspace.document(match.id).stated
    if says(record, wanted(record)):
        return Outcome(match.id, "unchanged", None, _lines(person), match.by)
    if not match.sure:
        replaced.look(record, wanted(record))

    def update(document: Document) -> None:
        for step in changes(document.record, wanted(document.record), None):
            step(document)

    step = Edit(workspace.path_of(match.id), update)
    return Outcome(match.id, "changed", step, _lines(person), match.by)


def _gaps(record: Item, values: Values) -> Values:
    """The values that the record has none of; of lists but addresses all of them.

    What a merge has kept stays, whatever rows say by an id that was given up in it.
    """
    kept: Values = {}
    for key, value in values.items():
        held = record.values.get(key)
        if isinstance(value, dict) and held is not None:
            missing = {part: it for part, it in value.items() if held.get(part) is None}
            kept |= {key: missing} if missing else {}
        elif not held or (isinstance(value, list) and key != "addresses"):
            kept[key] = value
    return kept


def _beside(record: Item, values: Values) -> Values:
    """The values without a name and an origin, where the record has its own."""
    kept = dict(values)
    own = all(key in record.values for key in _ORIGIN)
    if not is_address(str(record.values.get("name") or "")):
        for key in NAMES[1:] if _is_fuller(record, values) and not own else NAMES:
            if key in record.values:
                kept.pop(key, None)
    elif is_address(str(values.get("name") or "")):
        kept.pop("name", None)
    if own:
        for key in _ORIGIN:
            kept.pop(key, None)
    return kept


def _with_card(record: Item, values: Values) -> Values:
    """The values with the UID that the record has, and with the lines of its card that they do
    not say anew."""
    kept = dict(values)
    if "card_uid" in record.values:
        kept.pop("card_uid", None)
    if "vcard" in kept:
        kept["vcard"] = lines_together(record.values.get("vcard") or (), kept["vcard"])
    return kept


def _named_as_here(record: Item, values: Values) -> Values:
    """The values without a name that agrees and says no more than that of the record."""
    name, here = str(values.get("name") or ""), str(record.values.get("name") or "")
    if name and here and names_agree(name, here) and not _is_fuller(record, values):
        return {key: value for key, value in values.items() if key != "name"}
    return values


def _is_fuller(record: Item, values: Values) -> bool:
    """Whether a name comes from where the record's own does, and says more than that."""
    words, held = (name_words(str(one.get("name") or "")) for one in (values, record.values))
    return "external_id" in values and words > held


def _spelled(record: Item, values: Values, known: Known, *, add: bool) -> Values:
    """The values with e-mails and phones spelt as the record has them, where it has them.

    They are kept as somebody typed them; another spelling is no other number. With `add` those
    that the record has besides stay as well.
    """
    said = dict(values)
    for key in _CHANNELS:
        if key not in said:
            continue
        form = known.dialled if key == "phones" else str.casefold
        there = {form(text): text for text in reversed(record.texts(key))}
        wanted = [
            {**one, "value": there.get(form(one["value"]), one["value"])} if "value" in one else one
            for one in said[key]
        ]
        said[key] = _added(record, key, wanted) if add else wanted
    return said


def _added(record: Item, key: str, wanted: list[Values]) -> list[Values]:
    """What the record has, and behind it what it has not; a label fills a gap alone."""
    held = {str(one.values.get("value")): one for one in record.items(key)}
    said = {str(one.get("value")): one for one in wanted}
    first = []
    for text, item in held.items():
        gaps = {part: it for part, it in said.get(text, {}).items() if part not in item.values}
        first.append({"value": text, **gaps})
    return [*first, *(one for text, one in said.items() if text not in held)]


def _namesakes(person: Person, values: Values, known: Known) -> Iterator[str]:
    name = str(values.get("name", ""))
    if ids := known.named(name):
        yield f"line {person.lines[0]}: {name} ({', '.join(sorted(ids)[:3])})"


def _notes(
    people: People, organizations: Organizations, renamed: list[str], same: list[str]
) -> Iterator[Note]:
    extra = sum(len(person.lines) - 1 for person in people)
    if extra:
        rows = "a row is" if extra == 1 else f"{extra:,} rows are"
        yield Note(f"{rows} about the same customer as one above")
    if people.differing:
        yield Note(f"rows of one customer differ, the last counts: {_some(people.differing)}")
    if renamed:
        yield Note(
            f"named after company, e-mail or phone, for want of a name: line {_some(renamed)}"
        )
    if organizations.added:
        names = _some([one.id for one in organizations.added])
        yield Note(f"organizations that are added for their people: {names}")
    if organizations.unclear:
        names = _some(list(dict.fromkeys(organizations.unclear)))
        yield Note(f"not linked, since several are called so: {names}")
    if organizations.taken_for:
        names = _some(list(dict.fromkeys(organizations.taken_for)))
        yield Note(f"taken for the organization of the same name but for its legal form: {names}")
    if organizations.joined:
        yield Note(
            f"at another organization besides: {_some(organizations.joined)}; if they have left "
            "one, crm unlink WHO ORG"
        )
    if organizations.titles:
        titles = _some(list(dict.fromkeys(organizations.titles)))
        count = organizations.untitled
        whose = "a person" if count == 1 else f"{count:,} people"
        yield Note(
            f"job titles of {whose} without an organization left out: {titles}; in a map, "
            "custom.title keeps them"
        )
    if same:
        cure = "crm merge KEEP DROP makes one of two; organizations first, and their people after"
        yield Note(f"new, though others have the same name: {_some(same)} ({cure})")


def _some(texts: list[str], shown: int = 5) -> str:
    more = f" and {len(texts) - shown:,} more" if len(texts) > shown else ""
    return f"{', '.join(texts[:shown])}{more}"
