"""Problem codes: what each means, and how to fix it.

Every code that the program gives is declared here (a test looks for those that are not),
and the page of problems is made from it.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """What a code says of a record; `warning` where it makes no answer partial.

    `entry` is whether commands refuse to write it: unless said, errors only. A warning that
    is refused may be forced.
    """

    meaning: str
    cure: str
    warning: bool = False
    entry: bool | None = None


FILE: dict[str, Rule] = {
    "unreadable": Rule("The file or folder cannot be read.", "Check its permissions: `ls -l`."),
    "not-checked-out": Rule(
        "Files that git has are not in the folder (sparse checkout).",
        "Bring them: `git sparse-checkout disable`.",
    ),
    "too-large": Rule("The file is larger than 16 MiB.", "Split it, or remove it."),
    "not-utf8": Rule(
        "The text is not UTF-8.", "Convert it, for example: `iconv -f cp1250 -t utf-8`."
    ),
    "control-character": Rule(
        "A control character: NUL, escape and the like.",
        'Delete it, or write it as `"\\x1b"`.',
    ),
    "private-use": Rule("Characters of the Unicode private use area.", "Replace them."),
    "lone-surrogate": Rule("Half of a surrogate pair.", "Write the whole character."),
    "merge-conflict": Rule(
        "The file has merge conflict markers.", "Run `crm resolve`, or edit it by hand."
    ),
    "empty": Rule("The file is empty.", "Add `name`, or delete the file."),
    "file-ending": Rule(
        "A file that ends in `.yml` or in capitals is not read.", "Rename it to `.yaml`.", True
    ),
    "file-name": Rule(
        "The file's name is not a valid id; the record gets another id.",
        "`crm rename`, or rename the file: lower-case letters, digits, `.`, `_`, `-`.",
    ),
    "duplicate-id": Rule("Two files have the same id.", "Rename one of them."),
    "id-differs": Rule(
        "`id:` differs from the file's name.", "Delete the key: the name is used.", True
    ),
    "outside-link": Rule("A link points out of the directory.", "Copy the file here.", True),
    "broken-link": Rule("A link's target does not exist.", "Delete it.", True),
    "folder-link": Rule("A link to a folder is not followed.", "Copy the folder here.", True),
    "not-a-file": Rule("Pipes, devices and the like are not opened.", "Move it away.", True),
    "not-a-folder": Rule("A file is in the place of a folder.", "Move it away.", True),
    "interrupted-write": Rule(
        "A write was interrupted, and its files have changed since.",
        "Put the files as you want them, then delete `.crm/journal`.",
    ),
    "loose-mode": Rule("Any user on this machine can change the file.", "`chmod o-w FILE`.", True),
    "internal-error": Rule("An internal error on this file.", "Please report it."),
}
"""Problems of whole files."""

YAML: dict[str, Rule] = {
    "syntax": Rule("It is not valid YAML.", "See the message."),
    "not-a-mapping": Rule("The file is not `key: value` lines.", "Write it so."),
    "duplicate-key": Rule("A key is given twice.", "Keep one of them."),
    "bad-key": Rule("A key is empty, or not plain text.", "Write `key: value`."),
    "several-documents": Rule("More than one document (`---`).", "One file for each record."),
    "anchor": Rule("Anchors (`&`) are not supported.", "Write the value out, or quote the text."),
    "alias": Rule("Aliases (`*`) are not supported.", "Write the value out, or quote the text."),
    "too-deep": Rule("Nested deeper than 32 levels.", "No record needs that."),
    "bad-tag": Rule("A tag (`!!`) does not fit its value.", "Delete the tag."),
    "unknown-tag": Rule("An unknown tag (`!`); the text is kept.", "Delete it, or leave it.", True),
    "text-cut": Rule("The text is cut off at ` #`, a comment.", "Quote the text.", True),
    "unquoted-colon": Rule("`: ` within a text turns it into a key.", "Quote the text."),
    "comma-in-braces": Rule(
        "A comma within `{ }` or `[ ]` ends the value there.", "Quote the value.", True
    ),
}
"""Problems of the text as YAML."""

VALUE: dict[str, Rule] = {
    "unknown-key": Rule(
        "A key that is probably misspelled; it is kept.", "The message names the key.", True
    ),
    "wrong-shape": Rule("A list in place of a text, or the like.", "See the message."),
    "bad-value": Rule("The value is not valid for the field.", "See the message."),
    "unknown-value": Rule("The value is not in the field's list.", "Choose one from the message."),
    "bad-number": Rule("It is not a number or amount.", "Digits, and one point or comma: `84.50`."),
    "ambiguous-number": Rule("`1.234` is ambiguous.", "Write `1234` or `1.23`."),
    "bad-currency": Rule("It is not a currency code.", "Three letters of ISO 4217: `EUR`."),
    "two-currencies": Rule(
        "The amount's currency differs from that of its item, or of what it is part of.",
        "Keep one.",
    ),
    "bad-date": Rule("It is not a valid date or time.", "`2026-11-03`, `2026-11-03T10:30+01:00`."),
    "ambiguous-date": Rule("`3/11/2026` is ambiguous.", "Write `2026-11-03`."),
    "bad-time-zone": Rule("There is no such time zone.", "Write `Europe/Ljubljana`, or the like."),
    "bad-duration": Rule("It is not a duration.", "`45min`, `1h30min`, `PT45M`."),
    "bad-interval": Rule("It is not an interval.", "`30 days`, `2 weeks`, `P30D`."),
    "bad-recurrence": Rule("It is not a recurrence.", "`every 2 weeks`, or an RRULE."),
    "occurrence-line": Rule(
        "A line in a recurring task's log cannot be read, and is ignored.",
        "`2026-11-18 done 2026-11-20`, `2026-11-25 skipped`, `2026-11-02..2026-11-16 missed`.",
    ),
    "bad-rate": Rule("It is not a currency rate.", "`2026-01-01: {USD: 1.08}`."),
    "interaction-line": Rule(
        "The line is not an interaction.", "`- 2026-11-03 call in: what was said`."
    ),
    "reference-to-nobody": Rule("There is no record, entry or item of that id.", "Correct it."),
    "unknown-user": Rule(
        "The user is not in `users` in crm.yaml; they may have left.",
        "Correct it, or add them: `crm config set users.NAME.name=…`.",
        True,
    ),
    "segment-query": Rule(
        "The query of a segment is not valid.", "Correct `query` or `where`: see `crm help query`."
    ),
    "customer-without-name": Rule("A customer has no name.", "Add `name`.", True),
    "line-without-price": Rule("A line has no price; sums omit it.", "Add `unit_price`."),
    "discount-share": Rule(
        "A discount below 1 is less than one per cent.", "Write `15` or `15%` for 15 %.", True
    ),
    "purchase-without-date": Rule("A purchase has no date.", "Add `date`."),
    "purchase-without-amount": Rule("A purchase has neither lines nor an amount.", "Add one."),
    "payment-without-date": Rule("A payment has no date.", "Add `date`."),
    "payment-without-amount": Rule("A payment has no amount.", "Add `amount`."),
    "negative-purchase": Rule(
        "A purchase comes to less than nothing.", "Use a credit note for a return.", True, True
    ),
    "amount-beside-lines": Rule(
        "A purchase has lines and an amount; the lines count.", "Remove `amount`.", True, True
    ),
    "never-due": Rule(
        "An open invoice has no due date, and no terms of payment give it one.",
        "Add `due_date` to it, or `terms_days` to `crm.yaml`.",
        True,
    ),
    "credited-too-much": Rule(
        "Credit notes take more from an invoice than it came to.",
        "Correct the amount, or the invoice that it corrects.",
        True,
        True,
    ),
    "allocated-too-much": Rule(
        "A payment is allocated to more than it is; only what it is pays.", "Correct the amounts."
    ),
    "allocated-to-cancelled": Rule(
        "Money is allocated to a purchase that is cancelled, and was not refunded for it.",
        "Allocate it to another purchase: `crm set y-… for=NUMBER`, or to none: `for=`.",
    ),
    "same-email": Rule(
        "Two customers have one e-mail address.", "Make them one, or correct it.", True
    ),
    "same-phone": Rule("Two customers have one phone.", "Make them one, or correct it.", True),
    "same-tax-id": Rule("Two customers have one tax id.", "Make them one, or correct it.", True),
    "same-number": Rule(
        "Two invoices, or two credit notes, have one number.",
        "Give one another number: `crm set p-… number=next`.",
    ),
    "bad-email": Rule("It is not an e-mail address.", "Write `ana@novak.example`.", True, True),
    "bad-phone": Rule(
        "It is not a possible telephone number.", "Write it as `+386 40 123 456`.", True, True
    ),
    "bad-country": Rule("There is no such country.", "Write its code: `SI`.", True, True),
    "bad-language": Rule("It is not a language tag.", "Write `sl` or `de-AT`.", True, True),
    "unknown-currency": Rule(
        "There is no such currency.", "Write its code of ISO 4217: `EUR`.", True, True
    ),
    "unknown-zone": Rule(
        "There is no such time zone.", "Write `Europe/Ljubljana`, or the like.", True, True
    ),
    "bad-pattern": Rule(
        "Numbers cannot be counted by this format.", 'Write it as `"{year}-{seq:4}"`.'
    ),
    "deferral-incomplete": Rule(
        "A deferral lacks its kind or day, or ends before the day: it puts nothing off.",
        "Complete it, or remove it: `crm due snooze` writes another.",
        True,
    ),
    "report": Rule(
        "A report of your own has a key that there is not, or asks for what cannot be asked.",
        "As the message says; `crm report NAME` tries it.",
    ),
    "unknown-field": Rule("A setting names a field that there is not.", "Mend the name.", True),
    "directory": Rule(
        "A business in your configuration names a folder that is no data directory.",
        "Correct its path in config.yaml, or remove the name.",
    ),
    "unknown-type": Rule(
        "`custom` in crm.yaml gives a field of your own a type that there is not.",
        "Write integer, number, date, yes_no or text.",
        True,
    ),
    "own-type": Rule(
        "A field of your own has a value that is not of the type which `custom` in crm.yaml "
        "declares; no condition and no sum sees it.",
        "Correct the value, or the type.",
        True,
        True,
    ),
    "missing-rate": Rule(
        "An amount cannot be converted, and is left out.",
        "Add the rate to `rates.yaml`.",
        entry=False,
    ),
}
"""Problems of values."""

IMPORT: dict[str, Rule] = {
    "map": Rule("The map of an import is not valid.", "See the message."),
    "rejected-row": Rule("A row of a file was not imported.", "Correct it, and import it again."),
}
"""Problems of files that are imported."""

GROUPS: dict[str, dict[str, Rule]] = {
    "The file": FILE,
    "YAML": YAML,
    "Values": VALUE,
    "Importing": IMPORT,
}

CODES: dict[str, Rule] = {code: rule for rules in GROUPS.values() for code, rule in rules.items()}
