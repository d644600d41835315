"""Rules that write to customers: e-mails and text messages by a template.

They are drafts as `crm mail draft` makes them: who may not be written to gets none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from crm_cli.features.mailing.drafting import Aim, asked, drafts
from crm_cli.features.mailing.texts import by_template, check_template
from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.deeds import Doer, Work, refuse_desk
from crm_cli.features.rules.subject import Subject
from crm_cli.model.errors import CrmError, DataError, Refused, UsageError
from crm_cli.model.permission import Use, read_use
from crm_cli.workspace import Workspace

_CHANNELS = {"mail": "email", "sms": "sms"}


def _prepare(
    workspace: Workspace, rule: Rule, deed: Deed, subjects: Sequence[Subject]
) -> list[Work | Exception]:
    found: list[Work | Exception | None] = [None] * len(subjects)
    for places in _rounds(subjects):
        for place in places:
            try:
                refuse_desk(subjects[place], "messages are")
            except Refused as error:
                found[place] = error
        places = [place for place in places if found[place] is None]
        made = _drafted(workspace, rule, deed, [subjects[place] for place in places])
        for place in places:
            found[place] = made[subjects[place].customer]
    return [one for one in found if one is not None]


def _rounds(subjects: Sequence[Subject]) -> list[list[int]]:
    """The places of the subjects in parts in which each customer is once."""
    found: list[list[int]] = []
    counts: Counter[str] = Counter()
    for place, subject in enumerate(subjects):
        number = counts[subject.customer]
        counts[subject.customer] += 1
        if number == len(found):
            found.append([])
        found[number].append(place)
    return found


def _drafted(
    workspace: Workspace, rule: Rule, deed: Deed, subjects: Sequence[Subject]
) -> dict[str, Work | Exception]:
    """What comes of it for each customer."""
    template = str(deed.item.values[deed.word])
    by_customer = {one.customer: one for one in subjects}
    try:
        aim = Aim(_use(deed), template)
        make = by_template(workspace, check_template(workspace, template, _CHANNELS[deed.word]))
        may = asked(workspace, list(by_customer), aim)
        made = drafts(
            workspace, may, aim,
            lambda to: make(to)._replace(
                occasion=f"{rule.by} {by_customer[to.customer].occasion}".strip()),
        )  # fmt: skip
    except CrmError as error:
        return dict.fromkeys(by_customer, error)
    found: dict[str, Work | Exception] = {}
    for letter in made.made:
        letter = letter._replace(by=rule.by, send="yes" if deed.item.get("send") else "")
        said = f"{deed.word} {template} to {letter.to.address}"
        found[letter.customer] = Work(said, letter=letter)
    for id, why in made.refused.items():
        found[id] = Work(f"{deed.word} {template}", left=why)
    for id, why in made.lacking.items():
        found[id] = DataError(f"{deed.word} {template}: {why}")
    return found


def _use(deed: Deed) -> Use:
    """What consent is asked for: as `crm mail draft` does, marketing unless it is said."""
    return read_use(str(deed.item.values.get("use") or f"marketing/{_CHANNELS[deed.word]}"))


def _check(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    if not rule.is_of_customers:
        yield f"{deed.word} is for customers and what is theirs"
    try:
        check_template(workspace, str(deed.item.values[deed.word]), _CHANNELS[deed.word])
    except CrmError as error:
        yield error.message
    try:
        use = _use(deed)
    except UsageError as error:
        yield error.message
    else:
        if use.channel != _CHANNELS[deed.word]:
            yield f"{use} is not what {deed.word} goes out on"


DOERS = dict.fromkeys(_CHANNELS, Doer(_prepare, _check))
