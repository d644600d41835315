"""What the verbs and nouns of other programs are here: a table, and how it is looked up.

An entry stands for commands in order of preference, and the first that exists is taken: a
word that becomes a command later leads to it, and needs no entry any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.cli.commands import COMMANDS, kind_nouns, named
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.model.kinds import BY_LETTER

INSTEAD = {
    "new": ("add", "save"),
    "create": ("add", "save"),
    "insert": ("add",),
    "view": ("show",),
    "get": ("show",),
    "ls": ("list",),
    "find": ("list", "search"),
    "delete": ("rm", "remove"),
    "del": ("rm", "remove"),
    "remove": ("rm",),
    "rm": ("remove",),
    "untag": ("tag remove",),
    "mv": ("rename",),
    "update": ("set",),
    "change": ("set",),
    "modify": ("set",),
    "note": ("log",),
    "meet": ("log {} --kind meeting",),
    "status": ("doctor {-}", "index status {-}"),
    "done": ("task done",),
    "complete": ("done", "task done"),
    "completed": ("done", "task done"),
    "finish": ("done", "task done"),
    "close": ("done", "task done"),
    "cancel": ("task cancel", "purchase cancel"),
    "start": ("task start",),
    "reopen": ("start", "task start"),
    "delegate": ("task delegate",),
    "assign": ("delegate", "task delegate"),
    "reassign": ("delegate", "task delegate"),
    "snooze": ("task snooze",),
    "postpone": ("snooze", "task snooze"),
    "defer": ("snooze", "task snooze"),
    "remind": ("task add",),
    "pay": ("payment add",),
    "paid": ("payment add",),
    "refund": ("payment add {} --refund",),
    "write-off": ("payment add {} --method write_off",),
    "write_off": ("payment add {} --method write_off",),
    "writeoff": ("payment add {} --method write_off",),
    "sell": ("purchase add",),
    "revert": ("undo {N}", "undo --list {-}"),
    "rollback": ("undo {N}", "undo --list {-}"),
    "combine": ("merge",),
    "unite": ("merge",),
    "dedupe": ("duplicates",),
    "archive": ("set {} lifecycle_stage=former",),
    "deactivate": ("set {} lifecycle_stage=former",),
    "whoami": ("doctor {-}",),
    "today": ("due",),
    "overdue": ("due",),
    "calendar": ("agenda",),
    "filter": ("list",),
    "grep": ("search",),
    "cat": ("show",),
    "open": ("edit",),
    "stats": ("report {-}",),
    "dashboard": ("report {-}",),
    "activity": ("timeline",),
    "settings": ("config {-}",),
    "pull": ("sync {-}",),
    "push": ("sync {-}",),
    "diff": ("changes",),
    "save": ("add",),
    "format": ("fmt",),
    "lint": ("check",),
    "validate": ("check",),
}
"""The right verb, or verbs in order of preference, where people type another.

The words that follow go to its end, or in the place of {}; {1} is the first of them alone,
{-} drops them. {N} is for the number of a command or a commit, and no other words.
"""


class OtherNoun(NamedTuple):
    """What a noun of other programs is here: a command's items, listed by a term, added with
    an option. `verb` is what the noun means before other words; without one they are
    somebody, whose items are listed."""

    command: str
    term: str = ""
    option: str = ""
    verb: str = ""


def _logged(kind: str) -> OtherNoun:
    return OtherNoun("interaction", f"kind:{kind}", f"--kind {kind}", "add")


def _bought(kind: str) -> OtherNoun:
    return OtherNoun("purchase", f"kind:{kind}", f"--kind {kind}")


_TO_DO = OtherNoun("task", verb="add")
_PRODUCT = OtherNoun("product", verb="show")

OTHER_NOUNS: dict[str, tuple[OtherNoun, ...]] = {
    "todo": (_TO_DO,),
    "reminder": (_TO_DO,),
    "ticket": (OtherNoun("case", verb="add"), _TO_DO),
    "issue": (OtherNoun("case", verb="add"), _TO_DO),
    "complaint": (OtherNoun("case", "kind:complaint", "--kind complaint", "add"),),
    "return": (OtherNoun("case", "kind:return", "--kind return", "add"),),
    "opportunity": (OtherNoun("deal"),),
    "call": (_logged("call"),),
    "meeting": (_logged("meeting"),),
    "appointment": (_logged("meeting"),),
    "email": (_logged("email"),),
    "mail": (_logged("email"),),
    "visit": (_logged("visit"),),
    "letter": (_logged("letter"),),
    "sms": (_logged("sms"),),
    "chat": (_logged("chat"),),
    "bill": (OtherNoun("invoice"),),
    "sale": (_bought("sale"),),
    "offer": (OtherNoun("quote"),),
    "estimate": (OtherNoun("quote"),),
    "quotation": (OtherNoun("quote"),),
    "credit-note": (_bought("credit_note"),),
    "transaction": (OtherNoun("payment"),),
    "item": (_PRODUCT,),
    "article": (_PRODUCT,),
    "audience": (OtherNoun("segment", verb="show"),),
}
"""Nouns of other programs, in the singular, each with what it is in order of preference."""

OF_ITEMS = ("rm", "show", "edit", "set")
"""The commands that take an item's id in place of a customer."""

