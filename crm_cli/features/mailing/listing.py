"""What is in the outbox, and which of it words mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from crm_cli.features.mailing.claiming import being_handed_over, machine
from crm_cli.features.mailing.outbox import Held, held
from crm_cli.model.errors import NotFound
from crm_cli.model.outgoing import ENDINGS
from crm_cli.model.places import OUTBOX
from crm_cli.query.lookups import former_ids
from crm_cli.workspace import Workspace

COLUMNS = ("customer", "to", "subject", "template", "use", "by", "state", "path")
DRAFT, CLAIMED, DOUBTFUL, FAILED, BROKEN = "draft", "claimed", "doubtful", "failed", "broken"


class Listed(NamedTuple):
    """A row of the outbox; `state` is draft, claimed, doubtful, failed or broken, and why."""

    customer: str
    to: str
    subject: str
    template: str
    use: str
    by: str
    state: str
    path: str


class Chosen(NamedTuple):
    """The messages that are meant: files by their path or name, and those to, or about, `named`
    customers; of them, or of all, those to customers whom query terms describe."""

    files: Collection[str] = ()
    named: Collection[str] | None = None
    described: Collection[str] | None = None


ALL = Chosen()


def is_file(word: str) -> bool:
    """Whether a word names a file of the outbox."""
    return word.endswith(tuple(ENDINGS.values())) or word.startswith(OUTBOX.path)


def selected(
    workspace: Workspace,
    chosen: Chosen = ALL,
    *,
    template: str = "",
    by: str | None = None,
) -> Iterator[Held]:
    """The messages in the outbox that are meant, all without any of it: those that are chosen,
    by a template (or a campaign), drafted by a user.

    Raises NotFound for a file that is not there.
    """
    found = list(held(workspace))
    wanted = set(chosen.files)
    named = {one.path for one in found if _is_named(one, wanted)}
    for word in wanted:
        if not any(_is_named(one, {word}) for one in found):
            raise NotFound(f"the outbox has no {word}", "crm mail list shows what it has")
    former = former_ids(workspace.database)
    by_name = bool(wanted) or chosen.named is not None
    for one in found:
        letter = one.letter
        of = {former.get(id, id) for id in (letter.customer, letter.person)} if letter else set()
        if by_name and one.path not in named and of.isdisjoint(chosen.named or ()):
            continue
        if chosen.described is not None and of.isdisjoint(chosen.described):
            continue
        if template and (letter is None or template not in (letter.template, letter.campaign)):
            continue
        if by is not None and (letter is None or letter.by != by):
            continue
        yield one


def _is_named(one: Held, words: Collection[str]) -> bool:
    name = one.path.rpartition("/")[2]
    return bool({one.path, name, f"./{one.path}"}.intersection(words))


def listed(workspace: Workspace, chosen: Chosen = ALL) -> list[Listed]:
    """The rows of the outbox that are meant; see `selected`."""
    found = list(selected(workspace, chosen))
    mine = machine(workspace) if any(one.claimant for one in found) else ""
    own = [one for one in found if mine and one.claimant == mine]
    doubtful = being_handed_over(workspace, own)
    return [_row(one, doubtful) for one in found]


def _row(one: Held, doubtful: Collection[str]) -> Listed:
    letter = one.letter
    if letter is None:
        return Listed("", "", "", "", "", "", f"{BROKEN}: {one.fault}", one.path)
    state = DRAFT
    if one.claimant:
        state = DOUBTFUL if one.path in doubtful else f"{CLAIMED} by {one.claimant}"
    elif letter.trouble:
        state = f"{FAILED}: {letter.trouble}"
    subject = letter.subject or letter.text.partition("\n")[0][:60]
    return Listed(
        letter.customer, letter.to.address, subject, letter.campaign or letter.template,
        letter.use, letter.by, state, one.path,
    )  # fmt: skip
