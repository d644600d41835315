"""The codes of problems: what each means, and what cures it.

Every code that the program gives is declared here (a test looks for those that are not),
and the page of problems is made from it.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """What a code says of a record; `warning` where it makes no answer partial."""

    meaning: str
    cure: str
    warning: bool = False


FILE: dict[str, Rule] = {
    "unreadable": Rule("The file or folder cannot be read.", "Look who may read it: `ls -l`."),
    "too-large": Rule("The file is larger than 16 MiB.", "Split it, or remove it."),
    "not-utf8": Rule(
        "The text is not UTF-8.", "Convert it: `iconv -f cp1250 -t utf-8`, or what it is in."
    ),
    "control-character": Rule(
        "A character that no text has: NUL, escape and the like.",
        'Delete it, or write it as `"\\x1b"`.',
    ),
    "private-use": Rule("Characters of the private use area.", "Write them in another way."),
    "lone-surrogate": Rule("An escape that is half a character.", "Write the whole one."),
    "merge-conflict": Rule(
        "The file has a merge's conflict markers.", "Settle it: `crm resolve`, or by hand."
    ),
    "empty": Rule("There is nothing in the file.", "Write a name, or delete the file."),
    "file-ending": Rule(
        "A file that ends in `.yml` or in capitals is not read.", "Rename it to `.yaml`.", True
    ),
    "file-name": Rule(
        "The file's name is no id, so that the record is known by another.",
        "`crm rename`, or rename the file: small letters, digits, `.`, `_`, `-`.",
    ),
    "duplicate-id": Rule("Two files have the same id.", "Rename one of them."),
    "id-differs": Rule(
        "`id:` says something else than the file's name.", "Delete the key: the name counts.", True
    ),
    "outside-link": Rule("A link leads out of the directory.", "Copy the file here.", True),
    "broken-link": Rule("A link leads to nothing.", "Delete it.", True),
    "folder-link": Rule("A link to a folder is not followed.", "Copy the folder here.", True),
    "not-a-file": Rule("A pipe, a device or the like is not opened.", "Move it away.", True),
    "not-a-folder": Rule("Where a folder should be is none.", "Move it away.", True),
    "interrupted-write": Rule(
        "A write was interrupted, and what it was about has changed since.",
        "Put the files as you want them, then delete `.crm/journal`.",
    ),
    "loose-mode": Rule("Everybody on this machine may change the file.", "`chmod o-w FILE`.", True),
    "internal-error": Rule("The program failed on this file.", "Please report it."),
}
"""Problems of files as such."""

YAML: dict[str, Rule] = {
    "syntax": Rule("It is no YAML.", "The message says what is wrong at this place."),
    "not-a-mapping": Rule("A record is `key: value` lines, and this is none.", "Write it so."),
    "duplicate-key": Rule("A key stands there twice.", "Keep one of them."),
    "bad-key": Rule("A key is empty, or no single text.", "Write `key: value`."),
    "several-documents": Rule("More than one document (`---`).", "One file for each record."),
    "anchor": Rule("An anchor (`&`) is not read.", "Write the text out; quote it if it is one."),
    "alias": Rule("An alias (`*`) is not read.", "Write the text out; quote it if it is one."),
    "too-deep": Rule("Nested deeper than 32 levels.", "No record needs that."),
    "bad-tag": Rule("A tag (`!!`) that cannot be.", "Delete the tag."),
    "unknown-tag": Rule(
        "A tag (`!`) of somebody else's; the text is kept.", "Nothing, or delete it.", True
    ),
    "text-cut": Rule("YAML cuts the text off at ` #`.", "Quote the text.", True),
    "unquoted-colon": Rule("`: ` within a text makes a key of it.", "Quote the text."),
    "comma-in-braces": Rule(
        "A comma within `{ }` or `[ ]` ends the value there.", "Quote the value.", True
    ),
}
"""Problems of the text as YAML."""

VALUE: dict[str, Rule] = {
    "unknown-key": Rule(
        "A key that is probably mistyped; it is kept.", "The message names the key.", True
    ),
    "wrong-shape": Rule("A list where a text should be, or the like.", "As the message says."),
    "bad-value": Rule("The value is none that this field can have.", "As the message says."),
    "unknown-value": Rule("The value is none of the field's list.", "Choose one of those named."),
    "bad-number": Rule("It is no number or amount.", "Digits, and one point or comma: `84.50`."),
    "ambiguous-number": Rule("`1.234` can be read in two ways.", "Write `1234` or `1.23`."),
    "bad-currency": Rule("It is no currency's code.", "Three letters of ISO 4217: `EUR`."),
    "two-currencies": Rule(
        "The amount names another currency than its item, or than what that is part of.",
        "Keep one.",
    ),
    "bad-date": Rule("There is no such day or time.", "`2026-11-03`, `2026-11-03T10:30+01:00`."),
    "ambiguous-date": Rule("`3/11/2026` can be read in two ways.", "Write `2026-11-03`."),
    "bad-time-zone": Rule("There is no such time zone.", "Write `Europe/Ljubljana`, or the like."),
    "bad-duration": Rule("It is no duration.", "`45min`, `1h30min`, `PT45M`."),
    "bad-interval": Rule("It is no interval.", "`30 days`, `2 weeks`, `P30D`."),
    "bad-recurrence": Rule("It is no recurrence.", "`every 2 weeks`, or an RRULE."),
    "occurrence-line": Rule(
        "A line in a recurring task's log is none that is understood, and counts for nothing.",
        "`2026-11-18 done 2026-11-20`, `2026-11-25 skipped`, `2026-11-02..2026-11-16 missed`.",
    ),
    "bad-rate": Rule("It is no currency rate.", "`2026-01-01: {USD: 1.08}`."),
    "interaction-line": Rule(
        "The line is no interaction.", "`- 2026-11-03 call in: what was said`."
    ),
    "reference-to-nobody": Rule(
        "There is no record, entry or item of that id.", "Correct it."
    ),
    "unknown-user": Rule(
        "`users` in crm.yaml does not name them; they may have left.",
        "Correct it, or add them: `crm config set users.NAME.name=…`.",
        True,
    ),
    "segment-query": Rule(
        "A saved segment cannot be asked.", "Correct `query` or `where`, as `crm list` takes them."
    ),
    "customer-without-name": Rule("A customer has no name.", "Add `name`.", True),
    "line-without-price": Rule("A line has no price, and counts nothing.", "Add `unit_price`."),
    "discount-share": Rule(
        "A discount below 1 is less than one per cent.", "Write `15` or `15%` for 15 %.", True
    ),
    "purchase-without-date": Rule("A purchase has no date.", "Add `date`."),
    "purchase-without-amount": Rule("A purchase has neither lines nor an amount.", "Add one."),
    "payment-without-date": Rule("A payment has no date.", "Add `date`."),
    "payment-without-amount": Rule("A payment has no amount.", "Add `amount`."),
    "report": Rule(
        "A report of your own has a key that there is not, or asks for what cannot be asked.",
        "As the message says; `crm report NAME` tries it.",
    ),
    "unknown-field": Rule("A setting names a field that there is not.", "Mend the name.", True),
    "missing-rate": Rule(
        "An amount cannot be converted, and is left out.", "Add the rate to `rates.yaml`."
    ),
}
"""Problems of what the text says."""

IMPORT: dict[str, Rule] = {
    "map": Rule("The map of an import is not right.", "As the message says."),
    "rejected-row": Rule("A row of a file was not imported.", "Mend it, and import again."),
}
"""Problems of files that are imported."""

GROUPS: dict[str, dict[str, Rule]] = {
    "The file": FILE,
    "The text": YAML,
    "What it says": VALUE,
    "Importing": IMPORT,
}

CODES: dict[str, Rule] = {code: rule for rules in GROUPS.values() for code, rule in rules.items()}
