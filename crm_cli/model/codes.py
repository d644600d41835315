"""Problem codes: what each means, and how to fix it.

Every code that the program gives is declared here (a test looks for those that are not),
and the page of problems is made from it.
"""

from __future__ import annotations

from crm_cli.model.named_tuple import NamedTuple


class Rule(NamedTuple):
    """What a code says of a record; `warning` where it makes no answer partial.

    `entry` is whether commands refuse to write it: unless said, errors only. A warning that
    is refused may be forced. `settings` is whether crm.yaml decides: where it cannot be read
    nobody can tell.
    """

    meaning: str
    cure: str
    warning: bool = False
    entry: bool | None = None
    settings: bool = False


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
    "bad-segments": Rule("A segment of the RFM table is not valid.", "See the message."),
    "bad-weight": Rule("The weight of a rule is not a number above 0.", "Write `weight: 2`."),
    "rule-name": Rule("A rule has a name that cannot be one.", "Use a-z, 0-9 and hyphens."),
    "rule-deed": Rule("A rule does not say well what is done.", "See the message.", True),
    "bad-profile-name": Rule("A profile has a name that a query cannot say.", "See the message."),
    "rule-without-query": Rule("A rule of a profile asks for nothing.", "Write `query: …`."),
    "profile-query": Rule("The query of a rule of a profile is not valid.", "See the message."),
    "bad-key": Rule("A key is empty, or not plain text.", "Write `key: value`."),
    "changed-since-sent": Rule(
        "An invoice was changed after it was sent.", "Take it back; `crm invoice correct`."
    ),
    "template": Rule("A template cannot be filled in.", "`crm template fields` has the fields."),
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
        "A key that is probably misspelled, or no setting; it is kept.",
        "The message names the key.",
        True,
    ),
    "wrong-shape": Rule("A list in place of a text, or the like.", "See the message."),
    "bad-value": Rule("The value is not valid for the field.", "See the message."),
    "unknown-value": Rule(
        "The value is not in the field's list.", "Choose one from the message.", settings=True
    ),
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
    "link-differs": Rule(
        "A person's record says something else of an organization than that one's does.",
        "The organization's counts: correct one of the two, or remove it from the person's.",
    ),
    "unknown-user": Rule(
        "The user is not in `users` in crm.yaml; they may have left.",
        "Correct it, or add them: `crm config set users.NAME.name=…`.",
        True,
        settings=True,
    ),
    "segment-query": Rule(
        "The query of a segment is not valid.", "Correct `query` or `where`: see `crm help query`."
    ),
    "customer-without-name": Rule("A customer has no name.", "Add `name`.", True),
    "line-without-price": Rule("A line has no price; sums omit it.", "Add `unit_price`."),
    "bad-prices": Rule(
        "A price in a price list, or a customer's own price, cannot be read; it is not taken.",
        "Write `wholesale: 15.20`, or `wholesale: [{from: 10, price: 14.90}]`.",
    ),
    "line-of-nothing": Rule(
        "A line has the quantity 0, or fewer in a case.",
        "Write how many, or remove the line.",
        True, True,
    ),
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
    "fraction-of-a-payment": Rule(
        "A payment has more decimals than its currency; what it rounds to counts.",
        "Correct the amount.",
    ),
    "negative-payment": Rule(
        "A payment is negative, and counts as a refund.",
        "Write the amount without a sign, and `direction: refund`.",
        True,
        True,
    ),
    "amount-beside-lines": Rule(
        "A purchase has lines and an amount; the lines count.", "Remove `amount`.", True, True
    ),
    "no-subscription": Rule(
        "A purchase has keys of a subscription, and is none that comes again.",
        "Add `every: month`, or remove the key.",
        True,
        True,
    ),
    "not-made": Rule(
        "What a subscription has due is not made, for the reason that is given.",
        "Do what the hint says, and run `crm purchase recur` again.",
        entry=False,
    ),
    "occasion-twice": Rule(
        "Two purchases are for the same day of a subscription.",
        "Cancel one of them, or credit it if it was sent.",
        True,
        True,
    ),
    "price-change-in-part": Rule(
        "A price change of a subscription has no day, or no price.",
        "Add `start` and `unit_price`.",
        True,
        True,
    ),
    "price-change-of-no-line": Rule(
        "A price change of a subscription fits none of its lines.",
        "Name the `product`, or the `description` of the line.",
        True,
        True,
    ),
    "instalment-of-how-much": Rule(
        "An instalment has no amount, or an amount and a percentage.",
        "Write one of them.",
        True,
        True,
    ),
    "instalment-never-due": Rule(
        "An instalment has no due date.", "Add `due_date`.", True, True
    ),
    "instalments-not-the-whole": Rule(
        "The instalments do not add up to the invoice.",
        "Correct their amounts; what is left is due with the last one.",
        True,
        True,
    ),
    "never-due": Rule(
        "An open invoice has no due date, and no terms of payment give it one.",
        "Add `due_date` to it, or `terms_days` to `crm.yaml`.",
        True,
        settings=True,
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
    "same-id": Rule(
        "Two customers have an item of one id, as where one record is a copy of the other.",
        "Merge the two, or take the id's line out of one, and let `crm fmt` give another.",
        True,
    ),
    "same-number": Rule(
        "Two invoices, credit notes, quotes or orders of ours have one number.",
        "Give one another number: `crm set p-… number=next`.",
    ),
    "bad-url": Rule("It is not a web address.", "Write `https://reviews.example`.", True, True),
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
    "unknown-stage": Rule(
        "A deal is in a stage that `crm.yaml` does not have, or no longer has.",
        "Correct it, or rename the stage everywhere: `crm deal stages rename OLD NEW`.",
        settings=True,
    ),
    "stage-requires": Rule(
        "A deal does not say what its stage requires.", "Add what the message names.", True, True,
        settings=True,
    ),
    "closed-before-created": Rule(
        "A deal was won or lost before it was created: nobody can say how long it took.",
        "Write the day on which it began as `created`.", True,
    ),
    "negative-deal": Rule(
        "A deal is worth less than nothing, so sums take it off.",
        "Write what it is worth.", True, True,
    ),
    "no-closing-day": Rule(
        "A deal is won or lost, and neither `closed_at` nor its history says when: reports of a "
        "period leave it out.",
        "Write `closed_at`.", True, settings=True,
    ),
    "bad-probability": Rule("A probability is 0 to 100 percent.", "Correct it.", True, True),
    "changed-by-hand": Rule(
        "A stage or a status was changed in the file, and its history does not say when.",
        "`crm check --fix` notes the change.",
        True,
    ),
    "pipeline": Rule(
        "A pipeline in `crm.yaml` has no stages, or a stage no id of its own.",
        "As the message says.",
    ),
    "pipeline-incomplete": Rule(
        "A pipeline has no stage for deals that are open, won or lost.", "Add one.", True
    ),
    "bad-score": Rule(
        "A score lies outside of its scale.", "Correct it, or say the scale: worst, best.",
        True, True,
    ),
    "answered-twice": Rule(
        "Somebody has two answers to one wave of a survey.",
        "Remove one, or name another wave.",
        True,
        True,
    ),
    "survey": Rule(
        "A survey asks nothing, or a question has no id of its own or no choices.",
        "As the message says.",
    ),
    "variant": Rule(
        "A variant of a campaign has no id, or that of another.", "Give each an id of its own."
    ),
    "variant-shares": Rule(
        "The shares of a campaign's variants are more than 100%.", "Make them 100%.", True
    ),
    "goal-without-target": Rule("A campaign's goal has no target.", "Add target.", True),
    "response-incomplete": Rule(
        "A response names no campaign, or has no status.", "Add what is missing.", True
    ),
    "loss-without-date": Rule("A loss does not say when it was.", "Add at.", True),
    "won-back-before": Rule(
        "Somebody was won back before they were lost.", "Correct one of the days.", True, True
    ),
    "consent-incomplete": Rule(
        "An entry of consent has no date, purpose or action; what is unclear counts as a no.",
        "Add what is missing.",
        True,
        True,
    ),
    "consent-text": Rule(
        "The text in consents/ that somebody agreed to is gone, or has been changed.",
        "Bring it back; a new text gets a name of its own.",
        True,
    ),
    "forgotten-again": Rule(
        "A customer has the id of somebody who was forgotten: a merge, a clone or a backup may "
        "have brought the record back.",
        "Forget them again; for somebody else, or who came back, crm rename gives another id.",
        True,
    ),
    "closed-books": Rule(
        "What is dated in closed books is not as it was when `closed_until` was set: somebody "
        "changed the file in an editor, or others sent it.",
        "`git diff` of the commit that the message names shows it: put it back. If it has to be, "
        "put it back and make it by a command with `--force-closed REASON`.",
        True,
        settings=True,
    ),
    "consent-basis": Rule(
        "Marketing rests on a basis that does not carry it, so the entry permits nothing.",
        "Consent, legitimate_interest or existing_customer.",
        True,
        True,
    ),
    "ends-before-start": Rule(
        "An agreement or a campaign ends before it starts.", "Correct one of the days.", True, True
    ),
    "unknown-channel": Rule(
        "An agreed channel is none.", "As email, phone, letter.", True, True
    ),
    "bad-low-score": Rule(
        "A score in `low_scores` of `crm.yaml` is none.", "As nps: 6, csat: 2."
    ),
    "service": Rule(
        "A promise of service in `crm.yaml` promises nothing, or never comes into use.",
        "As the message says.",
        True,
    ),
    "bad-vocabulary": Rule(
        "`vocabulary` names no list that takes words, or gives it something else.",
        "Write `vocabulary: {source: [fair, roastery_tour]}`.",
    ),
    "bad-hours": Rule(
        "Working hours name no weekday, or no time from one hour to a later one.",
        "Write `working_hours: {mon-thu: 08:00-16:00, fri: 08:00-14:00}`.",
    ),
    "bad-iban": Rule(
        "A bank account in `crm.yaml` is no IBAN: its length, or a digit, is wrong.",
        "Write `accounts: [{iban: SI56 1910 0000 0123 438}]` below `business`.",
        warning=True,
    ),
    "bad-holiday": Rule(
        "A holiday in `crm.yaml` is neither a day nor a country.",
        "Write it as 2026-12-25, SI, or DE-BY.",
    ),
    "bad-absence": Rule(
        "A user in `crm.yaml` is back before they are away, or their deputy is no other user.",
        "As the message says.",
    ),
    "unknown-country": Rule(
        "The holidays of a country are not known.", "List the days themselves."
    ),
    "merged-but-open": Rule(
        "A case is merged into another one, and its status says otherwise.",
        "Set its status to duplicate, or remove merged_into.",
        True,
        True,
    ),
    "ring": Rule(
        "What comes first, stands above, or is repeated leads back to where it began: a task "
        "depends on itself, a group belongs to a part of it.",
        "Take one of those that the message names out.",
    ),
    "case-without-opening": Rule(
        "A case does not say when it was opened: no clock of it runs.", "Add opened.", True
    ),
    "report": Rule(
        "A report of your own has a key that there is not, or asks for what cannot be asked.",
        "As the message says; `crm report NAME` tries it.",
    ),
    "dunning-without-days": Rule(
        "A level of dunning in crm.yaml does not say when it is sent.", "Add `after: 7 days`."
    ),
    "dunning-order": Rule(
        "A level of dunning in crm.yaml comes no later than the one before.",
        "Give each a longer time.",
        True,
        True,
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
    "sum-too-large": Rule(
        "What a record or an item comes to has more digits than 64 bits hold, and is left out "
        "of sums.",
        "Look for an amount with too many digits.",
    ),
}
"""Problems of values."""

IMPORT: dict[str, Rule] = {
    "map": Rule("The map of an import is not valid.", "See the message."),
    "unread-cell": Rule(
        "A cell of a file that is imported cannot be read, and is left out.",
        "Correct it, or translate it in a map: `crm help import`.",
        True,
    ),
    "impossible-cell": Rule(
        "A cell of a file that is imported cannot be, such as an e-mail address without `@`; it "
        "is kept as it stands.",
        "Correct it in the file, or afterwards: `crm check` lists it.",
        True,
    ),
    "rejected-row": Rule("A row of a file was not imported.", "Correct it, and import it again."),
    "bad-mail": Rule(
        "A mail could not be read: it has no headers, or does not say who sent it.",
        "Look at it in a mail program; `crm log WHO` notes what it says.",
    ),
    "mailbox-not-read": Rule(
        "A mailbox could not be read, or not to its end, and another one neither.",
        "`crm mail fetch` goes on where it ended; what was fetched is kept.",
    ),
    "mail-not-noted": Rule(
        "The record with which mails are to be noted cannot be changed.",
        "Correct the record; the next `crm mail fetch` reads them again.",
    ),
}
"""Problems of files that are imported."""

GROUPS: dict[str, dict[str, Rule]] = {
    "The file": FILE,
    "YAML": YAML,
    "Values": VALUE,
    "Importing": IMPORT,
}

CODES: dict[str, Rule] = {code: rule for rules in GROUPS.values() for code, rule in rules.items()}
