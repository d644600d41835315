"""Rules that tell us: an e-mail to a user, the record on a command's standard input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_cli.features.mailing.outbox import sender, settings_of
from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.deeds import Doer, Work, each, filled
from crm_cli.features.rules.subject import Subject
from crm_cli.formats.mail.drafts import named
from crm_cli.model import jsontext
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, DataError
from crm_cli.model.item import Item
from crm_cli.model.kinds import HOMES
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import Outgoing, domain_of, message_key
from crm_cli.model.places import DESK, Shape
from crm_cli.model.text import cleaned, one_line
from crm_cli.store.commands import digest, runnable
from crm_cli.workspace import Workspace

_NOBODY = Party("", "")


def _notice(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    user = str(deed.item.values["notify"])
    address = _address(workspace, user)
    ours = sender(workspace, None, personal=False)
    name = _name(workspace, subject)
    told = str(deed.item.values.get("text") or rule.item.values.get("description") or "")
    noun = f"{rule.base.name} " if rule.base in HOMES and rule.base is not CUSTOMER else ""
    lines = [filled(rule, told, subject.values), "", f"{name}: crm {noun}show {subject.id}"]
    letter = Outgoing(
        id=f"{_key(rule, deed, subject)}@{domain_of(ours.address)}",
        customer=subject.customer,
        use="internal/email",
        sender=ours,
        to=named(_called(workspace, user), address),
        subject=" ".join(f"{rule.name}: {name}".split())[:200],
        text="\n".join(lines).strip("\n"),
        by=rule.by,
        template=f"rule-{rule.rule}",
        step=str(deed.place + 1),
        send="yes",
    )
    return Work(f"notify {user}", letter=letter)


def _command(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    runnable(_line(deed), workspace.root, workspace.environ)
    data: dict[str, Any] = {
        "rule": rule.name,
        "customer": subject.customer,
        "id": subject.id,
        "occasion": subject.occasion,
        "record": _looked_at(workspace, rule, subject).answer(),
    }
    domain = workspace.business.domain
    letter = Outgoing(
        id=f"{_key(rule, deed, subject)}@{domain}",
        customer=subject.customer,
        use="internal/command",
        sender=_NOBODY,
        to=_NOBODY,
        subject="",
        text=jsontext.one_line(data, ascii_only=True),
        by=rule.by,
        template=f"rule-{rule.rule}",
        step=str(deed.place + 1),
        digest=digest(str(deed.item.values["run"])),
        send="yes",
    )
    return Work(f"run {deed.item.values['run']}", letter=letter)


def _looked_at(workspace: Workspace, rule: Rule, subject: Subject) -> Item:
    """The record or item that a rule looks at, as its file has it."""
    if not subject.item:
        return workspace.record(subject.customer)
    if rule.is_of_customers:
        record = workspace.record(subject.customer)
        return next(one for one in record.walk() if one.id == subject.item)
    home = HOMES[rule.base]
    if home.shape is Shape.MAP:
        return workspace.file(home.path).records[subject.item]
    return workspace.file(workspace.path_of(subject.item, rule.base)).record


def _key(rule: Rule, deed: Deed, subject: Subject) -> str:
    about = f"{rule.by}/{deed.place}"
    return message_key(about, subject.id, subject.occasion)


def _name(workspace: Workspace, subject: Subject) -> str:
    if subject.customer == DESK.path:
        return subject.item
    record = workspace.record(subject.customer)
    name = cleaned(str(record.get("name") or subject.customer))
    return f"{name}, {subject.item}" if subject.item else name


def _users(workspace: Workspace) -> dict[str, Item]:
    return settings_of(workspace).values.get("users") or {}


def _address(workspace: Workspace, user: str) -> str:
    """Where a user gets e-mails. Raises DataError where crm.yaml does not say."""
    known = _users(workspace)
    if user not in known:
        raise DataError(f"there is no user {user} in crm.yaml", "crm user list")
    address = known[user].values.get("email")
    if not address:
        raise DataError(f"{user} has no e-mail in crm.yaml",
                        f"crm config set users.{user}.email=…")  # fmt: skip
    return str(address).lower()


def _called(workspace: Workspace, user: str) -> str:
    return cleaned(str(_users(workspace)[user].values.get("name") or user))


def _check_notice(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    try:
        _address(workspace, str(deed.item.values["notify"]))
        sender(workspace, None, personal=False)
    except CrmError as error:
        yield error.message


def _check_command(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    try:
        runnable(_line(deed), workspace.root, workspace.environ)
    except CrmError as error:
        yield f"{error.message}; {error.hint}"


def _line(deed: Deed) -> str:
    return one_line(str(deed.item.values["run"]), "run")


DOERS = {
    "notify": Doer(each(_notice), _check_notice),
    "run": Doer(each(_command), _check_command),
}
