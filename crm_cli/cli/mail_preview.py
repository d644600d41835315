"""What `crm mail` shows of messages before they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session

if TYPE_CHECKING:
    from crm_cli.features.mailing.drafting import Drafts
    from crm_cli.model.outgoing import Outgoing

_SAMPLES = 3
"""So many messages are shown whole."""


def left_out(found: Drafts) -> list[str]:
    """What to say of those who get none."""
    from crm_cli.features import consent
    from crm_cli.model.text import visible

    said = consent.left_out(found.refused)
    return [visible(said)] if said else []


def lengths(found: Drafts) -> list[str]:
    """Of text messages that take several parts, how many, and for which characters."""
    from crm_cli.model.sms import foreign, length_of

    texts = [one.text for one in found.made if one.channel == "sms"]
    if not texts:
        return []
    longest = max(map(length_of, texts), key=lambda one: one.parts)
    said = f"the longest has {longest}"
    others = foreign("".join(texts))
    return [f"{said}; GSM-7 has no {others[:20]}" if others else said]


def show(session: Session, found: Drafts, what: str) -> None:
    """Who would get a message and who not, and the first three of them."""
    from crm_cli.features.plan import counted
    from crm_cli.formats.mail.drafts import mailbox
    from crm_cli.model.text import visible

    for one in found.made:
        session.write(visible(f"to {found.whom(one.customer)}: {mailbox(one.to)}") + "\n")
    for word, reasons in (("not to", found.refused), ("cannot be made for", found.lacking)):
        for id, why in reasons.items():
            session.write(visible(f"{word} {id}: {why}") + "\n")
    show_samples(session, found.made)
    session.say(f"{counted(len(found.made), what)}; nothing was written")


def show_samples(session: Session, letters: Sequence[Outgoing]) -> None:
    """Show the first three of the messages, as they are sent."""
    from crm_cli.formats.mail.drafts import mailbox
    from crm_cli.model.sms import length_of
    from crm_cli.model.text import visible

    for one in letters[:_SAMPLES]:
        session.write(visible(f"\n--- {one.file}\nTo: {mailbox(one.to)}", multiline=True) + "\n")
        if one.subject:
            session.write(visible(f"Subject: {one.subject}") + "\n")
        else:
            session.write(f"Length: {length_of(one.text)}\n")
        for file in one.attached:
            size = f"{-(-len(file.data) // 1024):,} KiB"
            session.write(visible(f"Attached: {file.name}, {size}") + "\n")
        session.write("\n" + visible(one.text, multiline=True) + "\n")