ADDED_BY = {
    "interaction": "log",
    "segment": "segment save",
    "lead": "add {} lifecycle_stage=lead",
}
"""What adds to a noun that has no verb for it."""

WIDER = {"quote": "purchase", "order": "purchase", "invoice": "purchase"}
"""Nouns of some items, each with that of all of them, which has verbs that they have not."""

CUSTOMERS_BY_NAME = {
    "customer": "",
    "contact": "",
    "client": "",
    "person": "person",
    "people": "person",
    "company": "organization",
    "organization": "organization",
    "organisation": "organization",
    "account": "",
    "lead": "lead",
    "prospect": "lead",
}
"""Nouns that customers do not need, each with the state that its customers are in."""

STAGES = {"lead": "lifecycle_stage=lead", "organization": "--kind organization"}
"""How a customer is added in such a state."""


def singular(word: str) -> str:
    """A noun in small letters without the ending of the plural: `companies` is `company`."""
    word = word.lower()
    if word in OTHER_NOUNS:
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def other_noun(word: str) -> OtherNoun | None:
    """What a noun of another program is here; None where it is nothing."""
    meanings = OTHER_NOUNS.get(singular(word), ())
    return next((one for one in meanings if named(one.command) is not None), None)


def right_verb(word: str, verbs: frozenset[str] | set[str]) -> str | None:
    """The verb of a noun that a wrong one stands for, among `verbs`: `new` is `add`."""
    return next((one for one in INSTEAD.get(word.lower(), ()) if one in verbs), None)


def payment_line(word: str, noun: str) -> str:
    """The line that adds a payment of a kind, where its word stands as a verb of money: `crm
    payment write-off`; else empty."""
    found = [one for one in INSTEAD.get(word.lower(), ()) if one.startswith("payment add {} --")]
    return found[0] if found and (WIDER.get(noun) or noun) in ("payment", "purchase") else ""


def right_command(word: str, rest: Sequence[str]) -> str | None:
    """The command that a wrong one stands for before the words after it; None without any.

    Of several it is the one that has the item which comes first.
    """
    found = list(_commands(word.lower(), rest))
    return next((line for line in found if _has(line, rest)), next(iter(found), None))


def _commands(word: str, rest: Sequence[str]) -> Iterator[str]:
    """The lines that a word stands for; a verb that one noun alone has is that noun's."""
    for line in INSTEAD.get(word, ()):
        if exists(line) and ("{N}" not in line or all(map(_counts, rest))):
            yield line.replace("{N}", "{}")
    # Listed, since a report's own name is found beyond the list.
    nouns = [one for one in (*COMMANDS, *kind_nouns()) if one.noun and not one.hidden]
    having = [noun.name for noun in nouns if word in list(verbs_of(noun))]
    if len(having) == 1:
        yield f"{having[0]} {word}"


def exists(line: str) -> bool:
    """Whether a line of the table begins with a command, and one of its verbs."""
    command, *words = line.split()
    entry = named(command)
    if entry is None:
        return False
    verb = words[0] if words else ""
    return not entry.noun or not verb.isalpha() or verb in verbs_of(entry)


def _counts(word: str) -> bool:
    """Whether a word says how many commands to undo, or which."""
    return re.fullmatch(r"\d{1,2}|[0-9a-f]{7,40}|-.*", word) is not None


def _has(line: str, rest: Sequence[str]) -> bool:
    """Whether a line's noun has the item that comes first; true where no item does."""
    kind = _kind(rest[0]) if rest else None
    return kind is None or line.split()[0] == kind


def _kind(word: str) -> str | None:
    """The kind of the item that a word is an id or a number of."""
    letter = word[:1].lower() if re.fullmatch(r"[a-z]-[0-9a-z]+", word.lower()) else ""
    if letter in BY_LETTER:
        return BY_LETTER[letter].name
    return "purchase" if re.fullmatch(r"(\d|[A-Za-z]{1,4}-?\d)[\d/-]*", word) else None


def is_item(word: str) -> bool:
    """Whether a word is written as an item's id, or as a purchase's number."""
    return _kind(word) is not None


def verb_of_items(word: str) -> str | None:
    """The command for one item that a wrong verb of a noun stands for: `delete` is `rm`."""
    if word in OF_ITEMS:
        return word
    return right_verb(word, set(OF_ITEMS))
